"""How is a scenario answered? By every model that can, each with its range; those that cannot are named."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from techbalance.classifications.groups import GROUPS
from techbalance.errors import NotCoveredError
from techbalance.questions.answer import Answer
from techbalance.questions.supply.trade import partner_names
from techbalance.questions.whatif import one_sector, several_sectors
from techbalance.questions.whatif.imports import read_imports
from techbalance.questions.whatif.levers import levers_of
from techbalance.questions.whatif.outcomes import Run
from techbalance.questions.whatif.partial import run_partial
from techbalance.questions.whatif.rows import EVERY, ROWS, TORNADO, outcome_rows, pooled_welfare, tornado_rows
from techbalance.questions.wording import money
from techbalance.store.userfiles import write_text

if TYPE_CHECKING:
    from techbalance.questions.parameters.declaration import Question
    from techbalance.questions.parameters.whatif import Policy, RunParams, View
    from techbalance.questions.parameters.whatif_scenario import Scenario
    from techbalance.questions.whatif.levers import Levers
    from techbalance.store.catalogue import Store

MODELLED: Final = "Modelled, not measured: what the models say under the assumptions below; no forecast."
RANGE: Final = (
    "Low, central and high are the 5th, 50th and 95th of 100 draws in order ({draws}, seed {seed}); medians "
    "of parts do not add up to that of the whole."
)


def answer_policy(question: Question, params: Policy, store: Store) -> Answer:
    """Answer one of the policy commands: its options make a scenario."""
    scenario = params.scenario()
    if params.write is not None:
        write_text(params.write, scenario.to_toml())
    return answer_scenario(question, params, scenario, store)


def answer_scenario(question: Question, params: View | RunParams, scenario: Scenario, store: Store) -> Answer:
    """Answer a scenario.

    Raises
    ------
    NotCoveredError
        No model can answer, with the reason of each.
    ConvergenceError
        A model does not reach its tolerance.
    """
    published = any(shock.kind == "published" for shock in scenario.shock)
    levers: Levers | None = None
    left: list[str] = []
    if not published:
        levers, left = levers_of(scenario, read_imports(store, scenario.year, scenario.as_of))
    runs, notes = _runs(scenario, params, store, levers, left)
    if not runs:
        raise NotCoveredError("no model can answer this", where="; ".join(notes))
    names = partner_names(store)
    products = {} if levers is None or "product" not in (params.by or ()) else _product_names(levers)

    def name_of(level: str, part: str) -> str | None:
        return {"group": GROUPS, "product": products}.get(level, names).get(part)

    if params.tornado is None:
        table = pa.Table.from_pylist(
            outcome_rows(runs, _parts(params, published=published), params.top, name_of), schema=ROWS
        )
    else:
        table = pa.Table.from_pylist(tornado_rows(runs, params.tornado), schema=TORNADO)
    head = [MODELLED, *_identity(scenario), *_ranges(runs, scenario)]
    base = [] if levers is None else [*levers.words(), levers.imports.note(), *levers.notes]
    own = [f"{run.model}: {note}" for run in runs for note in run.notes]
    lineage = () if levers is None else (levers.imports.lineage,)
    return Answer(question, params, store, table, (*head, *base, *own, *notes), lineage)


def _runs(
    scenario: Scenario, view: View | RunParams, store: Store, levers: Levers | None, left: list[str]
) -> tuple[list[Run], list[str]]:
    """Run every model asked for; a note for each that cannot answer and why."""
    runs: list[Run] = []
    notes: list[str] = []
    for model in scenario.models:
        try:
            if model == "partial":
                runs.append(_partial(scenario, view, store, levers, left))
                notes += [f"partial: left out: {reason}." for reason in left]
            elif model == "one-sector":
                runs.append(one_sector.run_one_sector(scenario, levers, store))
            else:
                runs.append(several_sectors.run_several_sectors(scenario, levers, store))
        except NotCoveredError as absent:
            notes.append(f"Left out: the {model} model. {absent}")
    return runs, notes


def _partial(
    scenario: Scenario, view: View | RunParams, store: Store, levers: Levers | None, left: list[str]
) -> Run:
    if levers is None or not levers.products_hit.any():
        reason = "; ".join(left) or "the new rates are the base rates, so nothing changes"
        raise NotCoveredError(reason)
    shown = _parts(view, published=False)
    wanted = [level for level in ("partner", "group", "product") if level in shown]
    return run_partial(scenario, levers, store, tuple(wanted))


def _product_names(levers: Levers) -> dict[str, str]:
    """Official short text of each product of the base."""
    store, codes = levers.imports.store, set(levers.imports.products)
    names = store.table("products").filter(lambda row: row.system == "HTS").select("code", "name")
    return {row["code"]: row["name"] for row in store.fetch_rows(names) if row["code"] in codes}


def _parts(view: View | RunParams, *, published: bool) -> tuple[str, ...]:
    """Kinds of parts to show: as asked, else partners, and countries of a published exercise."""
    if view.by is not None:
        return view.by.names
    return ("country",) if published else ("partner",)


def _identity(scenario: Scenario) -> list[str]:
    digest = hashlib.sha256(scenario.to_toml().encode()).hexdigest()[:12]
    title = f" {scenario.title}." if scenario.title else ""
    return [f"Scenario {digest}.{title} Models: {', '.join(scenario.models)}."]


def _ranges(runs: list[Run], scenario: Scenario) -> list[str]:
    drawn = [run for run in runs if run.draws]
    if not drawn:
        return ["Nothing is drawn: the central case alone, without a range."]
    words = RANGE.format(
        draws=", ".join(f"{run.draws} draws of {run.model}" for run in drawn), seed=scenario.seed
    )
    notes = [words]
    pooled = pooled_welfare(runs)
    if pooled is not None:
        low, central, high = (money(one) for one in pooled)
        notes.append(f"Welfare over {EVERY}: modelled, {low} to {high}, median {central}.")
    for run in drawn:
        notes += [f"{run.model}: a draw that did not solve: {one}" for one in run.failures]
    return notes
