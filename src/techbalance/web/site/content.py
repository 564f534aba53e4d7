"""What of a page makes sense without a server? All but its form, and links to views that are no files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from techbalance.report.blocks import Chart, Section, Statements, Table
from techbalance.web.pages.page import Content, Link, NoParams, Page, address
from techbalance.web.pages.question import Interfaces, Listing
from techbalance.web.site.addresses import CONTENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techbalance.report.grids import Grid
    from techbalance.web.pages.page import Asker
    from techbalance.web.site.addresses import Filed, Place


def filed(content: Content, addresses: Filed) -> Content:
    """Take out what a server would answer.

    Parameters
    ----------
    content
        What the page says where it is served.
    addresses
        Which views are files.
    """
    sections = [
        replace(section, blocks=tuple(kept for one in section.blocks if (kept := _block(one, addresses))))
        for section in content.sections
    ]
    return replace(
        content,
        controls=(),
        sections=tuple(one for one in sections if one.blocks or one.prose),
        links=tuple(link for link in content.links if _is_held(link.address, addresses)),
    )


def with_views(content: Content, places: Iterable[Place]) -> Content:
    """Let the page as it opens lead to its other views, which a form would give where it is served."""
    links = tuple(Link(one.words, address(one.page, **dict(one.given))) for one in places if one.words)
    return replace(content, links=(*links, *content.links))


def _is_held(link: str, addresses: Filed) -> bool:
    return not link.startswith("/") or addresses.place(link) is not None


def _block(block: Any, addresses: Filed) -> Any:  # noqa: ANN401 - blocks of many kinds
    if isinstance(block, Interfaces):
        return None
    if isinstance(block, Listing):
        return Listing(tuple(one for one in block.links if _is_held(one[0].address, addresses)))
    if isinstance(block, (Chart, Table)):
        block = replace(block, grid=_grid(block.grid, addresses))
    if isinstance(block, Chart) and block.marks is not None:
        held = {
            name: link for name, link in block.marks.addresses.items() if addresses.place(link) is not None
        }
        block = replace(block, marks=block.marks._replace(addresses=held) if held else None)
    if isinstance(block, Statements):
        kept = [
            one if _is_held(one.address or CONTENTS, addresses) else replace(one, address="")
            for one in block.statements
        ]
        block = replace(block, statements=tuple(kept))
    return block


def _grid(grid: Grid, addresses: Filed) -> Grid:
    """Keep the links of cells that lead to a file."""
    rows = tuple(
        {place: link for place, link in row.items() if addresses.place(link) is not None}
        for row in grid.links
    )
    return replace(grid, links=rows if any(rows) else ())


def contents(pages: Sequence[Page], headings: dict[str, str], places: dict[str, Place]) -> Page:
    """Make the page that lists all others, each with what it says.

    Parameters
    ----------
    pages
        All pages.
    headings
        Heading of each view, by its permalink.
    places
        All views that are files, by permalink.
    """

    def compose(_: Asker, __: NoParams) -> Content:
        sections = []
        for page in pages:
            mine = [(link, place) for link, place in places.items() if place.page == page.address]
            rows = tuple(
                (Link(place.words or page.title, link), headings[link])
                for link, place in mine
                if link in headings
            )
            if page.listed and rows:
                name = page.address.strip("/") or "index"
                sections.append(Section(f"of-{name}", page.title, (), (_listing(rows),)))
        return Content(
            heading=f"All {len(headings):,} pages of this site",
            lead="Each with what it says; figures and drawings can be downloaded from each.",
            sections=tuple(sections),
        )

    return Page(CONTENTS, "Contents", NoParams, compose, "Every page of the site", listed=True)


def _listing(rows: tuple[tuple[Link, str], ...]) -> Any:  # noqa: ANN401 - a block of the pages
    return Listing(rows)
