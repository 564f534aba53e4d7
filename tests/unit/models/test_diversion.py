"""Trade diversion: the pattern, its size, and a test that chance does not pass."""

from __future__ import annotations

import numpy as np
import pytest

from techbalance.errors import ModelInputError, ParameterError
from techbalance.models.diversion import PartnerTrade, trade_diversion

# Means of a few ranks in double precision.
ROUNDING = 1e-12


def trade_of(sales: np.ndarray, purchases: np.ndarray, avoided: np.ndarray) -> PartnerTrade:
    periods, products = sales.shape
    return PartnerTrade(
        tuple(str(2018 + n) for n in range(periods)),
        tuple(f"p{n}" for n in range(products)),
        sales,
        purchases,
        avoided,
    )


HAND = trade_of(
    sales=np.array([[1.0, 5, 3, 0], [9, 5, 1, 10]]),
    purchases=np.array([[2.0, 1, 1, 4], [5, 9, 4, 3]]),
    avoided=np.array([[20.0, 9, 9, 9], [18, 1, 1, 1]]),
)


def test_the_pattern_and_the_most_that_was_passed_on() -> None:
    found = trade_diversion(HAND, lags=[0], seed=1)
    assert found.sales_change_usd.tolist() == [8, 0, -2, 10]
    assert found.purchases_change_usd.tolist() == [[3, 8, 3, -1]]
    assert found.avoided_change_usd.tolist() == [-2, -8, -8, -8]
    assert found.is_diversion_pattern.tolist() == [[True, False, False, False]]
    assert found.passed_on_usd.tolist() == [[2, 0, 0, 0]]
    assert found.passed_on_share.tolist() == pytest.approx([2 / 18], abs=ROUNDING)
    assert (found.from_period, found.to_period) == ("2018", "2019")


def test_purchases_run_ahead_by_the_lag() -> None:
    generator = np.random.default_rng(5)
    purchases = np.cumsum(generator.lognormal(0, 1, (7, 60)), axis=0)
    sales = np.ones((7, 60))
    sales[1:] = 2 * purchases[:-1] + 1
    found = trade_diversion(trade_of(sales, purchases, purchases[::-1]), lags=[0, 1, 2], seed=2)
    assert found.correlation[1] == pytest.approx(1, abs=ROUNDING)
    assert found.p_value.tolist()[1] == 0.001
    assert abs(float(found.correlation[0])) < 0.5
    assert (found.from_period, found.to_period) == ("2020", "2024")


def test_what_lifts_all_products_does_not_count() -> None:
    """All flows double each year; which product grows more is unrelated, so nothing is found."""
    generator = np.random.default_rng(6)
    growth = 2.0 ** np.arange(6)[:, np.newaxis]
    sales, purchases = growth * generator.random(80), growth * generator.random(80)
    found = trade_diversion(trade_of(sales, purchases, 1 / growth * np.ones(80)), lags=[0], seed=3)
    assert float(found.p_value[0]) > 0.05


def test_the_p_value_holds_its_level() -> None:
    """Of 200 worlds without a link, about one in twenty may look like one at 5 %."""
    generator = np.random.default_rng(7)
    worlds = [trade_of(*(generator.random((3, 12)) for _ in range(3))) for _ in range(200)]
    small = sum(
        float(trade_diversion(world, lags=[0], permutations=99, seed=n).p_value[0]) <= 0.05
        for n, world in enumerate(worlds)
    )
    # Binomial(200, 0.05): 10 expected, standard deviation 3.1; four of them.
    assert small <= 22


def test_the_seed_decides() -> None:
    generator = np.random.default_rng(8)
    world = trade_of(*(generator.random((4, 20)) for _ in range(3)))
    first, again = (trade_diversion(world, seed=4).p_value.tolist() for _ in range(2))
    assert first == again


def test_too_little_to_test_says_why() -> None:
    two = trade_diversion(trade_of(np.ones((2, 2)), np.ones((2, 2)), np.ones((2, 2))), lags=[0], seed=1)
    assert (two.correlation.tolist(), two.reason) == ([None], ("one_observation",))
    flat = trade_diversion(trade_of(np.ones((2, 4)), HAND.purchases_usd, np.ones((2, 4))), lags=[0], seed=1)
    assert (flat.p_value.tolist(), flat.reason) == ([None], ("degenerate",))
    assert flat.passed_on_share.tolist() == [None]


def test_refusals() -> None:
    for lags in ((), (-1,), (1,)):
        with pytest.raises(ParameterError, match="lags from 0 to 0"):
            trade_diversion(HAND, lags=lags, seed=1)
    with pytest.raises(ParameterError, match="0 permutations"):
        trade_diversion(HAND, lags=[0], permutations=0, seed=1)
    with pytest.raises(ModelInputError, match="purchases_usd must be 0 or more"):
        trade_of(np.ones((2, 3)), -np.ones((2, 3)), np.ones((2, 3)))
