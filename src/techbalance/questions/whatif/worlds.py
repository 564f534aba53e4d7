"""How does a scenario about products become a change of tariffs and costs in a model of the world?

The models know regions and broad sectors, not products. What is hit is spread over everything the importer
buys there: the change of a tariff is weighted by the part of imports it applies to.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from techbalance.classifications.sectors import GOODS, sector_of
from techbalance.errors import NotCoveredError, SchemaError
from techbalance.indicators import periods
from techbalance.models.validation import FloatArray, IntArray
from techbalance.questions.parameters.texts import PartnerRef
from techbalance.questions.selection import chosen_partners, labelled_partners
from techbalance.questions.supply.trade import labels_of
from techbalance.questions.whatif.levers import HOME
from techbalance.store import outside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techbalance.questions.parameters.texts import AsOf
    from techbalance.questions.parameters.whatif_scenario import Scenario, Shock
    from techbalance.questions.whatif.levers import Levers
    from techbalance.store.catalogue import Store

ALL_IMPORTS: Final = "trade/us_imports_hts10_country_2024_2025.csv.gz"
HOME_NAMES: Final = ("usa", "united states", "us")
_COLUMNS: Final = {
    "YEAR": pa.int64(),
    "CTY_CODE": pa.string(),
    "I_COMMODITY": pa.string(),
    "CON_VAL_YR": pa.int64(),
    "CAL_DUT_YR": pa.int64(),
}


@dataclass(frozen=True)
class Regions:
    """Regions of a model.

    Parameters
    ----------
    names
        As the model labels them.
    of
        Region of each ISO3 code that is one of its own.
    rest
        Region of all others.
    """

    names: tuple[str, ...]
    of: Mapping[str, str]
    rest: str

    def places(self, partners: Sequence[str]) -> IntArray:
        """Place of each partner's region."""
        position = {name: at for at, name in enumerate(self.names)}
        return np.array([position[self.of.get(one, self.rest)] for one in partners], dtype=np.int64)

    def own(self, store: Store, ref: PartnerRef | None) -> list[int]:
        """Places of partners that are regions of their own; every foreign region where none is named.

        Raises
        ------
        NotCoveredError
            A partner is part of the rest of the world in this model.
        """
        labels = countries_named(store, ref)
        if labels is None:
            return list(range(len(self.names)))
        inside = [one for one in labels if one not in self.of]
        if inside:
            raise NotCoveredError(
                f"{', '.join(inside)} is no region of its own in this model, but part of {self.rest}"
            )
        return [self.names.index(self.of[one]) for one in labels]


def countries_named(store: Store, ref: PartnerRef | None) -> list[str] | None:
    """ISO3 codes of countries, the United States among them if named; None for all.

    Raises
    ------
    UnknownCodeError
        Nobody knows one of them.
    """
    if ref is None:
        return None
    words = [word.strip() for name in ref for word in name.split(",")]
    at_home = [word for word in words if word.casefold() in HOME_NAMES]
    others = PartnerRef((", ".join(word for word in words if word not in at_home),)) if at_home else ref
    found = {HOME} if at_home else set[str]()
    if len(at_home) < len(words):
        members = chosen_partners(store, others)
        if members is None:
            return None
        found |= labels_of(store, members)
    return sorted(found)


@dataclass(frozen=True, eq=False)
class Equivalent:
    """A scenario as the world model sees it, [sector, partner region], of imports of the United States.

    Parameters
    ----------
    base_rate
        Duty over all imports.
    rate_change
        Change of the mean tariff.
    cost_hat
        Change of the mean cost of delivery.
    covered
        Part of imports from the region that is hit.
    """

    base_rate: FloatArray
    rate_change: FloatArray
    cost_hat: FloatArray
    covered: FloatArray


def refuse_foreign_to_worlds(levers: Levers) -> None:
    """Refuse what no world model here holds.

    Raises
    ------
    NotCoveredError
        Quotas, or subsidies and capacity at home.
    """
    if np.isfinite(levers.quota_ratio).any():
        raise NotCoveredError("it holds no quotas")
    if levers.subsidy.any() or (levers.supply_shift != 1.0).any():
        raise NotCoveredError("it holds no subsidies to producers and no capacity")


def all_imports_by_partner(store: Store, year: int, as_of: AsOf | None) -> dict[str, tuple[float, float]]:
    """Imports for consumption and duty by partner, all goods, from the record."""
    found: dict[str, tuple[float, float]] = {}
    for name in ("trade", "trade_outside_list"):
        rows = periods.up_to(store.table(name), as_of.day if as_of else None)
        rows = rows.filter(lambda row: (row.year == year) & (row.flow == "import"))
        rows = rows.filter(lambda row: row.vintage == row.vintage.max())
        rows = labelled_partners(rows, store)
        sums = rows.group_by("partner").aggregate(value=rows.consumption_usd.sum(), duty=rows.duty_usd.sum())
        for row in store.fetch_rows(sums):
            value, duty = found.get(row["partner"], (0.0, 0.0))
            found[row["partner"]] = (value + row["value"], duty + row["duty"])
    return found


def one_sector_equivalent(levers: Levers, regions: Regions, as_of: AsOf | None) -> Equivalent:
    """Spread a scenario over all goods from each region."""
    imports = levers.imports
    totals = all_imports_by_partner(imports.store, imports.year, as_of)
    partners = sorted(totals)
    place = regions.places(partners)
    sums = np.zeros((2, 1, len(regions.names)))
    for at, one in zip(place.tolist(), partners, strict=True):
        sums[:, 0, at] += totals[one]
    value, duty = sums
    rows = np.zeros(imports.value_usd.size, dtype=np.int64)
    return _equivalent(levers, rows, regions.places(imports.partner), value, duty)


