"""What moved between two years: parts that add up, parts that are missing, signs that change."""

import math
from typing import Any

import pytest

from techbalance.errors import FlowNeededError
from techbalance.questions.selection import REST

ROUNDING = 1e-9


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = rows
    return row


def test_the_deficit_of_2002_to_2007(asked: Any):
    row = only(asked("change", from_=2002, to=2007).rows())
    assert (row["from_usd"], row["to_usd"]) == (-16_584_000_000, -61_934_000_000)
    assert row["change_usd"] == -45_350_000_000
    assert row["growth_ratio"] == pytest.approx(61_934 / 16_584 - 1)
    assert (row["growth_of"], row["contribution_ratio"], row["note"]) == ("deficit", 1.0, None)


def test_back_in_time_turns_the_change(asked: Any):
    forth, back = (only(asked("change", from_=a, to=b).rows()) for a, b in ((2002, 2007), (2007, 2002)))
    assert forth["change_usd"] == -back["change_usd"]
    assert (1 + forth["growth_ratio"]) * (1 + back["growth_ratio"]) == pytest.approx(1)


def test_from_surplus_to_deficit_there_is_no_growth(asked: Any):
    row = only(asked("change", from_=2001, to=2002).rows())
    assert row["change_usd"] == -21_035_000_000
    assert row["growth_ratio"] is row["growth_of"] is None
    assert row["note"].startswith("sign_differs")


def test_flows_grow_by_themselves(asked: Any):
    exports, imports, balance = (
        only(asked("change", from_=2024, to=2025, flow=flow).rows()) for flow in ("export", "import", None)
    )
    assert exports["growth_of"] == imports["growth_of"] == "flow"
    assert exports["change_usd"] - imports["change_usd"] == balance["change_usd"]


@pytest.mark.parametrize("by", ["group", "partner", "product", "group,partner"])
def test_parts_of_imports_add_to_the_change_of_the_whole(asked: Any, by: str):
    answer = asked("change", from_=2024, to=2025, by=by, flow="import")
    rows = answer.rows()
    assert sum(row["change_usd"] for row in rows) == 965_992_564_633 - 760_961_238_911
    assert math.fsum(row["contribution_ratio"] for row in rows) == pytest.approx(1, abs=ROUNDING)
    assert sum(row["from_usd"] for row in rows) == 760_961_238_911
    names = [name for key in by.split(",") for name in (key, f"{key}_name")]
    assert answer.arrow.column_names[: len(names)] == names
    sizes = [abs(row["change_usd"]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)


def test_a_product_that_is_new_grew_from_zero(asked: Any):
    rows = asked("change", from_=2024, to=2025, by="product", flow="import").rows()
    new = [row for row in rows if row["from_usd"] == 0]
    gone = [row for row in rows if row["to_usd"] == 0 and row["from_usd"]]
    assert new
    assert all(row["growth_ratio"] is None and row["note"].startswith("from_zero") for row in new)
    assert gone
    assert all(row["growth_ratio"] == -1 for row in gone)


def test_partners_held_in_one_year_only_are_in_the_line_of_all_others(asked: Any):
    answer = asked("change", from_=2024, to=2025, by="partner", series="goods_census")
    rows = {row["partner"]: row for row in answer.rows()}
    world = only(asked("change", from_=2024, to=2025, series="goods_census").rows())
    both = [row for row in rows.values() if row["change_usd"] is not None]
    assert sum(row["change_usd"] for row in both) == world["change_usd"]
    assert sum(row["from_usd"] for row in both) == world["from_usd"]
    assert math.fsum(row["contribution_ratio"] for row in both) == pytest.approx(1, abs=ROUNDING)
    malta = rows["MLT"]
    assert (malta["to_usd"], malta["change_usd"], malta["contribution_ratio"]) == (None, None, None)
    assert malta["note"] == "not_covered: the last year is not held"
    assert rows[REST]["partner_name"].startswith("all others")
    assert answer.notes[1:] == ("178 parts are held in one of the two years only, and in all others.",)


def test_chosen_partners_have_no_line_of_all_others(asked: Any):
    answer = asked("change", from_=2024, to=2025, by="partner", series="goods_census", partner="DEU,FRA,MLT")
    rows = {row["partner"]: row for row in answer.rows()}
    assert set(rows) == {"DEU", "FRA", "MLT"}
    shares = [rows[name]["contribution_ratio"] for name in ("DEU", "FRA")]
    assert math.fsum(shares) == pytest.approx(1, abs=ROUNDING)
    assert answer.notes[1:] == (
        "1 part is held in one of the two years only, and left out of the contributions.",
    )


def test_an_area_that_is_not_whole_did_not_move_by_what_is_missing(asked: Any):
    answer = asked("change", from_=2024, to=2025, partner="EU27", series="goods_census")
    row = only(answer.rows())
    assert (row["to_usd"], row["change_usd"]) == (None, None)
    assert row["note"] == "2025: not_covered: 18 of 27 partners are held; --by partner shows which"
    assert answer.exit_code == 5


@pytest.mark.parametrize("given", [{"by": "group"}, {"by": "partner"}, {"group": "04"}, {"partner": "CHN"}])
def test_a_balance_of_products_needs_a_flow(tb: Any, given: dict[str, str]):
    with pytest.raises(FlowNeededError, match="Add --flow import"):
        tb.change(from_=2024, to=2025, **given)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"from_": 2025, "to": 2026}, "2026: part_year: 7 of 12"),
        ({"from_": 2024, "to": 2025, "as_of": "2025-04"}, "2025: no_vintage_that_early"),
        (
            {"from_": 2006, "to": 2007, "by": "group", "flow": "import"},
            "2006: not_covered: trade by group is held",
        ),
        ({"from_": 2024, "to": 2025, "flow": "export", "by": "group"}, "2024: not_covered: exports by group"),
        ({"from_": 2024, "to": 2025, "by": "partner", "series": "goods_bop"}, "2024: not_covered"),
    ],
)
def test_a_year_that_is_not_held_says_so(asked: Any, given: dict[str, Any], reason: str):
    answer = asked("change", **given)
    row = only(answer.rows())
    assert row["change_usd"] is row["contribution_ratio"] is row["growth_ratio"] is None
    assert row["note"].startswith(reason)
    assert answer.exit_code == 5


def test_the_largest_changes_keep_their_contribution_to_the_whole(asked: Any):
    top = asked("change", from_=2024, to=2025, by="partner", flow="import", top=2).rows()
    every = asked("change", from_=2024, to=2025, by="partner", flow="import").rows()
    assert top == every[:2]


def test_a_partner_that_split_is_told_and_others_are_not(asked: Any):
    rows = {
        row["partner"]: row["note"]
        for row in asked(
            "change", from_=2008, to=2012, by="partner", series="goods_census", partner="SRB,SDN,CHN"
        ).rows()
    }
    assert rows["CHN"] is None
    assert rows["SDN"] == "territory_differs: a code of this partner began or ended in 2011"
    assert rows["SRB"].startswith("sign_differs")
    assert rows["SRB"].endswith("territory_differs: a code of this partner began or ended in 2008 and 2009")


def test_years_of_two_vintages_are_told(asked: Any):
    answer = asked("change", from_=2020, to=2021)
    assert answer.notes == (
        "2020 as of 2024-08-31, 2021 as of 2026-10-31: part of the change may be revision.",
    )
    assert asked("change", from_=2002, to=2007).notes == ()
