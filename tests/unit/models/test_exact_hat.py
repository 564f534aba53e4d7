"""The one-sector equilibrium against brute force, its limits, its two closures, and its refusals."""

import numpy as np
import pytest
from scipy.optimize import root

from techbalance.errors import ConvergenceError, ModelInputError, UnknownCodeError
from techbalance.models.exact_hat import (
    CLOSURES,
    OneSectorShock,
    OneSectorWorld,
    remove_deficits,
    solve_exact_hat,
    tariff_as_iceberg,
)
from techbalance.models.exact_hat.payments import Payments

BRUTE_FORCE = 1e-9
"""What the general-purpose solver reaches."""
CLEARED = 1e-10


def make_world(seed=0, size=6, theta=4.0, tariffs=True):
    rng = np.random.default_rng(seed)
    trade = rng.lognormal(0, 0.6, (size, size))
    trade[np.diag_indices(size)] *= 10
    tariff = np.where(np.eye(size) > 0, 0.0, rng.uniform(0, 0.3, (size, size))) if tariffs else np.zeros(())
    return OneSectorWorld(tuple(f"country {place}" for place in range(size)), trade, theta, tariff)


def make_shock(seed, size, world):
    rng = np.random.default_rng(seed)
    return OneSectorShock(
        trade_cost_hat=rng.uniform(0.8, 1.3, (size, size)),
        tariff_new=np.where(np.eye(size) > 0, 0.0, rng.uniform(0, 0.5, (size, size))),
        productivity_hat=rng.uniform(0.8, 1.3, size),
    )


def brute_force(world, shock, closure):
    """Write the model down as it is printed and hand it to a general solver, in levels."""
    size = len(world.countries)
    paid = world.trade_usd * (1 + world.tariff)
    share = paid / paid.sum(axis=0)
    output = world.trade_usd.sum(axis=1)
    income = output + (world.trade_usd * world.tariff).sum(axis=0)
    deficit = paid.sum(axis=0) - income
    change = (
        shock.trade_cost_hat * (1 + shock.tariff_new) / (1 + world.tariff) / shock.productivity_hat[:, None]
    )

    def state(unknown):
        wage, scale = np.exp(unknown[:size]), np.exp(unknown[size])
        power = share * (wage[:, None] * change) ** -world.theta
        new_share = power / power.sum(axis=0)
        revenue_part = (new_share * shock.tariff_new / (1 + shock.tariff_new)).sum(axis=0)
        if closure == "additive":
            spending = (wage * output + scale * deficit) / (1 - revenue_part)
        else:
            ratio = scale * paid.sum(axis=0) / income
            spending = ratio * wage * output / (1 - ratio * revenue_part)
        flows = new_share * spending / (1 + shock.tariff_new)
        price = power.sum(axis=0) ** (-1 / world.theta)
        return wage, price, spending, revenue_part * spending, flows, scale

    def gap(unknown):
        wage, _, _, _, flows, scale = state(unknown)
        clearing = flows.sum(axis=1) / (wage * output) - 1
        if closure == "additive":
            return np.append(np.append(clearing[:-1], np.log(wage @ output / output.sum())), scale - 1)
        return np.append(clearing, np.log(wage @ output / output.sum()))

    found = root(gap, np.zeros(size + 1), method="hybr", options={"xtol": 1e-14})
    assert np.abs(gap(found.x)).max() < 1e-10
    wage, price, spending, revenue, flows, _ = state(found.x)
    if closure == "additive":
        welfare = spending / paid.sum(axis=0) / price
    else:
        welfare = (wage * output + revenue) / income / price
    return wage, price, welfare, flows


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_a_general_solver(seed, closure):
    size = 3 + seed
    world = make_world(seed, size, theta=2.0 + seed)
    shock = make_shock(100 + seed, size, world)
    solved = solve_exact_hat(world, shock, closure=closure)
    wage, price, welfare, flows = brute_force(world, shock, closure)
    np.testing.assert_allclose(solved.wage_hat, wage, rtol=BRUTE_FORCE)
    np.testing.assert_allclose(solved.price_hat, price, rtol=BRUTE_FORCE)
    np.testing.assert_allclose(solved.welfare_hat, welfare, rtol=BRUTE_FORCE)
    np.testing.assert_allclose(solved.trade_usd, flows, rtol=BRUTE_FORCE)
    assert solved.residual < CLEARED
    assert abs(solved.world_gap) < CLEARED


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("pinned", [None, 2])
@pytest.mark.parametrize("tariffs", [False, True])
def test_derivatives_are_those_of_the_system(closure, pinned, tariffs):
    world = make_world(3, 6, theta=3.3)
    rng = np.random.default_rng(9)
    tariff = world.tariff * (1.7 if tariffs else 0.0)
    system = Payments(world, rng.normal(0, 0.2, (6, 6)), tariff, closure=closure, pinned=pinned)
    point = rng.normal(0, 0.05, 7)
    step = 1e-6
    numeric = np.stack(
        [(system(point + step * e) - system(point - step * e)) / (2 * step) for e in np.eye(7)], 1
    )
    np.testing.assert_allclose(system.jacobian(point), numeric, atol=1e-7)


