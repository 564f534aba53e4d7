"""What does the multi-sector world model say of a scenario? Caliendo & Parro, on their data of 1993."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.classifications.groups import GROUPS
from techbalance.classifications.sectors import GOODS, sector_of
from techbalance.errors import NotCoveredError, SchemaError
from techbalance.models.multi_sector import (
    FIRST_ORDER,
    MultiSectorBase,
    MultiSectorResult,
    MultiSectorShock,
    MultiSectorWorld,
    first_order_welfare,
    group_bounds,
    solve_base,
    solve_multi_sector,
)
from techbalance.models.uncertainty import Alternatives, Lognormal, Uncertain
from techbalance.models.validation import FloatArray
from techbalance.questions.whatif.assumptions import ERROR, ERROR_SPREAD, SOURCE, THETA, spread
from techbalance.questions.whatif.levers import HOME
from techbalance.questions.whatif.outcomes import RATIO, USD, WELFARE, Drawing, Outcome, Run, run_model
from techbalance.questions.whatif.worlds import (
    Equivalent,
    Regions,
    gross_product,
    refuse_foreign_to_worlds,
    sector_equivalent,
    whole_shocks,
)
from techbalance.questions.wording import percent
from techbalance.store import outside

if TYPE_CHECKING:
    from techbalance.models.uncertainty import Sample
    from techbalance.questions.parameters.whatif_scenario import Scenario
    from techbalance.questions.whatif.levers import Levers
    from techbalance.store.catalogue import Store

MODEL: Final = "multi-sector"
DRAWS: Final = 40
"""Fewer than of the other models: each draw solves a base and a counterfactual, a fifth of a second."""
FILE: Final = "models/cp2015_nafta.npz"
DATA_YEAR: Final = 1993
DEFICITS: Final = "deficits"
REST: Final = "Row"
MEAN_THETA: Final = 5.0
"""Mean trade elasticity of Fontagné, Guimbard & Orefice 2022, the same in all sectors."""
EXACT: Final = "exact change of real income"
NAMES: Final = {
    **{"ARG": "Argentina", "AUS": "Australia", "AUT": "Austria", "BRA": "Brazil", "CAN": "Canada"},
    **{"CHL": "Chile", "CHN": "China", "DNK": "Denmark", "FIN": "Finland", "FRA": "France"},
    **{"DEU": "Germany", "GRC": "Greece", "HUN": "Hungary", "IND": "India", "IDN": "Indonesia"},
    **{"IRL": "Ireland", "ITA": "Italy", "JPN": "Japan", "KOR": "Korea", "MEX": "Mexico"},
    **{"NLD": "Netherlands", "NZL": "New Zealand", "NOR": "Norway", "PRT": "Portugal"},
    **{"ZAF": "South Africa", "ESP": "Spain", "SWE": "Sweden", "TUR": "Turkey", "GBR": "UK", "USA": "USA"},
}

CODES: Final = {name: code for code, name in NAMES.items()} | {REST: "ROW"}


@dataclass(frozen=True, eq=False)
class Accounts:
    """Data of Caliendo & Parro.

    Parameters
    ----------
    world
        At their trade elasticities.
    tariff_new
        [sector, importer, exporter], tariffs after the agreement.
    """

    world: MultiSectorWorld
    tariff_new: FloatArray

    @cached_property
    def regions(self) -> Regions:
        """Regions, and which country is which."""
        return Regions(self.world.regions, NAMES, REST)

    def with_theta(self, theta: FloatArray) -> MultiSectorWorld:
        """The same world with other trade elasticities."""
        old = self.world
        return MultiSectorWorld(
            old.regions,
            old.sectors,
            old.trade_usd,
            old.tariff,
            old.intermediate_usd,
            old.final_usd,
            old.value_added_usd,
            theta,
        )


def read_accounts(store: Store) -> Accounts:
    """Read the data.

    Raises
    ------
    NotCoveredError
        The file is not held.
    SchemaError
        It is not this file.
    """
    path = outside.find(store, FILE, what="accounts of regions and sectors")
    try:
        with np.load(io.BytesIO(outside.read_bytes(path)), allow_pickle=False) as arrays:
            world = MultiSectorWorld(
                tuple(str(one) for one in arrays["regions"]),
                tuple(str(one) for one in arrays["sectors"]),
                arrays["trade"],
                arrays["tariff_base"],
                arrays["intermediate"],
                arrays["final_consumption"],
                arrays["value_added"],
                arrays["theta"],
            )
            return Accounts(world, np.asarray(arrays["tariff_new"], dtype=np.float64))
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile) as wrong:
        raise SchemaError("not a file of accounts as NumPy arrays", where=f"{path}: {wrong}") from wrong


def shock_of(
    scenario: Scenario, levers: Levers, data: Accounts, store: Store
) -> tuple[MultiSectorShock, Equivalent]:
    """Put a scenario as tariffs, costs and productivity by sector.

    Raises
    ------
    NotCoveredError
        It holds something this model does not, or changes nothing in it.
    """
    refuse_foreign_to_worlds(levers)
    world, regions = data.world, data.regions
    equal = sector_equivalent(levers, regions, store)
    home = world.regions.index(HOME)
    goods = [world.sectors.index(name) for name in GOODS]
    tariff, cost = np.array(world.tariff), np.ones(world.tariff.shape)
    for at, sector in enumerate(goods):
        tariff[sector, home] += equal.rate_change[at]
        cost[sector, home] = equal.cost_hat[at]
        tariff[sector, home, home], cost[sector, home, home] = 0.0, 1.0
    whole, productive = whole_shocks(scenario, regions, store)
    for one in whole:
        amount = one.shock.rate or one.shock.add or one.shock.change
        cells = np.ix_(goods, [one.importer], list(one.partners))
        if amount is not None and one.shock.kind == "tariff":
            tariff[cells] = amount.value if one.shock.rate else tariff[cells] + amount.value
        elif amount is not None:
            cost[cells] *= 1.0 + amount.value
    hat = np.ones((len(world.sectors), len(world.regions)))
    for place, value in productive.items():
        hat[:, place] = value
    same_tariff, same_cost = bool((tariff == world.tariff).all()), bool((cost == 1.0).all())
    if same_tariff and same_cost and not productive:
        raise NotCoveredError("nothing changes in it")
    shock = MultiSectorShock(
        tariff_new=None if same_tariff else tariff,
        trade_cost_hat=None if same_cost else cost,
        productivity_hat=hat if productive else None,
    )
    return shock, equal


@dataclass(frozen=True, eq=False)
class Reading:
    """Which figures are read off a solved world, in which order.

    Parameters
    ----------
    data
        The world.
    decomposed
        Whether the published-style decomposition has a meaning: tariffs alone.
    belongs
        [group, sector], where products of a technology group may lie; None for a published exercise.
    gdp
        To turn real income into dollars; None for a published exercise.
    """

    data: Accounts
    decomposed: bool
    belongs: FloatArray | None
    gdp: float | None

    def outcomes(self) -> tuple[Outcome, ...]:
        """Name every figure that ``read`` gives, in its order."""
        regions, found = self.data.world.regions, list[Outcome]()
        if self.belongs is not None:
            found += [Outcome(WELFARE, USD)] if self.gdp is not None else []
            found.append(Outcome("real_income", RATIO, note=EXACT))
            if self.decomposed:
                found += [
                    Outcome(name, RATIO, note=FIRST_ORDER)
                    for name in ("first_order_welfare", "terms_of_trade", "volume_of_trade")
                ]
            found += [Outcome(name, RATIO) for name in ("real_wage", "imports", "exports")]
            found += [
                Outcome("imports", RATIO, CODES.get(one, one), "partner") for one in regions if one != HOME
            ]
            for name in ("imports", "price_paid"):
                found += [Outcome(name, RATIO, one, "sector") for one in GOODS]
                for code in self._groups:
                    found += [
                        Outcome(name, RATIO, code, "group", is_bound="low"),
                        Outcome(name, RATIO, code, "group", is_bound="high"),
                    ]
        by_country = {"real_income": EXACT, "real_wage": ""}
        if self.decomposed:
            names = ("first_order_welfare", "terms_of_trade", "volume_of_trade")
            by_country |= dict.fromkeys(names, FIRST_ORDER)
        for name, note in by_country.items():
            found += [Outcome(name, RATIO, CODES.get(one, one), "country", note=note) for one in regions]
        return tuple(found)

    @property
    def _groups(self) -> tuple[str, ...]:
        assert self.belongs is not None  # noqa: S101 - narrows the type only
        return tuple(code for code, row in zip(GROUPS, self.belongs, strict=True) if row.any())

    def read(self, base: MultiSectorBase, solved: MultiSectorResult) -> FloatArray:
        """Read the figures of one solution."""
        first = first_order_welfare(base, solved) if self.decomposed else None
        parts: list[FloatArray] = []
        if self.belongs is not None:
            home = solved.regions.index(HOME)
            real = float(solved.real_income_hat[home] - 1.0)
            own = [real * self.gdp] if self.gdp is not None else []
            own.append(real)
            if first is not None:
                own += [
                    float(one[home]) for one in (first.total, first.terms_of_trade, first.volume_of_trade)
                ]
            own.append(float(solved.real_wage_hat[home] - 1.0))
            parts += [np.array(own), *self._of_home(base, solved, home)]
        parts += [solved.real_income_hat - 1.0, solved.real_wage_hat - 1.0]
        if first is not None:
            parts += [first.total, first.terms_of_trade, first.volume_of_trade]
        return np.concatenate(parts)

    def _of_home(self, base: MultiSectorBase, solved: MultiSectorResult, home: int) -> list[FloatArray]:
        """Trade and prices of the United States: whole, by partner, by sector, by group as bounds."""
        goods = [solved.sectors.index(name) for name in GOODS]
        away = np.arange(len(solved.regions)) != home
        old, new = base.trade_usd, solved.trade_usd
        flows = [
            new[:, home, away].sum() / old[:, home, away].sum() - 1.0,
            new[:, away, home].sum() / old[:, away, home].sum() - 1.0,
        ]
        by_partner = _ratios(new[:, home, away].sum(axis=0), old[:, home, away].sum(axis=0))
        imports = _ratios(new[goods, home][:, away].sum(axis=1), old[goods, home][:, away].sum(axis=1))
        parts = [np.array(flows), by_partner]
        for values in (imports, np.asarray(solved.price_hat[goods, home] - 1.0)):
            assert self.belongs is not None  # noqa: S101 - narrows the type only
            found = group_bounds(values, GOODS, self._groups, self.belongs[self.belongs.any(axis=1)])
            parts += [values, np.stack([found.low, found.high], axis=1).ravel()]
        return parts


def _ratios(new: FloatArray, old: FloatArray) -> FloatArray:
    return np.where(old > 0, new / np.where(old > 0, old, 1.0) - 1.0, 0.0)


def belongs_of(levers: Levers) -> FloatArray:
    """[group, sector], 1 where a product of the group is made in the sector."""
    found = np.zeros((len(GROUPS), len(GOODS)))
    codes = list(GROUPS)
    for code, group in zip(levers.imports.products, levers.imports.product_groups, strict=True):
        found[codes.index(group), GOODS.index(sector_of(code))] = 1.0
    return found


def _elasticities(scenario: Scenario, data: Accounts) -> tuple[list[Uncertain], str, list[str]]:
    """Trade elasticities by sector: as given, or Caliendo & Parro's against one mean, with an error."""
    given = scenario.assumptions.theta
    if given is not None:
        made, note = spread(THETA, given)
        return [made], f"theta {given}, as given", [note + " The same in all sectors."]
    own = data.world.theta
    if scenario.draws == 0:
        published = Alternatives(SOURCE, ("caliendo-parro",), (own,), source="Caliendo & Parro 2015")
        exact = Lognormal(ERROR, np.array(1.0), np.array(0.0))
        return (
            [published, exact],
            "caliendo-parro",
            ["Trade elasticities: Caliendo & Parro 2015 (99 % sample)."],
        )
    options = ("caliendo-parro", "one mean")
    choice = Alternatives(SOURCE, options, (own, np.full(own.shape, MEAN_THETA)), source=" or ".join(options))
    error = Lognormal(ERROR, np.array(1.0), np.array(ERROR_SPREAD), source="assumption")
    notes = [
        "Trade elasticities: by sector of Caliendo & Parro 2015 (99 % sample), or 5 in all sectors, the mean "
        "of Fontagné, Guimbard & Orefice 2022.",
        f"Assumed {ERROR}: log of theta with standard deviation {ERROR_SPREAD:.2g} (assumption).",
    ]
    return [choice, error], " / ".join(options), notes


