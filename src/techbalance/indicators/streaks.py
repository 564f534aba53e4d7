"""Which periods hold a record, and how long did a deficit run? METHODS A8, as table expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.outline import ibis

if TYPE_CHECKING:
    from ibis import Table

TIE = "a later period has the same value"
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
        and the tie is noted (METHODS A8); so is a record that has nothing before it.
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
        note=ibis.cases(
            (tied.tie.notnull(), TIE),
            (tied.lowest.isnull(), "the series begins with it"),
            else_=_no_text(),
        ),
        place="place",
    )


def highest(series: Table, kind: str) -> Table:
    """The largest surplus; no row where there never was one. Columns and ties as in ``record_lows``."""
    surplus = series.filter(series.balance_usd > 0)
    top = _first_of_ties(surplus.mutate(size=surplus.balance_usd))
    return top.select(
        kind=ibis.literal(kind),
        period="period",
        value_usd="balance_usd",
        superseded_by=_no_text(),
        note=ibis.ifelse(top.as_large > 1, TIE, _no_text()),
        place="place",
    )


def _first_of_ties(rows: Table) -> Table:
    """Keep the row of the largest ``size``, the first of equal ones; ``as_large`` counts those."""
    top = rows.mutate(largest=rows["size"].max().over(ibis.window()))
    top = top.filter(top["size"] == top.largest)
    return top.mutate(as_large=top.count().over(ibis.window())).order_by("place").limit(1)


def longest_run(series: Table, kind: str, *, deficits: bool) -> Table:
    """The longest unbroken run of deficits, or of surpluses.

    A gap in ``place`` ends a run, and is noted where it ends this one. ``value_usd`` is the balance added up
    over the run; ``period`` its first and last period with a colon; of equally long runs the first is given
    and the tie is noted. Columns as in ``record_lows``.
    """
    sign = series.balance_usd < 0 if deficits else series.balance_usd > 0
    time = ibis.window(order_by=series.place)
    gap = (series.place.lead().over(time) - series.place > 1) | (
        series.place - series.place.lag().over(time) > 1
    )
    inside = series.mutate(gap=gap, sign=sign).filter(lambda row: row.sign)
    order = ibis.window(order_by=inside.place)
    islands = inside.mutate(island=inside.place - ibis.row_number().over(order))
    runs = islands.group_by("island").aggregate(
        length=islands.count(),
        first=islands.period.argmin(islands.place),
        last=islands.period.argmax(islands.place),
        value_usd=islands.balance_usd.sum(),
        place=islands.place.min(),
        gap=islands.gap.fill_null(False).any(),
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
        note=ibis.ifelse(best.as_long > 1, text + "; a later run is as long", text)
        + ibis.ifelse(best.gap, "; a gap in the series ends it", ""),
        place="place",
    )


def widest_step(series: Table, kind: str) -> Table:
    """The largest fall of the balance from one period to the next; a step over a gap is none.

    Columns and ties as in ``record_lows``.
    """
    order = ibis.window(order_by=series.place)
    steps = series.mutate(
        step=series.balance_usd - series.balance_usd.lag().over(order),
        gap=series.place - series.place.lag().over(order),
    )
    falls = steps.filter((steps.gap == 1) & (steps.step < 0))
    top = _first_of_ties(falls.mutate(size=-falls.step))
    text = "the value is the change from the period before"
    return top.select(
        kind=ibis.literal(kind),
        period="period",
        value_usd="step",
        superseded_by=_no_text(),
        note=ibis.ifelse(top.as_large > 1, f"{text}; {TIE}", text),
        place="place",
    )
