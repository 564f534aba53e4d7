"""What must hold whatever the trade: parts add up, order means nothing, the sign follows the flows."""

import datetime as dt
import math
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techbalance.indicators import accounts, periods, streaks

# Sums and quotients of a few doubles.
ROUNDING = 1e-9
DOLLARS = st.integers(-(10**15), 10**15)
FLOW = st.integers(0, 10**15)
quick = settings(max_examples=10, deadline=None)

FLOWS = ibis.schema(
    {"part": "string", "exports_usd": "int64", "imports_usd": "int64", "printed_balance_usd": "int64"}
)
PAIRS = ibis.schema({"part": "string", "from_usd": "int64", "to_usd": "int64"})
TOTALS = ibis.schema({"total_from_usd": "int64", "total_to_usd": "int64"})
VALUES = ibis.schema({"part": "string", "value_usd": "int64"})
SERIES = ibis.schema({"period": "string", "place": "int64", "balance_usd": "int64"})


def rows_of(table: ibis.Table) -> list[dict[str, Any]]:
    return table.to_pyarrow().to_pylist()


def by_part(table: ibis.Table) -> dict[str, dict[str, Any]]:
    return {row["part"]: row for row in rows_of(table)}


def flows(pairs: list[tuple[int, int]]) -> ibis.Table:
    rows = [
        {"part": str(place), "exports_usd": out, "imports_usd": back, "printed_balance_usd": None}
        for place, (out, back) in enumerate(pairs)
    ]
    return ibis.memtable(rows, schema=FLOWS)


@quick
@given(pairs=st.lists(st.tuples(FLOW, FLOW), min_size=1, max_size=5))
def test_balances_of_parts_add_to_the_balance_of_the_whole(pairs: list[tuple[int, int]]):
    found = by_part(accounts.trade_balance(flows(pairs)))
    whole = sum(out for out, _ in pairs) - sum(back for _, back in pairs)
    assert sum(row["balance_usd"] for row in found.values()) == whole


@quick
@given(pairs=st.lists(st.tuples(FLOW, FLOW), min_size=1, max_size=4))
def test_swapping_exports_and_imports_turns_the_sign_and_inverts_the_coverage(pairs: list[tuple[int, int]]):
    forth = by_part(accounts.trade_balance(flows(pairs)))
    back = by_part(accounts.trade_balance(flows([(two, one) for one, two in pairs])))
    for part, row in forth.items():
        assert row["balance_usd"] == -back[part]["balance_usd"]
        if row["coverage_ratio"] and back[part]["coverage_ratio"]:
            assert row["coverage_ratio"] * back[part]["coverage_ratio"] == pytest.approx(1, rel=ROUNDING)


@quick
@given(out=FLOW, back=FLOW, scale=st.integers(1, 1000))
def test_a_change_of_unit_changes_dollars_and_no_ratio(out: int, back: int, scale: int):
    plain, scaled = rows_of(accounts.trade_balance(flows([(out, back), (out * scale, back * scale)])))
    assert scaled["balance_usd"] == plain["balance_usd"] * scale
    assert scaled["coverage_ratio"] == (
        None if plain["coverage_ratio"] is None else pytest.approx(plain["coverage_ratio"], rel=ROUNDING)
    )


def changes(pairs: list[tuple[int, int]], *, flow: bool = False) -> dict[str, dict[str, Any]]:
    rows = [{"part": str(place), "from_usd": one, "to_usd": two} for place, (one, two) in enumerate(pairs)]
    totals = [{"total_from_usd": sum(one for one, _ in pairs), "total_to_usd": sum(two for _, two in pairs)}]
    table = accounts.change(
        ibis.memtable(rows, schema=PAIRS), ibis.memtable(totals, schema=TOTALS), flow=flow
    )
    return by_part(table)


@quick
@given(pairs=st.lists(st.tuples(DOLLARS, DOLLARS), min_size=1, max_size=5))
def test_contributions_add_to_one_and_points_to_the_growth_of_the_base(pairs: list[tuple[int, int]]):
    found = changes(pairs).values()
    start, end = sum(one for one, _ in pairs), sum(two for _, two in pairs)
    assert sum(row["change_usd"] for row in found) == end - start
    size = max(abs(one) + abs(two) for one, two in pairs)
    if end != start:
        tolerance = ROUNDING * max(1, len(pairs) * size / abs(end - start))
        assert math.fsum(row["contribution_ratio"] for row in found) == pytest.approx(1, abs=tolerance)
    else:
        assert all(row["contribution_ratio"] is None for row in found)
    if start:
        tolerance = ROUNDING * max(1, len(pairs) * size / abs(start))
        points = math.fsum(row["base_points"] for row in found)
        assert points == pytest.approx((end - start) / abs(start), abs=tolerance)


