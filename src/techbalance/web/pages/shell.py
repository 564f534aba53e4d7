"""How does content become HTML? The shell adds navigation, form, downloads, permalink and embedding."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Protocol

from techbalance.errors import UnknownCodeError
from techbalance.report.blocks import Chart, Table
from techbalance.report.data_files import as_csv
from techbalance.report.runtime import chart_library
from techbalance.report.templating import as_json, asset, environment, variables
from techbalance.web.pages.page import address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import jinja2

    from techbalance.questions.parameters.declaration import Params
    from techbalance.web.pages.controls import Control
    from techbalance.web.pages.page import Content, Page

_ROOM: Final = files("techbalance.web")
KINDS: Final = {
    "csv": "text/csv; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
    "json": "application/json",
}
"""Forms in which a block is handed out, with their media types; a table has the first only."""
NARROW: Final = 340
"""Width in pixels of a drawing for a phone."""


class Addresses(Protocol):
    """How addresses are written in a page: as served, or relative to a file."""

    def page(self, address: str) -> str:
        """Write the address of a page, given as it is served: ``/partner?partner=CHN#chart``."""

    def block(self, address: str, block_id: str, kind: str, **options: str) -> str:
        """Write the address of a block in one of ``KINDS``; ``dark`` and ``width`` say how it is drawn."""

    def asset(self, name: str) -> str:
        """Write the address of style, script or chart library."""

    def absolute(self, address: str) -> str:
        """Write an address so that it can be used on another site."""


@dataclass(frozen=True)
class View:
    """One page with its parameters and content.

    Parameters
    ----------
    page
        The page.
    params
        What was asked.
    content
        What it says.
    """

    page: Page
    params: Params
    content: Content

    @cached_property
    def address(self) -> str:
        """The permalink."""
        return self.page.permalink(self.params)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no such page, or no answer on it.

    Parameters
    ----------
    status
        Status of the response.
    what, where, remedy
        As the error says them.
    """

    status: int
    what: str
    where: str = ""
    remedy: str = ""


class Shell:
    """Writes pages.

    Parameters
    ----------
    pages
        All of them; those that are listed make the navigation.
    addresses
        How addresses are written.
    """

    def __init__(self, pages: Sequence[Page], addresses: Addresses) -> None:
        self.pages = pages
        self.addresses = addresses
        self._templates = _templates(addresses)

    def write(self, view: View, embedded: str = "") -> str:
        """Write a page.

        Parameters
        ----------
        view
            What is shown.
        embedded
            For use in a frame of another page: the id of one block, or ``1`` for all of the content without
            the navigation.
        """
        content = view.content
        if embedded:
            content = replace(content, controls=(), crumbs=(), links=())
        blocks = content.blocks
        name = "embedded.html" if embedded else "shell.html"
        return self._templates.get_template(name).render(
            self._everywhere(view.page),
            view=view,
            content=content,
            only=blocks.get(embedded),
            draws=any(isinstance(block, Chart) and not block.folded for block in blocks.values()),
            block_address=lambda block, kind, **options: self.addresses.block(
                view.address, block.id, kind, **options
            ),
            embed_address=lambda block: self.addresses.absolute(_with(view.address, "embed", block.id)),
            permalink=self.addresses.absolute(view.address),
        )

    def refusal(self, refused: Refused, page: Page | None = None, controls: Sequence[Control] = ()) -> str:
        """Write what is wrong as a page, with the form to put it right."""
        return self._templates.get_template("refusal.html").render(
            self._everywhere(page), refused=refused, controls=controls
        )

    def _everywhere(self, page: Page | None) -> dict[str, Any]:
        return {
            "page": page,
            "listed": [one for one in self.pages if one.listed],
            "asset": self.addresses.asset,
            "release": version("techbalance"),
        }


def _templates(addresses: Addresses) -> jinja2.Environment:
    made = environment(
        _ROOM / "templates",
        href=addresses.page,
        source_address="/data#source-{}".format,
    )

    def leading(block: Chart) -> dict[str, str]:
        marks = block.marks.addresses if block.marks else {}
        return {value: addresses.page(address) for value, address in marks.items()}

    made.filters["opening"] = lambda words: words[:1].upper() + words[1:]
    made.globals |= {
        "as_json": as_json,
        "narrow": str(NARROW),
        "room_for": room_for,
        "leading": leading,
        "trace_address": lambda reference: address("/questions/trace", what=reference),
    }
    return made


def _with(address: str, name: str, value: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{name}={value}"


def room_for(block: Chart) -> int:
    """Pixels to keep free for a chart until it is drawn."""
    height = block.figure.spec.get("height", 300)
    return int(height) + 40 if isinstance(height, (int, float)) else 340


@cache
def written_asset(name: str) -> tuple[bytes, str]:
    """Return style, script or chart library, and its media type.

    Raises
    ------
    KeyError
        There is none of this name.
    """
    makers: dict[str, Callable[[], str]] = {
        "pages.css": _style,
        "pages.js": _script,
        "charts.js": chart_library,
    }
    return makers[name]().encode(), "text/css; charset=utf-8" if name.endswith(
        "css"
    ) else "text/javascript; charset=utf-8"


def _style() -> str:
    modes = (
        f":root{{{variables(0)}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{variables(1)}}}}}\n"
    )
    return modes + asset("report.css") + _own("pages.css")


def _script() -> str:
    return asset("charts.js") + _own("pages.js")


def _own(name: str) -> str:
    return (_ROOM / "assets" / name).read_text(encoding="utf-8")


def written_block(block: Chart | Table, kind: str, *, width: int | None = None, dark: bool = False) -> bytes:
    """Write a block in one of ``KINDS``.

    Parameters
    ----------
    block
        A chart or a table.
    kind
        A table has ``csv`` only.
    width
        Of a picture, in pixels, for a page that has the title itself; as wide as a report, with title and
        source in it, when left out.
    dark
        Whether the colours of a picture are those for dark paper.

    Raises
    ------
    UnknownCodeError
        A table has no drawing.
    """
    if kind == "csv":
        return as_csv(block.rows).encode()
    if isinstance(block, Table):
        raise UnknownCodeError.among("form of a table", kind, ["csv"])
    figure = block.figure
    if kind == "json":
        return json.dumps(figure.drawn(), ensure_ascii=False, indent=1).encode()
    plain: dict[str, Any] = {} if width is None else {"width": width, "heading": False}
    return figure.svg(dark=dark, **plain).encode() if kind == "svg" else figure.png(dark=dark, **plain)
