"""Revision statistics: the worked example, a line that is known, and what has none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techbalance.errors import ModelInputError
from techbalance.models.revision_statistics import revision_statistics

# An F probability recomputed by hand from sums of squares agrees to the last digits of a float.
CLOSE = 1e-9


def test_the_worked_example():
    found = revision_statistics([-298_900], [-294_400])
    assert (found.periods, found.mean_usd, found.mean_absolute_usd) == (1, 4_500, 4_500)
    assert found.slope is found.p_unbiased is None


def test_revisions_of_both_signs_cancel_in_the_mean_and_not_in_the_size():
    found = revision_statistics([10, 20], [13, 17])
    assert (found.mean_usd, found.mean_absolute_usd) == (0, 3)


def test_without_a_period_there_is_nothing():
    found = revision_statistics([], [])
    assert found.periods == 0
    assert found.mean_absolute_usd is None


def test_a_line_by_hand():
    # x = 0, 1, 2; y = 0, 2, 1: slope 1/2, intercept 1/2; left over 3/2, against b = 1, a = 0: 0 + 1 + 1.
    found = revision_statistics([0, 1, 2], [0, 2, 1])
    assert found.slope == pytest.approx(0.5)
    assert found.intercept_usd == pytest.approx(0.5)
    # F = ((2 - 1.5) / 2) / (1.5 / 1) = 1/6; with 2 and 1 degrees of freedom P(F > f) = (1 + 2 f) ** -0.5.
    assert found.p_unbiased == pytest.approx((1 + 2 / 6) ** -0.5, rel=CLOSE)


def test_equal_first_prints_have_no_line():
    assert revision_statistics([5, 5, 5], [1, 2, 3]).slope is None


def test_a_perfect_line_is_not_tested():
    found = revision_statistics([1, 2, 3], [2, 4, 6])
    assert found.slope == pytest.approx(2)
    assert found.p_unbiased is None


def test_lengths_must_agree():
    with pytest.raises(ModelInputError):
        revision_statistics([1], [])


@settings(max_examples=50)
@given(st.lists(st.tuples(*[st.integers(-(10**12), 10**12)] * 2), min_size=1, max_size=8))
def test_order_changes_nothing_and_the_size_bounds_the_mean(pairs: list[tuple[int, int]]):
    first, latest = [one for one, _ in pairs], [one for _, one in pairs]
    found = revision_statistics(first, latest)
    turned = revision_statistics(first[::-1], latest[::-1])
    assert (found.mean_usd, found.mean_absolute_usd) == (turned.mean_usd, turned.mean_absolute_usd)
    assert abs(found.mean_usd or 0) <= (found.mean_absolute_usd or 0)
