"""How do the rows of an answer get into a chart, and when is there nothing to draw?"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from techbalance.charts import text
from techbalance.errors import NotCoveredError, SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = dict[str, Any]

WHOLE = {"WORLD", "all"}
"""Keys of rows that are totals of the others, never drawn beside them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the rows of a chart come from, for the line under its title.

    Parameters
    ----------
    publisher
        The official publisher, for example ``US Census Bureau``.
    basis
        Concept, valuation and adjustment in words.
    """

    publisher: str
    basis: str


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is credited for the rows of a chart, and what recomputes them.

    Parameters
    ----------
    command
        The command that gives the same rows again.
    origin
        Publisher and basis, where they differ from the chart's own.
    within
        Of which part of trade the rows are, as it follows a noun: ``from China``, ``in Electronics``.
    """

    command: str
    origin: Origin | None = None
    within: str = ""


CENSUS = Origin(
    "US Census Bureau",
    "Census basis, exports f.a.s., general imports at customs value, not seasonally adjusted",
)
DENOMINATORS = Origin("US Census Bureau and BEA", "ratio of two net balances, annual totals")
WORLD_BANK = Origin(
    "World Bank, from IMF balance of payments", "charges for the use of intellectual property, BPM6"
)
IDEAS_AND_THINGS = Origin(
    "World Bank",
    "intellectual property from the balance of payments, high-technology exports as the World Bank defines "
    "them, which is not the ATP list",
)
INPUT_OUTPUT = Origin("WIOD, release 2013", "input-output tables, value added with net taxes on products")


def census(flow: str) -> Origin:
    """Return the origin of Census figures of ``imports``, ``exports`` or both."""
    valued = {"imports": "general imports at customs value", "exports": "exports f.a.s., re-exports included"}
    if flow not in valued:
        return CENSUS
    return Origin(CENSUS.publisher, f"{valued[flow]}, Census basis, not seasonally adjusted")


def read(rows: pa.Table, chart: str, *, needs: Sequence[str], values: Sequence[str]) -> list[Row]:
    """Return the rows as dictionaries, with absent optional columns left absent.

    Parameters
    ----------
    rows
        An answer's rows.
    chart
        The chart's name, for the message.
    needs
        Columns that must be there.
    values
        Those of them that must hold at least one value each.

    Raises
    ------
    SchemaError
        A needed column is missing.
    NotCoveredError
        There is no row, or a column of ``values`` is null throughout.
    """
    missing = [name for name in needs if name not in rows.column_names]
    if missing:
        raise SchemaError(
            f"the {chart} chart needs the column{'s' * (len(missing) > 1)} {text.listing(missing)}",
            where=f"the rows have {text.listing(rows.column_names)}",
            remedy="Ask the question that gives these columns and hand its rows over unchanged",
        )
    if rows.num_rows == 0:
        raise nothing(chart, "there is no row")
    empty = [name for name in values if rows[name].null_count == rows.num_rows]
    if empty:
        notes = sorted({note for note in column(rows, "note") if note})
        raise nothing(chart, f"{text.listing(empty)} is null in every row", notes)
    listed: list[Row] = rows.to_pylist()
    return listed


def nothing(chart: str, missing: str, notes: Sequence[str] = ()) -> NotCoveredError:
    """Make the error for a chart that has nothing to draw, naming the chart and what was missing."""
    return NotCoveredError(
        f"the {chart} chart has nothing to draw: {missing}",
        where=f"note: {text.listing(notes)}" if notes else "",
        remedy="Choose years, partners or groups that the record covers",
    )


def column(rows: pa.Table, name: str) -> list[Any]:
    """Return a column as a list, or nulls where the rows do not have it."""
    listed: list[Any] = rows[name].to_pylist() if name in rows.column_names else [None] * rows.num_rows
    return listed


def one_each(listed: Sequence[Row], chart: str, keys: Sequence[str]) -> None:
    """Refuse rows that hold a key twice, since a chart would draw one of them over the other.

    Raises
    ------
    SchemaError
        Two rows have the same values in ``keys``.
    """
    seen: set[tuple[Any, ...]] = set()
    for row in listed:
        key = tuple(row.get(name) for name in keys)
        if key in seen:
            raise SchemaError(
                f"the {chart} chart takes one row per {text.listing(keys)}",
                where=f"twice: {', '.join(map(str, key))}",
                remedy="Choose one partner, group, denominator or vintage in the question",
            )
        seen.add(key)


def subtitle(rows: Iterable[Row], origin: Origin, unit: str, *, more: str = "") -> str:
    """Write the grey line under a title: unit, what special marks mean, publisher, basis and vintage."""
    dates = [as_date(row["vintage"]) for row in rows if row.get("vintage") is not None]
    lead = f"{unit}; {more}" if more else unit
    return f"{lead}. {origin.publisher}; {origin.basis}; {text.vintage(dates)}."


def tidy(records: Sequence[Row], columns: dict[str, pa.DataType]) -> pa.Table:
    """Make the table that belongs to a chart, with the columns and types given."""
    schema = pa.schema(list(columns.items()))
    return pa.Table.from_pylist([{name: record.get(name) for name in columns} for record in records], schema)


def is_part_year(row: Row) -> bool:
    """Say whether an annual row sums fewer than twelve months."""
    return row.get("months") is not None and int(row["months"]) < 12


def as_date(value: datetime.date | str) -> datetime.date:
    """Read a vintage given as a date, or as ISO text with or without its day."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    return datetime.date.fromisoformat(value if len(value) > 7 else f"{value}-01")
