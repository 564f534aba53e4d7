"""What does a tariff do sector by sector, when sectors buy from each other and revenue is spent?

Caliendo & Parro (2015): many sectors, input-output links, ad valorem tariffs with revenue, trade deficits
kept or removed. Two welfare figures come out of one equilibrium and differ: the exact change of real income,
and the first-order decomposition that is usually printed; both are given, each under its own name.
"""

from techbalance.models.multi_sector.bounds import GroupBounds, group_bounds
from techbalance.models.multi_sector.decomposition import (
    FIRST_ORDER,
    INTEGRATED,
    WelfareDecomposition,
    first_order_welfare,
    integrated_welfare,
)
from techbalance.models.multi_sector.equilibrium import (
    DEFICITS,
    Deficits,
    MultiSectorBase,
    MultiSectorResult,
    solve_base,
    solve_multi_sector,
)
from techbalance.models.multi_sector.world import MultiSectorShock, MultiSectorWorld

__all__ = [
    "DEFICITS",
    "FIRST_ORDER",
    "INTEGRATED",
    "Deficits",
    "GroupBounds",
    "MultiSectorBase",
    "MultiSectorResult",
    "MultiSectorShock",
    "MultiSectorWorld",
    "WelfareDecomposition",
    "first_order_welfare",
    "group_bounds",
    "integrated_welfare",
    "solve_base",
    "solve_multi_sector",
]
