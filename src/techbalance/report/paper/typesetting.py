"""How does a report become a PDF? Its words and figures as plain data, its drawings beside, one template."""

from __future__ import annotations

import json
import re
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from techbalance.charts import theme
from techbalance.errors import CheckError, StoreError
from techbalance.report.blocks import Chart, Definitions, Findings, Sources, Statements, Table, Tracing
from techbalance.report.sections.claims import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.report.blocks import Block, Source
    from techbalance.report.grids import Grid
    from techbalance.report.page import Report
    from techbalance.report.stills import Still

FONT: Final = "Source Sans Pro"
MOST_ROWS: Final = 60
"""Rows of a table on paper; the data files and the workbook have all."""
_VARIABLE: Final = re.compile(r"var\((--[\w-]+)\)")
_FAMILY: Final = re.compile(r'font-family="[^"]*"')
_SAME: Final = ("publisher", "title", "licence", "address")
"""What the vintages of one source share."""
_NARROW: Final = 14
"""Characters up to which a column is as wide as its longest cell."""


def typeset(report: Report) -> bytes:
    """Set a report as a PDF: tagged, with bookmarks, charts as vectors (PDF/UA-1).

    Parameters
    ----------
    report
        What is set.

    Raises
    ------
    StoreError
        There is no room for the files in between.
    CheckError
        A word has a glyph that no font has.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="techbalance-paper-") as name:
            return _set(report, Path(name))
    except OSError as wrong:
        raise StoreError("the PDF cannot be set", where=wrong.strerror or "") from wrong


def _set(report: Report, folder: Path) -> bytes:
    import typst

    for name, still in report.stills.items():
        (folder / f"{name}.svg").write_text(_printed(still), encoding="utf-8")
    (folder / "data.json").write_text(json.dumps(data_of(report), ensure_ascii=False), encoding="utf-8")
    template = files(__package__).joinpath("paper.typ").read_text(encoding="utf-8")
    (folder / "paper.typ").write_text(template, encoding="utf-8")
    try:
        # PDF/UA-1 refuses what a reader could not see or hear: a glyph no font has, a picture without words.
        made = typst.compile(
            folder / "paper.typ",
            format="pdf",
            font_paths=[font_folder()],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=0,
        )
    except typst.TypstError as wrong:
        raise CheckError("the PDF cannot be set", where=wrong.message, remedy="Write it as html") from wrong
    assert isinstance(made, bytes)  # noqa: S101 - narrows the type only: no output file was named
    return made


def font_folder() -> Path:
    """Return where the fonts of the document are: in an installed package, whatever the machine has."""
    return Path(str(files("font_source_sans_pro").joinpath("files")))


def _printed(still: Still) -> str:
    """Take a drawing as it is on white paper, in the font of the document."""
    light = {name: pair[0] for name, pair in still.colours.items()}
    drawn = _VARIABLE.sub(lambda match: light[match.group(1)], still.wide)
    return _FAMILY.sub(f'font-family="{FONT}"', drawn)


def data_of(report: Report) -> dict[str, Any]:
    """Write a report as the plain data that the template reads."""
    return {
        "kind": report.kind,
        "title": report.title,
        "standfirst": report.standfirst,
        "release": report.release,
        "keywords": ["technology trade", "advanced technology products", "official statistics"],
        "font": FONT,
        "ink": theme.INK[0],
        "muted": theme.legible(theme.MUTED)[0],
        "rule": theme.RULE[0],
        "accent": theme.legible(theme.BLUE)[0],
        "footer": report.title,
        "imprint": (
            f"Made by techbalance {report.release} from a store of version {report.store_version}. The same "
            "store makes the same document. Figures of US agencies are in the public domain; those of the "
            "World Bank are under CC BY 4.0."
        ),
        "key_figures": [
            {"name": one.name, "value": one.value, "says": one.says, "source": one.trail.credit}
            for one in report.key_figures
        ],
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "prose": list(section.prose),
                "blocks": [_WRITERS[type(block)](block) for block in section.blocks],
            }
            for section in report.sections
        ],
    }


def _chart(block: Chart) -> dict[str, Any]:
    figure = block.figure
    return {
        "kind": "chart",
        "id": block.id,
        "title": figure.title,
        "subtitle": figure.subtitle,
        "alt": figure.alt_text,
        "file": f"{block.id}.svg",
        "commands": [step.command for step in block.trail.steps],
    }


def _table(block: Table) -> dict[str, Any]:
    said = f" {block.trail.credit}" if block.trail else ""
    rows = len(block.grid.rows)
    cut = f"The first {MOST_ROWS} of {rows} rows; the data file {block.id}.csv has all."
    return {
        "kind": "table",
        "id": block.id,
        "title": block.heading.title,
        "subtitle": f"{block.heading.subtitle}{said}",
        "grid": _grid(block.grid),
        "cut": cut if rows > MOST_ROWS else "",
        "commands": [step.command for step in block.trail.steps] if block.trail else [],
    }


def _grid(grid: Grid) -> dict[str, Any]:
    rows = [list(row) for row in grid.rows[:MOST_ROWS]]
    lengths = [max(len(row[place]) for row in [*rows, list(grid.heads)]) for place in range(len(grid.heads))]
    widths = [
        "auto" if length <= _NARROW or style == "figure" else str(length**0.5)
        for length, style in zip(lengths, grid.styles, strict=True)
    ]
    return {
        "heads": list(grid.heads),
        "styles": list(grid.styles),
        "widths": widths,
        "rows": rows,
        "footnotes": list(grid.footnotes),
    }


def _statements(block: Statements) -> dict[str, Any]:
    return {
        "kind": "statements",
        "id": block.id,
        "title": block.title,
        "finding": block.finding,
        "statements": [
            {
                "id": one.claim_id,
                "text": one.text,
                "stated": one.stated,
                "recomputed": one.recomputed,
                "verdict": VERDICTS[one.verdict],
                "reason": one.reason,
            }
            for one in block.statements
        ],
    }


def _sources(block: Sources) -> dict[str, Any]:
    found: dict[tuple[str, ...], list[Source]] = {}
    for one in block.sources:
        found.setdefault(tuple(str(one.facts.get(name, "")) for name in _SAME), []).append(one)
    return {
        "kind": "sources",
        "sources": [_source(alike) for alike in found.values()],
    }


def _source(alike: list[Source]) -> dict[str, Any]:
    """Write the vintages of one source as one entry, each file once."""
    kept = {
        (file["file"], file["sha256"]): {"name": file["file"], "sha256": file["sha256"]}
        for one in alike
        for file in one.facts.get("files", [])
    }
    return {
        "vintages": [{"id": one.source_id, "vintage": str(one.facts.get("vintage", ""))} for one in alike],
        **{name: str(alike[0].facts.get(name, "")) for name in _SAME},
        "files": list(kept.values()),
    }


def _definitions(block: Definitions) -> dict[str, Any]:
    return {"kind": "definitions", "words": [list(pair) for pair in block.words]}


def _findings(block: Findings) -> dict[str, Any]:
    return {"kind": "findings", "said": [list(pair) for pair in block.said]}


def _tracing(block: Tracing) -> dict[str, Any]:
    return {
        "kind": "tracing",
        "lines": [list(line) for line in block.lines],
        "citations": list(block.citations),
    }


_WRITERS: Final[dict[type[Block], Callable[[Any], dict[str, Any]]]] = {
    Chart: _chart,
    Table: _table,
    Statements: _statements,
    Sources: _sources,
    Definitions: _definitions,
    Tracing: _tracing,
    Findings: _findings,
}
