"""Revisions: every vintage, size and sign, what touched statements; and what a release changed."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import techbalance
from techbalance import record
from techbalance.errors import ParameterError
from techbalance.questions.parameters.vintages import Periods
from techbalance.questions.revisions import moved
from techbalance.questions.verdicts import Verdicts


def with_headline(home: Path, *rows: dict[str, Any]) -> techbalance.api.TechBalance:
    """A store with figures of the user's own; what is left out is that of a printed ATP year."""
    schema = pq.read_schema(record.path("headline"))
    usual = {
        "series": "atp",
        "partner": "WORLD",
        "group": "all",
        "seasonal": "nsa",
        "freq": "year",
        "months": 12,
        "printed_unit_usd": 100_000,
        "print_kind": "current series",
        "confidence": "high",
        "source_id": "own",
    }
    full = [usual | {"period": str(row["year"]), "month": None} | row for row in rows]
    folder = home / "tables" / "headline"
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(full, schema=schema), folder / "own.parquet")
    return techbalance.open(home)


def pair(year: int, day: dt.date, exports: int, imports: int, **more: Any) -> list[dict[str, Any]]:
    both = (("export", exports), ("import", imports))
    return [{"year": year, "vintage": day, "flow": flow, "value_usd": value} | more for flow, value in both]


def test_the_first_print_of_2024_and_its_revision_are_those_of_the_worked_example(asked: Any):
    first, latest = asked("revisions", series="atp", period=2024).rows()
    assert (first["print"], first["value_usd"]) == ("first print", -298_948_300_000)
    assert first["revision_usd"] is first["moved"] is None
    assert (latest["print"], latest["value_usd"]) == ("latest", -294_429_400_000)
    assert latest["revision_usd"] == latest["from_first_usd"] == 4_518_900_000
    assert latest["moved"] == "smaller deficit"
    assert latest["mean_absolute_revision_usd"] == 4_518_900_000


def test_every_vintage_is_a_row_and_years_never_revised_are_named(asked: Any):
    answer = asked("revisions", series="atp")
    rows = [row for row in answer.rows() if row["period"] == "2022"]
    assert [row["vintage"].isoformat() for row in rows] == ["2023-03-31", "2024-08-31", "2026-10-31"]
    assert [row["print"] for row in rows] == ["first held", "later", "latest"]
    assert rows[-1]["from_first_usd"] == sum(row["revision_usd"] for row in rows[1:])
    assert not any(row["period"] == "1995" for row in answer.rows())
    assert any(note.startswith("Not revised at any vintage held") for note in answer.notes)


def test_a_period_of_one_vintage_is_shown_when_it_is_named(asked: Any):
    (row,) = asked("revisions", series="atp", period=2025).rows()
    assert row["print"] == "only"
    assert row["note"].startswith("one_observation")
    assert row["revision_usd"] is row["mean_absolute_revision_usd"] is None


def test_months_are_revised_too_and_only_those_asked_for(asked: Any):
    rows = asked("revisions", series="atp", period="2024-01:2024-02", flow="export").rows()
    assert {row["period"] for row in rows} == {"2024-01", "2024-02"}
    latest = [row["from_first_usd"] for row in rows if row["print"] == "latest"]
    assert rows[0]["mean_absolute_revision_usd"] == round(sum(map(abs, latest)) / 2)


def test_a_period_that_is_not_held_says_so(asked: Any):
    answer = asked("revisions", series="atp", period=2030)
    assert answer.rows()[0]["note"].startswith("not_covered")
    assert answer.exit_code == 5


def test_a_revision_within_printed_rounding_says_so(asked: Any):
    rows = asked("revisions", series="goods_census", period=2004).rows()
    assert "printed rounding" in rows[1]["note"]
    rows = asked("revisions", series="goods_census", period=2007).rows()
    assert rows[1]["note"] is None


