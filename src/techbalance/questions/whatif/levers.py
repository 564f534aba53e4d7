"""What does a scenario ask of the imports? Tariffs, costs and quotas by row, subsidies by product."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from techbalance.errors import ParameterError
from techbalance.models.validation import BoolArray, FloatArray
from techbalance.questions.whatif.imports import hits
from techbalance.questions.wording import money, percent

if TYPE_CHECKING:
    from techbalance.questions.parameters.whatif_scenario import Scenario, Shock
    from techbalance.questions.whatif.imports import Hit, Imports

HOME = "USA"


@dataclass(eq=False)
class Levers:
    """A scenario spread over the imports of its year.

    Parameters
    ----------
    imports
        The base.
    tariff_base, tariff_new, cost_hat, quota_ratio
        By row of the imports.
    subsidy, supply_shift
        By product, of home makers.
    rent_to
        Who keeps the rent of quotas.
    notes
        What of the scenario the record does not cover.
    """

    imports: Imports
    tariff_base: FloatArray
    tariff_new: FloatArray
    cost_hat: FloatArray
    quota_ratio: FloatArray
    subsidy: FloatArray
    supply_shift: FloatArray
    rent_to: str = "importer"
    notes: list[str] = field(default_factory=list)
    set_by: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.set_by = np.zeros(self.tariff_new.shape)

    @classmethod
    def at_base(cls, imports: Imports) -> Levers:
        """Start with nothing changed."""
        rows, products = imports.value_usd.size, len(imports.products)
        return cls(
            imports,
            imports.base_rate.copy(),
            imports.base_rate.copy(),
            np.ones(rows),
            np.full(rows, np.inf),
            np.zeros(products),
            np.ones(products),
        )

    @cached_property
    def touched(self) -> BoolArray:
        """Rows of imports that something is asked of, by the scenario itself."""
        return np.asarray(
            (self.tariff_new != self.tariff_base) | (self.cost_hat != 1.0) | np.isfinite(self.quota_ratio)
        )

    @cached_property
    def products_hit(self) -> BoolArray:
        """Products in which anything changes."""
        hit = (self.subsidy != 0.0) | (self.supply_shift != 1.0)
        hit[np.unique(self.imports.product_place[self.touched])] = True
        return np.asarray(hit)

    def words(self) -> list[str]:
        """Say from which mean rate to which a tariff goes, so that a cut is not taken for a rise."""
        value = self.imports.value_usd
        rows = self.tariff_new != self.tariff_base
        if not rows.any():
            return []
        weight = value[rows] / value[rows].sum()
        base, new = (float((weight * rate[rows]).sum()) for rate in (self.tariff_base, self.tariff_new))
        words = (
            f"Tariff: mean rate on the {money(float(value[rows].sum()))} of imports whose rate changes goes "
            f"from {percent(base, 2)} to {percent(new, 2)}"
        )
        lower = value[rows & (self.tariff_new < self.tariff_base)].sum()
        if lower:
            words += (
                f"; it falls on {money(float(lower))} of them, where more than the new rate was collected"
            )
        return [words + "."]

    def put(self, shock: Shock) -> None:
        """Add one shock.

        Raises
        ------
        ParameterError
            Two tariffs set the rate of one row.
        UnknownCodeError, NotCoveredError, SchemaError
            As ``hits``.
        """
        found, notes = hits(shock, self.imports)
        self.notes += notes
        for hit in found:
            if shock.kind == "tariff":
                self._put_tariff(hit, shock)
            elif shock.kind == "trade-cost" and shock.change is not None:
                self.cost_hat[hit.rows] *= 1.0 + shock.change.value
            elif shock.kind == "quota" and shock.keep is not None:
                self.quota_ratio[hit.rows] = np.minimum(self.quota_ratio[hit.rows], shock.keep.value)
                self.rent_to = shock.rent_to
            else:
                self._put_home(hit, shock)

    def _put_tariff(self, hit: Hit, shock: Shock) -> None:
        rows = hit.rows
        if shock.from_rate.rate is not None:
            changed = self.tariff_new[rows] - self.tariff_base[rows]
            self.tariff_base[rows] = shock.from_rate.rate.value
            self.tariff_new[rows] = shock.from_rate.rate.value + changed
        if hit.rate is not None:
            if (self.set_by[rows] != 0).any():
                raise ParameterError(
                    "rate: two tariffs of the scenario set the rate of one product and partner",
                    where=hit.words,
                    remedy="Let one of them add, or leave the overlap out of one",
                )
            self.set_by[rows] = 1
            added = self.tariff_new[rows] - self.tariff_base[rows]
            self.tariff_new[rows] = hit.rate.value + added
        elif hit.add is not None:
            self.tariff_new[rows] += hit.add.value

    def _put_home(self, hit: Hit, shock: Shock) -> None:
        products = np.unique(self.imports.product_place[hit.rows])
        if shock.kind == "subsidy" and shock.rate is not None:
            self.subsidy[products] += shock.rate.value
        elif shock.kind == "capacity" and shock.change is not None:
            self.supply_shift[products] *= 1.0 + shock.change.value


def levers_of(scenario: Scenario, imports: Imports) -> tuple[Levers, list[str]]:
    """Spread every shock of a scenario that one country's imports can carry.

    Returns
    -------
    Levers, list of str
        And which shocks only a model of the world can carry.
    """
    levers = Levers.at_base(imports)
    left = []
    for number, shock in enumerate(scenario.shock, start=1):
        if shock.kind in ("productivity", "published"):
            left.append(f"shock {number} ({shock.kind}) is one of world models")
        elif shock.importer != HOME:
            left.append(f"shock {number} is about imports of {shock.importer}, which are not held by product")
        else:
            levers.put(shock)
    return levers, left
