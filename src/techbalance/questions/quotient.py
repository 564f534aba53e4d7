"""In which industries does a country make more than its size? Answers ``quotient``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import NotCoveredError, UnknownCodeError
from techbalance.indicators import innovation
from techbalance.outline import ibis
from techbalance.questions.answer import Answer
from techbalance.questions.countries import CountryBook
from techbalance.questions.industries import (
    EU,
    HAMILTON,
    NAMES,
    NEWER_EDITION,
    OLDER_EDITION,
    TOTAL,
    WORLD,
    Industries,
    read_industries,
)
from techbalance.questions.macro import series_rows
from techbalance.questions.parameters.ideas import QUOTIENT, QuotientParams

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.questions.parameters.texts import PartnerRef, Years
    from techbalance.store.catalogue import Store

HAMILTON_CODE: Final = "hamilton"
HAMILTON_NAME: Final = "seven advanced industries"
KIND: Final = (
    "array<struct<country: string, industry: string, year: int16, value_added_usd: float64, "
    "gdp_usd: float64, edition: string>>"
)
WORLD_KIND: Final = (
    "array<struct<industry: string, year: int16, edition: string, world_value_added_usd: float64, "
    "world_gdp_usd: float64>>"
)

TYPES: Final = {
    "year": pa.int16(),
    "value_added_usd": pa.int64(),
    "world_share": pa.float64(),
    "location_quotient": pa.float64(),
}

Row = dict[str, Any]


def run(params: QuotientParams, store: Store) -> Answer:
    """Answer ``quotient``: one row per country, year and industry, the largest quotient first.

    Size is value added of all industries in the newer edition, which has it, and GDP of the World Bank in the
    older one; country and world are always of one edition.
    """
    held = read_industries(store)
    countries = _countries(params.country, held, store)
    years = _years(params.year, held)
    industries = list(params.industry or (*NAMES, HAMILTON_CODE))
    gdp = _gdp(store, years)
    rows = [
        _row(held, gdp, (country, industry, year))
        for year in years
        for country in countries
        for industry in industries
    ]
    world = [
        _world(held, gdp, industry, year, edition)
        for year in years
        for industry in industries
        for edition in (NEWER_EDITION, OLDER_EDITION)
    ]
    answered = store.fetch_rows(_quotients(rows, world))
    table = _table(answered, params)
    notes = (
        "Value added: NCSES, Science and Engineering Indicators; edition of 2024 (table 10758) where it has "
        "the country, else of 2022.",
        f"hamilton: {', '.join(NAMES[code] for code in HAMILTON)}, after the Hamilton Index of ITIF.",
    )
    return Answer(QUOTIENT, params, store, table, notes)


def _countries(ref: PartnerRef | None, held: Industries, store: Store) -> list[str]:
    """Look countries up; the tables have the world and the European Union of 27 as rows of their own."""
    if ref is None:
        return list(held.economies)
    found: list[str] = []
    rest: list[str] = []
    for text in ref:
        for name in text.split(","):
            own = name.strip().upper()
            (found if own in (WORLD, EU) else rest).append(own if own in (WORLD, EU) else name)
    if rest:
        found += CountryBook.of_charges(store).spans([",".join(rest)])
    if not found:
        raise UnknownCodeError("no country is named")
    return list(dict.fromkeys(found))


def _years(span: Years | None, held: Industries) -> list[int]:
    if span is None:
        return [held.years[-1]]
    if span.end < held.years[0] or span.start > held.years[-1]:
        raise NotCoveredError(
            f"value added by industry is not held for {span}",
            where=f"it is held for {held.years[0]} to {held.years[-1]}",
        )
    return list(range(span.start, span.end + 1))


def _gdp(store: Store, years: list[int]) -> dict[tuple[str, int], float]:
    """GDP by country and year, and the sum of all countries under the world's code."""
    rows = series_rows(store, ["gdp_usd"], None)
    rows = rows.filter(rows.year.isin(years)).select("country", "year", "value")
    found = {(row["country"], row["year"]): float(row["value"]) for row in store.fetch_rows(rows)}
    for year in years:
        found[WORLD, year] = sum(value for (_, of), value in found.items() if of == year)
    return found


def _value(
    held: Industries, country: str, industry: str, year: int, edition: str | None = None
) -> tuple[float | None, str | None]:
    """Value added of an industry, or of the seven together where all are of one edition."""
    editions = {NEWER_EDITION: held.newer, OLDER_EDITION: held.older}
    chosen = [edition] if edition else list(editions)
    codes = HAMILTON if industry == HAMILTON_CODE else (industry,)
    for one in chosen:
        parts = [editions[one].get((country, code, year)) for code in codes]
        if all(part is not None for part in parts):
            return sum(part for part in parts if part is not None), one
    return None, None


def _row(held: Industries, gdp: dict[tuple[str, int], float], key: tuple[str, str, int]) -> Row:
    country, industry, year = key
    value, edition = _value(held, country, industry, year)
    return {
        "country": country,
        "industry": industry,
        "year": year,
        "value_added_usd": value,
        "gdp_usd": _size(held, gdp, country, year, edition),
        "edition": edition,
    }


def _world(
    held: Industries, gdp: dict[tuple[str, int], float], industry: str, year: int, edition: str
) -> Row:
    return {
        "industry": industry,
        "year": year,
        "edition": edition,
        "world_value_added_usd": _value(held, WORLD, industry, year, edition)[0],
        "world_gdp_usd": _size(held, gdp, WORLD, year, edition),
    }


def _size(
    held: Industries, gdp: dict[tuple[str, int], float], country: str, year: int, edition: str | None
) -> float | None:
    if edition == NEWER_EDITION:
        return held.newer.get((country, TOTAL, year))
    return gdp.get((country, year)) or None


def _quotients(rows: list[Row], world: list[Row]) -> Table:
    """Hand the figures to the indicator; editions are kept apart by their name in the industry's."""
    ours = ibis.literal(rows, type=KIND).unnest().name("one").as_table().one.lift()
    theirs = ibis.literal(world, type=WORLD_KIND).unnest().name("one").as_table().one.lift()
    key = "@"
    ours = ours.mutate(industry=ours.industry + key + ibis.coalesce(ours.edition, ""))
    theirs = theirs.mutate(industry=theirs.industry + key + theirs.edition)
    found = innovation.location_quotient(ours, theirs)
    joined = found.left_join(theirs.drop("edition"), ["industry", "year"])
    share = joined.value_added_usd / joined.world_value_added_usd.nullif(0)
    return joined.select(
        "country",
        "year",
        "value_added_usd",
        "location_quotient",
        "edition",
        "note",
        industry_code=joined.industry.split(key)[0],
        world_share=share,
    )


def _table(answered: list[Row], params: QuotientParams) -> pa.Table:
    names = NAMES | {HAMILTON_CODE: HAMILTON_NAME}
    for row in answered:
        row["industry_name"] = names[row["industry_code"]]
        value = row["value_added_usd"]
        row["value_added_usd"] = None if value is None else round(value)
    answered.sort(
        key=lambda row: (
            -row["year"],
            row["location_quotient"] is None,
            -(row["location_quotient"] or 0),
            row["country"],
            row["industry_code"],
        )
    )
    schema = pa.schema([(name, TYPES.get(name, pa.string())) for name in QUOTIENT.columns])
    by_year = [list(rows) for _, rows in groupby(answered, key=lambda row: row["year"])]
    kept = [row for rows in by_year for row in rows[: params.top]]
    return pa.Table.from_pylist(kept, schema=schema)
