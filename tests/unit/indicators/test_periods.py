"""Which figure stands for a period, and which revision of it is read: checked on tables of a few rows."""

import datetime as dt
from typing import Any

import ibis
import pytest

from techbalance.indicators import periods

SCHEMA = ibis.schema(
    {
        "series": "string",
        "partner": "string",
        "group": "string",
        "seasonal": "string",
        "flow": "string",
        "period": "string",
        "year": "int16",
        "month": "int8",
        "freq": "string",
        "months": "int8",
        "value_usd": "int64",
        "vintage": "date",
    }
)
OLD, NEW = dt.date(2024, 8, 31), dt.date(2026, 10, 31)
KEYS = (*periods.SERIES_KEYS, "year")


def row(flow: str, value: int | None, vintage: dt.date = OLD, **other: Any) -> dict[str, Any]:
    month = other.get("month")
    facts = {
        "series": "atp",
        "partner": "WORLD",
        "group": "all",
        "seasonal": "nsa",
        "year": 2024,
        "month": month,
        "freq": "month" if month else "year",
        "months": 1 if month else 12,
    }
    return facts | {"flow": flow, "value_usd": value, "vintage": vintage, "period": "any"} | other


def months_of(flow: str, values: list[int], vintage: dt.date = OLD, **other: Any) -> list[dict[str, Any]]:
    return [row(flow, value, vintage, month=month, **other) for month, value in enumerate(values, start=1)]


def headline(*rows: Any) -> ibis.Table:
    flat = [one for part in rows for one in (part if isinstance(part, list) else [part])]
    return ibis.memtable(flat, schema=SCHEMA)


def rows_of(table: ibis.Table, *columns: str) -> list[tuple[Any, ...]]:
    return sorted(
        (tuple(one[name] for name in columns) for one in table.to_pyarrow().to_pylist()),
        key=lambda one: tuple(str(value) for value in one),
    )


VALUES = ("vintage", "exports_usd", "imports_usd", "printed_balance_usd", "months", "basis")


def test_a_printed_year_and_the_sum_of_its_months_are_two_figures_of_one_vintage():
    table = headline(
        row("export", 119), row("import", 60), months_of("export", [10] * 12), months_of("import", [5] * 12)
    )
    assert rows_of(periods.figures(table, "year"), *VALUES) == [
        (OLD, 119, 60, None, 12, "printed"),
        (OLD, 120, 60, None, 12, "sum of months"),
    ]


def test_of_one_vintage_the_printed_figure_is_read_before_the_sum_of_months():
    table = headline(
        row("export", 119), row("import", 60), months_of("export", [10] * 12), months_of("import", [5] * 12)
    )
    chosen = periods.newest(periods.figures(table, "year"), KEYS, None)
    assert rows_of(chosen, *VALUES) == [(OLD, 119, 60, None, 12, "printed")]


def test_a_newer_sum_of_months_is_read_before_an_older_print():
    table = headline(
        row("export", 119),
        months_of("export", [11] * 12, NEW),
        row("import", 1),
        months_of("import", [1] * 12, NEW),
    )
    chosen = periods.newest(periods.figures(table, "year"), KEYS, None)
    assert rows_of(chosen, "exports_usd", "basis") == [(132, "sum of months")]


@pytest.mark.parametrize("held", range(1, 12))
def test_fewer_than_twelve_months_never_make_a_year(held: int):
    table = headline(months_of("export", [10] * held), months_of("import", [5] * held))
    assert rows_of(periods.figures(table, "year"), *VALUES) == []


def test_a_missing_month_is_not_a_zero_month():
    months = [one for one in months_of("export", [10] * 12) if one["month"] != 6]
    table = headline(months, months_of("import", [5] * 12))
    assert rows_of(periods.figures(table, "year"), *VALUES) == [(OLD, None, 60, None, 12, "sum of months")]


def test_a_month_without_a_value_does_not_count_as_held():
    months = months_of("export", [10] * 12)
    months[5]["value_usd"] = None
    table = headline(months, months_of("import", [5] * 12))
    assert rows_of(periods.figures(table, "year"), "exports_usd", "imports_usd") == [(None, 60)]


def test_a_month_that_was_zero_counts():
    table = headline(months_of("export", [0] * 12), months_of("import", [5] * 12))
    assert rows_of(periods.figures(table, "year"), "exports_usd", "imports_usd") == [(0, 60)]


def test_a_printed_part_year_is_not_a_year():
    part = [row("export", 80, freq="ytd", months=11), row("import", 70, freq="ytd", months=11)]
    assert rows_of(periods.figures(headline(part), "year"), *VALUES) == []
    assert rows_of(periods.figures(headline(part), "ytd", 11), *VALUES) == [
        (OLD, 80, 70, None, 11, "printed")
    ]
    assert rows_of(periods.figures(headline(part), "ytd", 10), *VALUES) == []


def test_year_to_date_takes_the_same_months_of_every_year():
    table = headline(
        months_of("export", list(range(1, 13)), year=2023),
        months_of("import", [0] * 12, year=2023),
        months_of("export", [100, 200, 300]),
        months_of("import", [1, 1, 1]),
    )
    found = periods.figures(table, "ytd", 3)
    assert rows_of(found, "year", "exports_usd", "imports_usd", "months") == [
        (2023, 1 + 2 + 3, 0, 3),
        (2024, 600, 3, 3),
    ]


