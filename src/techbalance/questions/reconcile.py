"""Do the ten-digit products add up to the published total? Answers ``reconcile``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from techbalance.classifications.groups import ALL_GROUPS, OUTSIDE
from techbalance.classifications.partners import WORLD
from techbalance.indicators import periods
from techbalance.questions import selection
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.accounts import RECONCILE, ReconcileParams

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.store.catalogue import Store

SUMS = ("exact_usd", "nearest_usd", "parent_usd", "undecided_usd", "not_atp_usd")


def run(params: ReconcileParams, store: Store) -> Answer:
    """Answer ``reconcile``: one row per flow and year, with the residual as a column of its own.

    A residual of more than half the last printed digit fails.
    """
    selection.known_list(params.list)
    day = params.as_of.day if params.as_of else None
    trade, outside = _known(store, "trade", day), _known(store, "trade_outside_list", day)
    built = _rebuilt(trade, outside, everything=params.series == "goods_census")
    published = _totals(store, params.series, day).select(
        "flow", "year", "printed_unit_usd", published_usd="value_usd", published_vintage="vintage"
    )
    rows = _grid(store, params).left_join(built, ["flow", "year"]).drop("flow_right", "year_right")
    rows = _nearest(rows, published)
    rows = rows.mutate(residual_usd=rows.rebuilt_usd - rows.published_usd, note=_note(rows)).order_by(
        ["flow", "year"]
    )
    failed = _fails(rows, store)
    lineage = [
        Lineage(
            name, selection.in_years(table, params.year), "sum of general imports, customs value, by match"
        )
        for name, table in (("trade", trade), ("trade_outside_list", outside))
    ]
    met = rows.select("flow", "year", vintage="published_vintage")
    totals = _totals(store, params.series, day).semi_join(met, ["flow", "year", "vintage"])
    lineage.append(Lineage("headline", totals, "the published total whose vintage is nearest"))
    tail = ["printed_unit_usd", "published_vintage"]
    table = rows.drop(*tail).select("flow", "year", *RECONCILE.columns)
    return Answer(RECONCILE, params, store, table, (), tuple(lineage), failed)


def _known(store: Store, name: str, day: dt.date | None) -> Table:
    rows = periods.up_to(store.table(name), day)
    newest = rows.group_by("flow", "year").aggregate(vintage=rows.vintage.max())
    return rows.semi_join(newest, ["flow", "year", "vintage"])


def _rebuilt(trade: Table, outside: Table, *, everything: bool) -> Table:
    """Sum by flow and year what each rule matched."""
    columns = ["flow", "year", "match", "general_usd", "list_year", "vintage"]
    inside = trade.select(columns, listed=trade["group"] != OUTSIDE)
    rows = inside.union(outside.select(columns).mutate(listed=ibis.literal(value=False)))
    sums = rows.group_by("flow", "year").aggregate(
        exact_usd=rows.general_usd.sum(where=rows.listed & (rows.match == "exact")).fill_null(0),
        nearest_usd=rows.general_usd.sum(where=rows.listed & (rows.match == "nearest-list")).fill_null(0),
        parent_usd=rows.general_usd.sum(where=rows.listed & (rows.match == "parent")).fill_null(0),
        undecided_usd=rows.general_usd.sum(where=rows.match == "undecided").fill_null(0),
        not_atp_usd=rows.general_usd.sum(where=~rows.listed & (rows.match != "undecided")).fill_null(0),
        list_year=rows.list_year.max(),
        vintage=rows.vintage.max(),
    )
    total = sums.exact_usd + sums.nearest_usd + sums.parent_usd
    if everything:
        total = total + sums.undecided_usd + sums.not_atp_usd
    return sums.mutate(rebuilt_usd=total)


def _totals(store: Store, series: str, day: dt.date | None) -> Table:
    headline = periods.up_to(store.table("headline"), day)
    return headline.filter(
        headline.series == series,
        headline.partner == WORLD,
        headline["group"] == ALL_GROUPS,
        headline.seasonal == "nsa",
        headline.freq == "year",
        headline.flow != "balance",
    )


def _nearest(rows: Table, published: Table) -> Table:
    """Give every rebuilt total the printed one whose vintage is nearest to it."""
    pairs = rows.select("flow", "year", "vintage").join(published, ["flow", "year"])
    apart = pairs.published_vintage.delta(pairs.vintage, unit="day").abs()
    order = ibis.window(group_by=["flow", "year"], order_by=[apart, ibis.desc(pairs.published_vintage)])
    best = pairs.mutate(age=ibis.row_number().over(order)).filter(lambda row: row.age == 0)
    best = best.drop("age", "vintage")
    return rows.left_join(best, ["flow", "year"]).drop("flow_right", "year_right")


def _grid(store: Store, params: ReconcileParams) -> Table:
    """Every flow and year asked for; without a year, those of which products are held."""
    held = store.table("trade").select("year").distinct()
    years = held
    if params.year is not None:
        years = periods.calendar(params.year.start, params.year.end).select("year").distinct()
    flows = [params.flow] if params.flow else ["export", "import"]
    return (
        ibis.union(*[years.mutate(flow=ibis.literal(flow)) for flow in flows])
        if len(flows) > 1
        else (years.mutate(flow=ibis.literal(flows[0])))
    )


def _note(rows: Table) -> ibis.Value:
    return ibis.cases(
        (rows.rebuilt_usd.isnull(), "not_covered: no ten-digit trade of this flow and year is held"),
        (rows.published_usd.isnull(), "not_covered: no published total of this flow and year is held"),
        else_=ibis.null("string"),
    )


def _fails(rows: Table, store: Store) -> bool:
    over = rows.filter(rows.residual_usd.abs() * 2 > rows.printed_unit_usd)
    return store.count(over) > 0