def test_accounts_of_a_solution_add_up():
    world = make_world(1, 8)
    solved = solve_exact_hat(world, make_shock(2, 8, world), closure="multiplicative")
    paid = solved.trade_usd * (1 + solved.tariff)
    np.testing.assert_allclose(paid.sum(axis=0), solved.expenditure_usd, rtol=1e-12)
    np.testing.assert_allclose(solved.trade_usd.sum(axis=1), solved.output_usd, rtol=1e-10)
    np.testing.assert_allclose(
        solved.expenditure_usd, solved.output_usd + solved.revenue_usd + solved.deficit_usd, rtol=1e-12
    )
    assert solved.deficit_usd.sum() == pytest.approx(0, abs=1e-9)
    assert solved.shocks == (
        "iceberg trade cost, no revenue",
        "ad valorem tariff with revenue",
        "productivity",
    )
    assert (solved.closure, solved.numeraire) == ("multiplicative", "world output")


def test_a_tariff_is_not_an_iceberg_and_says_so():
    """The iceberg burns the revenue: the country that raises the tariff looks worse off than it is."""
    world = make_world(4, 5, tariffs=False)
    rates = np.zeros((5, 5))
    rates[1:, 0] = 0.1
    tariff = solve_exact_hat(world, OneSectorShock(tariff_new=rates))
    iceberg = solve_exact_hat(world, tariff_as_iceberg(world.tariff, rates))
    assert tariff.welfare_hat[0] > iceberg.welfare_hat[0]
    assert tariff.revenue_usd[0] > 0 == iceberg.revenue_usd[0]
    assert iceberg.shocks == ("tariff put as an iceberg trade cost, no revenue",)


def test_productivity_everywhere_is_income_everywhere():
    world = make_world(5, 5)
    solved = solve_exact_hat(world, OneSectorShock(productivity_hat=np.full(5, 1.25)))
    np.testing.assert_allclose(solved.welfare_hat, 1.25, rtol=1e-12)


def test_gains_formula_where_it_must_hold():
    world = make_world(6, 7, tariffs=False)
    shock = OneSectorShock(trade_cost_hat=make_shock(7, 7, world).trade_cost_hat)
    own_cost = np.diagonal(shock.trade_cost_hat)
    solved = solve_exact_hat(world, shock, closure="multiplicative")
    own = np.diagonal(solved.import_share) / np.diagonal(world.import_share)
    np.testing.assert_allclose(solved.welfare_hat, own ** (-1 / world.theta) / own_cost, rtol=1e-11)


@pytest.mark.parametrize("closure", CLOSURES)
def test_closing_all_borders(closure):
    world = remove_deficits(make_world(8, 6, tariffs=False))
    closed = OneSectorShock(trade_cost_hat=np.where(np.eye(6) > 0, 1.0, np.inf))
    solved = solve_exact_hat(world, closed, closure=closure)
    own = np.diagonal(world.import_share)
    np.testing.assert_allclose(solved.welfare_hat, own ** (1 / world.theta), rtol=1e-12)
    assert [note.reason for note in solved.notes] == ["wage_undetermined"]
    assert solved.trade_usd[0, 1] == 0


def test_one_country_cut_off_leaves_the_others_in_equilibrium():
    world = remove_deficits(make_world(9, 6, tariffs=False))
    cost = np.ones((6, 6))
    cost[0, 1:] = cost[1:, 0] = np.inf
    solved = solve_exact_hat(world, OneSectorShock(trade_cost_hat=cost))
    own = world.import_share[0, 0]
    assert solved.welfare_hat[0] == pytest.approx(own ** (1 / world.theta), rel=1e-12)
    rest = solved.trade_usd[1:, 1:]
    np.testing.assert_allclose(rest.sum(axis=0), rest.sum(axis=1), rtol=1e-10)
    assert np.all(solved.trade_usd[0, 1:] == 0)
    assert np.all(solved.welfare_hat < 1)


