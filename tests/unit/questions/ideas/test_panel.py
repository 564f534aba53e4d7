"""The panel through the question: same seed, same answer; what it rests on and what it cannot tell."""

import pytest

from techbalance.errors import ModelInputError, NotCoveredError, ParameterError, UnknownCodeError


def test_the_same_seed_gives_the_same_answer_and_another_the_same_estimate(tb):
    one, again = tb.panel(draws=199).rows(), tb.panel(draws=199).rows()
    assert one == again
    other = tb.panel(draws=199, seed=7).rows()
    assert [row["estimate"] for row in other] == [row["estimate"] for row in one]


def test_it_says_what_it_cannot_identify_and_what_it_left_out(tb):
    said = " ".join(tb.panel(draws=99).notes)
    for words in (
        "identify nothing causally",
        "Year effects absorb",
        "real effective exchange rates",
        "not the ATP list",
        "wild cluster bootstrap",
    ):
        assert words in said


def test_every_coefficient_has_interval_errors_placebo_and_estimates_without_each_country(tb):
    rows = tb.panel(draws=199, countries="USA,DEU,JPN,KOR,CHN,FRA,GBR,ITA", regressors="rd,ip,rate").rows()
    assert [row["regressor"] for row in rows] == [
        "R&D over GDP",
        "receipts for intellectual property over GDP",
        "local currency per dollar, change of the log",
    ]
    for row in rows:
        assert row["low_estimate"] <= row["estimate"] <= row["high_estimate"]
        assert row["without_low"] <= row["without_high"]
        assert row["dk_error"] > 0
        assert 0 < row["bootstrap_p"] <= 1
        assert row["placebo_estimate"] is not None


def test_a_lag_and_a_span_change_the_observations(tb):
    wide = tb.panel(draws=99).rows()[0]["observations"]
    assert tb.panel(draws=99, from_=2015, to=2020).rows()[0]["observations"] == 5 * 6
    assert wide == 85


def test_a_country_without_figures_is_left_out_and_named(tb):
    answer = tb.panel(draws=99, countries="USA,DEU,JPN,KOR,TWN")
    assert "Left out, without figures: TWN." in answer.notes


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"countries": "USA,DEU"}, ModelInputError, "3 countries"),
        ({"countries": "TWN"}, NotCoveredError, "no country has outcome"),
        ({"from": 1950, "to": 1960}, NotCoveredError, "2007"),
        ({"regressors": "luck"}, UnknownCodeError, "luck"),
        ({"draws": 5}, ParameterError, "draws"),
        ({"from": "2010:2012"}, ParameterError, "one year"),
    ],
)
def test_what_cannot_be_estimated_is_refused(tb, given, error, said):
    with pytest.raises(error, match=said):
        tb.panel(**given).rows()
