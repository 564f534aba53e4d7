"""Location quotients from the user's tables: two editions, each with its own world and size."""

import pytest

from techbalance.errors import NotCoveredError, SchemaError, UnknownCodeError


def by_key(answer):
    return {(row["country"], row["industry_code"]): row for row in answer.rows()}


def test_a_quotient_by_hand(with_data):
    row = by_key(with_data.quotient(country="KOR", year=2020, industry="C26"))["KOR", "C26"]
    by_hand = (118_502 / 1_501_446) / (1_281_462 / 78_728_503)
    assert row["location_quotient"] == pytest.approx(by_hand, rel=1e-12)
    assert row["value_added_usd"] == 118_502_000_000
    assert row["world_share"] == pytest.approx(118_502 / 1_281_462)
    assert row["edition"] == "2024"


def test_the_world_is_average_in_everything(with_data):
    rows = with_data.quotient(country="WORLD", year=2021).rows()
    assert len(rows) == 15
    assert {round(row["location_quotient"], 12) for row in rows} == {1.0}


def test_the_seven_together_are_the_sum_of_their_parts(with_data):
    rows = by_key(with_data.quotient(country="JPN", year=2022))
    parts = ("C21", "C26", "C27", "C28", "C29", "C30X", "C303", "J62-63")
    whole = rows["JPN", "hamilton"]["value_added_usd"]
    assert whole == sum(rows["JPN", code]["value_added_usd"] for code in parts)


def test_the_older_edition_has_a_world_and_a_size_of_its_own(with_data):
    rows = by_key(with_data.quotient(country="VNM,TWN,USA", year=2019, industry="C26"))
    assert rows["USA", "C26"]["edition"] == "2024"
    assert rows["VNM", "C26"]["edition"] == "2022"
    assert rows["VNM", "C26"]["location_quotient"] > 1
    assert rows["TWN", "C26"]["location_quotient"] is None
    assert rows["TWN", "C26"]["world_share"] == pytest.approx(88_970 / 1_255_021)
    assert rows["TWN", "C26"]["note"].startswith("not_covered")


def test_top_is_of_each_year(with_data):
    rows = with_data.quotient(country="KOR,USA", year="2021:2022", top=2).rows()
    assert [row["year"] for row in rows] == [2022, 2022, 2021, 2021]


def test_the_european_union_is_a_row_of_its_own(with_data):
    rows = by_key(with_data.quotient(country="EU27", year=2022, industry="hamilton"))
    assert list(rows) == [("EU27", "hamilton")]


def test_a_year_outside_the_tables_and_a_missing_file_are_told(tb, with_data):
    with pytest.raises(NotCoveredError, match="2002 to 2022"):
        with_data.quotient(year=1999).rows()
    with pytest.raises(NotCoveredError, match=r"macro/ncses_kti_long\.csv\.gz"):
        tb.quotient().rows()


def test_an_unknown_industry_or_country_is_refused(with_data):
    with pytest.raises(UnknownCodeError, match="C99"):
        with_data.quotient(industry="C99").rows()
    with pytest.raises(UnknownCodeError, match="Germany"):
        with_data.quotient(country="Germny").rows()


@pytest.mark.parametrize("content", [b"no archive", b"\x1f\x8b\x08\x00broken"])
def test_a_file_that_is_something_else_is_refused(tmp_path, monkeypatch, content):
    import techbalance

    (tmp_path / "macro").mkdir()
    (tmp_path / "macro" / "ncses_kti_long.csv.gz").write_bytes(content)
    monkeypatch.setenv("TECHBALANCE_DATA", str(tmp_path))
    with pytest.raises(SchemaError, match="packed text"):
        techbalance.open(tmp_path / "home").quotient().rows()
