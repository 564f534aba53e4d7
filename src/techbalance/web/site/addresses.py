"""Where does each view of a page lie as a file, and how does one file link to another?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import relpath
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from techbalance.errors import CheckError, TechbalanceError
from techbalance.web.pages.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techbalance.web.pages.page import Page

ASSETS: Final = "assets"
CONTENTS: Final = "/contents"
"""The page that lists all others."""
EMBED: Final = "embed"
_FOREIGN: Final = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.]+")


@dataclass(frozen=True)
class Place:
    """One view of a page, as a file.

    Parameters
    ----------
    page
        Its page's address.
    words
        What it is called among the page's views; empty for the page as it opens.
    given
        Text forms of its parameters.
    """

    page: str
    words: str = ""
    given: tuple[tuple[str, str], ...] = ()

    @cached_property
    def stem(self) -> str:
        """Its file without the ending: also the folder of its downloads."""
        path = self.page.strip("/") or "index"
        if not self.given:
            return path
        values = [value if len(self.given) == 1 else f"{name}-{value}" for name, value in self.given]
        return f"{path}/{'_'.join(_UNSAFE.sub('-', value).strip('-') for value in values)}"

    @property
    def file(self) -> str:
        """Its file in the site."""
        return f"{self.stem}.html"


@dataclass
class Filed:
    """Writes addresses relative to the file that is being written.

    Parameters
    ----------
    pages
        All pages, by address.
    places
        All files, by the permalink of the view; a page as it opens by its bare address.
    here
        The file that is being written.
    """

    pages: Mapping[str, Page]
    places: Mapping[str, Place]
    here: Place = field(default_factory=lambda: Place("/"))
    _found: dict[str, Place | None] = field(default_factory=dict)

    @cached_property
    def shell(self) -> Shell:
        """What writes pages with these addresses; its templates are made ready once."""
        return Shell(list(self.pages.values()), self)

    def place(self, address: str) -> Place | None:
        """Find the file of an address as it is served; None where the site has none."""
        bare = address.partition("#")[0]
        if bare not in self._found:
            self._found[bare] = self._looked_up(bare)
        return self._found[bare]

    def _looked_up(self, bare: str) -> Place | None:
        path, _, query = bare.partition("?")
        page = self.pages.get(path)
        if page is None:
            return None
        given = dict(parse_qsl(query))
        if not given:
            return self.places.get(path)
        try:
            link = page.permalink(page.read(given))
        except TechbalanceError:
            return None
        return self.places.get(path if link == opened(page) else link)

    def page(self, address: str) -> str:
        """Write the address of a page: of this view where the site has it, else of its page as it opens."""
        if _FOREIGN.match(address) or address.startswith("#"):
            return address
        path, _, anchor = address.partition("#")
        place = self.place(path) or self.places.get(path.partition("?")[0])
        if place is None and CONTENTS in self.places:
            # Of a page that was not chosen the list of those that were takes the place.
            return self.to(self.places[CONTENTS].file)
        if place is None:
            raise CheckError(f"the site has no page {path}", where=self.here.file)
        return self.to(place.file) + (f"#{anchor}" if anchor else "")

    def block(self, address: str, block_id: str, kind: str, **options: str) -> str:
        """Write the address of a download beside the page; a drawing follows light and dark by itself."""
        del address
        size = f"-{options['width']}" if "width" in options else ""
        return self.to(f"{self.here.stem}/{block_id}{size}.{kind}")

    def asset(self, name: str) -> str:
        """Write the address of style, script or chart library."""
        return self.to(f"{ASSETS}/{name}")

    def absolute(self, address: str) -> str:
        """Write an address that the page's script completes; a frame shows the page at its block."""
        block = next((value for name, value in parse_qsl(address.partition("?")[2]) if name == EMBED), "")
        return self.to(self.here.file) + (f"#{block}" if block else "")

    def to(self, file: str) -> str:
        """Write the way from the file that is being written to another."""
        folder = self.here.file.rpartition("/")[0]
        return relpath(file, folder or ".")


def opened(page: Page) -> str | None:
    """The permalink of a page as it opens; None for one that needs something to open at all."""
    try:
        return page.permalink(page.read({}))
    except TechbalanceError:
        return None


def placed(page: Page, views: Sequence[tuple[str, Mapping[str, str]]]) -> dict[str, Place]:
    """Give every view of a page its file.

    Raises
    ------
    CheckError
        Two views would have the same file.
    """
    found = {page.address: Place(page.address)}
    for words, given in views:
        params = page.read(given)
        link = page.permalink(params)
        if link != opened(page):
            found[link] = Place(page.address, words, tuple(params.texts().items()))
    files = [place.file.casefold() for place in found.values()]
    if len(set(files)) < len(files):
        twice = next(file for file in files if files.count(file) > 1)
        raise CheckError(f"two views of {page.title} would have the file {twice}")
    return found
