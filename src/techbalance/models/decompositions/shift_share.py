"""Did a flow change because everything grew, because its products did, or because partners gained in them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from techbalance.models.decompositions.cells import Cells, added, over

if TYPE_CHECKING:
    from techbalance.models.validation import FloatArray, IntArray


@dataclass(frozen=True)
class ShiftShare:
    """Effects of each cell, US dollars; the four add up to its change.

    Parameters
    ----------
    growth
        What the cell would have added had it grown with the total.
    mix
        What its product's growth beyond the total's added.
    competitiveness
        What its partner's growth beyond the product's added; of a pair that ended, its loss beyond the
        product's growth.
    entry
        The whole change of a pair that traded nothing in the first year: it has nothing to grow from.
    """

    growth: FloatArray
    mix: FloatArray
    competitiveness: FloatArray
    entry: IntArray


def shift_share(cells: Cells) -> ShiftShare:
    """Shift-share of one flow (METHODS B1).

    ``m1 - m0 = m0 g + m0 (g_p - g) + m0 (g_pc - g_p)`` with the growth of the total, of the product and of
    the product x partner pair. Adding up over a partner's products, or a product's partners, keeps the sum.

    Parameters
    ----------
    cells
        Values of two years.

    Notes
    -----
    A pair with nothing in the first year is ``entry``, and so is all where the product or the total has
    nothing. The total's ``competitiveness`` is then minus the entries into products that were traded before,
    and its ``mix`` minus the entries of new products. Esteban-Marquillas 1972, Regional and Urban Economics
    2.
    """
    start = cells.start.astype(np.float64)
    before, after = (added(value, cells.product, cells.products) for value in (cells.start, cells.end))
    total = float(before.sum())
    growth = float(after.sum()) / total if total else 0.0
    product = over(after, before)[cells.product]
    known = cells.start > 0
    return ShiftShare(
        growth=start * (growth - 1) * known,
        mix=start * (product - growth) * known,
        competitiveness=np.where(known, cells.end - start * product, 0.0),
        entry=np.where(known, 0, cells.end),
    )