def test_a_statement_that_a_vintage_unmade_is_named_beside_it(tmp_path: Path):
    tb = with_headline(
        tmp_path,
        *pair(2024, dt.date(2025, 9, 30), 463_000_000_000, 760_000_000_000),
        *pair(1996, dt.date(2026, 1, 1), 5, 4),
    )
    rows = {row["vintage"]: row for row in tb.revisions(series="atp", period=2024).rows()}
    assert "INN02: differs, then reproduced" in rows[dt.date(2025, 9, 30)]["verdicts"]
    assert "INN02: reproduced, then reproduced-on-vintage" in rows[dt.date(2026, 10, 31)]["verdicts"]
    exports = tb.revisions(series="atp", period=2024, flow="export").rows()
    assert not any("INN02" in (row["verdicts"] or "") for row in exports)


def test_verdicts_are_those_of_claims_check_on_that_day(asked: Any, tb: Any):
    verdicts = Verdicts(tb.store)
    day = dt.date(2024, 8, 31)
    checked = {row["claim_id"]: row["verdict"] for row in asked("claims_check", as_of=day.isoformat()).rows()}
    for file, claim in verdicts.statements:
        assert verdicts.on(file, claim, day).verdict == checked[claim.id]


@pytest.mark.parametrize(
    ("before", "after", "flow", "words"),
    [
        (-2, -3, "balance", "larger deficit"),
        (3, 2, "balance", "smaller surplus"),
        (-1, 1, "balance", "surplus instead of deficit"),
        (1, 0, "balance", "balance of zero instead of surplus"),
        (2, 2, "balance", "same"),
        (2, 1, "import", "down"),
    ],
)
def test_what_a_revision_did_is_said_in_words(before: int, after: int, flow: str, words: str):
    assert moved(before, after, flow) == words


@pytest.mark.parametrize("text", ["2024", "2002:2007", "2024-07", "2023-12:2024-02"])
def test_periods_have_one_text_form(text: str):
    assert str(Periods.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["24", "2024-13", "2024:2023", "2024:2024-03", "2024-1", "", "2024-03:2024-01"]
)
def test_a_period_that_is_none_is_refused(text: str):
    with pytest.raises(ParameterError):
        Periods.parse(text)


def test_months_of_a_span_cross_the_year():
    assert Periods.parse("2023-12:2024-02").texts() == ["2023-12", "2024-01", "2024-02"]


def test_a_chart_is_drawn_of_years_and_not_of_months(asked: Any):
    from techbalance.questions.drawing import figure_of

    assert "$5.4bn" in figure_of(asked("revisions", series="atp")).title
    with pytest.raises(ParameterError):
        figure_of(asked("revisions", series="atp", period="2024-01:2024-02", flow="export"))


def test_a_release_shows_months_revisions_records_and_verdicts(asked: Any):
    answer = asked("release")
    by_section: dict[str, list[dict[str, Any]]] = {}
    for row in answer.rows():
        by_section.setdefault(row["section"], []).append(row)
    assert by_section["new month"][0]["period"] == "2026-07"
    (revision,) = [row for row in by_section["revision"] if (row["series"], row["period"]) == ("atp", "2024")]
    assert revision["revision_usd"] == 4_518_900_000
    assert revision["was_vintage"] == dt.date(2025, 4, 30)
    (broken,) = [row for row in by_section["record"] if row["what"] == "record deficit, year"]
    assert (broken["was"], broken["now"]) == ("2024", "2025")
    assert {row["what"] for row in by_section["claim"]} >= {"INN04", "INN07"}
    assert all(len([r for r in rows if r["series"] == "atp"]) <= 10 for rows in by_section.values())


def test_nothing_new_between_two_days_says_so(asked: Any):
    (row,) = asked("release", since="2025-05", as_of="2025-06").rows()
    assert row["note"].startswith("no_change")


def test_days_out_of_order_are_refused(tb: Any):
    with pytest.raises(ParameterError):
        tb.release(since="2025-06", as_of="2025-05")
