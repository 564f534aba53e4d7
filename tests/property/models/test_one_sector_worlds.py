"""What must hold in any world with one sector, tried on 200 of them with 2 to 60 countries."""

from functools import cache

import numpy as np
import pytest

from techbalance.errors import ConvergenceError, ModelInputError
from techbalance.models.exact_hat import (
    CLOSURES,
    OneSectorShock,
    OneSectorWorld,
    remove_deficits,
    solve_exact_hat,
)

BATCHES, PER_BATCH = 20, 10
SAME = 1e-10
"""Markets are cleared to 1e-10 or better; in wages that is amplified by less than the trade elasticity."""
CLEARED = 1e-10

each_batch = pytest.mark.parametrize("batch", range(BATCHES))


@cache
def make_world(seed):
    """Countries of very different size and openness, a fifth of the routes unused, tariffs, deficits."""
    rng = np.random.default_rng(seed)
    size = 2 + seed % 59
    weight = rng.lognormal(0, 1.5, size)
    trade = np.outer(weight, weight) * rng.lognormal(0, 1.0, (size, size))
    trade[rng.random((size, size)) < 0.2] = 0.0
    np.fill_diagonal(trade, 0.0)
    trade[(np.arange(size) + 1) % size, np.arange(size)] += 0.1 * weight  # a ring, so that the world is one
    np.fill_diagonal(trade, np.maximum(trade.sum(axis=0), trade.sum(axis=1)) * rng.uniform(1.5, 6.0, size))
    tariff = np.where(np.eye(size) > 0, 0.0, rng.uniform(0, 0.4, (size, size)))
    return OneSectorWorld(tuple(f"c{place}" for place in range(size)), trade, rng.uniform(1.0, 10.0), tariff)


@cache
def balanced(seed):
    return remove_deficits(make_world(seed))


@cache
def make_shock(seed):
    rng = np.random.default_rng(1000 + seed)
    size = len(make_world(seed).countries)
    home = np.eye(size) > 0
    return OneSectorShock(
        trade_cost_hat=np.where(home, 1.0, rng.uniform(0.85, 1.15, (size, size))),
        tariff_new=np.where(home, 0.0, rng.uniform(0, 0.5, (size, size))),
        productivity_hat=rng.uniform(0.9, 1.1, size),
    )


