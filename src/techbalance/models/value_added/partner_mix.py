"""What if it is known how much was traded, but not with whom? Bounds over every partner a table has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.value_added.industry_mix import IndustryWeights, Interval, ProductFlow
from techbalance.models.value_added.trade import exports_by_partner

if TYPE_CHECKING:
    from techbalance.models.value_added.industry_mix import ContentBounds, FlowKind
    from techbalance.models.value_added.table import InterCountryTable

PartnerMix = Literal["unknown", "table"]
ANYONE: Final = "anyone"


def spread_flow(
    table: InterCountryTable, whole: ProductFlow, *, home: str = "USA", mix: PartnerMix = "unknown"
) -> tuple[ProductFlow, ...]:
    """Turn a flow whose partners are not known into flows that :func:`gather_content` puts together again.

    Parameters
    ----------
    table
        The table.
    whole
        The flow; its partner does not matter, and ``ANYONE`` says so.
    home
        Country whose trade it is.
    mix
        ``unknown``: every partner could have the whole of it, which gives the widest interval. ``table``:
        partners of each industry are those of home's trade in the table, an assumption to be named.

    Returns
    -------
    tuple of ProductFlow
        Labelled by industry in ``group`` where the mix is that of the table.

    Raises
    ------
    ModelInputError
        The table shows no trade of home in one of the industries.
    """
    flow, value, weights = whole.flow, whole.value, whole.weights
    partners = [country for country in table.countries if country != home]
    if mix == "unknown":
        return tuple(ProductFlow(flow, partner, value, weights) for partner in partners)
    exports, place = exports_by_partner(table), table.position(home)
    flows = []
    for industry in weights.shares:
        if flow == "export":
            shipped = exports[table.rows_of(home, industry)].sum(axis=0)
            traded = np.asarray([shipped[table.position(partner)] for partner in partners])
        else:
            traded = np.asarray([exports[table.rows_of(one, industry), place].sum() for one in partners])
        # A draw on inventories abroad can make a flow negative; it is no partner's share.
        traded = np.maximum(traded, 0.0)
        if not traded.any():
            raise ModelInputError(
                f"{home} has no {flow}s of {industry}, so the table gives no partners for it",
                where=table.name,
                remedy="Take the partners as unknown, or give the industry no weight",
            )
        only = IndustryWeights({industry: (1.0, 1.0)})
        flows += [
            ProductFlow(flow, partner, float(share) * value, only, industry)
            for partner, share in zip(partners, traded / traded.sum(), strict=True)
        ]
    return tuple(flows)


def gather_content(
    bounds: ContentBounds, flow: FlowKind, origin: str, weights: IndustryWeights, mix: PartnerMix
) -> Interval:
    """Put the content of a spread flow together again.

    Parameters
    ----------
    bounds
        What was measured of the flows of :func:`spread_flow`.
    flow, origin
        Which content.
    weights, mix
        As they were spread.

    Returns
    -------
    Interval
        In the unit that was measured.
    """
    rows = [row for row in bounds.rows if row.flow == flow and row.origin == origin]
    if mix == "unknown":
        return Interval(min(row.low for row in rows), max(row.high for row in rows))
    sums = [
        [sum(getattr(row, side) for row in rows if row.group == industry) for industry in weights.shares]
        for side in ("low", "high")
    ]
    low, high = (np.asarray([side]) for side in sums)
    return Interval(float(weights.extremes(low)[0][0]), float(weights.extremes(high)[1][0]))
