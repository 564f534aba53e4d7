"""The learning scenario: by hand for one year, its limits, its pay-back condition, and its evidence."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.integrate import quad

from techbalance.errors import ModelInputError, UnknownCodeError
from techbalance.models.learning import (
    PARAMETERS,
    THOUGHT_EXPERIMENT,
    LearningScenario,
    find_break_even,
    find_evidence,
    map_pay_back,
    run_learning,
)
from techbalance.models.partial_equilibrium import Market, Policy, solve_partial_equilibrium

EXACT = 1e-12
BASE = LearningScenario(
    spending_usd=1e9,
    home_share=0.4,
    sigma=4.0,
    demand_elasticity=-1.2,
    subsidy=0.2,
    subsidy_years=3,
    years=25,
    past_years=5.0,
)


@pytest.mark.parametrize("sigma", [1.0, 4.0])
@pytest.mark.parametrize("eta", [-1.0, -1.2])
def test_one_year_is_the_partial_equilibrium_with_elastic_supply(sigma, eta):
    scenario = replace(BASE, sigma=sigma, demand_elasticity=eta, years=3, cost_of_funds=0.0)
    path = run_learning(scenario)
    market = Market(
        ("good", "good"),
        ("home", "abroad"),
        np.array([0.4e9, 0.6e9]),
        sigma=np.array(sigma),
        demand_elasticity=np.array(eta),
        supply_elasticity=np.array(np.inf),
        home=np.array([True, False]),
    )
    solved = solve_partial_equilibrium(market, Policy(subsidy_new=np.array([0.2, 0.0])))
    assert path.home_quantity_hat[0] == pytest.approx(solved.quantity_hat[0], rel=EXACT)
    assert path.buyers_gain_usd[0] == pytest.approx(
        solved.by_product.compensating_variation_usd[0], rel=EXACT
    )
    assert path.subsidy_cost_usd[0] == pytest.approx(solved.by_product.subsidy_cost_change_usd[0], rel=EXACT)


def test_experience_and_cost_by_hand():
    scenario = replace(BASE, forgetting=0.1, foreign_weight=0.5, foreign_output_ratio=2.0, learning_rate=0.2)
    path = run_learning(scenario)
    start = 2.0 * (1 - 0.9**5) / 0.1
    after = 0.9 * start + path.home_quantity_hat[0] + 0.5 * 2.0
    assert path.experience_hat[0] == 1.0
    assert path.experience_hat[1] == pytest.approx(after / start, rel=EXACT)
    assert path.cost_hat[1] == pytest.approx((after / start) ** np.log2(0.8), rel=EXACT)
    doubled = 2 ** np.log2(0.8)
    assert doubled == pytest.approx(0.8)


def test_without_forgetting_experience_is_the_sum_of_the_past():
    path = run_learning(replace(BASE, forgetting=0.0, subsidy=0.0))
    assert path.experience_hat[1] == pytest.approx((5 + path.home_quantity_hat[0]) / 5, rel=EXACT)
    np.testing.assert_allclose(path.experience_hat, path.baseline_experience_hat, rtol=EXACT)


def test_no_subsidy_is_no_difference():
    path = run_learning(replace(BASE, subsidy=0.0, spillover=0.1, linked_usd=1e9))
    assert np.all(path.buyers_gain_usd == 0)
    assert np.all(path.net_present_usd == 0)
    assert path.benefit_cost_ratio is None
    assert (path.pays_back, path.pay_back_year) == (True, 0)


def test_without_learning_a_subsidy_only_costs():
    """Nothing stays when the subsidy ends, and while it runs it costs more than buyers gain."""
    path = run_learning(replace(BASE, learning_rate=0.0, cost_of_funds=0.0))
    assert np.all(path.buyers_gain_usd[:3] < path.subsidy_cost_usd[:3])
    assert np.all(path.buyers_gain_usd[3:] == 0)
    assert (path.pays_back, path.pay_back_year) == (False, None)
    assert path.benefit_cost_ratio < 1


def test_gains_after_the_end_come_from_what_was_learnt():
    path = run_learning(replace(BASE, learning_rate=0.2, forgetting=0.05))
    assert np.all(path.subsidy_cost_usd[3:] == 0)
    assert np.all(path.buyers_gain_usd[3:] > 0)
    assert np.all(path.cost_hat[3:] < path.baseline_cost_hat[3:])
    assert path.label == THOUGHT_EXPERIMENT


def test_buyers_gain_is_the_area_between_the_two_price_paths():
    path = run_learning(replace(BASE, learning_rate=0.2, forgetting=0.05))

    def index(price):
        return (0.4 * price**-3 + 0.6) ** (-1 / 3)

    year = 10
    area, _ = quad(
        lambda price: price**-1.2, index(path.home_price_hat[year]), index(path.baseline_cost_hat[year])
    )
    assert path.buyers_gain_usd[year] == pytest.approx(1e9 * area, rel=1e-9)


def test_forgetting_shrinks_what_stays():
    """Where buyers hardly respond to cost; where they do, a lead can feed on itself for decades."""
    quick = run_learning(replace(BASE, sigma=1.2, forgetting=0.6))
    slow = run_learning(replace(BASE, sigma=1.2, forgetting=0.05))
    ratio = [path.experience_hat[-1] / path.baseline_experience_hat[-1] for path in (quick, slow)]
    assert abs(np.log(ratio[0])) < abs(np.log(ratio[1]))


def test_the_spillover_pays_what_its_elasticity_says():
    path = run_learning(replace(BASE, spillover=0.1, linked_usd=2e9))
    factor = (path.experience_hat / path.baseline_experience_hat) ** 0.1
    np.testing.assert_allclose(path.spillover_gain_usd, 2e9 * (factor - 1), rtol=1e-9, atol=1e-3)
    with_it, without = path.net_present_usd[-1], run_learning(BASE).net_present_usd[-1]
    assert with_it > without


def test_pay_back_year_is_the_first_from_which_it_stays_paid():
    path = run_learning(replace(BASE, learning_rate=0.24, forgetting=0.0, cost_of_funds=0.0, years=60))
    assert path.pays_back
    year = path.pay_back_year
    assert year > 0
    assert path.net_present_usd[year - 1] < 0 <= path.net_present_usd[year:].min()


def test_break_even_is_where_the_present_value_is_zero():
    scenario = replace(BASE, linked_usd=5e9, learning_rate=0.05)
    found = find_break_even(scenario, "spillover", 0.0, 0.5)
    assert found.reason == "crossing"
    assert found.rises is True
    at = run_learning(replace(scenario, spillover=found.value)).net_present_usd[-1]
    assert abs(at) < 1.0
    assert not run_learning(replace(scenario, spillover=found.value * 0.99)).pays_back
    assert run_learning(replace(scenario, spillover=found.value * 1.01)).pays_back


def test_break_even_says_never_and_always():
    hopeless = replace(BASE, learning_rate=0.0)
    assert find_break_even(hopeless, "forgetting", 0.0, 0.5).reason == "never"
    free = replace(BASE, subsidy=0.0)
    never_worse = find_break_even(free, "forgetting", 0.0, 0.5)
    assert (never_worse.reason, never_worse.value, never_worse.rises) == ("always", None, None)


def test_a_map_holds_the_runs_it_is_made_of():
    found = map_pay_back(BASE, ("learning_rate", [0.0, 0.2]), ("forgetting", [0.0, 0.2, 0.39]))
    assert found.net_present_usd.shape == (2, 3)
    again = run_learning(replace(BASE, learning_rate=0.2, forgetting=0.39)).net_present_usd[-1]
    assert found.net_present_usd[1, 2] == pytest.approx(again, rel=EXACT)
    assert found.label == THOUGHT_EXPERIMENT


def test_every_range_is_ordered_sourced_and_can_be_run():
    names = {one.name for one in fields(LearningScenario)}
    for one in PARAMETERS:
        assert one.name in names
        assert one.low <= one.central <= one.high
        assert one.low < one.high
        assert len(one.source) > 40
        for value in (one.low, one.central, one.high):
            assert np.isfinite(run_learning(replace(BASE, **{one.name: value})).net_present_usd).all()
    assert find_evidence("learning_rate").basis == "published"
    assert find_evidence("spillover").basis == "assumption"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spending_usd", 0.0),
        ("home_share", 1.0),
        ("sigma", -1.0),
        ("demand_elasticity", 0.0),
        ("subsidy", -1.0),
        ("subsidy_years", 0),
        ("years", 2),
        ("learning_rate", 1.0),
        ("forgetting", -0.1),
        ("foreign_weight", 1.5),
        ("foreign_output_ratio", -1.0),
        ("past_years", 0.0),
        ("spillover", -0.1),
        ("linked_usd", np.nan),
        ("discount_rate", -1.0),
        ("cost_of_funds", np.inf),
    ],
)
def test_refusals(name, value):
    with pytest.raises(ModelInputError, match=f"{name} .*field {name}, value"):
        replace(BASE, **{name: value})


def test_unknown_parameters():
    with pytest.raises(UnknownCodeError, match="Did you mean 'forgetting'"):
        find_break_even(BASE, "forgeting", 0.0, 0.5)
    with pytest.raises(UnknownCodeError, match="parameter"):
        find_break_even(BASE, "years", 1.0, 5.0)
    with pytest.raises(UnknownCodeError, match="parameter"):
        find_evidence("luck")
    with pytest.raises(ModelInputError, match="low must be below high"):
        find_break_even(BASE, "forgetting", 0.5, 0.5)
