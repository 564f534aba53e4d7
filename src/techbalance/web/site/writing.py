"""How do the pages become a folder of files? In two processes, aside, and put in place when all are there."""

from __future__ import annotations

import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar
from xml.sax.saxutils import escape

from techbalance.errors import CheckError, ParameterError, StoreError, TechbalanceError, UnknownCodeError
from techbalance.report.sharing import without_collection
from techbalance.web.asking import Asking
from techbalance.web.pages import data, partner
from techbalance.web.pages.page import Asker
from techbalance.web.pages.registry import PAGES
from techbalance.web.pages.shell import Refused, View, written_asset
from techbalance.web.problems import status_of
from techbalance.web.settings import Settings
from techbalance.web.site import content, drawing
from techbalance.web.site.addresses import ASSETS, CONTENTS, Filed, Place, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from techbalance.store.catalogue import Store
    from techbalance.web.pages.page import Page

Made = TypeVar("Made")
MARK: Final = "techbalance-site.txt"
"""The file by which a folder is known as a site, and its first page."""
_UNFINISHED, _BEFORE = ".unfinished", ".before"
_MARKED: Final = "A site written by techbalance site. It may be replaced as a whole.\n"
_SOURCES: Final = data.ADDRESS.strip("/")
_AT_ONCE: Final = 4
"""Views handed to a process together: a page's views share answers."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is written.

    Parameters
    ----------
    home
        The store that is asked.
    partners
        Partners with a page of their own; None for all that have figures.
    pages
        Names of the pages written beside the overview; None for all.
    base
        Where the site will be, for the map that search engines read; empty for none.
    """

    home: Path
    partners: tuple[str, ...] | None = None
    pages: tuple[str, ...] | None = None
    base: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """What was written.

    Parameters
    ----------
    folder
        Where.
    pages, files
        How many pages, and files of all kinds.
    size
        Bytes.
    """

    folder: Path
    pages: int
    files: int
    size: int


def write(folder: Path, scope: Scope) -> Site:
    """Write all pages into a folder; an earlier site there is replaced when the new one is whole.

    Parameters
    ----------
    folder
        The folder; must not exist, be empty, or hold a site.
    scope
        How much is written.

    Raises
    ------
    ParameterError
        The folder holds other files.
    StoreError
        It cannot be written to.
    """
    _check(folder)
    chosen_pages(scope.pages)
    aside = folder.with_name(folder.name + _UNFINISHED)
    try:
        if aside.exists():
            shutil.rmtree(aside)
        aside.mkdir(parents=True)
        (aside / MARK).write_text(_MARKED, encoding="utf-8")
        pages = _all(aside, scope)
        written = [path for path in aside.rglob("*") if path.is_file()]
        made = Site(folder, pages, len(written), sum(path.stat().st_size for path in written))
        _put(aside, folder)
    except OSError as wrong:
        raise StoreError(
            f"the site cannot be written to {folder}",
            where=wrong.strerror or "",
            remedy="Choose another folder with --out",
        ) from wrong
    finally:
        # What is not whole is of no use to anybody; the site that was there before stays as it was.
        shutil.rmtree(aside, ignore_errors=True)
    return made


