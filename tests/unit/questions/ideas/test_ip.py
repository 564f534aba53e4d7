"""Charges for ideas: rank, shares, another country, conduits, and every vintage beside what was quoted."""

import datetime as dt
from itertools import pairwise

import pytest

from techbalance.classifications.conduits import CONDUITS
from techbalance.errors import ParameterError, UnknownCodeError

DAY = dt.date(2026, 7, 1)
# The publisher's world adds the countries it holds, each rounded to a dollar here.
DOLLARS_PER_COUNTRY = 0.5


def one(answer, **keys):
    rows = [row for row in answer.rows() if all(row[name] == value for name, value in keys.items())]
    assert len(rows) == 1
    return rows[0]


def test_the_figures_of_the_article_in_the_newest_vintage(tb):
    answer = tb.ip(country="USA,DEU,CHN", year=2023)
    assert one(answer, country="DEU")["receipts_usd"] == pytest.approx(48.05e9, abs=5e6)
    assert one(answer, country="USA")["receipts_usd"] == pytest.approx(148.2e9, abs=5e7)
    assert one(answer, country="CHN")["balance_usd"] == pytest.approx(-31.8e9, abs=5e7)
    assert {row["vintage"] for row in answer.rows()} == {DAY}


def test_shares_rank_and_ratio_do_not_depend_on_which_countries_are_shown(tb):
    alone = one(tb.ip(country="DEU", year=2023, shares=True), country="DEU")
    among = one(tb.ip(year=2023, shares=True), country="DEU")
    assert alone == among
    assert alone["receipts_rank"] == 4


def test_shares_of_all_countries_add_to_one_and_ranks_count_up(tb):
    rows = [row for row in tb.ip(year=2023, shares=True).rows() if row["receipts_usd"] is not None]
    assert sum(row["receipts_share"] for row in rows) == pytest.approx(1, abs=1e-9)
    ordered = sorted(rows, key=lambda row: -row["receipts_usd"])
    positive = [row for row in ordered if row["receipts_usd"] > 0]
    assert [row["receipts_rank"] for row in positive[:50]] == list(range(1, 51))


def test_without_conduits_the_others_are_the_world(tb):
    rows = tb.ip(year=2023, shares=True, without_conduits=True).rows()
    assert not {row["country"] for row in rows} & set(CONDUITS)
    assert sum(row["receipts_share"] or 0 for row in rows) == pytest.approx(1, abs=1e-9)
    germany = one(tb.ip(country="DEU", year=2023, shares=True, without_conduits=True), country="DEU")
    assert germany["receipts_rank"] == 3
    assert germany["receipts_share"] > 48e9 / 514e9
    assert "without conduits" in germany["note"]


def test_the_world_of_an_early_vintage_is_the_sum_of_its_countries(tb):
    answer = tb.ip(country="USA", year=2014, shares=True, as_of="2018-12")
    row = one(answer, country="USA")
    everyone = tb.ip(year=2014, as_of="2018-12").rows()
    total = sum(other["receipts_usd"] or 0 for other in everyone)
    assert row["receipts_share"] == pytest.approx(row["receipts_usd"] / total)
    assert row["world_vintage"] == dt.date(2018, 8, 1)
    assert "countries held" in row["note"]


def test_the_united_states_receive_three_times_as_much_as_germany(tb):
    answer = tb.ip(country="USA,CHN", year=2023, against="Germany")
    assert one(answer, country="USA")["receipts_ratio"] == pytest.approx(148_205 / 48_045.449714, rel=1e-9)
    assert one(answer, country="CHN")["against"] == "DEU"


def test_a_country_that_is_not_held_divides_nothing(tb):
    with pytest.raises(UnknownCodeError, match="TWN"):
        tb.ip(country="USA", year=2023, against="Taiwan").rows()


def test_every_vintage_is_a_row_and_a_revision_is_the_difference_to_the_one_before(tb):
    rows = tb.ip(country="DEU", year=2023, vintages=True).rows()
    assert [row["vintage"] for row in rows] == sorted(row["vintage"] for row in rows)
    assert len(rows) == 4
    assert rows[0]["receipts_revision_usd"] is None
    for before, after in pairwise(rows):
        assert after["receipts_revision_usd"] == after["receipts_usd"] - before["receipts_usd"]
    assert rows[-1]["receipts_revision_usd"] == 48_045_449_714 - 48_110_047_045


@pytest.mark.parametrize(
    ("claim", "quoted", "figure"),
    [
        ("INN04", 134, ("USA", "receipts_usd", 148.205)),
        ("INN07", -41, ("CHN", "balance_usd", -31.814923154)),
    ],
)
def test_no_vintage_gives_the_figures_the_article_quotes(tb, claim, quoted, figure):
    country, field, found = figure
    answer = tb.ip(country=country, year=2023, vintages=True)
    rows = answer.rows()
    assert {row["claim_id"] for row in rows} == {claim}
    assert {row["quoted_usd"] for row in rows} == {quoted * 10**9}
    assert {row[field] for row in rows} == {round(found * 10**9)}
    assert all(row["quoted_gap_usd"] == row[field] - row["quoted_usd"] for row in rows)
    assert "2025-12-17" in " ".join(answer.notes)


def test_the_statements_differ_and_say_which_vintages_were_searched(tb):
    rows = {row["claim_id"]: row for row in tb.claims_check(what="INN04,INN07").rows()}
    for claim in ("INN04", "INN07"):
        assert rows[claim]["verdict"] == "differs"
        assert "December 2025" in rows[claim]["reason"] or "2025-12-17" in rows[claim]["reason"]


def test_a_country_that_is_not_held_has_a_row_in_every_year_asked_for(tb):
    rows = tb.ip(country="TWN", year="2022:2023", vintages=True).rows()
    assert [row["year"] for row in rows] == [2022, 2023]
    assert {row["note"] for row in rows} == {"not_covered: neither side is held"}


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"vintages": True}, ParameterError, "needs countries"),
        ({"vintages": True, "country": "USA", "shares": True}, ParameterError, "shares"),
        ({"vintages": True, "country": "USA", "top": 2}, ParameterError, "top"),
        ({"country": "IRL,BMU", "without_conduits": True}, ParameterError, "Ireland and Bermuda"),
        ({"country": "USA", "against": "DEU,FRA"}, UnknownCodeError, "one country"),
        ({"country": "USA", "against": "Germny"}, UnknownCodeError, "Germany"),
    ],
)
def test_what_does_not_go_together_is_refused(tb, given, error, said):
    with pytest.raises(error, match=said):
        tb.ip(**given).rows()


def test_trace_leads_to_the_world_and_to_the_other_country(tb):
    traced = tb.trace(what="ip?country=USA&year=2023&shares=true&against=DEU").rows()
    formulas = {row["what"] for row in traced if row["step"] == "formula"}
    assert {"share = value / value of the world", "ratio = receipts / receipts of DEU"} <= formulas
    assert any(row["step"] == "row" and row["what"].startswith("WLD") for row in traced)
