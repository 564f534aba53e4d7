"""How do rows become a table for people? Chosen columns, one unit to a column, notes under it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import pyarrow as pa

from techbalance.charts import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

Form = Literal["bn", "usd", "percent", "count", "date", "code", "words"]
_STYLES: Final = dict.fromkeys(("bn", "usd", "percent", "count"), "figure") | dict.fromkeys(
    ("date", "code"), "short"
)


@dataclass(frozen=True, slots=True)
class Field:
    """A column as people read it.

    Parameters
    ----------
    name
        Column of the rows.
    head
        Its head, with the unit.
    form
        How a value is written: ``bn`` and ``usd`` take whole dollars, ``percent`` a plain ratio.
    """

    name: str
    head: str
    form: Form


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows in words and aligned figures.

    Parameters
    ----------
    heads
        Head of each column.
    styles
        Of each column: ``figure`` is aligned to the right, ``short`` is never broken, anything else is empty.
    rows
        Cells as text; the first of a row is its head.
    footnotes
        Notes; the first cell of a row that has one ends in its number in brackets.
    links
        For each row, where a cell leads: its place in the row and an address. Empty where no cell leads on.
    """

    heads: tuple[str, ...]
    styles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    footnotes: tuple[str, ...] = ()
    links: tuple[Mapping[int, str], ...] = ()


def grid(rows: Sequence[Mapping[str, Any]], fields: Sequence[Field]) -> Grid:
    """Write rows out.

    Parameters
    ----------
    rows
        One mapping per row; its ``note``, if any, becomes a footnote.
    fields
        The columns wanted, in order.
    """
    notes = [row.get("note") for row in rows]
    footnotes = tuple(dict.fromkeys(note for note in notes if note))
    written = []
    for row, note in zip(rows, notes, strict=True):
        cells = [write(row[field.name], field.form) for field in fields]
        if note:
            cells[0] += f" [{footnotes.index(note) + 1}]"
        written.append(tuple(cells))
    return Grid(
        heads=tuple(field.head for field in fields),
        styles=tuple(_STYLES.get(field.form, "") for field in fields),
        rows=tuple(written),
        footnotes=footnotes,
    )


def whole(rows: pa.Table, names: Sequence[str] | None = None) -> Grid:
    """Write a table out with heads and forms taken from the names and types of its columns."""
    names = names or rows.column_names
    return grid(rows.to_pylist(), [_field(name, rows.schema.field(name).type) for name in names])


def write(value: object, form: Form) -> str:
    """Write one value; nothing is a dash."""
    if value is None:
        return text.DASH
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value) or text.DASH
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value, form)
    return str(value)


def _number(value: float, form: Form) -> str:
    if form == "bn":
        return text.billions(value)
    if form == "percent":
        return text.percent(value).removesuffix("%")
    return text.number(value, 0) if form in {"usd", "count"} else str(value)


def _field(name: str, kind: pa.DataType) -> Field:
    """Read head and form off a column: ``_usd`` is money, ``_ratio`` and ``share`` are percent."""
    plain = name.removesuffix("_usd").removesuffix("_name").removesuffix("_ratio").replace("_", " ")
    head = plain[:1].upper() + plain[1:]
    if name.endswith("_usd"):
        return Field(name, f"{head}, $bn", "bn")
    if name.endswith("_ratio") or name.endswith("share"):
        return Field(name, f"{head}, %", "percent")
    if pa.types.is_date(kind):
        return Field(name, head, "date")
    if pa.types.is_integer(kind):
        return Field(name, head, "code" if name in _CODES else "count")
    return Field(name, head, "words")


_CODES: Final = frozenset({"year", "month", "list_year", "from_year", "to_year"})
"""Integers that are names, and take no thousands separator."""
