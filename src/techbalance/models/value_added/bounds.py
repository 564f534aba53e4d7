"""How large is the trade in advanced technology products in terms of value added?

Input-output tables have no sector of advanced technology products (ATP), so the answer is an interval, never
a point (METHODS E4). Processing trade, assembly of imported parts, makes the interval miss the truth where
the table averages it with other exports; a correction widens it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.value_added.industry_mix import (
    SHARE_SLACK,
    ContentBound,
    ContentBounds,
    FlowKind,
    IndustryWeights,
    Interval,
    ProductFlow,
    bound_rows,
    content_by_industry,
    processing_flag,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.models.value_added.leontief import LeontiefSystem
    from techbalance.models.value_added.table import Array


@dataclass(frozen=True)
class ProcessingTrade:
    """What is known of a country's processing exports, where the table averages them with all others.

    Attributes
    ----------
    country
        Exporter.
    share
        Lowest and highest share of processing in its exports of these products.
    domestic_content
        Lowest and highest domestic content of its processing exports.
    source
        Who says so, printed with the answer.
    """

    country: str
    share: tuple[float, float]
    domestic_content: tuple[float, float]
    source: str

    def __post_init__(self) -> None:
        for what, (low, high) in (("share", self.share), ("domestic content", self.domestic_content)):
            if not 0 <= low <= high <= 1:
                raise ModelInputError(
                    f"the {what} of processing exports of {self.country} runs from {low:g} to {high:g}",
                    remedy="Give 0 <= lowest <= highest <= 1",
                )


@dataclass(frozen=True)
class ValueAddedBounds(ContentBounds):
    """Value added of each origin in the trade of ``home``, in the unit of the flows.

    Attributes
    ----------
    sources
        What the corrections for processing trade rest on.
    """

    sources: tuple[str, ...]

    def gross(self, flow: FlowKind) -> float:
        """Add the gross value of a flow."""
        return sum(row.gross for row in self.rows if row.flow == flow and row.origin == self.home)

    def balance(self) -> Interval:
        """Give the balance in terms of value added: home's part of exports less others' part of imports.

        Negative is a deficit. What others put in is the gross value of imports less home's content of them.
        """
        sold, returned = self.content("export", origin=self.home), self.content("import", origin=self.home)
        imports = self.gross("import")
        return Interval(sold.low + returned.low - imports, sold.high + returned.high - imports)

    def balance_with(self, country: str) -> Interval:
        """Give home's content of exports to ``country`` less its content in the imports from everyone."""
        sold = self.content("export", origin=self.home, partner=country)
        bought = self.content("import", origin=country)
        return Interval(sold.low - bought.high, sold.high - bought.low)


def bound_value_added(
    system: LeontiefSystem,
    flows: Sequence[ProductFlow],
    *,
    home: str = "USA",
    processing: Sequence[ProcessingTrade] = (),
) -> ValueAddedBounds:
    """Bound the value added of each country in flows of products that a table does not show as a sector.

    Parameters
    ----------
    system
        A solved table.
    flows
        Gross trade of ``home`` by partner, with the industries the products come from.
    home
        Country whose trade it is.
    processing
        Corrections for exporters that the table averages.

    Returns
    -------
    ValueAddedBounds
        ``processing`` of a row is ``processing_unknown`` where the exporter is known for processing trade and
        neither the table nor a correction accounts for it; such an interval does not contain that error.

    Raises
    ------
    ModelInputError
        A negative or infinite value, a correction given twice, or one for a country without foreign inputs.
    UnknownCodeError
        A country or industry that the table lacks.

    Notes
    -----
    Shares vary freely within their bounds, flow by flow. The correction replaces the domestic content d of
    the table by p d_p + (1 − p) d, with p the share of processing and d_p its domestic content, and scales
    foreign origins to the rest. Source: METHODS E4; Koopman, Wang and Wei 2012 JDE 99:178.
    """
    table = system.table
    corrections = {entry.country: entry for entry in processing}
    if len(corrections) < len(processing):
        raise ModelInputError("two corrections for processing trade name the same country")
    rows: list[ContentBound] = []
    for flow in flows:
        exporter, importer = (home, flow.partner) if flow.flow == "export" else (flow.partner, home)
        content = content_by_industry(table, system.multipliers, exporter, importer, flow.weights)
        correction = corrections.get(exporter)
        low, high = _extremes(content, flow.weights, table.position(exporter), correction)
        flag = processing_flag(table, exporter) if correction is None else "processing_corrected"
        rows += bound_rows(flow, table.countries, low, high, flag)
    return ValueAddedBounds(home, tuple(rows), tuple(entry.source for entry in processing))


def _extremes(
    content: Array, weights: IndustryWeights, exporter: int, correction: ProcessingTrade | None
) -> tuple[Array, Array]:
    if correction is None:
        return weights.extremes(content)
    own = content[exporter]
    if (own >= 1 - SHARE_SLACK).any() and correction.share[1] > 0:
        raise ModelInputError(
            f"the table shows no foreign inputs of {correction.country}, so the imported part of its "
            "processing exports has no origin",
            remedy="Leave out the correction",
        )
    lows, highs = [], []
    # For fixed industry shares the corrected content is linear in p and in d_p: its extremes are at corners.
    for share, processed in product(correction.share, correction.domestic_content):
        corrected = content * ((1 - share) + share * (1 - processed) / (1 - own))
        corrected[exporter] = share * processed + (1 - share) * own
        low, high = weights.extremes(corrected)
        lows.append(low)
        highs.append(high)
    return np.min(lows, axis=0), np.max(highs, axis=0)
