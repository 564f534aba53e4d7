"""The multi-sector equilibrium against brute force and the one-sector model, and its refusals."""

import numpy as np
import pytest
from scipy.optimize import root

from techbalance.errors import ConvergenceError, ModelInputError, UnknownCodeError
from techbalance.models.exact_hat import OneSectorShock, OneSectorWorld, remove_deficits, solve_exact_hat
from techbalance.models.gains import gains_by_sector
from techbalance.models.multi_sector import (
    DEFICITS,
    MultiSectorShock,
    MultiSectorWorld,
    first_order_welfare,
    group_bounds,
    integrated_welfare,
    solve_base,
    solve_multi_sector,
)
from techbalance.models.multi_sector.economy import Economy
from techbalance.models.multi_sector.payments import Payments

SAME_MODEL = 1e-10
"""Two programs for the same equations, each cleared to 1e-13."""
CLEARED = 1e-10


def accounts(seed=0, sectors=3, regions=4, tariff=0.3):
    """Make accounts in which costs equal sales by sector, and income equals spending by region."""
    rng = np.random.default_rng(seed)
    shape = (sectors, regions, regions)
    home = np.eye(regions) > 0
    trade = rng.lognormal(0, 0.7, shape) * np.where(home, 8.0, 1.0)
    rates = np.where(home, 0.0, rng.uniform(0, tariff, shape))
    sales = trade.sum(axis=1)
    va_share = rng.uniform(0.3, 0.7, (sectors, regions))
    mix = rng.dirichlet(np.ones(sectors), (sectors, regions)).transpose(2, 0, 1)
    intermediate = mix * (1 - va_share) * sales
    income = (va_share * sales).sum(axis=0) + (trade * rates).sum(axis=(0, 2))
    income += trade.sum(axis=(0, 2)) - trade.sum(axis=(0, 1))
    final = rng.dirichlet(np.ones(sectors), regions).T * income
    return {
        "regions": tuple(f"region {place}" for place in range(regions)),
        "sectors": tuple(f"sector {place}" for place in range(sectors)),
        "trade_usd": trade,
        "tariff": rates,
        "intermediate_usd": intermediate,
        "final_usd": final,
        "value_added_usd": va_share * sales,
        "theta": rng.uniform(2, 12, sectors),
    }


def make_world(seed=0, **more):
    return MultiSectorWorld(**accounts(seed, **more))


def make_shock(seed, world):
    rng = np.random.default_rng(seed)
    shape = world.trade_usd.shape
    home = np.eye(shape[1]) > 0
    return MultiSectorShock(
        tariff_new=np.where(home, 0.0, rng.uniform(0, 0.6, shape)),
        trade_cost_hat=rng.uniform(0.8, 1.3, shape),
        productivity_hat=rng.uniform(0.8, 1.3, shape[:2]),
    )


def brute_force(base, shock):
    """Write the model down as it is printed: prices by iteration, expenditure by one linear system."""
    world = base.world
    sectors, regions = world.va_share.shape
    theta = world.theta[:, None, None]
    change = shock.trade_cost_hat * (1 + shock.tariff_new) / (1 + world.tariff)
    change = change / shock.productivity_hat[:, None, :]

    def state(log_wage):
        wage, price = np.exp(log_wage), np.ones((sectors, regions))
        for _ in range(2000):
            inputs = np.einsum("kjn,kn->jn", world.io_share, np.log(price))
            cost = wage**world.va_share * np.exp(inputs)
            power = base.import_share * (change * cost[:, None, :]) ** -theta
            price = power.sum(axis=2) ** (-1 / world.theta[:, None])
        share = power / power.sum(axis=2, keepdims=True)
        net = share / (1 + shock.tariff_new)
        revenue_part = (share * shock.tariff_new / (1 + shock.tariff_new)).sum(axis=2)
        system = np.eye(sectors * regions).reshape(sectors, regions, sectors, regions)
        for n in range(regions):
            system[:, n] -= np.einsum("jk,ki->jki", world.io_share[:, :, n], net[:, :, n])
            system[:, n, :, n] -= np.outer(world.final_share[:, n], revenue_part[:, n])
        fixed = world.final_share * (wage * base.value_added_usd + base.deficit_usd)
        size = sectors * regions
        spending = np.linalg.solve(system.reshape(size, size), fixed.ravel()).reshape(sectors, regions)
        sales = np.einsum("jni,jn->ji", net, spending)
        return wage, price, spending, sales, (revenue_part * spending).sum(axis=0)

    def gap(log_wage):
        wage, _, _, sales, _ = state(log_wage)
        clearing = (world.va_share * sales).sum(axis=0) / (wage * base.value_added_usd) - 1
        clearing[-1] = wage @ base.value_added_usd / base.value_added_usd.sum() - 1
        return clearing

    found = root(gap, np.zeros(regions), tol=1e-13)
    assert np.abs(gap(found.x)).max() < 1e-9
    wage, price, spending, _, revenue = state(found.x)
    index = np.exp((world.final_share * np.log(price)).sum(axis=0))
    income = wage * base.value_added_usd + revenue + base.deficit_usd
    return wage, price, spending, income / base.income_usd / index


