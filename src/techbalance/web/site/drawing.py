"""How is a block of a page written as files? Data, specification, drawings that follow light and dark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techbalance.report import stills
from techbalance.report.blocks import Chart
from techbalance.web.pages.shell import written_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techbalance.report.blocks import Table
    from techbalance.report.stills import Still

_OPENING = re.compile(r"<svg\b[^>]*>")


def files(block: Chart | Table) -> Iterator[tuple[str, bytes]]:
    """Write a block in every form; the names are what ``Filed.block`` links.

    Parameters
    ----------
    block
        A chart or a table.
    """
    yield f"{block.id}.csv", written_block(block, "csv")
    if not isinstance(block, Chart):
        return
    yield f"{block.id}.json", written_block(block, "json")
    yield f"{block.id}.svg", written_block(block, "svg")
    yield f"{block.id}.png", written_block(block, "png")
    still = stills.draw(block.figure)
    yield f"{block.id}-{stills.WIDE}.svg", following(still, still.wide)
    yield f"{block.id}-{stills.NARROW}.svg", following(still, still.narrow)


def following(still: Still, drawn: str) -> bytes:
    """Put the colours of both modes into a drawing, so that as a picture it follows the reader's choice."""
    light, dark = stills.style([still])
    style = f"<style>:root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"
    return _OPENING.sub(lambda found: found.group() + style, drawn, count=1).encode()
