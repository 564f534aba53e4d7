"""What is lost when suppliers fail, what is made good, and what becomes dearer? Answers ``stress``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from techbalance.models.price_effect import SIGMA_FLOOR
from techbalance.models.stress import removed_shares, staged_shares, supplier_loss
from techbalance.models.worst_case import Harm, WorstCase, worst_case
from techbalance.questions.answer import Answer
from techbalance.questions.dependence import asked_years
from techbalance.questions.parameters.dependence import STRESS, StressParams
from techbalance.questions.supply.drawn import Sampling, drawn_elasticities
from techbalance.questions.supply.flows import supplier_flows, suppliers_named
from techbalance.questions.supply.stressed import Stressed
from techbalance.questions.supply.trade import Supply, supply_of
from techbalance.questions.wording import money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.models.stress import SupplierFlows
    from techbalance.models.validation import FloatArray
    from techbalance.store.catalogue import Store

TYPES: Final = {
    "stage": pa.int16(),
    "without": pa.string(),
    "level": pa.string(),
    "group": pa.string(),
    "group_name": pa.string(),
    "product": pa.string(),
    "product_name": pa.string(),
    "imports_usd": pa.int64(),
    "consumption_usd": pa.int64(),
    "loss_usd": pa.int64(),
    "recovered_usd": pa.int64(),
    "shortfall_usd": pa.int64(),
    "price_effect": pa.float64(),
    "shortfall_low_usd": pa.int64(),
    "recovered_high_usd": pa.int64(),
    "price_effect_low": pa.float64(),
    "price_effect_high": pa.float64(),
    "capacity_basis": pa.string(),
    "capacity": pa.string(),
    "lost_share": pa.float64(),
    "sigma": pa.float64(),
    "sigma_from": pa.string(),
    "covered_share": pa.float64(),
    "bound_usd": pa.int64(),
    "is_exact": pa.bool_(),
    "year": pa.int16(),
    "vintage": pa.date32(),
    "note": pa.string(),
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Shock:
    """One state of the world: who fails, and by how much.

    Parameters
    ----------
    stage
        Its number; None where there is one state only.
    names
        Who fails, as people name it.
    removed
        Share of each supplier's deliveries that is gone.
    """

    stage: int | None
    names: str
    removed: FloatArray


def run(params: StressParams, store: Store) -> Answer:
    """Answer ``stress``: the whole, groups, and the products that hurt most, for each stage.

    Loss = recovered + shortfall, to the dollar, in every row; products and the line of the rest add up to the
    whole. Recovered and shortfall stand at the low capacity, ``_high`` and ``_low`` at the high one.
    """
    supply = supply_of(params, store)
    levels = tuple(params.level)
    supply.check_levels(levels)
    (year,) = asked_years(params.year, supply) or (0,)
    if year not in supply.years:
        _refuse_unknown(params, supply)
        return _unanswered(params, supply, levels, year)
    flows = supplier_flows(supply, year, of_world=params.capacity.of_world)
    worst = _worst(params, supply, flows, year) if params.worst is not None else None
    shocks = _shocks(params, supply, flows, year, worst)
    groups = [supply.group_of.get(product, "") for product in flows.products]
    elasticities = drawn_elasticities(
        store,
        flows.products,
        groups if supply.group_of else None,
        Sampling(params.elasticities, params.draws, params.seed),
    )
    rows, states = [], []
    for shock in shocks:
        loss = supplier_loss(flows, shock.removed, capacity=_capacities(params))
        states.append(stressed := Stressed(supply, flows, elasticities, loss))
        rows += [
            {
                **row,
                "stage": shock.stage,
                "without": shock.names,
                "capacity": _capacity(params),
                "year": year,
                "vintage": supply.vintages.get(year),
                **_proof(worst, row),
            }
            for level in levels
            for row in stressed.level_rows(level, params.top)
        ]
    notes = [*_notes(params, states[0], shocks, year), *_worst_notes(worst)]
    return _answer(params, supply, rows, notes, year)


def _capacities(params: StressParams) -> list[float]:
    return list(dict.fromkeys((params.capacity.low, params.capacity.high)))


def _capacity(params: StressParams) -> str:
    return str(params.capacity).removeprefix("world:").replace(":", " to ")


def _refuse_unknown(params: StressParams, supply: Supply) -> None:
    """Look names up even where no year answers: a name nobody knows is wrong in any year."""
    for names in _names(params):
        suppliers_named(supply, names, 0)


def _names(params: StressParams) -> list[list[str]]:
    named = [list(ref) for ref in (params.without, params.among) if ref]
    return named + [[name for name, _ in stage] for stage in (params.stages.stages if params.stages else ())]


def _shocks(
    params: StressParams, supply: Supply, flows: SupplierFlows, year: int, worst: WorstCase | None
) -> list[Shock]:
    """The states asked for, as shares of the suppliers of the year."""
    if worst is not None:
        removed = removed_shares(flows.suppliers, dict.fromkeys(worst.suppliers, params.share.value))
        return [Shock(None, ",".join(worst.suppliers), removed)]
    if params.without is not None:
        named = suppliers_named(supply, list(params.without), year)
        codes = _present(named, flows)
        removed = removed_shares(flows.suppliers, dict.fromkeys(codes, params.share.value))
        return [Shock(None, str(params.without), removed)]
    stages = params.stages.stages if params.stages else ()
    states = []
    for stage in stages:
        named = suppliers_named(supply, [name for name, _ in stage], year)
        shares = dict(stage)
        states.append({code: shares[name] for name in named for code in _present({name: named[name]}, flows)})
    spelled = str(params.stages).split(";")
    return [
        Shock(number, words, removed)
        for number, (words, removed) in enumerate(
            zip(spelled, staged_shares(flows.suppliers, states), strict=True), start=1
        )
    ]


def _present(named: dict[str, list[str]], flows: SupplierFlows) -> list[str]:
    there = set(flows.suppliers)
    return [code for codes in named.values() for code in codes if code in there]


def _worst(params: StressParams, supply: Supply, flows: SupplierFlows, year: int) -> WorstCase:
    """Search the set whose joint loss hurts most, at the low capacity."""
    among = None
    if params.among is not None:
        among = _present(suppliers_named(supply, list(params.among), year), flows)
    harm = Harm(params.harm, params.capacity.low, params.share.value)
    return worst_case(flows, params.worst or 1, harm=harm, candidates=among)


def _notes(params: StressParams, stressed: Stressed, shocks: Sequence[Shock], year: int) -> list[str]:
    """What the figures rest on, before anything else."""
    supply, elasticities = stressed.supply, stressed.elasticities
    words = (
        f"Modelled, mechanical: imports of {year}; those who lose nothing sell more, by "
        f"{_capacity(params)} of their {stressed.flows.capacity_basis}. Assumed; no stocks, no home supply."
    )
    notes = [words, *supply.notes_on([year]), *elasticities.notes]
    if params.stages:
        notes.append("What a stage states holds until a later one restates it.")
    if all(not shock.removed.any() for shock in shocks):
        notes.append("no_trade: those who fail sold nothing of this in the year.")
    near = np.ma.filled(elasticities.drawn.sigma <= SIGMA_FLOOR, fill_value=False)
    if near.any():
        notes.append(
            f"Sigma is not above {SIGMA_FLOOR} in some draws of {int(near.any(axis=0).sum())} products: "
            "capped there for groups and the whole, so their high end is a lower bound; a product has none."
        )
    if elasticities.why_none is None:
        notes.append(
            "Price effects, log points: what losing the varieties does at unchanged prices of the rest."
        )
    return notes


def _proof(worst: WorstCase | None, row: Row) -> Row:
    """How good the worst case is, beside the row of the whole; exact, the bound is what was found."""
    if worst is None or row["level"] != "all":
        return {}
    found = row[f"{worst.harm.objective}_usd"]
    return {
        "bound_usd": found if worst.is_exact else max(found, ceil(worst.bound_usd)),
        "is_exact": worst.is_exact,
    }


def _worst_notes(worst: WorstCase | None) -> list[str]:
    if worst is None:
        return []
    found = f"Worst {len(worst.suppliers)} by {worst.harm.objective} at capacity {worst.harm.capacity:g}: "
    found += ", ".join(worst.suppliers)
    if worst.is_exact:
        return [f"{found}. Proven: no other {len(worst.suppliers)} do more harm."]
    gap = money(worst.bound_usd - worst.value_usd)
    return [f"{found}; not proven: another set may do up to {gap} more harm."]


def _answer(params: StressParams, supply: Supply, rows: list[Row], notes: Sequence[str], year: int) -> Answer:
    levels = set(params.level)
    keys = [] if params.stages is None else ["stage"]
    keys += [] if params.without is not None else ["without"]
    keys += [] if len(levels) == 1 else ["level"]
    keys += ["product", "product_name"] if "product" in levels else []
    names = ["group", "group_name"] if levels != {"product"} else ["group"]
    if "product" not in levels:
        keys, names = [*keys, *names], []
    columns = [*keys, *STRESS.columns[:-1], supply.amount, *names]
    columns += ["bound_usd", "is_exact"] if params.worst is not None else []
    columns += [name for name in ("without", "level", "year") if name not in columns]
    columns += ["vintage", "note"]
    schema = pa.schema([(name, TYPES[name]) for name in columns])
    table = pa.Table.from_pylist(rows, schema=schema)
    formula = "loss = share removed x imports; recovered = min(loss, capacity x exports of the others)"
    lineage = tuple(
        replace(part, rows=part.rows.filter(part.rows.year == year), formula=formula)
        for part in supply.lineage
    )
    return Answer(STRESS, params, supply.store, table, tuple(notes), lineage)


def _unanswered(params: StressParams, supply: Supply, levels: tuple[str, ...], year: int) -> Answer:
    note = supply.why_empty
    if supply.years:
        span = f"{supply.years[0]} to {supply.years[-1]}"
        note = f"not_covered: imports by product and partner are held for {span}"
    rows = [{"level": level, "year": year or None, "note": note} for level in levels]
    return _answer(params, supply, rows, (), year)
