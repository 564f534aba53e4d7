"""What would a tariff, a subsidy, a quota or new capacity do to one product's suppliers, prices and buyers?

Armington partial equilibrium with imperfect supply (Armington 1969; Hallren & Riker 2017), for any number of
products and suppliers at once. Wages, incomes and the prices of other products are held fixed.
"""

from techbalance.models.partial_equilibrium.equilibrium import solve_partial_equilibrium
from techbalance.models.partial_equilibrium.market import Market, Policy, add_home_variety, home_value
from techbalance.models.partial_equilibrium.result import (
    HELD_FIXED,
    PartialEquilibriumResult,
    ProductOutcomes,
    SupplierOutcomes,
)

__all__ = [
    "HELD_FIXED",
    "Market",
    "PartialEquilibriumResult",
    "Policy",
    "ProductOutcomes",
    "SupplierOutcomes",
    "add_home_variety",
    "home_value",
    "solve_partial_equilibrium",
]
