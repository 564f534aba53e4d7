"""The accounts: every formula on a table one can check by hand, and every case in which it has no meaning."""

import datetime as dt
import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import ibis
import pytest

from techbalance.indicators import accounts

# The worked numbers of the catalogue are printed from doubles.
ROUNDING = 1e-12
WORKED = json.loads(
    (Path(__file__).parents[2] / "golden" / "accounts_worked.json").read_text(encoding="utf-8")
)


def table(kinds: dict[str, str], *rows: tuple[Any, ...]) -> ibis.Table:
    return ibis.memtable([dict(zip(kinds, row, strict=True)) for row in rows], schema=ibis.schema(kinds))


def rows_of(expression: ibis.Table) -> list[dict[str, Any]]:
    return expression.to_pyarrow().to_pylist()


FLOWS = {"exports_usd": "int64", "imports_usd": "int64", "printed_balance_usd": "int64"}
PAIR = {"one": "int64", "other": "int64"}


def value(build: Any, one: int | None, other: int | None) -> Any:
    pair = table(PAIR, (one, other))
    return rows_of(pair.mutate(answer=build(pair.one, pair.other)))[0]["answer"]


# --- A1 and A2: balance and coverage ----------------------------------------------------------------------


def test_balance_and_coverage_of_the_worked_example():
    facts = WORKED["A_accounts"]
    (found,) = rows_of(accounts.trade_balance(table(FLOWS, (int(facts["X"]), int(facts["M"]), None))))
    assert found["balance_usd"] == facts["balance"]
    assert found["coverage_ratio"] == pytest.approx(facts["coverage"], abs=ROUNDING)


@pytest.mark.parametrize(
    ("flows", "balance", "coverage"),
    [
        ((None, 300, None), None, None),
        ((256, None, None), None, None),
        ((None, None, None), None, None),
        ((None, None, -44), -44, None),
        ((256, None, -44), -44, None),
        ((0, 0, None), 0, None),
        ((5, 0, None), 5, None),
        ((0, 5, None), -5, 0.0),
        ((256, 300, -99), -44, 256 / 300),
    ],
)
def test_a_missing_flow_is_no_zero_and_parts_go_before_a_printed_balance(
    flows: tuple[int | None, ...], balance: int | None, coverage: float | None
):
    (found,) = rows_of(accounts.trade_balance(table(FLOWS, flows)))
    assert (found["balance_usd"], found["coverage_ratio"]) == (balance, coverage)


def test_swapping_the_flows_turns_the_sign():
    forth, back = rows_of(accounts.trade_balance(table(FLOWS, (7, 12, None), (12, 7, None))))
    assert forth["balance_usd"] == -back["balance_usd"]


def test_dollars_stay_whole_numbers_beyond_what_a_double_can_hold():
    large = 9_007_199_254_740_993
    (found,) = rows_of(accounts.trade_balance(table(FLOWS, (large, 1, None))))
    assert found["balance_usd"] == large - 1


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(1, 4, 0.25), (1, 0, None), (None, 4, None), (1, None, None), (-1, 4, -0.25)],
)
def test_a_ratio_is_null_where_it_has_no_meaning(part: int | None, whole: int | None, expected: float | None):
    assert value(accounts.ratio, part, whole) == expected


# --- A4: ratio of two deficits ----------------------------------------------------------------------------


def test_the_ratio_of_two_deficits_of_the_worked_example():
    facts = WORKED["worked"]["A4"]
    assert value(accounts.deficit_ratio, facts["b_atp"], facts["b_total"]) == facts["share"]


@pytest.mark.parametrize(
    ("balance", "total", "expected", "reason"),
    [
        (-300, -200, 1.5, None),
        (44, -220, None, "sign_differs"),
        (-44, 220, None, "sign_differs"),
        (44, 220, None, "sign_differs"),
        (0, -220, None, "sign_differs"),
        (-44, 0, None, "sign_differs"),
        (None, -220, None, "not_covered"),
        (-44, None, None, "not_covered"),
    ],
)
def test_a_ratio_needs_two_deficits_and_says_so(
    balance: int | None, total: int | None, expected: float | None, reason: str | None
):
    assert value(accounts.deficit_ratio, balance, total) == expected
    note = value(accounts.deficit_ratio_note, balance, total)
    assert (note or "").partition(":")[0] == (reason or "")


# --- the denominator's vintage ----------------------------------------------------------------------------

NUMERATOR = {"year": "int16", "vintage": "date"}
DENOMINATOR = {"year": "int16", "vintage": "date", "balance_usd": "int64", "basis": "string"}
JANUARY, MARCH, MAY = dt.date(2024, 1, 1), dt.date(2024, 3, 1), dt.date(2024, 4, 30)


