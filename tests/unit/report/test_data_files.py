"""Data leave the page with exact integers."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io

import pyarrow as pa

from techbalance.report.data_files import as_csv, as_link

ROWS = pa.table(
    {
        "name": ["Pts, \u201cADP\u201d", None],
        "value_usd": pa.array([9_007_199_254_740_993, None], pa.int64()),
        "vintage": pa.array([dt.date(2026, 10, 31), None], pa.date32()),
        "passed": pa.array([["China", "Mexico"], []], pa.list_(pa.string())),
    }
)


def test_integers_dates_lists_and_nulls_are_written_as_they_are() -> None:
    head, first, second = csv.reader(io.StringIO(as_csv(ROWS)))
    assert head == ["name", "value_usd", "vintage", "passed"]
    # One more than a float can hold: a detour through floating point would show.
    assert first == ["Pts, \u201cADP\u201d", "9007199254740993", "2026-10-31", "China; Mexico"]
    assert second == ["", "", "", ""]


def test_an_address_holds_the_whole_text() -> None:
    text = as_csv(ROWS)
    head, _, coded = as_link(text).partition(",")
    assert head == "data:text/csv;charset=utf-8;base64"
    assert base64.b64decode(coded).decode("utf-8") == text
