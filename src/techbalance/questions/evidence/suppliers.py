"""How concentrated are imports on suppliers? Measures that bear on dependence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techbalance.claims.figures import Figure
from techbalance.classifications.groups import group_code
from techbalance.indicators.concentration import SupplierColumns, supplier_concentration
from techbalance.questions.answer import Lineage
from techbalance.questions.parameters.texts import GroupRef, Years
from techbalance.questions.products import Products

if TYPE_CHECKING:
    from techbalance.claims.statement import Filters
    from techbalance.questions.evidence.held import Held

IMPORTS = "general_usd"


def _concentration(held: Held, filters: Filters, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Concentration of general imports of the list, per key; empty where the year is not held."""
    year = filters.years()[0]
    groups = GroupRef((group_code(filters.group),)) if filters.group not in (None, "all") else None
    trade = Products(held.store, held.day, years=Years(year, year), groups=groups)
    rows = trade.rows().filter(lambda row: row.flow == "import")
    held.lineage[("suppliers", year, filters.group)] = Lineage(
        "trade", rows, "shares of suppliers in general imports, and their squares"
    )
    if not held.store.count(rows):
        return []
    found = held.store.fetch_rows(supplier_concentration(rows, SupplierColumns(keys, IMPORTS)))
    newest = held.store.fetch_rows(rows.aggregate(vintage=rows.vintage.max()))[0]["vintage"]
    return [row | {"vintage": newest} for row in found]


def _single(held: Held, filters: Filters, column: str) -> tuple[Figure, ...]:
    period = str(filters.years()[0])
    found = _concentration(held, filters, ("year",))
    if not found:
        return (Figure(None, "ratio", period=period, note="not_covered"),)
    row = found[0]
    note = "" if row[column] is not None else str(row["note"])
    detail = "" if row[column] is None else f"{row['top_partner']} first of {row['suppliers']} suppliers"
    return (
        Figure(row[column], "ratio", row["vintage"], period=period, newest=True, note=note, detail=detail),
    )


def supplier_top_share(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """The largest partner's share of imports."""
    return _single(held, filters, "top_share")


def supplier_hhi(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """The sum of squared shares of partners in imports."""
    return _single(held, filters, "hhi")


def concentrated_share(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """How much of imports is in products more concentrated than a threshold."""
    period = str(filters.years()[0])
    found = _concentration(held, filters, ("product",))
    if not found:
        return (Figure(None, "ratio", period=period, note="not_covered"),)
    limit = float(filters.threshold or 0)
    above = [row for row in found if row["hhi"] is not None and row["hhi"] > limit]
    total = sum(row[IMPORTS] for row in found if row[IMPORTS])
    share = sum(row[IMPORTS] for row in above) / total
    detail = f"{len(above)} of {len(found)} products"
    return (Figure(share, "ratio", found[0]["vintage"], period=period, newest=True, detail=detail),)