def closure_of(seed):
    """Half the worlds keep deficits in dollars, half in proportion."""
    return CLOSURES[seed // 2 % 2]


def seeds(batch):
    return range(batch * PER_BATCH, (batch + 1) * PER_BATCH)


@each_batch
def test_no_shock_is_no_change(batch):
    for seed in seeds(batch):
        world = make_world(seed)
        solved = solve_exact_hat(world, OneSectorShock(), closure=closure_of(seed))
        for hat in (solved.wage_hat, solved.price_hat, solved.welfare_hat):
            np.testing.assert_allclose(hat, 1.0, atol=SAME, err_msg=f"world {seed}")
        np.testing.assert_allclose(solved.trade_usd, world.trade_usd, rtol=SAME)


@each_batch
def test_markets_clear_and_walras_holds(batch):
    for seed in seeds(batch):
        solved = solve_exact_hat(make_world(seed), make_shock(seed), closure=closure_of(seed))
        sales = solved.trade_usd.sum(axis=1)
        assert np.abs(sales / solved.output_usd - 1).max() < CLEARED, seed
        spending = (solved.trade_usd * (1 + solved.tariff)).sum(axis=0)
        income = solved.output_usd + solved.revenue_usd
        np.testing.assert_allclose(spending, income + solved.deficit_usd, rtol=1e-11)
        assert spending.sum() == pytest.approx(income.sum(), rel=CLEARED)
        assert np.all(solved.trade_usd >= 0)
        assert min(solved.wage_hat.min(), solved.price_hat.min()) > 0


@each_batch
def test_units_numeraire_and_order_do_not_matter(batch):
    for seed in seeds(batch):
        world, shock = make_world(seed), make_shock(seed)
        solved = solve_exact_hat(world, shock, closure=closure_of(seed))
        size = len(world.countries)
        pinned = solve_exact_hat(
            world, shock, closure=closure_of(seed), numeraire=world.countries[seed % size]
        )
        np.testing.assert_allclose(pinned.welfare_hat, solved.welfare_hat, rtol=SAME)
        order = np.random.default_rng(seed).permutation(size)
        pick = np.ix_(order, order)
        turned = solve_exact_hat(
            OneSectorWorld(
                tuple(world.countries[place] for place in order),
                1e6 * world.trade_usd[pick],
                world.theta,
                world.tariff[pick],
            ),
            OneSectorShock(shock.trade_cost_hat[pick], shock.tariff_new[pick], shock.productivity_hat[order]),
            closure=closure_of(seed),
        )
        np.testing.assert_allclose(turned.welfare_hat, solved.welfare_hat[order], rtol=SAME)
        np.testing.assert_allclose(turned.wage_hat, solved.wage_hat[order], rtol=SAME)
        np.testing.assert_allclose(turned.trade_usd, 1e6 * solved.trade_usd[pick], rtol=10 * SAME)


@each_batch
def test_a_shock_and_its_reverse_return_to_the_start(batch):
    for seed in seeds(batch):
        world, shock = make_world(seed), make_shock(seed)
        there = solve_exact_hat(world, shock, closure=closure_of(seed))
        back = solve_exact_hat(
            there.world(),
            OneSectorShock(1 / shock.trade_cost_hat, world.tariff, 1 / shock.productivity_hat),
            closure=closure_of(seed),
        )
        np.testing.assert_allclose(back.trade_usd, world.trade_usd, rtol=100 * SAME, err_msg=f"world {seed}")
        np.testing.assert_allclose(there.welfare_hat * back.welfare_hat, 1.0, rtol=SAME)


@each_batch
def test_welfare_is_the_own_share_where_no_revenue_comes_between(batch):
    """Without tariffs, and without deficits or with multiplicative ones, the own share is all that counts."""
    for seed in seeds(batch):
        given = make_world(seed)
        world = OneSectorWorld(given.countries, given.trade_usd, given.theta)
        shock = OneSectorShock(trade_cost_hat=make_shock(seed).trade_cost_hat)
        for start, closure in ((world, "multiplicative"), (remove_deficits(world), "additive")):
            solved = solve_exact_hat(start, shock, closure=closure)
            own = np.diagonal(solved.import_share) / np.diagonal(start.import_share)
            np.testing.assert_allclose(solved.welfare_hat, own ** (-1 / world.theta), rtol=SAME)
            assert solved.residual < CLEARED


@each_batch
def test_closed_borders_without_deficits(batch):
    for seed in seeds(batch):
        given = make_world(seed)
        world = remove_deficits(OneSectorWorld(given.countries, given.trade_usd, given.theta))
        size = len(world.countries)
        cost = np.where(np.eye(size) > 0, 1.0, np.inf)
        solved = solve_exact_hat(world, OneSectorShock(trade_cost_hat=cost), closure=closure_of(seed))
        gain = np.diagonal(world.import_share) ** (1 / world.theta)
        np.testing.assert_allclose(solved.welfare_hat, gain, rtol=SAME)
        assert np.count_nonzero(solved.trade_usd) == size


@each_batch
def test_tariffs_of_ten_thousand_percent_without_deficits(batch):
    """Trade all but vanishes, yet each country's small exports pay for its small imports to ten digits."""
    for seed in seeds(batch):
        world = balanced(seed)
        size = len(world.countries)
        rates = np.where(np.eye(size) > 0, 0.0, 100.0)
        solved = solve_exact_hat(world, OneSectorShock(tariff_new=rates), closure=closure_of(seed))
        foreign = np.where(np.eye(size) > 0, 0.0, solved.trade_usd)
        np.testing.assert_allclose(foreign.sum(axis=0), foreign.sum(axis=1), rtol=10 * SAME)
        assert np.all(solved.welfare_hat > 0)


@each_batch
def test_extreme_shocks_with_deficits_solve_or_raise(batch):
    for seed in seeds(batch)[::5]:
        world = make_world(seed)
        size = len(world.countries)
        home = np.eye(size) > 0
        for shock in (
            OneSectorShock(tariff_new=np.where(home, 0.0, 100.0)),
            OneSectorShock(trade_cost_hat=np.where(home, 1.0, np.inf)),
        ):
            try:
                solved = solve_exact_hat(world, shock, closure=closure_of(seed))
            except (ConvergenceError, ModelInputError) as error:
                assert "deficit" in str(error)
            else:
                assert solved.residual < CLEARED
                assert np.all(solved.trade_usd >= 0)
                assert np.all(solved.welfare_hat > 0)
