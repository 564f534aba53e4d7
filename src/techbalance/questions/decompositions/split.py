"""The effects of one flow between two years, by part: what every way of ``change --how`` comes down to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from techbalance.models.decompositions import whole_dollars
from techbalance.models.validation import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

WHOLE: Final = ""


@dataclass(frozen=True)
class Parts:
    """The parts a flow falls into.

    Parameters
    ----------
    keys
        Which of group, partner and product make a part; none for the whole.
    labels
        One tuple per part, in the order of the keys.
    of
        Number of the part of each entry.
    """

    keys: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    of: IntArray

    @property
    def count(self) -> int:
        """How many parts there are."""
        return len(self.labels)

    def added(self, values: FloatArray | IntArray | BoolArray) -> FloatArray:
        """Add entries up by part; whole numbers stay whole below 2**53, which reading has made sure of."""
        weights = np.asarray(values, dtype=np.float64)
        sums: FloatArray = np.bincount(self.of, weights=weights, minlength=self.count).astype(np.float64)
        return sums

    def dollars(self, values: IntArray | BoolArray) -> IntArray:
        """Add whole dollars up by part, or count."""
        return np.rint(self.added(values)).astype(np.int64)


def parts_of(keys: Sequence[str], labels: dict[str, NDArray[np.object_]], size: int) -> Parts:
    """Put entries into parts by the labels of the keys."""
    if not keys:
        return Parts((), ((),), np.zeros(size, dtype=np.int64))
    code = np.zeros(size, dtype=np.int64)
    for key in keys:
        found = pa.array(labels[key], pa.string()).dictionary_encode()
        code = code * max(len(found.dictionary), 1) + found.indices.to_numpy().astype(np.int64)
    _, first, number = np.unique(code, return_index=True, return_inverse=True)
    columns = [labels[key][first].tolist() for key in keys]
    return Parts(tuple(keys), tuple(zip(*columns, strict=True)), number.astype(np.int64))


@dataclass(frozen=True)
class Valued:
    """Values of one flow in two years, whatever its entries are.

    Parameters
    ----------
    flow
        ``export``, ``import``.
    labels
        Label of each entry by key.
    start, end
        Whole dollars.
    """

    flow: str
    labels: dict[str, NDArray[np.object_]]
    start: IntArray
    end: IntArray


@dataclass(frozen=True)
class Extra:
    """A further column: its figures by effect, one per part; masked where there is none."""

    name: str
    figures: dict[str, np.ma.MaskedArray]
    type: pa.DataType = field(default_factory=pa.float64)


@dataclass(frozen=True)
class Split:
    """Effects of one flow between two years.

    Parameters
    ----------
    flow
        ``export`` or ``import``.
    parts
        One tuple of labels per part.
    start, end
        Value of each part, whole dollars.
    effects
        Name of each effect, in the order in which they are told.
    dollars
        Parts x effects, whole dollars; each row adds up to the part's change.
    undefined
        Parts x effects: where an effect cannot be told. Its dollars are 0; another effect holds the change.
    reasons
        Why an effect cannot be told, by effect.
    remarks
        What must be known to read an effect, by effect.
    extras
        Further columns.
    """

    flow: str
    parts: tuple[tuple[str, ...], ...]
    start: IntArray
    end: IntArray
    effects: tuple[str, ...]
    dollars: IntArray
    undefined: BoolArray
    reasons: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    extras: tuple[Extra, ...] = ()


def split_into(  # noqa: PLR0913 - the columns of one table
    flow: str,
    parts: Parts,
    start: IntArray,
    end: IntArray,
    effects: Mapping[str, FloatArray | IntArray],
    *,
    takes_the_rest: str,
    undefined: Mapping[str, BoolArray] | None = None,
    reasons: dict[str, str] | None = None,
    remarks: dict[str, str] | None = None,
    extras: tuple[Extra, ...] = (),
) -> Split:
    """Add effects of entries up by part and round them to whole dollars that add up.

    Parameters
    ----------
    flow, parts
        The flow, and the part of each entry.
    start, end
        Values of the entries.
    effects
        Effects of the entries by name; together they are the change of each.
    takes_the_rest
        The effect that takes what rounding the others leaves, less than a dollar for each.
    undefined, reasons, remarks, extras
        As in ``Split``, by effect and part.
    """
    names = tuple(effects)
    order = [*(name for name in names if name != takes_the_rest), takes_the_rest]
    before, after = parts.dollars(start), parts.dollars(end)
    matrix = np.column_stack([parts.added(effects[name]) for name in order])
    sizes = parts.added(np.sum([np.abs(effects[name]) for name in order], axis=0) + start + end)
    rounded = whole_dollars(matrix, after - before, sizes)
    dollars = rounded[:, [order.index(name) for name in names]]
    hidden = np.zeros(dollars.shape, dtype=np.bool_)
    for name, where in (undefined or {}).items():
        hidden[:, names.index(name)] = where
    return Split(
        flow, parts.labels, before, after, names, dollars, hidden, reasons or {}, remarks or {}, extras
    )


def stacked(columns: Sequence[np.ma.MaskedArray]) -> np.ma.MaskedArray:
    """Put figures one below the other, what is masked too."""
    return np.ma.MaskedArray(
        np.concatenate([np.ma.getdata(one) for one in columns]),
        mask=np.concatenate([np.ma.getmaskarray(one) for one in columns]),
    )


def all_masked(size: int) -> np.ma.MaskedArray:
    """Figures of which none is known yet."""
    return np.ma.MaskedArray(np.zeros(size), mask=np.ones(size, dtype=np.bool_))


def one_below_the_other(splits: Sequence[Split]) -> Split:
    """Put splits of one flow with the same effects and different parts together."""
    first = splits[0]
    extras = tuple(
        Extra(
            extra.name,
            {name: stacked([split.extras[at].figures[name] for split in splits]) for name in extra.figures},
            extra.type,
        )
        for at, extra in enumerate(first.extras)
    )
    return Split(
        first.flow,
        tuple(label for split in splits for label in split.parts),
        np.concatenate([split.start for split in splits]),
        np.concatenate([split.end for split in splits]),
        first.effects,
        np.vstack([split.dollars for split in splits]),
        np.vstack([split.undefined for split in splits]),
        first.reasons,
        {name: told for split in splits for name, told in split.remarks.items()},
        extras,
    )