@quick
@given(pairs=st.lists(st.tuples(DOLLARS, DOLLARS), min_size=1, max_size=4))
def test_growth_is_there_with_its_name_or_a_note_says_why_not(pairs: list[tuple[int, int]]):
    for row in changes(pairs).values():
        named = row["growth_of"] is not None
        assert (row["growth_ratio"] is not None) == named == (row["note"] is None)
        same_sign = row["from_usd"] * row["to_usd"] > 0
        assert named == same_sign
        if named:
            assert row["growth_of"] == ("deficit" if row["from_usd"] < 0 else "surplus")
            assert (row["growth_ratio"] > 0) == (abs(row["to_usd"]) > abs(row["from_usd"])) or row[
                "growth_ratio"
            ] == pytest.approx(0, abs=ROUNDING)


@quick
@given(values=st.lists(st.integers(-5, 5), min_size=1, max_size=8), data=st.data())
def test_ranks_depend_on_values_and_not_on_their_order(values: list[int], data: Any):
    rows = [{"part": str(place), "value_usd": value} for place, value in enumerate(values)]
    mixed = data.draw(st.permutations(rows))
    for descending in (True, False):
        one, other = (
            {
                row["part"]: row["rank"]
                for row in rows_of(
                    accounts.rank(ibis.memtable(table, schema=VALUES), (), "part", descending=descending)
                )
            }
            for table in (rows, mixed)
        )
        assert one == other
        sign = -1 if descending else 1
        for row in rows:
            ahead = sum(sign * other["value_usd"] < sign * row["value_usd"] for other in rows)
            assert one[row["part"]] == ahead + 1


@quick
@given(balances=st.lists(st.integers(-4, 4), min_size=1, max_size=12))
def test_records_and_runs_are_those_a_loop_finds(balances: list[int]):
    rows = [
        {"period": str(place), "place": place, "balance_usd": value} for place, value in enumerate(balances)
    ]
    table = ibis.memtable(rows, schema=SERIES)
    lows, lowest = [], 0
    runs: list[tuple[int, int]] = []
    start = None
    for place, value in enumerate([*balances, 1]):
        if value < lowest:
            lowest = value
            lows.append(str(place))
        if value < 0 and start is None:
            start = place
        elif value >= 0 and start is not None:
            runs.append((place - start, -start))
            start = None
    found = sorted(rows_of(streaks.record_lows(table, "low")), key=lambda row: row["place"])
    assert [row["period"] for row in found] == lows
    best = rows_of(streaks.longest_run(table, "run", deficits=True))
    if runs:
        length, first = max(runs)
        assert int(best[0]["note"].split(" ")[0]) == length
        assert best[0]["place"] == -first
    else:
        assert best == []


MONTHLY = ibis.schema(
    {
        "series": "string",
        "partner": "string",
        "group": "string",
        "seasonal": "string",
        "flow": "string",
        "year": "int16",
        "month": "int8",
        "freq": "string",
        "months": "int8",
        "value_usd": "int64",
        "vintage": "date",
    }
)
DAYS = [dt.date(2024, 1, 31), dt.date(2024, 6, 30), dt.date(2025, 6, 30)]


@quick
@given(
    cells=st.dictionaries(
        st.tuples(st.sampled_from(["export", "import"]), st.integers(1, 12), st.sampled_from(DAYS)),
        st.integers(0, 100),
        min_size=20,
        max_size=72,
    ),
    day=st.sampled_from([*DAYS, None]),
    data=st.data(),
)
def test_what_was_known_on_a_day_is_what_a_loop_over_vintages_finds(
    cells: dict[tuple[str, int, dt.date], int], day: dt.date | None, data: Any
):
    rows = [
        {
            "series": "atp",
            "partner": "WORLD",
            "group": "all",
            "seasonal": "nsa",
            "flow": flow,
            "year": 2023,
            "month": month,
            "freq": "month",
            "months": 1,
            "value_usd": value,
            "vintage": vintage,
        }
        for (flow, month, vintage), value in cells.items()
    ]
    mixed = data.draw(st.permutations(rows))
    table = periods.figures(ibis.memtable(mixed, schema=MONTHLY), "quarter")
    keys = (*periods.SERIES_KEYS, "year", "quarter")
    found = {row["quarter"]: row for row in rows_of(periods.newest(table, keys, day))}

    last = max(vintage for _, _, vintage in cells) if day is None else day
    for quarter in range(1, 5):
        months = range(3 * quarter - 2, 3 * quarter + 1)
        expected = {}
        for flow in ("export", "import"):
            newest = [
                max(
                    (
                        (vintage, value)
                        for (one, place, vintage), value in cells.items()
                        if (one, place) == (flow, month) and vintage <= last
                    ),
                    default=None,
                )
                for month in months
            ]
            expected[flow] = None if None in newest else sum(value for _, value in newest)
        row = found.get(quarter, {"exports_usd": None, "imports_usd": None})
        assert (row["exports_usd"], row["imports_usd"]) == (expected["export"], expected["import"])