@pytest.mark.parametrize("deficits", DEFICITS)
@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_a_general_solver(seed, deficits):
    base = solve_base(make_world(seed, sectors=2 + seed % 3, regions=3 + seed % 2), deficits)
    shock = make_shock(50 + seed, base.world)
    solved = solve_multi_sector(base, shock)
    wage, price, spending, real_income = brute_force(base, shock)
    np.testing.assert_allclose(solved.wage_hat, wage, rtol=1e-8)
    np.testing.assert_allclose(solved.price_hat, price, rtol=1e-8)
    np.testing.assert_allclose(solved.expenditure_usd, spending, rtol=1e-8)
    np.testing.assert_allclose(solved.real_income_hat, real_income, rtol=1e-8)
    assert solved.residual < CLEARED


@pytest.mark.parametrize("tariff", [0.0, 0.4])
@pytest.mark.parametrize("deficits", DEFICITS)
def test_one_sector_without_inputs_is_the_one_sector_model(deficits, tariff):
    rng = np.random.default_rng(7)
    size, theta = 6, 4.3
    home = np.eye(size) > 0
    trade = rng.lognormal(0, 0.5, (size, size)) * np.where(home, 8, 1)  # [importer, exporter]
    rates = np.where(home, 0.0, rng.uniform(0, tariff, (size, size))) if tariff else np.zeros((size, size))
    spending = (trade * (1 + rates)).sum(axis=1)
    names = tuple("ABCDEF")
    many = MultiSectorWorld(
        names,
        ("all",),
        trade[None],
        rates[None],
        np.zeros((1, 1, size)),
        spending[None],
        trade.sum(axis=0)[None],
        np.array([theta]),
    )
    one = OneSectorWorld(names, trade.T, theta, rates.T)
    if deficits == "removed":
        one = remove_deficits(one)
    base = solve_base(many, deficits)
    new_rates = np.where(home, 0.0, rng.uniform(0, 0.7, (size, size)))
    cost, productivity = rng.uniform(0.8, 1.2, (size, size)), rng.uniform(0.8, 1.2, size)
    ours = solve_multi_sector(
        base,
        MultiSectorShock(
            tariff_new=new_rates[None], trade_cost_hat=cost[None], productivity_hat=productivity[None]
        ),
    )
    theirs = solve_exact_hat(
        one, OneSectorShock(tariff_new=new_rates.T, trade_cost_hat=cost.T, productivity_hat=productivity)
    )
    np.testing.assert_allclose(ours.real_income_hat, theirs.welfare_hat, rtol=SAME_MODEL)
    np.testing.assert_allclose(ours.wage_hat, theirs.wage_hat, rtol=SAME_MODEL)
    np.testing.assert_allclose(ours.trade_usd[0].T, theirs.trade_usd, rtol=SAME_MODEL)
    np.testing.assert_allclose(ours.revenue_usd, theirs.revenue_usd, rtol=SAME_MODEL, atol=1e-12)


def test_derivatives_are_those_of_the_system():
    base = solve_base(make_world(3, sectors=3, regions=4), "kept")
    world = base.world
    total = base.value_added_usd.sum()
    economy = Economy(
        share=base.import_share,
        log_cost=np.random.default_rng(1).normal(0, 0.1, base.import_share.shape),
        tariff=world.tariff * 2,
        io_share=world.io_share,
        va_share=world.va_share,
        final_share=world.final_share,
        value_added=base.value_added_usd / total,
        deficit=base.deficit_usd / total,
        theta=world.theta,
    )
    for pinned in (None, 1):
        system = Payments(economy, pinned)
        point = np.array([0.03, -0.02, 0.05, 0.01])
        system(point)
        step = 1e-5
        numeric = np.stack(
            [(system(point + step * e) - system(point - step * e)) / (2 * step) for e in np.eye(4)], 1
        )
        np.testing.assert_allclose(system.jacobian(point), numeric, atol=5e-4)


