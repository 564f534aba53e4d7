"""How alike are the baskets of two countries, at two levels of the classification? Answers ``similarity``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import UnknownCodeError
from techbalance.indicators.value_chain.similarity import export_similarity
from techbalance.outline import ibis
from techbalance.questions.answer import Answer
from techbalance.questions.ladder.baskets import baskets_of, labels_among, typed
from techbalance.questions.parameters.ladder import SIMILARITY, SimilarityParams
from techbalance.questions.selection import partner_book
from techbalance.questions.supply.trade import labels_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis import Table

    from techbalance.questions.ladder.baskets import Baskets
    from techbalance.store.catalogue import Store

Row = dict[str, Any]

TYPES: Final = {
    "country": pa.string(),
    "country_name": pa.string(),
    "against": pa.string(),
    "similarity": pa.float64(),
    "coarse_similarity": pa.float64(),
    "level_digits": pa.int64(),
    "coarse_digits": pa.int64(),
    "shared_products": pa.int64(),
    "year": pa.int64(),
    "note": pa.string(),
}


def run(params: SimilarityParams, store: Store) -> Answer:
    """Answer ``similarity``: one row per year, country and what it is compared with, the most alike first."""
    found = baskets_of(params, store)
    years = found.asked_years(params.year)
    kept = found.in_years(years)
    shown = None if params.country is None else found.labels(params.country)
    rows: list[Row] = []
    notes = list(kept.notes)
    for name in params.against:
        members = members_named(store, name, found.countries, years[-1])
        if len(members) > 1:
            notes.append(
                f"{name}: the baskets of {len(members)} members put together, without the country itself; "
                "members are shown where they are named."
            )
        chosen = [one for one in found.countries if one not in members] if shown is None else shown
        rows += compared(kept, chosen, name, members, params.coarse)
    rows = _first(rows, params.top)
    rows += [{"year": year, "note": found.why_empty} for year in years if year not in found.years]
    for row in rows:
        row["country_name"] = found.names.get(row.get("country") or "")
    return Answer(
        SIMILARITY, params, store, typed(rows, TYPES, list(SIMILARITY.columns)), tuple(notes), kept.lineage
    )


def members_named(store: Store, name: str, held: Sequence[str], year: int) -> list[str]:
    """Countries of the table behind a name: one, or the members an area has in a year.

    Raises
    ------
    UnknownCodeError
        Neither a country of the table nor an area.
    """
    try:
        return labels_among(store, [name], held)
    except UnknownCodeError:
        members = partner_book(store).members([name])
        found = sorted(labels_of(store, members, year) & set(held))
        if not found:
            raise
        return found


def compared(
    found: Baskets, countries: Sequence[str], name: str, members: Sequence[str], coarse: int
) -> list[Row]:
    """Similarity of each country with the members' baskets put together, at the full and a coarser level."""
    inside = [one for one in countries if one in members and len(members) > 1]
    outside = [one for one in countries if one not in inside and [one] != list(members)]
    rows: list[Row] = []
    for group, others in ((outside, members), *(([one], [m for m in members if m != one]) for one in inside)):
        if not group or not others:
            continue
        rows += _pairs(found, group, name, others, coarse)
    return rows


def _pairs(
    found: Baskets, countries: Sequence[str], name: str, members: Sequence[str], coarse: int
) -> list[Row]:
    trade = _put_together(found.rows, countries, name, members)
    fine = {
        (row["year"], row["country"]): row
        for row in found.store.fetch_rows(export_similarity(trade, of=countries, against=[name]))
    }
    second = {}
    if found.digits == 0 or coarse < found.digits:
        second = {
            (row["year"], row["country"]): row["similarity"]
            for row in found.store.fetch_rows(
                export_similarity(trade, of=countries, against=[name], digits=coarse)
            )
        }
    return [
        {
            "country": country,
            "against": name,
            "similarity": row["similarity"],
            "coarse_similarity": second.get((year, country)),
            "level_digits": found.digits or None,
            "coarse_digits": coarse if second else None,
            "shared_products": row["shared_products"],
            "year": year,
            "note": row["note"],
        }
        for (year, country), row in fine.items()
    ]


def _put_together(rows: Table, countries: Sequence[str], name: str, members: Sequence[str]) -> Table:
    """The countries' own rows, and those of the members under the one name."""
    own = rows.filter(rows.country.isin(list(countries)))
    other = rows.filter(rows.country.isin(list(members))).mutate(country=ibis.literal(name))
    kept = ("year", "country", "product", "value_usd")
    return own.select(*kept).union(other.select(*kept))


def _first(rows: list[Row], top: int) -> list[Row]:
    rows.sort(
        key=lambda row: (
            row["year"],
            row["against"],
            row["similarity"] is None,
            -(row["similarity"] or 0.0),
            row["country"],
        )
    )
    counts: dict[tuple[int, str], int] = {}
    kept = []
    for row in rows:
        key = (row["year"], row["against"])
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= top:
            kept.append(row)
    return kept
