"""One shock's rows: the whole, groups, and the products that hurt most, in whole dollars that add up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from techbalance.classifications.groups import ALL_GROUPS
from techbalance.models.price_effect import SIGMA_FLOOR, PriceEffect, pooled_price_effect, price_effect
from techbalance.questions.selection import REST

if TYPE_CHECKING:
    from techbalance.models.elasticities import MaskedFloats
    from techbalance.models.stress import SupplierFlows, SupplierLoss
    from techbalance.models.validation import BoolArray
    from techbalance.questions.supply.drawn import ProductElasticities
    from techbalance.questions.supply.trade import Supply

REASONS: Final = {
    "no_trade": "no_trade: nothing of this is imported",
    "sole_supplier": "sole_supplier: nothing is left to buy, so the price has no bound",
    "no_elasticity": "no_elasticity: no source has one for this product or its headings",
    "elasticity_near_one": f"elasticity_near_one: with sigma not above {SIGMA_FLOOR} the effect has no bound",
}
UNKNOWN_EFFECT: Final = "no_price_effect: none of the products that lose something has one"
EFFECTS: Final = ("price_effect", "price_effect_low", "price_effect_high")
MANY_PRODUCTS: Final = "no_single_price: these are many products; a larger --top shows each"
Row = dict[str, Any]


@dataclass(frozen=True)
class Stressed:
    """Everything a row of the answer is made from.

    Parameters
    ----------
    supply, flows
        The trade, and the year's matrix of it.
    elasticities
        Of the products, drawn.
    loss
        What the shock does.
    """

    supply: Supply
    flows: SupplierFlows
    elasticities: ProductElasticities
    loss: SupplierLoss

    @property
    def sigma(self) -> MaskedFloats:
        """Draws of each product's elasticity."""
        return self.elasticities.drawn.sigma

    @cached_property
    def effect(self) -> PriceEffect:
        """Price effect of each product."""
        return price_effect(self.loss.lost_share, self.sigma)

    def level_rows(self, level: str, top: int) -> list[Row]:
        """Rows of one level, what hurts most first."""
        if level == "product":
            return self._product_rows(top)
        groups = self._groups() if level == "group" else [ALL_GROUPS] * len(self.flows.products)
        pooled = pooled_price_effect(self.loss.lost_share, self.sigma, self.loss.imports_usd, groups)
        rows = []
        for place, group in enumerate(pooled.groups):
            inside = np.array([name == group for name in groups])
            effects = dict(zip(EFFECTS, (pooled.central, pooled.low, pooled.high), strict=True))
            row = {
                **self._sums(inside),
                "level": level,
                "group": group,
                "group_name": self.supply.item_names(level).get(group, group),
                **{name: _plain(values, place) for name, values in effects.items()},
                "covered_share": _plain(pooled.covered_share, place),
            }
            if row["price_effect"] is None or not self._is_known(inside):
                row |= dict.fromkeys((*EFFECTS, "covered_share"))
                row["note"] = self.elasticities.why_none or UNKNOWN_EFFECT
            rows.append(row)
        return sorted(rows, key=lambda row: (-row["shortfall_usd"], -row["loss_usd"], row["group"]))

    def _is_known(self, inside: BoolArray) -> bool:
        """Whether a product that loses something has an effect: those that lose nothing say nothing."""
        lost = inside & (self.loss.loss_usd > 0)
        return not lost.any() or bool((lost & ~np.ma.getmaskarray(self.effect.high)).any())

    def _product_rows(self, top: int) -> list[Row]:
        effect = self.effect
        hit = self.loss.hardest_hit(top)
        medians = np.median(np.ma.filled(self.sigma, np.nan), axis=0)
        rows = []
        for place in hit:
            reason = effect.reason[place]
            why = REASONS[reason] if reason else None
            if reason == "no_elasticity":
                why = self.elasticities.why_none or why
            product = self.flows.products[place]
            rows.append(
                {
                    **self._sums(np.arange(len(self.flows.products)) == place),
                    "level": "product",
                    "group": self.supply.group_of.get(product),
                    "product": product,
                    "product_name": self.supply.product_names.get(product),
                    "price_effect": _plain(effect.central, place),
                    "price_effect_low": _plain(effect.low, place),
                    "price_effect_high": _plain(effect.high, place),
                    "sigma": None if np.isnan(medians[place]) else float(medians[place]),
                    "sigma_from": self.elasticities.found[place],
                    "note": why,
                }
            )
        rest = np.ones(len(self.flows.products), dtype=bool)
        rest[list(hit)] = False
        if rest.any():
            name = f"all other products ({int(rest.sum()):,})"
            rows.append(
                {
                    **self._sums(rest),
                    "level": "product",
                    "product": REST,
                    "product_name": name,
                    "note": MANY_PRODUCTS,
                }
            )
        return rows

    def _sums(self, inside: BoolArray) -> Row:
        """Money of some products, whole dollars that add up."""
        loss, recovered, short = self.loss.in_whole_dollars()
        low, high = (0, len(self.loss.capacity) - 1)
        imports = float(self.loss.imports_usd[inside].sum())
        lost = int(loss[inside].sum())
        return {
            self.supply.amount: round(imports),
            "loss_usd": lost,
            "recovered_usd": int(recovered[low, inside].sum()),
            "shortfall_usd": int(short[low, inside].sum()),
            "recovered_high_usd": int(recovered[high, inside].sum()),
            "shortfall_low_usd": int(short[high, inside].sum()),
            "lost_share": lost / imports if imports else None,
            "capacity_basis": self.loss.capacity_basis,
        }

    def _groups(self) -> list[str]:
        return [self.supply.group_of[product] for product in self.flows.products]


def _plain(values: MaskedFloats, place: int) -> float | None:
    return None if np.ma.getmaskarray(values)[place] else float(values[place])
