"""Verdicts that depend on time: as of a day, records, and tests of interpretations."""

import datetime as dt

import pytest

from techbalance.claims.figures import Evidence, LaterRecord, Outcome, Route
from techbalance.claims.judge import judge
from techbalance.claims.load import load_claims

BN = 1_000_000_000
OLD, MID, NEW = "2024-08-31", "2025-04-30", "2026-10-31"
HITECH = Route("census_hitech", 2013, None, verified=True)
MARCH_2008, END_2025 = dt.date(2008, 3, 31), dt.date(2025, 12, 31)


def levels(figure, *pairs):
    """One dollar figure per (billions, vintage); the last is the newest."""
    return tuple(
        figure(round(value * BN), "usd", day, newest=number == len(pairs) - 1)
        for number, (value, day) in enumerate(pairs)
    )


# --- as of -------------------------------------------------------------------------------------------------


def test_as_of_sees_nothing_later(statement, figure):
    evidence = Evidence(levels(figure, (-298.9482, MID), (-294.4294, NEW)))
    found = judge(statement("level", "-299"), evidence, END_2025, published=END_2025)
    assert (found.verdict, found.vintage) == ("reproduced", dt.date(2025, 4, 30))
    assert "newest vintage, 2025-04-30" in found.reason


def test_as_of_before_every_vintage_names_no_route(statement, figure):
    evidence = Evidence(levels(figure, (-294.4294, NEW)), (HITECH,))
    found = judge(statement("level", "-294"), evidence, dt.date(2020, 1, 1), published=None)
    assert (found.verdict, found.vintage) == ("not-covered", None)
    assert found.reason == "No vintage up to 2020-01-01 is stored for 2024; later ones are."


def test_as_of_also_holds_for_the_denominator(statement, figure):
    figures = (
        figure(0.0354, "ratio", OLD, basis="goods_census", basis_vintage=dt.date(2026, 10, 31)),
        figure(0.0353, "ratio", OLD, basis="goods_bop", basis_vintage=dt.date(2024, 8, 31)),
    )
    found = judge(
        statement("deficit_ratio", "4", comparator="<"), Evidence(figures), END_2025, published=None
    )
    assert found.basis == "goods_bop"


def test_as_of_hides_a_later_record(statement, figure):
    later = (LaterRecord(2010, -80.9424 * BN, "usd", dt.date(2024, 8, 31)),)
    evidence = Evidence((figure(2007, "year", "2010-02-28"),), later=later)
    claim = statement("record", "2007")
    assert judge(claim, evidence, dt.date(2010, 6, 30), published=MARCH_2008).superseded_by == ""
    assert judge(claim, evidence, published=MARCH_2008).superseded_by == "2010 (−$80.9bn, vintage 2024-08-31)"


# --- records -----------------------------------------------------------------------------------------------


def record_2024(statement):
    return statement("record", "2024", filters={"from": 1989, "to": 2024, "extreme": "lowest"})


LATER_2025 = LaterRecord(2025, -414_715_000_000, "usd", dt.date(2026, 10, 31))


def test_a_record_is_judged_as_of_the_article_and_superseded_later(statement, figure):
    figures = (figure(2024, "year", MID), figure(2024, "year", NEW, newest=True))
    found = judge(record_2024(statement), Evidence(figures, later=(LATER_2025,)), published=END_2025)
    assert (found.verdict, found.comparison, found.vintage) == ("reproduced", "exact", dt.date(2025, 4, 30))
    assert found.superseded_by == "2025 (−$414.7bn, vintage 2026-10-31)"
    assert "vintage of the article's time, 2025-04-30" in found.reason


def test_a_record_without_a_vintage_of_its_time_uses_the_newest(statement, figure):
    figures = (figure(2007, "year", "2017-01-31"), figure(2007, "year", OLD, newest=True))
    found = judge(statement("record", "2007"), Evidence(figures), published=MARCH_2008)
    assert (found.verdict, found.vintage) == ("reproduced", dt.date(2024, 8, 31))
    assert "no vintage up to 2008-03-31, its own time, is stored" in found.reason


def test_a_record_that_a_revision_unmade(statement, figure):
    figures = (figure(2024, "year", MID), figure(2022, "year", NEW, newest=True))
    found = judge(record_2024(statement), Evidence(figures), published=END_2025)
    assert (found.verdict, found.vintage) == ("reproduced-on-vintage", dt.date(2025, 4, 30))


