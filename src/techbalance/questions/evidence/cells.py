"""Measures that any question gives: a column of one row of its answer, on every vintage of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from techbalance.claims.figures import Figure
from techbalance.errors import NotCoveredError, ParameterError, UnknownCodeError, shortened
from techbalance.questions import registry
from techbalance.questions.parameters.columns import COLUMNS
from techbalance.questions.parameters.declaration import split_reference

if TYPE_CHECKING:
    from techbalance.claims.statement import Filters
    from techbalance.questions.answer import Answer
    from techbalance.questions.evidence.held import Held
    from techbalance.questions.parameters.column import Kind

BASES: Final[dict[Kind, str]] = {
    "money": "usd",
    "ratio": "ratio",
    "count": "count",
    "number": "count",
    "measured": "count",
}
"""Base unit of a figure, by kind of column; columns of other kinds hold no figure."""
MOST_VINTAGES: Final = 12
"""How many earlier days a question is asked for: each is asked in full."""


def base_of(column: str) -> str:
    """Base unit of a column's figures.

    Raises
    ------
    UnknownCodeError
        No answer has a column of this name.
    ParameterError
        Its values are texts, dates or codes.
    """
    if column not in COLUMNS:
        raise UnknownCodeError.among("column", column, COLUMNS)
    base = BASES.get(COLUMNS[column].kind)
    if base is None:
        raise ParameterError(f"the column {column!r} holds no figure", where=COLUMNS[column].says)
    return base


def cell(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """A column of the one row of an answer; of a dated question also as it was known before.

    Raises
    ------
    ParameterError
        The answer has several rows and ``row`` does not choose one, or the question gives no figure.
    """
    name, given = split_reference(filters.of or "")
    question = registry.find(name)
    if question.writes or name in ("trace", "cite"):
        raise ParameterError(f"{name} gives no figure", remedy="Name a question such as balance?year=2024")
    column, row = filters.column or "", filters.row
    base_of(column)
    is_dated = "as_of" in question.params.model_fields and "as_of" not in given
    if is_dated and held.day is not None:
        given["as_of"] = held.day.isoformat()
    answer = registry.ask(question, dict(given), held.store)
    for one in answer.lineage:
        held.lineage[(filters.of, one.table, one.formula)] = one
    newest = _figure(answer, column, row, filters.of or "", newest=True)
    days = _days(answer, newest.vintage) if is_dated else []
    earlier = {}
    for day in days:
        before = _asked(held, filters, {**given, "as_of": day.isoformat()})
        if before is not None and before.vintage != newest.vintage:
            earlier[before.vintage] = before
    return (*(earlier[day] for day in sorted(earlier, key=str)), newest)


def _asked(held: Held, filters: Filters, given: dict[str, Any]) -> Figure | None:
    """The figure as it was known on a day; None where nothing was."""
    question = registry.find(split_reference(filters.of or "")[0])
    try:
        answer = registry.ask(question, given, held.store)
        figure = _figure(answer, filters.column or "", filters.row, filters.of or "", newest=False)
    except (NotCoveredError, ParameterError):
        return None
    return figure if figure.value is not None and figure.vintage is not None else None


def _days(answer: Answer, newest: dt.date | None) -> list[dt.date]:
    """Days before the newest on which anything behind the answer was revised, the latest ones."""
    found: set[dt.date] = set()
    for table in {one.table for one in answer.lineage}:
        rows = answer.store.table(table)
        if "vintage" in rows.columns:
            days = answer.store.fetch_rows(rows.select("vintage").distinct())
            found |= {one["vintage"] for one in days if one["vintage"] is not None}
    limit = newest or dt.date.max
    return sorted(day for day in found if day < limit)[-MOST_VINTAGES:]


def _figure(answer: Answer, column: str, row: str | None, of: str, *, newest: bool) -> Figure:
    if column not in answer.columns:
        raise UnknownCodeError.among("column", column, answer.columns)
    rows = _chosen(answer.rows(), row)
    if len(rows) != 1:
        raise ParameterError(
            f"the answer has {len(rows)} rows here, and a figure is in one",
            where=of,
            remedy="Ask for one year and key, or choose a row by its keys: partner=CHN,year=2024",
        )
    value, base = rows[0][column], base_of(column)
    vintage = rows[0].get("vintage")
    note = "" if value is not None else str(rows[0].get("note") or "not_covered").partition(":")[0]
    return Figure(value, base, vintage, period=of, newest=newest, note=note)


def _chosen(rows: list[dict[str, Any]], row: str | None) -> list[dict[str, Any]]:
    """Keep the rows whose keys have these values, written as ``partner=CHN,year=2024``."""
    if not row:
        return rows
    wanted = dict(part.strip().split("=", 1) for part in row.split(",") if "=" in part)
    if not wanted or not all(name in one for one in rows for name in wanted):
        raise ParameterError(
            f"row {shortened(row)} does not say which",
            remedy="Write columns and values: partner=CHN,year=2024",
        )
    return [one for one in rows if all(str(one[name]) == value.strip() for name, value in wanted.items())]
