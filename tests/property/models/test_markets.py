"""What must hold in any market, tried on drawn ones with hypothesis."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techbalance.models.partial_equilibrium import Market, Policy, solve_partial_equilibrium

EXAMPLES = 60
SAME = 1e-9
"""Prices are cleared to 1e-10; a quantity moves by sigma times that."""

profile = settings(max_examples=EXAMPLES, deadline=None, derandomize=True)


@st.composite
def markets(draw, *, supply=None):
    """One to three products with one to six suppliers each, some of them without trade, home first."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=3))
    product, supplier, home, sigma, eta = [], [], [], [], []
    for place, size in enumerate(sizes):
        product += [f"p{place}"] * size
        supplier += ["home", "A", "B", "C", "D", "E"][:size]
        home += [True] + [False] * (size - 1)
        sigma += [draw(st.sampled_from([0.0, 0.5, 1.0, 1.5, 4.0, 15.0]))] * size
        eta += [draw(st.floats(-4, -0.05))] * size
    rows = len(product)
    value = draw(st.lists(st.floats(0.0, 1e6), min_size=rows, max_size=rows))
    value = np.where(np.array(value) < 1e-3, 0.0, value)
    value[np.array(home)] += 1.0
    if supply is None:
        drawn = st.one_of(st.floats(0.1, 50.0), st.just(np.inf))
        supply = np.array(draw(st.lists(drawn, min_size=rows, max_size=rows)))
    return Market(
        tuple(product),
        tuple(supplier),
        value,
        sigma=np.array(sigma),
        demand_elasticity=np.array(eta),
        supply_elasticity=np.asarray(supply),
        home=np.array(home),
    )


@st.composite
def policies(draw, market, *, quota=True):
    rows = len(market.product)

    def some(low, high):
        return np.array(draw(st.lists(st.floats(low, high), min_size=rows, max_size=rows)))

    flexible = np.isfinite(market.supply_elasticity)
    limited = quota and bool(np.all(market.sigma > 0))
    return Policy(
        tariff_base=np.where(market.home, 0.0, some(0.0, 0.5)),
        tariff_new=np.where(market.home, 0.0, some(-0.3, 3.0)),
        subsidy_new=some(-0.3, 0.5),
        supply_shift=np.where(flexible, some(0.5, 2.0), 1.0),
        cost_hat=some(0.7, 1.4),
        quota_ratio=some(0.3, 1.5) if limited and draw(st.booleans()) else np.array(np.inf),
    )


@profile
@given(st.data())
def test_supply_meets_demand_and_money_goes_somewhere(data):
    market = data.draw(markets())
    policy = data.draw(policies(market))
    solved = solve_partial_equilibrium(market, policy)
    assert solved.residual < 1e-10
    live = ~solved.zero_flow
    paid = solved.customs_value_new_usd + solved.revenue_new_usd + solved.quota_rent_usd
    np.testing.assert_allclose(solved.consumer_value_new_usd[live], paid[live], rtol=SAME)
    spent = solved.by_product.price_index_hat * solved.by_product.quantity_hat
    spent *= np.bincount(market.row_product, weights=market.value_usd)
    total = np.bincount(market.row_product, weights=solved.consumer_value_new_usd)
    np.testing.assert_allclose(total, spent, rtol=SAME)
    assert np.all(solved.quota_rent_usd >= 0)
    assert np.all(solved.producer_price_hat.compressed() > 0)
    assert np.all(solved.consumer_value_new_usd[~live] == 0)


