"""The partial equilibrium: limits, brute force, accounts that add up, and refusals that name the field."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from techbalance.errors import ModelInputError, UnknownCodeError
from techbalance.models.partial_equilibrium import (
    HELD_FIXED,
    Market,
    Policy,
    add_home_variety,
    solve_partial_equilibrium,
)

EXACT = 1e-11
"""Two ways to the same number, each rounding a few hundred times."""


def market(value=(60.0, 30.0, 10.0), *, sigma=4.0, eta=-1.0, supply=(1.0, 10.0, 10.0), **more):
    names = ("home", "A", "B", "C", "D")[: len(value)]
    return Market(
        ("chips",) * len(value),
        names,
        np.array(value),
        sigma=np.array(sigma),
        demand_elasticity=np.array(eta),
        supply_elasticity=np.array(supply),
        **{"home": np.array([True] + [False] * (len(value) - 1)), **more},
    )


def brute_force_index(value, sigma, eta, supply, *, wedge, quota):
    """Clear each supplier's market by bisection inside a bisection on the index; no logs, no closed form."""
    share = np.array(value) / np.sum(value)

    def consumer_price(place, index):
        def excess(price):
            return price ** (supply[place] + sigma) - index ** (sigma + eta) * wedge[place] ** -sigma

        price = brentq(excess, 1e-9, 1e9, xtol=1e-15, rtol=8.9e-16) * wedge[place]
        if quota[place] < np.inf:
            price = max(price, (quota[place] / index ** (sigma + eta)) ** (-1 / sigma))
        return price

    def gap(index):
        prices = np.array([consumer_price(place, index) for place in range(len(value))])
        if sigma == 1:
            return index - np.prod(prices**share)
        return index - (share @ prices ** (1 - sigma)) ** (1 / (1 - sigma))

    return brentq(gap, 1e-4, 1e4, xtol=1e-15, rtol=8.9e-16)


@pytest.mark.parametrize("sigma", [0.3, 1.0, 1.0001, 4.0, 12.0])
@pytest.mark.parametrize("eta", [-0.2, -1.0, -3.0])
@pytest.mark.parametrize("quota", [np.inf, 0.8])
def test_agrees_with_bisection(sigma, eta, quota):
    value, supply = (60.0, 30.0, 10.0), (1.5, 7.0, 2.0)
    tariff = np.array([0.0, 0.4, 0.1])
    limits = np.array([np.inf, np.inf, quota])
    solved = solve_partial_equilibrium(
        market(value, sigma=sigma, eta=eta, supply=supply), Policy(tariff_new=tariff, quota_ratio=limits)
    )
    expected = brute_force_index(value, sigma, eta, supply, wedge=1 + tariff, quota=limits)
    assert solved.by_product.price_index_hat[0] == pytest.approx(expected, rel=1e-10)
    assert solved.closure == HELD_FIXED


def test_nothing_changes_when_nothing_changes():
    solved = solve_partial_equilibrium(market(), Policy(tariff_base=np.array([0, 0.1, 0.2])))
    for hat in (solved.producer_price_hat, solved.consumer_price_hat, solved.quantity_hat):
        np.testing.assert_allclose(hat, 1.0, atol=1e-14)
    assert abs(solved.by_product.welfare_usd[0]) < 1e-12
    assert solved.by_product.revenue_change_usd[0] == pytest.approx(0, abs=1e-12)


def test_cobb_douglas_is_the_limit_of_sigma_one():
    policy = Policy(tariff_new=np.array([0.0, 0.5, 0.0]))
    exact = solve_partial_equilibrium(market(sigma=1.0), policy).by_product.price_index_hat[0]
    for gap in (1e-3, 1e-6, 1e-9, 1e-12):
        near = solve_partial_equilibrium(market(sigma=1.0 + gap), policy).by_product.price_index_hat[0]
        assert near == pytest.approx(exact, abs=gap)


def test_infinite_supply_is_the_limit_of_large_elasticities():
    policy = Policy(tariff_new=np.array([0.0, 0.25, 0.0]))
    exact = solve_partial_equilibrium(market(supply=(np.inf,) * 3), policy)
    near = solve_partial_equilibrium(market(supply=(1e9,) * 3), policy)
    np.testing.assert_allclose(near.quantity_hat, exact.quantity_hat, rtol=1e-7)
    assert np.all(exact.producer_surplus_change_usd == 0)


