"""Which ingested trade has quantities? Full years of ten-digit products that came in from archives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.classifications.groups import OUTSIDE
from techbalance.errors import NotCoveredError
from techbalance.outline import ibis
from techbalance.questions.answer import Lineage
from techbalance.questions.ladder.held import HTS10
from techbalance.questions.ladder.markets import DETAIL, Market
from techbalance.questions.selection import among_products, labelled_partners
from techbalance.questions.trade_read import TradeRead
from techbalance.store.holdings import parts

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.questions.parameters.ladder import Market as MarketParams
    from techbalance.store.catalogue import Store
    from techbalance.store.holdings import Part

# Columns of value and of quantity in what is kept at ingest.
COLUMNS = {"import": ("general_usd", "general_qty_1"), "export": ("export_usd", "export_qty_1")}


def detail_market(params: MarketParams, store: Store) -> Market:
    """Trade of the United States by ten-digit product and partner, with quantities, as it was ingested.

    Full years only: a unit value of some months does not compare with one of a year.

    Raises
    ------
    NotCoveredError
        No full year of imports was ingested.
    """
    bought = _flow(params, store, "import")
    if bought is None:
        raise NotCoveredError(
            "no full year of ten-digit imports with quantities was ingested",
            remedy="techbalance ingest takes the monthly archives",
        )
    sold = _flow(params, store, "export")
    columns = ("year", "product", "partner", "value_usd", "quantity", "unit")
    formula = "value over first quantity, by product and partner"
    return Market(
        store=store,
        level=DETAIL,
        rows=bought.select(*columns),
        digits=HTS10,
        has_quantity=True,
        notes=(
            "Ingested detail: general imports at customs value, first quantity of each ten-digit product.",
        ),
        exports=None if sold is None else sold.select(*columns),
        lineage=(Lineage("trade", bought, formula, value="general_usd"),),
    )


def _flow(params: MarketParams, store: Store, flow: str) -> Table | None:
    """Rows of full years of one flow that were ingested; None where there are none."""
    read = TradeRead(store, params.as_of.day if params.as_of else None)
    found: list[Part] = []
    for year in read.selection.years:
        reads = read.selection.whole_year(flow, year)
        if reads and all(one.block.files for one in reads):
            found += parts(reads)
    tables = [_opened(store, part, flow) for part in found]
    if not tables:
        return None
    rows = ibis.union(*tables) if len(tables) > 1 else tables[0]
    rows = rows.filter(rows.match != "undecided", rows["group"] != OUTSIDE)
    if params.group is not None:
        rows = rows.filter(rows["group"].isin(list(params.group)))
    if params.product is not None:
        rows = rows.filter(among_products(rows, params.product))
    return labelled_partners(rows, store)


def _opened(store: Store, part: Part, flow: str) -> Table:
    name = "trade_year" if part.block.is_annual else "trade_month"
    rows = store.own(name, (dict(part.block.files)[name],))
    rows = rows.filter(rows.flow == flow)
    if part.months is not None:
        rows = rows.filter(rows.month.isin(sorted(part.months)))
    if part.partners is not None:
        rows = rows.filter(rows.partner.isin(sorted(part.partners)))
    value, quantity = COLUMNS[flow]
    kept = ("year", "product", "partner", "group", "match", "flow", "period", "vintage", "source_id")
    return rows.select(
        *kept,
        value,
        value_usd=rows[value],
        quantity=rows[quantity].cast("float64").nullif(0.0),
        unit=rows.unit_1,
    )
