"""What do sector outcomes say about a group of products that no sector table knows?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from techbalance.models.validation import frozen, numbers, refuse_where, unique_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from techbalance.models.validation import FloatArray


@dataclass(frozen=True, eq=False)
class GroupBounds:
    """Outcome of each group as an interval over the sectors it may lie in; never a point.

    Attributes
    ----------
    groups
        Labels.
    low, high
        [group, ...], smallest and largest outcome among the sectors of the group; equal only where one sector
        holds it all.
    sectors
        For each group, the sectors the interval runs over.
    """

    groups: tuple[str, ...]
    low: FloatArray
    high: FloatArray
    sectors: tuple[tuple[str, ...], ...]


def group_bounds(
    outcome: ArrayLike, sectors: Sequence[str], groups: Sequence[str], belongs: ArrayLike
) -> GroupBounds:
    """Map outcomes by sector to groups, as bounds.

    A technology group is a part of one or more sectors, and its part in each is not known; any weighted mean
    of the sectors' outcomes lies between the smallest and the largest.

    Parameters
    ----------
    outcome
        [sector, ...], an outcome such as the change of a price or of imports.
    sectors, groups
        Labels.
    belongs
        [group, sector], true or positive where products of the group may be classified in the sector.

    Raises
    ------
    ModelInputError
        A group without any sector; the wrong shape.

    Examples
    --------
    >>> found = group_bounds([0.1, -0.2, 0.4], ["office", "medical", "auto"], ["IT"], [[1, 1, 0]])
    >>> found.low.tolist(), found.high.tolist()
    ([-0.2], [0.1])
    """
    sector_labels, group_labels = unique_labels("sectors", sectors), unique_labels("groups", groups)
    member = numbers("belongs", belongs, (group_labels, sector_labels)) > 0
    refuse_where(~member.any(axis=1), "belongs", "names no sector for a group", (group_labels,))
    given = np.asarray(outcome, dtype=np.float64)
    tail = tuple(tuple(str(place) for place in range(size)) for size in given.shape[1:])
    values = numbers("outcome", given, (sector_labels, *tail))
    return GroupBounds(
        groups=group_labels,
        low=frozen(np.stack([values[row].min(axis=0) for row in member])),
        high=frozen(np.stack([values[row].max(axis=0) for row in member])),
        sectors=tuple(
            tuple(name for name, inside in zip(sector_labels, row, strict=True) if inside) for row in member
        ),
    )
