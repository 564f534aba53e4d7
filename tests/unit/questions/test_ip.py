"""Charges for intellectual property: whose, of which year, known when, beside the ATP deficit."""

from typing import Any

import pytest

from techbalance.errors import UnknownCodeError
from techbalance.questions.countries import CountryBook


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = rows
    return row


@pytest.fixture(scope="module")
def book(tb: Any) -> CountryBook:
    return CountryBook.of_charges(tb.store)


@pytest.mark.parametrize("name", ["KOR", "kor", "Korea, Rep.", "South Korea", "Korea, South", "5800"])
def test_a_country_is_known_by_every_name_it_has(book: CountryBook, name: str):
    assert list(book.spans([name])) == ["KOR"]
    assert book.one(name) == "KOR"


def test_names_with_commas_stand_among_others(book: CountryBook):
    assert list(book.spans(["Korea, Rep.,Egypt, Arab Rep., USA"])) == ["KOR", "EGY", "USA"]


def test_an_area_is_its_members_in_the_years_of_their_membership(book: CountryBook):
    spans = book.spans(["EU28"])
    assert len(spans) == 28
    assert spans["GBR"] == [(1973, 2019)]
    assert "USA" in book.spans(["G7"])


@pytest.mark.parametrize("name", ["EU27", "World", "TWN", "0003", "Atlantis"])
def test_one_country_is_not_an_area_nor_one_without_charges(book: CountryBook, name: str):
    with pytest.raises(UnknownCodeError):
        book.one(name)


def test_an_area_lists_its_members_and_adds_nothing_up(asked: Any):
    rows = asked("ip", country="EU28", year="2019:2020").rows()
    of = {year: {row["country"] for row in rows if row["year"] == year} for year in (2019, 2020)}
    assert of[2019] - of[2020] == {"GBR"}
    assert len(of[2019]) == 28
    assert len(rows) == 28 + 27


def test_a_country_without_charges_has_a_row_that_says_so(asked: Any):
    answer = asked("ip", country="TWN", year=2023)
    row = only(answer.rows())
    assert (row["country_name"], row["receipts_usd"], row["payments_usd"]) == ("Taiwan", None, None)
    assert row["note"] == "not_covered: neither side is held"
    assert answer.exit_code == 5


@pytest.mark.parametrize("year", [1850, 1960, 2031])
def test_a_year_without_charges_has_a_row_too(asked: Any, year: int):
    row = only(asked("ip", country="DEU", year=year).rows())
    assert (row["year"], row["receipts_usd"]) == (year, None)


def test_without_a_year_each_country_has_its_newest(asked: Any):
    answer = asked("ip")
    rows = answer.rows()
    assert len({row["country"] for row in rows}) == len(rows)
    receipts = [row["receipts_usd"] for row in rows if row["receipts_usd"] is not None]
    assert receipts == sorted(receipts, reverse=True)
    assert any("years differ" in note for note in answer.notes)
    assert asked("ip", top=3).rows() == rows[:3]


def test_the_largest_receivers_of_each_year(asked: Any):
    rows = asked("ip", year="2022:2023", top=2).rows()
    assert [(row["year"], row["country"]) for row in rows] == [
        (2022, "USA"),
        (2022, rows[1]["country"]),
        (2023, "USA"),
        (2023, "NLD"),
    ]


def test_conduits_are_marked(asked: Any):
    rows = {row["country"]: row for row in asked("ip", country="IRL,NLD,DEU", year=2023).rows()}
    assert rows["IRL"]["conduit"] == rows["NLD"]["conduit"] == "conduit economy"
    assert rows["DEU"]["conduit"] is None


@pytest.mark.parametrize("given", [{}, {"country": "USA"}, {"country": "USA", "year": 2023}])
def test_before_the_first_vintage_nothing_was_known(asked: Any, given: dict[str, Any]):
    answer = asked("ip", as_of="2010", **given)
    row = only(answer.rows())
    assert row["receipts_usd"] is None
    assert row["note"] == "no_vintage_that_early: first held after 2010-12-31"
    assert answer.exit_code == 5


def test_a_year_published_since_is_told_apart_from_one_never_published(asked: Any):
    rows = {
        row["year"]: row["note"] for row in asked("ip", country="USA", year="2023:2026", as_of="2020").rows()
    }
    assert rows[2023].startswith("no_vintage_that_early")
    assert rows[2026].startswith("not_covered")


def test_sides_of_two_vintages_are_noted(asked: Any):
    rows = {row["year"]: row["note"] for row in asked("ip", country="CYP", year="2014:2016").rows()}
    assert rows[2014] == "not_covered: receipts are not held"
    assert rows[2015] == rows[2016] == "one side is held only in the vintage of 2018-08-01"


def test_cover_is_for_the_united_states_and_for_years_of_deficit(asked: Any):
    rows = {
        (row["country"], row["year"]): row
        for row in asked("ip", country="USA,DEU", year="2001:2002", cover=True).rows()
    }
    assert rows["USA", 2002]["atp_cover_ratio"] > 1
    assert rows["USA", 2001]["atp_cover_ratio"] is None
    assert rows["USA", 2001]["note"].startswith("sign_differs")
    assert rows["USA", 2001]["atp_balance_usd"] > 0
    assert rows["DEU", 2002]["atp_cover_ratio"] is None
    assert rows["DEU", 2002]["note"].startswith("not_covered: ATP is a United States list")


def test_cover_names_the_source_of_the_deficit_too(asked: Any):
    answer = asked("ip", country="USA,DEU", year="2001:2002", cover=True)
    publishers = {answer.store.sources[one]["publisher"] for one in answer.source_ids}
    assert publishers == {"World Bank", "US Census Bureau"}
