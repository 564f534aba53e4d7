"""What must hold in any world with many sectors, tried on 40 of them."""

from functools import cache

import numpy as np
import pytest

from techbalance.errors import ConvergenceError
from techbalance.models.gains import gains_by_sector
from techbalance.models.multi_sector import (
    MultiSectorShock,
    MultiSectorWorld,
    solve_base,
    solve_multi_sector,
)

WORLDS = 40
SAME = 1e-9
"""Cleared to 1e-10; in prices of sectors that buy mostly from each other that is amplified a few times."""
CLEARED = 1e-10

each_world = pytest.mark.parametrize("seed", range(WORLDS))


def make_accounts(seed, tariff=0.4):
    """Regions and sectors of very different size, a third of the routes unused, own sales in most sectors."""
    rng = np.random.default_rng(seed)
    regions, sectors = 2 + seed % 11, 1 + seed % 6
    shape = (sectors, regions, regions)
    home = np.eye(regions) > 0
    weight = rng.lognormal(0, 1.0, (sectors, regions))
    trade = weight[:, :, None] * weight[:, None, :] * rng.lognormal(0, 0.8, shape)
    trade[rng.random(shape) < 0.3] = 0.0
    trade = np.where(home, 0.0, trade)
    ring = np.arange(regions)
    trade[0, ring, (ring + 1) % regions] += 0.1  # everyone sells something, so that the world is one
    own = np.maximum(trade.sum(axis=1), trade.sum(axis=2)) * rng.uniform(2.0, 6.0, (sectors, regions)) + 0.1
    trade[:, home] = own
    rates = np.where(home, 0.0, rng.uniform(0, tariff, shape)) if tariff else np.zeros(shape)
    sales = trade.sum(axis=1)
    va_share = rng.uniform(0.25, 0.8, (sectors, regions))
    mix = rng.dirichlet(np.ones(sectors), (sectors, regions)).transpose(2, 0, 1)
    income = (va_share * sales).sum(axis=0) + (trade * rates).sum(axis=(0, 2))
    income += trade.sum(axis=(0, 2)) - trade.sum(axis=(0, 1))
    return MultiSectorWorld(
        tuple(f"r{place}" for place in range(regions)),
        tuple(f"s{place}" for place in range(sectors)),
        trade,
        rates,
        mix * (1 - va_share) * sales,
        rng.dirichlet(np.ones(sectors), regions).T * income,
        va_share * sales,
        rng.uniform(1.0, 12.0, sectors),
    )


@cache
def make_base(seed, deficits="kept"):
    return solve_base(make_accounts(seed), deficits)


def make_shock(seed):
    rng = np.random.default_rng(500 + seed)
    shape = make_base(seed).trade_usd.shape
    home = np.eye(shape[1]) > 0
    return MultiSectorShock(
        tariff_new=np.where(home, 0.0, rng.uniform(0, 0.5, shape)),
        trade_cost_hat=np.where(home, 1.0, rng.uniform(0.9, 1.1, shape)),
        productivity_hat=rng.uniform(0.9, 1.1, shape[:2]),
    )


@each_world
def test_no_shock_is_no_change(seed):
    base = make_base(seed)
    solved = solve_multi_sector(base, MultiSectorShock())
    for hat in (solved.real_income_hat, solved.wage_hat, solved.price_hat):
        np.testing.assert_allclose(hat, 1.0, atol=SAME)
    np.testing.assert_allclose(solved.trade_usd, base.trade_usd, rtol=SAME)


@each_world
def test_everything_adds_up(seed):
    base = make_base(seed)
    solved = solve_multi_sector(base, make_shock(seed))
    assert solved.residual < CLEARED
    paid = (solved.trade_usd * (1 + solved.tariff)).sum(axis=2)
    np.testing.assert_allclose(paid, solved.expenditure_usd, rtol=1e-11)
    earned = solved.value_added_usd + solved.revenue_usd
    assert earned.sum() == pytest.approx(solved.income_usd.sum(), rel=CLEARED)
    used = np.einsum("kjn,jn->kn", base.world.io_share, solved.sales_usd)
    used += base.world.final_share * solved.income_usd
    np.testing.assert_allclose(used, solved.expenditure_usd, rtol=SAME)
    assert np.all(solved.trade_usd >= 0)
    assert min(solved.price_hat.min(), solved.wage_hat.min()) > 0


