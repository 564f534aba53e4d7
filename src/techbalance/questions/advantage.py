"""In what is a country specialised, and how rich are those who export the same? Answers ``advantage``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.indicators.value_chain.advantage import (
    country_sophistication,
    product_sophistication,
    revealed_advantage,
)
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.ladder.baskets import baskets_of, typed
from techbalance.questions.ladder.incomes import incomes
from techbalance.questions.parameters.ladder import ADVANTAGE, AdvantageParams
from techbalance.questions.selection import among_products
from techbalance.store.scratch import scratch

if TYPE_CHECKING:
    from techbalance.questions.ladder.baskets import Baskets
    from techbalance.store.catalogue import Store

Row = dict[str, Any]

TYPES: Final = {
    "country": pa.string(),
    "country_name": pa.string(),
    "product": pa.string(),
    "product_name": pa.string(),
    "value_usd": pa.int64(),
    "rca": pa.float64(),
    "rsca": pa.float64(),
    "prody": pa.float64(),
    "expy": pa.float64(),
    "exporters": pa.int64(),
    "exporters_without_income": pa.int64(),
    "covered_share": pa.float64(),
    "year": pa.int64(),
    "note": pa.string(),
}
COLUMNS: Final = {
    "rca": ADVANTAGE.columns,
    "prody": ("product", "product_name", "prody", "exporters", "exporters_without_income", "year", "note"),
    "expy": ("country", "country_name", "expy", "value_usd", "covered_share", "year", "note"),
}


def run(params: AdvantageParams, store: Store) -> Answer:
    """Answer ``advantage``: rows of country and product (rca), product (prody) or country (expy), by year."""
    found = baskets_of(params, store)
    years = found.asked_years(params.year)
    kept = found.in_years(years)
    notes = list(kept.notes)
    lineage = kept.lineage
    if params.measure == "rca":
        rows = _advantages(params, kept)
        part = "part of" if params.world == "with" else "left out of"
        notes.append(
            f"The country is {part} the world it is held against; re-exports are in as the table has them."
        )
    else:
        rows, said, more = _sophistication(params, kept, years)
        notes += said
        lineage = (*lineage, *more)
    there = {row["year"] for row in rows}
    rows += [
        {
            "year": year,
            "note": found.why_empty
            if year not in found.years
            else "no_match: no row meets what was asked for",
        }
        for year in years
        if year not in there
    ]
    rows.sort(key=lambda row: row["year"])
    return Answer(
        ADVANTAGE, params, store, typed(rows, TYPES, list(COLUMNS[params.measure])), tuple(notes), lineage
    )


def _advantages(params: AdvantageParams, found: Baskets) -> list[Row]:
    measured = revealed_advantage(found.rows, world=params.world)
    if params.country is not None:
        measured = measured.filter(measured.country.isin(found.labels(params.country)))
    measured = measured.filter(among_products(measured, params.product))
    return _first(found, found.store.fetch_rows(measured), "rca", params.top)


def _sophistication(
    params: AdvantageParams, found: Baskets, years: tuple[int, ...]
) -> tuple[list[Row], list[str], tuple[Lineage, ...]]:
    day = params.as_of.day if params.as_of else None
    known, notes, lineage = incomes(found.store, years, params.income, day)
    without = sorted(set(found.countries) - set(known["country"].to_pylist()))
    if without:
        named = ", ".join(without[:5]) + (f" and {len(without) - 5} more" if len(without) > 5 else "")
        notes.append(f"not_covered: no income of {named}; left out of the weights.")
    with scratch(found.store, known) as income:
        if params.measure == "prody":
            measured = product_sophistication(found.rows, income)
            measured = measured.filter(among_products(measured, params.product))
        else:
            measured = country_sophistication(found.rows, income)
            if params.country is not None:
                measured = measured.filter(measured.country.isin(found.labels(params.country)))
        rows = found.store.fetch_rows(measured)
    return _first(found, rows, params.measure, params.top), notes, lineage


def _first(found: Baskets, rows: list[Row], by: str, top: int) -> list[Row]:
    """The highest of each year, with names; equals by value and then by label."""
    rows.sort(
        key=lambda row: (
            row[by] is None,
            -(row[by] or 0.0),
            -(row.get("value_usd") or 0.0),
            str(row.get("country", "")),
            str(row.get("product", "")),
        )
    )
    counts: dict[int, int] = {}
    kept = []
    for row in rows:
        counts[row["year"]] = counts.get(row["year"], 0) + 1
        if counts[row["year"]] > top:
            continue
        if row.get("value_usd") is not None:
            row["value_usd"] = round(row["value_usd"])
        row["country_name"] = found.names.get(row.get("country") or "")
        row["product_name"] = found.product_names.get(row.get("product") or "")
        kept.append(row)
    return kept
