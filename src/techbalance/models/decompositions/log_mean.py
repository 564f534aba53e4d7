"""How much of a change was scale, how much the mix of products, and how much the mix of partners in them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from techbalance.models.decompositions.cells import Cells, added

if TYPE_CHECKING:
    from techbalance.models.validation import FloatArray


@dataclass(frozen=True)
class LogMeanEffects:
    """Effects of each cell, US dollars; the three add up to its change.

    Parameters
    ----------
    scale
        What the growth of the total adds at unchanged shares.
    product_mix
        What the change of the product's share in the total adds.
    partner_mix
        What the change of the partner's share in the product adds.
    """

    scale: FloatArray
    product_mix: FloatArray
    partner_mix: FloatArray


def logarithmic_mean(one: FloatArray, other: FloatArray) -> FloatArray:
    """``(a - b) / (ln a - ln b)`` of positive numbers, and ``a`` where they are equal; 0 where one is 0."""
    both = (one > 0) & (other > 0)
    low = np.where(both, np.minimum(one, other), 1.0)
    ahead = np.where(both, np.maximum(one, other) - low, 0.0) / low
    slope = np.divide(ahead, np.log1p(ahead), out=np.ones_like(ahead), where=ahead > 0)
    return np.where(both, low * slope, 0.0)


def log_ratio(end: FloatArray, start: FloatArray) -> FloatArray:
    """``ln(end / start)``, and 0 where either is 0: callers leave those out.

    Written by the difference over the smaller of the two, so that neither numbers close to each other nor
    numbers far apart lose digits.
    """
    both = (end > 0) & (start > 0)
    low = np.where(both, np.minimum(end, start), 1.0)
    ahead = np.where(both, np.maximum(end, start) - low, 0.0) / low
    size: FloatArray = np.log1p(ahead)
    return np.where(end >= start, size, -size)


def logarithmic_mean_effects(cells: Cells) -> LogMeanEffects:
    """Additive LMDI-I of one flow (METHODS B2) for ``value = total x product share x partner share``.

    Each effect is ``L(end, start) ln(factor_end / factor_start)`` summed over cells; the residual is zero,
    and turning time round turns every sign.

    Parameters
    ----------
    cells
        Values of two years. Exports and imports are decomposed apart, and then subtracted.

    Notes
    -----
    Zeros are analytic limits, no small numbers put in their place: as a value goes to zero its logarithmic
    mean goes to zero slower than any bounded factor's logarithm matters, so the whole change belongs to the
    factor that is zero. That is the partner's share where the product was traded by others, the product's
    share where it was not traded at all, and scale where nothing was. Ang 2005, Energy Policy 33; Wood and
    Lenzen 2006, Energy Policy 34.
    """
    start, end = cells.start.astype(np.float64), cells.end.astype(np.float64)
    product = [added(value, cells.product, cells.products)[cells.product] for value in (start, end)]
    total = [np.full(start.size, value.sum()) for value in (start, end)]
    both = (cells.start > 0) & (cells.end > 0)
    mean = logarithmic_mean(end, start)
    grown, in_product, in_cell = (
        log_ratio(*pair) for pair in ((total[1], total[0]), (product[1], product[0]), (end, start))
    )
    one_sided = np.where(both, 0.0, end - start)
    new_total = (total[0] == 0) | (total[1] == 0)
    new_product = ((product[0] == 0) | (product[1] == 0)) & ~new_total
    at_partner = ~both & ~new_product & ~new_total
    return LogMeanEffects(
        scale=mean * grown + one_sided * new_total,
        product_mix=mean * (in_product - grown) * both + one_sided * new_product,
        partner_mix=mean * (in_cell - in_product) + one_sided * at_partner,
    )


def two_factors(start: FloatArray, end: FloatArray, ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Effects of the two factors of a flow, of which the second moved by ``ratio``, by logarithmic means.

    ``end - start = L(end, start) ln(first factor's ratio) + L(end, start) ln(ratio)``: exact, and turned
    round by time. However far the second factor moved, its effect stays bounded by its logarithm.

    Parameters
    ----------
    start, end
        Values >= 0 in the first and in the last year.
    ratio
        Second factor of the last year over that of the first, > 0.

    Returns
    -------
    tuple
        Effect of the first and of the second factor. A flow that began or ended is all the first's: it is
        that factor which was zero.
    """
    second = logarithmic_mean(end, start) * np.log(ratio)
    return end - start - second, second
