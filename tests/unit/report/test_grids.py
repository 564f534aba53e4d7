"""Rows become tables for people: units, dashes, notes."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from techbalance.report.grids import Field, Form, grid, whole, write


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (-294_429_400_000, "bn", "\u2212294.4"),
        (38_911, "usd", "38,911"),
        (-35_367, "usd", "\u221235,367"),
        (0.33563, "percent", "33.6"),
        (1_194, "count", "1,194"),
        (2024, "code", "2024"),
        (dt.date(2026, 10, 31), "date", "2026-10-31"),
        (["CHN", "MEX"], "words", "CHN, MEX"),
        ([], "words", "\u2013"),
        (None, "bn", "\u2013"),
        ("Taiwan", "words", "Taiwan"),
    ],
)
def test_a_value_is_written_in_its_form(value: object, form: Form, expected: str) -> None:
    assert write(value, form) == expected


def test_equal_notes_share_a_footnote_and_mark_the_head_of_their_rows() -> None:
    rows: list[dict[str, object]] = [
        {"year": 2024, "balance_usd": 1_000_000_000, "note": None},
        {"year": 2025, "balance_usd": None, "note": "part_year"},
        {"year": 2026, "balance_usd": None, "note": "part_year"},
        {"year": 2027, "balance_usd": None, "note": "not_covered"},
    ]
    made = grid(rows, [Field("year", "Year", "code"), Field("balance_usd", "Balance, $bn", "bn")])
    assert made.rows == (
        ("2024", "1.0"),
        ("2025 [1]", "\u2013"),
        ("2026 [1]", "\u2013"),
        ("2027 [2]", "\u2013"),
    )
    assert made.footnotes == ("part_year", "not_covered")
    assert made.styles == ("short", "figure")


def test_heads_and_forms_come_from_names_and_types() -> None:
    rows = pa.table(
        {
            "year": pa.array([2024], pa.int16()),
            "partner_name": ["Taiwan"],
            "change_usd": [84_035_311_637],
            "contribution_ratio": [0.41],
            "rank": pa.array([1200], pa.int32()),
            "vintage": pa.array([dt.date(2026, 10, 31)], pa.date32()),
        }
    )
    made = whole(rows)
    assert made.heads == ("Year", "Partner", "Change, $bn", "Contribution, %", "Rank", "Vintage")
    assert made.rows == (("2024", "Taiwan", "84.0", "41.0", "1,200", "2026-10-31"),)
    assert made.styles == ("short", "", "figure", "figure", "figure", "short")
    assert whole(rows, ["change_usd"]).rows == (("84.0",),)
