"""Which years and months hold the records, and what unmade them? Answers ``records``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from techbalance.indicators import streaks
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.accounts import RECORDS, RecordsParams
from techbalance.questions.published import Published

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.indicators.periods import Freq
    from techbalance.store.catalogue import Store


def run(params: RecordsParams, store: Store) -> Answer:
    """Answer ``records``: full years first, then months; a part-year holds no record."""
    day = params.as_of.day if params.as_of else None
    parts = []
    lineage = []
    for freq, name in (("year", "year"), ("month", "month")):
        published = Published(store, params.series, _freq(freq), day)
        series = _in_time(published)
        tables = [
            streaks.record_lows(series, f"record deficit, {name}"),
            streaks.highest(series, f"largest surplus, {name}"),
            streaks.longest_run(series, f"longest run of deficits, {name}s", deficits=True),
            streaks.longest_run(series, f"longest run of surpluses, {name}s", deficits=False),
            streaks.widest_step(series, f"largest fall of the balance, {name}"),
        ]
        parts += [
            table.mutate(block=ibis.literal(f"{name != 'year':d}{place}"), as_of=_known_on(published, day))
            for place, table in enumerate(tables)
        ]
        lineage.append(
            Lineage(
                "headline", published.lineage(None), "balance = exports - imports, then its extremes and runs"
            )
        )
    rows = ibis.union(*parts).mutate(series=ibis.literal(params.series))
    rows = rows.order_by(["block", "place"]).select(RECORDS.columns)
    return Answer(RECORDS, params, store, rows, (), tuple(lineage))


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