def test_tariffs_of_ten_thousand_percent_without_deficits():
    """Where almost nothing is traded, payments still balance to ten digits of what is."""
    world = remove_deficits(make_world(10, 12, theta=9.0))
    solved = solve_exact_hat(world, OneSectorShock(tariff_new=np.where(np.eye(12) > 0, 0.0, 100.0)))
    exports = solved.trade_usd.sum(axis=1) - np.diagonal(solved.trade_usd)
    imports = solved.trade_usd.sum(axis=0) - np.diagonal(solved.trade_usd)
    assert (exports / solved.output_usd).max() < 1e-12
    np.testing.assert_allclose(exports, imports, rtol=1e-9)


def test_one_country_is_a_world_of_its_own():
    alone = OneSectorWorld(("A",), np.array([[80.0]]), 4.0)
    solved = solve_exact_hat(alone, OneSectorShock(productivity_hat=np.array([1.1])))
    assert solved.welfare_hat[0] == pytest.approx(1.1, rel=1e-13)


def test_a_country_that_never_traded_is_left_out_of_the_rest():
    given = remove_deficits(make_world(30, 6))
    trade = np.zeros((7, 7))
    trade[:6, :6], trade[6, 6] = given.trade_usd, 5.0
    tariff = np.zeros((7, 7))
    tariff[:6, :6] = given.tariff
    world = OneSectorWorld((*given.countries, "hermit"), trade, given.theta, tariff)
    rates = np.where(np.eye(7) > 0, 0.0, 0.3)
    solved = solve_exact_hat(world, OneSectorShock(tariff_new=rates))
    without = solve_exact_hat(given, OneSectorShock(tariff_new=rates[:6, :6]))
    assert "wage_undetermined" in {note.reason for note in solved.notes}
    assert solved.welfare_hat[6] == pytest.approx(1.0, rel=1e-12)
    np.testing.assert_allclose(solved.welfare_hat[:6], without.welfare_hat, rtol=1e-10)


def test_a_cut_off_deficit_is_refused_with_the_countries():
    world = make_world(11, 5)
    cost = np.ones((5, 5))
    cost[0, 1:] = cost[1:, 0] = np.inf
    with pytest.raises(ModelInputError, match="while a deficit or surplus has to be financed"):
        solve_exact_hat(world, OneSectorShock(trade_cost_hat=cost))


def test_one_way_trade_needs_a_deficit():
    trade = np.array([[80.0, 20.0], [0.0, 80.0]])
    world = OneSectorWorld(("lender", "borrower"), trade, 4.0)
    assert solve_exact_hat(world, OneSectorShock()).residual < CLEARED
    with pytest.raises(ModelInputError, match=r"lender can sell .* not buy|borrower can buy .* not sell"):
        remove_deficits(world)
    lender = OneSectorWorld(("lender", "borrower"), np.array([[80.0, 30.0], [20.0, 80.0]]), 4.0)
    closed = np.array([[1.0, np.inf], [1.0, 1.0]])
    with pytest.raises(ModelInputError, match=r"lender can buy .* not sell|borrower can sell .* not buy"):
        solve_exact_hat(lender, OneSectorShock(trade_cost_hat=closed))


def test_a_loan_larger_than_income_raises_and_names_the_lender():
    trade = np.array([[100.0, 60.0], [10.0, 100.0]])
    world = OneSectorWorld(("lender", "borrower"), trade, 6.0)
    with pytest.raises(ConvergenceError, match="on the way lender kept only") as caught:
        solve_exact_hat(world, OneSectorShock(tariff_new=np.array([[0, 100.0], [100.0, 0]])))
    assert caught.value.residual > CLEARED
    assert caught.value.iterations > 0


def test_numeraire_is_only_a_unit():
    world = make_world(12, 6)
    shock = make_shock(13, 6, world)
    free = solve_exact_hat(world, shock)
    pinned = solve_exact_hat(world, shock, numeraire="country 3")
    assert pinned.wage_hat[3] == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(pinned.welfare_hat, free.welfare_hat, rtol=1e-11)
    np.testing.assert_allclose(pinned.wage_hat * free.wage_hat[3], free.wage_hat, rtol=1e-11)
    assert pinned.numeraire == "wage of country 3"


def test_removed_deficits_are_gone():
    world = make_world(14, 9)
    assert np.abs(world.deficit_usd / world.output_usd).max() > 0.01
    balanced = remove_deficits(world)
    np.testing.assert_allclose(balanced.deficit_usd / balanced.output_usd, 0, atol=1e-11)
    np.testing.assert_allclose(balanced.tariff, world.tariff)


