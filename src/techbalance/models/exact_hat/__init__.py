"""What would a tariff, a trade cost or a productivity change do to wages, trade and real income?

Exact hat algebra with one sector (Dekle, Eaton & Kortum 2007, 2008): changes are solved from trade shares and
one trade elasticity, so that no level of productivity or trade cost has to be known.
"""

from techbalance.models.exact_hat.equilibrium import (
    CLOSURES,
    OneSectorResult,
    remove_deficits,
    solve_exact_hat,
)
from techbalance.models.exact_hat.payments import Closure
from techbalance.models.exact_hat.world import OneSectorShock, OneSectorWorld, tariff_as_iceberg

__all__ = [
    "CLOSURES",
    "Closure",
    "OneSectorResult",
    "OneSectorShock",
    "OneSectorWorld",
    "remove_deficits",
    "solve_exact_hat",
    "tariff_as_iceberg",
]
