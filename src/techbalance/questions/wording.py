"""How are figures written for people? Money in billions, percent, true minus signs, footnotes.

Shared by the terminal, the notebook and the documents, so that a figure reads the same everywhere.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.questions.answer import Answer
    from techbalance.questions.parameters.columns import Column

MINUS: Final = "\u2212"
NOTHING: Final = "\u2013"
# Of a ratio below a thousandth, two digits of percent say too little.
SMALL: Final = 1e-3
_SCALES: Final = ((10**9, "$bn"), (10**6, "$m"))


def signed(text: str) -> str:
    """Put a true minus sign in place of a hyphen before a number."""
    return MINUS + text[1:] if text.startswith("-") else text


def money(value: float | None) -> str:
    """Write dollars for prose: ``$294.4bn``, ``−$31.8bn``, ``$5.3m``, ``$812``."""
    if value is None:
        return NOTHING
    sign = MINUS if value < 0 else ""
    size = abs(value)
    for scale, unit in _SCALES:
        # What would round to a thousand of the unit below is written in this one.
        if round(size / scale * 1000, 1) >= 1000:
            return f"{sign}${size / scale:,.1f}{unit[1:]}"
    return f"{sign}${size:,.0f}"


def percent(value: float | None, digits: int = 1) -> str:
    """Write a ratio as percent: ``7.7 %``."""
    return NOTHING if value is None else signed(f"{value * 100:,.{digits}f} %")


@dataclass(frozen=True)
class Written:
    """An answer in words and aligned figures.

    Parameters
    ----------
    heads
        Head of each column, with its unit.
    rows
        Cells as text.
    right
        Which columns are aligned to the right.
    footnotes
        Notes of rows; a row that has one ends in its number in brackets.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    footnotes: tuple[str, ...]


def written(answer: Answer) -> Written:
    """Write an answer out: money in one scale per column, notes as footnotes."""
    table, columns = answer.arrow, answer.columns
    notes = table["note"].to_pylist() if "note" in columns else [None] * table.num_rows
    footnotes = tuple(dict.fromkeys(note for note in notes if note))
    heads, cells, right = [], [], []
    for name, column in columns.items():
        if name == "note":
            continue
        values = table[name].to_pylist()
        if column.kind == "measured":
            head, texts = name.replace("_", " "), _measured(values, table["unit"].to_pylist())
        else:
            head, texts = _column(name, column, values)
        heads.append(head)
        cells.append(texts)
        right.append(column.kind in ("money", "ratio", "count", "number", "measured"))
    if footnotes:
        heads.append("")
        right.append(False)
        cells.append([f"[{footnotes.index(note) + 1}]" if note else "" for note in notes])
    rows = tuple(zip(*cells, strict=True)) if cells else ()
    return Written(tuple(heads), rows, tuple(right), footnotes)


def _column(name: str, column: Column, values: Sequence[object]) -> tuple[str, list[str]]:
    title = name.removesuffix("_usd").replace("_", " ")
    if column.kind == "money":
        numbers = [abs(value) for value in values if isinstance(value, (int, float))]
        largest = max(numbers, default=0)
        scale, unit = next(((size, text) for size, text in _SCALES if largest >= size), (1, "$"))
        digits = 0 if scale == 1 else 1
        return f"{title} {unit}", [_number(value, scale, digits) for value in values]
    if column.kind == "ratio":
        return title, [_number(value, 1, 4) for value in values]
    if column.kind == "number":
        return title, [_number(value, 1, 2) for value in values]
    return title, [_text(value) for value in values]


def _measured(values: Sequence[float | None], units: Sequence[str]) -> list[str]:
    """Write each value in the unit its own row names: dollars, a ratio as percent, or a plain number."""
    writers = {"US dollars": money, "ratio": _change}
    return [
        writers[unit](value) if unit in writers else NOTHING if value is None else signed(f"{value:.4g}")
        for value, unit in zip(values, units, strict=True)
    ]


def _change(value: float | None) -> str:
    """Write a modelled ratio as percent; what would round to nothing keeps two more digits."""
    return percent(value, 4 if value is not None and 0 < abs(value) < SMALL else 2)


def _number(value: object, scale: int, digits: int) -> str:
    if not isinstance(value, (int, float)):
        return NOTHING
    return signed(f"{value / scale:,.{digits}f}")


def _text(value: object) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    return signed(str(value)) if isinstance(value, (int, float)) else str(value)
