"""What must be known of a world with many sectors, and which changes can be put to it?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.validation import (
    FloatArray,
    Note,
    frozen,
    name_some,
    numbers,
    refuse_where,
    unique_labels,
)

IMBALANCE_LIMIT: Final = 1e-3
"""Part of world output by which the accounts may contradict each other and still be rebalanced."""
NEGATIVE_CELL_LIMIT: Final = 0.01
"""A negative intermediate cell up to this part of the user's output comes from compilation, and is kept."""


@dataclass(frozen=True, eq=False)
class MultiSectorWorld:
    """Trade, tariffs and production accounts of all regions in one year.

    Parameters
    ----------
    regions, sectors
        Labels.
    trade_usd
        [sector, importer, exporter], US dollars before tariff, with sales at home on the diagonal. A zero
        flow stays zero under every shock; a zero own share is legal.
    tariff
        [sector, importer, exporter], base ad valorem rates as fractions, above -1, 0 at home.
    intermediate_usd
        [input sector, using sector, region], US dollars. A negative cell within 1 % of the user's output is
        kept and named; a larger one is refused.
    final_usd, value_added_usd
        [sector, region], US dollars, not negative.
    theta
        [sector], trade elasticities, above 0.

    Attributes
    ----------
    io_share, va_share
        [input, user, region] and [sector, region], parts of the user's costs; together they sum to 1.
    final_share
        [sector, region], parts of final spending; sums to 1 over sectors.
    deficit_usd
        [region], imports less exports, before tariff.
    imbalance_ratio
        Costs against sales and income against spending, summed without sign, as a part of world output; the
        larger of the two. Solving the base removes it.

    Raises
    ------
    ModelInputError
        A flow or account that is negative beyond the rule above; theta not above 0; a rate at or below -1; a
        region that spends in a sector without any supplier; sales of a sector without costs; a region without
        value added; an imbalance above 0.1 % of world output.
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    trade_usd: FloatArray
    tariff: FloatArray
    intermediate_usd: FloatArray
    final_usd: FloatArray
    value_added_usd: FloatArray
    theta: FloatArray
    io_share: FloatArray = field(init=False)
    va_share: FloatArray = field(init=False)
    final_share: FloatArray = field(init=False)
    deficit_usd: FloatArray = field(init=False)
    imbalance_ratio: float = field(init=False)
    notes: tuple[Note, ...] = field(init=False)

    def __post_init__(self) -> None:
        regions, sectors = unique_labels("regions", self.regions), unique_labels("sectors", self.sectors)
        flows, cells, accounts = (sectors, regions, regions), (sectors, sectors, regions), (sectors, regions)
        trade = numbers("trade_usd", self.trade_usd, flows)
        refuse_where(trade < 0, "trade_usd", "must not be negative", flows, values=trade)
        tariff = checked_tariff("tariff", self.tariff, self)
        intermediate = numbers("intermediate_usd", self.intermediate_usd, cells)
        final = numbers("final_usd", self.final_usd, accounts)
        refuse_where(final < 0, "final_usd", "must not be negative", accounts, values=final)
        added = numbers("value_added_usd", self.value_added_usd, accounts)
        refuse_where(added < 0, "value_added_usd", "must not be negative", accounts, values=added)
        empty = added.sum(axis=0) <= 0
        refuse_where(empty, "value_added_usd", "must be positive in the sum of a region", (regions,))
        theta = numbers("theta", self.theta, (sectors,))
        refuse_where(theta <= 0, "theta", "must be above 0", (sectors,), values=theta)
        for name, value in (
            ("regions", regions),
            ("sectors", sectors),
            ("trade_usd", trade),
            ("tariff", tariff),
            ("intermediate_usd", intermediate),
            ("final_usd", final),
            ("value_added_usd", added),
            ("theta", theta),
        ):
            object.__setattr__(self, name, value)
        self._derive()

    def _derive(self) -> None:
        costs = self.value_added_usd + self.intermediate_usd.sum(axis=0)
        accounts = (self.sectors, self.regions)
        sales = self.trade_usd.sum(axis=1)
        refuse_where(
            (costs <= 0) & (sales > 0), "trade_usd", "shows sales of a sector without costs", accounts
        )
        spending = self.trade_usd.sum(axis=2)
        used = self.final_usd + np.abs(self.intermediate_usd).sum(axis=1)
        refuse_where(
            (spending == 0) & (used > 0),
            "trade_usd",
            "shows no supplier for a sector in which the region spends",
            accounts,
            values=used,
            remedy="Give the sector a supplier, at home or abroad, or set the spending to zero",
        )
        safe = np.where(costs > 0, costs, 1.0)
        negative = self._negative_cells(safe)
        deficit = spending.sum(axis=0) - sales.sum(axis=0)
        revenue = (self.trade_usd * self.tariff).sum(axis=(0, 2))
        income = self.value_added_usd.sum(axis=0) + revenue + deficit
        refuse_where(
            income <= 0, "final_usd", "leaves a region no income to spend", (self.regions,), values=income
        )
        world = float(sales.sum())
        imbalance = max(
            float(np.abs(costs - sales).sum()) / world,
            float(np.abs(self.final_usd.sum(axis=0) - income).sum()) / world,
        )
        if imbalance > IMBALANCE_LIMIT:
            raise ModelInputError(
                f"the accounts contradict each other by {imbalance:.2%} of world output, "
                f"above {IMBALANCE_LIMIT:.1%}",
                where="fields trade_usd, intermediate_usd, value_added_usd and final_usd",
                remedy="Costs must equal sales by sector, and income (value added, tariffs, deficit) "
                "the final spending of a region",
            )
        derived = {
            "io_share": self.intermediate_usd / safe,
            "va_share": self.value_added_usd / safe,
            "final_share": self.final_usd / self.final_usd.sum(axis=0),
            "deficit_usd": deficit,
        }
        for name, array in derived.items():
            object.__setattr__(self, name, frozen(array))
        object.__setattr__(self, "imbalance_ratio", imbalance)
        object.__setattr__(self, "notes", (*negative, *self._zero_flows()))

    def _negative_cells(self, costs: FloatArray) -> tuple[Note, ...]:
        cells = (self.sectors, self.sectors, self.regions)
        part = self.intermediate_usd / costs
        refuse_where(
            part < -NEGATIVE_CELL_LIMIT,
            "intermediate_usd",
            f"must not be negative beyond {NEGATIVE_CELL_LIMIT:.0%} of the user's output",
            cells,
            values=self.intermediate_usd,
        )
        places = np.argwhere(part < 0)
        if not places.size:
            return ()
        names = tuple(
            f"{self.sectors[k]} used by {self.sectors[j]} in {self.regions[n]}" for k, j, n in places.tolist()
        )
        return (Note("negative_cell", f"kept as given though negative: {name_some(names)}", names),)

    def _zero_flows(self) -> tuple[Note, ...]:
        notes = []
        zero = int((self.trade_usd == 0).sum())
        if zero:
            notes.append(Note("zero_flow", f"{zero} of {self.trade_usd.size} flows are zero and stay zero"))
        own = np.diagonal(self.trade_usd, axis1=1, axis2=2)
        bare = np.argwhere((own == 0) & (self.trade_usd.sum(axis=2) > 0))
        if bare.size:
            names = tuple(f"{self.sectors[j]} in {self.regions[n]}" for j, n in bare.tolist())
            notes.append(Note("zero_own_share", f"nothing is bought at home: {name_some(names)}", names))
        return tuple(notes)


@dataclass(frozen=True, eq=False)
class MultiSectorShock:
    """What changes. A field left at None does not.

    Parameters
    ----------
    tariff_new
        [sector, importer, exporter], new ad valorem rates as fractions, above -1, 0 at home; the revenue is
        spent by the importer.
    trade_cost_hat
        [sector, importer, exporter], new iceberg cost over old, above 0; infinity closes a route.
    productivity_hat
        [sector, region], new output per bundle of inputs over old, above 0.
    """

    tariff_new: FloatArray | None = None
    trade_cost_hat: FloatArray | None = None
    productivity_hat: FloatArray | None = None

    def against(
        self, world: MultiSectorWorld, tariff_base: FloatArray
    ) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
        """Return the change of delivered cost apart from input prices (log), new tariffs, kinds of shock.

        ``tariff_base`` holds the rates in force before the shock, which need not be those of the data.

        Raises
        ------
        ModelInputError
            A change is not above 0, a rate at or below -1, the wrong shape, or a region is left without any
            supplier of a sector in which it spends.
        """
        flows = (world.sectors, world.regions, world.regions)
        log_cost: FloatArray = np.zeros(world.trade_usd.shape)
        tariff, kinds = tariff_base, []
        if self.tariff_new is not None:
            tariff = checked_tariff("tariff_new", self.tariff_new, world)
            log_cost += np.log1p(tariff) - np.log1p(tariff_base)
            kinds.append("ad valorem tariff with revenue")
        if self.trade_cost_hat is not None:
            cost = numbers("trade_cost_hat", self.trade_cost_hat, flows, allow_infinite=True)
            refuse_where(cost <= 0, "trade_cost_hat", "must be above 0", flows, values=cost)
            log_cost += np.log(cost)
            left = (np.isfinite(cost) & (world.trade_usd > 0)).any(axis=2)
            cut = ~left & (world.trade_usd.sum(axis=2) > 0)
            refuse_where(
                cut, "trade_cost_hat", "leaves a region without any supplier", (world.sectors, world.regions)
            )
            kinds.append("iceberg trade cost, no revenue")
        if self.productivity_hat is not None:
            hat = numbers("productivity_hat", self.productivity_hat, (world.sectors, world.regions))
            refuse_where(
                hat <= 0, "productivity_hat", "must be above 0", (world.sectors, world.regions), values=hat
            )
            log_cost -= np.log(hat)[:, None, :]
            kinds.append("productivity")
        return log_cost, tariff, tuple(kinds) or ("none",)


def checked_tariff(name: str, rates: FloatArray, world: MultiSectorWorld) -> FloatArray:
    """Return ad valorem rates over [sector, importer, exporter], each above -1 and 0 at home.

    Raises
    ------
    ModelInputError
        A rate at or below -1, or a tariff on one's own goods.
    """
    flows = (world.sectors, world.regions, world.regions)
    tariff = numbers(name, rates, flows)
    refuse_where(tariff <= -1, name, "must be above -1 (a rate above -100 %)", flows, values=tariff)
    own = np.diagonal(tariff, axis1=1, axis2=2)
    refuse_where(own != 0, name, "must be 0 at home", flows[:2], values=own)
    return tariff
