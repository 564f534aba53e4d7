"""Every verdict, on small hand-made evidence."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techbalance.claims.figures import Evidence, Figure, Route
from techbalance.claims.judge import judge
from techbalance.errors import CheckError, SchemaError

BN = 1_000_000_000
OLD, MID, NEW = "2024-08-31", "2025-04-30", "2026-10-31"
HITECH = Route("census_hitech", 2013, None, verified=True, command="techbalance fetch census_hitech")
EXHIBITS = Route("ft900_exhibits", 1994, 2012)
MARCH_2008, END_2025 = dt.date(2008, 3, 31), dt.date(2025, 12, 31)


def levels(figure, *pairs):
    """One dollar figure per (billions, vintage); the last is the newest."""
    return tuple(
        figure(round(value * BN), "usd", day, newest=number == len(pairs) - 1)
        for number, (value, day) in enumerate(pairs)
    )


def on_bases(figure, **ratios):
    return tuple(
        figure(value, "ratio", NEW, basis=basis, basis_vintage=dt.date(2026, 10, 31), newest=True)
        for basis, value in ratios.items()
    )


# --- one basis ---------------------------------------------------------------------------------------------


def test_reproduced_when_the_newest_vintage_agrees(statement, figure):
    evidence = Evidence(levels(figure, (-298.9482, MID), (-294.4294, NEW)))
    found = judge(statement("level", "-294"), evidence, published=None)
    assert (found.verdict, found.comparison, found.vintage) == (
        "reproduced",
        "rounded",
        dt.date(2026, 10, 31),
    )
    assert found.recomputed == "−$294.4bn"
    assert found.recomputed_value == -294_429_400_000
    assert found.bracketed_by == ""
    assert "other vintages differ: −$298.9bn (2025-04-30)" in found.reason


def test_truncation_is_labelled_and_said(statement, figure):
    found = judge(statement("level", "13"), Evidence(levels(figure, (13.6944, OLD))), published=None)
    assert (found.verdict, found.comparison) == ("reproduced", "truncated")
    assert "only by cutting digits off" in found.reason


def test_reproduced_on_vintage_names_the_earlier_one(statement, figure):
    evidence = Evidence(levels(figure, (-298.9482, MID), (-294.4294, NEW)))
    found = judge(statement("level", "-299"), evidence, published=None)
    assert (found.verdict, found.comparison, found.vintage) == (
        "reproduced-on-vintage",
        "rounded",
        dt.date(2025, 4, 30),
    )
    assert found.recomputed == "−$298.9bn"
    assert "−$294.4bn as of 2026-10-31" in found.reason


def test_the_latest_of_several_agreeing_earlier_vintages_is_named(statement, figure):
    evidence = Evidence(levels(figure, (-299.1, OLD), (-298.9, MID), (-294.4, NEW)))
    assert judge(statement("level", "-299"), evidence, published=None).vintage == dt.date(2025, 4, 30)


def test_differs_is_bracketed_by_two_vintages(statement, figure):
    evidence = Evidence(levels(figure, (-298.9482, MID), (-294.4294, NEW)))
    found = judge(statement("level", "-297"), evidence, published=END_2025)
    assert (found.verdict, found.comparison) == ("differs", None)
    assert found.bracketed_by == "2025-04-30 (−$298.9bn) and 2026-10-31 (−$294.4bn)"
    assert found.vintage == dt.date(2026, 10, 31)
    assert found.reason == (
        "No stored vintage gives −$297bn: −$298.9bn (2025-04-30) and −$294.4bn (2026-10-31); "
        "the stated figure lies between those of 2025-04-30 and 2026-10-31."
    )


def test_differs_outside_the_vintages_names_them_all_and_has_no_bracket(statement, figure):
    days = ("2025-12-17", "2026-04-01", "2026-07-01")
    evidence = Evidence(levels(figure, *((148.205, day) for day in days)))
    found = judge(statement("level", "134"), evidence, published=END_2025)
    assert (found.verdict, found.bracketed_by) == ("differs", "")
    assert "$148.2bn (2025-12-17, 2026-04-01 and 2026-07-01)" in found.reason


@pytest.mark.parametrize(
    ("published", "pair"),
    [
        (dt.date(2024, 12, 31), "2024-08-31 (−$300.0bn) and 2025-04-30 (−$294.0bn)"),
        (dt.date(2025, 12, 31), "2025-04-30 (−$294.0bn) and 2026-10-31 (−$299.0bn)"),
        (None, "2025-04-30 (−$294.0bn) and 2026-10-31 (−$299.0bn)"),
    ],
)
def test_the_bracket_around_the_article_is_preferred(statement, figure, published, pair):
    evidence = Evidence(levels(figure, (-300, OLD), (-294, MID), (-299, NEW)))
    assert judge(statement("level", "-297"), evidence, published=published).bracketed_by == pair


def test_two_bases_do_not_bracket_each_other(statement, figure):
    figures = on_bases(figure, goods_census=0.030, goods_bop=0.050)
    found = judge(statement("deficit_ratio", "4"), Evidence(figures), published=None)
    assert (found.verdict, found.bracketed_by) == ("differs", "")


def test_ranks_and_years_are_never_bracketed(statement, figure):
    figures = (figure(1, "rank", OLD), figure(3, "rank", NEW, newest=True))
    found = judge(statement("rank", "2"), Evidence(figures), published=None)
    assert (found.verdict, found.bracketed_by) == ("differs", "")


def test_a_bound_has_no_bracket(statement, figure):
    found = judge(
        statement("level", "-310", comparator="<"),
        Evidence(levels(figure, (-298.9, MID), (-294.4, NEW))),
        published=None,
    )
    assert (found.verdict, found.bracketed_by) == ("differs", "")


def test_a_forgotten_minus_is_pointed_out(statement, figure):
    found = judge(statement("level", "294"), Evidence(levels(figure, (-294.4294, NEW))), published=None)
    assert found.verdict == "differs"
    assert "its size agrees and its sign does not" in found.reason


def test_the_newest_mark_decides_over_the_date(statement, figure):
    figures = (figure(13 * BN, "usd", OLD, newest=True), figure(20 * BN, "usd", NEW))
    assert judge(statement("level", "13"), Evidence(figures), published=None).verdict == "reproduced"


def test_without_a_mark_the_latest_vintage_is_the_newest(statement, figure):
    figures = (figure(20 * BN, "usd", NEW), figure(13 * BN, "usd", OLD))
    assert (
        judge(statement("level", "13"), Evidence(figures), published=None).verdict == "reproduced-on-vintage"
    )


def test_a_remark_of_the_file_is_in_the_reason(statement, figure):
    claim = statement("sign", "negative", remark="these are six annual deficits")
    found = judge(claim, Evidence((figure(-1, "sign", newest=True),)), published=None)
    assert (found.verdict, found.comparison, found.recomputed) == ("reproduced", "bound", "negative")
    assert found.reason.endswith("as stated; these are six annual deficits.")


def test_mixed_signs_differ(statement, figure):
    evidence = Evidence((figure(0, "sign", detail="2002 was negative"),))
    found = judge(statement("sign", "positive"), evidence, published=None)
    assert (found.verdict, found.recomputed) == ("differs", "not one sign")
    assert "2002 was negative" in found.reason


def test_a_figure_without_data_needs_no_vintage(statement, figure):
    found = judge(statement("span", "29"), Evidence((figure(29, "years", None),)), published=None)
    assert (found.verdict, found.comparison, found.vintage) == ("reproduced", "exact", None)
    assert found.reason == "It is 29 years, as stated."


def test_a_bound_shows_enough_digits_to_be_believed(statement, figure):
    claim = statement("level", "-21", comparator="<")
    found = judge(claim, Evidence(levels(figure, (-21.0004, NEW))), published=None)
    assert (found.verdict, found.recomputed) == ("reproduced", "−$21.0004bn")


def test_tolerance_and_its_reason_are_said(statement, figure):
    claim = statement("change", "-310", tolerance={"value": "5", "reason": "given to the nearest ten"})
    found = judge(claim, Evidence(levels(figure, (-308.1238, NEW))), published=None)
    assert (found.verdict, found.comparison) == ("reproduced", "rounded")
    assert "within $5bn of the stated −$310bn (given to the nearest ten)" in found.reason


# --- several bases -----------------------------------------------------------------------------------------


def test_all_denominators_agree(statement, figure):
    figures = on_bases(figure, goods_census=0.0354, goods_bop=0.0349, goods_services_bop=0.0394)
    found = judge(statement("deficit_ratio", "4", comparator="<"), Evidence(figures), published=None)
    assert (found.verdict, found.comparison) == ("reproduced", "bound")
    assert found.recomputed == "3.54 % (goods_census), 3.49 % (goods_bop), 3.94 % (goods_services_bop)"
    assert found.basis == "goods_census, goods_bop, goods_services_bop"
    assert found.recomputed_value is None


def test_some_denominators_agree(statement, figure):
    figures = on_bases(figure, goods_census=0.0354, goods_bop=0.0349, goods_services_bop=0.0409)
    found = judge(statement("deficit_ratio", "4", comparator="<"), Evidence(figures), published=None)
    assert (found.verdict, found.basis) == ("definition-dependent", "goods_census, goods_bop")
    assert "4.09 % (goods_services_bop)" in found.recomputed
    assert "not true at 4.09 % on goods and services (BOP basis)" in found.reason


def test_the_loosest_of_several_agreements_is_named(statement, figure):
    figures = on_bases(figure, goods_census=0.0402, goods_bop=0.0467)
    found = judge(statement("deficit_ratio", "4"), Evidence(figures), published=None)
    assert (found.verdict, found.comparison) == ("reproduced", "truncated")


def test_an_undefined_basis_does_not_agree(statement, figure):
    figures = (
        *on_bases(figure, goods_census=0.0354),
        figure(None, "ratio", NEW, basis="goods_services_bop", note="sign_differs"),
    )
    found = judge(statement("deficit_ratio", "4", comparator="<"), Evidence(figures), published=None)
    assert (found.verdict, found.basis) == ("definition-dependent", "goods_census")
    assert "undefined: sign differs (goods_services_bop)" in found.recomputed


def test_a_basis_the_record_lacks_is_left_out_and_said(statement, figure):
    figures = (
        *on_bases(figure, goods_census=0.0354),
        figure(None, "ratio", None, basis="goods_services_bop", note="not_covered"),
    )
    found = judge(statement("deficit_ratio", "4", comparator="<"), Evidence(figures), published=None)
    assert (found.verdict, found.basis) == ("reproduced", "goods_census")
    assert "not covered on goods and services (BOP basis)" in found.reason


def test_an_earlier_vintage_of_one_basis(statement, figure):
    figures = (
        figure(0.0784, "ratio", OLD, basis="goods_census"),
        *on_bases(figure, goods_census=0.0766, goods_bop=0.0754),
    )
    found = judge(statement("deficit_ratio", "7.84"), Evidence(figures), published=None)
    assert (found.verdict, found.basis, found.vintage) == (
        "reproduced-on-vintage",
        "goods_census",
        dt.date(2024, 8, 31),
    )


# --- not covered, undefined --------------------------------------------------------------------------------


def test_not_covered_names_only_routes_that_cover_the_years(statement, figure):
    evidence = Evidence((figure(None, "ratio", None, note="not_covered"),), (HITECH, EXHIBITS))
    found = judge(statement("deficit_growth", "492"), evidence, published=MARCH_2008)
    assert (found.verdict, found.recomputed, found.vintage) == ("not-covered", "", None)
    assert "ft900_exhibits (1994 to 2012, not verified)" in found.reason
    assert "census_hitech" not in found.reason


def test_a_route_must_cover_both_ends(statement, figure):
    claim = statement("deficit_growth", "10", filters={"from": 2012, "to": 2014})
    evidence = Evidence((figure(None, "ratio", None, note="not_covered"),), (HITECH, EXHIBITS))
    found = judge(claim, evidence, published=None)
    assert found.reason.endswith("no declared source covers these years.")


def test_a_verified_route_gives_its_command(statement, figure):
    claim = statement("level", "-1", filters={"year": 2020, "partner": "MEX"})
    found = judge(claim, Evidence((), (HITECH,)), published=None)
    assert found.verdict == "not-covered"
    assert "census_hitech (2013 to today, `techbalance fetch census_hitech`)" in found.reason


@pytest.mark.parametrize("note", ["sign_differs", "from_zero", "zero_denominator"])
def test_an_undefined_measure_differs(statement, figure, note):
    evidence = Evidence((figure(None, "ratio", NEW, note=note, detail="1995 was a surplus of $13.7bn"),))
    found = judge(statement("deficit_growth", "50"), evidence, published=None)
    assert (found.verdict, found.recomputed) == ("differs", f"undefined: {note.replace('_', ' ')}")
    assert "has no meaning here" in found.reason
    assert "1995 was a surplus" in found.reason


def test_uncovered_vintages_do_not_hide_those_that_cover(statement, figure):
    figures = (
        figure(None, "usd", OLD, note="no_vintage_that_early"),
        figure(-294 * BN, "usd", NEW, newest=True),
    )
    assert judge(statement("level", "-294"), Evidence(figures), published=None).verdict == "reproduced"


# --- what a judgement is -----------------------------------------------------------------------------------


def test_the_row_has_the_columns_of_the_command(statement, figure):
    found = judge(statement("level", "13"), Evidence(levels(figure, (13.6944, OLD))), published=None)
    assert found.row() == {
        "claim_id": "X1",
        "stated": "$13bn",
        "recomputed": "$13.7bn",
        "verdict": "reproduced",
        "comparison": "truncated",
        "vintage": dt.date(2024, 8, 31),
        "basis": None,
        "bracketed_by": None,
        "superseded_by": None,
        "reason": "The newest vintage, 2024-08-31, gives $13.7bn, "
        "which becomes $13bn only by cutting digits off, not by rounding.",
    }


def test_a_figure_in_another_unit_is_refused(statement, figure):
    with pytest.raises(SchemaError, match="in 'ratio'"):
        judge(statement("level", "13"), Evidence((figure(0.13, "ratio"),)), published=None)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_figure_is_infinite_or_not_a_number(value):
    with pytest.raises(CheckError):
        Figure(value, "usd")


def test_a_null_figure_needs_a_reason():
    with pytest.raises(CheckError, match="needs a note"):
        Figure(None, "usd")


@given(
    values=st.lists(st.integers(-500, 500), min_size=1, max_size=6, unique=True),
    stated=st.integers(-500, 500),
)
def test_verdicts_exclude_each_other_and_say_what_they_rest_on(statement, values, stated):
    days = [dt.date(2020 + number, 1, 31) for number in range(len(values))]
    figures = tuple(Figure(value * BN, "usd", day) for value, day in zip(values, days, strict=True))
    found = judge(statement("level", str(stated)), Evidence(figures), published=None)
    if stated == values[-1]:
        assert (found.verdict, found.vintage) == ("reproduced", days[-1])
    elif stated in values:
        assert (found.verdict, found.vintage) == ("reproduced-on-vintage", days[values.index(stated)])
    else:
        assert found.verdict == "differs"
        assert bool(found.bracketed_by) == (min(values) < stated < max(values))
    assert (found.comparison is not None) == found.verdict.startswith("reproduced")
    assert found.reason.endswith(".")
    assert "\n" not in found.reason


@given(st.permutations(range(4)))
def test_the_order_of_figures_changes_nothing(statement, order):
    figures = [
        Figure(value * BN, "usd", dt.date(2020 + number, 1, 31), newest=number == 3)
        for number, value in enumerate((-10, -30, -20, -40))
    ]
    shuffled = Evidence(tuple(figures[place] for place in order))
    plain = judge(statement("level", "-25"), Evidence(tuple(figures)), published=None)
    found = judge(statement("level", "-25"), shuffled, published=None)
    assert found.row() == plain.row()
