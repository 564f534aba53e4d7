"""Agreement of a recomputed value with printed digits."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techbalance.claims.compare import as_decimal, compare, compare_numbers, in_unit, loose_step, meets
from techbalance.errors import SchemaError

D = Decimal
PRINTED_DECIMALS = st.integers(0, 4)
VALUES = st.decimals("-1e9", "1e9", allow_nan=False, allow_infinity=False, places=6)


@pytest.mark.parametrize(
    ("value", "stated", "comparator", "expected"),
    [
        # equal: exact before rounded before truncated
        ("13", "13", "=", "exact"),
        ("13.0", "13", "=", "exact"),
        ("13.4944", "13", "=", "rounded"),
        ("13.6944", "13", "=", "truncated"),
        ("13.6944", "14", "=", "rounded"),
        ("13.6944", "13.69", "=", "rounded"),
        ("13.6944", "13.7", "=", "rounded"),
        ("13.6944", "13.6", "=", "truncated"),
        ("13.6944", "12", "=", None),
        ("14.0", "13", "=", None),
        ("-294.4294", "-294", "=", "rounded"),
        ("-294.9", "-294", "=", "truncated"),
        ("-294.9", "-295", "=", "rounded"),
        ("-295.0", "-294", "=", None),
        ("-298.9482", "-297", "=", None),
        ("-294.4294", "-297", "=", None),
        # a trailing zero is a printed digit
        ("21.46", "21.5", "=", "rounded"),
        ("21.46", "21.50", "=", None),
        ("21.504", "21.50", "=", "rounded"),
        # exactly half way: to the even digit, or away from zero, never towards zero onto an odd one
        ("12.5", "12", "=", "rounded"),
        ("12.5", "13", "=", "rounded"),
        ("13.5", "14", "=", "rounded"),
        ("13.5", "13", "=", "truncated"),
        ("-12.5", "-13", "=", "rounded"),
        ("-13.5", "-13", "=", "truncated"),
        ("0.5", "0", "=", "rounded"),
        ("0.5", "1", "=", "rounded"),
        # zero: a value may round to it from either side, and is never cut to it
        ("0.3", "0", "=", "rounded"),
        ("-0.3", "0", "=", "rounded"),
        ("-0.3", "-0", "=", "rounded"),
        ("0.9", "0", "=", None),
        ("-0.9", "0", "=", None),
        ("0", "-0.0", "=", "exact"),
        ("-0.0", "0", "=", "exact"),
        # truncation never crosses zero and never grows a figure
        ("-0.7", "-1", "=", "rounded"),
        ("-0.4", "-1", "=", None),
        ("-13.7", "13", "=", None),
        ("13.7", "-13", "=", None),
        ("-12.6", "-13", "=", "rounded"),
        ("-12.4", "-13", "=", None),
        # bounds hold for the value itself
        ("3.9999", "4", "<", "bound"),
        ("4", "4", "<", None),
        ("4", "4", "<=", "bound"),
        ("4.0001", "4", "<=", None),
        ("-21.3", "-21", "<", "bound"),
        ("-20.9", "-21", "<", None),
        ("7.0001", "7", ">", "bound"),
        ("7", "7", ">", None),
        ("7", "7", ">=", "bound"),
        ("6.9999", "7", ">=", None),
        # about: the digits that carry meaning, rounded, never cut
        ("2.79", "3", "about", "rounded"),
        ("3.0847", "3", "about", "rounded"),
        ("3.6", "3", "about", None),
        ("2.5", "3", "about", "rounded"),
        ("2.4", "3", "about", None),
        ("3.5", "3", "about", None),
        ("3", "3", "about", "exact"),
        ("29", "30", "about", "rounded"),
        ("297", "300", "about", "rounded"),
        ("251", "300", "about", "rounded"),
        ("249", "300", "about", None),
        ("297", "310", "about", None),
        ("297", "300.0", "about", None),
    ],
)
def test_compare_numbers(value, stated, comparator, expected):
    assert compare_numbers(D(value), stated, comparator) == expected


@pytest.mark.parametrize(
    ("value", "tolerance", "expected"),
    [
        ("-308.1238", "5", "rounded"),
        ("-312.6426", "5", "rounded"),
        ("-305", "5", "rounded"),
        ("-304.9", "5", None),
        ("-310", "5", "exact"),
        ("-310", "0", "exact"),
        ("-310.2", "0", None),
        ("-310.9", "0.5", None),
    ],
)
def test_a_tolerance_replaces_rounding_and_truncation(value, tolerance, expected):
    assert compare_numbers(D(value), "-310", "=", D(tolerance)) == expected


@pytest.mark.parametrize(
    ("stated", "step"),
    [
        ("3", "1"),
        ("30", "10"),
        ("300", "100"),
        ("310", "10"),
        ("305", "1"),
        ("0", "1"),
        ("-40", "10"),
        ("3.50", "0.01"),
    ],
)
def test_about_reads_zeros_before_the_point_as_rounding(stated, step):
    assert loose_step(stated) == D(step)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (13_694_400_000, "usd_billion", "13.6944"),
        (-294_429_400_000, "usd_million", "-294429.4"),
        (1_500, "usd_thousand", "1.5"),
        (2_500_000_000_000, "usd_trillion", "2.5"),
        (4.92, "percent", "492"),
        (0.07, "percent", "7"),
        (0.035, "percent", "3.5"),
        (3.08, "ratio", "3.08"),
        (2007, "year", "2007"),
        (-0.0, "percent", "0"),
    ],
)
def test_values_are_expressed_exactly_in_the_printed_unit(value, unit, expected):
    assert in_unit(value, unit) == D(expected)


def test_a_negative_zero_loses_its_sign():
    assert not as_decimal(-0.0).is_signed()
    assert not as_decimal(0).is_signed()


@pytest.mark.parametrize(
    ("metric", "stated", "value", "expected"),
    [
        ("sign", "positive", 1, "bound"),
        ("sign", "positive", -1, None),
        ("sign", "positive", 0, None),
        ("sign", "negative", -1, "bound"),
        ("sign", "negative", 0, None),
        ("overtaking", "yes", 1, "exact"),
        ("overtaking", "yes", 0, None),
        ("overtaking", "no", 0, "exact"),
        ("growth_order", "greater", 0.19, "bound"),
        ("growth_order", "greater", 0.0, None),
        ("growth_order", "smaller", -0.19, "bound"),
        ("record", "2007", 2007, "exact"),
        ("record", "2007", 2006, None),
        ("rank", "2", 2, "exact"),
        ("rank", "2", 3, None),
        ("level", "13", 13_694_400_000, "truncated"),
        ("deficit_growth", "492", 4.916667, "rounded"),
        ("deficit_growth", "492", 5.916667, None),
        ("span", "29", 29, "exact"),
    ],
)
def test_each_kind_of_statement(statement, metric, stated, value, expected):
    assert compare(statement(metric, stated), value) == expected


def test_a_rank_can_be_a_bound(statement):
    among_first_five = statement("rank", "5", comparator="<=")
    assert compare(among_first_five, 5) == "bound"
    assert compare(among_first_five, 6) is None


@pytest.mark.parametrize(
    ("value", "condition", "expected"),
    [
        (0.51, "> 0.5", True),
        (0.5, "> 0.5", False),
        (-3, "<0", True),
        (29, "about 30", True),
        (24, "about 30", False),
        (0.4, "<= 0.4", True),
        (5, "= 5", True),
    ],
)
def test_conditions(value, condition, expected):
    assert meets(value, condition) is expected


def test_a_condition_without_comparison_is_refused():
    with pytest.raises(SchemaError, match="no comparison"):
        meets(1, "roughly 30")


@given(VALUES, PRINTED_DECIMALS, st.sampled_from([ROUND_HALF_EVEN, ROUND_HALF_UP]))
def test_a_rounded_print_is_always_recognised(value, decimals, way):
    printed = format(value.quantize(D(1).scaleb(-decimals), way), "f")
    assert compare_numbers(value, printed) in ("exact", "rounded")


@given(VALUES, PRINTED_DECIMALS)
def test_a_cut_print_is_recognised_unless_nothing_is_left(value, decimals):
    printed = format(value.quantize(D(1).scaleb(-decimals), ROUND_DOWN), "f")
    found = compare_numbers(value, printed)
    if D(printed):
        assert found is not None
    else:
        assert found in ("exact", "rounded", None)


@given(VALUES, PRINTED_DECIMALS)
def test_truncated_is_only_said_where_rounding_gives_another_number(value, decimals):
    step = D(1).scaleb(-decimals)
    printed = format(value.quantize(step, ROUND_DOWN), "f")
    if compare_numbers(value, printed) == "truncated":
        assert value.quantize(step, ROUND_HALF_EVEN) != D(printed)
        assert value.quantize(step, ROUND_HALF_UP) != D(printed)


@given(VALUES, VALUES, PRINTED_DECIMALS, st.sampled_from(["=", "about"]))
def test_a_turned_sign_on_both_sides_changes_nothing(value, stated, decimals, comparator):
    printed = format(stated.quantize(D(1).scaleb(-decimals), ROUND_HALF_EVEN), "f")
    turned = printed[1:] if printed.startswith("-") else f"-{printed}"
    assert compare_numbers(value, printed, comparator) == compare_numbers(-value, turned, comparator)


@given(VALUES, VALUES, PRINTED_DECIMALS)
def test_agreement_means_less_than_one_printed_digit_apart(value, stated, decimals):
    step = D(1).scaleb(-decimals)
    printed = format(stated.quantize(step, ROUND_HALF_EVEN), "f")
    if compare_numbers(value, printed) is not None:
        assert abs(value - D(printed)) < step


@given(VALUES, VALUES)
def test_exactly_one_of_below_and_at_least(value, stated):
    printed = format(stated, "f")
    assert (compare_numbers(value, printed, "<") is None) != (compare_numbers(value, printed, ">=") is None)
    assert (compare_numbers(value, printed, ">") is None) != (compare_numbers(value, printed, "<=") is None)
