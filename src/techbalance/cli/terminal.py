"""An answer as a table for a terminal of a hundred columns; what does not fit is named."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from techbalance.questions.wording import NOTHING, Written, signed, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.questions.answer import Answer

WIDTH: Final = 100
LONGEST_CELL: Final = 46
# Words in a question that is laid out compactly.
COMPACT_CELL: Final = 20
# So few rows whose columns do not fit are written row by row, and nothing is left out.
FEW_ROWS: Final = 3
# What a reader misses least: constant within an answer, or easily computed from what is shown.
LEAST_WEIGHT: Final = ("months", "coverage ratio", "measure", "as of", "base points", "age days", "growth of")
# How the column is headed that names what a code stands for.
NAME: Final = " name"
# Beside the cell itself, a column takes one space on each side and one between columns.
PADDING: Final = 3


def as_table(answer: Answer) -> str:
    """Write rows under their heads, footnotes below them, and say which columns were left out."""
    text = written(answer)
    if not text.rows:
        return "no rows\n"
    if answer.question.layout == "compact":
        text = _compact(text)
    if answer.question.layout == "list":
        return _as_list(answer)
    if answer.question.layout == "sideways":
        text = _sideways(text)
    kept = _columns_that_fit(text)
    if len(kept) < len(text.heads) and len(text.rows) <= FEW_ROWS:
        return _as_list(answer)
    if any(text.right) and not any(text.right[place] for place in kept):
        # Names that leave no room for a single figure are cut, or left out beside their codes.
        text = _compact(text)
        names = [place for place, head in enumerate(text.heads) if head.endswith(NAME)]
        kept = _columns_that_fit(text, names)
    lines = io.StringIO()
    console = Console(file=lines, width=WIDTH, color_system=None, highlight=False, legacy_windows=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    for place in kept:
        wide = _width(text, place) > LONGEST_CELL
        table.add_column(
            Text(text.heads[place]),
            justify="right" if text.right[place] else "left",
            no_wrap=not wide,
            overflow="fold",
        )
    for row in text.rows:
        table.add_row(*[Text(row[place]) for place in kept])
    console.print(table)
    cut = [text.heads[place] for place in range(len(text.heads)) if place not in kept]
    for number, note in enumerate(text.footnotes, start=1):
        console.print(Text(f"[{number}] {note}"))
    if cut:
        console.print(Text(f"Not shown for width: {', '.join(cut)}; --format csv has every column."))
    return "\n".join(line.rstrip() for line in lines.getvalue().splitlines()) + "\n"


def _compact(text: Written) -> Written:
    """Cut long words, so that figures beside them find room; other formats have them whole."""
    rows = tuple(
        tuple(
            cell if right or len(cell) <= COMPACT_CELL else f"{cell[: COMPACT_CELL - 1].rstrip()}\u2026"
            for cell, right in zip(row, text.right, strict=True)
        )
        for row in text.rows
    )
    return replace(text, rows=rows)


def _sideways(text: Written) -> Written:
    """Put rows beside each other, headed by their first two columns, where they fit; empty lines go."""
    heads = ("", *(" ".join(cell for cell in row[:2] if cell != NOTHING) for row in text.rows))
    lines = tuple(
        (head, *cells)
        for head, *cells in zip(text.heads[2:], *(row[2:] for row in text.rows), strict=True)
        if any(cell not in ("", NOTHING) for cell in cells)
    )
    turned = Written(heads, lines, (False, *(True for _ in text.rows)), text.footnotes)
    wide = sum(_width(turned, place) + PADDING for place in range(len(heads)))
    return turned if lines and wide <= WIDTH else text


def _as_list(answer: Answer) -> str:
    """Write row by row: the first column as the head, the others that hold something under it."""
    lines = []
    first, *others = answer.columns
    if answer.columns[first].kind in ("money", "ratio"):
        # A figure says nothing without its name: every column is listed under a head of its own.
        others = list(answer.columns)
    margin = max(len(name) for name in others) + 2
    for row in answer.rows():
        head = None if first in others else _cell(answer, first, row[first])
        lines.append(head or "this answer")
        for name in others:
            cell = _cell(answer, name, row[name])
            if cell is None:
                continue
            if "\n" in cell:
                lines += [f"  {name}:", cell]
            else:
                lines.append(f"  {name + ':':<{margin}}{cell}")
    return "\n".join(lines) + "\n"


def _cell(answer: Answer, name: str, value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, int) and answer.columns[name].kind == "money":
        return f"{signed(f'{value:,}')} dollars"
    return signed(f"{value:.6f}") if isinstance(value, float) else str(value)


def _width(text: Written, place: int) -> int:
    return max(len(text.heads[place]), *[len(row[place]) for row in text.rows])


def _columns_that_fit(text: Written, names: Sequence[int] = ()) -> list[int]:
    """Drop empty columns, then the lightest, these, then from the right; never the first or the footnotes."""
    widths = [min(_width(text, place), LONGEST_CELL) + PADDING for place in range(len(text.heads))]
    kept = list(range(len(widths)))
    marks = [place for place in kept if text.heads[place] == ""]
    empty = [
        place
        for place in kept[1:]
        if place not in marks and all(row[place] in ("", "–") for row in text.rows)
    ]
    light = [place for place in kept[1:] if text.heads[place] in LEAST_WEIGHT]
    for place in [*empty[::-1], *light[::-1], *names, *kept[:0:-1]]:
        if sum(widths[one] for one in kept) <= WIDTH:
            break
        if place in kept and place not in marks:
            kept.remove(place)
    return kept