def test_quarters_need_all_three_months():
    table = headline(months_of("export", [1, 2, 4, 8, 16]), months_of("import", [1, 1, 1, 1, 1]))
    found = periods.figures(table, "quarter")
    assert rows_of(found, "year", "quarter", "exports_usd", "imports_usd", "months") == [(2024, 1, 7, 3, 3)]


@pytest.mark.parametrize(
    ("month", "quarter"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4), (12, 4)]
)
def test_the_quarter_of_a_month(month: int, quarter: int):
    table = periods.with_quarter(headline(row("export", 1, month=month)))
    assert rows_of(table, "quarter") == [(quarter,)]


def test_a_year_has_no_quarter():
    assert rows_of(periods.with_quarter(headline(row("export", 1))), "quarter") == [(None,)]


def test_months_stand_as_they_are_and_a_missing_flow_stays_missing():
    table = headline(row("export", 7, month=2), row("import", 9, month=2), row("export", 8, month=3))
    found = periods.figures(table, "month")
    assert rows_of(found, "month", "exports_usd", "imports_usd") == [(2, 7, 9), (3, 8, None)]


def test_a_balance_that_was_printed_alone_is_kept_apart_from_flows():
    table = headline(row("balance", -44))
    assert rows_of(periods.figures(table, "year"), *VALUES) == [(OLD, None, None, -44, 12, "printed")]


def test_revised_months_are_spliced_with_the_months_that_were_not():
    table = headline(
        months_of("export", [10] * 12),
        months_of("import", [5] * 12),
        [row("export", 20, NEW, month=12)],
    )
    assert rows_of(periods.figures(table, "year"), "vintage", "exports_usd", "imports_usd") == [
        (OLD, 120, 60),
        (NEW, 130, 60),
    ]


def test_months_known_takes_the_newest_not_after_each_day():
    table = headline(row("export", 1, month=1), row("export", 2, NEW, month=1), row("export", 5, month=2))
    known = periods.months_known(table, "year")
    assert rows_of(known, "known_on", "month", "value_usd", "vintage") == [
        (OLD, 1, 1, OLD),
        (OLD, 2, 5, OLD),
        (NEW, 1, 2, NEW),
        (NEW, 2, 5, OLD),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2024, 8, 30), []),
        (OLD, [(1,)]),
        (dt.date(2026, 10, 30), [(1,)]),
        (NEW, [(2,)]),
        (dt.date(2099, 1, 1), [(2,)]),
        (None, [(2,)]),
    ],
)
def test_the_newest_vintage_not_after_the_day_is_read(day: dt.date | None, expected: list[tuple[int]]):
    table = headline(row("export", 1), row("import", 0), row("export", 2, NEW), row("import", 0, NEW))
    chosen = periods.newest(periods.figures(table, "year"), KEYS, day)
    assert rows_of(chosen, "exports_usd") == expected


def test_series_partners_and_adjustment_do_not_mix():
    table = headline(
        row("export", 1),
        row("export", 2, partner="5700"),
        row("export", 4, seasonal="sa"),
        row("export", 8, series="x"),
    )
    found = periods.figures(table, "year")
    assert rows_of(found, "series", "partner", "seasonal", "exports_usd") == [
        ("atp", "5700", "nsa", 2),
        ("atp", "WORLD", "nsa", 1),
        ("atp", "WORLD", "sa", 4),
        ("x", "WORLD", "nsa", 8),
    ]


def test_held_counts_months_published_by_the_day_and_names_the_first_vintage():
    table = headline(months_of("export", [1, 1, 1]), months_of("export", [1, 1, 1, 1], NEW))
    whole = periods.held(table, "year", None)
    assert rows_of(whole, "year", "months_held", "first_vintage") == [(2024, 4, OLD)]
    assert rows_of(periods.held(table, "year", OLD), "months_held") == [(3,)]
    assert rows_of(periods.held(table, "year", dt.date(2020, 1, 1)), "months_held", "first_vintage") == [
        (0, OLD)
    ]


def test_held_counts_the_months_of_a_printed_part_year():
    table = headline(row("export", 80, freq="ytd", months=11), months_of("export", [1, 1]))
    assert rows_of(periods.held(table, "year", None), "months_held") == [(11,)]


@pytest.mark.parametrize(("freq", "need"), [("year", 12), ("quarter", 3), ("month", 1), ("ytd", 7)])
def test_how_many_months_a_period_needs(freq: periods.Freq, need: int):
    assert periods.months_needed(freq, 7) == need


def test_the_calendar_has_every_month_of_every_year_and_any_year_at_all():
    table = periods.calendar(1849, 1850)
    found = rows_of(table, "year", "month", "quarter")
    assert len(found) == 24
    assert found[0] == (1849, 1, 1)
    assert {one[2] for one in found if one[1] in (10, 11, 12)} == {4}


def test_figures_do_not_depend_on_the_order_of_rows():
    rows = [*months_of("export", list(range(12))), row("export", 3), row("import", 9, NEW)]
    forward, backward = headline(rows), headline(rows[::-1])
    assert rows_of(periods.figures(forward, "year"), *VALUES) == rows_of(
        periods.figures(backward, "year"), *VALUES
    )
