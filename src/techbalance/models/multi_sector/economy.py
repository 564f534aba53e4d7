"""Given wages, what are all prices, shares and expenditures, and how do they move with wages?

Arrays are [sector, importer, exporter] for flows, [sector, region] for accounts. Values are parts of world
value added. For given wages the price and the expenditure equations are contractions (value added is part of
every cost), so that plain iteration finds them; only the wages need a Newton step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import logsumexp  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from techbalance.models.validation import FloatArray

INNER_GOAL: Final = 2e-15
"""Change of a log price, or of an expenditure in its region's, at which iteration ends: a few roundings."""
SLOPE_GOAL: Final = 1e-5
"""The same for derivatives, which only have to point the Newton step the right way."""
INNER_STEPS: Final = 20_000
"""Upper end of plain iterations; with value added at 1 % of costs, some 3,500 are needed."""
PATIENCE: Final = 300
"""Iterations after which expenditures are found by one linear system instead."""
UNDERFLOW: Final = 1e-200
"""Below this a sum of exponentials has lost digits and is formed again around its largest term."""
ROUNDING: Final = 1e-12
"""A deficit below this part of the region's value added is the rounding of its trade, and is none."""


@dataclass(frozen=True, eq=False)
class State:
    """Everything that follows from one vector of wages."""

    log_wage: FloatArray
    log_cost: FloatArray
    log_price: FloatArray
    share: FloatArray
    net_share: FloatArray
    revenue_part: FloatArray
    spending: FloatArray
    sales: FloatArray
    deficit: FloatArray
    exports: FloatArray
    imports: FloatArray


