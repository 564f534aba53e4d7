"""The numbers anyone can recompute by hand, to the last digit they are given with."""

import json
from pathlib import Path

import numpy as np
import pytest

from techbalance.models.exact_hat import OneSectorShock, OneSectorWorld, solve_exact_hat
from techbalance.models.gains import gains_by_sector, gains_one_sector
from techbalance.models.partial_equilibrium import Market, Policy, solve_partial_equilibrium
from techbalance.models.uncertainty import Alternatives, run_draws

WORKED = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
LAST_DIGIT = 1e-12
"""Sixteen digits are given; both programs round a few times."""


def solved_market(supply_elasticity):
    given = WORKED["partial_equilibrium"]
    market = Market(
        ("chips",) * 3,
        ("home", "taxed", "other"),
        np.array(given["value_usd"]),
        sigma=np.array(given["sigma"]),
        demand_elasticity=np.array(given["demand_elasticity"]),
        supply_elasticity=np.array(supply_elasticity),
        home=np.array([True, False, False]),
    )
    return solve_partial_equilibrium(market, Policy(tariff_new=np.array(given["tariff_new"])))


@pytest.mark.parametrize("figure", ["producer_price", "consumer_price", "quantity"])
def test_partial_equilibrium_by_supplier(figure):
    given = WORKED["partial_equilibrium"]
    solved = solved_market(given["supply_elasticity"])
    change = 100 * (getattr(solved, f"{figure}_hat") - 1)
    np.testing.assert_allclose(change, given[f"{figure}_pct"], rtol=LAST_DIGIT * 100)


def test_partial_equilibrium_price_index():
    given = WORKED["partial_equilibrium"]
    index = solved_market(given["supply_elasticity"]).by_product.price_index_hat[0]
    assert 100 * (index - 1) == pytest.approx(given["price_index_pct"], rel=LAST_DIGIT * 100)


def test_infinitely_elastic_supply_is_the_textbook_case():
    given = WORKED["infinite_supply"]
    solved = solved_market([np.inf] * 3)
    assert np.all(solved.producer_price_hat == 1)
    assert 100 * (solved.by_product.price_index_hat[0] - 1) == pytest.approx(
        given["price_index_pct"], rel=LAST_DIGIT * 100
    )
    expected = [given["untaxed_quantity_pct"], given["taxed_quantity_pct"], given["untaxed_quantity_pct"]]
    np.testing.assert_allclose(100 * (solved.quantity_hat - 1), expected, rtol=LAST_DIGIT * 100)


@pytest.mark.parametrize("closure", ["additive", "multiplicative"])
def test_two_equal_countries(closure):
    given = WORKED["one_sector"]
    world = OneSectorWorld(("A", "B"), np.array(given["trade_usd"]), given["theta"])
    cost = np.where(np.eye(2) > 0, 1.0, given["trade_cost_hat"])
    solved = solve_exact_hat(world, OneSectorShock(trade_cost_hat=cost), closure=closure)
    np.testing.assert_allclose(solved.price_hat, given["price_hat"], rtol=LAST_DIGIT)
    np.testing.assert_allclose(solved.welfare_hat, given["welfare_hat"], rtol=LAST_DIGIT)
    np.testing.assert_allclose(np.diagonal(solved.import_share), given["own_share"], rtol=LAST_DIGIT)


def test_gains_from_trade():
    one = WORKED["gains"]["one"]
    found = gains_one_sector([one["home_share"]], one["elasticity"], countries=["A"])
    assert found.gain_ratio[0] == pytest.approx(one["gain_ratio"], rel=LAST_DIGIT)
    for case in WORKED["gains"]["more_pct"]:
        found = gains_one_sector([case["home_share"]], case["elasticity"], countries=["A"])
        assert 100 * found.gain_ratio[0] == pytest.approx(case["gain_pct"], rel=LAST_DIGIT)
    many = WORKED["gains"]["sectors"]
    found = gains_by_sector(
        np.array(many["home_share"])[:, None],
        np.array(many["spending_share"])[:, None],
        many["elasticity"],
        countries=["A"],
        sectors=["s", "r"],
    )
    assert found.gain_ratio[0] == pytest.approx(many["gain_ratio"], rel=LAST_DIGIT)


def test_gravity_without_covariates_keeps_only_the_totals():
    pytest.importorskip("pyfixest", reason="the optional extra gravity is not installed")
    from techbalance.models.gravity import estimate_gravity

    given = WORKED["gravity"]
    trade = np.array(given["trade_usd"]).ravel()
    fitted = estimate_gravity(["a", "a", "b", "b"], ["a", "b", "a", "b"], trade, {}).fitted_usd
    np.testing.assert_allclose(fitted, given["fitted_usd"], rtol=LAST_DIGIT)


def test_low_central_high_are_outcomes_of_actual_draws():
    given = WORKED["uncertainty"]
    values = tuple(np.array(value) for value in given["outcomes"])
    parameter = Alternatives("x", ("first", "second", "third"), values)
    found = run_draws(lambda sample: [sample.number("x")], ["y"], [parameter], seed=5, draws=3)
    assert (found.low[0], found.central[0], found.high[0]) == (given["low"], given["central"], given["high"])
