"""Can a model take these arrays, and if not, which entry is wrong?

Every model turns what it was handed into read-only ``float64`` arrays of a known shape here, so that a
refusal always names the field, the label of the first offending entry, its value and the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from techbalance.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
MaskedFloats = np.ma.MaskedArray[tuple[int, ...], np.dtype[np.float64]]
"""Figures some of which are undefined; Arrow writes null where the mask is true."""

SHOWN_LABELS: Final = 5
"""How many labels a note lists before it only counts the rest."""


@dataclass(frozen=True)
class Note:
    """Something a reader of a result must know, with a reason a program can test for.

    Parameters
    ----------
    reason
        A fixed word such as ``zero_flow`` or ``rebalanced``.
    text
        One plain sentence.
    labels
        The rows, countries or sectors concerned; empty where the whole result is.
    """

    reason: str
    text: str
    labels: tuple[str, ...] = ()


def name_some(labels: Sequence[str]) -> str:
    """Join the first labels for a sentence and count the rest."""
    shown = ", ".join(labels[:SHOWN_LABELS])
    rest = len(labels) - SHOWN_LABELS
    return f"{shown} and {rest} more" if rest > 0 else shown


def unique_labels(field: str, values: Sequence[str]) -> tuple[str, ...]:
    """Return ``values`` as a tuple of distinct, non-empty labels.

    Raises
    ------
    ModelInputError
        There is none, one is empty, or one is there twice.
    """
    labels = tuple(str(value) for value in values)
    if not labels:
        raise ModelInputError("a model needs at least one label", where=f"field {field}")
    seen: set[str] = set()
    for label in labels:
        if not label or label in seen:
            reason = "is there twice" if label else "is empty"
            raise ModelInputError(
                f"label {label!r} {reason}", where=f"field {field}", remedy="Give each row its own label."
            )
        seen.add(label)
    return labels


def refuse_where(  # noqa: PLR0913, each is a part of the message
    bad: NDArray[np.bool_] | np.bool_,
    field: str,
    reason: str,
    axes: Sequence[Sequence[str]],
    *,
    values: ArrayLike | None = None,
    remedy: str = "",
) -> None:
    """Raise for the first true entry of ``bad``, naming its labels; do nothing where there is none.

    Parameters
    ----------
    bad
        True where an entry cannot be taken.
    field
        Name of the field as the caller wrote it.
    reason
        Why it cannot be taken, as a clause: ``must be above -1``.
    axes
        Labels of each axis of ``bad``.
    values
        The array itself, to show the offending value.
    remedy
        What to do instead.

    Raises
    ------
    ModelInputError
        An entry of ``bad`` is true.
    """
    if not bad.any():
        return
    first = tuple(int(place) for place in np.unravel_index(int(np.argmax(bad)), bad.shape))
    place = ", ".join(str(labels[position]) for labels, position in zip(axes, first, strict=True))
    where = f"field {field}"
    if place:
        where += f" at {place}"
    if values is not None:
        where += f", value {float(np.asarray(values)[first]):.6g}"
    count = int(bad.sum())
    if count > 1:
        where += f", and {count - 1} more"
    raise ModelInputError(f"{field} {reason}", where=where, remedy=remedy)


def numbers(
    field: str, values: ArrayLike, axes: Sequence[Sequence[str]], *, allow_infinite: bool = False
) -> FloatArray:
    """Return ``values`` as a read-only ``float64`` array over ``axes``; a scalar stands for all entries.

    Parameters
    ----------
    field
        Name of the field, for the message.
    values
        Numbers in the shape of ``axes``, or anything NumPy spreads over it.
    axes
        Labels of each axis; their lengths are the shape.
    allow_infinite
        Whether plus infinity is a value (an unlimited quota, a closed route); NaN never is.

    Raises
    ------
    ModelInputError
        Not numbers, the wrong shape, or an entry that is not finite.
    """
    shape = tuple(len(labels) for labels in axes)
    try:
        given = np.asarray(values, dtype=np.float64)
        array = np.array(np.broadcast_to(given, shape))
    except (TypeError, ValueError) as error:
        raise ModelInputError(
            f"{field} is not an array of numbers of shape {shape}",
            where=f"field {field}",
            remedy="Check the order of the axes and the length of each.",
        ) from error
    bad = np.isnan(array) | (array == -np.inf) if allow_infinite else ~np.isfinite(array)
    refuse_where(bad, field, "must be a finite number", axes, values=array)
    array.setflags(write=False)
    return array


def frozen(array: NDArray[np.float64]) -> FloatArray:
    """Return ``array`` marked read-only, as the field of a frozen record."""
    array.setflags(write=False)
    return array


def undefined_where(values: FloatArray, undefined: BoolArray) -> MaskedFloats:
    """Return ``values`` masked where they have no meaning, so that no number stands there."""
    masked = np.ma.MaskedArray(np.where(undefined, 0.0, values), mask=undefined)
    masked.setflags(write=False)
    return masked
