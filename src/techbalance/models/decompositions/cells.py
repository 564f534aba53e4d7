"""Values of product x partner pairs in two years: what every decomposition takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.validation import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# Every sum of whole dollars below it is exact, in integers and as a double: nine quadrillion dollars.
LARGEST_EXACT: Final = 2**53


@dataclass(frozen=True)
class Cells:
    """One flow of two years, one entry per product x partner pair that was traded in either.

    Parameters
    ----------
    start, end
        Value in the first and in the last year, whole US dollars >= 0. A zero is a pair that traded nothing.
    product, partner
        Number of the product and of the partner of each entry, from 0; a pair is there once.

    Raises
    ------
    ModelInputError
        A value is below zero or no whole number, lengths differ, a pair is there twice, or a year adds up to
        more than doubles hold exactly.
    """

    start: IntArray
    end: IntArray
    product: IntArray
    partner: IntArray

    def __post_init__(self) -> None:
        for name in ("start", "end", "product", "partner"):
            object.__setattr__(self, name, whole_numbers(name, getattr(self, name)))
        sizes = {name: getattr(self, name).size for name in ("start", "end", "product", "partner")}
        if len(set(sizes.values())) > 1:
            raise ModelInputError("the columns of the cells have different lengths", where=str(sizes))
        codes = np.sort(self.product * (int(self.partner.max(initial=0)) + 1) + self.partner)
        if (codes[1:] == codes[:-1]).any():
            raise ModelInputError("a product x partner pair is there twice", remedy="Add its rows up first")

    @property
    def products(self) -> int:
        """How many products are numbered."""
        return int(self.product.max(initial=-1)) + 1

    @property
    def partners(self) -> int:
        """How many partners are numbered."""
        return int(self.partner.max(initial=-1)) + 1

    @property
    def change(self) -> IntArray:
        """Last less first year of each cell."""
        return self.end - self.start


def whole_numbers(name: str, values: ArrayLike) -> IntArray:
    """Return ``values`` as read-only integers that are not negative and whose sum is exact as a double.

    Raises
    ------
    ModelInputError
        One is negative or has a fraction, or they add up to too much.
    """
    given = np.asarray(values)
    if given.ndim != 1:
        raise ModelInputError(f"{name} must be one column", where=f"shape {given.shape}")
    if given.size and given.dtype.kind not in "iu":
        raise ModelInputError(f"{name} must be whole numbers", where=f"given as {given.dtype}")
    array = given.astype(np.int64)
    if array.size and int(array.min()) < 0:
        place = int(array.argmin())
        raise ModelInputError(
            f"{name} must not be negative",
            where=f"entry {place}, value {int(array[place])}",
            remedy="Decompose exports and imports apart, and subtract",
        )
    if float(array.astype(np.float64).sum()) >= LARGEST_EXACT:
        raise ModelInputError(
            f"{name} adds up to more than can be held exactly", where=f"limit {LARGEST_EXACT}"
        )
    array.setflags(write=False)
    return array


def added(values: IntArray | FloatArray | BoolArray, code: IntArray, size: int) -> FloatArray:
    """Add values up by their code; exact for whole numbers, since every sum is below ``LARGEST_EXACT``."""
    sums: FloatArray = np.bincount(code, weights=values.astype(np.float64), minlength=size).astype(np.float64)
    return sums


def over(part: FloatArray | IntArray, whole: FloatArray | IntArray) -> FloatArray:
    """Divide, with 0 where there is nothing to divide by: callers leave those entries out."""
    bottom = np.asarray(whole, dtype=np.float64)
    top = np.broadcast_to(np.asarray(part, dtype=np.float64), bottom.shape)
    return np.divide(top, bottom, out=np.zeros_like(bottom), where=bottom != 0)
