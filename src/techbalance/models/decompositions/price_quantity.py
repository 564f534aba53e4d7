"""How much of a change was price, how much quantity, and for how much can neither be told?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.decompositions.cells import added, over, whole_numbers
from techbalance.models.decompositions.products import product_of_two
from techbalance.models.validation import BoolArray, FloatArray, IntArray, MaskedFloats, undefined_where

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# METHODS B3: an observation this many median absolute deviations from the median is no unit value to trust.
OUTLYING: Final = 3.0
# Of two observations each is one deviation from their median: from three on, one can stand apart.
FEWEST_OBSERVATIONS: Final = 3


@dataclass(frozen=True)
class Items:
    """Values and quantities of items in two years; an item is the finest thing that has a unit value.

    Parameters
    ----------
    start, end
        Value in the first and in the last year, whole US dollars >= 0.
    start_quantity, end_quantity
        Quantity in the item's unit; NaN or 0 where it is not known.
    comparable
        Whether both quantities are in the same unit and neither unit value was set aside as an outlier.

    Raises
    ------
    ModelInputError
        A value or quantity is below zero, or lengths differ.
    """

    start: IntArray
    end: IntArray
    start_quantity: FloatArray
    end_quantity: FloatArray
    comparable: BoolArray

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            object.__setattr__(self, name, whole_numbers(name, getattr(self, name)))
        for name in ("start_quantity", "end_quantity"):
            object.__setattr__(self, name, _quantities(name, getattr(self, name)))
        object.__setattr__(self, "comparable", np.asarray(self.comparable, dtype=np.bool_))
        names = ("start", "end", "start_quantity", "end_quantity", "comparable")
        sizes = {name: getattr(self, name).size for name in names}
        if len(set(sizes.values())) > 1:
            raise ModelInputError("the columns of the items have different lengths", where=str(sizes))

    @property
    def matched(self) -> BoolArray:
        """Items traded in both years, with a quantity in both, comparable."""
        traded = (self.start > 0) & (self.end > 0)
        return traded & (self.start_quantity > 0) & (self.end_quantity > 0) & self.comparable


def _quantities(name: str, values: ArrayLike) -> FloatArray:
    given = np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0, posinf=-1.0, neginf=-1.0)
    if given.size and float(given.min()) < 0:
        raise ModelInputError(f"{name} must be finite and not negative", where=f"entry {int(given.argmin())}")
    given.setflags(write=False)
    return given


@dataclass(frozen=True)
class PriceQuantity:
    """Effects of each item, US dollars; the five add up to its change.

    Parameters
    ----------
    price
        Change of the unit value at the mean quantity of both years; 0 where the item is not matched.
    quantity
        Change of the quantity at the mean unit value of both years; 0 where not matched.
    entry, exit
        The whole change of an item traded in the last year only, and in the first year only.
    unmatched
        The whole change of an item traded in both years whose unit values cannot be compared.
    matched
        Which items are matched.
    """

    price: FloatArray
    quantity: FloatArray
    entry: IntArray
    exit: IntArray
    unmatched: IntArray
    matched: BoolArray


def price_quantity(items: Items) -> PriceQuantity:
    """Bennet's split of each item's change into price and quantity (METHODS B3).

    ``v1 - v0 = mean(q) (p1 - p0) + mean(p) (q1 - q0)`` with unit values ``p = v / q``.

    Notes
    -----
    Unit values are not prices: within an item a dearer make may take the place of a cheaper one. Bennet 1920,
    Journal of the Royal Statistical Society 83.
    """
    matched = items.matched
    start_price, end_price = _unit_values(items, matched)
    price, quantity = product_of_two(
        (start_price, items.start_quantity * matched), (end_price, items.end_quantity * matched)
    )
    change = items.end - items.start
    return PriceQuantity(
        price=price,
        quantity=quantity,
        entry=np.where(items.start == 0, change, 0),
        exit=np.where(items.end == 0, change, 0),
        unmatched=np.where((items.start > 0) & (items.end > 0) & ~matched, change, 0),
        matched=matched,
    )


def _unit_values(items: Items, matched: BoolArray) -> tuple[FloatArray, FloatArray]:
    return (
        over(items.start * matched, items.start_quantity * matched),
        over(items.end * matched, items.end_quantity * matched),
    )


@dataclass(frozen=True)
class Indices:
    """Index numbers of parts over their matched items; 1 is no change, masked where nothing is matched.

    Parameters
    ----------
    laspeyres, paasche, fisher, tornqvist
        Prices of the last year over those of the first.
    quantity
        Fisher's index of quantities: value ratio over Fisher's index of prices.
    start_matched, end_matched
        Value of the matched items in both years, whole US dollars.
    """

    laspeyres: MaskedFloats
    paasche: MaskedFloats
    fisher: MaskedFloats
    tornqvist: MaskedFloats
    quantity: MaskedFloats
    start_matched: FloatArray
    end_matched: FloatArray


def price_indices(items: Items, part: IntArray, parts: int) -> Indices:
    """Laspeyres, Paasche, Fisher and Tornqvist indices of unit values (METHODS B3), over matched items only.

    Parameters
    ----------
    items
        Values and quantities of two years.
    part, parts
        Number of the part each item belongs to, and how many parts there are.

    Notes
    -----
    Fisher 1922, The Making of Index Numbers; Tornqvist 1936, Bank of Finland Monthly Bulletin 10.
    """
    matched = items.matched
    start_price, end_price = _unit_values(items, matched)
    start, end = items.start * matched, items.end * matched
    v0, v1 = added(start, part, parts), added(end, part, parts)
    dearer = added(end_price * items.start_quantity * matched, part, parts)
    cheaper = added(start_price * items.end_quantity * matched, part, parts)
    laspeyres, paasche = over(dearer, v0), over(v1, cheaper)
    fisher = np.sqrt(laspeyres * paasche)
    weight = (over(start, v0[part]) + over(end, v1[part])) / 2
    moved = np.log(np.divide(end_price, start_price, out=np.ones_like(end_price), where=matched))
    tornqvist = np.exp(added(weight * moved, part, parts))
    nothing = v0 == 0
    quantity = over(over(v1, v0), fisher)
    return Indices(
        undefined_where(laspeyres, nothing),
        undefined_where(paasche, nothing),
        undefined_where(fisher, nothing),
        undefined_where(tornqvist, nothing),
        undefined_where(quantity, nothing),
        start_matched=v0,
        end_matched=v1,
    )


def outlying(unit_value: FloatArray, series: IntArray, deviations: float = OUTLYING) -> BoolArray:
    """Which observations stand apart from the others of their series: ``|ln UV - median| > 3 MAD``.

    Parameters
    ----------
    unit_value
        Unit values of one series each, > 0; not known where 0 or NaN.
    series
        Number of the series (product x partner in one unit) of each observation.
    deviations
        How many median absolute deviations from the median are too far.

    Returns
    -------
    BoolArray
        True where an observation stands apart. Never so in a series of fewer than three, or where more than
        half of a series is of one value, so that its deviation is 0: then nothing can be judged.
    """
    found = np.zeros(unit_value.size, dtype=np.bool_)
    known = np.flatnonzero(unit_value > 0)
    counts = np.bincount(series[known], minlength=1)
    known = known[counts[series[known]] >= FEWEST_OBSERVATIONS]
    if not known.size:
        return found
    logs, codes = np.log(unit_value[known]), series[known]
    distance = np.abs(logs - _medians(logs, codes)[codes])
    deviation = _medians(distance, codes)[codes]
    found[known] = (deviation > 0) & (distance > deviations * deviation)
    return found


def _medians(values: FloatArray, series: IntArray) -> FloatArray:
    """Median of each series, at the place of its number; 0 where it has no value."""
    order = np.lexsort((values, series))
    ranked, codes = values[order], series[order]
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    counts = np.diff(starts, append=codes.size)
    middle = (ranked[starts + (counts - 1) // 2] + ranked[starts + counts // 2]) / 2
    medians = np.zeros(int(codes[-1]) + 1)
    medians[codes[starts]] = middle
    return medians
