"""At given wages, does every country pay for what it buys, and how does that change with wages?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from techbalance.models.newton import log_of_sum

if TYPE_CHECKING:
    from techbalance.models.exact_hat.world import OneSectorWorld
    from techbalance.models.validation import FloatArray

Closure = Literal["additive", "multiplicative"]
NO_DEFICIT: Final = 1e-12
"""A deficit below this part of a country's output is the rounding of its trade, and is none."""


@dataclass(frozen=True, eq=False)
class State:
    """What follows from one vector of unknowns; values are parts of base world output.

    ``attraction`` is wage^-theta up to a common factor, ``denominator`` what shares are divided by.
    """

    wage: FloatArray
    scale: float
    attraction: FloatArray
    denominator: FloatArray
    revenue_part: FloatArray
    spending: FloatArray
    borrowed: FloatArray


class Payments:
    """The system in logs: unknowns are the log wages and, last, the log of the world's spending scale.

    With A = share · exp(-theta · log cost) and u = wage^-theta the new shares are A u / (u'A), so that one
    evaluation is a few products of a matrix with a vector. A country's market clears where its exports and
    its net borrowing pay for its imports. Written so, every term has the size of trade: the condition keeps
    its meaning, and its digits, in a world where almost nothing is traded any more.

    Parameters
    ----------
    world
        The base.
    log_cost, tariff
        [exporter, importer], change of delivered cost (log, infinite where closed) and the new rates.
    closure
        What happens to deficits.
    pinned
        Country whose wage is the numeraire; None for world output.
    """

    def __init__(
        self,
        world: OneSectorWorld,
        log_cost: FloatArray,
        tariff: FloatArray,
        *,
        closure: Closure,
        pinned: int | None,
    ) -> None:
        self.theta, self.closure, self.pinned, self.tariff = world.theta, closure, pinned, tariff
        total = float(world.output_usd.sum())
        self.output = world.output_usd / total
        none = np.abs(world.deficit_usd) <= NO_DEFICIT * world.output_usd
        self.deficit = np.where(none, 0.0, world.deficit_usd / total)
        income = world.output_usd + world.revenue_usd
        self.log_ratio = np.log1p(np.where(none, 0.0, world.deficit_usd / income))
        with np.errstate(divide="ignore"):
            log_weight = np.log(world.import_share) - world.theta * log_cost
        self.column = log_weight.max(axis=0)
        self.weight = np.exp(log_weight - self.column)
        self.tariff_part = tariff / (1.0 + tariff)
        self.revenue_weight = self.weight * self.tariff_part if tariff.any() else None
        self.foreign = self.weight / (1.0 + tariff)
        np.fill_diagonal(self.foreign, 0.0)
        # Where no borrowing depends on the scale, it is 0 and one condition follows from the others (Walras):
        # the one of the country that trades most is left out, and checked in the solution.
        self.implied: int | None = None
        if closure == "additive" or not self.log_ratio.any():
            self.implied = int(np.argmax(self.foreign @ self.output + self.foreign.sum(axis=0) * self.output))

    def at(self, unknown: FloatArray) -> State | None:
        """Evaluate at ``unknown``; None where expenditure of a country would not be positive."""
        power = -self.theta * unknown[:-1]
        with np.errstate(all="ignore"):
            wage = np.exp(unknown[:-1])
            attraction = np.exp(power - power.max())
            denominator = attraction @ self.weight
            revenue_part: FloatArray = np.zeros_like(denominator)
            if self.revenue_weight is not None:
                revenue_part = (attraction @ self.revenue_weight) / denominator
            earned, scale = wage * self.output, float(unknown[-1]) if self.implied is None else 0.0
            if self.closure == "additive":
                borrowed = np.expm1(scale) * earned + np.exp(scale) * self.deficit * float(earned.sum())
                kept = 1.0 - revenue_part
            else:
                kept = 1.0 - np.exp(scale + self.log_ratio) * revenue_part
                borrowed = np.expm1(scale + self.log_ratio) * earned / kept
            spending = (earned + borrowed) / (1.0 - revenue_part)
        if not (np.all(kept > 0) and np.all(spending > 0)):
            return None
        return State(wage, scale, attraction, denominator, revenue_part, spending, borrowed)

    def log_price(self, unknown: FloatArray, state: State) -> FloatArray:
        """Return the log change of each country's price index."""
        shift = float((-self.theta * unknown[:-1]).max())
        return np.asarray(-(np.log(state.denominator) + shift + self.column) / self.theta, dtype=np.float64)

    def share(self, state: State) -> FloatArray:
        """Return the new import shares, [exporter, importer]."""
        return np.asarray(state.attraction[:, None] * (self.weight / state.denominator), dtype=np.float64)

    def gaps(self, state: State) -> FloatArray:
        """Return the log of what each country receives over what it pays."""
        with np.errstate(all="ignore"):
            exports = state.attraction * (self.foreign @ (state.spending / state.denominator))
            imports = state.spending * (state.attraction @ self.foreign) / state.denominator
            inflow = exports + np.maximum(state.borrowed, 0.0)
            outflow = imports + np.maximum(-state.borrowed, 0.0)
            return np.where((inflow == 0) & (outflow == 0), 0.0, np.log(inflow / outflow))

    def __call__(self, unknown: FloatArray) -> FloatArray | None:
        """Return the gaps that have to vanish, and the numeraire condition."""
        state = self.at(unknown)
        if state is None:
            return None
        gap = self.gaps(state)
        if self.implied is not None:
            gap[self.implied] = unknown[-1]
        if self.pinned is not None:
            return np.append(gap, unknown[self.pinned])
        return np.append(gap, log_of_sum(unknown[:-1], self.output))

    def jacobian(self, unknown: FloatArray) -> FloatArray:
        """Return the derivatives of the gaps and of the numeraire condition with the unknowns."""
        size = self.output.size
        matrix: FloatArray = np.zeros((size + 1, size + 1))
        state = self.at(unknown)
        if state is None:
            return matrix
        share = self.share(state)
        spending_change, borrowed_change = self._spending_changes(state, share)
        diagonal = np.diag_indices(size)
        sold = state.attraction[:, None] * (self.foreign * (state.spending / state.denominator))
        exports, imports = sold.sum(axis=1), sold.sum(axis=0)

        imports_change = spending_change
        imports_change[:, :size] += self.theta * share.T
        exports_change = sold @ imports_change
        exports_change[diagonal] -= self.theta * exports
        imports_change *= imports[:, None]
        imports_change[:, :size] -= self.theta * sold.T
        # Borrowing stands with what is received where it is positive, else with what is paid.
        receives = (state.borrowed >= 0)[:, None]
        inflow = exports + np.maximum(state.borrowed, 0.0)
        outflow = imports + np.maximum(-state.borrowed, 0.0)
        exports_change += np.where(receives, borrowed_change, 0.0)
        imports_change -= np.where(receives, 0.0, borrowed_change)

        trading = (inflow > 0) & (outflow > 0)
        matrix[:-1][trading] = (
            exports_change[trading] / inflow[trading, None] - imports_change[trading] / outflow[trading, None]
        )
        if self.implied is not None:
            matrix[self.implied] = matrix[:, -1] = 0.0
            matrix[self.implied, -1] = 1.0
        if self.pinned is None:
            earned = state.wage * self.output
            matrix[-1, :-1] = earned / earned.sum()
        else:
            matrix[-1, self.pinned] = 1.0
        return matrix

    def _spending_changes(self, state: State, share: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the changes of log spending and of borrowing, [country, unknown]."""
        size = self.output.size
        diagonal = np.diag_indices(size)
        earned = state.wage * self.output
        revenue_change = np.zeros((size, size + 1))
        if self.revenue_weight is not None:
            revenue_change[:, :size] = -self.theta * (share * (self.tariff_part - state.revenue_part)).T
        borrowed_change = np.zeros((size, size + 1))
        if self.closure == "additive":
            borrowed_change[:, :size] = np.outer(np.exp(state.scale) * self.deficit, earned)
            borrowed_change[diagonal] += np.expm1(state.scale) * earned
            borrowed_change[:, -1] = state.borrowed + earned
        else:
            ratio = np.exp(state.scale + self.log_ratio)
            kept = 1.0 - ratio * state.revenue_part
            borrowed_change[:] = (state.borrowed / kept * ratio)[:, None] * revenue_change
            borrowed_change[diagonal] += state.borrowed
            borrowed_change[:, -1] += ratio * (earned + state.borrowed * state.revenue_part) / kept
        spending_change = borrowed_change + state.spending[:, None] * revenue_change
        spending_change[diagonal] += earned
        spending_change /= (state.spending * (1.0 - state.revenue_part))[:, None]
        return spending_change, borrowed_change
