"""How much would a country lose if it could not trade at all?

The share of spending on its own goods and the trade elasticity suffice, in every model in which trade follows
gravity (Arkolakis, Costinot & Rodríguez-Clare 2012; Costinot & Rodríguez-Clare 2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.models.validation import (
    Note,
    name_some,
    numbers,
    refuse_where,
    undefined_where,
    unique_labels,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from techbalance.models.validation import BoolArray, FloatArray, MaskedFloats

SUM_TO_ONE: Final = 1e-6
"""How far shares read from a published table, rounded to six digits, may sum from 1."""
FORMULA_ONE: Final = "1 - lambda^(1/epsilon)"
FORMULA_SECTORS: Final = "1 - prod_s lambda_s^(beta_s / epsilon_s)"
FORMULA_INPUTS: Final = "1 - prod_s prod_r lambda_r^(beta_s a_sr / epsilon_r)"


@dataclass(frozen=True, eq=False)
class GainsFromTrade:
    """Loss of real income from closing to trade, as a ratio of what it is with trade.

    Attributes
    ----------
    countries
        Labels.
    gain_ratio
        0 or above (0.016 = 1.6 %); masked where the home share is 0 in a sector that counts: the loss is
        unbounded.
    formula
        Which of the three formulas was used.
    notes
        ``unbounded`` with the countries.
    """

    countries: tuple[str, ...]
    gain_ratio: MaskedFloats
    formula: str
    notes: tuple[Note, ...]


def gains_one_sector(
    home_share: ArrayLike, elasticity: ArrayLike, *, countries: Sequence[str]
) -> GainsFromTrade:
    """Gains from trade with one sector, 1 - lambda^(1/epsilon).

    Parameters
    ----------
    home_share
        [country], part of spending on own goods, in [0, 1].
    elasticity
        Trade elasticity above 0, one for all or one per country.
    countries
        Labels.

    Raises
    ------
    ModelInputError
        A share outside [0, 1], or an elasticity not above 0.

    Examples
    --------
    >>> round(float(gains_one_sector([0.9234], 5, countries=["USA"]).gain_ratio[0]), 7)
    0.0158122
    """
    labels = unique_labels("countries", countries)
    share = _shares("home_share", home_share, (labels,))
    epsilon = numbers("elasticity", elasticity, (labels,))
    refuse_where(epsilon <= 0, "elasticity", "must be above 0", (labels,), values=epsilon)
    zero = share == 0
    return _gains(labels, np.log(np.where(zero, 1.0, share)) / epsilon, zero, FORMULA_ONE)


def gains_by_sector(  # noqa: PLR0913, shares, elasticities, inputs and the labels of both axes
    home_share: ArrayLike,
    spending_share: ArrayLike,
    elasticity: ArrayLike,
    *,
    countries: Sequence[str],
    sectors: Sequence[str],
    io_share: ArrayLike | None = None,
) -> GainsFromTrade:
    """Gains from trade with many sectors, without or with the inputs they buy from each other.

    Parameters
    ----------
    home_share
        [sector, country], part of spending in the sector on own goods, in [0, 1].
    spending_share
        [sector, country], parts of final spending, 0 or above, summing to 1 over sectors.
    elasticity
        [sector], trade elasticities above 0.
    countries, sectors
        Labels.
    io_share
        [input, user, country], parts of the user's costs, as in ``MultiSectorWorld``; None for no inputs. The
        exponents are then those of the Leontief inverse: a_sr is the part of sector r in the price of sector
        s, directly and through inputs.

    Returns
    -------
    GainsFromTrade
        Masked ``unbounded`` where a sector with a positive exponent has home share 0.

    Raises
    ------
    ModelInputError
        Shares outside [0, 1] or not summing to 1, an elasticity not above 0, inputs that are the whole cost.

    Examples
    --------
    >>> found = gains_by_sector([[0.9], [0.8]], [[0.5], [0.5]], [5, 4], countries=["A"], sectors=["s", "r"])
    >>> round(float(found.gain_ratio[0]), 7)
    0.0377
    """
    labels, names = unique_labels("countries", countries), unique_labels("sectors", sectors)
    axes = (names, labels)
    share = _shares("home_share", home_share, axes)
    spending = _shares("spending_share", spending_share, axes)
    off = np.abs(spending.sum(axis=0) - 1.0)
    refuse_where(off > SUM_TO_ONE, "spending_share", "must sum to 1 over sectors", (labels,), values=1 + off)
    epsilon = numbers("elasticity", elasticity, (names,))
    refuse_where(epsilon <= 0, "elasticity", "must be above 0", (names,), values=epsilon)
    weight = spending
    if io_share is not None:
        links = numbers("io_share", io_share, (names, names, labels))
        whole = links.sum(axis=0) >= 1
        refuse_where(whole, "io_share", "must leave a part of costs for value added", axes)
        identity = np.eye(len(names))
        # beta_s a_sr summed over s: rows of the inverse are sectors s, columns the sectors r they contain.
        weight = np.stack(
            [
                spending[:, place] @ np.linalg.inv(identity - links[:, :, place].T)
                for place in range(len(labels))
            ],
            axis=1,
        )
    zero = (share == 0) & (weight != 0)
    logs = weight * np.log(np.where(share == 0, 1.0, share)) / epsilon[:, None]
    formula = FORMULA_SECTORS if io_share is None else FORMULA_INPUTS
    return _gains(labels, logs.sum(axis=0), zero.any(axis=0), formula)


def _shares(field: str, values: ArrayLike, axes: Sequence[Sequence[str]]) -> FloatArray:
    share = numbers(field, values, axes)
    refuse_where((share < 0) | (share > 1), field, "must be in [0, 1]", axes, values=share)
    return share


def _gains(
    labels: tuple[str, ...], log_loss: FloatArray, unbounded: BoolArray, formula: str
) -> GainsFromTrade:
    notes: tuple[Note, ...] = ()
    if unbounded.any():
        names = tuple(name for name, lost in zip(labels, unbounded, strict=True) if lost)
        text = f"nothing of its own in some sector, so closing would cost any sum: {name_some(names)}"
        notes = (Note("unbounded", text, names),)
    return GainsFromTrade(labels, undefined_where(-np.expm1(log_loss), unbounded), formula, notes)