@pytest.mark.parametrize("deficits", DEFICITS)
def test_accounts_of_a_solution_add_up(deficits):
    base = solve_base(make_world(5, sectors=4, regions=5), deficits)
    solved = solve_multi_sector(base, make_shock(6, base.world))
    world = base.world
    paid = (solved.trade_usd * (1 + solved.tariff)).sum(axis=2)
    np.testing.assert_allclose(paid, solved.expenditure_usd, rtol=1e-12)
    np.testing.assert_allclose(solved.trade_usd.sum(axis=1), solved.sales_usd, rtol=1e-12)
    np.testing.assert_allclose(
        (solved.trade_usd * solved.tariff).sum(axis=(0, 2)), solved.revenue_usd, rtol=1e-11
    )
    used = np.einsum("kjn,jn->kn", world.io_share, solved.sales_usd) + world.final_share * solved.income_usd
    np.testing.assert_allclose(used, solved.expenditure_usd, rtol=1e-9)
    np.testing.assert_allclose(
        (world.va_share * solved.sales_usd).sum(axis=0), solved.value_added_usd, rtol=1e-9
    )
    imports, exports = solved.trade_usd.sum(axis=(0, 2)), solved.trade_usd.sum(axis=(0, 1))
    np.testing.assert_allclose(imports - exports, solved.deficit_usd, atol=1e-9 * imports.max())
    assert abs(solved.world_gap) < CLEARED


def test_the_base_of_consistent_accounts_is_the_accounts():
    """Where sector use equals sector expenditure, solving the base moves nothing."""
    base = solve_base(make_world(1, sectors=1), "kept")
    assert base.change_ratio < 1e-12
    assert all(note.reason != "rebalanced" for note in base.notes)
    moved = solve_base(make_world(1, sectors=3), "kept")
    assert moved.change_ratio > 0.01
    assert "rebalanced" in {note.reason for note in moved.notes}


def test_removed_deficits_are_gone_and_kept_ones_stay():
    world = make_world(2)
    assert np.abs(solve_base(world, "removed").deficit_usd).max() == 0
    np.testing.assert_allclose(solve_base(world, "kept").deficit_usd, world.deficit_usd, rtol=1e-10)


def test_no_shock_is_no_change():
    base = solve_base(make_world(4), "kept")
    solved = solve_multi_sector(base, MultiSectorShock())
    np.testing.assert_allclose(solved.real_income_hat, 1, rtol=1e-12)
    np.testing.assert_allclose(solved.trade_usd, base.trade_usd, rtol=1e-11)
    assert solved.shocks == ("none",)


def test_numeraire_is_only_a_unit():
    base = solve_base(make_world(6), "kept")
    shock = make_shock(7, base.world)
    free, pinned = solve_multi_sector(base, shock), solve_multi_sector(base, shock, numeraire="region 2")
    assert pinned.wage_hat[2] == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(pinned.real_income_hat, free.real_income_hat, rtol=1e-11)
    np.testing.assert_allclose(pinned.wage_hat * free.wage_hat[2], free.wage_hat, rtol=1e-11)


def test_closing_all_borders_costs_what_the_formula_says():
    base = solve_base(make_world(8, tariff=0.0), "removed")
    world = base.world
    home = np.eye(len(world.regions)) > 0
    cost = np.where(home, 1.0, np.inf) * np.ones(world.trade_usd.shape)
    solved = solve_multi_sector(base, MultiSectorShock(trade_cost_hat=cost))
    own = np.diagonal(base.import_share, axis1=1, axis2=2)
    gains = gains_by_sector(
        own,
        world.final_share,
        world.theta,
        countries=world.regions,
        sectors=world.sectors,
        io_share=world.io_share,
    )
    np.testing.assert_allclose(solved.real_income_hat, 1 - np.asarray(gains.gain_ratio), rtol=1e-11)
    assert "wage_undetermined" in {note.reason for note in solved.notes}


def test_a_zero_own_share_is_legal_and_noted():
    given = accounts(9)
    given["trade_usd"][1, 2, 2] = 0.0
    sales = given["trade_usd"].sum(axis=1)
    scale = sales / (given["value_added_usd"] + given["intermediate_usd"].sum(axis=0))
    given["value_added_usd"] *= scale
    given["intermediate_usd"] *= scale
    income = given["value_added_usd"].sum(axis=0) + (given["trade_usd"] * given["tariff"]).sum(axis=(0, 2))
    income += given["trade_usd"].sum(axis=(0, 2)) - given["trade_usd"].sum(axis=(0, 1))
    given["final_usd"] *= income / given["final_usd"].sum(axis=0)
    world = MultiSectorWorld(**given)
    notes = {note.reason: note.labels for note in world.notes}
    assert notes["zero_own_share"] == ("sector 1 in region 2",)
    base = solve_base(world, "removed")
    home = np.eye(4) > 0
    harsh = np.where(home, 0.0, 100.0) * np.ones(world.trade_usd.shape)
    solved = solve_multi_sector(base, MultiSectorShock(tariff_new=harsh))
    assert solved.trade_usd[1, 2, 2] == 0
    assert solved.residual < CLEARED
    cost = np.where(home, 1.0, np.inf) * np.ones(world.trade_usd.shape)
    with pytest.raises(ModelInputError, match=r"leaves a region without any supplier.*sector 1, region 2"):
        solve_multi_sector(base, MultiSectorShock(trade_cost_hat=cost))


