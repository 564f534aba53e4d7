"""What does the one-sector world model say of a scenario? Exact hat algebra on trade of 44 countries."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import NotCoveredError, SchemaError
from techbalance.models.exact_hat import (
    OneSectorResult,
    OneSectorShock,
    OneSectorWorld,
    remove_deficits,
    solve_exact_hat,
)
from techbalance.models.uncertainty import Alternatives
from techbalance.models.validation import FloatArray
from techbalance.questions.whatif.assumptions import THETA, spread
from techbalance.questions.whatif.levers import HOME
from techbalance.questions.whatif.outcomes import RATIO, USD, WELFARE, Drawing, Outcome, Run, run_model
from techbalance.questions.whatif.worlds import (
    Regions,
    gross_product,
    one_sector_equivalent,
    refuse_foreign_to_worlds,
    whole_shocks,
)
from techbalance.questions.wording import percent
from techbalance.store import outside

if TYPE_CHECKING:
    from techbalance.models.uncertainty import Sample
    from techbalance.questions.parameters.whatif_scenario import Scenario
    from techbalance.questions.whatif.levers import Levers
    from techbalance.store.catalogue import Store

MODEL: Final = "one-sector"
DRAWS: Final = 300
FILE: Final = "models/dek_wiod44.npz"
PUBLISHED_YEAR: Final = 2000
DEFICITS: Final = "deficits"
MILLION: Final = 1e6
REST: Final = "ROW"


@dataclass(frozen=True, eq=False)
class TradeData:
    """Trade of 44 countries in one year.

    Parameters
    ----------
    countries
        Labels: ISO3, and the rest of the world.
    year
        Of the trade.
    trade_usd
        [exporter, importer], sales at home included.
    new_pair
        [exporter, importer], 1 where a pair became one of members of the European Union; of the published
        exercise.
    agreement
        [exporter, importer], 1 where a trade agreement was in force.
    beta
        Effect of a new pair on the log of trade, in the published exercise.
    """

    countries: tuple[str, ...]
    year: int
    trade_usd: FloatArray
    new_pair: FloatArray
    agreement: FloatArray
    beta: float


def read_trade(store: Store, year: int | None = None) -> TradeData:
    """Read the trade of one year, the newest where none is named.

    Raises
    ------
    NotCoveredError
        The file is not held.
    SchemaError
        It is not this file.
    """
    path = outside.find(store, FILE, what="trade of countries with themselves and each other")
    try:
        with np.load(io.BytesIO(outside.read_bytes(path)), allow_pickle=False) as arrays:
            years = arrays["years"].tolist()
            place = years.index(year) if year else int(np.argmax(years))
            return TradeData(
                tuple(str(one) for one in arrays["countries"]),
                int(years[place]),
                np.asarray(arrays["trade"][place], dtype=np.float64) * MILLION,
                np.asarray(arrays["new_eu_pair_2000"], dtype=np.float64),
                np.asarray(arrays["fta"][place], dtype=np.float64),
                float(arrays["cost_shift_beta"]),
            )
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile) as wrong:
        raise SchemaError("not a file of trade as NumPy arrays", where=f"{path}: {wrong}") from wrong


@dataclass(frozen=True, eq=False)
class Change:
    """What changes in the world, [exporter, importer]; productivity by country."""

    tariff_base: FloatArray
    tariff_new: FloatArray
    cost_hat: FloatArray
    productivity: FloatArray
    words: tuple[str, ...]

    def shock(self) -> OneSectorShock:
        """As the model takes it."""
        return OneSectorShock(
            trade_cost_hat=None if (self.cost_hat == 1.0).all() else self.cost_hat,
            tariff_new=None if (self.tariff_new == self.tariff_base).all() else self.tariff_new,
            productivity_hat=None if (self.productivity == 1.0).all() else self.productivity,
        )


def change_of(scenario: Scenario, levers: Levers, data: TradeData) -> Change:
    """Put a scenario as tariffs, costs and productivity of countries.

    Raises
    ------
    NotCoveredError
        It holds something this model does not, or changes nothing in it.
    """
    refuse_foreign_to_worlds(levers)
    store = levers.imports.store
    own = {one: one for one in data.countries if one != REST}
    regions = Regions(data.countries, own, REST)
    equal = one_sector_equivalent(levers, regions, scenario.as_of)
    size, home = len(data.countries), data.countries.index(HOME)
    base, cost = np.zeros((size, size)), np.ones((size, size))
    base[:, home] = equal.base_rate[0]
    base[home, home] = 0.0
    new = base.copy()
    new[:, home] += equal.rate_change[0]
    cost[:, home] = equal.cost_hat[0]
    # A partner's own label can be the importer's (goods returned): its row at home stays as it is.
    new[home, home], cost[home, home] = 0.0, 1.0
    whole, productive = whole_shocks(scenario, regions, store)
    for one in whole:
        partners = list(one.partners)
        amount = one.shock.rate or one.shock.add or one.shock.change
        if amount is None:
            continue
        if one.shock.kind == "tariff":
            new[partners, one.importer] += amount.value
        else:
            cost[partners, one.importer] *= 1.0 + amount.value
    hat = np.ones(size)
    for place, value in productive.items():
        hat[place] = value
    if (new == base).all() and (cost == 1.0).all() and (hat == 1.0).all():
        raise NotCoveredError("nothing changes in it")
    hit = equal.covered[0]
    words = tuple(
        f"{percent(float(hit[at]))} of goods from {data.countries[at]} "
        f"({percent(float(equal.rate_change[0][at]), 2)} on their mean tariff)"
        for at in np.argsort(-hit)[:3]
        if hit[at] > 0
    )
    return Change(base, new, cost, hat, words)


def published_change(data: TradeData, theta: float) -> Change:
    """The published exercise: trade of new pairs of members rises by exp(beta), as a fall of their cost."""
    zero = np.zeros(data.trade_usd.shape)
    cost = np.exp(-data.beta * data.new_pair / theta)
    return Change(zero, zero, cost, np.ones(len(data.countries)), ())


def run_one_sector(scenario: Scenario, levers: Levers | None, store: Store) -> Run:
    """Run the one-sector model over a scenario.

    Raises
    ------
    NotCoveredError
        Its data are not held, or it cannot carry the scenario.
    ConvergenceError
        Fewer than 95 % of the draws solve.
    """
    published = any(shock.name == "eu-enlargement" for shock in scenario.shock)
    if levers is None and not published:
        raise NotCoveredError("the published exercise is one of many sectors")
    data = read_trade(store, PUBLISHED_YEAR if published else None)
    change = None if levers is None else change_of(scenario, levers, data)
    gdp = None if levers is None else gross_product(store, levers.imports.year, scenario.as_of)
    theta, theta_note = spread(THETA, scenario.assumptions.theta)
    closures = scenario.closure.one_sector.names[: 1 if scenario.draws == 0 else None]
    deficits = Alternatives(DEFICITS, closures, source="closure")
    outcomes = _outcomes(data.countries, published=published, gdp=gdp)

    def answer(sample: Sample) -> FloatArray:
        elasticity = sample.number(THETA)
        moved = change if change is not None else published_change(data, elasticity)
        world = OneSectorWorld(data.countries, data.trade_usd, elasticity, moved.tariff_base)
        closure = sample.choice(DEFICITS)
        if closure == "removed":
            world, closure = remove_deficits(world), "additive"
        solved = solve_exact_hat(
            world, moved.shock(), closure="additive" if closure == "additive" else "multiplicative"
        )
        return _figures(world, solved, published=published, gdp=gdp)

    drawing = Drawing(DRAWS if scenario.draws is None else scenario.draws, scenario.seed)
    sample, central, bars, failures = run_model(answer, outcomes, (theta, deficits), drawing)
    notes = [
        f"World of {len(data.countries)} countries, trade of {data.year} with sales at home (WIOD; {FILE}); "
        "changes are solved, so that levels of trade costs are not needed.",
        theta_note,
        f"Deficits: {' or '.join(closures)}.",
        *(["Rows of all are about the United States."] if not published else []),
    ]
    if change is not None and change.words:
        notes.append(
            f"All goods are one sector, so the scenario is spread over them: {'; '.join(change.words)}."
        )
        notes.append("Base tariffs: those collected by the United States; of other countries 0, not held.")
    if gdp is not None and levers is not None:
        notes.append(f"Welfare in dollars: change of real income times GDP of {levers.imports.year}.")
    return Run(
        MODEL,
        outcomes,
        sample,
        central,
        bars,
        f"theta {scenario.assumptions.theta or 'declared range'}",
        f"deficits {' / '.join(closures)}",
        tuple(notes),
        drawing.draws,
        failures,
    )


def _outcomes(countries: tuple[str, ...], *, published: bool, gdp: float | None) -> tuple[Outcome, ...]:
    found = []
    if not published:
        found = [Outcome(WELFARE, USD)] if gdp is not None else []
        found += [Outcome(name, RATIO) for name in ("real_income", "real_wage", "imports", "exports")]
        found += [Outcome("imports", RATIO, one, "partner") for one in countries if one != HOME]
    for name in ("real_income", "wage"):
        found += [Outcome(name, RATIO, one, "country") for one in countries]
    return tuple(found)


def _figures(
    world: OneSectorWorld, solved: OneSectorResult, *, published: bool, gdp: float | None
) -> FloatArray:
    own: list[float] = []
    partners: FloatArray = np.zeros(0)
    if not published:
        home = world.countries.index(HOME)
        away = np.arange(len(world.countries)) != home
        real = float(solved.welfare_hat[home] - 1.0)
        bought = solved.trade_usd[away, home].sum() / world.trade_usd[away, home].sum() - 1.0
        sold = solved.trade_usd[home, away].sum() / world.trade_usd[home, away].sum() - 1.0
        own = [real * gdp] if gdp is not None else []
        own += [real, float(solved.real_wage_hat[home] - 1.0), float(bought), float(sold)]
        old, new = world.trade_usd[away, home], solved.trade_usd[away, home]
        partners = np.where(old > 0, new / np.where(old > 0, old, 1.0) - 1.0, 0.0)
    return np.concatenate([np.array(own), partners, solved.welfare_hat - 1.0, solved.wage_hat - 1.0])
