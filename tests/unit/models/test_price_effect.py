"""Price effects: the limits, the reasons for none, and the draws."""

from __future__ import annotations

import numpy as np
import pytest

from techbalance.errors import ModelInputError
from techbalance.models.price_effect import SIGMA_FLOOR, pooled_price_effect, price_effect

# Logarithms of a few doubles differ by less.
ROUNDING = 1e-12


def masked(values: list[float | None]) -> np.ma.MaskedArray:
    return np.ma.MaskedArray(
        [0.0 if value is None else value for value in values], mask=[value is None for value in values]
    )


def test_one_elasticity_gives_one_number_three_times() -> None:
    effect = price_effect(masked([0.6, 0.0]), masked([4.0, 4.0]))
    for part in (effect.low, effect.central, effect.high):
        assert part.tolist() == pytest.approx([np.log(2.5) / 3, 0.0], abs=ROUNDING)
    assert effect.reason == (None, None)


@pytest.mark.parametrize(
    ("share", "sigma", "reason"),
    [
        (1.0, 4.0, "sole_supplier"),
        (1.0, None, "sole_supplier"),
        (0.6, SIGMA_FLOOR, "elasticity_near_one"),
        (0.6, 0.5, "elasticity_near_one"),
        (0.6, None, "no_elasticity"),
        (None, 4.0, "no_trade"),
        (None, 1.0, "no_trade"),
    ],
)
def test_no_number_without_meaning(share: float | None, sigma: float | None, reason: str) -> None:
    effect = price_effect(masked([share]), masked([sigma]))
    assert (effect.low.tolist(), effect.central.tolist(), effect.high.tolist()) == ([None], [None], [None])
    assert effect.reason == (reason,)


@pytest.mark.parametrize("sigma", [None, 1.0, 4.0])
def test_without_a_loss_there_is_no_effect_whatever_the_elasticity(sigma: float | None) -> None:
    effect = price_effect(masked([0.0]), masked([sigma]))
    assert (effect.central.tolist(), effect.high.tolist(), effect.reason) == ([0.0], [0.0], (None,))


def test_low_central_high_are_draws() -> None:
    draws = np.ma.MaskedArray([[8.0], [3.0], [4.0]], mask=False)
    effect = price_effect(masked([0.6]), draws)
    rise = np.log(2.5)
    found = [float(part[0]) for part in (effect.low, effect.central, effect.high)]
    assert found == pytest.approx([rise / 7, rise / 3, rise / 2], abs=ROUNDING)


def test_draws_near_one_count_as_the_largest() -> None:
    """One draw in ten hides the high end only; six in ten hide the middle too."""
    sigma = np.full((10, 2), 3.0)
    sigma[:1, 0] = 1.0
    sigma[:6, 1] = 1.0
    effect = price_effect(masked([0.5, 0.5]), np.ma.MaskedArray(sigma, mask=False))
    middle = np.log(2) / 2
    assert effect.low.tolist() == pytest.approx([middle, middle], abs=ROUNDING)
    assert effect.central.tolist() == [pytest.approx(middle, abs=ROUNDING), None]
    assert effect.high.tolist() == [None, None]
    assert effect.reason == ("elasticity_near_one", "elasticity_near_one")
    assert effect.near_one.tolist() == [0.1, 0.6]


def test_groups_are_weighted_by_what_was_bought() -> None:
    pooled = pooled_price_effect(
        masked([0.5, 0.5, 1.0, 0.5]), masked([3.0, 2.0, 3.0, None]), [30, 10, 60, 5], ["b", "b", "b", "a"]
    )
    assert pooled.groups == ("a", "b")
    # (30 x ln 2 / 2 + 10 x ln 2 / 1) / 40; the sole supplier's product is left out and counted.
    assert pooled.central.tolist() == [None, pytest.approx(np.log(2) * 25 / 40, abs=ROUNDING)]
    assert pooled.covered_share.tolist() == [0.0, pytest.approx(0.4, abs=ROUNDING)]


def test_a_group_that_buys_nothing() -> None:
    pooled = pooled_price_effect(masked([None]), masked([3.0]), [0], ["a"])
    assert (pooled.central.tolist(), pooled.covered_share.tolist()) == ([None], [None])


def test_a_draw_near_one_is_capped_in_a_group() -> None:
    sigma = np.full((100, 1), 3.0)
    sigma[0] = 0.5
    pooled = pooled_price_effect(masked([0.5]), np.ma.MaskedArray(sigma, mask=False), [1], ["a"])
    assert pooled.high.tolist() == pytest.approx([np.log(2) / 2], abs=ROUNDING)


def test_shapes_are_checked() -> None:
    with pytest.raises(ModelInputError, match="elasticities do not fit"):
        price_effect(masked([0.5, 0.5]), masked([3.0]))
    with pytest.raises(ModelInputError, match="every product needs a group"):
        pooled_price_effect(masked([0.5]), masked([3.0]), [1], [])
    with pytest.raises(ModelInputError, match="weights must be 0 or more"):
        pooled_price_effect(masked([0.5]), masked([3.0]), [-1], ["a"])
