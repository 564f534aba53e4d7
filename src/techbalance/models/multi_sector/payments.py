"""Which wages balance the payments of every region, and is what they give an equilibrium?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ConvergenceError
from techbalance.models.financing import refuse_unpayable
from techbalance.models.newton import TOLERANCE, Root, find_root, follow_path, log_of_sum

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.models.multi_sector.economy import Economy, State
    from techbalance.models.validation import FloatArray, Note

WHAT: Final = "the multi-sector equilibrium"


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A checked solution of one economy."""

    state: State
    residual: float
    iterations: int
    notes: tuple[Note, ...]


class Payments:
    """The system in log wages: exports and net borrowing of each region pay for its imports.

    One condition follows from the others (Walras); that of the region that trades most gives way to the
    numeraire, and is checked in the solution.
    """

    def __init__(self, economy: Economy, pinned: int | None) -> None:
        self.economy, self.pinned = economy, pinned
        self.implied: int | None = None
        self._state: State | None = None

    def state(self, log_wage: FloatArray) -> State | None:
        """Return the economy at these wages, computed once for both the gaps and their derivatives."""
        if self._state is None or not np.array_equal(self._state.log_wage, log_wage):
            self._state = self.economy.at(log_wage)
        return self._state

    @staticmethod
    def sides(state: State) -> tuple[FloatArray, FloatArray]:
        """Return what each region receives and what it pays; all terms have the size of trade."""
        lent = np.maximum(-state.deficit, 0.0)
        return state.exports + np.maximum(state.deficit, 0.0), state.imports + lent

    def __call__(self, log_wage: FloatArray) -> FloatArray | None:
        """Return the log gap between both sides, and the numeraire condition in place of the implied one."""
        state = self.state(log_wage)
        if state is None:
            return None
        inflow, outflow = self.sides(state)
        if self.implied is None:
            self.implied = int(np.argmax(inflow + outflow))
        with np.errstate(all="ignore"):
            gap = np.where((inflow == 0) & (outflow == 0), 0.0, np.log(inflow / outflow))
        if self.pinned is not None:
            gap[self.implied] = log_wage[self.pinned]
        else:
            gap[self.implied] = log_of_sum(log_wage, self.economy.value_added)
        return gap

    def jacobian(self, log_wage: FloatArray) -> FloatArray:
        """Return the derivatives of the gaps with the log wages."""
        state = self.state(log_wage)
        if state is None or self.implied is None:
            return np.zeros((log_wage.size, log_wage.size))
        d_exports, d_imports = self.economy.slopes(state)
        earned = np.exp(log_wage) * self.economy.value_added
        d_deficit = np.outer(self.economy.deficit, earned)
        inflow, outflow = self.sides(state)
        into = d_exports + (state.deficit > 0)[:, None] * d_deficit
        out = d_imports - (state.deficit < 0)[:, None] * d_deficit
        matrix = np.zeros(into.shape)
        trading = (inflow > 0) & (outflow > 0)
        matrix[trading] = into[trading] / inflow[trading, None] - out[trading] / outflow[trading, None]
        matrix[self.implied] = earned / earned.sum()
        if self.pinned is not None:
            matrix[self.implied] = 0.0
            matrix[self.implied, self.pinned] = 1.0
        return matrix


def solve_economy(
    economy_at: Callable[[float], Economy], regions: tuple[str, ...], *, pinned: int | None, where: str
) -> Equilibrium:
    """Solve the economy with the whole shock, in steps along the way if it cannot be reached at once.

    Parameters
    ----------
    economy_at
        The economy with a part of the shock, from 0 to 1.
    regions
        Labels.
    pinned
        Region whose wage is the numeraire; None for world value added.
    where
        Scenario, for messages.

    Raises
    ------
    ModelInputError
        Regions that cannot finance their trade; see ``refuse_unpayable``.
    ConvergenceError
        The path breaks off, or what it leads to is not an equilibrium.
    """
    final = Payments(economy_at(1.0), pinned)
    economy = final.economy
    notes = refuse_unpayable(economy.weight.max(axis=0).T > 0, economy.deficit, regions)

    def solve_at(part: float, start: FloatArray) -> Root:
        system = final if part >= 1.0 else Payments(economy_at(part), pinned)
        return find_root(system, system.jacobian, start, what=WHAT, where=where)

    root = follow_path(solve_at, np.zeros(len(regions)))
    state = final.state(root.point)
    if state is None:
        raise ConvergenceError(WHAT, residual=float("inf"), iterations=root.iterations, where=where)
    residual = unmet(economy, state)
    if residual > TOLERANCE:
        raise ConvergenceError(
            f"{WHAT} does not clear all markets", residual=residual, iterations=root.iterations, where=where
        )
    return Equilibrium(state, residual, root.iterations, notes)


def unmet(economy: Economy, state: State) -> float:
    """Return the largest relative gap among payments, labour markets and goods markets of all regions.

    Each condition is formed again from the state, the last two in another way than the one they were solved
    in.
    """
    inflow, outflow = Payments.sides(state)
    with np.errstate(all="ignore"):
        payments = np.where((inflow == 0) & (outflow == 0), 0.0, np.log(inflow / outflow))
    earned = np.exp(state.log_wage) * economy.value_added
    labour = (economy.va_share * state.sales).sum(axis=0) / earned - 1.0
    income = earned + (state.revenue_part * state.spending).sum(axis=0) + state.deficit
    used = np.einsum("nkj,jn->kn", economy.purchase_links, state.sales) + economy.final_share * income
    goods = (used - state.spending) / state.spending.sum(axis=0)
    return float(max(np.abs(gap).max() for gap in (payments, labour, goods)))