def nearest(day: dt.date | None, *others: tuple[dt.date, int | None, str]) -> tuple[Any, ...]:
    numerators = table(NUMERATOR, (2007, day))
    denominators = table(DENOMINATOR, *[(2007, *other) for other in others])
    found = rows_of(accounts.nearest_vintage(numerators, denominators, ("year",)))
    assert len(found) <= 1
    return (found[0]["denominator_usd"], found[0]["denominator_vintage"]) if found else ()


def test_the_nearest_vintage_is_taken_before_or_after():
    assert nearest(MARCH, (JANUARY, 1, "printed"), (dt.date(2024, 3, 20), 2, "printed"))[0] == 2
    assert nearest(MARCH, (dt.date(2024, 2, 20), 1, "printed"), (MAY, 2, "printed"))[0] == 1


def test_of_two_equally_near_the_newer_is_taken():
    assert (MARCH - JANUARY) == (MAY - MARCH)
    assert nearest(MARCH, (JANUARY, 1, "printed"), (MAY, 2, "printed")) == (2, MAY)
    assert nearest(MARCH, (MAY, 2, "printed"), (JANUARY, 1, "printed")) == (2, MAY)


def test_of_one_vintage_the_printed_figure_is_taken():
    assert nearest(MARCH, (MARCH, 1, "sum of months"), (MARCH, 2, "printed"))[0] == 2


def test_a_denominator_without_a_balance_is_passed_over():
    assert nearest(MARCH, (MARCH, None, "printed"), (MAY, 2, "printed")) == (2, MAY)
    assert nearest(MARCH, (MARCH, None, "printed")) == ()


def test_a_numerator_without_a_vintage_takes_the_newest():
    assert nearest(None, (JANUARY, 1, "printed"), (MAY, 2, "printed")) == (2, MAY)


def test_a_denominator_of_another_year_is_none():
    numerators = table(NUMERATOR, (2007, MARCH))
    denominators = table(DENOMINATOR, (2006, MARCH, 1, "printed"))
    assert rows_of(accounts.nearest_vintage(numerators, denominators, ("year",))) == []


# --- A5 and A6: contribution and growth -------------------------------------------------------------------

PAIRS = {"part": "string", "from_usd": "int64", "to_usd": "int64"}
TOTALS = {"total_from_usd": "int64", "total_to_usd": "int64"}


def changed(
    *pairs: tuple[str, int | None, int | None], total: tuple[int | None, int | None], flow: bool = False
) -> dict[str, dict[str, Any]]:
    found = rows_of(accounts.change(table(PAIRS, *pairs), table(TOTALS, total), flow=flow))
    return {row["part"]: row for row in found}


def test_contributions_of_the_worked_example():
    facts = WORKED["worked"]["A5"]
    pairs = [(str(place), -10, -10 + moved) for place, moved in enumerate(facts["db"])]
    found = changed(*pairs, total=(facts["b0"], facts["b0"] + sum(facts["db"])))
    for place, (share, points) in enumerate(zip(facts["contribution"], facts["pct_points"], strict=True)):
        row = found[str(place)]
        assert row["change_usd"] == facts["db"][place]
        assert row["contribution_ratio"] == pytest.approx(share, abs=ROUNDING)
        assert row["base_points"] == pytest.approx(points / 100, abs=ROUNDING)


def test_nothing_moved_leaves_the_contribution_null_and_the_dollars_there():
    found = changed(("a", -10, -20), ("b", -20, -10), total=(-30, -30))
    assert found["a"]["contribution_ratio"] is None
    assert found["a"]["change_usd"] == -10
    assert found["a"]["base_points"] == pytest.approx(-10 / 30, abs=ROUNDING)


def test_nothing_at_the_start_leaves_the_points_null():
    found = changed(("a", 10, -20), total=(0, -20))
    assert found["a"]["base_points"] is None
    assert found["a"]["contribution_ratio"] == pytest.approx(1.5, abs=ROUNDING)


@pytest.mark.parametrize("case", WORKED["A_growth"], ids=lambda case: f"{case['b0']} to {case['b1']}")
def test_growth_of_a_deficit_of_the_worked_example(case: dict[str, float | None]):
    scale = 10
    pair = (int(scale * case["b0"]), int(scale * case["b1"]))
    row = changed(("a", *pair), total=pair)["a"]
    expected = case["deficit_growth_pct"]
    if expected is None:
        assert row["growth_ratio"] is None
        assert row["growth_of"] is None
        assert row["note"].startswith("sign_differs")
    else:
        assert row["growth_ratio"] == pytest.approx(expected / 100, abs=ROUNDING)
        assert row["growth_of"] == "deficit"
        assert row["note"] is None


