"""Ranks: who is first, who overtook whom, who has no rank."""

from typing import Any

import pytest

from techbalance.errors import FlowNeededError


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = rows
    return row


def test_the_largest_deficit_is_first(asked: Any):
    rows = asked("rank", year=2024, series="goods_census").rows()
    assert [row["partner"] for row in rows[:3]] == ["CHN", "MEX", "VNM"]
    values = [row["value_usd"] for row in rows]
    assert values == sorted(values)
    assert {row["measure"] for row in rows} == {"balance"}
    assert rows[-1]["value_usd"] > 0


def test_the_largest_flow_is_first(asked: Any):
    rows = asked("rank", year=2024, series="goods_census", flow="export").rows()
    assert [row["partner"] for row in rows[:2]] == ["CAN", "MEX"]
    assert {row["measure"] for row in rows} == {"exports"}


def test_equal_values_share_a_rank_and_the_next_one_is_left_out(asked: Any):
    rows = asked("rank", year=2024, series="goods_census", flow="import").rows()
    expected = [1 + sum(other["value_usd"] > row["value_usd"] for other in rows) for row in rows]
    assert [row["rank"] for row in rows] == expected
    order = [(row["rank"], row["partner"]) for row in rows]
    assert order == sorted(order)


def test_cutting_the_list_changes_no_rank_and_no_overtaking(asked: Any):
    every = asked("rank", year=2025, flow="import").rows()
    assert asked("rank", year=2025, flow="import", top=3).rows() == every[:3]


def test_overtaking_is_what_two_years_of_ranks_say(asked: Any):
    now, before = (
        {row["partner"]: row["rank"] for row in asked("rank", year=year, flow="import").rows()}
        for year in (2025, 2024)
    )
    for row in asked("rank", year=2025, flow="import", top=3).rows():
        one = row["partner"]
        assert row["previous_rank"] == before[one]
        passed = {
            other
            for other in now
            if other in before and now[one] < now[other] and before[one] > before[other]
        }
        assert set((row["overtook"] or "").split(", ")) - {""} == passed


def test_partners_that_were_not_itemised_in_one_of_the_years_are_told(asked: Any):
    answer = asked("rank", year=2025, series="goods_census", top=4)
    assert answer.notes == ("Partners that are itemised, and so have a rank: 54 in 2025, 232 in 2024.",)
    assert asked("rank", year=2024, flow="import", series="atp", top=4).notes == ()


def test_without_a_year_before_there_is_no_previous_rank(asked: Any):
    rows = asked("rank", year=2024, flow="import", top=5).rows()
    assert [row["previous_rank"] for row in rows] == [None] * 5
    assert [row["overtook"] for row in rows] == [None] * 5


def test_ranks_within_an_area(asked: Any):
    rows = asked("rank", year=2025, flow="import", partner="EU27").rows()
    assert len(rows) == 27
    assert [row["partner"] for row in rows[:3]] == ["IRL", "DEU", "FRA"]


def test_groups_and_products_have_names(asked: Any):
    groups = asked("rank", year=2025, by="group", flow="import").rows()
    assert (groups[0]["group"], groups[0]["group_name"]) == ("04", "Information & Communications")
    assert len(groups) == 10
    product = asked("rank", year=2025, by="product", flow="import", top=1).rows()[0]
    assert product["product"] == "8471500150"
    assert product["product_name"]


@pytest.mark.parametrize("by", ["partner", "group", "product"])
def test_a_balance_that_is_not_held_is_not_ranked(tb: Any, by: str):
    with pytest.raises(FlowNeededError, match=f"only imports are held by {by}"):
        tb.rank(year=2025, by=by)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"year": 2026, "flow": "import"}, "part_year: 7 of 12"),
        ({"year": 2024, "flow": "export"}, "not_covered: exports by partner"),
        ({"year": 2024, "flow": "import", "as_of": "2025-04"}, "no_vintage_that_early: trade by partner"),
        ({"year": 2026, "ytd": True, "flow": "import"}, "not_covered: trade by partner is held for 2024"),
    ],
)
def test_an_empty_ranking_says_why(asked: Any, given: dict[str, Any], reason: str):
    answer = asked("rank", **given)
    row = only(answer.rows())
    assert row["value_usd"] is row["rank"] is None
    assert row["note"].startswith(reason)
    assert answer.exit_code == 5
