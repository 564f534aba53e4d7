"""How do fractions of dollars become whole dollars that still add up, down and across?"""

from __future__ import annotations

from typing import Final

import numpy as np

from techbalance.errors import CheckError
from techbalance.models.decompositions.cells import LARGEST_EXACT
from techbalance.models.validation import FloatArray, IntArray

# What a sum of many doubles can miss, as a part of all that went into it: a few hundred roundings.
SUMMING: Final = 256 * np.finfo(np.float64).eps
CENT: Final = 0.01


def whole_dollars(effects: FloatArray, change: IntArray, scale: FloatArray | None = None) -> IntArray:
    """Round the effects of each part to whole dollars that add up to its change.

    A column is rounded so that its sum is the rounded sum of its entries (what is cut off one entry is
    carried to the next), and the last column takes what the others leave. No entry moves by more than a
    dollar, one of the last column by no more than one for each other column. Whole dollars, zeros among them,
    stay as they are.

    Parameters
    ----------
    effects
        One row per part, one column per effect, US dollars with fractions.
    change
        Change of each part, whole US dollars.
    scale
        Size of all that was added up to each part's effects; the effects themselves where left out.

    Returns
    -------
    IntArray
        The shape of ``effects``; every row adds up to ``change``, every column to its rounded sum.

    Raises
    ------
    CheckError
        The effects of a part miss its change by more than a cent and what adding up can miss, so that
        rounding would hide something; or they are too large to be told to the dollar.
    """
    parts, columns = effects.shape
    sizes = np.abs(effects).sum(axis=1) + np.abs(change)
    gap = np.abs(effects.sum(axis=1) - change)
    allowed = CENT + SUMMING * (sizes if scale is None else scale + sizes)
    if not (gap <= allowed).all():
        place = int(np.argmin(gap <= allowed))
        raise CheckError(
            "effects do not add up to the change", where=f"part {place}, {gap[place]:.6g} dollars off"
        )
    if sizes.max(initial=0.0) >= LARGEST_EXACT:
        raise CheckError("effects are too large to be told to the dollar", where=f"limit {LARGEST_EXACT}")
    rounded = np.zeros((parts, columns), dtype=np.int64)
    for column in range(columns - 1):
        whole = np.floor(effects[:, column])
        carried = np.floor(np.cumsum(effects[:, column] - whole) + 0.5)
        rounded[:, column] = (whole + np.diff(carried, prepend=0.0)).astype(np.int64)
    rounded[:, -1] = change - rounded[:, :-1].sum(axis=1)
    return rounded