def test_fixed_supply_bears_the_whole_tariff():
    """With nothing to do but sell, a sole supplier cuts its price by the tariff and buyers see no change."""
    solved = solve_partial_equilibrium(
        market((100.0,), supply=(0.0,), home=np.array([False])), Policy(tariff_new=np.array(0.25))
    )
    assert solved.consumer_price_hat[0] == pytest.approx(1.0, abs=1e-13)
    assert solved.producer_price_hat[0] == pytest.approx(0.8, rel=EXACT)
    assert solved.by_product.welfare_usd[0] == pytest.approx(20.0, rel=EXACT)


def test_a_tariff_from_a_base_is_a_change_of_one_plus_the_rate():
    paid = market((60.0, 30.0, 10.0), valuation="consumer")
    from_base = solve_partial_equilibrium(
        paid, Policy(tariff_base=np.array([0, 0.1, 0.0]), tariff_new=np.array([0, 0.375, 0.0]))
    )
    from_zero = solve_partial_equilibrium(paid, Policy(tariff_new=np.array([0, 0.25, 0.0])))
    np.testing.assert_allclose(from_base.quantity_hat, from_zero.quantity_hat, rtol=EXACT)
    assert from_base.revenue_base_usd[1] == pytest.approx(30 * 0.1 / 1.1)


def test_customs_values_are_raised_by_the_base_tariff():
    tariff = np.array([0, 0.25, 0.0])
    customs = solve_partial_equilibrium(
        market((60.0, 24.0, 10.0), valuation="customs"), Policy(tariff_base=tariff, tariff_new=tariff * 2)
    )
    consumer = solve_partial_equilibrium(
        market((60.0, 30.0, 10.0)), Policy(tariff_base=tariff, tariff_new=tariff * 2)
    )
    np.testing.assert_allclose(customs.consumer_value_new_usd, consumer.consumer_value_new_usd, rtol=EXACT)
    np.testing.assert_allclose(customs.customs_value_base_usd, [60, 24, 10], rtol=EXACT)


@pytest.mark.parametrize("eta", [-0.4, -1.0, -2.5])
def test_compensating_variation_is_the_area_under_demand(eta):
    solved = solve_partial_equilibrium(market(eta=eta), Policy(tariff_new=np.array([0, 0.6, 0.3]))).by_product
    area, _ = quad(lambda price: price**eta, 1.0, float(solved.price_index_hat[0]), epsabs=1e-13)
    assert solved.compensating_variation_usd[0] == pytest.approx(-100 * area, rel=1e-10)


def test_producer_surplus_is_the_area_left_of_supply():
    solved = solve_partial_equilibrium(
        market(supply=(1.7, 3.0, 0.0)), Policy(tariff_new=np.array([0, 0.6, 0.3]))
    )
    for place, (value, supply) in enumerate([(60.0, 1.7), (30.0, 3.0), (10.0, 0.0)]):
        area, _ = quad(lambda price, eps=supply: price**eps, 1.0, float(solved.producer_price_hat[place]))
        assert solved.producer_surplus_change_usd[place] == pytest.approx(value * area, rel=1e-9)


def test_money_goes_somewhere():
    """What buyers pay is what suppliers get, plus duty, plus rent."""
    solved = solve_partial_equilibrium(
        market(),
        Policy(
            tariff_new=np.array([0, 0.25, 0.1]),
            subsidy_new=np.array([0.15, 0, 0]),
            quota_ratio=np.array([np.inf, 0.7, np.inf]),
        ),
    )
    paid = solved.customs_value_new_usd + solved.revenue_new_usd + solved.quota_rent_usd
    np.testing.assert_allclose(solved.consumer_value_new_usd, paid, rtol=EXACT)
    product = solved.by_product
    spent = 100 * product.price_index_hat[0] * product.quantity_hat[0]
    assert solved.consumer_value_new_usd.sum() == pytest.approx(spent, rel=EXACT)
    assert product.welfare_usd[0] == pytest.approx(
        product.compensating_variation_usd[0]
        + product.revenue_change_usd[0]
        - product.subsidy_cost_change_usd[0]
        + product.home_surplus_change_usd[0]
        + product.national_rent_usd[0]
    )