class Economy:
    """Technology, tastes, tariffs and deficits, evaluated at any wages.

    Parameters
    ----------
    share, log_cost, tariff
        Base import shares, change of delivered cost (log, infinite where closed) and tariffs of the state
        solved for.
    io_share, va_share, final_share
        As in ``MultiSectorWorld``.
    value_added, deficit
        [region], as parts of world value added.
    theta
        [sector].
    """

    def __init__(  # noqa: PLR0913, the parts of one model
        self,
        *,
        share: FloatArray,
        log_cost: FloatArray,
        tariff: FloatArray,
        io_share: FloatArray,
        va_share: FloatArray,
        final_share: FloatArray,
        value_added: FloatArray,
        deficit: FloatArray,
        theta: FloatArray,
    ) -> None:
        self.theta, self.va_share, self.final_share = theta[:, None], va_share, final_share
        self.value_added = value_added
        self.deficit = np.where(np.abs(deficit) <= ROUNDING * value_added, 0.0, deficit)
        self.tariff_part = tariff / (1.0 + tariff)
        self.has_tariff = bool(tariff.any())
        with np.errstate(divide="ignore"):
            log_weight = np.log(share) - self.theta[:, :, None] * log_cost
        scale = log_weight.max(axis=2)
        self.active = np.isfinite(scale)
        self.scale = np.where(self.active, scale, 0.0)
        self.log_weight = log_weight
        self.weight = np.exp(log_weight - self.scale[:, :, None])
        # By region, [region, user, input] for costs and [region, input, user] for purchases.
        self.cost_links = np.ascontiguousarray(io_share.transpose(2, 1, 0))
        self.purchase_links = np.ascontiguousarray(io_share.transpose(2, 0, 1))
        self._log_price: FloatArray = np.zeros(va_share.shape)
        self._spending: FloatArray | None = None

    def at(self, log_wage: FloatArray) -> State | None:
        """Evaluate at ``log_wage``; None where prices or expenditures do not exist there."""
        with np.errstate(all="ignore"):
            prices = self._prices(log_wage)
            if prices is None:
                return None
            log_price, log_cost, share = prices
            tariff_paid = share * self.tariff_part
            net_share = share - tariff_paid
            revenue_part = tariff_paid.sum(axis=2)
            wage = np.exp(log_wage)
            deficit = self.deficit * float(wage @ self.value_added)
            spending = self._spendings(net_share, revenue_part, wage * self.value_added + deficit)
            if spending is None:
                return None
        self._log_price, self._spending = log_price, spending
        flow = net_share * spending[:, :, None]
        sales = flow.sum(axis=1)
        own = np.einsum("jnn->jn", flow)
        own[:] = 0.0
        return State(
            log_wage=log_wage,
            log_cost=log_cost,
            log_price=log_price,
            share=share,
            net_share=net_share,
            revenue_part=revenue_part,
            spending=spending,
            sales=sales,
            deficit=deficit,
            exports=flow.sum(axis=(0, 1)),
            imports=flow.sum(axis=(0, 2)),
        )

    def _costs(self, log_wage: FloatArray, log_price: FloatArray) -> FloatArray:
        inputs = (self.cost_links @ log_price.T[:, :, None])[:, :, 0].T
        return np.asarray(self.va_share * log_wage + inputs, dtype=np.float64)

    def _price_index(self, log_cost: FloatArray) -> FloatArray:
        power = -self.theta * log_cost
        shift = power.max(axis=1, keepdims=True)
        total = (self.weight @ np.exp(power - shift)[:, :, None])[:, :, 0]
        logs = np.log(total) + shift + self.scale
        if np.any(self.active & (total < UNDERFLOW)):
            logs = logsumexp(self.log_weight + power[:, None, :], axis=2)
        return np.where(self.active, -logs / self.theta, 0.0)

    def _prices(self, log_wage: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray] | None:
        """Return log prices, log costs of a bundle of inputs, and import shares."""
        log_price = self._log_price
        for _ in range(INNER_STEPS):
            log_cost = self._costs(log_wage, log_price)
            new = self._price_index(log_cost)
            change = float(np.abs(new - log_price).max())
            log_price = new
            if change <= INNER_GOAL * (1.0 + float(np.abs(new).max())):
                break
            if not np.isfinite(change):
                return None
        else:
            return None
        log_cost = self._costs(log_wage, log_price)
        log_share = self.log_weight - self.theta[:, :, None] * (log_cost[:, None, :] - log_price[:, :, None])
        share = np.where(self.active[:, :, None], np.exp(log_share), 0.0)
        share /= np.where(self.active, share.sum(axis=2), 1.0)[:, :, None]
        return log_price, log_cost, share

    def _spendings(
        self, net_share: FloatArray, revenue_part: FloatArray, own_income: FloatArray
    ) -> FloatArray | None:
        """Return expenditure by sector and region: X = inputs of all users + share · (income + revenue)."""
        back = np.ascontiguousarray(net_share.transpose(0, 2, 1))
        fixed = self.final_share * own_income
        spending = fixed if self._spending is None else self._spending
        for _ in range(PATIENCE):
            sales = (back @ spending[:, :, None])[:, :, 0]
            new = fixed + (self.purchase_links @ sales.T[:, :, None])[:, :, 0].T
            if self.has_tariff:
                new += self.final_share * (revenue_part * spending).sum(axis=0)
            change = float((np.abs(new - spending).max(axis=0) / np.abs(new).sum(axis=0)).max())
            spending = new
            if change <= INNER_GOAL:
                break
            if not np.isfinite(change):
                return None
        else:
            spending = self._spendings_at_once(net_share, revenue_part, fixed[:, :, None])[:, :, 0]
        income = own_income + (revenue_part * spending).sum(axis=0)
        allowed = bool(np.all(spending >= 0)) and bool(np.all(income > 0))
        return spending if allowed else None

    def _spendings_at_once(
        self, net_share: FloatArray, revenue_part: FloatArray, fixed: FloatArray
    ) -> FloatArray:
        """Solve the same equations for right-hand sides [sector, region, side] as one linear system.

        Slower than iterating, except where nearly all spending comes back as revenue, as under huge tariffs.
        """
        sectors, regions, sides = fixed.shape
        system = np.zeros((sectors, regions, sectors, regions))
        for region in range(regions):
            system[:, region] -= np.einsum("kj,ji->kji", self.purchase_links[region], net_share[:, :, region])
            system[:, region, :, region] -= np.outer(self.final_share[:, region], revenue_part[:, region])
        size = sectors * regions
        matrix = system.reshape(size, size)
        matrix[np.diag_indices(size)] += 1.0
        try:
            solution = np.linalg.solve(matrix, fixed.reshape(size, sides))
        except np.linalg.LinAlgError:
            return np.full(fixed.shape, np.nan)
        return np.asarray(solution.reshape(fixed.shape), dtype=np.float64)

    def slopes(self, state: State) -> tuple[FloatArray, FloatArray]:
        """Return the derivatives of each region's exports and imports with each log wage, [region, wage].

        The implicit price and expenditure equations are differentiated and iterated as their parents are.
        """
        regions = self.value_added.size
        d_price, d_cost = self._price_slopes(state, regions)
        theta = self.theta[:, :, None]
        flow = state.net_share * state.spending[:, :, None]
        back = np.ascontiguousarray(flow.transpose(0, 2, 1))
        source = -theta * (state.sales[:, :, None] * d_cost - back @ d_price)
        paid = state.share * self.tariff_part
        d_revenue_part = -theta * (paid @ d_cost - state.revenue_part[:, :, None] * d_price)
        earned = np.exp(state.log_wage) * self.value_added
        d_income = np.diag(earned) + np.outer(self.deficit, earned)
        d_income += (d_revenue_part * state.spending[:, :, None]).sum(axis=0)
        d_spending = self._spending_slopes(state, source, d_income)

        np.einsum("jnn->jn", flow)[:] = 0.0
        foreign = state.net_share.copy()
        np.einsum("jnn->jn", foreign)[:] = 0.0
        back = np.ascontiguousarray(flow.transpose(0, 2, 1))
        sent = back.sum(axis=2, keepdims=True)
        d_exports = -theta * (sent * d_cost - back @ d_price)
        d_exports += np.ascontiguousarray(foreign.transpose(0, 2, 1)) @ d_spending
        bought = flow.sum(axis=2, keepdims=True)
        d_imports = -theta * (flow @ d_cost - bought * d_price)
        d_imports += foreign.sum(axis=2, keepdims=True) * d_spending
        return d_exports.sum(axis=0), d_imports.sum(axis=0)

    def _price_slopes(self, state: State, regions: int) -> tuple[FloatArray, FloatArray]:
        own = self.va_share[:, :, None] * np.eye(regions)
        d_price: FloatArray = np.zeros(own.shape)
        d_cost = own
        for _ in range(INNER_STEPS):
            inputs = (self.cost_links @ d_price.transpose(1, 0, 2)).transpose(1, 0, 2)
            d_cost = own + inputs
            new = state.share @ d_cost
            change = float(np.abs(new - d_price).max())
            d_price = new
            if change <= SLOPE_GOAL:
                break
        return d_price, np.ascontiguousarray(d_cost)

    def _spending_slopes(self, state: State, source: FloatArray, d_income: FloatArray) -> FloatArray:
        back = np.ascontiguousarray(state.net_share.transpose(0, 2, 1))
        scale = state.spending.sum(axis=0)[None, :, None]
        d_spending: FloatArray = np.zeros(source.shape)
        for _ in range(PATIENCE):
            d_sales = source + back @ d_spending
            new = (self.purchase_links @ d_sales.transpose(1, 0, 2)).transpose(1, 0, 2)
            more = d_income
            if self.has_tariff:
                more = d_income + (state.revenue_part[:, :, None] * d_spending).sum(axis=0)
            new = new + self.final_share[:, :, None] * more
            change = float((np.abs(new - d_spending) / scale).max())
            d_spending = new
            if change <= SLOPE_GOAL:
                return d_spending
        fixed = (self.purchase_links @ source.transpose(1, 0, 2)).transpose(1, 0, 2)
        fixed = fixed + self.final_share[:, :, None] * d_income
        return self._spendings_at_once(state.net_share, state.revenue_part, fixed)
