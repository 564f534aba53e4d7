"""Which wages clear all markets after the shock, and what do trade and real income become?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

import numpy as np

from techbalance.errors import ConvergenceError, UnknownCodeError
from techbalance.models.exact_hat.payments import Closure, Payments, State
from techbalance.models.exact_hat.world import OneSectorShock, OneSectorWorld
from techbalance.models.financing import refuse_unpayable
from techbalance.models.newton import TOLERANCE, Root, find_root, follow_path
from techbalance.models.validation import Note, frozen

if TYPE_CHECKING:
    from techbalance.models.validation import FloatArray

WHAT: Final = "the one-sector equilibrium"
CLOSURES: Final[tuple[Closure, ...]] = get_args(Closure)
STALE: Final = 0.4
"""Derivatives cost as much as a hundred evaluations, so that a slower step with old ones is better."""
NEARLY_NOTHING: Final = 0.1
"""Part of income left to spend below which a failure is put down to what a country has to lend."""


@dataclass(frozen=True, eq=False)
class OneSectorResult:
    """A solved counterfactual; every ``_hat`` is new over old (1 = no change).

    Attributes
    ----------
    countries
        Labels of every axis.
    closure, numeraire, shocks
        What was held fixed, what nominal figures are measured in, and the kinds of shock, in words.
    wage_hat, price_hat, real_wage_hat
        [country]. Wages and prices in units of the numeraire; the real wage is their ratio.
    welfare_hat
        [country], change of real income: with the additive closure expenditure over prices; with the
        multiplicative closure income (wages and tariff revenue) over prices.
    output_usd, expenditure_usd, revenue_usd, deficit_usd
        [country], new values in base-year dollars of the numeraire.
    trade_usd, import_share
        [exporter, importer], new values before tariff, and shares of the importer's spending, tariff
        included.
    world_gap
        World spending over world income, less 1, in the solution; zero up to rounding.
    residual, iterations
        Largest relative gap between a country's sales and its output, at most 1e-10; evaluations of the
        system.
    notes
        ``zero_flow``, ``rebalanced``, ``wage_undetermined``.
    """

    countries: tuple[str, ...]
    closure: Closure
    numeraire: str
    shocks: tuple[str, ...]
    theta: float
    wage_hat: FloatArray
    price_hat: FloatArray
    real_wage_hat: FloatArray
    welfare_hat: FloatArray
    output_usd: FloatArray
    expenditure_usd: FloatArray
    revenue_usd: FloatArray
    deficit_usd: FloatArray
    trade_usd: FloatArray
    import_share: FloatArray
    tariff: FloatArray
    world_gap: float
    residual: float
    iterations: int
    notes: tuple[Note, ...]

    def world(self) -> OneSectorWorld:
        """Return the solved state as a world that further shocks can start from."""
        return OneSectorWorld(self.countries, self.trade_usd, self.theta, self.tariff)


def solve_exact_hat(
    world: OneSectorWorld,
    shock: OneSectorShock,
    *,
    closure: Closure = "additive",
    numeraire: str | None = None,
) -> OneSectorResult:
    """Solve the one-sector model for ``shock`` by exact hat algebra.

    New shares are pi' = pi B w^-theta / sum(pi B w^-theta) with B = (cost change)^-theta; wages clear w Y =
    sum_j pi'/(1 + t') E'; prices are P = (sum pi B w^-theta)^(-1/theta).

    Parameters
    ----------
    world
        Base trade, elasticity and tariffs.
    shock
        Trade costs, tariffs with revenue, productivity.
    closure
        ``additive``: each country's deficit keeps its part of world output, E' = w Y + R' + D.
        ``multiplicative``: each country keeps its ratio of spending to income, rescaled to world income, E' =
        k (E / I) (w Y + R').
    numeraire
        A country whose wage is 1; by default world output keeps its value. Real results do not depend on it.

    Returns
    -------
    OneSectorResult
        Wages, prices, welfare, trade; markets cleared to 1e-10 or better.

    Raises
    ------
    ModelInputError
        A shock of the wrong shape or range; a group of countries that the shock cuts off while it still has a
        deficit to finance.
    UnknownCodeError
        ``numeraire`` is not one of the countries.
    ConvergenceError
        No equilibrium was found within the tolerance.

    Notes
    -----
    Dekle, Eaton & Kortum 2007 (AER 97) and 2008 (IMF Staff Papers 55). A flow that is zero stays zero. Where
    the shock splits the world into parts that no longer trade, relative wages between the parts are not
    determined; they are left as near to no change as can be, with a note. Real results do not depend on them,
    unless deficits are kept in dollars: their real size then does, so remove the deficits first.

    Examples
    --------
    >>> import numpy as np
    >>> twins = OneSectorWorld(("A", "B"), np.array([[80.0, 20.0], [20.0, 80.0]]), theta=4)
    >>> cheaper = OneSectorShock(trade_cost_hat=np.array([[1.0, 0.9], [0.9, 1.0]]))
    >>> solve_exact_hat(twins, cheaper).welfare_hat.round(6).tolist()
    [1.025236, 1.025236]
    """
    if closure not in CLOSURES:
        raise UnknownCodeError.among("closure", closure, CLOSURES)
    pinned = None
    if numeraire is not None:
        if numeraire not in world.countries:
            raise UnknownCodeError.among("numeraire", numeraire, world.countries)
        pinned = world.countries.index(numeraire)
    log_cost, tariff, kinds = shock.against(world)
    final = Payments(world, log_cost, tariff, closure=closure, pinned=pinned)
    fixed = closure == "additive"
    notes = world.notes + refuse_unpayable(final.weight > 0, final.deficit, world.countries, fixed=fixed)
    tightest = _Tightest(world.countries)

    def solve_at(part: float, start: FloatArray) -> Root:
        system = final
        if part < 1.0:
            open_cost = np.where(np.isinf(log_cost), -np.log1p(-part) / world.theta, part * log_cost)
            rates = (1.0 + world.tariff) * ((1.0 + tariff) / (1.0 + world.tariff)) ** part - 1.0
            system = Payments(world, open_cost, rates, closure=closure, pinned=pinned)
        root = find_root(
            system, system.jacobian, start, what=WHAT, where=tightest.where(closure), stale=STALE
        )
        tightest.see(system.at(root.point))
        return root

    root = follow_path(solve_at, np.zeros(len(world.countries) + 1))
    return _result(world, final, root, kinds, notes)


class _Tightest:
    """The country that, on the way to the shock, came nearest to having nothing left to spend.

    Where deficits are held in dollars, a country that lends can be asked for more than it earns; then there
    is no equilibrium, and the message of the solver names the country.
    """

    def __init__(self, countries: tuple[str, ...]) -> None:
        self._countries, self._country, self._left = countries, "", 1.0

    def see(self, state: State | None) -> None:
        if state is None:
            return
        left = state.spending / (state.spending - state.borrowed)
        if left.min() < self._left:
            self._country, self._left = self._countries[int(np.argmin(left))], float(left.min())

    def where(self, closure: Closure) -> str:
        text = f"{closure} deficits"
        if self._left < NEARLY_NOTHING:
            text += f"; on the way {self._country} kept only {self._left:.1%} of its income to spend"
        return text


def _result(
    world: OneSectorWorld, system: Payments, root: Root, kinds: tuple[str, ...], notes: tuple[Note, ...]
) -> OneSectorResult:
    """Read the solution off, and refuse it unless every market clears when formed anew from trade itself."""
    state = system.at(root.point)
    if state is None:
        raise ConvergenceError(WHAT, residual=float("inf"), iterations=root.iterations)
    total = float(world.output_usd.sum())
    price = np.exp(system.log_price(root.point, state))
    share = system.share(state)
    revenue = state.revenue_part * state.spending
    output = state.wage * system.output
    income = state.spending if system.closure == "additive" else output + revenue
    base_income = (
        world.expenditure_usd if system.closure == "additive" else world.output_usd + world.revenue_usd
    )
    trade = share / (1.0 + system.tariff) * state.spending
    cleared = float(np.abs(trade.sum(axis=1) / output - 1.0).max())
    world_gap = float(state.borrowed.sum() / (output + revenue).sum())
    residual = max(float(np.abs(system.gaps(state)).max()), cleared)
    if max(residual, abs(world_gap)) > TOLERANCE:
        raise ConvergenceError(
            f"{WHAT} does not clear all markets",
            residual=max(residual, abs(world_gap)),
            iterations=root.iterations,
        )
    return OneSectorResult(
        countries=world.countries,
        closure=system.closure,
        numeraire="world output" if system.pinned is None else f"wage of {world.countries[system.pinned]}",
        shocks=kinds,
        theta=world.theta,
        wage_hat=frozen(state.wage),
        price_hat=frozen(price),
        real_wage_hat=frozen(state.wage / price),
        welfare_hat=frozen(income * total / base_income / price),
        output_usd=frozen(output * total),
        expenditure_usd=frozen(state.spending * total),
        revenue_usd=frozen(revenue * total),
        deficit_usd=frozen(state.borrowed * total),
        trade_usd=frozen(trade * total),
        import_share=frozen(share),
        tariff=frozen(np.array(system.tariff)),
        world_gap=world_gap,
        residual=residual,
        iterations=root.iterations,
        notes=notes,
    )


def remove_deficits(world: OneSectorWorld) -> OneSectorWorld:
    """Return the world as the model says it would be if every country spent its income.

    Trade costs and tariffs stay; wages and trade adjust. Further shocks from there are the balanced-trade
    variant of either closure.

    Raises
    ------
    ModelInputError
        A group of countries only sells, or only buys: it cannot do that without a deficit.
    ConvergenceError
        As ``solve_exact_hat``.
    """
    unchanged = np.zeros_like(world.trade_usd)
    system = Payments(world, unchanged, world.tariff, closure="additive", pinned=None)
    owed = system.deficit
    refuse_unpayable(system.weight > 0, np.zeros_like(owed), world.countries)

    def solve_at(part: float, start: FloatArray) -> Root:
        system.deficit = owed * (1.0 - part)
        return find_root(system, system.jacobian, start, what=WHAT, where="deficits removed", stale=STALE)

    root = follow_path(solve_at, np.zeros(len(world.countries) + 1))
    return _result(world, system, root, ("deficits removed",), world.notes).world()
