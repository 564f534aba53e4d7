"""What does the partial-equilibrium model say of a scenario, market by market, over draws?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.classifications.groups import GROUPS
from techbalance.errors import ParameterError
from techbalance.models.partial_equilibrium import (
    HELD_FIXED,
    Market,
    Policy,
    add_home_variety,
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
from techbalance.questions.whatif.outcomes import RATIO, USD, WELFARE, Drawing, Outcome, Run, run_model

if TYPE_CHECKING:
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
EXPORTS_FIXED: Final = (
    "not_covered: exports by partner are not held and are taken as fixed, so no level is given"
)


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

    def solve(self, sample: Sample) -> tuple[PartialEquilibriumResult, IntArray]:
        """Solve all markets under one draw of assumptions; with the place of each row's product."""
        place = self.market_place
        share = np.broadcast_to(sample.vector(DOMESTIC), self.products.shape)[place]
        market, policy = self._with_home(share)
        sigma = self.assumed.sigma(sample, self.products.size)[place]
        supply = np.full(market.value_usd.shape, supply_of(sample, SUPPLY))
        supply[market.home] = supply_of(sample, HOME_SUPPLY)
        market = market.with_elasticities(
            sigma=sigma[market.row_product],
            demand_elasticity=sample.number(DEMAND),
            supply_elasticity=supply,
        )
        return solve_partial_equilibrium(market, policy), market.row_product

    def _with_home(self, share: FloatArray) -> tuple[Market, Policy]:
        """The market with what is made at home, and its policy; draws that assume one share have the same."""
        key = share.tobytes()
        if key not in self._by_share:
            self._by_share.clear()
            base, _ = self.tariffs
            # Elasticities come by draw.
            market = add_home_variety(self.market, share, supply_elasticity=1.0, tariff_base=base)
            self._by_share[key] = market, self._policy(market, share)
        return self._by_share[key]

    @cached_property
    def _by_share(self) -> dict[bytes, tuple[Market, Policy]]:
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