@profile
@given(st.data())
def test_order_and_units_do_not_matter(data):
    market = data.draw(markets())
    policy = data.draw(policies(market))
    solved = solve_partial_equilibrium(market, policy)
    rows = len(market.product)
    order = np.random.default_rng(rows).permutation(rows)

    def turn(values):
        return np.broadcast_to(values, (rows,))[order]

    turned = solve_partial_equilibrium(
        Market(
            tuple(market.product[place] for place in order),
            tuple(market.supplier[place] for place in order),
            1e3 * market.value_usd[order],
            sigma=market.sigma[order],
            demand_elasticity=market.demand_elasticity[order],
            supply_elasticity=market.supply_elasticity[order],
            home=market.home[order],
        ),
        Policy(
            tariff_base=turn(policy.tariff_base),
            tariff_new=turn(policy.tariff_new),
            subsidy_new=turn(policy.subsidy_new),
            supply_shift=turn(policy.supply_shift),
            cost_hat=turn(policy.cost_hat),
            quota_ratio=turn(policy.quota_ratio),
        ),
    )
    new = 1e3 * solved.consumer_value_new_usd[order]
    np.testing.assert_allclose(turned.consumer_value_new_usd, new, rtol=SAME, atol=1e-6)
    assert turned.by_product.welfare_usd.sum() == pytest.approx(
        1e3 * solved.by_product.welfare_usd.sum(), rel=1e-6, abs=1e-3
    )


@profile
@given(st.data())
def test_a_policy_and_its_reverse_return_to_the_start(data):
    market = data.draw(markets())
    policy = data.draw(policies(market, quota=False))
    there = solve_partial_equilibrium(market, policy)
    moved = Market(
        market.product,
        market.supplier,
        there.consumer_value_new_usd,
        sigma=market.sigma,
        demand_elasticity=market.demand_elasticity,
        supply_elasticity=market.supply_elasticity,
        home=market.home,
    )
    back = solve_partial_equilibrium(
        moved,
        Policy(
            tariff_base=policy.tariff_new,
            tariff_new=policy.tariff_base,
            subsidy_base=policy.subsidy_new,
            subsidy_new=policy.subsidy_base,
            supply_shift=1 / policy.supply_shift,
            cost_hat=1 / policy.cost_hat,
        ),
    )
    np.testing.assert_allclose(back.consumer_value_new_usd, market.value_usd, rtol=1e-7, atol=1e-9)


@profile
@given(st.data(), st.floats(0.01, 5.0))
def test_a_tariff_hurts_whom_it_is_aimed_at(data, rate):
    """Its supplier never sells more or gets a better price, and the product never becomes cheaper."""
    market = data.draw(markets())
    place = data.draw(st.integers(0, len(market.product) - 1))
    if market.home[place] or market.value_usd[place] == 0:
        return
    tariff = np.zeros(len(market.product))
    tariff[place] = rate
    solved = solve_partial_equilibrium(market, Policy(tariff_new=tariff))
    assert solved.quantity_hat[place] <= 1 + SAME
    assert solved.producer_price_hat[place] <= 1 + SAME
    assert solved.by_product.price_index_hat[market.row_product[place]] >= 1 - SAME
    assert solved.by_product.trade_diversion_usd.min() >= 0


@profile
@given(st.data())
def test_a_small_country_never_gains_from_a_tariff(data):
    """With given prices abroad and no other distortion, what buyers lose exceeds revenue and home surplus."""
    market = data.draw(markets(supply=np.inf))
    rates = data.draw(st.lists(st.floats(0, 4.0), min_size=len(market.product), max_size=len(market.product)))
    solved = solve_partial_equilibrium(market, Policy(tariff_new=np.where(market.home, 0.0, rates)))
    spent = np.bincount(market.row_product, weights=market.value_usd)
    assert np.all(solved.by_product.welfare_usd <= SAME * spent)


@profile
@given(st.data())
def test_a_tighter_quota_is_never_better_for_buyers(data):
    market = data.draw(markets())
    if not np.all(market.sigma > 0) or market.home.all():
        return
    loose, tight = sorted(data.draw(st.lists(st.floats(0.2, 1.5), min_size=2, max_size=2)), reverse=True)
    index = [
        solve_partial_equilibrium(
            market, Policy(quota_ratio=np.where(market.home, np.inf, ratio))
        ).by_product.price_index_hat
        for ratio in (loose, tight)
    ]
    assert np.all(index[1] >= index[0] - SAME)
