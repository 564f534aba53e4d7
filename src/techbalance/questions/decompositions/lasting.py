"""How long do product x partner pairs last once they have begun?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from techbalance.models.decompositions import spells, survival

if TYPE_CHECKING:
    from techbalance.models.validation import BoolArray
    from techbalance.questions.decompositions.pairs import Pairs


def survival_rows(
    pairs: Pairs, years: tuple[int, ...], kept: BoolArray, threshold: int
) -> tuple[pa.Table, int, int]:
    """Survival of the spells of one flow.

    Returns
    -------
    tuple
        One row per length: ``flow``, ``duration``, ``at_risk``, ``ended``, ``survival_share``, ``months``,
        ``note``; how many spells there are; and how many were open in the first year and are left out.
    """
    traded = np.column_stack([pairs.values[year][kept] >= threshold for year in years])
    length, has_ended = spells(traded)
    found = survival(length, has_ended)
    size = found.years.size
    why = None if size else "no_trade: no pair began inside these years"
    rows = max(size, 1)

    def column(values: np.ndarray[tuple[int], np.dtype[np.generic]], kind: pa.DataType) -> pa.Array:
        return pa.array(values, kind) if size else pa.nulls(1, kind)

    table = pa.table(
        {
            "flow": pa.array([pairs.flow] * rows, pa.string()),
            "duration": column(found.years, pa.int64()),
            "at_risk": column(found.at_risk, pa.int64()),
            "ended": column(found.ended, pa.int64()),
            "survival_share": column(found.share, pa.float64()),
            "months": pa.array([12] * rows, pa.int8()),
            "note": pa.array([why] * rows, pa.string()),
        }
    )
    return table, int(length.size), int(traded[:, 0].sum())
