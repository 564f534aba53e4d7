"""How long do the policy models take?

    python -m bench.models_speed               all of it, about a minute
    python -m bench.models_speed --nafta FILE  the published 31 x 40 data (cp2015_nafta.npz), not drawn ones

Where gegravity is installed, it is run on the same one-sector worlds.

All figures are seconds of wall time on this machine, the best of several runs; the goal stands beside each.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import time
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from techbalance.errors import TechbalanceError
from techbalance.models.exact_hat import OneSectorShock, OneSectorWorld, remove_deficits, solve_exact_hat
from techbalance.models.multi_sector import (
    MultiSectorShock,
    MultiSectorWorld,
    integrated_welfare,
    solve_base,
    solve_multi_sector,
)
from techbalance.models.partial_equilibrium import (
    Market,
    Policy,
    add_home_variety,
    solve_partial_equilibrium,
)
from techbalance.models.uncertainty import Lognormal, run_draws

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RUNS = 5
COUNTRIES, DRAWS = 230, 1000
PRODUCTS, SUPPLIERS = 1000, 230
REGIONS, SECTORS = 31, 40
PEER_SIZES = (20, 30, 60)
SIGMA = 5.0


def timed(words: str, goal: float | None, work: Callable[[], Any], *, runs: int = RUNS) -> Any:  # noqa: ANN401
    """Print the best of several runs and return what the last one made."""
    spent, made = [], None
    for _ in range(runs):
        start = time.perf_counter()
        made = work()
        spent.append(time.perf_counter() - start)
    against = f"  goal {goal:g}" if goal is not None else ""
    print(f"{words:<66}{min(spent):10.4f} s{against}", flush=True)
    return made


def drawn_world(size: int, seed: int = 1) -> OneSectorWorld:
    """Draw countries of very different size that buy at home most of what they buy."""
    rng = np.random.default_rng(seed)
    weight = rng.lognormal(0, 1.5, size)
    trade = np.outer(weight, weight) * rng.lognormal(0, 1.0, (size, size))
    np.fill_diagonal(trade, 0.0)
    np.fill_diagonal(trade, trade.sum(axis=0) * rng.uniform(1.5, 6.0, size) + 0.1)
    return OneSectorWorld(tuple(f"c{place}" for place in range(size)), trade, SIGMA - 1)


def one_sector() -> None:
    """Print the one-sector model: both closures, both kinds of shock, and a thousand draws of theta."""
    rng = np.random.default_rng(2)
    world = drawn_world(COUNTRIES)
    home = np.eye(COUNTRIES) > 0
    cost = OneSectorShock(trade_cost_hat=np.where(home, 1.0, rng.uniform(0.8, 1.3, home.shape)))
    tariff = OneSectorShock(tariff_new=np.where(home, 0.0, rng.uniform(0, 0.5, home.shape)))
    for words, shock in (("trade costs", cost), ("tariffs with revenue", tariff)):
        for closure in ("additive", "multiplicative"):
            solved = timed(
                f"one sector, {COUNTRIES} countries, {words}, {closure} deficits",
                0.05,
                partial(solve_exact_hat, world, shock, closure=closure),
            )
            print(f"{'':4}residual {solved.residual:.1e} after {solved.iterations} evaluations")
    autarky = OneSectorShock(trade_cost_hat=np.where(home, 1.0, np.inf))
    balanced = timed("    deficits removed", None, partial(remove_deficits, world))
    timed("    closed borders", None, partial(solve_exact_hat, balanced, autarky))
    harsh = OneSectorShock(tariff_new=np.where(home, 0.0, 100.0))
    timed("    tariffs of 10,000 %", None, partial(solve_exact_hat, balanced, harsh))

    theta = Lognormal("theta", np.array(4.0), np.array(0.3), lowest=1.0)

    def model(sample: Any) -> NDArray[np.float64]:  # noqa: ANN401, a Sample
        drawn = OneSectorWorld(world.countries, world.trade_usd, sample.number("theta"))
        return solve_exact_hat(drawn, cost).welfare_hat[:3]

    labels = world.countries[:3]
    words = f"one sector, {COUNTRIES} countries, {DRAWS:,} draws of theta"
    timed(words, 20.0, lambda: run_draws(model, labels, [theta], seed=1, draws=DRAWS), runs=1)


def drawn_market() -> Market:
    """Draw as many products and suppliers as the imports of 2024 have, of very uneven size."""
    rng = np.random.default_rng(3)
    count = rng.integers(1, SUPPLIERS + 1, PRODUCTS)
    product = np.repeat(np.arange(PRODUCTS), count)
    supplier = np.concatenate([np.arange(size) for size in count])
    sigma = rng.lognormal(1.3, 0.6, PRODUCTS) + 1.05
    return add_home_variety(
        Market(
            tuple(f"p{place}" for place in product),
            tuple(f"s{place}" for place in supplier),
            rng.lognormal(12, 3, product.size),
            sigma=sigma[product],
            demand_elasticity=np.array(-1.0),
            supply_elasticity=rng.uniform(0.5, 20.0, product.size),
        ),
        0.4,
        supply_elasticity=1.5,
    )


def partial_equilibrium() -> None:
    """Print the partial equilibrium over all products and suppliers."""
    market = timed(f"partial equilibrium, {PRODUCTS:,} products: checking the rows", None, drawn_market)
    rng = np.random.default_rng(4)
    rates = np.where(market.home, 0.0, rng.uniform(0, 1.0, len(market.rows)))
    policy = Policy(tariff_new=rates)
    words = f"partial equilibrium, {PRODUCTS:,} products, {len(market.rows):,} rows"
    solved = timed(words, 1.0, partial(solve_partial_equilibrium, market, policy))
    print(f"{'':4}residual {solved.residual:.1e} after {solved.iterations} steps")
    limit = Policy(tariff_new=rates, quota_ratio=np.where(rates > 0.5, 0.6, np.inf))
    timed(
        "    the same with quotas on half the rows", None, partial(solve_partial_equilibrium, market, limit)
    )
    timed("    other elasticities on the same rows", None, lambda: market.with_elasticities(sigma=4.0))


def drawn_accounts() -> tuple[MultiSectorWorld, MultiSectorShock]:
    """Draw consistent accounts of the published size, half of the sectors not traded."""
    rng = np.random.default_rng(5)
    shape = (SECTORS, REGIONS, REGIONS)
    home = np.eye(REGIONS) > 0
    traded = (np.arange(SECTORS) < SECTORS // 2)[:, None, None]
    weight = rng.lognormal(0, 1.0, (SECTORS, REGIONS))
    trade = weight[:, :, None] * weight[:, None, :] * rng.lognormal(0, 1.0, shape) * traded
    trade = np.where(home, 0.0, trade)
    trade[:, home] = 3.0 * trade.sum(axis=1) + weight
    rates = np.where(home | ~traded, 0.0, rng.uniform(0, 0.2, shape))
    sales = trade.sum(axis=1)
    share = rng.uniform(0.25, 0.8, (SECTORS, REGIONS))
    mix = rng.dirichlet(np.ones(SECTORS), (SECTORS, REGIONS)).transpose(2, 0, 1)
    income = (share * sales).sum(axis=0) + (trade * rates).sum(axis=(0, 2))
    income += trade.sum(axis=(0, 2)) - trade.sum(axis=(0, 1))
    world = MultiSectorWorld(
        tuple(f"r{place}" for place in range(REGIONS)),
        tuple(f"s{place}" for place in range(SECTORS)),
        trade,
        rates,
        mix * (1 - share) * sales,
        rng.dirichlet(np.ones(SECTORS), REGIONS).T * income,
        share * sales,
        rng.uniform(1.5, 15.0, SECTORS),
    )
    return world, MultiSectorShock(tariff_new=np.where(home | ~traded, 0.0, rng.uniform(0, 0.3, shape)))


def read_nafta(path: Path) -> tuple[MultiSectorWorld, MultiSectorShock]:
    """Read the published data from its array file."""
    given = np.load(path, allow_pickle=False)
    world = MultiSectorWorld(
        tuple(given["regions"]),
        tuple(given["sectors"]),
        given["trade"],
        given["tariff_base"],
        given["intermediate"],
        given["final_consumption"],
        given["value_added"],
        given["theta"],
    )
    return world, MultiSectorShock(tariff_new=given["tariff_new"])


def multi_sector(nafta: Path | None) -> None:
    """Print the multi-sector model: base, shock, and the decomposition along forty steps."""
    world, shock = read_nafta(nafta) if nafta else drawn_accounts()
    size = f"{len(world.regions)} x {len(world.sectors)}"
    for deficits in ("removed", "kept"):
        base = timed(
            f"many sectors, {size}, base, deficits {deficits}", 1.0, partial(solve_base, world, deficits)
        )
        solved = timed(f"many sectors, {size}, tariffs", 1.0, partial(solve_multi_sector, base, shock))
        print(f"{'':4}residual {solved.residual:.1e} after {solved.iterations} evaluations")
    base = solve_base(world, "removed")
    timed("    decomposition along 40 steps", None, lambda: integrated_welfare(base, shock), runs=1)


def gravity_world(size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return trade [exporter, importer] that fits a gravity equation exactly, and the costs behind it."""
    rng = np.random.default_rng(6)
    border = 1.0 - np.eye(size)
    cost = np.exp(-1.5 * border - 0.8 * np.abs(rng.normal(size=(size, size))) * border)
    weight = rng.lognormal(0, 1.0, size)
    spending = weight * rng.uniform(0.9, 1.1, size)
    spending *= weight.sum() / spending.sum()
    trade = cost * np.outer(weight, spending)
    for _ in range(500):
        trade *= (weight / trade.sum(axis=1))[:, None]
        trade *= spending / trade.sum(axis=0)
    return trade, cost


