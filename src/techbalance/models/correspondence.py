"""How much of an old product code went into each new one, and how sure is that?

A correspondence table says where goods may have gone; trade on both sides of the switch says how much of
them went there. Weights are estimated, never taken from a table that sends each code to one other, and they
carry the uncertainty of the estimate and the error made on what was not used for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from techbalance.models.validation import FloatArray

# How much dearer a weight sum beside 1 is than a misfit, relative to the largest value: the sum then holds to
# about the inverse square of it, and what is left is divided out.
SUM_PENALTY: Final = 1e4
# Share of the largest singular value below which old codes move together and cannot be told apart.
RANK_TOLERANCE: Final = 1e-9
LOW, HIGH = 5, 95
# Normal quantile of a band from the 5th to the 95th percentile.
NORMAL_90: Final = 1.6448536269514722
# Shares of nothing and of all are taken as one in two thousand, so that their logarithm exists.
SMALLEST_SHARE: Final = 0.0005


@dataclass(frozen=True)
class Weights:
    """Weights from old to new codes.

    Parameters
    ----------
    central
        Old x new, at least 0; the rows of traded codes add to 1.
    low, high
        5th and 95th percentile over draws of the observations; 0 and 1 where nothing decides.
    is_traded
        Of each old code, whether it was traded at all; the weights of one that was not are equal.
    is_identified
        Of each old code, whether the observations tell it from the others.
    heldout_error
        Value that the weights put into a wrong code, over all value, in observations that were left out of
        the estimate, in [0, 1]; None with fewer than two folds.
    observations
        How many observations had trade on both sides.
    """

    central: FloatArray
    low: FloatArray
    high: FloatArray
    is_traded: NDArray[np.bool_]
    is_identified: NDArray[np.bool_]
    heldout_error: float | None
    observations: int


def estimate_weights(  # noqa: PLR0913 - two sides, what may be joined, and how the error is drawn
    before: FloatArray,
    after: FloatArray,
    allowed: NDArray[np.bool_],
    *,
    folds: Sequence[object],
    draws: int = 200,
    seed: int = 1,
) -> Weights:
    """Estimate how the value of old codes is divided among new ones, by least squares on both sides.

    Minimises ``sum_i |a_i - b_i W|^2`` over weights that are at least 0 and add to 1 by old code, where
    ``b_i`` is the value of the old codes in one observation (a supplier in one pair of years), and ``a_i``
    that of the new ones, brought to the same sum: growth between the years is no part of a correspondence.

    Parameters
    ----------
    before
        Observations x old codes, dollars, at least 0.
    after
        Observations x new codes, likewise.
    allowed
        Old x new: where goods may have gone. Each old code has at least one.
    folds
        Of each observation, what it is left out with: its pair of years, or its supplier.
    draws
        How many times the observations are drawn with replacement.
    seed
        The same seed gives the same band.

    Raises
    ------
    ModelInputError
        Shapes differ, a value is negative, an old code may go nowhere, or nothing is on both sides.

    Notes
    -----
    METHODS H4; after Lukaszuk & Torun (2022). An old code without trade gets equal weights and is flagged.
    Codes that move together in every observation cannot be told apart: their band is 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> found = estimate_weights(np.array([[100.0]]), np.array([[60.0, 40.0]]),
    ...                          np.array([[True, True]]), folds=["one"])
    >>> found.central.round(9).tolist()
    [[0.6, 0.4]]
    """
    _check(before, after, allowed, folds)
    kept = (before.sum(axis=1) > 0) & (after.sum(axis=1) > 0)
    if not kept.any():
        raise ModelInputError("no observation has trade before and after the switch")
    old, new = before[kept], _scaled(after[kept], before[kept].sum(axis=1))
    groups = [fold for fold, keep in zip(folds, kept, strict=True) if keep]
    central = _fitted(old, new, allowed)
    generator = np.random.default_rng(seed)
    drawn = []
    for _ in range(draws):
        chosen = generator.integers(0, len(old), len(old))
        if old[chosen].sum() > 0:
            drawn.append(_fitted(old[chosen], new[chosen], allowed))
    traded = old.sum(axis=0) > 0
    identified = _identified(old, traded)
    low, high = np.percentile(drawn, [LOW, HIGH], axis=0)
    # One observation, drawn again and again, is the same one: it says nothing about how sure it is.
    undecided = ~identified[:, None] | (len(old) == 1)
    single = allowed.sum(axis=1) == 1
    low = np.where(undecided & ~single[:, None], 0.0, np.minimum(low, central))
    high = np.where(undecided & ~single[:, None], allowed.astype(float), np.maximum(high, central))
    return Weights(
        central, low, high, traded, identified, _heldout(old, new, allowed, groups), int(kept.sum())
    )


def _check(
    before: FloatArray, after: FloatArray, allowed: NDArray[np.bool_], folds: Sequence[object]
) -> None:
    if before.ndim != 2 or after.ndim != 2 or len(before) != len(after) or len(folds) != len(before):
        raise ModelInputError("both sides of a switch need the same observations")
    if allowed.shape != (before.shape[1], after.shape[1]):
        raise ModelInputError("what may be joined has one row per old and one column per new code")
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        raise ModelInputError("trade on either side of a switch is finite")
    if (before < 0).any() or (after < 0).any():
        raise ModelInputError("trade on either side of a switch is at least 0")
    if not allowed.any(axis=1).all():
        raise ModelInputError("an old code may go to no new one", remedy="Leave it out, or add a link")


def _scaled(after: FloatArray, sums: FloatArray) -> FloatArray:
    """Bring each observation to the sum of the other side."""
    scaled: FloatArray = (after / after.sum(axis=1)[:, None]) * sums[:, None]
    return scaled


def _fitted(old: FloatArray, new: FloatArray, allowed: NDArray[np.bool_]) -> FloatArray:
    """Weights of least squares; equal ones for codes without trade."""
    weights = allowed / allowed.sum(axis=1, keepdims=True)
    traded = np.flatnonzero(old.sum(axis=0) > 0)
    free = [(k, j) for k in traded for j in np.flatnonzero(allowed[k])]
    # A fixed scale, so that the same goods in other units give the same weights.
    scale = old.max()
    # Half of SciPy comes with it, and most questions that use this module never get here.
    from scipy.optimize import nnls  # type: ignore[import-untyped]

    rows = len(old) * new.shape[1]
    design = np.zeros((rows + len(traded), len(free)))
    wanted = np.concatenate([(new / scale).ravel(), np.full(len(traded), SUM_PENALTY)])
    for place, (k, j) in enumerate(free):
        design[j : rows : new.shape[1], place] = old[:, k] / scale
        design[rows + int(np.searchsorted(traded, k)), place] = SUM_PENALTY
    solution, _ = nnls(design, wanted)
    fitted = np.zeros(allowed.shape)
    for value, (k, j) in zip(solution, free, strict=True):
        fitted[k, j] = value
    sums = fitted[traded].sum(axis=1, keepdims=True)
    weights[traded] = fitted[traded] / sums
    return np.asarray(weights, np.float64)


def _identified(old: FloatArray, traded: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of each old code, whether no mixture of the other codes moves exactly as it does."""
    found = traded.copy()
    columns = np.flatnonzero(traded)
    # By the largest first: squares of very small flows would be zero.
    matrix = old[:, columns] / old[:, columns].max(axis=0)
    matrix = matrix / np.linalg.norm(matrix, axis=0)
    _, sizes, right = np.linalg.svd(matrix, full_matrices=True)
    rank = int((sizes > RANK_TOLERANCE * sizes[0]).sum())
    # Directions that change nothing in what is observed: a code with a part in one is not decided.
    found[columns] = (np.abs(right[rank:]) < np.sqrt(RANK_TOLERANCE)).all(axis=0)
    return found


