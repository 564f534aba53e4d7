"""Countries side by side: years, definitions that are never spliced, and what has no figure."""

import datetime as dt

import pytest

from techbalance.cli.main import run
from techbalance.errors import NotCoveredError, ParameterError, UnknownCodeError

INDUSTRIES = (
    "chemicals_va_usd",
    "pharmaceuticals_va_usd",
    "weapons_va_usd",
    "electronics_va_usd",
    "electrical_va_usd",
    "machinery_va_usd",
    "vehicles_va_usd",
    "transport_va_usd",
    "aerospace_va_usd",
    "medical_va_usd",
)


def by_key(answer):
    return {(row["country"], row["year"]): row for row in answer.rows()}


def test_years_asked_for_are_rows_of_every_country(tb):
    rows = by_key(tb.compare(countries="USA,JPN", from_=2010, to=2020))
    assert list(rows) == [("USA", 2010), ("USA", 2020), ("JPN", 2010), ("JPN", 2020)]
    every = by_key(tb.compare(countries="JPN", from_=2010, to=2020, every_year=True))
    assert [year for _, year in every] == list(range(2010, 2021))


def test_figures_are_those_of_the_questions_they_come_from(tb):
    row = by_key(tb.compare(countries="DEU", to=2023))["DEU", 2023]
    ip = tb.ip(country="DEU", year=2023).rows()[0]
    assert (row["ip_receipts_usd"], row["ip_payments_usd"], row["ip_balance_usd"]) == (
        ip["receipts_usd"],
        ip["payments_usd"],
        ip["balance_usd"],
    )
    assert row["merch_balance_usd"] == row["merch_exports_usd"] - row["merch_imports_usd"]
    assert 0.02 < row["rd_ratio"] < 0.05


def test_without_years_the_newest_of_each_figure_is_read_and_named(tb):
    row = tb.compare(countries="USA").rows()[0]
    assert row["year"] is None
    assert row["patents"] == 262_244
    assert "2021: patents" in row["note"]
    assert "2025: ip receipts, ip payments" in row["note"]


def test_a_balance_is_of_one_year_or_none(tb):
    charges = tb.ip(country="USA,JPN,KOR,DEU,CHN,IND,BRA").rows()
    rows = {row["country"]: row for row in tb.compare(countries="USA,JPN,KOR,DEU,CHN,IND,BRA").rows()}
    for one in charges:
        both = rows[one["country"]]
        if both["ip_balance_usd"] is not None:
            assert both["ip_balance_usd"] == both["ip_receipts_usd"] - both["ip_payments_usd"]


def test_two_definitions_of_high_technology_are_never_one_series(tb):
    newest = by_key(tb.compare(countries="CHN", from_=2006, to=2007, every_year=True))
    assert newest["CHN", 2006]["hightech_exports_usd"] is None
    assert newest["CHN", 2007]["hightech_exports_usd"] is not None
    older = tb.compare(countries="CHN", from_=2006, to=2010, as_of="2019-01")
    rows = by_key(older)
    assert rows["CHN", 2006]["hightech_exports_usd"] == pytest.approx(273.1e9, abs=5e7)
    assert rows["CHN", 2010]["hightech_exports_usd"] != newest["CHN", 2007]["hightech_exports_usd"]
    assert any("SITC-based" in note for note in older.notes)
    # The vintage of December 2025 repeats the older definition; what was known before it stays in use.
    late = tb.compare(countries="CHN", to=2016, as_of="2026-01")
    assert any("present definition" in note for note in late.notes)
    assert by_key(late)["CHN", 2016]["hightech_exports_usd"] == pytest.approx(594.6e9, abs=5e7)


def test_high_technology_is_never_called_atp(tb):
    answer = tb.compare(countries="USA,CHN")
    assert not any("atp" in name for name in answer.arrow.column_names)
    assert any("not the ATP list" in note for note in answer.notes)


def test_industries_come_from_the_users_file_and_are_named_as_missing_without_it(tb, with_data):
    row = by_key(with_data.compare(countries="KOR", to=2020, industries=True))["KOR", 2020]
    assert row["manufacturing_va_usd"] == 407_607_000_000
    assert row["electronics_va_usd"] == 118_502_000_000
    assert sum(row[name] for name in INDUSTRIES) < row["manufacturing_va_usd"]
    without = tb.compare(countries="KOR", to=2020, industries=True)
    assert without.rows()[0]["electronics_va_usd"] is None
    assert "not_covered: manufacturing va, chemicals va" in without.rows()[0]["note"]
    assert any("ncses_kti_long.csv.gz" in note for note in without.notes)


def test_the_older_edition_answers_for_countries_the_newer_lacks(with_data):
    row = by_key(with_data.compare(countries="TWN", to=2019, industries=True))["TWN", 2019]
    assert row["electronics_va_usd"] == 88_970_000_000
    assert "edition of 2022" in row["note"]


def test_a_country_nobody_reports_has_nulls_and_the_question_is_not_answered(tb):
    answer = tb.compare(countries="TWN", to=2019)
    assert not answer.answered
    assert answer.exit_code == NotCoveredError.exit_code
    assert answer.rows()[0]["note"].startswith("not_covered")


def test_trace_leads_to_exactly_the_figures_shown(tb):
    answer = tb.compare(countries="USA", from_=2010, to=2012)
    stored = sum(tb.store.count(part.rows) for part in answer.lineage)
    shown = [
        name for name in answer.arrow.column_names if name not in ("ip_balance_usd", "merch_balance_usd")
    ]
    figures = [row[name] for row in answer.rows() for name in shown if isinstance(row[name], (int, float))]
    assert stored == len(figures) - len(answer.rows())  # the year is a number as well
    assert {row["vintage"] for row in answer.rows()} == {dt.date(2026, 7, 1)}


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"countries": "USA", "from": 2010}, ParameterError, "from needs to"),
        ({"countries": "USA", "from": 2012, "to": 2010}, ParameterError, "after"),
        ({"countries": "USA", "every_year": True}, ParameterError, "both ends"),
        ({"countries": "USA", "to": "2010:2012"}, ParameterError, "one year"),
        ({"countries": "Germny"}, UnknownCodeError, "Germany"),
        ({}, ParameterError, "countries is needed"),
    ],
)
def test_what_cannot_be_compared_is_refused(tb, given, error, said):
    with pytest.raises(error, match=said):
        tb.compare(**given).rows()


def test_a_terminal_shows_countries_beside_each_other(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path))
    monkeypatch.delenv("TECHBALANCE_DATA", raising=False)
    assert run(["compare", "USA,JPN,KOR", "--to", "2020"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["USA", "2020", "JPN", "2020", "KOR", "2020"]
    assert any(line.startswith("rd ratio") for line in lines)
    assert max(map(len, lines)) <= 100
