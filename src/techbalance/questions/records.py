"""Which years and months hold the records, and what unmade them? Answers ``records``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from techbalance.indicators import periods, streaks
from techbalance.outline import ibis
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.accounts import RECORDS, RecordsParams
from techbalance.questions.published import Published

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.indicators.periods import Freq
    from techbalance.store.catalogue import Store


def run(params: RecordsParams, store: Store) -> Answer:
    """Answer ``records``: full years first, then months; a part-year holds no record.

    Of a day in the past the records of that day are given; what has been published since and unmade one is
    named beside it.
    """
    day = params.as_of.day if params.as_of else None
    parts = []
    lineage = []
    for freq, name in (("year", "year"), ("month", "month")):
        published = Published(store, params.series, _freq(freq), day)
        series = _in_time(published)
        lows = streaks.record_lows(series, f"record deficit, {name}")
        high = streaks.highest(series, f"largest surplus, {name}")
        if day is not None:
            now = _in_time(replace(published, day=None))
            lows, high = _unmade(lows, now, deficits=True), _unmade(high, now, deficits=False)
        tables = [
            lows,
            high,
            streaks.longest_run(series, f"longest run of deficits, {name}s", deficits=True),
            streaks.longest_run(series, f"longest run of surpluses, {name}s", deficits=False),
            streaks.widest_step(series, f"largest fall of the balance, {name}"),
        ]
        known_on = _known_on(published, day)
        parts += [
            table.mutate(block=ibis.literal(f"{name != 'year':d}{place}"), as_of=known_on)
            for place, table in enumerate(tables)
        ]
        lineage.append(
            Lineage(
                "headline", published.lineage(None), "balance = exports - imports, then its extremes and runs"
            )
        )
    rows = ibis.union(*parts).mutate(series=ibis.literal(params.series))
    rows = rows.order_by(["block", "place"]).select(RECORDS.columns)
    first = store.fetch_rows(published.rows().aggregate(day=_first_vintage))[0]["day"]
    if day is not None and first is not None and first > day:
        rows = _nothing(params.series, first, rows)
    return Answer(RECORDS, params, store, rows, (), tuple(lineage))


def _unmade(records: Table, now: Table, *, deficits: bool) -> Table:
    """Name the first period that, as published since, is beyond a record that stood on its day."""
    today = records.select("period").inner_join(now.select("period", today="balance_usd"), "period")
    beyond = today.cross_join(now.select(other="period", value="balance_usd", other_place="place"))
    beyond = beyond.filter(beyond.value < beyond.today if deficits else beyond.value > beyond.today)
    first = beyond.group_by("period").aggregate(since=beyond.other.argmin(beyond.other_place))
    rows = records.left_join(first, "period").drop("period_right")
    text = rows.since + ", published since"
    return rows.mutate(superseded_by=ibis.coalesce(rows.superseded_by, text)).select(*records.columns)


def _nothing(series: str, first: dt.date, rows: Table) -> Table:
    """One row that says why there is no record."""
    nulls = {name: ibis.null(rows[name].type()) for name in rows.columns}
    why = f"no_vintage_that_early: first held as of {first}"
    known = {"series": ibis.literal(series), "note": ibis.literal(why)}
    return periods.calendar(1, 1).limit(1).select(**(nulls | known))


def _first_vintage(rows: Table) -> ibis.Value:
    return rows.vintage.min()


def _freq(name: str) -> Freq:
    return "year" if name == "year" else "month"


def _in_time(published: Published) -> Table:
    """Balances in time order: ``period``, ``place`` (counts years or months, so a gap shows), value."""
    rows = published.figures().filter(lambda row: row.balance_usd.notnull())
    if published.freq == "year":
        return rows.select("balance_usd", period=rows.year.cast("string"), place=rows.year.cast("int64"))
    month = rows.month.cast("int64")
    return rows.select(
        "balance_usd",
        period=rows.year.cast("string") + "-" + rows.month.cast("string").lpad(2, "0"),
        place=rows.year.cast("int64") * 12 + month,
    )


def _known_on(published: Published, day: object) -> ibis.Value:
    """The day whose knowledge decided: the one asked for, or the newest vintage of all."""
    if day is not None:
        return ibis.literal(day)
    rows = published.rows()
    newest = published.store.fetch_rows(rows.aggregate(day=rows.vintage.max()))[0]["day"]
    return ibis.literal(newest) if newest else ibis.null("date")