def sector_equivalent(levers: Levers, regions: Regions, store: Store) -> Equivalent:
    """Spread a scenario over all goods of each sector and region.

    Raises
    ------
    NotCoveredError
        Imports of all products are not held: without them the part that is hit is not known.
    """
    imports = levers.imports
    value, duty = all_imports_by_sector(store, imports.year, regions)
    sectors = np.array([GOODS.index(sector_of(code)) for code in imports.products])
    return _equivalent(levers, sectors[imports.product_place], regions.places(imports.partner), value, duty)


def _equivalent(
    levers: Levers, sector: IntArray, region: IntArray, value: FloatArray, duty: FloatArray
) -> Equivalent:
    hit = levers.imports.value_usd
    safe = np.where(value > 0, value, 1.0)

    def mean(change: FloatArray) -> FloatArray:
        found: FloatArray = np.zeros(value.shape)
        np.add.at(found, (sector, region), hit * change)
        return np.where(value > 0, found / safe, 0.0)

    return Equivalent(
        base_rate=np.where(value > 0, duty / safe, 0.0),
        rate_change=mean(levers.tariff_new - levers.tariff_base),
        cost_hat=1.0 + mean(levers.cost_hat - 1.0),
        covered=mean(levers.touched.astype(np.float64)),
    )


def all_imports_by_sector(store: Store, year: int, regions: Regions) -> tuple[FloatArray, FloatArray]:
    """Imports for consumption and duty, [sector, region], all goods, from the user's folder.

    Raises
    ------
    NotCoveredError
        The file is not held, or not for the year.
    SchemaError
        It lacks a column.
    """
    path = outside.find(
        store, ALL_IMPORTS, what="imports of all products, which say what part of a sector is hit,"
    )
    try:
        table = arrow_csv.read_csv(
            pa.CompressedInputStream(io.BytesIO(outside.read_bytes(path)), "gzip"),
            convert_options=arrow_csv.ConvertOptions(include_columns=list(_COLUMNS), column_types=_COLUMNS),
        )
    except (pa.ArrowException, OSError, KeyError) as wrong:
        raise SchemaError("imports of all products cannot be read", where=f"{path}: {wrong}") from wrong
    table = table.filter(pc.equal(table["YEAR"], year))
    if not table.num_rows:
        raise NotCoveredError(f"imports of all products are not held for {year}", where=str(path))
    heading = pc.utf8_slice_codeunits(table["I_COMMODITY"], 0, 4)
    sums = table.append_column("heading", heading).group_by(["heading", "CTY_CODE"])
    rows = sums.aggregate([("CON_VAL_YR", "sum"), ("CAL_DUT_YR", "sum")])
    book = store.table("partners").select("code", "iso3")
    iso3 = {row["code"]: row["iso3"] or row["code"] for row in store.fetch_rows(book)}
    sector = np.array([GOODS.index(sector_of(code)) for code in rows["heading"].to_pylist()])
    region = regions.places([iso3.get(code, code) for code in rows["CTY_CODE"].to_pylist()])
    shape = (len(GOODS), len(regions.names))
    value, duty = np.zeros(shape), np.zeros(shape)
    np.add.at(value, (sector, region), rows["CON_VAL_YR_sum"].to_numpy())
    np.add.at(duty, (sector, region), rows["CAL_DUT_YR_sum"].to_numpy())
    return value, duty


@dataclass(frozen=True, eq=False)
class WholeShock:
    """A shock to everything a region buys or makes, for models of the world only.

    Parameters
    ----------
    shock
        As the scenario has it.
    importer, partners
        Places of regions; partners without the importer.
    """

    shock: Shock
    importer: int
    partners: tuple[int, ...]


def whole_shocks(
    scenario: Scenario, regions: Regions, store: Store
) -> tuple[list[WholeShock], dict[int, float]]:
    """Collect what only a world model carries: other importers' shocks, and productivity by region.

    Raises
    ------
    NotCoveredError
        A shock of another importer is about products, or about a country that is no region of its own.
    """
    found: list[WholeShock] = []
    productivity: dict[int, float] = {}
    for shock in scenario.shock:
        if shock.kind == "productivity" and shock.change is not None:
            for place in regions.own(store, shock.country):
                productivity[place] = productivity.get(place, 1.0) * (1.0 + shock.change.value)
        elif shock.kind in ("tariff", "trade-cost") and shock.importer != HOME:
            if shock.product or shock.group or shock.list or shock.schedule:
                raise NotCoveredError(
                    f"what part of the imports of {shock.importer} the products of a shock are is not held",
                    remedy="Leave group, product, list and schedule out of it, which puts it on all goods",
                )
            if shock.importer not in regions.of:
                raise NotCoveredError(f"{shock.importer} is no region of its own in this model")
            importer = regions.names.index(regions.of[shock.importer])
            partners = tuple(place for place in regions.own(store, shock.partner) if place != importer)
            found.append(WholeShock(shock, importer, partners))
    return found, productivity


def gross_product(store: Store, year: int, as_of: AsOf | None) -> float | None:
    """Gross domestic product of the United States, dollars of the year; None where not held."""
    rows = periods.up_to(store.table("macro"), as_of.day if as_of else None)
    rows = rows.filter(
        lambda row: (row.series == "gdp_usd") & (row.country == HOME) & (row.year == year)
    ).order_by(rows.vintage.desc())
    for row in store.fetch_rows(rows.limit(1)):
        return float(row["value"])
    return None