def test_a_record_that_a_revision_made(statement, figure):
    figures = (figure(2022, "year", MID), figure(2024, "year", NEW, newest=True))
    found = judge(record_2024(statement), Evidence(figures), published=END_2025)
    assert (found.verdict, found.vintage) == ("reproduced", dt.date(2026, 10, 31))
    assert "other vintages differ: 2022 (2025-04-30)" in found.reason


def test_a_false_record_is_not_superseded(statement, figure):
    found = judge(
        record_2024(statement), Evidence((figure(2022, "year", NEW),), later=(LATER_2025,)), published=None
    )
    assert (found.verdict, found.superseded_by) == ("differs", "")


def test_the_first_later_year_is_the_one_that_broke_the_record(statement, figure):
    later = (LATER_2025, LaterRecord(2010, -80_942_400_000, "usd", dt.date(2024, 8, 31)))
    found = judge(statement("record", "2007"), Evidence((figure(2007, "year"),), later=later), published=None)
    assert found.superseded_by.startswith("2010 ")


def test_an_equalled_record_belongs_to_the_first_year(statement, figure):
    tied = Evidence((figure(2005, "year", ties=(2007,)),))
    second = judge(statement("record", "2007"), tied, published=None)
    first = judge(statement("record", "2005"), tied, published=None)
    assert (second.verdict, first.verdict) == ("differs", "reproduced")
    for found in (first, second):
        assert "2007 has the same value, and the first year counts" in found.reason


def test_a_record_ratio_is_superseded_only_on_bases_where_it_holds(statement, figure):
    figures = tuple(
        figure(year, "year", NEW, basis=basis, newest=True)
        for basis, year in (("goods_census", 2007), ("goods_bop", 2005))
    )
    later = (
        LaterRecord(2008, 0.0770, "ratio", dt.date(2026, 10, 31), "goods_bop"),
        LaterRecord(2009, 0.1116, "ratio", dt.date(2026, 10, 31), "goods_census"),
    )
    found = judge(statement("ratio_record", "2007"), Evidence(figures, later=later), published=None)
    assert (found.verdict, found.basis) == ("definition-dependent", "goods_census")
    assert found.superseded_by == "2009 (11.16 % of goods_census, vintage 2026-10-31)"


def test_later_years_do_not_touch_what_is_no_record(statement, figure):
    evidence = Evidence(levels(figure, (-294.4, NEW)), later=(LATER_2025,))
    assert judge(statement("level", "-294"), evidence, published=None).superseded_by == ""


# --- interpretation ----------------------------------------------------------------------------------------

QUALITATIVE = """
[article]
title = "t"
authors = "unknown"
published = "unknown"
[[claims]]
id = "Q"
text = "t"
where = "w"
metric = "interpretation"
stated = "three decades"
[[claims.tests]]
name = "n"
measure = "span"
filters = { from = 1995, to = 2024 }
because = "b"
"""


@pytest.fixture
def qualitative():
    return load_claims(QUALITATIVE, "q.toml").claims[0]


def test_an_interpretation_lists_its_tests(qualitative):
    day = dt.date(2024, 8, 31)
    outcomes = (
        Outcome("exports grew", "flow_growth", "supports", "7.21 %", day),
        Outcome("imports grew", "flow_growth", "supports", "12.40 %", day),
        Outcome("the rest", "rest_of_change", "contradicts", "$30.8bn", day),
        Outcome("unit values", "not_built", "not built", "unit values by product"),
        Outcome("suppliers", "supplier_hhi", "not covered", "not covered"),
    )
    found = judge(qualitative, Evidence(outcomes=outcomes), published=None)
    assert (found.verdict, found.comparison, found.vintage) == ("interpretation", None, day)
    assert (found.stated, found.recomputed) == (
        "three decades",
        "2 support, 1 contradicts, 1 not built, 1 not covered",
    )
    for part in (
        "exports grew: 7.21 % (supports)",
        "unit values by product (not built)",
        "suppliers: not covered",
    ):
        assert part in found.reason


def test_a_single_test_shows_its_figure(qualitative):
    outcome = Outcome("years", "span", "supports", "29 years")
    assert judge(qualitative, Evidence(outcomes=(outcome,)), published=None).recomputed == "29 years"