def peer(size: int) -> None:
    """Print gegravity and this package on one world: borders a tenth less of a hindrance for all trade."""
    gegravity, pd = importlib.import_module("gegravity"), importlib.import_module("pandas")

    trade, cost = gravity_world(size)
    names = [f"C{place:03d}" for place in range(size)]
    frame = pd.DataFrame(
        {
            "exporter": np.repeat(names, size),
            "importer": np.tile(names, size),
            "year": "2024",
            "trade": trade.ravel(),
            "Y": np.repeat(trade.sum(axis=1), size),
            "E": np.tile(trade.sum(axis=0), size),
            "log_cost": np.log(cost).ravel(),
        }
    )
    changed = frame.copy()
    changed["log_cost"] += np.where(frame["exporter"] != frame["importer"], 0.1, 0.0)
    effects = pd.DataFrame({"var": ["log_cost"], "coeff": [1.0]})

    def theirs() -> NDArray[np.float64]:
        data = gegravity.BaselineData(
            frame, trade_var_name="trade", expend_var_name="E", output_var_name="Y", year_var_name="year"
        )
        model = gegravity.OneSectorGE(
            data,
            year="2024",
            reference_importer=names[0],
            sigma=SIGMA,
            cost_variables=["log_cost"],
            cost_coeff_values=gegravity.CostCoeffs(effects, identifier_col="var", coeff_col="coeff"),
            quiet=True,
        )
        model.build_baseline()
        model.define_experiment(changed)
        model.simulate()
        table = model.country_results
        return 1.0 / np.asarray(table.loc[names, "welfare statistic"], dtype=np.float64)

    shock = OneSectorShock(trade_cost_hat=np.where(np.eye(size) > 0, 1.0, np.exp(-0.1 / (SIGMA - 1))))

    def ours() -> NDArray[np.float64]:
        world = OneSectorWorld(tuple(names), trade, SIGMA - 1)
        return solve_exact_hat(world, shock, closure="multiplicative").welfare_hat

    found = timed(f"one sector, {size} countries, this package", None, ours)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()) as said:
            warnings.simplefilter("ignore")
            start = time.perf_counter()
            other = theirs()
            spent = time.perf_counter() - start
    except Exception as error:  # noqa: BLE001, whatever the peer does must not end the comparison
        print(f"one sector, {size} countries, gegravity: {type(error).__name__}: {error}")
        return
    words = " ".join(said.getvalue().split()) or "nothing"
    gap = np.abs(other / found - 1).max()
    print(f"{f'one sector, {size} countries, gegravity':<66}{spent:10.4f} s")
    print(f"{'':4}largest gap in welfare {gap:.1e}; it says: {words[:120]}")


def main() -> None:
    """Run the timings asked for."""
    parser = argparse.ArgumentParser(description="Time the policy models.")
    parser.add_argument("--nafta", type=Path, help="cp2015_nafta.npz")
    chosen = parser.parse_args()
    partial_equilibrium()
    one_sector()
    try:
        multi_sector(chosen.nafta)
    except TechbalanceError as error:
        print(f"many sectors: {error}")
    if importlib.util.find_spec("gegravity") is None:
        print("gegravity is not installed; pip install gegravity compares with it")
        return
    for size in PEER_SIZES:
        peer(size)


if __name__ == "__main__":
    main()
