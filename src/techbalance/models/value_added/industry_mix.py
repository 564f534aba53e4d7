"""Out of which industries do products come that a table does not show as a sector, and what follows?

Nobody publishes the proportions, so each industry has a lowest and a highest share, and whatever is measured
of the products is an interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.value_added.trade import exports_by_partner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techbalance.models.value_added.table import Array, InterCountryTable

FlowKind = Literal["export", "import"]
ProcessingFlag = Literal["", "processing_unknown", "processing_corrected", "processing_split"]
# Countries whose exporters work under a processing regime large enough to bias a table that averages them:
# the two that the OECD splits in its extended tables.
PROCESSING_EXPORTERS: Final = frozenset({"CHN", "MEX"})
# Shares are typed by hand, so their sums are compared with room for decimal fractions.
SHARE_SLACK: Final = 1e-9


class Interval(NamedTuple):
    """Lowest and highest value that the assumptions allow."""

    low: float
    high: float


@dataclass(frozen=True)
class IndustryWeights:
    """Lowest and highest share of each industry in a flow of products; the true shares sum to 1.

    Attributes
    ----------
    shares
        Industry of the table -> (lowest, highest) share, each in [0, 1].

    Raises
    ------
    ModelInputError
        A share outside [0, 1] or a lowest above its highest; lowest shares above 1 or highest below 1
        altogether, so that no true shares exist.
    """

    shares: Mapping[str, tuple[float, float]]

    def __post_init__(self) -> None:
        for industry, (low, high) in self.shares.items():
            if not 0 <= low <= high <= 1:
                raise ModelInputError(
                    f"the share of {industry} runs from {low:g} to {high:g}",
                    remedy="Give 0 <= lowest <= highest <= 1",
                )
        lowest = sum(low for low, _ in self.shares.values())
        highest = sum(high for _, high in self.shares.values())
        if lowest > 1 + SHARE_SLACK or highest < 1 - SHARE_SLACK:
            raise ModelInputError(
                f"the shares of {', '.join(self.shares) or 'no industry'} sum to {lowest:g} at least "
                f"and {highest:g} at most",
                remedy="Shares of a flow sum to 1: let the lowest sum to no more and the highest to no less",
            )

    @classmethod
    def unknown(cls, industries: Sequence[str]) -> IndustryWeights:
        """Say only which industries the products come from: each share anywhere in [0, 1]."""
        return cls(dict.fromkeys(industries, (0.0, 1.0)))

    def extremes(self, content: Array) -> tuple[Array, Array]:
        """Give the lowest and highest share-weighted mean of ``content``, one row per thing measured.

        The optimum of a linear function over these shares gives every industry its lowest share and hands
        out the rest in the order of content.
        """
        low, high = (np.asarray(side) for side in zip(*self.shares.values(), strict=True))
        return _fill(content, low, high, ascending=True), _fill(content, low, high, ascending=False)


@dataclass(frozen=True)
class ProductFlow:
    """Gross trade of ``home`` in some products with one partner.

    Attributes
    ----------
    flow
        ``export`` or ``import``, as seen from home.
    partner
        Country of the table. Partners the table lacks belong to its rest of the world.
    value
        Gross value >= 0 in the unit of the table.
    weights
        From which industries of the exporter the products come.
    group
        Free label, for example the technology group.
    """

    flow: FlowKind
    partner: str
    value: float
    weights: IndustryWeights
    group: str = "all"


class ContentBound(NamedTuple):
    """How much of one flow is of one origin: an interval, in the unit that was measured."""

    flow: FlowKind
    partner: str
    group: str
    origin: str
    gross: float
    low: float
    high: float
    processing: ProcessingFlag


@dataclass(frozen=True)
class ContentBounds:
    """Content of flows of ``home`` by origin.

    Attributes
    ----------
    home
        The country whose trade it is.
    rows
        One per flow and origin.
    """

    home: str
    rows: tuple[ContentBound, ...]

    def content(self, flow: FlowKind, *, origin: str | None = None, partner: str | None = None) -> Interval:
        """Add the content of a flow, of one origin and partner or of all; shares vary flow by flow."""
        rows = [
            row
            for row in self.rows
            if row.flow == flow
            and (origin is None or row.origin == origin)
            and (partner is None or row.partner == partner)
        ]
        return Interval(sum(row.low for row in rows), sum(row.high for row in rows))


def bound_content(
    table: InterCountryTable, multipliers: Array, exporter: str, importer: str, weights: IndustryWeights
) -> tuple[Array, Array]:
    """Bound what one unit of exports contains of a factor, one entry per row of ``multipliers``."""
    return weights.extremes(content_by_industry(table, multipliers, exporter, importer, weights))


def content_by_industry(
    table: InterCountryTable, multipliers: Array, exporter: str, importer: str, weights: IndustryWeights
) -> Array:
    """Give content per unit of each industry's exports, origins x industries.

    Where the publisher splits an industry, its parts count by what they ship to the importer.
    """
    columns = []
    shipped = exports_by_partner(table)[:, table.position(importer)]
    for industry in weights.shares:
        rows = table.rows_of(exporter, industry)
        parts = np.maximum(shipped[rows], 0.0)
        if not parts.any():
            parts = np.maximum(table.output[rows], 0.0)
        if not parts.any():
            parts = np.ones(len(rows))
        columns.append(multipliers[:, rows] @ (parts / parts.sum()))
    return np.stack(columns, axis=1)


def bound_rows(
    flow: ProductFlow, origins: Sequence[str], low: Array, high: Array, flag: ProcessingFlag
) -> list[ContentBound]:
    """Turn content per unit of a flow into one row per origin.

    Raises
    ------
    ModelInputError
        The value of the flow is negative or not a number.
    """
    if not 0 <= flow.value < np.inf:
        raise ModelInputError(
            f"the {flow.flow} value is {flow.value}",
            where=f"partner {flow.partner}, group {flow.group}",
            remedy="Give a gross value of 0 or more",
        )
    return [
        ContentBound(
            flow.flow,
            flow.partner,
            flow.group,
            origin,
            flow.value,
            float(low[place]) * flow.value,
            float(high[place]) * flow.value,
            flag,
        )
        for place, origin in enumerate(origins)
    ]


def processing_flag(table: InterCountryTable, exporter: str) -> ProcessingFlag:
    """Tell whether the table separates the processing trade of an exporter known for it."""
    if any(sector.variant for sector in table.sectors if sector.country == exporter):
        return "processing_split"
    return "processing_unknown" if exporter in PROCESSING_EXPORTERS else ""


def _fill(content: Array, low: Array, high: Array, *, ascending: bool) -> Array:
    order = np.argsort(content if ascending else -content, axis=1, kind="stable")
    room = np.take(high - low, order)
    left = 1.0 - low.sum()
    # What is left after the industries before this one have taken their room, within its own room.
    taken = np.clip(left - (np.cumsum(room, axis=1) - room), 0.0, room)
    extra: Array = (np.take_along_axis(content, order, axis=1) * taken).sum(axis=1)
    return content @ low + extra
