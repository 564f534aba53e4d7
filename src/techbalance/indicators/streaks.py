"""Which periods hold a record, and how long did a deficit run? METHODS A8, as table expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    from ibis import Table

COLUMNS = ("kind", "period", "value_usd", "superseded_by", "note", "place")


def _no_text() -> ibis.Value:
    return ibis.null("string")


def record_lows(series: Table, kind: str) -> Table:
    """Every deficit that was the largest up to its time.

    Parameters
    ----------
    series
        One row per period in time order; needs ``period`` (text), ``place`` (1, 2, 3 … in time) and
        ``balance_usd`` (negative is a deficit, never null).
    kind
        Text for the ``kind`` column.

    Returns
    -------
    Table
        ``kind, period, value_usd, superseded_by, note, place``: one row per record; ``superseded_by`` is
        the period of the next one, null for the one that stands. Of equal values the first is the record,
        and the tie is noted (METHODS A8).
    """
    earlier = ibis.window(order_by=series.place, preceding=(None, 1))
    seen = series.mutate(lowest=series.balance_usd.min().over(earlier))
    deficits = seen.filter(seen.balance_usd < 0)
    records = deficits.filter(deficits.lowest.isnull() | (deficits.balance_usd < deficits.lowest))
    ties = deficits.filter(deficits.balance_usd == deficits.lowest).select("balance_usd").distinct()
    tied = records.left_join(ties.rename(tie="balance_usd"), records.balance_usd == ties.balance_usd)
    order = ibis.window(order_by=tied.place)
    return tied.select(
        kind=ibis.literal(kind),
        period="period",
        value_usd="balance_usd",
        superseded_by=tied.period.lead().over(order),
        note=ibis.ifelse(tied.tie.notnull(), "a later period has the same value", _no_text()),
        place="place",
    )


def highest(series: Table, kind: str) -> Table:
    """The largest surplus; no row where there never was one. Columns as in ``record_lows``."""
    surplus = series.filter(series.balance_usd > 0)
    top = surplus.order_by([ibis.desc("balance_usd"), "place"]).limit(1)
    return top.select(
        kind=ibis.literal(kind),
        period="period",
        value_usd="balance_usd",
        superseded_by=_no_text(),
        note=_no_text(),
        place="place",
    )


def longest_run(series: Table, kind: str, *, deficits: bool) -> Table:
    """The longest unbroken run of deficits, or of surpluses.

    A gap in ``place`` ends a run. ``value_usd`` is the balance added up over the run; ``period`` its first
    and last period with a colon; of equally long runs the first is given and the tie is noted. Columns as
    in ``record_lows``.
    """
    sign = series.balance_usd < 0 if deficits else series.balance_usd > 0
    inside = series.filter(sign)
    order = ibis.window(order_by=inside.place)
    islands = inside.mutate(island=inside.place - ibis.row_number().over(order))
    runs = islands.group_by("island").aggregate(
        length=islands.count(),
        first=islands.period.argmin(islands.place),
        last=islands.period.argmax(islands.place),
        value_usd=islands.balance_usd.sum(),
        place=islands.place.min(),
    )
    best = runs.mutate(longest=runs.length.max().over(ibis.window()))
    best = best.filter(best.length == best.longest)
    best = best.mutate(as_long=best.count().over(ibis.window())).order_by("place").limit(1)
    text = best.length.cast("string") + " periods; the value is their sum"
    return best.select(
        kind=ibis.literal(kind),
        period=ibis.ifelse(best["first"] == best["last"], best["first"], best["first"] + ":" + best["last"]),
        value_usd="value_usd",
        superseded_by=_no_text(),
        note=ibis.ifelse(best.as_long > 1, text + "; a later run is as long", text),
        place="place",
    )


def widest_step(series: Table, kind: str) -> Table:
    """The largest fall of the balance from one period to the next; columns as in ``record_lows``."""
    order = ibis.window(order_by=series.place)
    steps = series.mutate(
        step=series.balance_usd - series.balance_usd.lag().over(order),
        gap=series.place - series.place.lag().over(order),
    )
    falls = steps.filter((steps.gap == 1) & (steps.step < 0))
    top = falls.order_by(["step", "place"]).limit(1)
    return top.select(
        kind=ibis.literal(kind),
        period="period",
        value_usd="step",
        superseded_by=_no_text(),
        note=ibis.literal("the value is the change from the period before"),
        place="place",
    )
