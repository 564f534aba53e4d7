"""What would a country lose without trade? Answers ``whatif gains``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from techbalance.errors import NotCoveredError
from techbalance.models.exact_hat import OneSectorWorld
from techbalance.models.gains import GainsFromTrade, gains_by_sector, gains_one_sector
from techbalance.models.multi_sector import solve_base
from techbalance.models.uncertainty import Alternatives, Lognormal, Uncertain
from techbalance.models.validation import FloatArray
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.whatif_studies import GAINS, GainsParams
from techbalance.questions.supply.trade import partner_names
from techbalance.questions.whatif.answering import MODELLED
from techbalance.questions.whatif.assumptions import ERROR, ERROR_SPREAD, SOURCE, THETA, spread
from techbalance.questions.whatif.one_sector import read_trade
from techbalance.questions.whatif.outcomes import RATIO, Drawing, Outcome, Run, central_sample, run_model
from techbalance.questions.whatif.rows import ROWS, Row, null_row, outcome_rows
from techbalance.questions.whatif.several_sectors import CODES, DATA_YEAR, MEAN_THETA, read_accounts
from techbalance.questions.whatif.worlds import countries_named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from techbalance.models.uncertainty import Sample
    from techbalance.store.catalogue import Store

LOSS: Final = "loss_without_trade"
CLOSURE: Final = "closed to trade"
ABOUT: Final = (
    "Loss of real income from closing to all trade, as a part of real income with trade (Arkolakis, "
    "Costinot & Rodríguez-Clare 2012; Costinot & Rodríguez-Clare 2014)."
)


@dataclass(frozen=True)
class Case:
    """One model's losses, and what they are drawn over."""

    model: str
    losses: Callable[[Sample], GainsFromTrade]
    parameters: tuple[Uncertain, ...]
    countries: tuple[str, ...]
    source: str
    notes: tuple[str, ...]


def run(params: GainsParams, store: Store) -> Answer:
    """Answer ``whatif gains``: the loss from closing to trade, country by country, the largest first.

    A country without own supply in a sector it buys from has no bound to its loss: null with a note.
    """
    wanted = countries_named(store, params.country)
    names = partner_names(store)
    models = ("one-sector", "multi-sector") if "all" in params.model else params.model.names
    rows: list[Row] = []
    notes: list[str] = []
    left = []
    for model in models:
        try:
            made, undefined = _SOLVE[model](params, store, wanted)
        except NotCoveredError as absent:
            left.append(f"Left out: the {model} model. {absent}")
            continue
        shown = outcome_rows([made], ("country",), params.top, lambda _, part: names.get(part))
        rows += [*shown, *({**row, "part_name": names.get(row["part"])} for row in undefined)]
        notes += [f"{model}: {note}" for note in made.notes]
    if not rows:
        raise NotCoveredError("no model can answer this", where=" ".join(left))
    ranges = (
        f"Low, central and high are the 5th, 50th and 95th of 100 draws in order ({params.draws} draws, seed "
        f"{params.seed})."
    )
    table = pa.Table.from_pylist(rows, schema=ROWS)
    return Answer(GAINS, params, store, table, (MODELLED, ABOUT, ranges, *notes, *left))


def _one_sector(params: GainsParams, store: Store, wanted: Sequence[str] | None) -> tuple[Run, list[Row]]:
    data = read_trade(store)
    theta, note = spread(THETA, params.theta)
    share = np.diagonal(OneSectorWorld(data.countries, data.trade_usd, 1.0).import_share)

    def losses(sample: Sample) -> GainsFromTrade:
        return gains_one_sector(share, sample.number(THETA), countries=data.countries)

    notes = (f"Home share of spending in {data.year} (WIOD, 44 countries).", note)
    source = f"theta {params.theta or 'declared range'}"
    case = Case("one-sector", losses, (theta,), data.countries, source, notes)
    return _solved(case, params, wanted)


def _several(params: GainsParams, store: Store, wanted: Sequence[str] | None) -> tuple[Run, list[Row]]:
    data = read_accounts(store)
    own = data.world.theta
    parameters: tuple[Uncertain, ...]
    if params.theta is None:
        options = ("caliendo-parro", "one mean")
        parameters = (
            Alternatives(SOURCE, options, (own, np.full(own.shape, MEAN_THETA)), source=" or ".join(options)),
            Lognormal(ERROR, np.array(1.0), np.array(ERROR_SPREAD), source="assumption"),
        )
        source = " / ".join(options)
        note = (
            f"Trade elasticities of Caliendo & Parro 2015 or {MEAN_THETA:g} in all sectors (mean of "
            f"Fontagné, Guimbard & Orefice 2022), log error {ERROR_SPREAD:.2g} (assumption)."
        )
    else:
        theta, note = spread(THETA, params.theta)
        parameters, source = (theta,), f"theta {params.theta}"
    # Shares at home are those of the data solved once at their own elasticities.
    share = np.diagonal(solve_base(data.world, "kept").import_share, axis1=1, axis2=2)
    countries = tuple(CODES.get(name, name) for name in data.world.regions)

    def losses(sample: Sample) -> GainsFromTrade:
        if THETA in sample.values:
            theta_of = np.full(own.shape, sample.number(THETA))
        else:
            theta_of = sample.vector(SOURCE) * sample.number(ERROR)
        return gains_by_sector(
            share,
            data.world.final_share,
            theta_of,
            countries=countries,
            sectors=data.world.sectors,
            io_share=data.world.io_share,
        )

    notes = (f"Home shares of 40 sectors in {DATA_YEAR}, inputs counted (Caliendo & Parro 2015).", note)
    return _solved(Case("multi-sector", losses, parameters, countries, source, notes), params, wanted)


_SOLVE: Final = {"one-sector": _one_sector, "multi-sector": _several}


def _solved(case: Case, params: GainsParams, wanted: Sequence[str] | None) -> tuple[Run, list[Row]]:
    """Draw the countries with a bounded loss; the others, and those not in the data, are rows of nulls."""
    countries = case.countries
    at_centre = case.losses(central_sample(case.parameters))
    unbounded = np.ma.getmaskarray(at_centre.gain_ratio)
    asked = countries if wanted is None else tuple(wanted)
    kept = [at for at, one in enumerate(countries) if one in asked and not unbounded[at]]
    outcomes = tuple(Outcome(LOSS, RATIO, countries[at], "country") for at in kept)

    def answer(sample: Sample) -> FloatArray:
        return np.asarray(case.losses(sample).gain_ratio[kept], dtype=np.float64)

    drawing = Drawing(params.draws, params.seed)
    nothing = np.zeros((1, 0))
    found = Run(case.model, (), nothing, nothing[0], (), case.source, CLOSURE, case.notes, params.draws)
    if kept:
        sample, central, levers, _ = run_model(answer, outcomes, case.parameters, drawing)
        found = replace(found, outcomes=outcomes, sample=sample, central=central, levers=levers)
    undefined = []
    for one in asked:
        if one not in countries:
            reason = "not_covered: no country of its own in this model's data"
        elif unbounded[countries.index(one)]:
            reason = "unbounded: nothing of its own in a sector, so closing to trade would cost any sum"
        else:
            continue
        undefined.append(null_row(found, Outcome(LOSS, RATIO, one, "country", note=reason)))
    return found, undefined