def test_stated_totals_that_nearly_agree_are_rebalanced_and_said():
    world = make_world(15, 4, tariffs=False)
    stated = OneSectorWorld(
        world.countries,
        world.trade_usd,
        world.theta,
        stated_output_usd=world.output_usd,
        stated_expenditure_usd=world.expenditure_usd * 1.0005,
    )
    assert stated.rebalanced_ratio == pytest.approx(0.0005, rel=1e-2)
    assert [note.reason for note in stated.notes] == ["rebalanced"]
    assert stated.expenditure_usd.sum() == pytest.approx(stated.output_usd.sum(), rel=1e-12)
    assert solve_exact_hat(stated, OneSectorShock()).welfare_hat == pytest.approx(np.ones(4))
    with pytest.raises(ModelInputError, match=r"contradict the trade matrix by 0\.20%"):
        OneSectorWorld(
            world.countries,
            world.trade_usd,
            world.theta,
            stated_output_usd=world.output_usd,
            stated_expenditure_usd=world.expenditure_usd * 1.002,
        )


def changed(row, column, value):
    trade = np.array([[80.0, 20.0], [20.0, 80.0]])
    trade[row, column] = value
    return trade


@pytest.mark.parametrize(
    ("trade", "theta", "tariff", "message"),
    [
        (changed(0, 0, 0.0), 4.0, 0.0, r"trade_usd must be positive on the diagonal.*at A"),
        (changed(1, 1, -5.0), 4.0, 0.0, r"trade_usd must not be negative.*at B, B, value -5"),
        (changed(0, 1, np.inf), 4.0, 0.0, r"must be a finite number.*at A, B"),
        (changed(0, 1, 20.0), 0.0, 0.0, "theta must be a finite number above 0"),
        (changed(0, 1, 20.0), -2.0, 0.0, "theta must be a finite number above 0"),
        (changed(0, 1, 20.0), 4.0, np.array([[0, -1.0], [0, 0]]), r"tariff must be above -1.*at A, B"),
        (changed(0, 1, 20.0), 4.0, np.array([[0.1, 0], [0, 0]]), "tariff must be 0 on the diagonal"),
    ],
)
def test_worlds_that_are_refused(trade, theta, tariff, message):
    with pytest.raises(ModelInputError, match=message):
        OneSectorWorld(("A", "B"), trade, theta, np.asarray(tariff))


def test_labels_that_are_refused():
    with pytest.raises(ModelInputError, match="'A' is there twice"):
        OneSectorWorld(("A", "A"), changed(0, 0, 80.0), 4.0)
    with pytest.raises(ModelInputError, match="at least one label"):
        OneSectorWorld((), np.zeros((0, 0)), 4.0)


@pytest.mark.parametrize(
    ("shock", "message"),
    [
        (OneSectorShock(trade_cost_hat=np.array([[1, 0.0], [1, 1]])), "trade_cost_hat must be above 0"),
        (OneSectorShock(trade_cost_hat=np.array([[np.inf, 1], [1, 1]])), "must be finite at home"),
        (OneSectorShock(tariff_new=np.array([[0, -1.0], [0, 0]])), "tariff_new must be above -1"),
        (OneSectorShock(tariff_new=np.array([[0.2, 0], [0, 0]])), "tariff_new must be 0 on the diagonal"),
        (OneSectorShock(productivity_hat=np.array([1.0, 0.0])), "productivity_hat must be above 0"),
        (OneSectorShock(productivity_hat=np.ones(3)), "not an array of numbers of shape"),
    ],
)
def test_shocks_that_are_refused(shock, message):
    world = OneSectorWorld(("A", "B"), changed(0, 0, 80.0), 4.0)
    with pytest.raises(ModelInputError, match=message):
        solve_exact_hat(world, shock)


def test_names_that_are_unknown():
    world = OneSectorWorld(("Japan", "Korea"), changed(0, 0, 80.0), 4.0)
    with pytest.raises(UnknownCodeError, match="Did you mean 'Korea'"):
        solve_exact_hat(world, OneSectorShock(), numeraire="Koera")
    with pytest.raises(UnknownCodeError, match="closure"):
        solve_exact_hat(world, OneSectorShock(), closure="adaptive")
    with pytest.raises(ModelInputError, match="tariff_new must be above -1"):
        tariff_as_iceberg(0.0, -1.0)