@dataclass(frozen=True, eq=False)
class Reading:
    """Which figures are read off a solved market, in which order."""

    markets: Markets
    levels: tuple[str, ...]

    @cached_property
    def imports(self) -> Imports:
        """The base."""
        return self.markets.imports

    @cached_property
    def _bases(self) -> dict[str, FloatArray]:
        """Base imports of every part, products only those reached."""
        value = self.imports.value_usd
        groups = np.array([int(code) for code in self.imports.group]) - 1
        return {
            "partner": _sums(self.imports.partner_place, value, len(self.imports.partners)),
            "group": _sums(groups, value, len(GROUPS)),
            "product": _sums(self.imports.product_place, value)[self.markets.products],
        }

    @cached_property
    def accounts(self) -> dict[str, str]:
        """Outcomes that are sums over products, and where the model gives them."""
        found = {
            "subsidy_cost": "subsidy_cost_change_usd",
            "quota_rent": "quota_rent_usd",
            "consumer_surplus": "compensating_variation_usd",
            "producer_surplus_home": "home_surplus_change_usd",
            "producer_surplus_abroad": "foreign_surplus_change_usd",
            "trade_creation": "trade_creation_usd",
            "trade_diversion": "trade_diversion_usd",
        }
        levers = self.markets.levers
        if not levers.subsidy.any():
            del found["subsidy_cost"]
        if not np.isfinite(levers.quota_ratio).any():
            del found["quota_rent"]
        return found

    def outcomes(self) -> tuple[Outcome, ...]:
        """Name every figure that ``read`` gives, in its order."""
        value, levers = self.imports.value_usd, self.markets.levers
        own = self.markets.own
        duty = float((levers.tariff_base * value)[self.markets.reached].sum())
        hit = [Outcome("price_paid", RATIO)]
        if own.size:
            hit_base = float(value[own].sum())
            hit += [
                Outcome("price_paid_targeted", RATIO),
                Outcome("price_received_targeted", RATIO),
                Outcome("quantity_targeted", RATIO),
                Outcome("imports_targeted", USD, base=hit_base),
            ]
        found = [
            Outcome(WELFARE, USD),
            *hit,
            Outcome("imports", USD, base=float(value.sum())),
            Outcome("home_quantity", RATIO),
            Outcome("home_sales", USD),
            Outcome("revenue", USD, base=duty),
            *(Outcome(name, USD) for name in self.accounts),
        ]
        for level in self.levels:
            labels = self._labels(level)
            found += [
                Outcome("imports", USD, label, level, one)
                for label, one in zip(labels, self._bases[level].tolist(), strict=True)
            ]
            if level == "product":
                found += [Outcome("price_paid", RATIO, label, level) for label in labels]
            if level == "partner":
                found += [Outcome("balance", USD, label, level, note=EXPORTS_FIXED) for label in labels]
        return tuple(found)

    def _labels(self, level: str) -> tuple[str, ...]:
        if level == "partner":
            return self.imports.partners
        if level == "group":
            return tuple(GROUPS)
        return tuple(self.imports.products[place] for place in self.markets.products)

    def read(self, sample: Sample) -> FloatArray:
        """Solve one draw and read its figures off."""
        solved, row_product = self.markets.solve(sample)
        own = self.markets.own.size
        products = solved.by_product
        paid = np.bincount(row_product, solved.consumer_value_base_usd)
        index = products.price_index_hat - 1.0
        figures = [float(products.welfare_usd.sum()), float((paid * index).sum() / paid.sum())]
        if own:
            figures += _of_hit(solved, own)
        home = solved.home
        sales = solved.customs_value_base_usd[home]
        moved = np.where(sales > 0, np.asarray(solved.quantity_hat.filled(1.0))[home] - 1.0, 0.0)
        change = self._change(solved)
        figures += [
            float(change.sum()),
            float((sales * moved).sum() / sales.sum()) if sales.sum() else 0.0,
            float((solved.customs_value_new_usd - solved.customs_value_base_usd)[home].sum()),
            *(
                float(getattr(products, field).sum())
                for field in ("revenue_change_usd", *self.accounts.values())
            ),
        ]
        parts = [self._of_parts(level, change, products.price_index_hat) for level in self.levels]
        return np.concatenate([np.array(figures), *parts])

    def _change(self, solved: PartialEquilibriumResult) -> FloatArray:
        """Change of each row of the imports, rows outside the markets reached at 0."""
        own = self.markets.own
        change = np.zeros(self.imports.value_usd.shape)
        new, old = solved.customs_value_new_usd, solved.customs_value_base_usd
        change[own] = (new - old)[: own.size]
        ratio = np.zeros(self.markets.products.size)
        rows = slice(own.size, own.size + self.markets.rests.size)
        ratio[self.markets.rests] = new[rows] / old[rows] - 1.0
        joined = self.markets.joined
        change[joined] = self.imports.value_usd[joined] * ratio[self.markets.joined_product]
        return change

    def _of_parts(self, level: str, change: FloatArray, index: FloatArray) -> FloatArray:
        if level == "partner":
            by_partner = _sums(self.imports.partner_place, change, len(self.imports.partners))
            return np.concatenate([by_partner, -by_partner])
        if level == "group":
            places = np.array([int(code) for code in self.imports.group]) - 1
            return _sums(places, change, len(GROUPS))
        ordered = np.empty(index.shape)
        ordered[self.markets.market_place] = index - 1.0
        by_product = _sums(self.imports.product_place, change)[self.markets.products]
        return np.concatenate([by_product, ordered])


def _sums(places: IntArray, values: FloatArray, count: int = 0) -> FloatArray:
    return np.asarray(np.bincount(places, values, count), dtype=np.float64)


def _of_hit(solved: PartialEquilibriumResult, own: int) -> list[float]:
    """Mean changes, weighted by base value, of the rows the scenario names."""
    weight = solved.customs_value_base_usd[:own] / solved.customs_value_base_usd[:own].sum()
    hats = (solved.consumer_price_hat, solved.producer_price_hat, solved.quantity_hat)
    means = [float((weight * (np.asarray(hat)[:own] - 1.0)).sum()) for hat in hats]
    change = (solved.customs_value_new_usd - solved.customs_value_base_usd)[:own]
    return [*means, float(change.sum())]


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
    sample, central, levers_found, failures = run_model(reading.read, outcomes, assumed.parameters, drawing)
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
