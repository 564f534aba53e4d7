"""Which products does each country export more of than the world does? METHODS C1, as yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ModelInputError, ParameterError
from techbalance.models.validation import (
    BoolArray,
    FloatArray,
    IntArray,
    MaskedFloats,
    Note,
    frozen,
    name_some,
    numbers,
    refuse_where,
    undefined_where,
    unique_labels,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

# An advantage of exactly the threshold must not hang on the order in which exports were added up.
RESOLUTION: Final = 1e-12
WORD: Final = 64


@dataclass(frozen=True)
class Level:
    """Products of one ubiquity.

    Parameters
    ----------
    ubiquity
        Countries specialised in each.
    products
        Their places among the products somebody is specialised in.
    shared
        How many of them every two countries share, among the countries specialised in something.
    """

    ubiquity: int
    products: IntArray
    shared: FloatArray


@dataclass(frozen=True)
class Specialisation:
    """Revealed advantage of countries in products, and where it reaches the threshold.

    Parameters
    ----------
    countries, products
        Labels of the rows and columns, as given.
    advantage
        R, 0 or more; masked in a country without exports and in a product nobody exports (``no_trade``).
    is_specialised
        M: whether R reaches the threshold; false where R is masked.
    diversity
        Products a country is specialised in.
    ubiquity
        Countries that are specialised in a product.
    threshold
        The R from which a country counts as specialised.
    notes
        ``no_trade`` and ``not_specialised``, each with the countries or products it concerns.
    """

    countries: tuple[str, ...]
    products: tuple[str, ...]
    advantage: MaskedFloats
    is_specialised: BoolArray
    diversity: IntArray
    ubiquity: IntArray
    threshold: float
    notes: tuple[Note, ...]

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """Products by ubiquity, the most ubiquitous first: index and density are summed through them."""
        marks = self.is_specialised[self.diversity > 0][:, self.ubiquity > 0]
        counts = marks.sum(axis=0)
        found = []
        for ubiquity in sorted(set(counts.tolist()), reverse=True):
            places = np.flatnonzero(counts == ubiquity)
            words = as_bits(marks[:, places].T)
            shared = np.zeros((marks.shape[0], marks.shape[0]))
            for word in words:
                shared += np.bitwise_count(word[:, None] & word[None, :])
            found.append(Level(ubiquity, places, frozen(shared)))
        return tuple(found)


def specialisation(
    exports: ArrayLike, countries: Sequence[str], products: Sequence[str], *, threshold: float = 1.0
) -> Specialisation:
    """Say in which products each country has a revealed advantage.

    ``R_cp = (x_cp / X_c) / (x_wp / X_w)``, the country being part of the world; ``M_cp = 1`` where R reaches
    the threshold.

    Parameters
    ----------
    exports
        Countries x products, 0 or more, any unit of value. A flow that is not known has no place here: the
        caller decides whether it is 0, and says so.
    countries, products
        Labels of the rows and columns, each once.
    threshold
        The R that counts, above 0.

    Returns
    -------
    Specialisation
        Unchanged if all exports are multiplied by one number.

    Raises
    ------
    ModelInputError
        A value is negative or not finite, a label is there twice, or the shape is another.
    ParameterError
        The threshold is not above 0.

    Notes
    -----
    Balassa 1965 (Manchester School 33). An advantage within 1e-12 of the threshold counts as reaching it.

    Examples
    --------
    >>> found = specialisation([[3, 1], [1, 3]], ["A", "B"], ["p", "q"])
    >>> found.advantage.tolist(), found.diversity.tolist()
    ([[1.5, 0.5], [0.5, 1.5]], [1, 1])
    """
    if not (threshold > 0 and np.isfinite(threshold)):
        raise ParameterError(
            f"threshold: {threshold} is not above 0", remedy="Give 1, as the literature does"
        )
    rows, columns = unique_labels("countries", countries), unique_labels("products", products)
    if np.shape(exports) != (len(rows), len(columns)):
        raise ModelInputError(
            f"{len(rows)} countries and {len(columns)} products need a table of that shape",
            where=f"field exports, shape {np.shape(exports)}",
        )
    sold = numbers("exports", exports, [rows, columns])
    refuse_where(sold < 0, "exports", "must be 0 or more", [rows, columns], values=sold)
    of_country, of_product = sold.sum(axis=1), sold.sum(axis=0)
    world = float(of_country.sum())
    silent, unsold = of_country == 0, of_product == 0
    advantage = sold * (1 / np.where(silent, 1.0, of_country))[:, None]
    advantage *= (world / np.where(unsold, 1.0, of_product))[None, :]
    # Of a country or product without trade every entry is 0, below any threshold.
    reached = advantage >= threshold * (1 - RESOLUTION)
    diversity, ubiquity = reached.sum(axis=1), reached.sum(axis=0)
    return Specialisation(
        rows,
        columns,
        undefined_where(advantage, silent[:, None] | unsold[None, :]),
        reached,
        diversity,
        ubiquity,
        threshold,
        _notes((rows, columns), (silent, unsold), (diversity == 0, ubiquity == 0)),
    )


def kept(of: Specialisation) -> FloatArray:
    """M without the countries and products that have no advantage at all, as numbers."""
    some = of.is_specialised[of.diversity > 0][:, of.ubiquity > 0]
    return np.ascontiguousarray(some, dtype=np.float64)


def as_bits(marks: BoolArray) -> NDArray[np.uint64]:
    """Pack the rows of each column into words: words x columns."""
    count, width = marks.shape
    padded = np.zeros((width, -(-count // WORD) * WORD), dtype=np.bool_)
    padded[:, :count] = marks.T
    packed = np.packbits(padded, axis=1).view(np.uint64)
    return np.ascontiguousarray(packed.T)


def _notes(
    labels: tuple[tuple[str, ...], tuple[str, ...]],
    silent: tuple[BoolArray, BoolArray],
    without: tuple[BoolArray, BoolArray],
) -> tuple[Note, ...]:
    """Name what has no trade, and what has trade and still no advantage."""
    found = []
    for names, nothing, none, what in zip(
        labels, silent, without, (("country", "countries"), ("product", "products")), strict=True
    ):
        for reason, marks, said in (
            ("no_trade", nothing, "without any exports"),
            ("not_specialised", none & ~nothing, "without any advantage that reaches the threshold"),
        ):
            chosen = tuple(names[place] for place in np.flatnonzero(marks).tolist())
            if chosen:
                counted = f"{len(chosen):,} {what[0] if len(chosen) == 1 else what[1]}"
                text = f"{counted} {said}, left out: {name_some(chosen)}."
                found.append(Note(reason, text, chosen))
    return tuple(found)
