"""Where does each supplier's unit value stand among all suppliers? Answers ``unit_values``."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import NotCoveredError
from techbalance.indicators.value_chain.unit_values import income_slope, quality, standing, unit_values
from techbalance.outline import ibis
from techbalance.questions.answer import Answer
from techbalance.questions.ladder.baskets import typed
from techbalance.questions.ladder.incomes import incomes
from techbalance.questions.ladder.markets import quantity_market
from techbalance.questions.ladder.sigmas import sigmas
from techbalance.questions.parameters.ladder import UNIT_VALUES, UnitValuesParams
from techbalance.store.scratch import scratch

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.questions.answer import Lineage
    from techbalance.questions.ladder.markets import Market
    from techbalance.store.catalogue import Store

Row = dict[str, Any]

TYPES: Final = {
    "partner": pa.string(),
    "partner_name": pa.string(),
    "product": pa.string(),
    "product_name": pa.string(),
    "value_usd": pa.int64(),
    "market_share": pa.float64(),
    "unit_value": pa.float64(),
    "unit": pa.string(),
    "relative_unit_value": pa.float64(),
    "uv_rank": pa.int64(),
    "suppliers_compared": pa.int64(),
    "uv_position": pa.float64(),
    "high_niche_share": pa.float64(),
    "low_niche_share": pa.float64(),
    "compared_share": pa.float64(),
    "products_compared": pa.int64(),
    "quality": pa.float64(),
    "slope": pa.float64(),
    "observations": pa.int64(),
    "products": pa.int64(),
    "products_left_out": pa.int64(),
    "year": pa.int64(),
    "note": pa.string(),
}
COLUMNS: Final = {
    "partner": UNIT_VALUES.columns,
    "product": (
        *("product", "partner", "value_usd", "market_share", "unit_value", "unit", "relative_unit_value"),
        *("uv_rank", "suppliers_compared", "uv_position", "quality", "product_name", "partner_name", "year"),
        "note",
    ),
    "slope": ("slope", "products", "observations", "products_left_out", "year", "note"),
}


def run(params: UnitValuesParams, store: Store) -> Answer:
    """Answer ``unit_values``: one row per year and partner, product and partner, or year (slope)."""
    market = quantity_market(params, store)
    if not market.has_quantity:
        raise NotCoveredError(
            "the table has no quantities, so there are no unit values",
            where=str(params.panel),
            remedy="Add the columns quantity and unit",
        )
    years = market.asked_years(params.year)
    kept = market.in_years(years)
    rows, notes, lineage = _measured(params, kept, years)
    there = {row["year"] for row in rows}
    rows += [
        {"year": year, "note": "not_covered: nothing of this is held for the year"}
        for year in years
        if year not in there
    ]
    rows.sort(key=lambda row: row["year"])
    table = typed(rows, TYPES, list(COLUMNS[params.by]))
    return Answer(UNIT_VALUES, params, store, table, (*kept.notes, *notes), (*kept.lineage, *lineage))


def _measured(
    params: UnitValuesParams, market: Market, years: tuple[int, ...]
) -> tuple[list[Row], list[str], tuple[Lineage, ...]]:
    store = market.store
    found = unit_values(market.rows)
    if params.by == "slope":
        day = params.as_of.day if params.as_of else None
        known, notes, lineage = incomes(store, years, params.income, day)
        with scratch(store, known) as income:
            sloped = income_slope(found, income.rename(partner="country"))
            return store.fetch_rows(sloped), notes, lineage
    chosen = market.labels(params.partner) if params.partner is not None else None
    with ExitStack() as open_tables:
        notes = []
        if params.elasticities is not None:
            found, said = with_quality(market, found, params.elasticities, open_tables)
            notes.append(said)
        measured = standing(found, by=("year", "partner")) if params.by == "partner" else found
        if chosen is not None:
            measured = measured.filter(measured.partner.isin(chosen))
        rows = store.fetch_rows(measured)
    return _first(market, rows, params), notes, ()


def with_quality(
    market: Market, found: Table, elasticities: str, open_tables: ExitStack
) -> tuple[Table, str]:
    """Add quality by the elasticities of one source; the table is to be fetched while the stack is open."""
    codes = market.store.fetch(market.rows.select("product").distinct().order_by("product"))
    known, said = sigmas(market.store, codes["product"].to_pylist(), elasticities)
    sigma = open_tables.enter_context(scratch(market.store, known))
    measured = quality(found, sigma)
    # Why a quality is missing stands beside why a comparison is, where they differ.
    note = ibis.ifelse(measured.note.isnull(), measured.quality_note, measured.note)
    return measured.mutate(note=note), said


def _first(market: Market, rows: list[Row], params: UnitValuesParams) -> list[Row]:
    rows.sort(
        key=lambda row: (row["year"], -(row["value_usd"] or 0.0), row.get("product", ""), row["partner"])
    )
    counts: dict[int, int] = {}
    kept = []
    for row in rows:
        counts[row["year"]] = counts.get(row["year"], 0) + 1
        if counts[row["year"]] > params.top:
            continue
        kept.append(
            {
                **row,
                "value_usd": round(row["value_usd"]),
                "high_niche_share": row.get("top_share"),
                "low_niche_share": row.get("bottom_share"),
                "partner_name": market.names.get(row["partner"]),
                "product_name": market.product_names.get(row.get("product") or ""),
            }
        )
    return kept
