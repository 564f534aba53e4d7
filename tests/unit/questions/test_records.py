"""Records as they stood on a day, and what has unmade them since."""

from typing import Any


def test_before_anything_was_published_there_is_no_record(asked: Any):
    answer = asked("records", as_of="1990")
    (row,) = answer.rows()
    assert row["value_usd"] is row["period"] is None
    assert row["note"].startswith("no_vintage_that_early: first held as of 2007-08-31")
    assert answer.exit_code == 5


def test_every_record_names_its_series_and_its_day(asked: Any):
    rows = asked("records").rows()
    assert {row["series"] for row in rows} == {"atp"}
    assert {str(row["as_of"]) for row in rows} == {"2026-10-31"}
    assert [row["kind"] for row in rows[:1]] == ["record deficit, year"]


def test_each_record_is_larger_than_the_one_it_superseded(asked: Any):
    for unit in ("year", "month"):
        rows = [row for row in asked("records").rows() if row["kind"] == f"record deficit, {unit}"]
        values = [row["value_usd"] for row in rows]
        assert values == sorted(values, reverse=True)
        assert [row["superseded_by"] for row in rows] == [*[row["period"] for row in rows[1:]], None]


def test_only_a_record_that_stood_can_be_unmade_by_later_data(asked: Any):
    rows = [
        row for row in asked("records", as_of="2025-04").rows() if row["kind"].startswith("record deficit")
    ]
    unmade = [row for row in rows if "published since" in (row["superseded_by"] or "")]
    assert [(row["kind"], row["period"]) for row in unmade] == [
        ("record deficit, year", "2024"),
        ("record deficit, month", "2023-10"),
    ]


def test_a_series_of_deficits_has_no_surplus(asked: Any):
    rows = asked("records", series="goods_census").rows()
    assert not [row for row in rows if "surplus" in row["kind"]]
    first = next(row for row in rows if row["kind"] == "record deficit, year")
    assert (first["period"], first["note"]) == ("1987", "the series begins with it")
