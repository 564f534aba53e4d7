"""Sections compute what they say from answers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from techbalance import record as bundled
from techbalance.api import TechBalance
from techbalance.charts.monthly import with_calendar
from techbalance.errors import NotCoveredError
from techbalance.report.detail import product_years
from techbalance.report.inquiry import Inquiry
from techbalance.report.sections import (
    balance,
    denominators,
    intellectual_property,
    key_figures,
    reconciliation,
    revisions,
)
from techbalance.report.trail import trail_of
from techbalance.store.catalogue import Store


@pytest.fixture(scope="module")
def inquiry(tb: TechBalance) -> Inquiry:
    return Inquiry(tb.store)


def record(kind: str, period: str, usd: int, broken: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "period": period, "value_usd": usd, "superseded_by": broken}


def test_turning_points_are_read_off_the_records() -> None:
    said = balance.turning_points(
        [
            record("record deficit, year", "2003", -3_000_000_000, "2004"),
            record("largest surplus, year", "2001", 5_000_000_000),
            record("longest run of surpluses, years", "2000:2001", 9_000_000_000),
            record("longest run of deficits, years", "2002:2004", -8_000_000_000),
            record("largest fall of the balance, year", "2002", -6_000_000_000),
            record("record deficit, month", "2004-11", -700_000_000),
        ]
    )
    assert "in every year from 2000 to 2001; the surplus was largest in 2001, at $5.0bn" in said
    assert "from 2002 to 2004: 3 years that add up to $8.0bn" in said
    assert "fell most in 2002: by $6.0bn" in said
    assert "single month is $700.0m, in November 2004" in said
    assert balance.turning_points([]) == ""


def test_months_are_taken_apart_and_rows_without_one_dropped() -> None:
    rows = pa.table({"month": ["2024-07", None], "balance_usd": [-1, None]})
    assert with_calendar(rows).to_pylist() == [{"balance_usd": -1, "year": 2024, "month": 7}]


def test_the_newest_year_is_one_every_denominator_has(inquiry: Inquiry) -> None:
    answers = denominators.ratios(inquiry)
    year, rows = denominators.newest(answers)
    assert [row["denominator"] for row in rows] == list(denominators.DENOMINATORS)
    for answer, row in zip(answers, rows, strict=True):
        given = [one for one in answer.rows() if one["year"] == year]
        assert row["deficit_ratio"] == given[0]["deficit_ratio"] is not None
        assert row["deficit_ratio"] == pytest.approx(row["balance_usd"] / row["denominator_usd"], rel=1e-12)


def test_prints_of_a_year_are_the_answers_of_their_vintages(inquiry: Inquiry) -> None:
    rows = revisions.prints(inquiry)
    of_2024 = [row for row in rows.to_pylist() if row["year"] == 2024]
    assert [(row["vintage"], row["balance_usd"]) for row in of_2024] == [
        (dt.date(2025, 4, 30), -298_948_300_000),
        (dt.date(2026, 10, 31), -294_429_400_000),
    ]
    keys = [(row["year"], row["vintage"]) for row in rows.to_pylist()]
    assert keys == sorted(set(keys))
    for row in of_2024:
        (asked,) = inquiry.ask("balance", year=2024, as_of=row["vintage"]).rows()
        assert asked["balance_usd"] == row["balance_usd"]


def test_the_year_of_intellectual_property_is_one_all_the_largest_have_reported(inquiry: Inquiry) -> None:
    year = intellectual_property.common_year(inquiry)
    rows = inquiry.ask("ip", year=year).rows()
    held = {row["country"] for row in rows if row["balance_usd"] is not None}
    newest = sorted(inquiry.ask("ip").rows(), key=lambda row: -(row["receipts_usd"] or 0))[:15]
    assert {row["country"] for row in newest} <= held


def test_key_figures_are_the_answers_of_the_questions_they_name(inquiry: Inquiry) -> None:
    figures = key_figures.key_figures(inquiry)
    year, record_year, so_far, ratio, ideas = figures
    newest = inquiry.ask("balance", year=(2024, 2025)).rows()[-1]
    assert (year.name, year.exact) == ("Deficit in 2025", newest["balance_usd"])
    assert year.value == "$414.7bn"
    assert (record_year.value, record_year.exact) == ("2025", newest["balance_usd"])
    assert so_far.name == "Deficit in January to July 2026"
    months = inquiry.ask("balance", by="month", year=2026).rows()
    assert so_far.exact == sum(row["balance_usd"] for row in months if row["balance_usd"] is not None)
    assert "Not a full year" in so_far.says
    (goods,) = inquiry.ask("balance", series="goods_census", year=2025).rows()
    assert ratio.exact == pytest.approx(newest["balance_usd"] / goods["balance_usd"], rel=1e-12)
    assert ideas.exact == 137_505_000_000
    assert all(figure.trail.source_ids and figure.trail.steps for figure in figures)


def test_no_year_under_way_gives_no_year_to_date() -> None:
    class Full:
        def ask(self, name: str, **given: Any) -> Any:
            return self

        def rows(self) -> list[dict[str, Any]]:
            return [
                {"year": 2024, "balance_usd": -1, "months": 12},
                {"year": 2025, "balance_usd": None, "months": None},
            ]

    assert key_figures.year_to_date(Full()) is None  # type: ignore[arg-type]


def test_a_reader_who_holds_later_months_reads_of_the_later_year(tmp_path: Path) -> None:
    months = pq.read_table(bundled.path("headline")).to_pylist()
    so_far = [row for row in months if row["series"] == "atp" and row["year"] == 2026 and row["month"]]
    pattern = {row["flow"]: row for row in so_far if row["month"] == 7}
    own = [row | {"vintage": dt.date(2027, 2, 28)} for row in so_far]
    own += [
        row | {"month": month, "period": f"2026-{month:02d}", "vintage": dt.date(2027, 2, 28)}
        for month in range(8, 13)
        for row in pattern.values()
    ]
    folder = tmp_path / "tables" / "headline"
    folder.mkdir(parents=True)
    pq.write_table(
        pa.Table.from_pylist(own, pq.read_schema(bundled.path("headline"))), folder / "own.parquet"
    )
    inquiry = Inquiry(Store(tmp_path))
    usd = sum((1 if row["flow"] == "export" else -1) * row["value_usd"] for row in own)
    assert key_figures.headline(inquiry) == (
        f"A deficit of ${-usd / 1e9:.1f}bn in advanced technology: US trade in 2026"
    )
    assert key_figures.year_to_date(inquiry) is None


def test_the_reconciliation_shows_every_part_to_the_dollar(inquiry: Inquiry) -> None:
    section = reconciliation.section(inquiry)
    (table,) = section.blocks
    rows = inquiry.ask("reconcile", flow="import").rows()
    cells = {line[0]: line[1:] for line in table.grid.rows}  # type: ignore[union-attr]
    assert cells["Residual: rebuilt less published"] == tuple(
        f"{row['residual_usd']:,}".replace("-", "\u2212") for row in rows
    )
    assert cells["Rebuilt total"] == tuple(f"{row['rebuilt_usd']:,}" for row in rows)
    assert "to within $38,911" in table.heading.title  # type: ignore[union-attr]


def test_two_years_of_detail_are_needed(inquiry: Inquiry) -> None:
    assert product_years(inquiry) == (2024, 2025)

    class One:
        def ask(self, name: str, **given: Any) -> Any:
            return self

        def rows(self) -> list[dict[str, Any]]:
            return [{"year": 2023, "rebuilt_usd": 1}, {"year": 2025, "rebuilt_usd": 1}]

    with pytest.raises(NotCoveredError, match="held: 2023, 2025"):
        product_years(One())  # type: ignore[arg-type]


def test_a_question_is_asked_once(inquiry: Inquiry) -> None:
    assert inquiry.ask("balance", year="2024") is inquiry.ask("balance", year=2024)


@pytest.mark.parametrize("given", [{"year": 2024}, {"by": "month", "year": 2024}])
def test_a_trail_names_the_sources_of_the_question_asked_in_full(
    tb: TechBalance, inquiry: Inquiry, given: dict[str, Any]
) -> None:
    answer = inquiry.ask("balance", **given)
    trail = trail_of(inquiry, [answer], "a basis")
    assert trail.source_ids == tb.balance(**given).source_ids == ("census-country-2026-10",)
    assert trail.publisher == "US Census Bureau"
    assert trail.vintage == "vintage October 2026"
    assert trail.steps[0].command == answer.command
    assert trail.steps[0].reference == answer.reference


def test_a_publisher_named_with_another_is_not_named_twice(inquiry: Inquiry) -> None:
    trail = trail_of(inquiry, denominators.ratios(inquiry), "a ratio")
    assert trail.publisher.count("Census") == 1
