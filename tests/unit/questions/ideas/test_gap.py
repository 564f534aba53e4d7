"""The gap between ideas and making: definitions, world, places, and who is compared."""

import math

import pytest

from techbalance.classifications.conduits import CONDUITS
from techbalance.errors import NotCoveredError, ParameterError

# An engine adds in the order in which its threads finish; means and spreads move in the last digits.
ORDER_OF_ADDING = 1e-9


def by_country(answer):
    return {row["country"]: row for row in answer.rows()}


@pytest.fixture(scope="module")
def gaps(tb):
    answer = tb.gap(year=2023)
    answer.rows()
    return answer


def test_the_log_ratio_is_that_of_the_shares_and_the_order_is_its_order(gaps):
    rows = gaps.rows()
    held = [row for row in rows if row["gap_log"] is not None]
    for row in held:
        assert row["gap_log"] == pytest.approx(math.log(row["ideas_share"] / row["making_share"]))
    assert [row["gap_log"] for row in held] == sorted((row["gap_log"] for row in held), reverse=True)
    assert rows[: len(held)] == held


def test_shares_are_of_all_countries_held_whoever_is_compared(tb):
    wide = by_country(tb.gap(year=2023, least_share=0.0))
    assert sum(row["ideas_share"] or 0 for row in wide.values()) == pytest.approx(1)
    assert sum(row["making_share"] or 0 for row in wide.values()) == pytest.approx(1)
    few = by_country(tb.gap(year=2023, least_share=0.05))
    assert few["USA"]["gap_log"] == wide["USA"]["gap_log"]
    assert len(few) < len(wide)
    assert all(max(row["ideas_share"] or 0, row["making_share"] or 0) >= 0.05 for row in few.values())


def test_asking_for_countries_changes_neither_gap_nor_place(tb, gaps):
    every, some = by_country(gaps), by_country(tb.gap(year=2023, country="USA,JPN,KOR"))
    assert set(some) == {"USA", "JPN", "KOR"}
    for code, row in some.items():
        for name, value in row.items():
            wanted = every[code][name]
            same = pytest.approx(wanted, rel=ORDER_OF_ADDING) if isinstance(wanted, float) else wanted
            assert value == same, (code, name)


def test_places_agree_with_the_gaps_and_their_spread_with_the_places(gaps):
    rows = [row for row in gaps.rows() if row["place_spread"] is not None]
    assert [row["place_log"] for row in rows] == sorted(row["place_log"] for row in rows)
    for row in rows:
        places = (row["place_log"], row["place_z"], row["place_rank"])
        assert row["place_spread"] == max(places) - min(places)


def test_agreement_of_the_normalisations_is_told(gaps):
    notes = [note for note in gaps.notes if "rank correlation" in note]
    assert len(notes) == 3


def test_the_newest_year_is_that_of_the_united_states(tb):
    assert {row["year"] for row in tb.gap(country="USA").rows()} == {2024}
    assert {row["year"] for row in tb.gap(country="USA", ideas="patents").rows()} == {2021}


def test_without_conduits_they_are_in_neither_rows_nor_world(tb, gaps):
    rows = by_country(tb.gap(year=2023, without_conduits=True))
    assert not set(rows) & set(CONDUITS)
    assert rows["USA"]["ideas_share"] > by_country(gaps)["USA"]["ideas_share"]


def test_a_country_that_is_not_held_has_a_row_that_says_so(tb):
    row = by_country(tb.gap(year=2023, country="TWN,USA"))["TWN"]
    assert row["gap_log"] is None
    assert row["note"].startswith("not_covered")


def test_the_older_definition_answers_what_was_known_then(tb):
    answer = tb.gap(as_of="2019-12", country="USA")
    assert answer.rows()[0]["year"] == 2016
    assert any("SITC-based" in note for note in answer.notes)


def test_exports_of_rd_intensive_products_need_the_users_file(tb, with_data):
    with pytest.raises(NotCoveredError, match="ncses"):
        tb.gap(making="rd-intensive").rows()
    rows = by_country(with_data.gap(making="rd-intensive", ideas="rd", year=2016, country="USA,KOR,TWN"))
    assert rows["USA"]["gap_log"] > 0 > rows["KOR"]["gap_log"]
    assert rows["TWN"]["making_share"] > 0
    assert rows["TWN"]["note"] == "not_covered: one side is not held"


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"year": 1900}, NotCoveredError, "no country has both sides in 1900"),
        ({"year": "2020:2021"}, ParameterError, "one year"),
        ({"least_share": 1.0}, ParameterError, "least_share"),
        ({"ideas": "luck"}, ParameterError, "ideas"),
    ],
)
def test_what_has_no_gap_is_refused(tb, given, error, said):
    with pytest.raises(error, match=said):
        tb.gap(**given).rows()
