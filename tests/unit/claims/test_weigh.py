"""What a test says about a statement that no single number decides."""

import datetime as dt

import pytest

from techbalance.claims.statement import BearingTest
from techbalance.claims.weigh import weigh

OLD, NEW = "2024-08-31", "2026-10-31"


def growth(**more):
    given = {"name": "exports", "measure": "flow_growth", "because": "b",
             "filters": {"from": 2006, "to": 2007, "flow": "export"}}  # fmt: skip
    return BearingTest.model_validate(given | more)


BOTH = {"supports": "> 0", "contradicts": "<= 0"}


@pytest.mark.parametrize(
    ("value", "conditions", "status"),
    [
        (0.0721, BOTH, "supports"),
        (-0.0721, BOTH, "contradicts"),
        (0.0, BOTH, "contradicts"),
        (-0.0721, {"supports": "> 0"}, "neutral"),
        (0.0721, {"contradicts": "<= 0"}, "neutral"),
        (0.0721, {}, "neutral"),
    ],
)
def test_status_of_one_figure(figure, value, conditions, status):
    outcome = weigh(growth(**conditions), [figure(value, "ratio", NEW)])
    assert outcome.status == status
    assert outcome.text == f"{'−' if value < 0 else ''}{abs(value) * 100:.2f} %"
    assert outcome.vintage == dt.date(2026, 10, 31)


def test_only_the_newest_vintage_counts(figure):
    figures = [figure(-0.1, "ratio", OLD), figure(0.1, "ratio", NEW, newest=True)]
    assert weigh(growth(**BOTH), figures).status == "supports"


def test_bases_that_disagree_are_neutral(figure):
    figures = [figure(0.1, "ratio", NEW, basis="goods_census"), figure(-0.1, "ratio", NEW, basis="goods_bop")]
    outcome = weigh(growth(**BOTH), figures)
    assert outcome.status == "neutral"
    assert outcome.text == "10.00 % on goods (Census basis), −10.00 % on goods (BOP basis)"


def test_an_undefined_figure_is_neutral_and_says_why(figure):
    outcome = weigh(growth(**BOTH), [figure(None, "ratio", NEW, note="from_zero", detail="2006 was zero")])
    assert (outcome.status, outcome.text) == ("neutral", "undefined: from zero (2006 was zero)")


def test_what_the_record_lacks_is_not_covered(figure):
    assert weigh(growth(**BOTH), [figure(None, "ratio", None, note="not_covered")]).text == "not covered"
    outcome = weigh(
        growth(**BOTH), [figure(None, "ratio", None, note="not_covered", detail="held from 2024")]
    )
    assert (outcome.status, outcome.text, outcome.vintage) == ("not covered", "held from 2024", None)
    assert weigh(growth(**BOTH)).status == "not covered"


@pytest.mark.parametrize(("measure", "status"), [("not_built", "not built"), ("not_held", "not covered")])
def test_a_test_without_a_figure_says_what_it_needs(measure, status):
    test = BearingTest.model_validate(
        {"name": "n", "measure": measure, "needs": "unit values", "because": "b"}
    )
    outcome = weigh(test)
    assert (outcome.status, outcome.text) == (status, "unit values")


@pytest.mark.parametrize(
    ("measure", "filters", "value", "text"),
    [
        ("deficit_ratio_change", {"from": 2002, "to": 2007}, 0.0412, "4.12 percentage points"),
        ("dollar_change", {"from": 2006, "to": 2007, "countries": ["CAN"]}, -0.059, "−5.90 %"),
        ("rest_of_change", {"from": 2002, "to": 2007, "parts": ["A"]}, 30_850_000_000, "$30.8bn"),
        ("groups_falling", {"from": 2002, "to": 2007}, 7, "7"),
        ("supplier_hhi", {"year": 2024}, 0.1234, "0.12"),
        ("supplier_top_share", {"year": 2024}, 0.2512, "25.12 %"),
        ("concentrated_share", {"year": 2024, "threshold": "0.4"}, 0.31, "31.00 %"),
        ("span", {"from": 1995, "to": 2024}, 29, "29 years"),
        ("rank", {"year": 2007, "partner": "MEX"}, 2, "rank 2"),
    ],
)
def test_each_measure_is_written_in_its_unit(figure, measure, filters, value, text):
    test = BearingTest.model_validate({"name": "n", "measure": measure, "filters": filters, "because": "b"})
    assert weigh(test, [figure(value, "any", NEW)]).text == text