@each_world
def test_units_numeraire_and_order_do_not_matter(seed):
    world, shock = make_accounts(seed), make_shock(seed)
    base = make_base(seed)
    solved = solve_multi_sector(base, shock)
    rng = np.random.default_rng(seed)
    regions, sectors = len(world.regions), len(world.sectors)
    pinned = solve_multi_sector(base, shock, numeraire=world.regions[seed % regions])
    np.testing.assert_allclose(pinned.real_income_hat, solved.real_income_hat, rtol=SAME)
    n, j = rng.permutation(regions), rng.permutation(sectors)
    flows, cells, accounts = np.ix_(j, n, n), np.ix_(j, j, n), np.ix_(j, n)
    turned = solve_multi_sector(
        solve_base(
            MultiSectorWorld(
                tuple(world.regions[place] for place in n),
                tuple(world.sectors[place] for place in j),
                1e3 * world.trade_usd[flows],
                world.tariff[flows],
                1e3 * world.intermediate_usd[cells],
                1e3 * world.final_usd[accounts],
                1e3 * world.value_added_usd[accounts],
                world.theta[j],
            )
        ),
        MultiSectorShock(
            shock.tariff_new[flows], shock.trade_cost_hat[flows], shock.productivity_hat[accounts]
        ),
    )
    np.testing.assert_allclose(turned.real_income_hat, solved.real_income_hat[n], rtol=SAME)
    np.testing.assert_allclose(turned.price_hat, solved.price_hat[accounts], rtol=SAME)
    np.testing.assert_allclose(turned.sales_usd, 1e3 * solved.sales_usd[accounts], rtol=SAME)


@each_world
def test_a_shock_and_its_reverse_return_to_the_start(seed):
    base, shock = make_base(seed), make_shock(seed)
    there = solve_multi_sector(base, shock)
    back = solve_multi_sector(
        base.after(there),
        MultiSectorShock(
            tariff_new=base.tariff,
            trade_cost_hat=1 / shock.trade_cost_hat,
            productivity_hat=1 / shock.productivity_hat,
        ),
    )
    np.testing.assert_allclose(there.real_income_hat * back.real_income_hat, 1.0, rtol=SAME)
    np.testing.assert_allclose(back.trade_usd, base.trade_usd, rtol=100 * SAME)
    np.testing.assert_allclose(back.revenue_usd, base.revenue_usd, rtol=100 * SAME)


@each_world
def test_closed_borders_cost_what_the_formula_says(seed):
    """The exact loss from autarky equals the formula that needs only own shares: two ways, no common code."""
    base = solve_base(make_accounts(seed, tariff=0.0), "removed")
    world = base.world
    home = np.eye(len(world.regions)) > 0
    cost = np.where(home, 1.0, np.inf) * np.ones(world.trade_usd.shape)
    solved = solve_multi_sector(base, MultiSectorShock(trade_cost_hat=cost))
    found = gains_by_sector(
        np.diagonal(base.import_share, axis1=1, axis2=2),
        world.final_share,
        world.theta,
        countries=world.regions,
        sectors=world.sectors,
        io_share=world.io_share,
    )
    np.testing.assert_allclose(solved.real_income_hat, 1 - np.asarray(found.gain_ratio), rtol=SAME)


def under_harsh_tariffs(base):
    home = np.eye(len(base.world.regions)) > 0
    rates = np.where(home, 0.0, 100.0) * np.ones(base.trade_usd.shape)
    solved = solve_multi_sector(base, MultiSectorShock(tariff_new=rates))
    assert solved.residual < CLEARED
    assert np.all(solved.trade_usd >= 0)
    assert np.all(solved.real_income_hat > 0)


@each_world
def test_tariffs_of_ten_thousand_percent_without_deficits(seed):
    under_harsh_tariffs(make_base(seed, "removed"))


@pytest.mark.parametrize("seed", [0, 11, 33])
def test_tariffs_of_ten_thousand_percent_with_deficits_solve_or_raise(seed):
    try:
        under_harsh_tariffs(make_base(seed))
    except ConvergenceError as error:
        assert error.residual > CLEARED
