"""Did a seller grow with the world, with its products, with its markets, or beyond them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.decompositions.cells import Cells, added, over

if TYPE_CHECKING:
    from techbalance.models.validation import BoolArray, FloatArray


@dataclass(frozen=True)
class ConstantShare:
    """Effects of each product x market cell, US dollars, in both orders.

    ``world + commodity + market + residual`` is the change of the cell, and so is
    ``world + commodity_second + market_first + residual``.

    Parameters
    ----------
    world
        What growth with world trade as a whole would have added.
    commodity, market
        What the growth of the world's trade in the product beyond all products adds, and then that of the
        product in this market beyond the product.
    market_first, commodity_second
        The same with the market before the product.
    residual
        Gained or lost against the world's trade in the product and market: competitiveness, and all that is
        not explained.
    without_base
        Cells in which the world traded nothing in the first year; their whole change is ``residual``.
    """

    world: FloatArray
    commodity: FloatArray
    market: FloatArray
    market_first: FloatArray
    commodity_second: FloatArray
    residual: FloatArray
    without_base: BoolArray


def constant_market_share(own: Cells, world: Cells) -> ConstantShare:
    """Constant market share of one seller (METHODS B5), in both orders.

    ``dX = r X + sum (r_i - r) X_i + sum (r_ij - r_i) X_ij + residual`` with the growth of the world's trade,
    of its trade in product i, and of its trade in product i to market j.

    Parameters
    ----------
    own
        What the seller sold, by product and market (``partner``).
    world
        What all sellers sold, for the same cells in the same order; the seller may be among them.

    Raises
    ------
    ModelInputError
        The two are not of the same cells.

    Notes
    -----
    Richardson 1971, Journal of International Economics 1:227: the split of the middle terms depends on the
    order, so both are given.
    """
    if (
        own.product.size != world.product.size
        or ((own.product != world.product) | (own.partner != world.partner)).any()
    ):
        raise ModelInputError("own sales and the world's are not of the same products and markets")
    base = own.start.astype(np.float64)
    before, after = float(world.start.sum()), float(world.end.sum())
    total = after / before if before else 0.0
    rates = [
        over(added(world.end, code, size), added(world.start, code, size))[code]
        for code, size in ((own.product, own.products), (own.partner, own.partners))
    ]
    cell = over(world.end, world.start)
    held = world.start > 0
    product, market = rates
    return ConstantShare(
        world=base * (total - 1) * held,
        commodity=base * (product - total) * held,
        market=base * (cell - product) * held,
        market_first=base * (market - total) * held,
        commodity_second=base * (cell - market) * held,
        residual=np.where(held, own.end - base * cell, own.change.astype(np.float64)),
        without_base=~held & (own.change != 0),
    )
