"""How much of what an industry uses comes from one origin, once suppliers' suppliers are counted? METHODS D7.

Face value asks who delivers the inputs; looking through asks who makes what is in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ModelInputError, UnknownCodeError
from techbalance.models.validation import (
    FloatArray,
    IntArray,
    numbers,
    refuse_where,
    undefined_where,
    unique_labels,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from techbalance.models.elasticities import MaskedFloats

NO_INPUTS: Final = "no_inputs"


@dataclass(frozen=True)
class OriginExposure:
    """Share of each origin in what a sector uses, on three counts; each column sums to 1 over the origins.

    Parameters
    ----------
    origins
        Rows: countries of origin, the user's own among them, in the order of their first sector.
    columns
        Columns: labels of the using sectors.
    face
        Share of the direct input coefficients.
    gross_output
        Share of the Leontief column L: all output that one unit of the sector calls for, that unit included.
    inputs
        Share of L - I: the inputs only.
    reason
        ``no_inputs`` for a sector that uses none, where all three are masked; None for the others.
    """

    origins: tuple[str, ...]
    columns: tuple[str, ...]
    face: MaskedFloats
    gross_output: MaskedFloats
    inputs: MaskedFloats
    reason: tuple[str | None, ...]


def origin_exposure(
    coefficients: ArrayLike,
    origin: Sequence[str],
    *,
    sectors: Sequence[str],
    columns: Sequence[str] | None = None,
) -> OriginExposure:
    """Compare direct and total dependence of sectors on every origin.

    With L = (I - A)^-1: face ``sum_{i of c} A_ij / sum_i A_ij``; of gross output ``sum_{i of c} L_ij / sum_i
    L_ij``; of inputs the same with L - I.

    Parameters
    ----------
    coefficients
        A: input of the row's sector per unit of output of the column's, both in one currency.
    origin
        Country of each sector.
    sectors
        Label of each sector, each once.
    columns
        Sectors asked about; all if not given.

    Returns
    -------
    OriginExposure
        Shares in [0, 1].

    Raises
    ------
    ModelInputError
        A is not square, an entry is below zero or not finite, its spectral radius is 1 or more (more goes in
        than comes out), or a column is not a sector.

    Notes
    -----
    Baldwin, Freeman and Theodorakopoulos 2023 (Brookings Papers on Economic Activity). For A >= 0 the
    spectral radius is below 1 exactly if y'(I - A) = 1' has a solution y >= 0: then y'A = y' - 1' < y'.

    Examples
    --------
    >>> found = origin_exposure([[0.2, 0.1], [0.1, 0.3]], ["1", "2"], sectors=["1.all", "2.all"])
    >>> [round(float(share[1, 0]), 6) for share in (found.face, found.gross_output, found.inputs)]
    [0.333333, 0.125, 0.4]
    """
    labels = unique_labels("sectors", sectors)
    if len(origin) != len(labels):
        raise ModelInputError(
            f"{len(labels)} sectors need as many origins", where=f"field origin, {len(origin)} given"
        )
    direct = numbers("coefficients", coefficients, [labels, labels])
    refuse_where(direct < 0, "coefficients", "must be 0 or more", [labels, labels], values=direct)
    asked = _positions(labels, labels if columns is None else columns)
    identity = np.eye(len(labels))
    _refuse_unproductive(direct, identity, labels)
    used = direct[:, asked]
    total_inputs = np.asarray(np.linalg.solve(identity - direct, used), dtype=np.float64)
    origins = tuple(dict.fromkeys(str(name) for name in origin))
    belongs = np.array([[str(name) == country for name in origin] for country in origins], dtype=np.float64)
    empty = used.sum(axis=0) == 0

    def shares(column: FloatArray) -> MaskedFloats:
        whole = column.sum(axis=0)
        return undefined_where(
            belongs @ column / np.where(empty, 1.0, whole), np.broadcast_to(empty, (len(origins), empty.size))
        )

    return OriginExposure(
        origins=origins,
        columns=tuple(labels[position] for position in asked),
        face=shares(used),
        gross_output=shares(total_inputs + identity[:, asked]),
        inputs=shares(total_inputs),
        reason=tuple(NO_INPUTS if nothing else None for nothing in empty.tolist()),
    )


def _positions(labels: tuple[str, ...], columns: Sequence[str]) -> IntArray:
    position = {label: index for index, label in enumerate(labels)}
    for label in columns:
        if label not in position:
            near = UnknownCodeError.among("sector", label, labels)
            raise ModelInputError(near.what, where="field columns", remedy=near.remedy)
    return np.array([position[label] for label in columns], dtype=np.int64)


def _refuse_unproductive(direct: FloatArray, identity: FloatArray, labels: tuple[str, ...]) -> None:
    """Raise unless the spectral radius is below 1; column sums below 1 prove it without solving."""
    if float(direct.sum(axis=0).max()) < 1:
        return
    try:
        multipliers = np.linalg.solve((identity - direct).T, np.ones(len(labels)))
    except np.linalg.LinAlgError:
        multipliers = np.full(len(labels), -1.0)
    if float(multipliers.min()) < 0:
        worst = labels[int(np.argmax(direct.sum(axis=0)))]
        raise ModelInputError(
            "the spectral radius of the coefficients is 1 or more: more goes in than comes out",
            where=f"field coefficients, largest column sum in {worst}",
            remedy="Check the sectors whose inputs exceed their output",
        )
