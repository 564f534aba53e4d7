"""Who is first, and who overtook whom? Answers ``rank``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.indicators import accounts, periods
from techbalance.outline import ibis
from techbalance.questions import selection
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.accounts import RANK, RankParams
from techbalance.questions.product_lists.placing import named_groups
from techbalance.questions.values import Values

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import StringValue

    from techbalance.store.catalogue import Store


def named(rows: Table, key: str, values: Values) -> Table:
    """Add the name of a part."""
    if key == "group":
        return named_groups(rows, values.store, values.chosen)
    by_name = {"partner": selection.named_partners, "product": selection.named_products}
    return by_name[key](rows, values.store)


def run(params: RankParams, store: Store) -> Answer:
    """Answer ``rank``: one row per partner, group or product, the largest deficit or flow first.

    The balance is ranked where both flows are held; otherwise ``flow`` has to be named.
    """
    key, year = params.by.names[0], params.year.start
    values = Values(params, store, (key,))
    values.demand_flow(year)
    descending = params.flow is not None
    both = accounts.rank(values.of(year - 1, year), ("year",), key, descending=descending)
    now = named(both.filter(both.year == year), key, values)
    before = both.filter(both.year == year - 1)
    rows = _compared(now, before, key)
    rows = rows.mutate(measure=ibis.literal(values.measure), note=_note(rows, key, store, year))
    rows = rows.order_by(["rank", key]).select(key, f"{key}_name", *RANK.columns)
    found = store.fetch(rows.limit(params.top) if params.top else rows)
    table = found if found.num_rows else _missing(rows, values, year)
    notes = _itemised(now, before, values, year)
    return Answer(RANK, params, store, table, notes, values.lineages(year, year - 1))


def _note(rows: Table, key: str, store: Store, year: int) -> StringValue:
    if key != "partner":
        return ibis.null("string")
    return selection.territory_note(rows.partner, selection.changed_partners(store, year - 1, year))


def _itemised(now: Table, before: Table, values: Values, year: int) -> tuple[str, ...]:
    """How many partners have a rank, where the publisher did not itemise the same ones in both years."""
    if values.from_products or values.members is not None:
        return ()
    counts = now.aggregate(now=now.count()).cross_join(before.aggregate(before=before.count()))
    (found,) = values.store.fetch_rows(counts)
    if found["now"] == found["before"]:
        return ()
    held = [f"{found[name]} in {one}" for name, one in (("now", year), ("before", year - 1)) if found[name]]
    return (f"Partners that are itemised, and so have a rank: {', '.join(held)}.",)


def _compared(now: Table, before: Table, key: str) -> Table:
    """Add the rank of the year before, and who was overtaken."""
    passed = accounts.overtaken(now, before, key)
    earlier = before.select(key, previous_rank=before["rank"])
    rows = now.left_join(earlier, key).drop(f"{key}_right")
    return rows.left_join(passed, key).drop(f"{key}_right")


def _missing(rows: Table, values: Values, year: int) -> Table:
    """One row of nulls with the reason in place of an empty ranking."""
    reason = values.why_missing(year)
    years = periods.every("year", year, year)
    nulls = {name: ibis.null(rows[name].type()) for name in rows.columns}
    return years.select(**(nulls | {"note": ibis.literal(reason)}))
