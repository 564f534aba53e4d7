"""How do rows of a balance stand in a table whose cells lead further down?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from techbalance.charts import text
from techbalance.report.grids import Field, Grid, grid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from techbalance.questions.answer import Answer

MOST: Final = 100
"""Rows a page shows; the data file has all."""
VALUES: Final = ("exports_usd", "imports_usd", "balance_usd")
_KEYS: Final = {
    "year": Field("year", "Year", "code"),
    "quarter": Field("quarter", "Quarter", "code"),
    "month": Field("month", "Month", "code"),
    "group": Field("group_name", "Technology group", "words"),
    "partner": Field("partner_name", "Partner", "words"),
    "product": Field("product_named", "Product, as the tariff names it", "words"),
}
_LEADING: Final = ("year", "group", "partner", "product")
_FIELDS: Final = (
    Field("exports_usd", "Exports, $bn", "bn"),
    Field("imports_usd", "Imports, $bn", "bn"),
    Field("balance_usd", "Balance, $bn", "bn"),
    Field("share", "Of these, %", "percent"),
    Field("deficit_ratio", "Of the deficit, %", "percent"),
    Field("coverage_ratio", "Exports of imports, %", "percent"),
    Field("months", "Months", "count"),
    Field("vintage", "Vintage", "date"),
)


def explored(answer: Answer, leads: Callable[[Mapping[str, str]], str | None]) -> tuple[Grid, int]:
    """Write the rows of a balance out, the largest of each period first.

    Parameters
    ----------
    answer
        The balance.
    leads
        Where a row leads, given the keys that it fixes; None for nowhere.

    Returns
    -------
    tuple
        The table, and how many rows it shows.
    """
    params: Any = answer.params
    keys = params.by.names
    rows = _ordered([row for row in answer.rows() if _is_row(row, keys)], keys)
    _share(rows, keys)
    shown = [_named(row) for row in rows[:MOST]]
    if len({row["note"] for row in rows}) == 1:
        shown = [row | {"note": None} for row in shown]
    fields = [_KEYS[key] for key in keys]
    fields += [field for field in _FIELDS if _says(field, rows)]
    made = grid(shown, fields)
    return replace(made, links=tuple(_links(row, keys, leads) for row in shown)), len(shown)


def _is_row(row: Mapping[str, Any], keys: Sequence[str]) -> bool:
    return all(row.get(key) is not None for key in keys)


def _ordered(rows: list[dict[str, Any]], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Put the newest period first, and in each the largest."""
    times = [key for key in keys if key in {"year", "quarter", "month"}]

    def size(row: Mapping[str, Any]) -> float:
        return max((abs(row[name]) for name in VALUES if row[name] is not None), default=-1)

    if len(times) < len(keys):
        rows = sorted(rows, key=size, reverse=True)
    return sorted(rows, key=lambda row: [str(row[key]) for key in times], reverse=True)


def _share(rows: list[dict[str, Any]], keys: Sequence[str]) -> None:
    """Give each row its part in the imports of one period, where only imports are held."""
    alone = all(row["balance_usd"] is None and row["exports_usd"] is None for row in rows)
    total = sum(row["imports_usd"] or 0 for row in rows)
    parts = alone and total > 0 and not set(keys) & {"year", "quarter", "month"}
    if parts and len({row.get("year") for row in rows}) == 1:
        for row in rows:
            row["share"] = None if row["imports_usd"] is None else row["imports_usd"] / total


def _named(row: dict[str, Any]) -> dict[str, Any]:
    if row.get("product") is None:
        return row
    return row | {"product_named": text.product(row["product"], row["product_name"] or "")}


def _says(field: Field, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a column says something: it holds values, and not the same months or vintage throughout."""
    values = {row.get(field.name) for row in rows}
    if field.name == "months":
        return values - {None, 12} != set()
    if field.name == "vintage":
        return len(values) > 1
    return values - {None} != set()


def _links(
    row: Mapping[str, Any], keys: Sequence[str], leads: Callable[[Mapping[str, str]], str | None]
) -> dict[int, str]:
    fixed = {"year": str(row["year"])} if row.get("year") is not None else {}
    found = {place: leads({**fixed, key: str(row[key])}) for place, key in enumerate(keys) if key in _LEADING}
    return {place: address for place, address in found.items() if address}