def test_a_small_negative_cell_is_kept_and_named_and_a_large_one_refused():
    given = accounts(10)
    cost = given["value_added_usd"] + given["intermediate_usd"].sum(axis=0)
    cell = given["intermediate_usd"][0, 1, 2]
    given["intermediate_usd"][0, 1, 2] = -0.005 * cost[1, 2]
    given["value_added_usd"][1, 2] += cell + 0.005 * cost[1, 2]
    given["final_usd"][:, 2] *= 1 + (cell + 0.005 * cost[1, 2]) / given["final_usd"][:, 2].sum()
    world = MultiSectorWorld(**given)
    assert world.notes[0].labels == ("sector 0 used by sector 1 in region 2",)
    assert world.io_share[0, 1, 2] == pytest.approx(-0.005)
    assert solve_base(world, "kept").residual < CLEARED
    given["intermediate_usd"] = given["intermediate_usd"].copy()
    given["intermediate_usd"][0, 1, 2] = -0.02 * cost[1, 2]
    with pytest.raises(
        ModelInputError, match=r"beyond 1% of the user's output.*sector 0, sector 1, region 2"
    ):
        MultiSectorWorld(**given)


def test_spending_without_a_supplier_is_refused():
    given = accounts(11)
    given["trade_usd"][1, 2, :] = 0.0
    with pytest.raises(ModelInputError, match=r"no supplier for a sector.*sector 1, region 2"):
        MultiSectorWorld(**given)


def test_a_sector_nobody_uses_is_left_alone():
    given = accounts(12, sectors=3)
    for name in ("trade_usd", "value_added_usd", "final_usd"):
        given[name][2] = 0.0
    given["intermediate_usd"][2] = given["intermediate_usd"][:, 2] = 0.0
    sales = given["trade_usd"].sum(axis=1)
    cost = given["value_added_usd"] + given["intermediate_usd"].sum(axis=0)
    scale = np.divide(sales, cost, out=np.zeros_like(sales), where=cost > 0)
    given["value_added_usd"] *= scale
    given["intermediate_usd"] *= scale
    income = given["value_added_usd"].sum(axis=0) + (given["trade_usd"] * given["tariff"]).sum(axis=(0, 2))
    income += given["trade_usd"].sum(axis=(0, 2)) - given["trade_usd"].sum(axis=(0, 1))
    given["final_usd"] *= income / given["final_usd"].sum(axis=0)
    base = solve_base(MultiSectorWorld(**given), "kept")
    solved = solve_multi_sector(base, make_shock(13, base.world))
    assert solved.sales_usd[2].sum() == solved.expenditure_usd[2].sum() == 0
    assert np.all(solved.price_hat[2] == 1)


def test_first_order_is_right_for_small_changes_and_the_path_for_large_ones():
    base = solve_base(make_world(14), "removed")
    small = MultiSectorShock(tariff_new=base.tariff * 0.999)
    solved = solve_multi_sector(base, small)
    near = first_order_welfare(base, solved)
    exact = solved.real_income_hat - 1
    np.testing.assert_allclose(near.total, exact, atol=1e-3 * np.abs(exact).max())
    np.testing.assert_allclose(near.exact_real_income_ratio, exact)
    large = MultiSectorShock(tariff_new=base.tariff * 0.0)
    error = []
    for steps in (4, 8):
        decomposed, end = integrated_welfare(base, large, steps=steps)
        error.append(np.abs(decomposed.total - np.log(end.real_income_hat)).max())
    assert error[1] < 0.3 * error[0]
    np.testing.assert_allclose(
        decomposed.terms_of_trade_by_sector.sum(axis=0) + decomposed.volume_of_trade_by_sector.sum(axis=0),
        decomposed.total,
        rtol=1e-12,
    )


