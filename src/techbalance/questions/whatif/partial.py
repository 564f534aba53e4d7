"""What does the partial-equilibrium model say of a scenario, market by market, over draws?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ParameterError
from techbalance.models.partial_equilibrium import (
    HELD_FIXED,
    Market,
    Policy,
    add_home_variety,
    home_value,
    solve_partial_equilibrium,
)
from techbalance.models.validation import BoolArray, FloatArray, IntArray
from techbalance.questions.whatif.assumptions import (
    DEMAND,
    DOMESTIC,
    HOME_SUPPLY,
    SUPPLY,
    market_assumptions,
    supply_of,
)
from techbalance.questions.whatif.outcomes import Drawing, Run, run_model
from techbalance.questions.whatif.partial_figures import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.models.partial_equilibrium import PartialEquilibriumResult
    from techbalance.models.uncertainty import Sample
    from techbalance.questions.parameters.whatif_scenario import Scenario
    from techbalance.questions.whatif.assumptions import Assumed
    from techbalance.questions.whatif.imports import Imports
    from techbalance.questions.whatif.levers import Levers
    from techbalance.store.catalogue import Store

MODEL: Final = "partial"
DRAWS: Final = 300
REST: Final = "untouched"


@dataclass(frozen=True, eq=False)
class Markets:
    """The products a scenario reaches, with suppliers it does not touch joined into one row per product.

    Suppliers that meet the same change in the same product move alike: their sum moves as each of them does.

    Parameters
    ----------
    levers
        The scenario.
    assumed
        Assumptions on the products, in the order of ``products``.
    """

    levers: Levers
    assumed: Assumed

    @property
    def imports(self) -> Imports:
        """The base."""
        return self.levers.imports

    @cached_property
    def products(self) -> IntArray:
        """Places, among the products of the imports, of those reached."""
        return np.flatnonzero(self.levers.products_hit)

    @cached_property
    def reached(self) -> BoolArray:
        """Rows of imports in a product that is reached."""
        return np.asarray(self.levers.products_hit[self.imports.product_place])

    @cached_property
    def own(self) -> IntArray:
        """Rows of imports with a market row of their own: those touched."""
        return np.flatnonzero(self.reached & self.levers.touched)

    @cached_property
    def joined(self) -> IntArray:
        """Rows of imports that share a market row with others of the product."""
        return np.flatnonzero(self.reached & ~self.levers.touched)

    @cached_property
    def joined_product(self) -> IntArray:
        """Place of each joined row's product among those reached."""
        return np.searchsorted(self.products, self.imports.product_place[self.joined])

    @cached_property
    def rests(self) -> IntArray:
        """Places, among the products reached, of those with joined rows: the order of their market rows."""
        return np.unique(self.joined_product)

    @cached_property
    def market(self) -> Market:
        """Foreign rows: the touched ones, then one per product for the others; elasticities come by draw."""
        count = self.products.size
        value = np.bincount(self.joined_product, self.imports.value_usd[self.joined], count)[self.rests]
        names = [self.imports.products[place] for place in self.products]
        return Market(
            product=(
                *(self.imports.product[row] for row in self.own),
                *(names[place] for place in self.rests),
            ),
            supplier=(*(self.imports.partner[row] for row in self.own), *(REST for _ in self.rests)),
            value_usd=np.concatenate([self.imports.value_usd[self.own], value]),
            sigma=np.array(2.0),
            demand_elasticity=np.array(-1.0),
            supply_elasticity=np.array(1.0),
            valuation="customs",
        )

    @cached_property
    def market_place(self) -> IntArray:
        """Place among the products reached of each of ``market.products``."""
        position = {self.imports.products[place]: at for at, place in enumerate(self.products)}
        return np.array([position[name] for name in self.market.products], dtype=np.int64)

    @cached_property
    def tariffs(self) -> tuple[FloatArray, FloatArray]:
        """Base and new rates of the foreign rows of the market."""
        count = self.products.size
        duty = self.levers.tariff_base * self.imports.value_usd
        paid = np.bincount(self.joined_product, duty[self.joined], count)[self.rests]
        rest = paid / self.market.value_usd[self.own.size :]
        base, new = self.levers.tariff_base[self.own], self.levers.tariff_new[self.own]
        return np.concatenate([base, rest]), np.concatenate([new, rest])

    def solve(self, samples: Sequence[Sample]) -> tuple[PartialEquilibriumResult, Market]:
        """Solve all markets under several draws of assumptions, side by side.

        In all of them the same products are made at home (``kinds``).

        Returns
        -------
        PartialEquilibriumResult, Market
            The rows of the first draw, then those of the second ...; and the market of one draw.
        """
        place, count = self.market_place, len(samples)
        shares = np.stack([self._share(one) for one in samples])
        market, policy = self._with_home(shares[0])
        base, _ = self.tariffs
        at_home = home_value(self.market, shares, tariff_base=base)[:, shares[0] > 0]
        foreign = np.broadcast_to(self.market.value_usd, (count, self.market.value_usd.size))
        sigma = np.stack([self.assumed.sigma(one, self.products.size)[place] for one in samples])
        supply = np.empty((count, market.home.size))
        supply[:] = [[supply_of(one, SUPPLY)] for one in samples]
        supply[:, market.home] = [[supply_of(one, HOME_SUPPLY)] for one in samples]
        many = market.side_by_side(np.concatenate([foreign, at_home], axis=1)).with_elasticities(
            sigma=sigma[:, market.row_product].ravel(),
            demand_elasticity=np.repeat([one.number(DEMAND) for one in samples], market.home.size),
            supply_elasticity=supply.ravel(),
        )
        return solve_partial_equilibrium(many, policy.side_by_side(count)), market

    def kinds(self, samples: Sequence[Sample]) -> dict[bytes, list[int]]:
        """Part draws by which products are made at home in them: their markets have other rows."""
        found: dict[bytes, list[int]] = {}
        for number, one in enumerate(samples):
            found.setdefault((self._share(one) > 0).tobytes(), []).append(number)
        return found

    def _share(self, sample: Sample) -> FloatArray:
        return np.broadcast_to(sample.vector(DOMESTIC), self.products.shape)[self.market_place]

    def _with_home(self, share: FloatArray) -> tuple[Market, Policy]:
        """The market with what is made at home of some products, and its policy; values come by draw."""
        key = (share > 0).tobytes()
        if key not in self._by_home:
            base, _ = self.tariffs
            market = add_home_variety(self.market, share, supply_elasticity=1.0, tariff_base=base)
            self._by_home[key] = market, self._policy(market, share)
        return self._by_home[key]

    @cached_property
    def _by_home(self) -> dict[bytes, tuple[Market, Policy]]:
        return {}

    def _policy(self, market: Market, share: FloatArray) -> Policy:
        base, new = self.tariffs
        place, foreign, rests = self.market_place, self.market.value_usd.size, self.rests.size
        homes = market.value_usd.size - foreign
        at_home = self.products[place][np.flatnonzero(share > 0)]
        return Policy(
            tariff_base=np.concatenate([base, np.zeros(homes)]),
            tariff_new=np.concatenate([new, np.zeros(homes)]),
            cost_hat=np.concatenate([self.levers.cost_hat[self.own], np.ones(rests + homes)]),
            quota_ratio=np.concatenate([self.levers.quota_ratio[self.own], np.full(rests + homes, np.inf)]),
            subsidy_new=np.concatenate([np.zeros(foreign), self.levers.subsidy[at_home]]),
            supply_shift=np.concatenate([np.ones(foreign), self.levers.supply_shift[at_home]]),
            quota_rent_to="importer" if self.levers.rent_to == "importer" else "exporter",
        )


