"""Could a temporary subsidy pay back through learning? Answers ``whatif learning``: a thought experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from techbalance.errors import ConvergenceError
from techbalance.models.learning import (
    PARAMETERS,
    THOUGHT_EXPERIMENT,
    LearningScenario,
    find_break_even,
    run_learning,
)
from techbalance.models.uncertainty import Triangular, Uncertain
from techbalance.models.validation import FloatArray
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.whatif_scenario import Shock
from techbalance.questions.parameters.whatif_studies import LEARNING, LearningParams
from techbalance.questions.parameters.whatif_texts import Span
from techbalance.questions.whatif.assumptions import DEMAND, DOMESTIC, SIGMA, spread
from techbalance.questions.whatif.imports import hits, read_imports
from techbalance.questions.whatif.outcomes import (
    RATIO,
    USD,
    Drawing,
    Outcome,
    Run,
    central_sample,
    run_model,
)
from techbalance.questions.whatif.rows import ROWS, TORNADO, Row, quantiles, tornado_rows, whole_row
from techbalance.questions.wording import money, percent

if TYPE_CHECKING:
    from techbalance.models.uncertainty import Sample
    from techbalance.questions.whatif.imports import Imports
    from techbalance.store.catalogue import Store

MODEL: Final = "learning"
LINKED: Final = "linked inventing"
YEARS: Final = "years"
EXPLODES: Final = "sales and experience feed each other without bound"
NEVER: Final = -1.0
# The parameters whose break-even is looked for, and where.
SEARCHED: Final = {
    "learning_rate": (0.0, 0.4),
    "spillover": (0.0, 1.0),
    "forgetting": (0.0, 0.9),
    "foreign_weight": (0.0, 1.0),
    "subsidy": (0.01, 0.5),
}
OUTCOMES: Final = (
    Outcome("net_present_value", USD),
    Outcome("gains_of_buyers", USD),
    Outcome("gains_of_inventing", USD),
    Outcome("subsidy_cost", USD),
    Outcome("benefit_cost", RATIO),
    Outcome("pay_back_year", RATIO),
)


def run(params: LearningParams, store: Store) -> Answer:
    """Answer ``whatif learning``: present value, when it pays back, and at which parameters it just does."""
    imports = read_imports(store, params.year, params.as_of)
    (hit,), notes = hits(
        Shock(kind="subsidy", rate=params.rate, group=params.group, product=params.product), imports
    )
    bought = float((imports.value_usd + imports.duty_usd)[hit.rows].sum())
    linked, linked_note, lineage = _linked(params, imports, bought)
    parameters, told = _parameters(params)
    parameters.append(linked)

    def answer(sample: Sample) -> FloatArray:
        return _figures(_scenario(params, bought, sample))

    drawing = Drawing(params.draws, params.seed)
    sample, central, levers, _ = run_model(answer, OUTCOMES, parameters, drawing)
    source = f"sigma {params.sigma or 'declared range'}"
    found = Run(MODEL, OUTCOMES, sample, central, levers, source, "prices abroad fixed", draws=params.draws)
    if params.tornado:
        table = pa.Table.from_pylist(tornado_rows([found], "net_present_value"), schema=TORNADO)
    else:
        centre = _scenario(params, bought, central_sample(parameters))
        table = pa.Table.from_pylist([*_rows(found), *_break_even_rows(found, centre)], schema=ROWS)
    share = float((sample[:, -1] != NEVER).mean())
    head = [
        f"Modelled: {THOUGHT_EXPERIMENT}.",
        f"It pays back within {params.horizon} years in {percent(share, 0)} of {params.draws} draws (seed "
        f"{params.seed}); low, central and high are the 5th, 50th and 95th of 100 in order.",
        f"Base: {money(bought)} of imports with duty in {imports.year}, {hit.words}; spending is that over "
        "one less the domestic share.",
    ]
    return Answer(
        LEARNING, params, store, table, (*head, *notes, *told, linked_note), (imports.lineage, *lineage)
    )


def _parameters(params: LearningParams) -> tuple[list[Uncertain], list[str]]:
    made: list[Uncertain] = []
    notes = []
    for name, given in ((SIGMA, params.sigma), (DEMAND, params.demand), (DOMESTIC, params.domestic_share)):
        one, note = spread(name, given)
        made.append(one)
        notes.append(note)
    for known in PARAMETERS:
        given = getattr(params, known.name)
        span = given or Span(known.low, known.central, known.high)
        reason = "as given" if given else f"{known.basis}: {known.source}"
        made.append(_triangular(known.name, span, reason))
        notes.append(f"Assumed {known.name} ({known.unit}): {_short(span)} ({reason})")
    return made, notes


def _triangular(name: str, span: Span, reason: str) -> Triangular:
    middle = 0.5 * (span.low + span.high) if span.central is None else span.central
    return Triangular(name, np.array(span.low), np.array(middle), np.array(span.high), source=reason)


def _short(span: Span) -> str:
    ends = dict.fromkeys(f"{end:.3g}" for end in (span.low, span.central, span.high) if end is not None)
    return ":".join(ends)


def _linked(
    params: LearningParams, imports: Imports, bought: float
) -> tuple[Triangular, str, tuple[Lineage, ...]]:
    """Value of the inventing that lives off making: as given, or a share of receipts for its property."""
    if params.linked is not None:
        span = params.linked
        middle = 0.5 * (span.low + span.high) if span.central is None else span.central
        made = Triangular(
            LINKED, np.array(span.low), np.array(middle), np.array(span.high), source="as given"
        )
        return made, f"Assumed {LINKED}: {span} dollars a year (as given).", ()
    store = imports.store
    rows = store.table("ip_charges").filter(
        lambda row: (row.country == "USA") & (row.flow == "receipts") & (row.year <= imports.year)
    )
    if params.as_of is not None:
        day = params.as_of.day
        rows = rows.filter(lambda row: row.vintage <= day)
    rows = rows.order_by([rows.year.desc(), rows.vintage.desc()]).limit(1)
    (row,) = store.fetch_rows(rows)
    share = bought / float((imports.value_usd + imports.duty_usd).sum())
    value = float(row["value_usd"]) * share
    reason = (
        f"assumption: none to twice the part of US receipts for intellectual property in {row['year']} that "
        f"these imports have in all technology imports, {percent(share)}"
    )
    made = _triangular(LINKED, Span(0.0, value, 2 * value), reason)
    lineage = Lineage(
        "ip_charges", rows, "receipts, of which a share is taken as the inventing linked to making"
    )
    return (
        made,
        f"Assumed {LINKED}: $0 to {money(2 * value)} a year, {money(value)} at the centre ({reason}).",
        (lineage,),
    )


def _scenario(params: LearningParams, bought: float, sample: Sample) -> LearningScenario:
    share = sample.number(DOMESTIC)
    return LearningScenario(
        spending_usd=bought / (1.0 - share),
        home_share=share,
        sigma=sample.number(SIGMA),
        demand_elasticity=sample.number(DEMAND),
        subsidy=params.rate.value,
        subsidy_years=params.years,
        years=params.horizon,
        foreign_output_ratio=(1.0 - share) / share,
        linked_usd=sample.number(LINKED),
        **{one.name: sample.number(one.name) for one in PARAMETERS},
    )


def _figures(scenario: LearningScenario) -> FloatArray:
    """Present values of one draw.

    Raises
    ------
    ConvergenceError
        Experience and sales feed each other until no number holds them.
    """
    try:
        with np.errstate(over="raise", invalid="raise"):
            path = run_learning(scenario)
    except (FloatingPointError, OverflowError) as wrong:
        raise ConvergenceError(EXPLODES, residual=float("inf"), iterations=scenario.years) from wrong
    discount = (1.0 + scenario.discount_rate) ** -path.year
    gain, linked, paid = (
        float((discount * flow).sum())
        for flow in (path.buyers_gain_usd, path.spillover_gain_usd, path.subsidy_cost_usd)
    )
    ratio = path.benefit_cost_ratio
    year = NEVER if path.pay_back_year is None else float(path.pay_back_year)
    return np.array([gain + linked - paid, gain, linked, paid, 0.0 if ratio is None else ratio, year])


def _rows(found: Run) -> list[Row]:
    """The outcomes with their range; the pay-back year over the draws that have one."""
    rows = [whole_row(found, place) for place in range(len(OUTCOMES) - 2)]
    ratio = whole_row(found, len(OUTCOMES) - 2)
    if not found.sample[:, 3].any():
        ratio |= {"low": None, "central": None, "high": None, "note": "zero_denominator: nothing is paid"}
    rows.append({**ratio, "unit": "benefits over costs"})
    years = found.sample[:, -1]
    pays = years[years != NEVER]
    share: dict[str, Any] = {
        **whole_row(found, 0),
        "outcome": "pays_back",
        "unit": RATIO,
        "low": None,
        "central": float(pays.size / years.size),
        "high": None,
        "note": "part of the draws in which gains outweigh costs at the horizon",
    }
    year = {**share, "outcome": "pay_back_year", "unit": YEARS}
    if pays.size:
        low, central, high = quantiles(pays)
        year |= {"low": low, "central": central, "high": high, "note": "over the draws that pay back"}
    else:
        year |= {"central": None, "note": "undefined: no draw pays back"}
    return [*rows, share, year]


def _break_even_rows(found: Run, centre: LearningScenario) -> list[Row]:
    """Where each parameter, all others at their centre, makes the subsidy just pay back."""
    rows = []
    for name, (low, high) in SEARCHED.items():
        try:
            with np.errstate(over="raise", invalid="raise"):
                one = find_break_even(centre, name, low, high)
        except (FloatingPointError, OverflowError):
            rows.append(_break_even(found, name, None, f"undefined: {EXPLODES} inside {low:g} to {high:g}"))
            continue
        words = {
            "never": f"it pays back nowhere from {low:g} to {high:g}, the others at their centre",
            "always": f"it pays back everywhere from {low:g} to {high:g}, the others at their centre",
            "crossing": f"it pays back {'above' if one.rises else 'below'}, the others at their centre",
        }
        rows.append(_break_even(found, name, one.value, words[one.reason]))
    return rows


def _break_even(found: Run, name: str, value: float | None, note: str) -> Row:
    nulls = {"low": None, "central": value, "high": None, "unit": RATIO}
    return {**whole_row(found, 0), "outcome": "break_even", "part": name, **nulls, "note": note}