def _check(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ParameterError(f"{folder} is a file", remedy="Choose another folder with --out")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise ParameterError(
            f"{folder} holds files that are not of a site",
            remedy="Choose an empty or a new folder with --out, or a site to replace",
        )


def _put(aside: Path, folder: Path) -> None:
    before = folder.with_name(folder.name + _BEFORE)
    if before.exists():
        shutil.rmtree(before)
    if folder.exists():
        folder.rename(before)
    try:
        aside.rename(folder)
    except OSError:
        if before.exists():
            before.rename(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _all(aside: Path, scope: Scope) -> int:
    """Write every view and what all share; returns how many pages there are."""
    for name in ("pages.css", "pages.js", "charts.js"):
        _file(aside, f"{ASSETS}/{name}", written_asset(name)[0])
    places = places_of(scope)
    links = list(places)
    parts = [links[start : start + _AT_ONCE] for start in range(0, len(links), _AT_ONCE)]
    headings: dict[str, str] = {}
    for found in _shared(parts, aside, scope):
        headings |= found
    order = {link: headings[link] for link in links if link in headings}
    _, (pages, every) = _site(scope)
    last = content.contents(list(pages.values()), order, places)
    addresses = Filed(pages | {last.address: last}, every)
    _write_view(last, every[last.address], addresses, aside, scope)
    if scope.base:
        _file(aside, "sitemap.xml", _map(scope.base, [places[link].file for link in order]))
    return len(order) + 1


def _shared(parts: Sequence[list[str]], aside: Path, scope: Scope) -> Iterator[dict[str, str]]:
    """Hand the parts to two processes, this one and another: asking and drawing hold the interpreter."""
    other = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
    try:
        with without_collection():
            queued = [other.submit(written, part, aside, scope) for part in reversed(parts)][::-1]
            for part, one in zip(parts, queued, strict=True):
                yield written(part, aside, scope) if one.cancel() else one.result()
    finally:
        # Whoever interrupts this does not wait for what is still queued.
        other.shutdown(cancel_futures=True)


def written(links: Sequence[str], aside: Path, scope: Scope) -> dict[str, str]:
    """Write some views; returns the heading of each that could be composed.

    Parameters
    ----------
    links
        Permalinks of the views.
    aside
        The folder.
    scope
        How much is written.
    """
    by_address, _ = _site(scope)[1]
    addresses = _filed(scope)
    headings = {}
    for link in links:
        place = addresses.places[link]
        try:
            headings[link] = _write_view(by_address[place.page], place, addresses, aside, scope)
        except CheckError:
            # A link to nowhere is a mistake of ours, and no page.
            raise
        except TechbalanceError as wrong:
            headings[link] = _write_refused(by_address[place.page], place, addresses, aside, wrong)
    return headings


@cache
def _asking(home: Path) -> Asking:
    """Open the store of this process once, for many questions of the same kinds."""
    return Asking(Settings(home=home))


@cache
def _asker(store: Store) -> Asker:
    return Asker(store)


def _of(home: Path, make: Callable[[Asker], Made]) -> Made:
    """Make something as the server would."""
    made, _ = _asking(home).made(lambda store: make(_asker(store)), "")
    result: Made = made
    return result


def chosen_pages(names: tuple[str, ...] | None) -> tuple[Page, ...]:
    """Look pages up by name; the overview is always among them, and the sources that all pages name.

    Raises
    ------
    UnknownCodeError
        There is none of a name.
    """
    known = {page.address.strip("/"): page for page in PAGES}
    for name in names or ():
        if name not in known:
            raise UnknownCodeError.among("page", name, [one for one in known if one])
    return tuple(page for name, page in known.items() if names is None or name in {"", _SOURCES, *names})


@cache
def _site(scope: Scope) -> tuple[tuple[Page, ...], tuple[dict[str, Page], dict[str, Place]]]:
    """List all pages, and every view of them with its file."""
    places: dict[str, Place] = {}
    chosen = chosen_pages(scope.pages)
    for page in chosen:
        views = _of(scope.home, page.views)
        if page.address == partner.ADDRESS and scope.partners is not None:
            views = [one for one in views if one[1].get("partner") in scope.partners]
        places |= placed(page, views)
    last = content.contents(chosen, {}, {})
    pages = (*chosen, last)
    places[last.address] = Place(last.address)
    return pages, ({page.address: page for page in pages}, places)


@cache
def _filed(scope: Scope) -> Filed:
    return Filed(*_site(scope)[1])


def places_of(scope: Scope) -> dict[str, Place]:
    """Every view that is composed and written, by its permalink."""
    _, (_, places) = _site(scope)
    return {link: place for link, place in places.items() if place.page != CONTENTS}


def _write_view(page: Page, place: Place, addresses: Filed, aside: Path, scope: Scope) -> str:
    params = page.read(dict(place.given))
    said = _of(scope.home, lambda asker: page.compose(asker, params))
    addresses.here = place
    if not place.given:
        mine = [one for one in addresses.places.values() if one.page == page.address]
        said = content.with_views(said, mine)
    said = content.filed(said, addresses)
    view = View(page, params, said)
    hidden = str(scope.home)
    _file(aside, place.file, addresses.shell.write(view).replace(hidden, "the store").encode())
    for block in said.blocks.values():
        for name, drawn in drawing.files(block):
            shown = drawn if name.endswith(".png") else drawn.replace(hidden.encode(), b"the store")
            _file(aside, f"{place.stem}/{name}", shown)
    return said.heading


def _write_refused(page: Page, place: Place, addresses: Filed, aside: Path, wrong: TechbalanceError) -> str:
    """Say on the page why it says nothing, as where it is served."""
    addresses.here = place
    refused = Refused(status_of(wrong), wrong.what, "", "")
    _file(aside, place.file, addresses.shell.refusal(refused, page).encode())
    return wrong.what


def _file(aside: Path, name: str, data: bytes) -> None:
    path = aside / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _map(base: str, files: Sequence[str]) -> bytes:
    """Write the map of the site that search engines read."""
    whole = [escape(f"{base.rstrip('/')}/{file}") for file in files]
    lines = [f"<url><loc>{one}</loc></url>" for one in whole]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(lines)}</urlset>\n'.encode()