def run_several_sectors(scenario: Scenario, levers: Levers | None, store: Store) -> Run:
    """Run the multi-sector model over a scenario.

    Raises
    ------
    NotCoveredError
        Its data are not held, or it cannot carry the scenario.
    ConvergenceError
        Fewer than 95 % of the draws solve.
    """
    published = any(shock.name == "nafta" for shock in scenario.shock)
    if levers is None and not published:
        raise NotCoveredError("the published exercise is one of one sector")
    data = read_accounts(store)
    notes = [
        f"World of {len(data.world.regions)} regions and {len(data.world.sectors)} sectors in {DATA_YEAR} "
        f"(Caliendo & Parro 2015; {FILE}): changes in percent, from the economy and the tariffs of that year."
    ]
    if levers is None:
        shock, reading = MultiSectorShock(tariff_new=data.tariff_new), Reading(data, True, None, None)
    else:
        shock, equal = shock_of(scenario, levers, data, store)
        gdp = gross_product(store, levers.imports.year, scenario.as_of)
        tariffs_alone = shock.trade_cost_hat is None and shock.productivity_hat is None
        reading = Reading(data, tariffs_alone, belongs_of(levers), gdp)
        notes += ["Rows of all are about the United States.", *_spread_words(equal, data)]
        if gdp is not None:
            notes.append(
                f"Welfare in dollars: exact change of real income times GDP of {levers.imports.year}."
            )
    if reading.decomposed:
        notes.append(
            f"Two welfare figures: real_income is the {EXACT}; first_order_welfare is as in the published "
            "tables (terms of trade plus volume of trade, base weights), and the two differ."
        )
    parameters, source, told = _elasticities(scenario, data)
    closures = scenario.closure.multi_sector.names[: 1 if scenario.draws == 0 else None]
    parameters.append(Alternatives(DEFICITS, closures, source="closure"))
    outcomes = reading.outcomes()

    def answer(sample: Sample) -> FloatArray:
        if THETA in sample.values:
            theta = np.full(data.world.theta.shape, sample.number(THETA))
        else:
            theta = sample.vector(SOURCE) * sample.number(ERROR)
        kept = "kept" if sample.choice(DEFICITS) == "kept" else "removed"
        base = solve_base(data.with_theta(theta), "kept" if kept == "kept" else "removed")
        return reading.read(base, solve_multi_sector(base, shock))

    drawing = Drawing(DRAWS if scenario.draws is None else scenario.draws, scenario.seed)
    sample, central, bars, failures = run_model(answer, outcomes, parameters, drawing)
    notes += [*told, f"Deficits: {' or '.join(closures)}."]
    notes += [f"{note.text[0].upper()}{note.text[1:]}." for note in data.world.notes]
    return Run(
        MODEL,
        outcomes,
        sample,
        central,
        bars,
        source,
        f"deficits {' / '.join(closures)}",
        tuple(notes),
        drawing.draws,
        failures,
    )


def _spread_words(equal: Equivalent, data: Accounts) -> list[str]:
    """Say what part of which sector is hit."""
    flat = np.argsort(-equal.covered, axis=None)[:3]
    cells = [np.unravel_index(int(place), equal.covered.shape) for place in flat]
    words = [
        f"{percent(float(equal.covered[cell]))} of {GOODS[cell[0]]} from {data.world.regions[cell[1]]} "
        f"({percent(float(equal.rate_change[cell]), 2)} on the mean tariff)"
        for cell in cells
        if equal.covered[cell] > 0
    ]
    if not words:
        return []
    return [f"Products are spread over their sectors by their part of all imports there: {'; '.join(words)}."]