def _heldout(
    old: FloatArray, new: FloatArray, allowed: NDArray[np.bool_], groups: Sequence[object]
) -> float | None:
    """Half the absolute misfit over the value, each fold predicted from the others."""
    names = list(dict.fromkeys(groups))
    if len(names) < 2:
        return None
    wrong = 0.0
    for name in names:
        out = np.array([group == name for group in groups])
        weights = _fitted(old[~out], new[~out], allowed)
        wrong += float(np.abs(old[out] @ weights - new[out]).sum()) / 2
    return wrong / float(old.sum())


@dataclass(frozen=True)
class Drift:
    """How far a supplier's share of a divided code moves in a year.

    Parameters
    ----------
    deviation
        Root mean square of the yearly steps of the logit of the share, over all suppliers.
    steps
        How many steps it is from.
    inside
        Of the shares that can be cast back one year from the year after, how many lay inside the band; each
        is judged by the steps of the other suppliers.
    cast
        How many those are.
    """

    deviation: float
    steps: int
    inside: int
    cast: int

    def band(self, share: float, years: int) -> tuple[float, float]:
        """Cast a share back by some years: 5th and 95th percentile of a walk of that many steps."""
        middle = _logit(share)
        reach = NORMAL_90 * self.deviation * math.sqrt(years)
        return _share(middle - reach), _share(middle + reach)


def measure_drift(shares: Sequence[Sequence[float]]) -> Drift | None:
    """Measure how shares of a divided code move, where the parts are told apart.

    Parameters
    ----------
    shares
        By supplier, the share of the product in the divided code in years one after the other, in [0, 1].

    Returns
    -------
    Drift or None
        None where no supplier has two years.

    Raises
    ------
    ModelInputError
        A share is outside 0 and 1.
    """
    if any(not 0 <= share <= 1 for series in shares for share in series):
        raise ModelInputError("a share lies between 0 and 1")
    steps = [np.diff([_logit(share) for share in series]) for series in shares]
    every = np.concatenate(steps) if steps else np.array([])
    if not len(every):
        return None
    inside = cast = 0
    for place in range(len(shares)):
        rest = np.concatenate([own for other, own in enumerate(steps) if other != place] or [np.array([])])
        if not len(rest):
            continue
        reach = NORMAL_90 * float(np.sqrt(np.mean(rest**2)))
        cast += len(steps[place])
        inside += int((np.abs(steps[place]) <= reach).sum())
    return Drift(float(np.sqrt(np.mean(every**2))), len(every), inside, cast)


def _logit(share: float) -> float:
    kept = min(max(share, SMALLEST_SHARE), 1 - SMALLEST_SHARE)
    return math.log(kept / (1 - kept))


def _share(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
