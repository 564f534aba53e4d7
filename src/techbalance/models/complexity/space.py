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

from techbalance.models.complexity.specialisation import kept
from techbalance.models.validation import frozen, undefined_where

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from techbalance.models.complexity.specialisation import Specialisation
    from techbalance.models.validation import BoolArray, FloatArray, MaskedFloats

# Products worked on at a time: a rectangle of these stays in the cache of one core.
TILE_ROWS: Final = 128
TILE_COLUMNS: Final = 256
WORD: Final = 64
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
    words = _as_bits(of.is_specialised[:, some])
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


def _as_bits(marks: BoolArray) -> NDArray[np.uint64]:
    """Pack the countries of each product into words: words x products."""
    count, width = marks.shape
    padded = np.zeros((width, -(-count // WORD) * WORD), dtype=np.bool_)
    padded[:, :count] = marks.T
    packed = np.packbits(padded, axis=1).view(np.uint64)
    return np.ascontiguousarray(packed.T)


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
    ubiquity = matrix.sum(axis=0)
    inside, whole = _through_countries(matrix, ubiquity)
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


def _through_countries(matrix: FloatArray, ubiquity: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sum proximity over the products of each country, and over all, for each product.

    Products are taken from the most ubiquitous down, so that those above are divided by their own ubiquity
    and all others by that of the product in hand.
    """
    order = np.argsort(-ubiquity, kind="stable")
    sorted_matrix = np.ascontiguousarray(matrix[:, order])
    counts = ubiquity[order]
    starts = np.flatnonzero(np.diff(counts, prepend=-1.0)).tolist()
    ends = [*starts[1:], counts.size] if starts else []
    count = matrix.shape[0]
    below = matrix @ matrix.T
    above = np.zeros((count, count))
    inside = np.empty_like(sorted_matrix)
    for start, end in zip(starts, ends, strict=True):
        here = sorted_matrix[:, start:end]
        between = below / counts[start] + above
        inside[:, start:end] = between @ here
        shared = here @ here.T
        below -= shared
        above += shared / counts[start]
    # Over all products: each country's sum of shares, which are the row sums weighted by products.
    whole = _over_all(sorted_matrix, counts, list(zip(starts, ends, strict=True)))
    back = np.empty_like(order)
    back[order] = np.arange(order.size)
    return inside[:, back], whole[back]


def _over_all(matrix: FloatArray, counts: FloatArray, runs: list[tuple[int, int]]) -> FloatArray:
    """Sum the proximity of each product to all, products sorted by ubiquity, the largest first."""
    below = matrix.sum(axis=1)
    above = np.zeros(matrix.shape[0])
    whole = np.empty(counts.size)
    for start, end in runs:
        here = matrix[:, start:end]
        whole[start:end] = (below / counts[start] + above) @ here
        total = here.sum(axis=1)
        below -= total
        above += total / counts[start]
    return whole
