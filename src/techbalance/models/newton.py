"""How are the equations of an equilibrium solved so that an answer is either right or refused?

Newton steps with a factored Jacobian that is kept while it contracts well, halved when a step does not reduce
the largest unmet condition, and, for shocks too large for one leap, followed along a path from the known
base. Nothing is returned above the tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.linalg import get_lapack_funcs, pinv  # type: ignore[import-untyped]

from techbalance.errors import ConvergenceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.models.validation import FloatArray

GOAL: Final = 1e-13
"""Where iteration stops being worth its time: a few hundred rounding errors of a sum near one."""
TOLERANCE: Final = 1e-10
"""Largest unmet condition (a log gap) with which a result may leave a model: the bar for market clearing."""
STALE: Final = 0.1
"""A kept Jacobian is used on while each step leaves at most this part of the gap."""
SMALLEST_STEP: Final = 2.0**-14
"""A Newton direction that does not help at a ten-thousandth of its length leads nowhere; a path may."""
SINGULAR: Final = 1e-13
"""Reciprocal condition number below which the least-norm step is taken: some prices are not determined."""
SMALLEST_LEAP: Final = 2.0**-6
"""A path that cannot advance by this part of the shock is given up."""


@dataclass(frozen=True)
class Root:
    """Where a system was solved, how well, and after how many evaluations of it."""

    point: FloatArray
    residual: float
    iterations: int


class _Factored:
    """A square matrix ready to be solved against; falls back to the least-norm solution where singular."""

    def __init__(self, matrix: FloatArray) -> None:
        factor, condition = get_lapack_funcs(("getrf", "gecon"), (matrix,))
        self._solve = get_lapack_funcs("getrs", (matrix,))
        self._lu, self._pivots, info = factor(matrix)
        reciprocal = 0.0
        if info == 0:
            reciprocal, _ = condition(self._lu, float(np.abs(matrix).sum(axis=0).max()))
        self._least_norm = None if reciprocal > SINGULAR else pinv(matrix)

    def solve(self, right: FloatArray) -> FloatArray:
        """Solve matrix · x = right."""
        if self._least_norm is not None:
            solution = self._least_norm @ right
        else:
            solution, _ = self._solve(self._lu, self._pivots, right)
        return np.asarray(solution, dtype=np.float64)


def _gap(value: FloatArray | None) -> float:
    """Return the largest absolute entry, infinite where the point is not allowed or overflowed."""
    if value is None:
        return float("inf")
    largest = float(np.max(np.abs(value), initial=0.0))
    return largest if np.isfinite(largest) else float("inf")


def find_root(  # noqa: PLR0913, two functions, a start and the words of the message
    system: Callable[[FloatArray], FloatArray | None],
    jacobian: Callable[[FloatArray], FloatArray],
    start: FloatArray,
    *,
    what: str,
    where: str = "",
    stale: float = STALE,
    max_steps: int = 40,
) -> Root:
    """Solve ``system(x) = 0`` by damped Newton steps, keeping a factored Jacobian while it serves.

    Parameters
    ----------
    system
        The unmet conditions at a point; None where the point is not allowed (a negative income, say).
    jacobian
        Their derivatives at a point where ``system`` was not None; may be approximate.
    start
        Where to begin; ``system(start)`` must not be None.
    what
        What was being solved, for the message of the error.
    where
        Scenario or data, for the message.
    stale
        Part of the gap a step with a kept Jacobian may leave before a new one is made; the dearer the
        Jacobian against the system, the more.
    max_steps
        Accepted steps at most.

    Returns
    -------
    Root
        Residual at most ``TOLERANCE``, normally near ``GOAL``.

    Raises
    ------
    ConvergenceError
        No step reduces the largest unmet condition, or the steps ran out, above ``TOLERANCE``.
    """
    point, value = start, system(start)
    gap, evaluations = _gap(value), 1
    factored: _Factored | None = None
    for _ in range(max_steps):
        if gap <= GOAL or value is None or not np.isfinite(gap):
            break
        fresh = factored is None
        if factored is None:
            slopes = jacobian(point)
            if not np.all(np.isfinite(slopes)):
                break
            factored = _Factored(slopes)
        direction, length = factored.solve(value), 1.0
        while length >= SMALLEST_STEP:
            trial = point - length * direction
            candidate = system(trial)
            evaluations += 1
            trial_gap = _gap(candidate)
            if trial_gap < gap * (1 - 1e-4 * length) or (not fresh and trial_gap < gap):
                break
            if not fresh:
                length = 0.0
                break
            length *= 0.5
        if length < SMALLEST_STEP:
            if fresh:
                break
            factored = None
            continue
        if trial_gap > stale * gap:
            factored = None
        point, value, gap = trial, candidate, trial_gap
    if gap > TOLERANCE:
        raise ConvergenceError(
            f"{what} did not reach the tolerance {TOLERANCE:g}",
            residual=gap,
            iterations=evaluations,
            where=where,
            remedy="Try a smaller shock, or another closure of the deficits",
        )
    return Root(point, gap, evaluations)


def log_of_sum(logs: FloatArray, weights: FloatArray) -> float:
    """Return log(sum(weights · exp(logs))) without overflow; one condition of many, so it has to be quick."""
    top = float(logs.max())
    return top + float(np.log(np.exp(logs - top) @ weights))


def follow_path(solve_at: Callable[[float, FloatArray], Root], start: FloatArray) -> Root:
    """Solve for the whole shock at once or, where that fails, in steps from the base towards it.

    Parameters
    ----------
    solve_at
        Solves for a part of the shock, from 0 (none) to 1 (all), from a starting point.
    start
        The solution with no shock.

    Returns
    -------
    Root
        Solution with the whole shock; iterations count all steps of the path.

    Raises
    ------
    ConvergenceError
        The path cannot advance by ``SMALLEST_LEAP``.
    """
    done, leap, point, iterations = 0.0, 1.0, start, 0
    while True:
        part = min(1.0, done + leap)
        try:
            root = solve_at(part, point)
        except ConvergenceError as error:
            iterations += error.iterations
            leap *= 0.5
            if leap < SMALLEST_LEAP:
                raise
            continue
        iterations += root.iterations
        if part >= 1.0:
            return Root(root.point, root.residual, iterations)
        done, point = part, root.point
        leap *= 2.0
