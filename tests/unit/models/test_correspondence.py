"""Weights between old and new codes: known answers, what nothing decides, and refusals."""

import numpy as np
import pytest

from techbalance.errors import ModelInputError
from techbalance.models.correspondence import (
    SMALLEST_SHARE,
    estimate_weights,
    measure_drift,
)

# Weights come from a linear solver with a penalty of 1e4 on their sums.
SOLVED = 1e-8
OPEN = np.array([[True, True]])


def weights(before, after, allowed=OPEN, folds=None, **more):
    before, after = np.array(before, float), np.array(after, float)
    return estimate_weights(before, after, np.array(allowed), folds=folds or range(len(before)), **more)


def test_the_worked_example():
    found = weights([[100]], [[60, 40]])
    assert found.central == pytest.approx(np.array([[0.6, 0.4]]), abs=SOLVED)
    assert (found.observations, found.heldout_error) == (1, None)


def test_one_supplier_decides_the_weight_but_not_how_sure_it_is():
    found = weights([[100]], [[60, 40]])
    assert found.low.tolist() == [[0, 0]]
    assert found.high.tolist() == [[1, 1]]


def test_growth_between_the_years_is_no_part_of_a_weight():
    assert weights([[100], [10]], [[120, 80], [3, 2]]).central == pytest.approx(
        np.array([[0.6, 0.4]]), abs=SOLVED
    )


def test_suppliers_that_agree_give_a_band_without_width_and_no_error():
    found = weights([[100], [10], [50]], [[60, 40], [6, 4], [30, 20]])
    assert found.high - found.low == pytest.approx(np.zeros((1, 2)), abs=SOLVED)
    assert found.heldout_error == pytest.approx(0, abs=SOLVED)


def test_suppliers_that_differ_give_a_band_around_the_estimate_and_an_error():
    found = weights([[100], [100], [100]], [[90, 10], [50, 50], [10, 90]])
    assert found.central[0, 0] == pytest.approx(0.5, abs=SOLVED)
    assert 0.1 <= found.low[0, 0] < 0.5 < found.high[0, 0] <= 0.9
    # Left out in turn: 0.9 against 0.3, 0.5 against 0.5, 0.1 against 0.7.
    assert found.heldout_error == pytest.approx((0.6 + 0 + 0.6) / 3, abs=SOLVED)


def test_folds_are_left_out_together():
    same_year = weights([[100], [100], [100]], [[90, 10], [90, 10], [10, 90]], folds=["a", "a", "b"])
    assert same_year.heldout_error == pytest.approx(0.8, abs=SOLVED)


def test_many_to_many_weights_are_found():
    true = np.array([[0.6, 0.4, 0], [0, 0.3, 0.7]])
    before = np.random.default_rng(1).uniform(1, 100, (15, 2))
    found = estimate_weights(before, before @ true, true > 0, folds=range(15))
    assert found.central == pytest.approx(true, abs=SOLVED)
    assert found.is_identified.all()


def test_an_old_code_without_trade_gets_equal_weights_and_is_flagged():
    found = weights([[100, 0], [50, 0]], [[60, 40], [30, 20]], [[True, True], [True, True]])
    assert found.is_traded.tolist() == [True, False]
    assert found.central[1].tolist() == [0.5, 0.5]
    assert (found.low[1].tolist(), found.high[1].tolist()) == ([0, 0], [1, 1])


def test_codes_that_move_together_are_not_told_apart():
    found = weights([[10, 20], [30, 60]], [[15, 15], [45, 45]], [[True, True], [True, True]])
    assert found.is_identified.tolist() == [False, False]
    assert found.low.min() == 0
    assert found.high.max() == 1


def test_a_code_with_one_heir_is_certain_even_from_one_supplier():
    found = weights([[10]], [[7]], [[True]])
    assert (found.central[0, 0], found.low[0, 0], found.high[0, 0]) == (1, 1, 1)


def test_the_same_seed_gives_the_same_band():
    given = ([[100], [80], [60], [10]], [[90, 10], [40, 40], [10, 50], [5, 5]])
    one, other = (weights(*given, seed=7) for _ in range(2))
    assert (one.low == other.low).all()
    assert (weights(*given, seed=8).low != one.low).any()


@pytest.mark.parametrize(
    ("before", "after", "allowed", "says"),
    [
        ([[1.0]], [[1.0], [1.0]], OPEN[:, :1], "same observations"),
        ([[1.0]], [[1.0, 1.0]], OPEN[:, :1], "one column per new code"),
        ([[-1.0]], [[1.0, 1.0]], OPEN, "at least 0"),
        ([[np.nan]], [[1.0, 1.0]], OPEN, "finite"),
        ([[1.0]], [[1.0, 1.0]], ~OPEN, "no new one"),
        ([[1.0]], [[0.0, 0.0]], OPEN, "before and after"),
    ],
)
def test_what_cannot_be_estimated_is_refused(before, after, allowed, says):
    before, after = np.array(before), np.array(after)
    with pytest.raises(ModelInputError, match=says):
        estimate_weights(before, after, np.array(allowed), folds=range(len(before)))


def test_a_share_that_stands_still_has_a_band_without_width():
    drift = measure_drift([[0.2, 0.2, 0.2], [0.9, 0.9]])
    assert (drift.deviation, drift.steps, drift.inside, drift.cast) == (0, 3, 3, 3)
    assert drift.band(0.2, 2) == pytest.approx((0.2, 0.2))


def test_a_band_widens_with_every_year_and_stays_between_nothing_and_all():
    drift = measure_drift([[0.2, 0.4, 0.3], [0.9, 0.5]])
    bands = [drift.band(0.3, years) for years in (1, 2, 3)]
    assert all(0 < low < 0.3 < high < 1 for low, high in bands)
    assert [low for low, _ in bands] == sorted((low for low, _ in bands), reverse=True)


def test_shares_of_nothing_and_all_have_a_band_too():
    drift = measure_drift([[0.0, 1.0]])
    assert drift.band(0.0, 1)[0] < SMALLEST_SHARE
    assert measure_drift([[0.0, 0.0]]).band(0.0, 1) == pytest.approx((SMALLEST_SHARE, SMALLEST_SHARE))


def test_without_two_years_of_a_supplier_there_is_no_drift():
    assert measure_drift([]) is None
    assert measure_drift([[0.5], [0.1]]) is None


def test_a_share_beyond_all_is_refused():
    with pytest.raises(ModelInputError, match="between 0 and 1"):
        measure_drift([[0.5, 1.2]])
