"""Which sums are kept when trade comes in? Expressions that the store runs at ingest.

Their SQL ships compiled (``tools/compile_marts.py``), so that a month is taken in before the library of
expressions would have been loaded; it is loaded here only where they are compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.store.ingestion.marts import Marts
from techbalance.store.ingestion.schemas import GROUPS, TRADE, VALUES

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import Column, Value

_SAME: Final = (
    "reporter",
    "flow",
    "system",
    "period",
    "year",
    "month",
    "list_year",
    "vintage",
    "source_id",
)
_PLACE: Final = ("reporter", "flow", "system", "product", "partner", "year", "group", "match", "list_year")


def by_product(detail: Table) -> Table:
    """Add up detail over districts, subcodes, rate provisions, and domestic and foreign goods.

    Parameters
    ----------
    detail
        Rows of ``trade_detail`` of one block (one flow, one vintage); ``foreign`` tells goods of foreign
        origin among exports.

    Returns
    -------
    Table
        One row per product, partner and month; the columns of a flow that is not there are null.
    """
    import ibis

    if "reporter" not in detail.columns:
        detail = detail.mutate(reporter=ibis.literal("USA"))
    if "foreign" in detail.columns:
        detail = detail.mutate(
            domestic_usd=ibis.ifelse(detail.foreign, ibis.literal(0).cast("int64"), detail.export_usd)
        )
    sums = detail.group_by("product", "partner").aggregate(**{name: _sum(detail, name) for name in VALUES})
    # The rest follows from the product, or is the same in every row of a block: it is no key to group by.
    of_product = detail.group_by("product").aggregate(
        **{name: detail[name].arbitrary() for name in ("group", "match", "unit_1")}
    )
    same = detail.limit(1).select(*[name for name in _SAME if name in detail.columns])
    rows = sums.inner_join(of_product, "product").cross_join(same)
    rows = rows.mutate(freq=ibis.literal("month"), months=ibis.literal(1).cast("int8"))
    return rows.select(TRADE.names)


def by_year(months: Table) -> Table:
    """Add up twelve months to one row per product and partner; ``vintage`` is the newest of the months."""
    import ibis

    rows = months.group_by(list(_PLACE)).aggregate(
        **{name: months[name].sum() for name in VALUES},
        unit_1=months.unit_1.max(),
        vintage=months.vintage.max(),
        source_id=months.source_id.max(),
    )
    rows = rows.mutate(
        period=rows.year.cast("string"),
        month=ibis.null("int8"),
        freq=ibis.literal("year"),
        months=ibis.literal(12).cast("int8"),
    )
    return rows.select(TRADE.names)


def by_group(rows: Table) -> Table:
    """Add up products to one row per group, match, partner and period.

    ``products`` counts their codes: a product, partner and period are there once, so rows are counted.
    """
    keys = [name for name in GROUPS.names if name not in (*VALUES, "products")]
    sums = rows.group_by(keys).aggregate(**{name: rows[name].sum() for name in VALUES}, products=rows.count())
    return sums.select(GROUPS.names)


def _sum(detail: Table, name: str) -> Value | Column:
    import ibis

    return detail[name].sum() if name in detail.columns else ibis.null("int64")


MARTS: Final = Marts(by_product, by_year, by_group)