def test_a_subsidy_is_capacity_at_home_paid_for():
    """A subsidy and the supply shift (1 + s)^epsilon give buyers the same market; the treasury differs."""
    subsidised = solve_partial_equilibrium(market(), Policy(subsidy_new=np.array([0.2, 0, 0])))
    shifted = solve_partial_equilibrium(market(), Policy(supply_shift=np.array([1.2**1.0, 1, 1])))
    np.testing.assert_allclose(subsidised.quantity_hat, shifted.quantity_hat, rtol=EXACT)
    assert (
        subsidised.by_product.subsidy_cost_change_usd[0] > 0 == shifted.by_product.subsidy_cost_change_usd[0]
    )
    assert subsidised.by_product.imports_new_usd[0] < 40
    assert subsidised.balance_change_usd[0] == 0


def test_a_cost_change_at_infinite_supply_is_the_price():
    solved = solve_partial_equilibrium(
        market(supply=(np.inf,) * 3),
        Policy(cost_hat=np.array([0.9, 1, 1]), subsidy_new=np.array([0, 0, 0.25])),
    )
    np.testing.assert_allclose(solved.producer_price_hat, [0.9, 1.0, 0.8], rtol=EXACT)


@pytest.mark.parametrize("owner", ["importer", "exporter"])
def test_a_quota_is_a_tariff_whose_revenue_is_rent(owner):
    """The quota that allows what a tariff would leave gives the same prices; the revenue becomes rent."""
    taxed = solve_partial_equilibrium(market(), Policy(tariff_new=np.array([0, 0.25, 0])))
    limit = np.array([np.inf, taxed.quantity_hat[1], np.inf])
    limited = solve_partial_equilibrium(market(), Policy(quota_ratio=limit, quota_rent_to=owner))
    np.testing.assert_allclose(limited.consumer_price_hat, taxed.consumer_price_hat, rtol=EXACT)
    np.testing.assert_allclose(limited.producer_price_hat, taxed.producer_price_hat, rtol=EXACT)
    assert limited.quota_binds.tolist() == [False, True, False]
    assert limited.quota_rent_usd[1] == pytest.approx(taxed.revenue_new_usd[1], rel=1e-9)
    lost = taxed.by_product.welfare_usd[0] - limited.by_product.welfare_usd[0]
    expected = 0.0 if owner == "importer" else taxed.revenue_new_usd[1]
    assert lost == pytest.approx(expected, abs=1e-9)
    imports = taxed.by_product.imports_new_usd[0] + expected
    assert limited.by_product.imports_new_usd[0] == pytest.approx(imports, rel=1e-9)
    assert [note.reason for note in limited.notes] == ["quota_binds"]


def test_a_quota_above_what_is_bought_does_nothing():
    solved = solve_partial_equilibrium(market(), Policy(quota_ratio=np.array([np.inf, 1.0 + 1e-9, 2.0])))
    assert not solved.quota_binds.any()
    assert solved.quota_rent_usd.sum() == 0


def test_creation_and_diversion():
    """A tariff on one supplier destroys imports and moves a part of them to the other."""
    solved = solve_partial_equilibrium(market(), Policy(tariff_new=np.array([0, 0.25, 0])))
    change = np.array([30, 10]) * (np.asarray(solved.quantity_hat[1:]) - 1)
    assert solved.by_product.trade_creation_usd[0] == pytest.approx(change.sum(), rel=EXACT)
    assert solved.by_product.trade_diversion_usd[0] == pytest.approx(change[1], rel=EXACT)
    removal = Policy(tariff_base=np.array([0, 0.25, 0]), tariff_new=np.zeros(3))
    removed = solve_partial_equilibrium(market(), removal)
    assert removed.by_product.trade_creation_usd[0] > 0 < removed.by_product.trade_diversion_usd[0]


