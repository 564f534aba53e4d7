"""How large were revisions, and did first prints lean to one side?"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import fdtrc  # type: ignore[import-untyped]

from techbalance.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST_FOR_A_LINE: Final = 3
"""Two points determine a line and leave nothing to test it with."""
PERFECT: Final = 1e-18
"""Share of the variation below which what a line leaves over is rounding of the arithmetic."""


@dataclass(frozen=True, slots=True)
class RevisionStatistics:
    """Revisions of several periods of one series.

    Attributes
    ----------
    periods
        Periods with a first and a later vintage.
    mean_usd
        Mean of latest less first, whole dollars (half to even); None without periods.
    mean_absolute_usd
        Mean of its size; None without periods.
    intercept_usd, slope
        Of ``latest = a + b first``, by least squares; None with fewer than three periods, or where all first
        prints are equal.
    p_unbiased
        Probability of a line at least as far from ``a = 0, b = 1`` if that were true (F test with 2 and n - 2
        degrees of freedom); None where the line is, or where it leaves nothing over.
    """

    periods: int
    mean_usd: int | None
    mean_absolute_usd: int | None
    intercept_usd: float | None = None
    slope: float | None = None
    p_unbiased: float | None = None


def revision_statistics(first: Sequence[int], latest: Sequence[int]) -> RevisionStatistics:
    """Summarise revisions (METHODS A13).

    Parameters
    ----------
    first, latest
        Value of each period at its first and at its latest vintage, whole US dollars.

    Returns
    -------
    RevisionStatistics
        With no period everything but the count is None: one observation has no revision.

    Raises
    ------
    ModelInputError
        The two are not of one length.

    Notes
    -----
    The test of unbiasedness is that of Mincer & Zarnowitz (1969), with ordinary standard errors: it takes the
    periods for independent, which neighbouring years that were revised together are not. Read it as a sign.
    """
    if len(first) != len(latest):
        raise ModelInputError(f"{len(first)} first values and {len(latest)} latest ones")
    moved = [after - before for before, after in zip(first, latest, strict=True)]
    count = len(moved)
    if not count:
        return RevisionStatistics(0, None, None)
    mean = round(Fraction(sum(moved), count))
    size = round(Fraction(sum(abs(one) for one in moved), count))
    if count < FEWEST_FOR_A_LINE or len(set(first)) == 1:
        return RevisionStatistics(count, mean, size)
    # In units of the largest value, so that squares of dollars stay far from the limits of a float.
    unit = float(max(abs(one) for one in (*first, *latest)))
    x, y = np.array(first, float) / unit, np.array(latest, float) / unit
    design = np.column_stack([np.ones(count), x])
    (intercept, slope), *_ = np.linalg.lstsq(design, y, rcond=None)
    left = float(np.sum((y - intercept - slope * x) ** 2))
    bound = float(np.sum((y - x) ** 2))
    p = None
    if left > PERFECT * float(np.sum(y**2)):
        ratio = max(bound - left, 0.0) / 2 / (left / (count - 2))
        p = float(fdtrc(2, count - 2, ratio))
    return RevisionStatistics(count, mean, size, float(intercept * unit), float(slope), p)
