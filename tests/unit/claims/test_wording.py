"""How figures are written."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techbalance.claims.figures import LaterRecord
from techbalance.claims.wording import later_text, list_text, money, quantity, stated_text, value_text

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "unit", "stated", "text"),
    [
        (-294_429_400_000, "usd_billion", "-297", f"{MINUS}$294.4bn"),
        (13_694_400_000, "usd_billion", "13", "$13.7bn"),
        (13_694_400_000, "usd_billion", "13.7", "$13.69bn"),
        (13_694_400_000, "usd", "", "$13,694,400,000"),
        (1_234_567_800_000, "usd_billion", "", "$1,234.6bn"),
        (3_200_000, "usd_million", "", "$3.2m"),
        (-43_000, "usd_thousand", "", f"{MINUS}$43.0 thousand"),
        (1_200_000_000_000, "usd_trillion", "", "$1.2tn"),
        (0.0354, "percent", "4", "3.54 %"),
        (4.916667, "percent", "492", "491.67 %"),
        (-0.05, "percent", "", f"{MINUS}5.00 %"),
        (0.0412, "points", "", "4.12 percentage points"),
        (3.0847, "ratio", "3", "3.08"),
        (2007, "year", "2007", "2007"),
        (29, "years", "29", "29 years"),
        (2, "rank", "2", "rank 2"),
        # a small amount never looks like zero, and a zero never has a sign
        (-4_000_000, "usd_billion", "", f"{MINUS}$0.004bn"),
        (40_000_000, "usd_billion", "0.0", "$0.04bn"),
        (0, "usd_billion", "", "$0.0bn"),
        (-0.0, "percent", "", "0.00 %"),
        (-1e-15, "ratio", "", "0.000000"),
        # more stated digits than are ever needed
        (13_694_400_000, "usd_billion", "13.69440000", "$13.694400000bn"),
    ],
)
def test_quantity(value, unit, stated, text):
    assert quantity(value, unit, stated=stated) == text


def test_a_figure_beside_a_bound_is_told_from_it():
    assert quantity(0.039999, "percent", stated="4", distinct=True) == "3.9999 %"
    assert quantity(0.04, "percent", stated="4", distinct=True) == "4.00 %"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-414_715_000_000, f"{MINUS}$414.7bn"),
        (3_210_000, "$3.2m"),
        (870, "$870"),
        (0, "$0"),
        (2.5e12, "$2,500.0bn"),
    ],
)
def test_money(value, text):
    assert money(value) == text


@pytest.mark.parametrize(
    ("metric", "stated", "more", "text"),
    [
        ("level", "-297", {}, f"{MINUS}$297bn"),
        ("level", "+13", {}, "$13bn"),
        ("level", "21.50", {"comparator": ">="}, ">= $21.50bn"),
        ("level", "0", {"comparator": ">"}, "> 0"),
        ("deficit_ratio", "4", {"comparator": "<"}, "< 4 %"),
        ("ip_ratio", "3", {"comparator": "about"}, "about 3"),
        ("record", "2007", {}, "2007"),
        ("rank", "2", {}, "rank 2"),
        ("sign", "positive", {}, "positive"),
        ("overtaking", "yes", {}, "yes"),
        ("span", "29", {}, "29 years"),
    ],
)
def test_what_is_stated(statement, metric, stated, more, text):
    assert stated_text(statement(metric, stated, **more)) == text


@pytest.mark.parametrize(
    ("metric", "stated", "value", "text"),
    [
        ("sign", "positive", -1, "negative"),
        ("sign", "positive", 0, "not one sign"),
        ("overtaking", "yes", 1, "yes"),
        ("overtaking", "yes", 0, "no"),
        ("growth_order", "greater", 0.2, "greater"),
        ("growth_order", "greater", -0.2, "smaller"),
        ("growth_order", "greater", 0, "equal"),
        ("record", "2007", 2006, "2006"),
    ],
)
def test_what_is_recomputed(statement, metric, stated, value, text):
    assert value_text(statement(metric, stated), value) == text


def test_what_broke_a_record():
    day = dt.date(2026, 10, 31)
    assert (
        later_text(LaterRecord(2025, -414_715_000_000, "usd", day))
        == f"2025 ({MINUS}$414.7bn, vintage 2026-10-31)"
    )
    assert later_text(LaterRecord(2009, 0.1116, "ratio", day, "goods_census")) == (
        "2009 (11.16 % of goods_census, vintage 2026-10-31)"
    )


@pytest.mark.parametrize(("parts", "text"), [(["a"], "a"), (["a", "b"], "a and b"), ("abc", "a, b and c")])
def test_lists(parts, text):
    assert list_text(parts) == text


@given(st.integers(-(10**13), 10**13), st.sampled_from(["usd", "usd_million", "usd_billion"]))
def test_the_text_reads_back_as_the_value(value, unit):
    text = quantity(value, unit)
    digits = text.strip(f"{MINUS}$bnm").replace(",", "")
    scale = {"usd": 1, "usd_million": 10**6, "usd_billion": 10**9}[unit]
    assert abs(abs(value) - float(digits) * scale) <= scale * 0.05 + 0.5
    assert text.startswith(MINUS) == (value < 0 and float(digits) != 0)