def run_partial(scenario: Scenario, levers: Levers, store: Store, levels: tuple[str, ...]) -> Run:
    """Run the partial-equilibrium model over a scenario.

    Raises
    ------
    ConvergenceError
        A market does not clear in more than one draw of twenty.
    ModelInputError
        An assumption the model cannot take.
    """
    imports = levers.imports
    places = np.flatnonzero(levers.products_hit)
    share = scenario.assumptions.domestic_share
    if share is not None and share.high == 0 and (levers.subsidy.any() or (levers.supply_shift != 1.0).any()):
        raise ParameterError(
            "domestic_share: with nothing made at home a subsidy or new capacity has nobody to reach",
            remedy="Give a range above 0",
        )
    codes = [imports.products[place] for place in places]
    groups = [imports.product_groups[place] for place in places]
    assumed = market_assumptions(scenario.assumptions, store, codes, groups)
    reading = Reading(Markets(levers, assumed), levels)
    outcomes = reading.outcomes()
    drawing = Drawing(DRAWS if scenario.draws is None else scenario.draws, scenario.seed)
    sample, central, levers_found, failures = run_model(reading.model, outcomes, assumed.parameters, drawing)
    return Run(
        model=MODEL,
        outcomes=outcomes,
        sample=sample,
        central=central,
        levers=levers_found,
        source=assumed.source,
        closure="incomes fixed",
        notes=(f"Held fixed, {HELD_FIXED}.", *assumed.notes),
        draws=drawing.draws,
        failures=failures,
    )
