"""Which products are exported by the same countries, and how near is a country to one it does not export?

METHODS C4. Proximity is a square of all products, by far the largest thing here; density does not need it: it
is summed through the countries, which are few.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.models.complexity.specialisation import as_bits, kept
from techbalance.models.validation import frozen, undefined_where

if TYPE_CHECKING:
    from techbalance.models.complexity.specialisation import Specialisation
    from techbalance.models.validation import FloatArray, MaskedFloats

# Products worked on at a time: a rectangle of these stays in the cache of one core.
TILE_ROWS: Final = 256
TILE_COLUMNS: Final = 768
# Multiplications up to which OpenBLAS keeps to one thread, and rows of a piece that still fill its kernels.
PIECE: Final = 250_000
PIECE_ROWS: Final = 64
# NumPy leaves Python's lock while it works, so rows of tiles are spread over the cores; more gains nothing.
MOST_WORKERS: Final = 4


@dataclass(frozen=True)
class Proximity:
    """How likely two products are exported together.

    Parameters
    ----------
    products
        Labels of both axes: products that at least one country is specialised in.
    values
        Symmetric, in [0, 1]; 1 on the diagonal.
    undefined
        Products left out because nobody is specialised in them: their proximity is null (``no_trade``).
    """

    products: tuple[str, ...]
    values: FloatArray
    undefined: tuple[str, ...]


def proximity(of: Specialisation) -> Proximity:
    """Compute the proximity of every two products.

    ``phi_pq = sum_c M_cp M_cq / max(k_p, k_q)``: the smaller of the two shares of a product's exporters that
    export the other as well.

    Parameters
    ----------
    of
        Who is specialised in what.

    Returns
    -------
    Proximity
        Products without a specialised country are left out and named. Of 5,000 products it takes 200 MB.

    Notes
    -----
    Hidalgo, Klinger, Barabasi and Hausmann 2007 (Science 317:482). The exporters of a product are bits of a
    few machine words, so that countries two products share are counted by the processor's own instruction:
    exact, and as quick as a matrix product on all cores.

    Examples
    --------
    >>> from techbalance.models.complexity import specialisation
    >>> shared = proximity(specialisation([[4, 4, 1], [4, 1, 4], [1, 4, 4]], "ABC", "pqr"))
    >>> shared.values.tolist()
    [[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]]
    """
    some = of.ubiquity > 0
    words = as_bits(of.is_specialised[:, some])
    counts = of.ubiquity[some].astype(np.float64)
    values = np.empty((counts.size, counts.size))
    narrow = np.uint8 if len(of.countries) <= np.iinfo(np.uint8).max else np.uint32

    def fill(start: int) -> None:
        rows = slice(start, start + TILE_ROWS)
        for first in range(start, counts.size, TILE_COLUMNS):
            columns = slice(first, first + TILE_COLUMNS)
            shared = sum(
                np.bitwise_count(word[rows, None] & word[None, columns]).astype(narrow, copy=False)
                for word in words
            )
            tile = shared / np.maximum.outer(counts[rows], counts[columns])
            values[rows, columns] = tile
            values[columns, rows] = tile.T

    with ThreadPoolExecutor(min(MOST_WORKERS, os.cpu_count() or 1)) as workers:
        list(workers.map(fill, range(0, counts.size, TILE_ROWS)))
    here = some.tolist()
    return Proximity(
        tuple(label for label, kept_one in zip(of.products, here, strict=True) if kept_one),
        frozen(values),
        tuple(label for label, kept_one in zip(of.products, here, strict=True) if not kept_one),
    )


def density(of: Specialisation, *, self_term: bool = True) -> MaskedFloats:
    """Compute how much of what is near a product a country is already specialised in.

    ``density_cp = sum_q M_cq phi_pq / sum_q phi_pq``.

    Parameters
    ----------
    of
        Who is specialised in what.
    self_term
        Whether the product itself is among the q. Kept, a country's own products lie higher.

    Returns
    -------
    MaskedArray
        Countries x products as in ``of``, in [0, 1]. Masked for a product nobody is specialised in, and,
        without the self term, for one that is near no other.

    Notes
    -----
    Since ``phi_pq`` is a sum over countries divided by the larger ubiquity, both sums are taken through the
    matrix ``sum_q M_cq M_dq / max(k_p, k_q)`` of countries c and d, which is the same for all products of
    one ubiquity.

    Examples
    --------
    >>> from techbalance.models.complexity import specialisation
    >>> found = specialisation([[4, 4, 1], [4, 1, 4], [1, 4, 4]], "ABC", "pqr")
    >>> density(found).tolist()[0], density(found, self_term=False).tolist()[0]
    ([0.75, 0.75, 0.5], [0.5, 0.5, 1.0])
    """
    matrix = kept(of)
    inside, whole = _through_countries(of)
    lonely = np.zeros(whole.size, dtype=np.bool_)
    if not self_term:
        # Exact, in whole numbers: a product whose exporters export nothing else is near no other.
        lonely = (matrix.sum(axis=1) - 1) @ matrix == 0
        inside, whole = inside - matrix, np.where(lonely, 1.0, whole - 1)
    found = np.zeros(of.is_specialised.shape)
    undefined = np.ones(found.shape, dtype=np.bool_)
    cells = np.ix_(of.diversity > 0, of.ubiquity > 0)
    found[cells] = np.clip(inside / whole, 0.0, 1.0)
    # A country without any advantage is near nothing: its density is 0, not unknown.
    places = np.flatnonzero(of.ubiquity > 0)[~lonely]
    undefined[:, places] = False
    return undefined_where(found, undefined)


def _through_countries(of: Specialisation) -> tuple[FloatArray, FloatArray]:
    """Sum proximity over the products of each country, and over all, for each product of ``kept(of)``.

    Products are taken from the most ubiquitous down, so that those above are divided by their own ubiquity
    and all others by that of the product in hand.
    """
    matrix = kept(of)
    inside, whole = np.empty_like(matrix), np.empty(matrix.shape[1])
    below_all = matrix.sum(axis=1)
    above_all = np.zeros(matrix.shape[0])
    below = np.sum([one.shared for one in of.levels], axis=0, dtype=np.float64)
    above = np.zeros_like(below)
    for level in of.levels:
        here = matrix[:, level.products]
        products = here.sum(axis=1)
        inside[:, level.products] = _small_product(below / level.ubiquity + above, here)
        whole[level.products] = (below_all / level.ubiquity + above_all) @ here
        below -= level.shared
        above += level.shared / level.ubiquity
        below_all -= products
        above_all += products / level.ubiquity
    return inside, whole


def _small_product(square: FloatArray, here: FloatArray) -> FloatArray:
    """Multiply in pieces small enough that the library of linear algebra does not wake its threads for them.

    Waiting for them takes longer than the work where anything else runs on the machine.
    """
    found = np.empty_like(here)
    depth = square.shape[1]
    rows = max(1, min(square.shape[0], PIECE_ROWS))
    columns = max(1, PIECE // (rows * depth))
    for top in range(0, square.shape[0], rows):
        for left in range(0, here.shape[1], columns):
            place = slice(top, top + rows), slice(left, left + columns)
            found[place] = square[place[0]] @ here[:, place[1]]
    return found