def test_a_zero_flow_stays_zero_and_is_noted():
    solved = solve_partial_equilibrium(market((60.0, 0.0, 40.0)), Policy(tariff_new=np.array([0, 0.5, 0.5])))
    assert solved.zero_flow.tolist() == [False, True, False]
    assert solved.quantity_hat.mask.tolist() == [False, True, False]
    assert solved.consumer_value_new_usd[1] == solved.customs_value_new_usd[1] == 0
    (note,) = solved.notes
    assert (note.reason, note.labels) == ("zero_flow", ("chips from A",))


def two_products():
    return Market(
        ("b", "a", "b", "a", "a"),
        ("X", "X", "Y", "Y", "Z"),
        np.array([5.0, 10.0, 20.0, 30.0, 60.0]),
        sigma=np.array([6.0, 4.0, 6.0, 4.0, 4.0]),
        demand_elasticity=np.array([-2.0, -1.0, -2.0, -1.0, -1.0]),
        supply_elasticity=np.array([3.0, 10.0, np.inf, 10.0, 1.0]),
    )


def test_products_are_solved_apart_and_suppliers_added_up():
    both = two_products()
    tariff = np.array([0.1, 0.0, 0.3, 0.25, 0.0])
    solved = solve_partial_equilibrium(both, Policy(tariff_new=tariff))
    assert solved.by_product.products == ("b", "a")
    alone = solve_partial_equilibrium(market((60.0, 30.0, 10.0)), Policy(tariff_new=np.array([0, 0.25, 0])))
    assert solved.by_product.price_index_hat[1] == pytest.approx(
        alone.by_product.price_index_hat[0], rel=EXACT
    )
    totals = solved.by_supplier()
    assert totals.suppliers == ("X", "Y", "Z")
    np.testing.assert_allclose(totals.value_base_usd, [15, 50, 60])
    assert totals.value_new_usd[0] == pytest.approx(solved.customs_value_new_usd[[0, 1]].sum())
    np.testing.assert_allclose(totals.balance_change_usd, totals.value_base_usd - totals.value_new_usd)


def test_home_variety_from_a_declared_share():
    imports = two_products()
    whole = add_home_variety(imports, np.array([0.5, 0.0]), supply_elasticity=2.0)
    assert whole.product[5:] == ("b",)
    assert whole.home.tolist() == [False] * 5 + [True]
    assert whole.value_usd[5] == pytest.approx(25.0)
    assert whole.supply_elasticity[5] == 2.0
    with pytest.raises(ModelInputError, match="home is true already"):
        add_home_variety(whole, 0.5, supply_elasticity=2.0)
    with pytest.raises(ModelInputError, match="must be in"):
        add_home_variety(imports, 1.0, supply_elasticity=2.0)


def test_home_share_is_of_what_buyers_pay():
    customs = Market(
        ("a",),
        ("X",),
        np.array([100.0]),
        sigma=np.array(3.0),
        demand_elasticity=np.array(-1.0),
        supply_elasticity=np.array(5.0),
        valuation="customs",
    )
    whole = add_home_variety(customs, 0.5, supply_elasticity=1.0, tariff_base=0.2)
    assert whole.value_usd[1] == pytest.approx(120.0)


def test_other_elasticities_on_the_same_market():
    drawn = two_products().with_elasticities(sigma=2.0)
    assert set(drawn.sigma) == {2.0}
    assert drawn.products == ("b", "a")
    with pytest.raises(ModelInputError, match="sigma must not be negative"):
        two_products().with_elasticities(sigma=-1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": (60.0, -1.0, 10.0)}, r"value_usd must not be negative .*chips from A, value -1"),
        ({"value": (60.0, np.nan, 10.0)}, "value_usd must be a finite number"),
        ({"value": (0.0, 0.0, 0.0)}, r"value_usd must be positive .*at chips"),
        ({"sigma": -0.5}, "sigma must not be negative"),
        ({"sigma": (4.0, 5.0, 4.0)}, r"sigma must be the same .*chips"),
        ({"eta": 0.0}, "demand_elasticity must be below 0"),
        ({"supply": (1.0, -2.0, 1.0)}, r"supply_elasticity must not be negative .*chips from A"),
        ({"sigma": 0.0, "supply": (0.0, 1.0, 1.0)}, "must be above 0 where sigma is 0"),
        ({"supply": (1.0, 2.0)}, "not an array of numbers of shape"),
    ],
)
def test_markets_that_are_refused(change, message):
    with pytest.raises(ModelInputError, match=message):
        market(**change)


