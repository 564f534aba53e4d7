"""How much work is in the ATP trade of the United States? Answers ``work-content``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import ParameterError
from techbalance.models.value_added.employment import (
    EmploymentAccount,
    WorkBounds,
    bound_work,
    need_account,
    read_employment_csv,
)
from techbalance.models.value_added.industry_mix import Interval, ProductFlow
from techbalance.models.value_added.partner_mix import PartnerMix, gather_content
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.value_chains import WORK_CONTENT, WorkContentParams
from techbalance.questions.value_chains.atp_bounds import HOME, assumptions, spread
from techbalance.questions.value_chains.atp_trade import AtpTrade, atp_trade
from techbalance.questions.value_chains.tables import SolvedTable, solved_tables
from techbalance.store import outside

if TYPE_CHECKING:
    from techbalance.store.catalogue import Store

SCHEMA: Final = pa.schema(
    [
        ("measure", pa.string()),
        ("country", pa.string()),
        ("low_persons", pa.float64()),
        ("high_persons", pa.float64()),
        ("year", pa.int16()),
        ("note", pa.string()),
    ]
)
REPLACED: Final = (
    "persons at home who would be needed to make the imports with home's own techniques: an accounting "
    "measure, not a forecast of jobs"
)


def run(params: WorkContentParams, store: Store) -> Answer:
    """Answer ``work-content``: persons in exports, persons that imports stand for, and the balance.

    Raises
    ------
    NotCoveredError
        No employment was brought; the message says what the file has to hold. Nothing is estimated.
    """
    if params.employment is None:
        need_account(None)
    path = outside.find(store, str(params.employment), params.employment, what="persons employed by industry")
    solved = next(iter(solved_tables(store, params.year, params.io)))
    account = read_employment_csv(outside.read_bytes(path), solved.table)
    year = params.trade_year.start if params.trade_year else solved.year
    if year is None:
        raise ParameterError("the year of the table is not known", remedy="Add --year, or --trade-year")
    day = params.as_of.day if params.as_of else None
    trade = atp_trade(store, solved, year, day, params.weights)
    if trade.imports and params.partners:
        raise ParameterError(
            f"partners: the partners of ATP imports are held for {year}", remedy="Leave partners out"
        )
    mix = params.partners or "unknown"
    rows = [row | {"year": year} for row in _rows(solved, account, trade, mix)]
    unattributed = ", ".join(f"{name} {persons:,.0f}" for name, persons in account.unattributed.items())
    notes = [
        *assumptions(solved, trade, mix=mix, correct=False),
        f"Persons: {path.name}, for {', '.join(account.countries)}.",
        *([f"Persons of industries without output, in no flow: {unattributed}."] if unattributed else []),
        *solved.lines(),
    ]
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    return Answer(WORK_CONTENT, params, store, table, tuple(notes), trade.lineage)


def _rows(
    solved: SolvedTable, account: EmploymentAccount, trade: AtpTrade, mix: PartnerMix
) -> list[dict[str, Any]]:
    """Bound the work of every covered country."""
    exported = spread(solved, trade, "export", mix)
    if trade.imports:
        flows = [
            ProductFlow("import", code, value, one.weights) for code, (value, one) in trade.imports.items()
        ]
    else:
        flows = list(spread(solved, trade, "import", mix))
    bounds = bound_work(solved.system, account, [*exported, *flows], home=HOME)
    own = gather_content(bounds, "export", HOME, trade.mixes["export"].weights, mix)
    replaced = _replaced(solved, account, trade)
    rows = [
        _row(
            "balance",
            HOME,
            Interval(own.low - replaced.high, own.high - replaced.low),
            "exports less imports",
        ),
        _row("in exports", HOME, own, None),
        _row("imports stand for", HOME, replaced, REPLACED),
    ]
    for country in account.countries:
        rows.append(_row("in imports", country, _in_imports(bounds, country, trade, mix), None))
    return rows


def _replaced(solved: SolvedTable, account: EmploymentAccount, trade: AtpTrade) -> Interval:
    """Persons that imports stand for do not depend on who made them, so one flow of the whole will do."""
    partner = next(code for code in solved.table.countries if code != HOME)
    flows = (
        [ProductFlow("import", partner, value, one.weights) for value, one in trade.imports.values()]
        if trade.imports
        else [ProductFlow("import", partner, trade.totals["import"], trade.mixes["import"].weights)]
    )
    return bound_work(solved.system, account, flows, home=HOME).replaced


def _in_imports(bounds: WorkBounds, country: str, trade: AtpTrade, mix: PartnerMix) -> Interval:
    if trade.imports:
        return bounds.content("import", origin=country)
    return gather_content(bounds, "import", country, trade.mixes["import"].weights, mix)


def _row(measure: str, country: str, interval: Interval, note: str | None) -> dict[str, Any]:
    return {
        "measure": measure,
        "country": country,
        "low_persons": round(interval.low),
        "high_persons": round(interval.high),
        "note": note,
    }
