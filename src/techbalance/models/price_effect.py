"""How much dearer does a product become when suppliers of it are gone? METHODS D6 (c).

The elasticity decides, and it is known badly: effects come as low, central and high over draws of it, and
where it is near one they are not given at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.validation import FloatArray, frozen, numbers, refuse_where, undefined_where

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from techbalance.models.elasticities import MaskedFloats

# At or below it the price effect explodes and says more about the estimate than about the supplier.
SIGMA_FLOOR: Final = 1.05
# Low, central and high of a drawn result.
QUANTILES: Final = (0.05, 0.5, 0.95)

PriceReason = Literal["no_trade", "sole_supplier", "no_elasticity", "elasticity_near_one"]


@dataclass(frozen=True)
class PriceEffect:
    """Rise of the price index of each product, log points >= 0.

    Parameters
    ----------
    low, central, high
        Quantiles over the draws, or three times the same where sigma is one number; masked where it has no
        meaning.
    reason
        Why it is masked: ``no_trade``, ``sole_supplier``, ``no_elasticity``, ``elasticity_near_one`` (sigma,
        or so many draws of it that the quantile lies among them, is not above 1.05); None where nothing is.
    near_one
        Share of the draws in which sigma is not above 1.05.
    """

    low: MaskedFloats
    central: MaskedFloats
    high: MaskedFloats
    reason: tuple[PriceReason | None, ...]
    near_one: FloatArray


@dataclass(frozen=True)
class PooledPriceEffect:
    """Price effect of groups of products, log points >= 0; masked where no product of a group has one.

    Parameters
    ----------
    groups
        Names of the groups.
    low, central, high
        Quantiles over the draws.
    covered_share
        Share of the group's imports in products with a defined effect; masked where it imports nothing.
    """

    groups: tuple[str, ...]
    low: MaskedFloats
    central: MaskedFloats
    high: MaskedFloats
    covered_share: MaskedFloats


def price_effect(lost_share: MaskedFloats, sigma: MaskedFloats) -> PriceEffect:
    """Rise of a CES price index when varieties with a share s of spending disappear.

    ``d ln P = -ln(1 - s) / (sigma - 1)``, over the draws of sigma: low, central and high are the quantiles
    0.05, 0.5 and 0.95 (the smallest value that so large a share of the draws does not exceed).

    Parameters
    ----------
    lost_share
        Share of each product's imports that is lost, in [0, 1]; masked without imports.
    sigma
        Elasticities of substitution: one per product, or one row per draw; masked where none is known.

    Returns
    -------
    PriceEffect
        Log points >= 0. A draw of sigma not above 1.05 has no finite effect and counts as larger than every
        other; a quantile that falls among such draws is masked.

    Raises
    ------
    ModelInputError
        Shapes do not fit.

    Notes
    -----
    Feenstra 1994 (American Economic Review 84); method D6 (c). What others recover is not in it: it is the
    effect of losing the varieties at unchanged prices of the rest.

    Examples
    --------
    >>> effect = price_effect(np.ma.array([0.6]), np.ma.array([4.0]))
    >>> round(float(effect.central[0]), 6)
    0.30543
    """
    draws = np.ma.atleast_2d(sigma)
    if draws.ndim != 2 or draws.shape[1:] != lost_share.shape:
        raise ModelInputError(
            "elasticities do not fit the products",
            where=f"sigma {sigma.shape}, lost_share {lost_share.shape}",
            remedy="Give one elasticity per product, or one row of them per draw",
        )
    # What stands in for an unknown elasticity is never shown: its product is masked.
    drawn, unknown = np.ma.filled(draws, 2.0), np.ma.getmaskarray(draws).any(axis=0)
    share, not_bought = np.ma.filled(lost_share, 0.0), np.ma.getmaskarray(lost_share)
    sole = share >= 1
    rise = -np.log1p(-np.where(sole, 0.0, share))
    near_one = drawn <= SIGMA_FLOOR
    effects = np.where(near_one, np.inf, rise / np.where(near_one, 1.0, drawn - 1))
    # Without a loss there is no effect, whatever the elasticity.
    effects[:, share == 0] = 0.0
    quantiles = np.quantile(effects, QUANTILES, axis=0, method="inverted_cdf")
    undefined = sole | not_bought | unknown & (share > 0)
    low, central, high = (undefined_where(one, undefined | np.isinf(one)) for one in quantiles)
    reason = np.full(share.shape, None, dtype=object)
    # Later lines prevail: what makes the others meaningless comes last.
    reason[np.isinf(quantiles[-1])] = "elasticity_near_one"
    reason[unknown & (share > 0)] = "no_elasticity"
    reason[sole] = "sole_supplier"
    reason[not_bought] = "no_trade"
    return PriceEffect(low, central, high, tuple(reason.tolist()), frozen(near_one.mean(axis=0)))


def pooled_price_effect(
    lost_share: MaskedFloats, sigma: MaskedFloats, weights: ArrayLike, groups: Sequence[str]
) -> PooledPriceEffect:
    """Price effect of each group: the mean over its products, weighted by what was bought.

    Parameters
    ----------
    lost_share, sigma
        As for :func:`price_effect`.
    weights
        Imports of each product, USD >= 0.
    groups
        Group of each product.

    Returns
    -------
    PooledPriceEffect
        Groups in the order of their names. Products without a defined high effect are left out, and
        ``covered_share`` says how much of the group's imports the rest is. A draw of sigma not above 1.05 is
        capped there, which makes the high end a lower bound.

    Raises
    ------
    ModelInputError
        Shapes do not fit, or a weight is below zero.

    Notes
    -----
    The mean of log changes at constant weights is the index of a Cobb-Douglas upper tier.
    """
    alone = price_effect(lost_share, sigma)
    positions = [str(position) for position in range(lost_share.size)]
    bought = numbers("weights", weights, [positions])
    refuse_where(bought < 0, "weights", "must be 0 or more", [positions], values=bought)
    if len(groups) != lost_share.size:
        raise ModelInputError("every product needs a group", where=f"groups, {len(groups)} of {bought.size}")
    names, group_of = np.unique(np.array([str(name) for name in groups]), return_inverse=True)
    defined = ~np.ma.getmaskarray(alone.high)
    used = np.where(defined, bought, 0.0)
    drawn = np.maximum(np.ma.filled(np.ma.atleast_2d(sigma), 2.0), SIGMA_FLOOR)
    rise = -np.log1p(-np.where(defined, np.ma.filled(lost_share, 0.0), 0.0))
    in_group = (group_of[:, np.newaxis] == np.arange(names.size)).astype(np.float64)
    covered, whole = used @ in_group, bought @ in_group
    nothing = covered == 0
    means = (rise * used / (drawn - 1)) @ in_group / np.where(nothing, 1.0, covered)
    low, central, high = np.quantile(means, QUANTILES, axis=0, method="inverted_cdf")
    return PooledPriceEffect(
        groups=tuple(names.tolist()),
        low=undefined_where(low, nothing),
        central=undefined_where(central, nothing),
        high=undefined_where(high, nothing),
        covered_share=undefined_where(covered / np.where(whole > 0, whole, 1.0), whole == 0),
    )
