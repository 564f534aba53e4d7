"""Gains from trade: the three formulas, the unbounded case, and refusals."""

import numpy as np
import pytest

from techbalance.errors import ModelInputError
from techbalance.models.gains import FORMULA_INPUTS, FORMULA_ONE, gains_by_sector, gains_one_sector

EXACT = 1e-13


def test_one_sector_formula_and_its_limits():
    found = gains_one_sector([1.0, 0.5, 0.25], 2.0, countries=["A", "B", "C"])
    np.testing.assert_allclose(found.gain_ratio, [0.0, 1 - 0.5**0.5, 0.5], atol=EXACT)
    assert found.formula == FORMULA_ONE
    assert found.notes == ()


def test_a_zero_home_share_is_unbounded_and_says_so():
    found = gains_one_sector([0.5, 0.0], [4.0, 4.0], countries=["A", "B"])
    assert found.gain_ratio.mask.tolist() == [False, True]
    (note,) = found.notes
    assert (note.reason, note.labels) == ("unbounded", ("B",))


def test_one_sector_is_the_case_of_many():
    many = gains_by_sector([[0.7, 0.9]], [[1.0, 1.0]], [5.0], countries=["A", "B"], sectors=["all"])
    one = gains_one_sector([0.7, 0.9], 5.0, countries=["A", "B"])
    np.testing.assert_allclose(many.gain_ratio, one.gain_ratio, rtol=EXACT)


def test_inputs_multiply_the_gains():
    """With one sector that spends half its costs on itself, the exponent doubles."""
    found = gains_by_sector([[0.7]], [[1.0]], [5.0], countries=["A"], sectors=["all"], io_share=[[[0.5]]])
    assert found.gain_ratio[0] == pytest.approx(1 - 0.7 ** (2 / 5), rel=EXACT)
    assert found.formula == FORMULA_INPUTS


def test_inputs_by_hand():
    """Sector 2 buys 40 % of its costs from sector 1: a_21 = 0.4, the rest as without inputs."""
    io = np.zeros((2, 2, 1))
    io[0, 1, 0] = 0.4
    home, spending, epsilon = [[0.6], [0.8]], [[0.3], [0.7]], [5.0, 8.0]
    found = gains_by_sector(home, spending, epsilon, countries=["A"], sectors=["s", "r"], io_share=io)
    by_hand = 1 - 0.6 ** ((0.3 + 0.7 * 0.4) / 5) * 0.8 ** (0.7 / 8)
    assert found.gain_ratio[0] == pytest.approx(by_hand, rel=EXACT)


def test_a_zero_share_in_a_sector_nobody_needs_is_harmless():
    found = gains_by_sector([[0.6], [0.0]], [[1.0], [0.0]], [5.0, 5.0], countries=["A"], sectors=["s", "r"])
    assert found.gain_ratio[0] == pytest.approx(1 - 0.6 ** (1 / 5), rel=EXACT)
    inputs = np.zeros((2, 2, 1))
    inputs[1, 0, 0] = 0.1
    needed = gains_by_sector(
        [[0.6], [0.0]], [[1.0], [0.0]], [5.0, 5.0], countries=["A"], sectors=["s", "r"], io_share=inputs
    )
    assert needed.gain_ratio.mask.tolist() == [True]


@pytest.mark.parametrize(
    ("home", "spending", "epsilon", "io", "message"),
    [
        ([[1.2], [0.5]], [[0.5], [0.5]], [4, 4], None, r"home_share must be in.*s, A"),
        ([[0.9], [0.5]], [[0.5], [0.4]], [4, 4], None, "spending_share must sum to 1"),
        ([[0.9], [0.5]], [[0.5], [0.5]], [4, 0], None, r"elasticity must be above 0.*r"),
        ([[0.9], [0.5]], [[0.5], [0.5]], [4, 4], np.full((2, 2, 1), 0.5), "must leave a part of costs"),
        ([[0.9]], [[0.5], [0.5]], [4, 4], None, "not an array of numbers of shape"),
    ],
)
def test_refusals(home, spending, epsilon, io, message):
    if np.shape(home) == (1, 1):
        home = np.ones((3, 1))
    with pytest.raises(ModelInputError, match=message):
        gains_by_sector(home, spending, epsilon, countries=["A"], sectors=["s", "r"], io_share=io)


def test_elasticity_must_be_positive():
    with pytest.raises(ModelInputError, match=r"elasticity must be above 0.*at B"):
        gains_one_sector([0.5, 0.5], [4.0, -1.0], countries=["A", "B"])
