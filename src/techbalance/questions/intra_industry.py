"""How much of trade goes both ways within products? Answers ``intra_industry``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import NotCoveredError
from techbalance.indicators.value_chain.intra_industry import intra_industry_trade, two_way_trade
from techbalance.outline import ibis
from techbalance.questions.answer import Answer
from techbalance.questions.ladder.baskets import typed
from techbalance.questions.ladder.markets import HS6, quantity_market
from techbalance.questions.parameters.ladder import INTRA_INDUSTRY, IntraIndustryParams

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.questions.ladder.markets import Market
    from techbalance.store.catalogue import Store

Row = dict[str, Any]

TYPES: Final = {
    "partner": pa.string(),
    "partner_name": pa.string(),
    "product": pa.string(),
    "product_name": pa.string(),
    "exports_usd": pa.int64(),
    "imports_usd": pa.int64(),
    "trade_usd": pa.int64(),
    "gl": pa.float64(),
    "overlap": pa.float64(),
    "uv_ratio": pa.float64(),
    "trade_type": pa.string(),
    "two_way_share": pa.float64(),
    "horizontal_share": pa.float64(),
    "high_share": pa.float64(),
    "low_share": pa.float64(),
    "untyped_share": pa.float64(),
    "one_way_share": pa.float64(),
    "products": pa.int64(),
    "year": pa.int64(),
    "note": pa.string(),
}
COLUMNS: Final = {
    "partner": INTRA_INDUSTRY.columns,
    "product": (
        *("partner", "product", "product_name", "gl", "trade_type", "uv_ratio", "overlap"),
        *("exports_usd", "imports_usd", "year", "note"),
    ),
}
MONEY: Final = ("exports_usd", "imports_usd", "trade_usd")
VALUATION: Final = (
    "Imports at c.i.f. value stand against exports at f.o.b. value, so ratios of unit values (exports over "
    "imports) are a few percent too low."
)


def run(params: IntraIndustryParams, store: Store) -> Answer:
    """Answer ``intra_industry``: one row per year and partner, or per year, partner and product."""
    market = quantity_market(params, store)
    years = market.asked_years(params.year)
    kept = market.in_years(years)
    chosen = market.labels(params.partner) if params.partner is not None else None
    held = one_sided(kept)
    flows = two_way_trade(both_flows(kept, params.digits), spread=params.spread, bounds=params.bounds)
    flows = flows.filter(flows.held)
    if chosen is not None:
        flows = flows.filter(flows.partner.isin(chosen))
    measured = flows if params.by == "product" else intra_industry_trade(flows)
    rows = _first(market, store.fetch_rows(measured), params)
    rows += [
        {"year": year, "partner": partner, "partner_name": market.names.get(partner), "note": why}
        for (year, partner), why in sorted(held.items())
        if why is not None and (chosen is None or partner in chosen)
    ]
    there = {row["year"] for row in rows}
    rows += [
        {"year": year, "note": "not_covered: the table has no rows of this year"}
        for year in years
        if year not in there
    ]
    rows.sort(key=lambda row: row["year"])
    digits = params.digits or market.digits
    notes = [*kept.notes, f"Products of {digits} digits; alike within {params.spread:g} ({params.bounds})."]
    notes += [VALUATION] if market.level == HS6 else []
    table = typed(rows, TYPES, list(COLUMNS[params.by]))
    return Answer(INTRA_INDUSTRY, params, store, table, tuple(notes), kept.lineage)


def both_flows(market: Market, digits: int | None = None) -> Table:
    """Exports and imports of each year, partner and product, with ``held``: whether both flows are known.

    Where a partner's flow of a year is held, a product without a row in it was not traded: 0.

    Raises
    ------
    NotCoveredError
        No exports are held.
    """
    if market.exports is None:
        raise NotCoveredError(
            "exports by product and partner are not held",
            where=market.level,
            remedy="Bring a table with both",
        )
    sold, bought = (_summed(rows, digits, side) for rows, side in _sides(market))
    joined = sold.outer_join(bought, ["year", "partner", "product"])
    both = joined.select(
        year=ibis.coalesce(joined.year, joined.year_right),
        partner=ibis.coalesce(joined.partner, joined.partner_right),
        product=ibis.coalesce(joined["product"], joined.product_right),
        exports_usd=joined.exports_usd.fill_null(0.0),
        imports_usd=joined.imports_usd.fill_null(0.0),
        export_quantity=joined.exports_quantity,
        import_quantity=joined.imports_quantity,
        is_same_unit=joined.exports_unit == joined.imports_unit,
        _export=joined.exports_usd.notnull(),
        _import=joined.imports_usd.notnull(),
    )
    whole = ibis.window(group_by=["year", "partner"])
    held = both._export.any().over(whole) & both._import.any().over(whole)
    return both.mutate(held=held).drop("_export", "_import")


def _sides(market: Market) -> tuple[tuple[Table, str], tuple[Table, str]]:
    assert market.exports is not None  # noqa: S101 - narrows the type only
    return (market.exports, "exports"), (market.rows, "imports")


def _summed(rows: Table, digits: int | None, side: str) -> Table:
    cut = rows if digits is None else rows.mutate(product=rows["product"].substr(0, digits))
    known = cut.quantity.notnull() & cut.unit.notnull()
    sums = cut.group_by("year", "partner", "product").aggregate(
        usd=cut.value_usd.cast("float64").sum(),
        quantity=cut.quantity.sum(),
        unit=cut.unit.min(),
        whole=known.all() & (cut.unit.nunique() == 1),
    )
    return sums.select(
        "year",
        "partner",
        "product",
        **{
            f"{side}_usd": sums.usd,
            # A quantity counts where all of the flow has one, in one unit.
            f"{side}_quantity": ibis.ifelse(sums.whole, sums.quantity, ibis.null("float64")),
            f"{side}_unit": sums.unit,
        },
    )


def one_sided(market: Market) -> dict[tuple[int, str], str | None]:
    """For each year and partner, which flow is not held; None where both are."""
    found: dict[tuple[int, str], set[str]] = {}
    for rows, side in _sides(market) if market.exports is not None else ():
        for row in market.store.fetch_rows(rows.select("year", "partner").distinct()):
            found.setdefault((row["year"], row["partner"]), set()).add(side)
    words = {"exports": "imports from", "imports": "exports to"}
    return {
        key: None if len(sides) == 2 else f"not_covered: {words[next(iter(sides))]} {key[1]} are not held"
        for key, sides in found.items()
    }


def _first(market: Market, rows: list[Row], params: IntraIndustryParams) -> list[Row]:
    size = "trade_usd" if params.by == "partner" else None
    rows.sort(
        key=lambda row: (
            row["year"],
            -(row[size] if size else row["exports_usd"] + row["imports_usd"]),
            row["partner"],
            row.get("product", ""),
        )
    )
    counts: dict[int, int] = {}
    kept = []
    for row in rows:
        counts[row["year"]] = counts.get(row["year"], 0) + 1
        if counts[row["year"]] > params.top:
            continue
        money = {name: round(row[name]) for name in MONEY if row.get(name) is not None}
        named = {
            "partner_name": market.names.get(row["partner"]),
            "product_name": market.product_names.get(row.get("product") or ""),
        }
        kept.append({**row, **money, **named})
    return kept
