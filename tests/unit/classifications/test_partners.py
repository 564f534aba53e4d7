"""Which partner is meant: codes, names, names with commas, dated areas, and what would be counted twice."""

from typing import Any

import pytest

from techbalance.classifications.partners import (
    COMBINED_NAMES,
    COMMON_NAMES,
    MOST_PARTS_OF_A_NAME,
    WORLD,
    Member,
    PartnerBook,
    taken_apart,
)
from techbalance.errors import ParameterError, UnknownCodeError


def partner(code: str, iso3: str | None, name: str, kind: str = "country", **years: int) -> dict[str, Any]:
    return {
        "code": code,
        "iso3": iso3,
        "name": name,
        "kind": kind,
        "from_year": years.get("since"),
        "to_year": years.get("until"),
    }


def member(area: str, code: str, since: int | None = None, until: int | None = None) -> dict[str, Any]:
    return {"area": area, "area_name": f"All of {area}", "code": code, "from_year": since, "to_year": until}


BOOK = PartnerBook(
    [
        partner(WORLD, None, "World", "area"),
        partner("0003", None, "European Union (Census aggregate)", "area"),
        partner("1000", "USA", "United States"),
        partner("4280", "DEU", "Germany"),
        partner("4279", "FRA", "France"),
        partner("4120", "GBR", "United Kingdom"),
        partner("5080", "ISR", "Israel (former code)", until=2003),
        partner("5081", "ISR", "Israel"),
        partner("5082", "PSE", "Gaza Strip"),
        partner("5083", "PSE", "West Bank"),
        partner("5800", "KOR", "South Korea"),
        partner("8220", None, "Unidentified countries", "pseudo"),
    ],
    [
        member("EU27", "4280", 1958),
        member("EU27", "4279", 1958),
        member("EU28", "4280", 1958),
        member("EU28", "4279", 1958),
        member("EU28", "4120", 1973, 2019),
        member("G7", "1000"),
        member("G7", "4280"),
    ],
)


def codes(*names: str) -> list[str]:
    return [one.code for one in BOOK.members(names)]


@pytest.mark.parametrize("name", ["DEU", "deu", "4280", "Germany", " germany ", "GERMANY"])
def test_a_partner_is_known_by_code_iso3_and_name_in_any_case(name: str):
    assert codes(name) == ["4280"]


@pytest.mark.parametrize("name", ["uk", "Great Britain", "England", "United Kingdom", "GBR"])
def test_what_people_write_is_known_too(name: str):
    assert codes(name) == ["4120"]


def test_a_country_that_changed_its_code_stands_for_both():
    assert codes("ISR") == codes("Israel") == ["5080", "5081"]
    assert codes("5080") == ["5080"]


def test_one_iso3_of_two_partners_stands_for_both_and_each_name_for_its_own():
    assert codes("PSE") == codes(COMBINED_NAMES["PSE"]) == ["5082", "5083"]
    assert codes("West Bank") == ["5083"]


def test_an_area_is_its_members_with_their_years():
    assert BOOK.members(["EU28"]) == (
        Member("4280", 1958),
        Member("4279", 1958),
        Member("4120", 1973, 2019),
    )


@pytest.mark.parametrize("name", ["EU27", "eu27", "EU", "European Union", "All of EU27"])
def test_an_area_is_known_by_its_names(name: str):
    assert codes(name) == ["4280", "4279"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["DEU,FRA"], ["4280", "4279"]),
        (["DEU", "FRA"], ["4280", "4279"]),
        (["Korea, South"], ["5800"]),
        (["Korea, South,DEU"], ["5800", "4280"]),
        (["DEU, Korea, South , FRA"], ["4280", "5800", "4279"]),
        (["DEU,DEU"], ["4280"]),
        (["DEU,,FRA,"], ["4280", "4279"]),
    ],
)
def test_names_are_taken_apart_at_commas_that_are_not_their_own(names: list[str], expected: list[str]):
    assert codes(*names) == expected


def test_several_names_written_as_one_text_mean_the_same_again():
    assert codes("Korea, South", "DEU") == codes(",".join(["Korea, South", "DEU"]))


def test_nobody_is_told_with_near_names():
    with pytest.raises(UnknownCodeError, match=r"unknown partner 'Germny'. Did you mean 'Germany'"):
        codes("Germny")


def test_an_unknown_name_among_known_ones_is_the_one_that_is_told():
    with pytest.raises(UnknownCodeError, match="unknown partner 'Atlantis'"):
        codes("DEU,Atlantis,FRA")


@pytest.mark.parametrize("names", [("EU27", "DEU"), ("DEU", "EU27"), ("EU27", "EU28"), ("ISR", "5081")])
def test_a_partner_inside_an_area_named_beside_it_would_count_twice(names: tuple[str, str]):
    with pytest.raises(ParameterError, match="overlap"):
        codes(*names)


@pytest.mark.parametrize("names", [(WORLD, "DEU"), ("World,DEU",), ("0003", "KOR"), ("DEU", "0003")])
def test_nothing_is_added_to_a_sum_the_publisher_made(names: tuple[str, ...]):
    with pytest.raises(ParameterError, match="sum of partners"):
        codes(*names)


def test_a_sum_the_publisher_made_can_be_asked_for_alone():
    assert codes("World") == [WORLD]
    assert codes("0003") == ["0003"]
    assert BOOK.is_aggregate(Member("0003"))
    assert not BOOK.is_aggregate(Member("8220"))


@pytest.mark.parametrize("name", ["USA", "United States", "1000"])
def test_the_reporter_is_no_partner(name: str):
    with pytest.raises(ParameterError, match="report the trade"):
        codes(name)


def test_the_reporter_is_left_out_of_its_areas_but_is_a_member_by_name():
    assert codes("G7") == ["4280"]
    assert [one.code for one in BOOK.named("G7") or ()] == ["1000", "4280"]


def test_every_common_name_has_a_country_in_the_shipped_book(tb: Any):
    iso3 = {row["iso3"] for row in tb.store.fetch_rows(tb.store.table("partners"))}
    assert set(COMMON_NAMES.values()) <= iso3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        ("x, y", ["x, y"]),
        ("x, y,a", ["x, y", "a"]),
        ("x,a", ["x", "a"]),
        ("", []),
        (" , ,", []),
        ("a,x, y", ["a", "x, y"]),
    ],
)
def test_a_text_is_taken_apart_with_the_longest_name_first(text: str, expected: list[str]):
    assert list(taken_apart(text, {"a", "b", "x", "x, y"}.__contains__)) == expected


def test_a_very_long_text_is_taken_apart_in_no_time():
    asked = []
    parts = 5_000
    found = list(taken_apart(",".join(["q"] * parts), asked.append))
    assert len(found) == parts
    assert len(asked) <= parts * MOST_PARTS_OF_A_NAME
