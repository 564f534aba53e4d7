"""What comes out of a partial equilibrium, by row, by product and by supplier?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.models.validation import frozen

if TYPE_CHECKING:
    from techbalance.models.validation import BoolArray, FloatArray, IntArray, MaskedFloats, Note

HELD_FIXED: Final = (
    "partial equilibrium: wages, incomes, exports and the prices of other products are held fixed; "
    "buyers have no income effects"
)


@dataclass(frozen=True, eq=False)
class ProductOutcomes:
    """One entry per product; US dollars, changes are new less old, a gain is positive.

    Attributes
    ----------
    price_index_hat, quantity_hat
        Of the product as a whole, new over old.
    compensating_variation_usd
        What buyers gain. With no income effects it is at once the compensating and the equivalent variation
        and the area under the demand curve, -E (P^(1+eta) - 1)/(1 + eta).
    revenue_change_usd, subsidy_cost_change_usd
        Of the home government: tariffs collected; subsidies paid to home rows.
    home_surplus_change_usd, foreign_surplus_change_usd
        Of producers. Capacity given by ``supply_shift`` is not charged to anyone.
    quota_rent_usd
        Total rent; ``national_rent_usd`` is the part that stays in the country.
    welfare_usd
        National: compensating variation + revenue - subsidies + home producers' surplus + national rent.
    imports_base_usd, imports_new_usd
        At customs value, with rents that go to exporters.
    trade_creation_usd
        Change of the volume of imports at base prices; negative where trade is destroyed.
    trade_diversion_usd
        Volume that moves from some foreign suppliers to others, at base prices, 0 or above: the smaller of
        what gainers gain and losers lose.
    """

    products: tuple[str, ...]
    price_index_hat: FloatArray
    quantity_hat: FloatArray
    compensating_variation_usd: FloatArray
    revenue_change_usd: FloatArray
    subsidy_cost_change_usd: FloatArray
    home_surplus_change_usd: FloatArray
    foreign_surplus_change_usd: FloatArray
    quota_rent_usd: FloatArray
    national_rent_usd: FloatArray
    welfare_usd: FloatArray
    imports_base_usd: FloatArray
    imports_new_usd: FloatArray
    trade_creation_usd: FloatArray
    trade_diversion_usd: FloatArray


@dataclass(frozen=True, eq=False)
class SupplierOutcomes:
    """One entry per supplier, summed over products; US dollars at customs value.

    ``balance_change_usd`` is the change of the importer's balance with the supplier: exports are held fixed,
    so it is minus the change of imports, and 0 for the home variety.
    """

    suppliers: tuple[str, ...]
    value_base_usd: FloatArray
    value_new_usd: FloatArray
    revenue_base_usd: FloatArray
    revenue_new_usd: FloatArray
    balance_change_usd: FloatArray


@dataclass(frozen=True, eq=False)
class PartialEquilibriumResult:
    """A solved market, one entry per row (product, supplier).

    Attributes
    ----------
    producer_price_hat, consumer_price_hat, quantity_hat
        New over old; masked where the base flow is zero, because nothing is there to change. The producer
        price is the market price before tariff and without subsidy.
    consumer_value_base_usd, consumer_value_new_usd
        What buyers pay, tariff and rent included.
    customs_value_base_usd, customs_value_new_usd
        What the supplier receives in the market (with the rent, where it goes to the exporter).
    revenue_base_usd, revenue_new_usd
        Tariffs.
    subsidy_base_usd, subsidy_new_usd
        Paid to the producer on top of the market price.
    producer_surplus_change_usd
        New less old; 0 where supply is infinitely elastic.
    quota_binds, quota_rent_usd
        Whether the quota limits the quantity, and the rent it creates.
    balance_change_usd
        Minus the change of imports at customs value; 0 for home rows.
    zero_flow
        Rows without base value; their values stay 0.
    by_product
        ``ProductOutcomes``.
    closure
        What is held fixed.
    residual, iterations
        Largest gap between supply and demand (as a price, in logs) and of the price index; Newton steps.
    """

    product: tuple[str, ...]
    supplier: tuple[str, ...]
    home: BoolArray
    producer_price_hat: MaskedFloats
    consumer_price_hat: MaskedFloats
    quantity_hat: MaskedFloats
    consumer_value_base_usd: FloatArray
    consumer_value_new_usd: FloatArray
    customs_value_base_usd: FloatArray
    customs_value_new_usd: FloatArray
    revenue_base_usd: FloatArray
    revenue_new_usd: FloatArray
    subsidy_base_usd: FloatArray
    subsidy_new_usd: FloatArray
    producer_surplus_change_usd: FloatArray
    quota_binds: BoolArray
    quota_rent_usd: FloatArray
    balance_change_usd: FloatArray
    zero_flow: BoolArray
    by_product: ProductOutcomes
    closure: str
    residual: float
    iterations: int
    notes: tuple[Note, ...]

    def by_supplier(self) -> SupplierOutcomes:
        """Add the rows of each supplier up over products, in order of first appearance."""
        positions: dict[str, int] = {}
        place: IntArray = np.array(
            [positions.setdefault(name, len(positions)) for name in self.supplier], dtype=np.int64
        )

        def total(values: FloatArray) -> FloatArray:
            return frozen(np.asarray(np.bincount(place, weights=values), dtype=np.float64))

        return SupplierOutcomes(
            suppliers=tuple(positions),
            value_base_usd=total(self.customs_value_base_usd),
            value_new_usd=total(self.customs_value_new_usd),
            revenue_base_usd=total(self.revenue_base_usd),
            revenue_new_usd=total(self.revenue_new_usd),
            balance_change_usd=total(self.balance_change_usd),
        )
