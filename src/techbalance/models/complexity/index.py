"""How complex is what a country exports, and how complex is a product? METHODS C3.

The index orders countries by the second eigenvector of a matrix of countries. Where that vector is not one
vector (nothing sets countries apart, or the matrix falls into parts) there is no index, and the result says
why: every entry is masked, never a number that hangs on the solver.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from techbalance.errors import ParameterError
from techbalance.models.complexity.specialisation import Specialisation, kept, specialisation
from techbalance.models.validation import (
    BoolArray,
    FloatArray,
    MaskedFloats,
    Note,
    frozen,
    name_some,
    undefined_where,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

PciScale = Literal["average", "reciprocal"]

DEGENERATE: Final = "degenerate"
# Eigenvalues lie in [0, 1] and are found to about 1e-15; two that are nearer than this share their vectors,
# and a correlation this small has no sign.
SEPARATION: Final = 1e-9


@dataclass(frozen=True)
class Complexity:
    """Complexity of countries and products.

    Parameters
    ----------
    specialisation
        What it was computed from, with diversity, ubiquity and revealed advantage.
    eci
        Of each country; mean 0 and standard deviation 1 (ddof 0) over the countries with an index.
    pci
        Of each product, on the scale ``pci_scale`` names.
    eigenvalues
        Of the matrix of countries, largest first; the first is 1. Empty where nothing is left.
    pci_scale
        ``average``: mean index of the countries specialised in the product. ``reciprocal``: that over the
        second eigenvalue.
    reason
        None, or ``degenerate: …`` where no index exists: then every entry is masked.
    notes
        Those of the specialisation, and ``degenerate``.
    """

    specialisation: Specialisation
    eci: MaskedFloats
    pci: MaskedFloats
    eigenvalues: FloatArray
    pci_scale: PciScale
    reason: str | None
    notes: tuple[Note, ...]


def complexity(
    exports: ArrayLike | Specialisation,
    countries: Sequence[str] = (),
    products: Sequence[str] = (),
    *,
    threshold: float = 1.0,
    pci_scale: PciScale = "average",
) -> Complexity:
    """Compute the economic complexity index of countries and of products.

    With M of :func:`specialisation`, ``k_c`` its row sums and ``k_p`` its column sums: the second eigenvector
    K of ``D_c^-1 M D_p^-1 M'`` gives ``ECI = (K - mean) / sd`` (ddof 0), its sign such that ECI and ``k_c``
    correlate positively. ``PCI_p`` is the mean ECI of the countries specialised in p (``average``), or that
    divided by the second eigenvalue (``reciprocal``), with which the mean PCI of a country's products is its
    ECI up to one constant for all countries.

    Parameters
    ----------
    exports
        Countries x products, as for :func:`specialisation`; or a specialisation that was made already.
    countries, products
        Labels; none with a specialisation.
    threshold
        The revealed advantage that counts.
    pci_scale
        Which convention of PCI.

    Returns
    -------
    Complexity
        ECI and PCI masked for countries and products without any advantage (named in the notes), and all of
        them, with the reason ``degenerate``, where fewer than two countries are left, all have the same
        diversity, M falls into parts that share no product, or the second eigenvalue is 0, is repeated, or
        leaves the sign open.

    Raises
    ------
    ModelInputError, ParameterError
        As for :func:`specialisation`; an unknown ``pci_scale``.

    Notes
    -----
    Hidalgo and Hausmann 2009 (PNAS 106:10570). The symmetric matrix ``D_c^-1/2 M D_p^-1 M' D_c^-1/2`` has
    the same eigenvalues, and its solver finds them all real. Other programs use ddof 1, or keep a matrix in
    parts: compare conventions before figures.

    Examples
    --------
    >>> sold = [[60, 40, 30, 20, 10, 0], [50, 5, 25, 1, 12, 2], [30, 0, 0, 15, 2, 60],
    ...         [0, 0, 5, 3, 40, 90], [20, 30, 0, 10, 10, 30]]
    >>> [round(value, 6) for value in complexity(sold, "ABCDE", "pqrstu").eci.tolist()]
    [0.73443, -0.50014, -0.082675, -1.523589, 1.371974]
    """
    if pci_scale not in ("average", "reciprocal"):
        raise ParameterError(f"pci_scale: {pci_scale!r} is unknown", remedy="Give average or reciprocal")
    of = (
        exports
        if isinstance(exports, Specialisation)
        else specialisation(exports, countries, products, threshold=threshold)
    )
    matrix = kept(of)
    if min(matrix.shape) == 0:
        return _without_index(of, pci_scale, np.empty(0), "no country is specialised in anything")
    diversity, ubiquity = matrix.sum(axis=1), matrix.sum(axis=0)
    root = np.sqrt(diversity)
    # M D_p^-1 M': products of one ubiquity that two countries share, over that ubiquity.
    together = np.sum([level.shared / level.ubiquity for level in of.levels], axis=0)
    symmetric = together / np.outer(root, root)
    values, vectors = np.linalg.eigh((symmetric + symmetric.T) / 2)
    values = np.clip(values[::-1], 0.0, None)
    names = tuple(name for name, some in zip(of.countries, of.diversity > 0, strict=True) if some)
    why = _why_degenerate(together, diversity, values, names)
    if why is not None:
        return _without_index(of, pci_scale, values, why)
    unscaled = vectors[:, -2] / root
    index = (unscaled - unscaled.mean()) / unscaled.std()
    lean = float(np.corrcoef(index, diversity)[0, 1])
    if abs(lean) < SEPARATION:
        return _without_index(of, pci_scale, values, "the index does not correlate with diversity: no sign")
    index *= np.sign(lean)
    of_products = index @ matrix / ubiquity
    if pci_scale == "reciprocal":
        of_products /= values[1]
    return Complexity(
        of,
        _placed(index, of.diversity > 0),
        _placed(of_products, of.ubiquity > 0),
        frozen(values),
        pci_scale,
        None,
        of.notes,
    )


def _why_degenerate(
    together: FloatArray, diversity: FloatArray, values: FloatArray, names: tuple[str, ...]
) -> str | None:
    """Why the second eigenvector is not one vector with a sign; None where it is."""
    count = together.shape[0]
    if count < 2:
        return f"one country only is specialised in anything: {names[0]}"
    parts = _parts(together)
    if len(parts) > 1:
        smallest = name_some([names[place] for place in np.flatnonzero(min(parts, key=np.sum)).tolist()])
        return f"the countries fall into {len(parts)} parts that share no product; the smallest is {smallest}"
    if np.all(diversity == diversity[0]):
        return f"all {count} countries have the same diversity, {int(diversity[0])}"
    if values[1] < SEPARATION:
        return "every country is specialised alike: the second eigenvalue is 0"
    if count > 2 and values[1] - values[2] < SEPARATION:
        return f"the second eigenvalue, {values[1]:.6f}, is repeated"
    return None


def _parts(together: FloatArray) -> list[BoolArray]:
    """Sets of countries that products connect with each other and with no country outside."""
    joined = together > 0
    left = np.ones(together.shape[0], dtype=np.bool_)
    parts = []
    while left.any():
        part: BoolArray = np.zeros(left.size, dtype=np.bool_)
        wider: BoolArray = np.arange(left.size) == np.argmax(left)
        while (wider != part).any():
            part, wider = wider, np.asarray(joined[wider].any(axis=0))
        parts.append(part)
        left &= ~part
    return parts


def _placed(values: FloatArray, where: BoolArray) -> MaskedFloats:
    """Put the values of what was kept into their places among all."""
    whole = np.zeros(where.size)
    whole[where] = values
    return undefined_where(whole, ~where)


def _without_index(of: Specialisation, scale: PciScale, values: FloatArray, why: str) -> Complexity:
    nothing = [
        undefined_where(np.zeros(len(labels)), np.ones(len(labels), dtype=np.bool_))
        for labels in (of.countries, of.products)
    ]
    note = Note(DEGENERATE, f"No index exists: {why}.")
    reason = f"{DEGENERATE}: {why}"
    return Complexity(of, nothing[0], nothing[1], frozen(values), scale, reason, (*of.notes, note))