@pytest.mark.parametrize(
    ("start", "end", "growth", "named", "reason"),
    [
        (4, 6, 0.5, "surplus", None),
        (6, 4, 4 / 6 - 1, "surplus", None),
        (-4, -2, -0.5, "deficit", None),
        (-4, 0, None, None, "sign_differs"),
        (-4, 1, None, None, "sign_differs"),
        (0, -4, None, None, "from_zero"),
        (0, 0, None, None, "from_zero"),
        (None, -4, None, None, "not_covered"),
        (-4, None, None, None, "not_covered"),
        (None, None, None, None, "not_covered"),
    ],
)
def test_growth_of_a_balance(
    start: int | None, end: int | None, growth: float | None, named: str | None, reason: str | None
):
    row = changed(("a", start, end), total=(-10, -20))["a"]
    assert row["growth_ratio"] == (None if growth is None else pytest.approx(growth, abs=ROUNDING))
    assert row["growth_of"] == named
    assert (row["note"] or "").partition(":")[0] == (reason or "")


@pytest.mark.parametrize(
    ("start", "end", "growth", "reason"),
    [(4, 6, 0.5, None), (4, 0, -1.0, None), (0, 4, None, "from_zero"), (0, 0, None, "from_zero")],
)
def test_growth_of_a_flow(start: int, end: int, growth: float | None, reason: str | None):
    row = changed(("a", start, end), total=(10, 20), flow=True)["a"]
    assert row["growth_ratio"] == growth
    assert row["growth_of"] == ("flow" if growth is not None else None)
    assert (row["note"] or "").partition(":")[0] == (reason or "")


def test_contributions_add_to_one_and_changes_to_the_change():
    pairs = [("a", -7, 4), ("b", 0, -19), ("c", 3, 3), ("d", -100, -250)]
    total = (sum(one[1] for one in pairs), sum(one[2] for one in pairs))
    found = changed(*pairs, total=total).values()
    assert sum(row["change_usd"] for row in found) == total[1] - total[0]
    assert math.fsum(row["contribution_ratio"] for row in found) == pytest.approx(1, abs=ROUNDING)


# --- A7: rank and crossover -------------------------------------------------------------------------------

RANKED = {"partner": "string", "value_usd": "int64"}


def ranks(values: dict[str, int], *, descending: bool = False) -> dict[str, int]:
    found = rows_of(accounts.rank(table(RANKED, *values.items()), (), "partner", descending=descending))
    return {row["partner"]: row["rank"] for row in found}


def test_ranks_of_the_worked_example_share_the_smaller_one():
    facts = WORKED["worked"]["A7"]
    assert ranks(facts["balance"]) == facts["rank"]


def test_a_flow_is_ranked_from_the_largest():
    assert ranks({"P": 1, "Q": 5, "R": 5, "S": 9}, descending=True) == {"S": 1, "Q": 2, "R": 2, "P": 4}


def test_ranks_belong_to_their_year():
    kinds = {"year": "int16", "partner": "string", "value_usd": "int64"}
    rows = table(kinds, (2024, "A", -1), (2024, "B", -2), (2025, "A", -9), (2025, "B", -2))
    found = rows_of(accounts.rank(rows, ("year",), "partner", descending=False))
    assert {(row["year"], row["partner"]): row["rank"] for row in found} == {
        (2024, "A"): 2,
        (2024, "B"): 1,
        (2025, "A"): 1,
        (2025, "B"): 2,
    }


PLACED = {"partner": "string", "rank": "int64"}


def overtook(now: dict[str, int], before: dict[str, int]) -> dict[str, str]:
    found = accounts.overtaken(table(PLACED, *now.items()), table(PLACED, *before.items()), "partner")
    return {row["partner"]: row["overtook"] for row in rows_of(found)}


def test_the_crossover_of_the_worked_example_falls_in_the_third_period():
    facts = WORKED["worked"]["A7"]
    years = [ranks({"a": a, "b": b}) for a, b in zip(facts["a"], facts["b"], strict=True)]
    passed = [overtook(now, before) for before, now in pairwise(years)]
    assert passed == [{}, {"a": "b"}]
    assert len(passed) + 1 == facts["crossover_index"]


def test_everyone_overtaken_is_named_in_the_order_they_had():
    assert overtook({"D": 1, "A": 2, "B": 3, "C": 4}, {"A": 1, "B": 2, "C": 3, "D": 4}) == {"D": "A, B, C"}


def test_a_tie_is_no_overtaking():
    assert overtook({"A": 1, "B": 1}, {"A": 1, "B": 2}) == {}
    assert overtook({"A": 1, "B": 2}, {"A": 1, "B": 1}) == {}


def test_who_was_not_there_before_overtook_nobody_and_was_not_overtaken():
    assert overtook({"N": 1, "A": 2}, {"A": 1}) == {}
    assert overtook({"A": 1}, {"A": 2, "GONE": 1}) == {}
