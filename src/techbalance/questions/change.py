"""What moved between two years, and what did each part add? Answers ``change``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from techbalance.indicators import accounts
from techbalance.questions import selection
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.accounts import CHANGE, ChangeParams
from techbalance.questions.rank import NAMED
from techbalance.questions.values import Values

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import StringValue

    from techbalance.store.catalogue import Store

REST = "-"
REST_NAME = "all others, and rounding"


def run(params: ChangeParams, store: Store) -> Answer:
    """Answer ``change``: one row per part, the largest movement first; the parts add up to the whole."""
    selection.known_list(params.list)
    key = params.by.names[0] if params.by else None
    start, end = params.from_.start, params.to.start
    values = Values(params, store, key)
    values.demand_flow(start, end)
    pairs = _pairs(values, start, end)
    if key and not values.from_products and values.published.members is None:
        pairs = _with_rest(pairs, values, start, end)
    totals = pairs.aggregate(total_from_usd=pairs.from_usd.sum(), total_to_usd=pairs.to_usd.sum())
    rows = accounts.change(pairs, totals, flow=params.flow is not None)
    rows = rows.mutate(note=_note(rows, values, start, end))
    keys = []
    if key:
        rows = NAMED[key](rows, store)
        rows = rows.mutate(**{f"{key}_name": ibis.ifelse(rows[key] == REST, REST_NAME, rows[f"{key}_name"])})
        keys = [key, f"{key}_name"]
    rows = rows.order_by([ibis.desc(rows.change_usd.abs()), *[rows[name] for name in keys[:1]]])
    rows = rows.limit(params.top) if params.top else rows
    return Answer(
        CHANGE, params, store, rows.select(*keys, *CHANGE.columns), (), (values.lineage(start, end),)
    )


def _pairs(values: Values, start: int, end: int) -> Table:
    """Value at the start and at the end, one row per part; one row in all when nothing is held."""
    key = values.key
    first = values.of(start).mutate(year=ibis.literal("from"))
    last = values.of(end).mutate(year=ibis.literal("to"))
    both = first.union(last)
    sums = {
        "from_usd": both.value_usd.sum(where=both.year == "from"),
        "to_usd": both.value_usd.sum(where=both.year == "to"),
    }
    if key is None:
        return both.aggregate(**sums)
    rows = both.group_by(key).aggregate(**sums)
    if values.from_products and {start, end} <= set(values.years_held):
        # Both years are held whole, so a part without a row traded nothing.
        rows = rows.mutate(from_usd=rows.from_usd.fill_null(0), to_usd=rows.to_usd.fill_null(0))
    if not values.store.count(rows):
        return both.aggregate(**sums).mutate(**{key: ibis.null("string")})
    return rows


def _with_rest(pairs: Table, values: Values, start: int, end: int) -> Table:
    """Add what the itemised partners leave of the world total, so that the parts add up to it."""
    whole = Values(values.params, values.store, None)
    world = _pairs(whole, start, end)
    sums = pairs.aggregate(itemised_from=pairs.from_usd.sum(), itemised_to=pairs.to_usd.sum())
    rest = world.cross_join(sums)
    rest = rest.select(
        **{
            values.key or "partner": ibis.literal(REST),
            "from_usd": rest.from_usd - rest.itemised_from,
            "to_usd": rest.to_usd - rest.itemised_to,
        }
    )
    return pairs.select(rest.columns).union(rest)


def _note(rows: Table, values: Values, start: int, end: int) -> StringValue:
    """Name the reason when a whole year is missing; otherwise keep the note of the row."""
    missing = [year for year in (start, end) if not values.store.count(values.of(year))]
    if not missing:
        return rows.note
    return ibis.literal("; ".join(f"{year}: {values.why_missing(year)}" for year in missing))
