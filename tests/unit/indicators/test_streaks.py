"""Records and runs: the worked example, ties, gaps and series without any."""

import json
from pathlib import Path
from typing import Any

import ibis
import pytest

from techbalance.indicators import streaks

A8 = json.loads((Path(__file__).parents[2] / "golden" / "accounts_worked.json").read_text(encoding="utf-8"))[
    "A8"
]
SCHEMA = ibis.schema({"period": "string", "place": "int64", "balance_usd": "int64"})


def series(balances: dict[int, int]) -> ibis.Table:
    rows = [{"period": str(year), "place": year, "balance_usd": one} for year, one in balances.items()]
    return ibis.memtable(rows, schema=SCHEMA)


def rows_of(table: ibis.Table) -> list[dict[str, Any]]:
    return sorted(table.to_pyarrow().to_pylist(), key=lambda row: row["place"])


WORKED = {int(year): one for year, one in A8["balance"].items()}


def test_the_longest_run_of_the_worked_example():
    (found,) = rows_of(streaks.longest_run(series(WORKED), "run", deficits=True))
    assert found["period"] == A8["run"]
    assert found["note"] == f"{A8['longest_deficit_run']} periods; the value is their sum"
    assert found["value_usd"] == -1 - 2 - 4


def test_the_record_of_the_worked_example():
    *_, last = rows_of(streaks.record_lows(series(WORKED), "record"))
    assert (last["period"], last["value_usd"]) == (A8["record_year"], A8["record"])
    assert last["superseded_by"] is None


def test_every_record_names_the_one_that_superseded_it():
    found = rows_of(streaks.record_lows(series(WORKED), "record"))
    assert [(row["period"], row["superseded_by"]) for row in found] == [
        ("2001", "2002"),
        ("2002", "2006"),
        ("2006", None),
    ]


def test_equal_lows_keep_the_first_and_note_the_tie():
    found = rows_of(streaks.record_lows(series({1: 1, 2: -5, 3: 0, 4: -5}), "record"))
    assert [(row["period"], row["note"]) for row in found] == [("2", streaks.TIE)]


def test_a_record_with_nothing_before_it_says_so():
    found = rows_of(streaks.record_lows(series({1: -5, 2: -6}), "record"))
    assert [row["note"] for row in found] == ["the series begins with it", None]


def test_surpluses_alone_hold_no_record_deficit():
    assert rows_of(streaks.record_lows(series({1: 5, 2: 0, 3: 1}), "record")) == []


def test_the_largest_surplus_and_its_tie():
    (found,) = rows_of(streaks.highest(series({1: -5, 2: 7, 3: 7}), "surplus"))
    assert (found["period"], found["value_usd"], found["note"]) == ("2", 7, streaks.TIE)
    (alone,) = rows_of(streaks.highest(series({1: -5, 2: 7, 3: 6}), "surplus"))
    assert alone["note"] is None


def test_no_surplus_no_row():
    assert rows_of(streaks.highest(series({1: -5, 2: 0}), "surplus")) == []


def test_a_gap_ends_a_run_and_is_noted():
    (found,) = rows_of(streaks.longest_run(series({1: -1, 2: -1, 3: -1, 5: -1, 6: -1}), "run", deficits=True))
    assert found["period"] == "1:3"
    assert found["note"].endswith("a gap in the series ends it")


def test_a_run_that_ends_by_itself_notes_no_gap():
    (found,) = rows_of(streaks.longest_run(series({1: -1, 2: -1, 3: 4, 5: -1}), "run", deficits=True))
    assert found["note"] == "2 periods; the value is their sum"


def test_equally_long_runs_keep_the_first_and_note_the_tie():
    (found,) = rows_of(streaks.longest_run(series({1: -1, 2: -1, 3: 4, 4: -1, 5: -9}), "run", deficits=True))
    assert found["period"] == "1:2"
    assert "a later run is as long" in found["note"]


def test_a_run_of_one_is_named_by_its_period():
    (found,) = rows_of(streaks.longest_run(series({1: 1, 2: -1, 3: 1}), "run", deficits=True))
    assert found["period"] == "2"


def test_zero_is_neither_deficit_nor_surplus():
    balances = series({1: -1, 2: 0, 3: -1})
    (found,) = rows_of(streaks.longest_run(balances, "run", deficits=True))
    assert found["period"] == "1"
    assert rows_of(streaks.longest_run(balances, "run", deficits=False)) == []


def test_runs_of_surpluses():
    (found,) = rows_of(streaks.longest_run(series({1: 1, 2: 2, 3: -1, 4: 9}), "run", deficits=False))
    assert (found["period"], found["value_usd"]) == ("1:2", 3)


@pytest.mark.parametrize(
    ("balances", "expected"),
    [
        ({1: 5, 2: -5, 3: -16}, [("3", -11)]),
        ({1: 5, 2: 6}, []),
        ({1: 5, 3: -100, 4: -101}, [("4", -1)]),
        ({1: 5}, []),
    ],
)
def test_the_largest_fall_is_between_neighbours(balances: dict[int, int], expected: list[tuple[str, int]]):
    found = rows_of(streaks.widest_step(series(balances), "fall"))
    assert [(row["period"], row["value_usd"]) for row in found] == expected


def test_equal_falls_keep_the_first_and_note_the_tie():
    (found,) = rows_of(streaks.widest_step(series({1: 0, 2: -3, 3: -6}), "fall"))
    assert found["period"] == "2"
    assert found["note"].endswith(streaks.TIE)


@pytest.mark.parametrize(
    "measure",
    [
        lambda table: streaks.record_lows(table, "kind"),
        lambda table: streaks.highest(table, "kind"),
        lambda table: streaks.longest_run(table, "kind", deficits=True),
        lambda table: streaks.widest_step(table, "kind"),
    ],
)
def test_every_measure_has_the_same_columns_and_takes_an_empty_series(measure: Any):
    assert measure(series({1: 1, 2: -1})).columns == streaks.COLUMNS
    assert rows_of(measure(series({}))) == []
