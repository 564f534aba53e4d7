"""Intellectual property, revisions, verdicts: conduits marked, first prints kept, no statement lost."""

import pyarrow as pa
import pytest

from techbalance import charts
from techbalance.errors import NotCoveredError, SchemaError

BN = 10**9


def records(figure, field):
    return [row for rows in figure.spec["datasets"].values() for row in rows if field in row]


def test_ip_title_passes_over_conduits_and_says_so(ip_rows, credit):
    figure = charts.intellectual_property(ip_rows, year=2023, credit=credit)
    assert figure.title == (
        "The United States received $148.0bn for intellectual property in 2023, "
        "2.8 times as much as Japan, next apart from conduits"
    )
    assert "a diamond and a dashed line mark conduits" in figure.subtitle


def test_ip_marks_conduits_by_sign_and_word_with_the_reason(ip_rows, credit):
    figure = charts.intellectual_property(ip_rows, year=2023, credit=credit)
    marked = [row for row in records(figure, "conduit") if row["conduit"]]
    assert [row["name"] for row in marked] == ["Netherlands (conduit)"]
    assert "Marked as conduits: the Netherlands (receipts follow tax residence)." in figure.alt_text


def test_ip_without_conduits_says_nothing_of_them(ip_rows, credit):
    clean = ip_rows.filter(pa.compute.is_null(ip_rows["conduit"]))
    figure = charts.intellectual_property(clean, year=2023, credit=credit)
    assert figure.title.endswith("2.8 times as much as Japan")
    assert "conduit" not in figure.subtitle + figure.alt_text


def test_ip_missing_flow_has_no_dot_and_no_balance(ip_rows, credit):
    figure = charts.intellectual_property(ip_rows, year=2023, credit=credit)
    korea = next(row for row in records(figure, "payments") if row["full_name"] == "Korea, Rep.")
    assert (korea["payments"], korea["amount"], korea["payments_text"]) == (None, "–", "not covered")


def test_ip_rows_of_other_years_are_left_out(ip_rows, credit):
    both = ip_rows.append_column("year", pa.array([2023, 2023, 2022, 2023]))
    figure = charts.intellectual_property(both, year=2023, credit=credit)
    assert figure.table["country"].to_pylist() == ["USA", "NLD", "KOR"]


def test_ip_with_a_country_twice_is_refused(ip_rows, credit):
    with pytest.raises(SchemaError, match="one row per country"):
        charts.intellectual_property(pa.concat_tables([ip_rows, ip_rows]), year=2023, credit=credit)


def test_ip_of_a_year_without_receipts_is_not_covered(ip_rows, credit):
    dated = ip_rows.append_column("year", pa.array([2022] * 4))
    with pytest.raises(NotCoveredError, match=r"intellectual property chart.*in 2023"):
        charts.intellectual_property(dated, year=2023, credit=credit)


def test_revisions_are_differences_to_the_first_vintage(revision_rows, credit):
    figure = charts.revised_values(revision_rows, credit=credit, years=range(2006, 2026))
    assert [
        (row["year"], row["step"], round(row["revision_usd"] / BN, 1)) for row in figure.table.to_pylist()
    ] == [
        (2006, "first", 0.0),
        (2006, "latest", -5.4),
        (2023, "first", 0.0),
        (2023, "latest", 0.0),
        (2024, "first", 0.0),
        (2024, "later", 2.9),
        (2024, "latest", 4.5),
    ]


def test_revisions_title_states_the_largest_in_words(revision_rows, credit):
    figure = charts.revised_values(revision_rows, credit=credit)
    assert figure.title == "The deficit of 2006 was revised up by $5.4bn, from $38.3bn to $43.7bn"
    later = charts.revised_values(revision_rows, credit=credit, years=[2023, 2024])
    assert later.title == "The deficit of 2024 was revised down by $4.5bn, from $298.9bn to $294.4bn"


def test_revisions_text_keeps_the_unrevised_and_names_what_has_one_vintage(revision_rows, credit):
    said = charts.revised_values(revision_rows, credit=credit, years=range(2006, 2026)).alt_text
    assert "2023: −$217.7bn (August 2024), then −$217.7bn (October 2026), not revised." in said
    assert "One vintage only, not drawn: 2025." in said


