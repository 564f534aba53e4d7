"""Which figures are read off solved markets, in which order, for each draw?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.classifications.groups import GROUPS
from techbalance.models.uncertainty import OfMany
from techbalance.models.validation import BoolArray, FloatArray, IntArray
from techbalance.questions.whatif.outcomes import RATIO, USD, WELFARE, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.models.partial_equilibrium import PartialEquilibriumResult
    from techbalance.models.uncertainty import Sample
    from techbalance.questions.whatif.imports import Imports
    from techbalance.questions.whatif.partial import Markets

EXPORTS_FIXED: Final = (
    "not_covered: exports by partner are not held and are taken as fixed, so no level is given"
)
CELLS_AT_ONCE: Final = 200_000
"""Rows of imports, over all draws, that are solved together: some fifty arrays of as many numbers."""


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
        return {
            "partner": _sums(self.imports.partner_place, value, len(self.imports.partners)),
            "group": _sums(self._group_place, value, len(GROUPS)),
            "product": _sums(self.imports.product_place, value)[self.markets.products],
        }

    @cached_property
    def _group_place(self) -> IntArray:
        return np.array([int(code) for code in self.imports.group], np.int64) - 1

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

    @cached_property
    def model(self) -> OfMany:
        """The model as draws are run through it."""
        rows = max(1, self.markets.reached.sum(), len(self.imports.partners))
        return OfMany(self.read, max(1, CELLS_AT_ONCE // int(rows)))

    def read(self, samples: Sequence[Sample]) -> FloatArray:
        """Solve draws and read the figures of each off: [draw, outcome]."""
        kinds = self.markets.kinds(samples).values()
        found = [self._read([samples[number] for number in numbers]) for numbers in kinds]
        order = np.concatenate([np.array(numbers, np.int64) for numbers in kinds])
        return np.concatenate(found)[np.argsort(order)]

    def _read(self, samples: Sequence[Sample]) -> FloatArray:
        solved, market = self.markets.solve(samples)
        count, products = len(samples), solved.by_product
        rows = Rows(solved, count)
        paid = _sums_of_each(market.row_product, rows.of("consumer_value_base_usd"), len(market.products))
        hats = products.price_index_hat.reshape(count, -1)
        index = hats - 1.0
        figures = [_of_each(products.welfare_usd, count), (paid * index).sum(axis=1) / paid.sum(axis=1)]
        if self.markets.own.size:
            figures += rows.of_first(self.markets.own.size)
        change = self._change(rows)
        figures += [
            change.sum(axis=1),
            *rows.at_home(market.home),
            *(
                _of_each(getattr(products, field), count)
                for field in ("revenue_change_usd", *self.accounts.values())
            ),
        ]
        parts = [self._of_parts(level, change, hats) for level in self.levels]
        return np.concatenate([np.stack(figures, axis=1), *parts], axis=1)

    @cached_property
    def _moved(self) -> IntArray:
        """Rows of the imports in the markets reached, in their order: no other moves."""
        return np.flatnonzero(self.markets.reached)

    def _change(self, rows: Rows) -> FloatArray:
        """Change of each row of the imports that moves: [draw, row of ``_moved``]."""
        own, joined = self.markets.own, self.markets.joined
        change = np.empty((rows.count, self._moved.size))
        new, old = rows.of("customs_value_new_usd"), rows.of("customs_value_base_usd")
        change[:, np.searchsorted(self._moved, own)] = (new - old)[:, : own.size]
        ratio = np.zeros((rows.count, self.markets.products.size))
        rests = slice(own.size, own.size + self.markets.rests.size)
        ratio[:, self.markets.rests] = new[:, rests] / old[:, rests] - 1.0
        moved = self.imports.value_usd[joined] * ratio[:, self.markets.joined_product]
        change[:, np.searchsorted(self._moved, joined)] = moved
        return change

    def _of_parts(self, level: str, change: FloatArray, hats: FloatArray) -> FloatArray:
        if level == "partner":
            places = self.imports.partner_place[self._moved]
            by_partner = _sums_of_each(places, change, len(self.imports.partners))
            return np.concatenate([by_partner, -by_partner], axis=1)
        if level == "group":
            return _sums_of_each(self._group_place[self._moved], change, len(GROUPS))
        ordered = np.empty(hats.shape)
        ordered[:, self.markets.market_place] = hats - 1.0
        place = self.imports.product_place[self._moved]
        by_product = _sums_of_each(place, change, len(self.imports.products))[:, self.markets.products]
        return np.concatenate([by_product, ordered], axis=1)


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of markets that were solved side by side."""

    solved: PartialEquilibriumResult
    count: int

    def of(self, name: str) -> FloatArray:
        """A figure of the result: [draw, row]."""
        return np.asarray(getattr(self.solved, name)).reshape(self.count, -1)

    def of_first(self, own: int) -> list[FloatArray]:
        """Mean changes, weighted by base value, of the first rows: those the scenario names."""
        base = self.of("customs_value_base_usd")[:, :own]
        weight = base / base.sum(axis=1, keepdims=True)
        hats = ("consumer_price_hat", "producer_price_hat", "quantity_hat")
        means = [(weight * (self.of(name)[:, :own] - 1.0)).sum(axis=1) for name in hats]
        change = (self.of("customs_value_new_usd") - self.of("customs_value_base_usd"))[:, :own]
        return [*means, change.sum(axis=1)]

    def at_home(self, home: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Mean change of what is made at home, weighted by sales, and the change of sales."""
        # A choice of columns lies in memory by column, and would be added up in another order.
        sales = np.ascontiguousarray(self.of("customs_value_base_usd")[:, home])
        new = np.ascontiguousarray(self.of("customs_value_new_usd")[:, home])
        quantity = np.asarray(self.solved.quantity_hat.filled(1.0)).reshape(self.count, -1)[:, home]
        moved = np.ascontiguousarray(np.where(sales > 0, quantity - 1.0, 0.0))
        whole = sales.sum(axis=1)
        mean = (sales * moved).sum(axis=1) / np.where(whole, whole, 1.0)
        return mean, (new - sales).sum(axis=1)


def _of_each(values: FloatArray, count: int) -> FloatArray:
    """Add up all rows of each draw."""
    return np.asarray(values.reshape(count, -1).sum(axis=1))


def _sums_of_each(places: IntArray, values: FloatArray, parts: int) -> FloatArray:
    """Add up by part in each draw: [draw, part] of [draw, row]."""
    count = len(values)
    apart = (np.arange(count)[:, None] * parts + places).ravel()
    return _sums(apart, values.ravel(), count * parts).reshape(count, parts)


def _sums(places: IntArray, values: FloatArray, count: int = 0) -> FloatArray:
    return np.asarray(np.bincount(places, values, count), dtype=np.float64)
