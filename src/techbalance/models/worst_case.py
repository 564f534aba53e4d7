"""Which k suppliers would hurt most if they failed together? METHODS D6, turned into a search.

The search is exact where it can afford to be. Where it cannot, it says so, and gives an upper bound that no
set of k suppliers exceeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from techbalance.errors import ParameterError, UnknownCodeError
from techbalance.models.stress import CAPACITY_RANGE, capacities

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from techbalance.models.stress import SupplierFlows
    from techbalance.models.validation import FloatArray, IntArray

Objective = Literal["loss", "shortfall"]

# Partial sets looked into before the search gives a bound instead of a proof. Looking into all of them takes
# 26,566 for three of 230 suppliers, so that k = 3 is exact over all partners whatever the data.
MOST_SETS: Final = 30_000
# Share of the products below which it pays to copy the rest into smaller arrays.
MOSTLY: Final = 0.8


@dataclass(frozen=True)
class Harm:
    """What counts as harm, and under which assumptions.

    Parameters
    ----------
    objective
        ``loss``: what the suppliers deliver; ``shortfall``: what of it the others cannot make good.
    capacity
        Share of their exports by which the others expand, in [0, 1]; without effect on ``loss``.
    share
        Share of each failing supplier's deliveries that is lost, in (0, 1].

    Raises
    ------
    ModelInputError
        The capacity lies outside [0, 1].
    ParameterError
        The share lies outside (0, 1].
    """

    objective: Objective = "shortfall"
    capacity: float = CAPACITY_RANGE[0]
    share: float = 1.0

    def __post_init__(self) -> None:
        capacities(self.capacity)
        if not 0 < self.share <= 1:
            raise ParameterError(
                f"a share of {self.share:g} cannot be lost", remedy="Give a share above 0, at most 1"
            )


SHORTFALL: Final = Harm()


@dataclass(frozen=True)
class WorstCase:
    """The most harmful set of suppliers found, and how much worse another could be.

    Parameters
    ----------
    suppliers
        The set, most important supplier first (in the order in which each adds most to those before it).
    value_usd
        Its loss or shortfall over all products, USD >= 0.
    bound_usd
        No set of as many suppliers has more; equal to ``value_usd`` where the search is exact.
    is_exact
        Whether that is proven (to the rounding of double precision). Of equally harmful sets one is given.
    harm
        What was maximised.
    sets_examined
        Partial sets the search looked into.
    """

    suppliers: tuple[str, ...]
    value_usd: float
    bound_usd: float
    is_exact: bool
    harm: Harm
    sets_examined: int


def worst_case(
    flows: SupplierFlows,
    count: int,
    *,
    harm: Harm = SHORTFALL,
    candidates: Collection[str] | None = None,
    most_sets: int = MOST_SETS,
) -> WorstCase:
    r"""Find the ``count`` suppliers whose joint loss hurts most.

    Parameters
    ----------
    flows
        Imports by product and supplier, and the base of the capacity.
    count
        How many fail together.
    harm
        What is maximised, and under which assumptions; by default the shortfall at the low capacity.
    candidates
        Suppliers that may fail; all if not given.
    most_sets
        Partial sets to look into before giving a bound.

    Returns
    -------
    WorstCase
        Exact for any data with three of up to 230 suppliers; on concentrated trade for far more.

    Raises
    ------
    ParameterError
        ``count`` is below 1 or above the number of candidates.
    UnknownCodeError
        A candidate is not a supplier.

    Notes
    -----
    For product p and failing set R let a_c = share * imports + capacity * base (what the loss of c takes
    away, deliveries and spare capacity both) and C = capacity * sum of base over all suppliers. Then the
    shortfall is F(R) = sum_p (sum_{c in R} a_c - C)^+, because recovery is min(loss, spare). The loss is the
    case C = 0.

    *F is not submodular.* (x - C)^+ is convex in x and x is a sum over R of terms >= 0, so the harm that c
    adds, (x + a_c - C)^+ - (x - C)^+, does not fall as R grows: F is supermodular. The guarantee
    (1 - 1/e) of the greedy rule (Nemhauser, Wolsey and Fisher 1978) needs the contrary and does not hold
    here: two suppliers may each be replaceable and together not. Greedy only starts the search.

    *The bound.* Let T be fixed, m suppliers still to be chosen, b = sum_{c in T} a_c - C. Since (x + y)^+ <=
    x^+ + y^+,

        (b + sum_{c in R\T} a_c)^+ = (sum_{c in R\T} (a_c + b / m))^+ <= sum_{c in R\T} (a_c + b / m)^+ ,

    so with u_c = sum_p (a_c + b / m)^+ no completion of T exceeds the sum of the m largest u_c. For m = 1 it
    is the value itself. A second bound lets every product choose its own worst completion, at most m times
    its largest a_c. Sets are grown supplier by supplier in a fixed order, so that each set is met once; a
    partial set is left when either bound is not above the best value found. When ``most_sets`` is reached,
    the largest bound of a partial set left open bounds every set.
    """
    chosen = _candidate_positions(flows, candidates)
    if not 1 <= count <= chosen.size:
        raise ParameterError(
            f"{count} suppliers cannot fail among {chosen.size}",
            remedy=f"Give a number from 1 to {chosen.size}",
        )
    kappa = harm.capacity if harm.objective == "shortfall" else 0.0
    taken = harm.share * flows.imports_usd[:, chosen] + kappa * flows.capacity_base[:, chosen]
    search = _Search(taken, kappa * flows.capacity_base.sum(axis=1), count, most_sets)
    search.run()
    codes = [flows.suppliers[chosen[position]] for position in search.best_in_order()]
    # A set that was left open may be bounded by less than the best that was found.
    bound = max(search.open_bound, search.best_value)
    return WorstCase(
        suppliers=tuple(codes),
        value_usd=search.best_value,
        bound_usd=bound,
        is_exact=bound == search.best_value,
        harm=harm,
        sets_examined=search.examined,
    )


def _candidate_positions(flows: SupplierFlows, candidates: Collection[str] | None) -> IntArray:
    if candidates is None:
        return np.arange(len(flows.suppliers))
    for code in candidates:
        if code not in flows.suppliers:
            raise UnknownCodeError.among("supplier", code, flows.suppliers)
    return np.array([i for i, code in enumerate(flows.suppliers) if code in set(candidates)], dtype=np.int64)


class _Search:
    """Branch and bound over sets of rows of ``taken``, maximising sum((column sum - spare)^+).

    Rows are suppliers and columns products here, so that the suppliers still to come are one block of memory.
    """

    def __init__(self, taken: FloatArray, spare: FloatArray, count: int, most_sets: int) -> None:
        alone = np.maximum(taken - spare[:, np.newaxis] / count, 0.0).sum(axis=0)
        # The most harmful first, so that good sets are met early; ties keep the order of the suppliers.
        self.order = np.argsort(-alone, kind="stable")
        self.taken = np.ascontiguousarray(taken[:, self.order].T)
        self.spare = spare
        self.count = count
        self.most_sets = most_sets
        self.examined = 0
        self.open_bound = 0.0
        self.best: tuple[int, ...] = ()
        self.best_value = -1.0
        self._scratch = np.empty_like(self.taken)

    def run(self) -> None:
        """Fill ``best``, ``best_value`` and ``open_bound``."""
        self._start_greedily()
        # Largest row from each position on, by product.
        largest = np.maximum.accumulate(self.taken[::-1], axis=0)[::-1]
        self._grow((), 0, _Open(-self.spare, self.taken, largest))
        self.best_value = self._value(self.best)

    def best_in_order(self) -> list[int]:
        """Positions of the best set in the caller's columns, each adding most to those before it."""
        left, ordered = list(self.best), list[int]()
        while left:
            harms = [self._value((*ordered, row)) for row in left]
            ordered.append(left.pop(int(np.argmax(harms))))
        return [int(self.order[row]) for row in ordered]

    def _value(self, rows: Sequence[int]) -> float:
        return float(np.maximum(self.taken[list(rows)].sum(axis=0) - self.spare, 0.0).sum())

    def _start_greedily(self) -> None:
        members: list[int] = []
        for _ in range(self.count):
            harm = self._harm(self.taken, self.taken[members].sum(axis=0) - self.spare)
            harm[members] = -1.0
            members.append(int(np.argmax(harm)))
        self.best, self.best_value = tuple(members), self._value(members)

    def _harm(self, rows: FloatArray, over: FloatArray) -> FloatArray:
        """``sum((row + over)^+)`` of each row, as ``sum(max(row, -over)) + sum(over)``: one pass fewer."""
        scratch = self._scratch.reshape(-1)[: rows.size].reshape(rows.shape)
        np.maximum(rows, -over, out=scratch)
        harm: FloatArray = scratch.sum(axis=1) + over.sum()
        return harm

    def _grow(self, members: tuple[int, ...], start: int, open_: _Open) -> None:
        """Complete ``members`` with rows from ``start`` on."""
        self.examined += 1
        left = self.count - len(members)
        if left == 1:
            harm = self._harm(open_.taken[start:], open_.over)
            last = int(np.argmax(harm))
            if harm[last] > self.best_value:
                self.best, self.best_value = (*members, start + last), float(harm[last])
            return
        open_ = open_.without_safe_products(start, left)
        harm = self._harm(open_.taken[start:], open_.over / left)
        bounds = harm[: harm.size - left + 1] + _largest_after(harm, left - 1)
        for child in np.argsort(-bounds, kind="stable").tolist():
            if bounds[child] <= self.best_value:
                return
            if self.examined >= self.most_sets:
                # Children come in falling order of their bounds: this one bounds all that are left out.
                self.open_bound = max(self.open_bound, float(bounds[child]))
                return
            row = start + child
            grown = open_.with_row(row)
            if grown.loosest(row + 1, left - 1) > self.best_value:
                self._grow((*members, row), row + 1, grown)


@dataclass(frozen=True)
class _Open:
    """A partial set: what it takes less the spare (``over``), of the products that can still run short."""

    over: FloatArray
    taken: FloatArray
    largest: FloatArray

    def with_row(self, row: int) -> _Open:
        return _Open(self.over + self.taken[row], self.taken, self.largest)

    def loosest(self, start: int, left: int) -> float:
        return float(np.maximum(self.over + left * self.largest[start], 0.0).sum())

    def without_safe_products(self, start: int, left: int) -> _Open:
        can_be_short = self.over + left * self.largest[start] > 0
        if can_be_short.mean() > MOSTLY:
            return self
        return _Open(self.over[can_be_short], self.taken[:, can_be_short], self.largest[:, can_be_short])


def _largest_after(harm: FloatArray, count: int) -> FloatArray:
    """Sum of the ``count`` largest entries after each position that has so many after it."""
    if count == 1:
        return np.maximum.accumulate(harm[:0:-1])[::-1]
    sums = np.empty(harm.size - count)
    window = np.sort(harm[harm.size - count :])
    for position in range(harm.size - count - 1, -1, -1):
        sums[position] = window.sum()
        if harm[position] > window[0]:
            window[0] = harm[position]
            window.sort()
    return sums
