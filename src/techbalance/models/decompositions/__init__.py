"""What moved a value between two years? Exact decompositions: the parts add to the change (METHODS B)."""

from techbalance.models.decompositions.cells import Cells
from techbalance.models.decompositions.constant_share import ConstantShare, constant_market_share
from techbalance.models.decompositions.log_mean import (
    LogMeanEffects,
    logarithmic_mean_effects,
    two_factors,
)
from techbalance.models.decompositions.margins import (
    EntryExit,
    MarketMargins,
    Survival,
    entry_exit,
    market_margins,
    spells,
    survival,
)
from techbalance.models.decompositions.price_quantity import (
    FEWEST_OBSERVATIONS,
    Indices,
    Items,
    PriceQuantity,
    outlying,
    price_indices,
    price_quantity,
)
from techbalance.models.decompositions.products import product_of_two
from techbalance.models.decompositions.rounding import whole_dollars
from techbalance.models.decompositions.shift_share import ShiftShare, shift_share

__all__ = [
    "FEWEST_OBSERVATIONS",
    "Cells",
    "ConstantShare",
    "EntryExit",
    "Indices",
    "Items",
    "LogMeanEffects",
    "MarketMargins",
    "PriceQuantity",
    "ShiftShare",
    "Survival",
    "constant_market_share",
    "entry_exit",
    "logarithmic_mean_effects",
    "market_margins",
    "outlying",
    "price_indices",
    "price_quantity",
    "product_of_two",
    "shift_share",
    "spells",
    "survival",
    "two_factors",
    "whole_dollars",
]
