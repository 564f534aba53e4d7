"""Which figure stands for a year, a quarter or a month, and which revision of it is read?

A year is printed by the publisher, or is the sum of its twelve months. A sum of fewer months is
year-to-date and never a year. Every function keeps the vintage: the day on which the figure was current.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from techbalance.outline import ibis

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table
    from ibis.expr.types import Column, IntegerColumn

SERIES_KEYS: Final = ("series", "partner", "group", "seasonal")
PRINTED: Final = "printed"
SUMMED: Final = "sum of months"

Freq = Literal["year", "ytd", "quarter", "month"]
BUCKETS: Final[dict[Freq, tuple[str, ...]]] = {
    "year": ("year",),
    "ytd": ("year",),
    "quarter": ("year", "quarter"),
    "month": ("year", "month"),
}


def months_needed(freq: Freq, ytd_months: int = 12) -> int:
    """How many months make up one period."""
    return {"year": 12, "ytd": ytd_months, "quarter": 3, "month": 1}[freq]


def with_quarter(rows: Table) -> Table:
    """Add ``quarter``, 1 to 4, to rows that have ``month``; null where the month is."""
    quarter: IntegerColumn = ((rows.month.cast("int32") - 1) // 3 + 1).cast("int8")
    return rows.mutate(quarter=quarter)


def calendar(first: int, last: int) -> Table:
    """Every month from January of the first year to December of the last: ``year``, ``quarter``, ``month``.

    A question asked of a year gets a row for it even where no table holds anything of that year.
    """
    years = _years(first, last)
    months = ibis.range(1, 13).unnest().name("month").as_table()
    return with_quarter(
        years.cross_join(months).mutate(
            year=lambda row: row.year.cast("int16"),
            month=lambda row: row.month.cast("int8"),
        )
    )


def every(freq: Freq, first: int, last: int) -> Table:
    """Every period from the first year to the last: the columns of its bucket."""
    if BUCKETS[freq] == ("year",):
        years = _years(first, last)
        return years.select(year=years.year.cast("int16"))
    return calendar(first, last).select(*BUCKETS[freq]).distinct()


def _years(first: int, last: int) -> Table:
    return ibis.range(first, last + 1).unnest().name("year").as_table()


def figures(headline: Table, freq: Freq, ytd_months: int = 12) -> Table:
    """Every stored revision of every period's exports and imports.

    Parameters
    ----------
    headline
        One row per (series, partner, group, seasonal, flow, period, freq, vintage); needs ``year``,
        ``month``, ``months``, ``value_usd`` in whole nominal US dollars.
    freq
        The period wanted.
    ytd_months
        For ``ytd``: January to this month.

    Returns
    -------
    Table
        One row per (series, partner, group, seasonal, period, vintage, basis): ``exports_usd``,
        ``imports_usd`` and ``printed_balance_usd`` (USD, null where that part was not published),
        ``months``, ``basis`` (``printed`` or ``sum of months``). A sum of months is there only where
        every month of the period was known on that day; a missing month is never taken for zero.
    """
    summed = _sums_of_months(headline, freq, ytd_months)
    if freq in ("month", "quarter"):
        return summed
    return _printed(headline, freq, ytd_months).union(summed)


def _pivot(rows: Table, keys: tuple[str, ...], value: Column) -> Table:
    return rows.group_by(keys).aggregate(
        exports_usd=value.sum(where=rows.flow == "export"),
        imports_usd=value.sum(where=rows.flow == "import"),
        printed_balance_usd=value.sum(where=rows.flow == "balance"),
    )


def _printed(headline: Table, freq: Freq, ytd_months: int) -> Table:
    rows = headline.filter(headline.freq == freq)
    if freq == "ytd":
        rows = rows.filter(rows.months == ytd_months)
    wide = _pivot(rows, (*SERIES_KEYS, "year", "months", "vintage"), rows.value_usd)
    return wide.mutate(basis=ibis.literal(PRINTED)).select(_columns(BUCKETS[freq]))


def _columns(bucket: tuple[str, ...]) -> list[str]:
    return [
        *SERIES_KEYS,
        *bucket,
        "vintage",
        "exports_usd",
        "imports_usd",
        "printed_balance_usd",
        "months",
        "basis",
    ]


def _sums_of_months(headline: Table, freq: Freq, ytd_months: int) -> Table:
    bucket = BUCKETS[freq]
    need = months_needed(freq, ytd_months)
    newest = months_known(headline, freq, ytd_months)
    keys = (*SERIES_KEYS, *bucket, "known_on")
    counted = newest.group_by((*keys, "flow")).aggregate(
        value_usd=newest.value_usd.sum(), held=newest.month.nunique(where=newest.value_usd.notnull())
    )
    whole = counted.filter(counted.held == need)
    wide = _pivot(whole, keys, whole.value_usd)
    return (
        wide.rename(vintage="known_on")
        .mutate(months=ibis.literal(need).cast("int8"), basis=ibis.literal(SUMMED))
        .select(_columns(bucket))
    )


def months_known(headline: Table, freq: Freq, ytd_months: int = 12) -> Table:
    """For every day on which a period's months were revised, the months as known on that day.

    Returns
    -------
    Table
        The monthly rows of ``headline`` with ``known_on`` beside them: one row per (series keys, period,
        known_on, month, flow), the newest vintage not after ``known_on``.
    """
    bucket = BUCKETS[freq]
    monthly = with_quarter(headline.filter(headline.freq == "month"))
    if freq == "ytd":
        monthly = monthly.filter(monthly.month <= ytd_months)
    keys = [*SERIES_KEYS, *bucket]
    days = monthly.select(*keys, known_on=monthly.vintage).distinct()
    seen = days.join(monthly, keys).filter(lambda row: row.vintage <= row.known_on)
    order = ibis.window(
        group_by=list(dict.fromkeys([*keys, "month", "flow", "known_on"])), order_by=ibis.desc("vintage")
    )
    return seen.mutate(age=ibis.row_number().over(order)).filter(lambda row: row.age == 0).drop("age")


def up_to(rows: Table, day: dt.date | None) -> Table:
    """Keep what had been published by ``day``; everything when ``day`` is None."""
    return rows if day is None else rows.filter(rows.vintage <= ibis.literal(day))


def newest(rows: Table, keys: tuple[str, ...], day: dt.date | None) -> Table:
    """Keep one revision per key: the newest not after ``day``, the printed figure before a sum of months."""
    known = up_to(rows, day)
    order = ibis.window(
        group_by=list(keys), order_by=[ibis.desc(known.vintage), (known.basis != PRINTED).asc()]
    )
    return known.mutate(age=ibis.row_number().over(order)).filter(lambda row: row.age == 0).drop("age")


def held(headline: Table, freq: Freq, day: dt.date | None) -> Table:
    """What is held of each period, so that a missing figure can say why it is missing.

    Returns
    -------
    Table
        One row per (series keys, period): ``months_held`` (months published by ``day``, of a part-year
        print too), ``first_vintage`` (the first day on which anything of the period was published).
    """
    bucket = BUCKETS[freq]
    rows = with_quarter(headline)
    known = rows.vintage <= ibis.literal(day) if day is not None else ibis.literal(value=True)
    monthly = (rows.freq == "month") & known
    partly = (rows.freq == "ytd") & known
    return rows.group_by((*SERIES_KEYS, *bucket)).aggregate(
        months_held=ibis.greatest(
            rows.month.nunique(where=monthly).cast("int8"),
            ibis.coalesce(rows.months.max(where=partly), ibis.literal(0).cast("int8")),
        ),
        first_vintage=rows.vintage.min(),
    )