def test_only_tariffs_can_be_followed_along_a_path():
    base = solve_base(make_world(15), "removed")
    with pytest.raises(ModelInputError, match="only a change of tariffs"):
        integrated_welfare(base, make_shock(1, base.world))
    with pytest.raises(ModelInputError, match="steps must be at least 1"):
        integrated_welfare(base, MultiSectorShock(tariff_new=base.tariff), steps=0)


def test_groups_get_bounds():
    found = group_bounds(
        np.array([[0.1, 1.0], [-0.2, 2.0], [0.4, 3.0]]),
        ("office", "medical", "auto"),
        ("IT", "biotech"),
        [[1, 1, 0], [0, 1, 0]],
    )
    assert found.low.tolist() == [[-0.2, 1.0], [-0.2, 2.0]]
    assert found.high.tolist() == [[0.1, 2.0], [-0.2, 2.0]]
    assert found.sectors == (("office", "medical"), ("medical",))
    with pytest.raises(ModelInputError, match=r"names no sector for a group.*space"):
        group_bounds([1.0], ("auto",), ("space",), [[0]])


@pytest.mark.parametrize(
    ("field", "place", "value", "message"),
    [
        ("trade_usd", (0, 1, 2), -1.0, r"trade_usd must not be negative.*sector 0, region 1, region 2"),
        ("tariff", (0, 1, 2), -1.0, r"tariff must be above -1.*sector 0, region 1, region 2"),
        ("tariff", (0, 1, 1), 0.1, r"tariff must be 0 at home.*sector 0, region 1"),
        ("final_usd", (1, 0), -1.0, "final_usd must not be negative"),
        ("value_added_usd", (1, 0), -1.0, "value_added_usd must not be negative"),
        ("value_added_usd", (slice(None), 0), 0.0, r"value_added_usd must be positive.*region 0"),
        ("theta", (2,), 0.0, r"theta must be above 0.*sector 2"),
        ("value_added_usd", (1, 0), 50.0, "the accounts contradict each other by"),
        ("final_usd", (1, 0), 50.0, "the accounts contradict each other by"),
    ],
)
def test_worlds_that_are_refused(field, place, value, message):
    given = accounts(16)
    given[field][place] = value
    with pytest.raises(ModelInputError, match=message):
        MultiSectorWorld(**given)


def test_sales_without_costs_are_refused():
    given = accounts(17)
    given["value_added_usd"][0, 0] = 0.0
    given["intermediate_usd"][:, 0, 0] = 0.0
    with pytest.raises(ModelInputError, match=r"sales of a sector without costs.*sector 0, region 0"):
        MultiSectorWorld(**given)


def test_a_small_imbalance_is_taken_and_said():
    given = accounts(18)
    given["final_usd"] *= 1.0004
    world = MultiSectorWorld(**given)
    assert 1e-5 < world.imbalance_ratio < 1e-3
    base = solve_base(world, "kept")
    (note,) = [note for note in base.notes if note.reason == "rebalanced"]
    assert f"{world.imbalance_ratio:.2g} of world output" in note.text


def test_names_and_shocks_that_are_refused():
    world = make_world(19)
    with pytest.raises(UnknownCodeError, match="treatment of deficits"):
        solve_base(world, "halved")
    base = solve_base(world, "kept")
    with pytest.raises(UnknownCodeError, match="numeraire"):
        solve_multi_sector(base, MultiSectorShock(), numeraire="region 9")
    with pytest.raises(ModelInputError, match="productivity_hat must be above 0"):
        solve_multi_sector(base, MultiSectorShock(productivity_hat=np.zeros((3, 4))))
    with pytest.raises(ModelInputError, match="trade_cost_hat must be above 0"):
        solve_multi_sector(base, MultiSectorShock(trade_cost_hat=np.zeros((3, 4, 4))))


def test_a_region_cut_off_with_a_deficit_is_refused():
    base = solve_base(make_world(20), "kept")
    cost = np.ones(base.trade_usd.shape)
    cost[:, 0, 1:] = cost[:, 1:, 0] = np.inf
    with pytest.raises(ModelInputError, match="while a deficit or surplus has to be financed"):
        solve_multi_sector(base, MultiSectorShock(trade_cost_hat=cost))


def test_a_loan_that_cannot_be_delivered_raises():
    base = solve_base(make_world(21, sectors=2, regions=2), "kept")
    home = np.eye(2) > 0
    harsh = np.where(home, 1.0, 1e4) * np.ones(base.trade_usd.shape)
    with pytest.raises(ConvergenceError, match="multi-sector equilibrium"):
        solve_multi_sector(base, MultiSectorShock(trade_cost_hat=harsh))
