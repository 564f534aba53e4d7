"""What would the end or start of a trade agreement do, by estimated gravity? Answers ``whatif gravity``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from techbalance.errors import NotCoveredError, ParameterError
from techbalance.models.gravity import estimate_gravity, gravity_counterfactual
from techbalance.models.uncertainty import Triangular
from techbalance.models.validation import FloatArray
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.whatif_studies import GRAVITY, GravityParams
from techbalance.questions.supply.trade import partner_names
from techbalance.questions.whatif.answering import MODELLED
from techbalance.questions.whatif.assumptions import THETA, spread
from techbalance.questions.whatif.one_sector import MODEL, read_trade
from techbalance.questions.whatif.outcomes import RATIO, Drawing, Outcome, Run, run_model
from techbalance.questions.whatif.rows import ROWS, outcome_rows
from techbalance.questions.whatif.worlds import countries_named

if TYPE_CHECKING:
    from techbalance.models.gravity import GravityEstimate
    from techbalance.models.uncertainty import Sample
    from techbalance.questions.whatif.one_sector import TradeData
    from techbalance.store.catalogue import Store

AGREEMENT, BORDER = "agreement", "own country"
EFFECT: Final = "effect of an agreement on log trade"
ROOT_SIX: Final = 6.0**0.5
"""Half the width of a symmetric triangle over its standard deviation."""


def run(params: GravityParams, store: Store) -> Answer:
    """Answer ``whatif gravity``: the estimated effect, and real income and wages after the change."""
    data = read_trade(store, params.year.start if params.year else None)
    pairs = _pairs(params, store, data)
    estimate = _estimate(data)
    place = estimate.names.index(AGREEMENT)
    effect, error = float(estimate.coefficients[place]), float(estimate.standard_errors[place])
    drawn = Triangular(
        EFFECT,
        np.array(effect - ROOT_SIX * error),
        np.array(effect),
        np.array(effect + ROOT_SIX * error),
        source="estimate and its standard error",
    )
    theta, note = spread(THETA, params.theta)
    sign = -1.0 if "end" in params.change else 1.0
    change = sign * pairs.ravel()
    outcomes = (
        Outcome("agreement_effect", "log points"),
        *(
            Outcome(name, RATIO, one, "country")
            for name in ("real_income", "wage")
            for one in sorted(data.countries)
        ),
    )

    def answer(sample: Sample) -> FloatArray:
        size = sample.number(EFFECT)
        moved = np.array(estimate.coefficients)
        moved[place] = size
        solved = gravity_counterfactual(
            replace(estimate, coefficients=moved), {AGREEMENT: change}, theta=sample.number(THETA)
        )
        return np.concatenate([np.array([size]), solved.welfare_hat - 1.0, solved.wage_hat - 1.0])

    drawing = Drawing(params.draws, params.seed)
    sample, central, levers, _ = run_model(answer, outcomes, (drawn, theta), drawing)
    source = f"theta {params.theta or 'declared range'}"
    closure = "deficits multiplicative"
    found = Run(MODEL, outcomes, sample, central, levers, source, closure, draws=params.draws)
    names = partner_names(store)
    rows = outcome_rows([found], ("country",), params.top, lambda _, part: names.get(part))
    notes = (
        MODELLED,
        f"Gravity of {data.year}, {estimate.observations:,} pairs of {len(data.countries)} countries with "
        f"sales at home, by PPML with exporter and importer effects: an agreement goes with {effect:.3f} "
        f"(standard error {error:.3f}) on log trade. Distance is not in these data, so the effect takes in "
        "that members are near each other: read it as an upper end. One year's pattern is no proof of cause.",
        f"{int(pairs.sum())} flows lose or gain the agreement; drawn from the estimate's error over "
        f"{params.draws} draws (seed {params.seed}).",
        note,
    )
    return Answer(GRAVITY, params, store, pa.Table.from_pylist(rows, schema=ROWS), notes)


def _pairs(params: GravityParams, store: Store, data: TradeData) -> FloatArray:
    """[exporter, importer], 1 for the flows whose agreement ends or starts.

    Raises
    ------
    ParameterError
        Fewer than two countries, or none of their flows changes.
    NotCoveredError
        A country is none of the data's.
    """
    labels = countries_named(store, params.between) or []
    if len(labels) < 2:
        raise ParameterError("between: an agreement takes two countries", remedy="Write USA,MEX say")
    if outside := [one for one in labels if one not in data.countries]:
        raise NotCoveredError(f"{', '.join(outside)} is no country of its own in the trade of 44 countries")
    inside = np.isin(np.array(data.countries), labels)
    among = np.outer(inside, inside) & ~np.eye(inside.size, dtype=np.bool_)
    held = data.agreement > 0
    found = among & (held if "end" in params.change else ~held)
    if not found.any():
        state = "no agreement" if "end" in params.change else "an agreement already"
        raise ParameterError(f"between: these countries had {state} in {data.year}")
    return np.asarray(found, dtype=np.float64)


def _estimate(data: TradeData) -> GravityEstimate:
    size = len(data.countries)
    return estimate_gravity(
        np.repeat(np.array(data.countries), size).tolist(),
        np.tile(np.array(data.countries), size).tolist(),
        data.trade_usd.ravel(),
        {BORDER: np.eye(size).ravel(), AGREEMENT: data.agreement.ravel()},
    )