def test_labels_that_are_refused():
    with pytest.raises(ModelInputError, match="a from X is there twice"):
        Market(("a", "a"), ("X", "X"), np.ones(2), np.array(4.0), np.array(-1.0), np.array(1.0))
    with pytest.raises(ModelInputError, match="one label per row"):
        Market(("a",), (), np.ones(1), np.array(4.0), np.array(-1.0), np.array(1.0))
    with pytest.raises(UnknownCodeError, match="valuation"):
        market(valuation="cif")


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (Policy(tariff_new=np.array([0, -1.0, 0])), r"tariff_new must be above -1.*chips from A, value -1"),
        (
            Policy(tariff_new=np.array([0.1, 0, 0])),
            r"tariff_new must be 0 for the home variety.*chips from home",
        ),
        (Policy(subsidy_new=np.array([-1.5, 0, 0])), "subsidy_new must be above -1"),
        (Policy(supply_shift=np.array([0.0, 1, 1])), "supply_shift must be above 0"),
        (Policy(quota_ratio=np.array([1.0, 0.0, 1.0])), "quota_ratio must be above 0"),
        (Policy(cost_hat=np.array([1.0, np.inf, 1.0])), "cost_hat must be a finite number"),
        (Policy(supply_shift=np.array([1.0, 1.0, 1.5])), "must be 1 where supply is infinitely elastic"),
    ],
)
def test_policies_that_are_refused(policy, message):
    with pytest.raises(ModelInputError, match=message):
        solve_partial_equilibrium(market(supply=(1.0, 10.0, np.inf)), policy)


def test_a_quota_needs_both_sides_to_move():
    with pytest.raises(ModelInputError, match="needs sigma and supply_elasticity above 0"):
        solve_partial_equilibrium(market(supply=(1.0, 0.0, 1.0)), Policy(quota_ratio=np.array(0.5)))
    with pytest.raises(UnknownCodeError, match="owner of the quota rent"):
        solve_partial_equilibrium(market(), Policy(quota_rent_to="nobody"))


def test_results_cannot_be_changed():
    solved = solve_partial_equilibrium(market(), Policy(tariff_new=np.array([0, 0.25, 0])))
    with pytest.raises(ValueError, match="read-only"):
        solved.revenue_new_usd[0] = 1.0
    with pytest.raises(AttributeError):
        solved.residual = 0.0


def test_markets_side_by_side_come_out_as_each_alone():
    one = market(sigma=3.0, eta=-0.8, supply=(1.5, 7.0, 2.0))
    policy = Policy(tariff_new=np.array([0.0, 0.25, 0.1]), quota_ratio=np.array([np.inf, np.inf, 0.7]))
    values = np.array([[60.0, 30.0, 10.0], [10.0, 80.0, 10.0], [1.0, 2.0, 97.0]])
    many = solve_partial_equilibrium(one.side_by_side(values), policy.side_by_side(3))
    for place, value in enumerate(values):
        alone = solve_partial_equilibrium(market(value, sigma=3.0, eta=-0.8, supply=(1.5, 7.0, 2.0)), policy)
        mine = slice(3 * place, 3 * place + 3)
        for name in ("consumer_value_new_usd", "customs_value_new_usd", "quota_rent_usd", "revenue_new_usd"):
            np.testing.assert_allclose(getattr(many, name)[mine], getattr(alone, name), rtol=EXACT)
        np.testing.assert_allclose(
            many.by_product.welfare_usd[place], alone.by_product.welfare_usd[0], rtol=EXACT
        )


def test_a_copy_of_a_market_without_value_is_refused_by_its_product():
    with pytest.raises(ModelInputError, match=r"must be positive.*chips"):
        market().side_by_side(np.array([[60.0, 30.0, 10.0], [0.0, 0.0, 0.0]]))
    with pytest.raises(ModelInputError, match=r"must not be negative.*chips from A"):
        market().side_by_side(np.array([[60.0, -30.0, 10.0]]))
