"""Which price index clears each product's market?

Given the log price index x of a product, each supplier's market clears in closed form, and every consumer
price is piecewise linear in x with a slope below 1 (demand falls with the index). The index equation x = log
CES(prices(x)) is therefore strictly increasing in x: one root, bracketed, for all products at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ConvergenceError
from techbalance.models.newton import GOAL, TOLERANCE

if TYPE_CHECKING:
    from techbalance.models.partial_equilibrium.market import Levers, Market
    from techbalance.models.validation import BoolArray, FloatArray, IntArray

MAX_STEPS: Final = 200
"""Bisection alone needs some 60 halvings of any bracket; Newton steps are normally six."""
NEAR_ONE: Final = 0.5
"""Largest exponent (1 - sigma) log p for which the CES index is formed with log1p and expm1, which keep their
digits as sigma goes to 1."""


@dataclass(frozen=True, eq=False)
class OrderBook:
    """The rows with trade, sorted by product, and their supply and demand in logs."""

    order: IntArray
    starts: IntArray
    row: IntArray
    share: FloatArray
    log_share: FloatArray
    sigma: FloatArray
    """One per product, as are all figures without a supplier."""
    spread: FloatArray
    """sigma + eta, per row: how demand for a supplier moves with the index."""
    wedge: FloatArray
    """Log change of one plus the tariff, per row."""
    bonus: FloatArray
    """Log change of what the producer gets, per unit of market price and of cost."""
    supply: FloatArray
    """Supply elasticity, and ``shift`` the log change of the quantity offered at each price."""
    shift: FloatArray
    log_quota: FloatArray
    free_level: FloatArray
    free_slope: FloatArray
    """Consumer price without quota: level + slope · x."""
    bound_level: FloatArray
    bound_slope: FloatArray
    """Consumer price at which exactly the quota is demanded; level minus infinity without quota."""

    def prices(self, index: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Return log consumer prices by row, and where the quota binds."""
        x = index[self.row]
        free, bound = self.free_level + self.free_slope * x, self.bound_level + self.bound_slope * x
        binds = bound > free
        return np.where(binds, bound, free), binds

    def index_gap(self, index: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return x - log CES(prices(x)) by product, and its derivative."""
        price, binds = self.prices(index)
        exponent = 1.0 - self.sigma
        power = exponent[self.row] * price
        near = np.maximum.reduceat(np.abs(power), self.starts) <= NEAR_ONE
        logs = self.log_share + power
        top = np.maximum.reduceat(logs, self.starts)
        weight = np.exp(logs - top[self.row])
        total = np.add.reduceat(weight, self.starts)
        close = np.add.reduceat(self.share * np.expm1(np.where(near[self.row], power, 0.0)), self.starts)
        cobb_douglas = exponent == 0
        index_of_prices = np.where(
            cobb_douglas,
            np.add.reduceat(self.share * price, self.starts),
            np.where(near, np.log1p(close), top + np.log(total)) / np.where(cobb_douglas, 1.0, exponent),
        )
        weight /= total[self.row]
        slope = np.where(binds, self.bound_slope, self.free_slope)
        return index - index_of_prices, 1.0 - np.add.reduceat(weight * slope, self.starts)


def open_book(market: Market, levers: Levers, paid: FloatArray) -> OrderBook:
    """Sort the rows with trade by product and write their supply and demand in logs.

    ``paid`` is the base value of each row of ``market`` at consumer prices.
    """
    order = np.flatnonzero(paid > 0)
    order = order[np.argsort(market.row_product[order], kind="stable")]
    row = market.row_product[order]
    starts = np.flatnonzero(np.append(True, row[1:] != row[:-1]))
    spent = np.add.reduceat(paid[order], starts)
    sigma, supply = market.sigma[order], market.supply_elasticity[order]
    spread = sigma + market.demand_elasticity[order]
    wedge = np.log1p(levers.tariff_new[order]) - np.log1p(levers.tariff_base[order])
    subsidy = np.log1p(levers.subsidy_new[order]) - np.log1p(levers.subsidy_base[order])
    bonus = subsidy - np.log(levers.cost_hat[order])
    shift = np.log(levers.supply_shift[order])
    elastic = np.isinf(supply)
    finite = np.where(elastic, 0.0, supply)
    steep = np.where(elastic, 1.0, finite + sigma)
    level = np.where(elastic, wedge - bonus, (finite * (wedge - bonus) - shift) / steep)
    quota = levers.quota_ratio[order]
    limited = np.isfinite(quota)
    safe_sigma = np.where(limited, sigma, 1.0)
    return OrderBook(
        order=order,
        starts=starts,
        row=row,
        share=paid[order] / spent[row],
        log_share=np.log(paid[order]) - np.log(spent)[row],
        sigma=sigma[starts],
        spread=spread,
        wedge=wedge,
        bonus=bonus,
        supply=supply,
        shift=shift,
        log_quota=np.log(quota),
        free_level=level,
        free_slope=np.where(elastic, 0.0, spread / steep),
        bound_level=np.where(limited, -np.log(np.where(limited, quota, 1.0)) / safe_sigma, -np.inf),
        bound_slope=np.where(limited, spread / safe_sigma, 0.0),
    )


def _solve_indices(book: OrderBook, products: tuple[str, ...]) -> tuple[FloatArray, int]:
    """Find the log price index of every product by Newton steps kept inside a shrinking bracket."""
    steepest = np.maximum.reduceat(np.maximum(book.free_slope, book.bound_slope), book.starts)
    index: FloatArray = np.zeros(len(products))
    gap, slope = book.index_gap(index)
    reach = gap / (1.0 - steepest) * (1.0 + GOAL)
    low, high = np.minimum(0.0, -reach), np.maximum(0.0, -reach)
    done = np.abs(gap) <= GOAL
    for step in range(1, MAX_STEPS + 1):
        low, high = np.where(gap < 0, index, low), np.where(gap > 0, index, high)
        trial = index - gap / slope
        trial = np.where((trial >= low) & (trial <= high), trial, 0.5 * (low + high))
        index, before = np.where(done, index, trial), np.abs(gap)
        gap, slope = book.index_gap(index)
        left = np.abs(gap)
        # A step that no longer helps below the tolerance has reached the rounding of its sums.
        done |= (left <= GOAL * (1.0 + np.abs(index))) | ((left >= before) & (left <= TOLERANCE))
        if done.all():
            return index, step
    worst = int(np.argmax(np.abs(gap)))
    raise ConvergenceError(
        "the price index of a product was not found",
        residual=float(np.abs(gap[worst])),
        iterations=MAX_STEPS,
        where=f"product {products[worst]}",
    )


@dataclass(frozen=True, eq=False)
class Cleared:
    """Log changes that clear the markets of an order book, by row; ``index`` by product."""

    index: FloatArray
    consumer_price: FloatArray
    producer_price: FloatArray
    quantity: FloatArray
    binds: BoolArray
    residual: float
    iterations: int


def clear(book: OrderBook, products: tuple[str, ...]) -> Cleared:
    """Clear every product's market.

    Raises
    ------
    ConvergenceError
        Supply and demand of a row, or the price index of a product, differ by more than the tolerance.
    """
    index, steps = _solve_indices(book, products)
    price, binds = book.prices(index)
    quantity = -book.sigma[book.row] * price + book.spread * index[book.row]
    elastic = np.isinf(book.supply)
    finite = np.where(elastic | (book.supply == 0), 1.0, book.supply)
    limit = np.where(binds, book.log_quota, 0.0)
    at_quota = np.where(elastic, 0.0, (limit - book.shift) / finite) - book.bonus
    producer = np.where(binds, at_quota, price - book.wedge)

    # Each condition is formed again, as a gap between prices: supply against demand, and the index.
    offered = np.where(
        elastic, quantity, book.shift + np.where(elastic, 0.0, book.supply) * (producer + book.bonus)
    )
    scale = 1.0 + np.where(elastic, 0.0, book.supply) + book.sigma[book.row]
    at_cost = np.where(elastic, producer + book.bonus, 0.0)
    residual = max(
        float(np.abs((offered - quantity) / scale).max()),
        float(np.abs(at_cost).max()),
        float(np.abs(book.index_gap(index)[0]).max()),
    )
    if not residual <= TOLERANCE:
        raise ConvergenceError("a market does not clear", residual=residual, iterations=steps)
    return Cleared(index, price, producer, quantity, binds, residual, steps)