def test_revisions_left_to_the_chart_are_those_that_happened(revision_rows, credit):
    figure = charts.revised_values(revision_rows, credit=credit)
    assert set(figure.table["year"].to_pylist()) == {2006, 2024}
    assert "1 year that was not revised left out" in figure.subtitle
    assert "Not revised, not drawn: 2023." in figure.alt_text


def test_revisions_that_never_happened_are_drawn_as_such(revision_rows, credit):
    steady = revision_rows.filter(pa.compute.equal(revision_rows["year"], 2023))
    assert charts.revised_values(steady, credit=credit).table["revision_usd"].to_pylist() == [0, 0]


def test_revisions_of_none_are_said_to_be_none(revision_rows, credit):
    figure = charts.revised_values(revision_rows, credit=credit, years=[2023])
    assert figure.title == "No balance of 2023 was revised"


def test_revisions_of_a_sign_or_a_flow_name_both_figures(credit):
    dates = pa.array(["2024-08", "2026-10"])
    sign = pa.table({"year": [2002, 2002], "vintage": dates, "balance_usd": [-(10**8), 4 * 10**7]})
    assert charts.revised_values(sign, credit=credit).title == (
        "The balance of 2002 was revised from −$100.0m to $40.0m"
    )
    flow = pa.table({"year": [2002, 2002], "vintage": dates, "imports_usd": [5 * BN, 6 * BN]})
    assert charts.revised_values(flow, credit=credit, field="imports_usd").title == (
        "The value of imports of 2002 was revised from $5.0bn to $6.0bn"
    )


def test_revisions_leave_part_years_out(revision_rows, credit):
    months = [12, 12, 12, 12, 11, 12, 12, 12]
    figure = charts.revised_values(revision_rows.append_column("months", pa.array(months)), credit=credit)
    assert [row["value_usd"] for row in figure.table.to_pylist() if row["year"] == 2024] == [
        -296 * BN,
        -2944 * BN // 10,
    ]


def test_revisions_need_two_vintages(revision_rows, credit):
    with pytest.raises(NotCoveredError, match=r"revisions chart.*no year has two vintages"):
        charts.revised_values(revision_rows, credit=credit, years=[2025])


def test_revisions_with_a_vintage_twice_are_refused(revision_rows, credit):
    with pytest.raises(SchemaError, match="one row per year and vintage"):
        charts.revised_values(pa.concat_tables([revision_rows, revision_rows]), credit=credit)


def test_verdicts_are_counted_and_every_statement_has_a_tile(verdict_rows, credit):
    figure = charts.verdict_tiles(verdict_rows, credit=credit)
    assert figure.title == (
        "1 of 12 statements is reproduced, 1 more on one vintage or definition only; 1 differs"
    )
    assert len(records(figure, "claim_id")) == 12
    heads = [row["text"] for row in records(figure, "text")]
    assert heads == [
        "Reproduced: 1",
        "True of one definition: 1",
        "Differs: 1",
        "Not covered by the record: 9",
    ]


def test_verdicts_stand_at_places_of_their_own(verdict_rows, credit):
    figure = charts.verdict_tiles(verdict_rows, credit=credit)
    places = [(row["column"], row["middle"]) for row in records(figure, "claim_id")]
    assert len(set(places)) == len(places)


def test_verdicts_text_lists_the_statements_of_each(verdict_rows, credit):
    said = charts.verdict_tiles(verdict_rows, credit=credit).alt_text
    assert "Differs, 1: INN02." in said


def test_verdicts_without_a_difference_say_none(credit):
    rows = pa.table({"claim_id": ["A", "B"], "verdict": ["reproduced", "reproduced"], "stated": [1.5, None]})
    figure = charts.verdict_tiles(rows, credit=credit, about="Statements of my article")
    assert figure.title == "2 of 2 statements are reproduced; none differ"
    assert figure.table["stated"].to_pylist() == ["1.5", None]
    assert figure.subtitle.startswith("Statements of my article")


def test_an_unknown_verdict_comes_last_under_its_own_name(credit):
    rows = pa.table({"claim_id": ["A", "B"], "verdict": ["pending", "differs"]})
    heads = [row["text"] for row in records(charts.verdict_tiles(rows, credit=credit), "text")]
    assert heads == ["Differs: 1", "Pending: 1"]


def test_verdicts_all_null_are_not_covered(credit):
    rows = pa.table({"claim_id": ["A"], "verdict": pa.array([None], pa.string())})
    with pytest.raises(NotCoveredError, match="verdicts chart"):
        charts.verdict_tiles(rows, credit=credit)
