"""Which codes do two lists place differently, and what does that do to the figures? Worked by hand."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techbalance.api import TechBalance
from techbalance.errors import NotCoveredError, ParameterError, UnknownCodeError
from tests.unit.questions.lists.conftest import DETAIL

Write = Callable[..., str]


def test_lists_shows_what_is_held(tb: TechBalance):
    rows = {(row["flow"], row["year"]): row for row in tb.lists().rows()}
    assert set(rows) == {("export", 2019), ("import", 2022)}
    held = rows["import", 2022]
    assert (held["codes"], held["listed_codes"], held["groups"]) == (19_758, 644, 10)
    assert held["known_codes"] == held["held_codes"] == 644
    placed_as_listed = tb.reconcile(flow="import", year=2025).rows()[0]["nearest_usd"]
    assert (held["trade_year"], held["covered_usd"]) == (2025, placed_as_listed)
    assert rows["export", 2019]["covered_usd"] is None
    assert rows["export", 2019]["note"].startswith("not_covered")


def test_lists_says_how_much_of_a_list_is_held(tb: TechBalance, a_list: Write):
    path = a_list("code\n8471300100\n85414100\n0000000000\n")
    row = next(row for row in tb.lists(list=path).rows() if row["flow"] == "import")
    assert row["listed_codes"] == 3
    assert 0 < row["held_codes"] < row["known_codes"]
    laptops = tb.balance(year=2025, product="8471300100").rows()[0]["imports_usd"]
    assert row["covered_usd"] == laptops
    assert "1 codes are on no code list" in row["note"]


def test_stored_lists_have_a_row_for_every_edition(detailed: TechBalance):
    rows = [row for row in detailed.lists().rows() if row["list_id"] == "chips"]
    assert [(row["flow"], row["year"], row["listed_codes"]) for row in rows] == [
        ("import", 2029, 1),
        ("import", 2031, 2),
    ]
    assert [(row["known_codes"], row["held_codes"], row["covered_usd"]) for row in rows] == [
        (rows[0]["known_codes"], rows[0]["known_codes"], 0),
        (rows[1]["known_codes"], rows[1]["known_codes"], 44),
    ]


def test_lists_diff_shows_what_entered_left_and_changed(detailed: TechBalance):
    answer = detailed.lists_diff(first="2030", second="2031", year=2030)
    found = [
        (row["product"], row["kind"], row["from_group"], row["to_group"], row["value_usd"])
        for row in answer.rows()
    ]
    assert found == [
        ("8542310001", "changed group", "05", "04", 20),
        ("8542310002", "entered", "00", "05", 15),
        ("8542390001", "left", "05", "00", 7),
    ]
    assert "1 entered ($15), 1 left ($7), 1 changed group ($20)" in answer.notes[0]


def test_lists_diff_tells_codes_a_list_does_not_have(tb: TechBalance, a_list: Write):
    rows = tb.lists_diff(first="2022", second=a_list("code\n0000000000\n")).rows()
    (new,) = [row for row in rows if row["kind"] == "entered"]
    assert (new["product"], new["from_group"], new["to_group"]) == ("0000000000", None, "mine")
    assert "census-atp:2022 has no such code" in new["note"]


def test_a_list_does_not_differ_from_itself(tb: TechBalance):
    answer = tb.lists_diff(first="2022", second="census-atp:2022")
    # Nothing is missing: that they are alike is the answer.
    assert answer.exit_code == 0
    assert answer.rows() == []


# --- the definition effect --------------------------------------------------------------------------------


def effects(answer) -> dict[tuple[str, str], int]:
    return {(row["group"], row["kind"]): row["effect_usd"] for row in answer.rows()}


def test_the_effect_by_hand(detailed: TechBalance):
    """Of 2030: by its own list 20 + 7 = 27, by that of 2031 20 + 15 = 35."""
    answer = detailed.list_effect(year=2030, from_list="2030", to_list="2031")
    assert effects(answer) == {
        ("00", "undecided"): 0,
        ("04", "from another group"): 20,
        ("05", "entered"): 15,
        ("05", "left"): -7,
        ("05", "to another group"): -20,
    }
    rows = answer.rows()
    assert sum(row["from_usd"] for row in rows) == 27
    assert sum(row["to_usd"] for row in rows) == 35
    assert "$27 by census-atp:2030, $35 by census-atp:2031; the list alone moves $8" in answer.notes[0]


def test_the_lists_are_those_of_the_two_years_when_left_out(detailed: TechBalance):
    answer = detailed.list_effect(year=2031)
    assert effects(answer) == {
        ("04", "from another group"): 30,
        ("05", "entered"): 10,
        ("05", "to another group"): -30,
    }


def test_a_product_no_list_can_place_has_a_line(detailed: TechBalance):
    rows = detailed.list_effect(year=2030, from_list="2030", to_list="2031").rows()
    (line,) = [row for row in rows if row["kind"] == "undecided"]
    assert (line["products"], line["from_usd"], line["to_usd"]) == (1, 0, 0)
    assert "count as zero" in line["note"]


def test_the_record_alone_cannot_tell_what_enters(tb: TechBalance, a_list: Write):
    answer = tb.list_effect(year=2024, from_list="2022", to_list=a_list("code\n85414100\n"))
    (row,) = answer.rows()
    assert row["effect_usd"] is None
    assert row["note"].startswith("not_covered: of the list mine")
    assert answer.exit_code == 5


def test_a_year_whose_list_is_not_held_is_named(tb: TechBalance):
    with pytest.raises(NotCoveredError, match=r"import list of 2023 is not held.*held: 2022"):
        tb.list_effect(year=2024)
    with pytest.raises(UnknownCodeError, match="unknown list"):
        tb.list_effect(year=2024, from_list="2022", to_list="nothing")
    with pytest.raises(ParameterError, match="one year"):
        tb.list_effect(year="2024:2025")


def test_a_year_that_is_not_held_is_null(tb: TechBalance):
    (row,) = tb.list_effect(year=2010, from_list="2022", to_list="2022").rows()
    assert row["effect_usd"] is None
    assert row["note"].startswith("not_covered: trade by product is held for 2024 to 2025")


CODES = sorted({row[0] for row in DETAIL})
GROUPED = st.dictionaries(st.sampled_from([*CODES, "8542", "01"]), st.sampled_from("ABC"), min_size=1)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=GROUPED, second=GROUPED)
def test_effects_add_up_and_turn_round(detailed: TechBalance, a_list: Write, first, second):
    def written(codes: dict[str, str], name: str) -> str:
        return a_list("code,group\n" + "".join(f"{code},{group}\n" for code, group in codes.items()), name)

    one, other = written(first, "one.csv"), written(second, "other.csv")
    there = detailed.list_effect(year=2030, from_list=one, to_list=other).rows()
    back = detailed.list_effect(year=2030, from_list=other, to_list=one).rows()
    for row in there:
        assert row["effect_usd"] == row["to_usd"] - row["from_usd"]
    values = [
        {
            row["group"]: row["imports_usd"]
            for row in detailed.balance(year=2030, by="group", list=name).rows()
        }
        for name in (one, other)
    ]
    for place, name in enumerate(("from_usd", "to_usd")):
        for group, value in values[place].items():
            assert sum(row[name] for row in there if row["group"] == group) == value
    moved = [row["effect_usd"] for row in there if "another group" in row["kind"]]
    assert sum(moved) == 0
    assert sum(row["effect_usd"] for row in there) == -sum(row["effect_usd"] for row in back)
