"""Answers ``change --how``: which trade, which years, which way, and the rows with what must be known."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from techbalance.classifications.groups import GROUPS
from techbalance.questions import selection
from techbalance.questions.answer import Answer
from techbalance.questions.decompositions import deflated, shares
from techbalance.questions.decompositions.entries import Entries, is_printed, printed
from techbalance.questions.decompositions.lasting import survival_rows
from techbalance.questions.decompositions.rates import exchange_rates, price_level
from techbalance.questions.decompositions.rows import Span, as_table, joined, nothing, only_largest
from techbalance.questions.decompositions.sources import trade_of, without_partners
from techbalance.questions.decompositions.split import Split, parts_of, split_into
from techbalance.questions.decompositions.traded import OF_A_MARKET, Traded
from techbalance.questions.decompositions.ways import FLOW_EFFECTS
from techbalance.questions.parameters.change import CHANGE
from techbalance.questions.product_lists.naming import chosen_list
from techbalance.questions.supply.trade import partner_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.questions.answer import Lineage
    from techbalance.questions.parameters.change import ChangeParams
    from techbalance.store.catalogue import Store

# Ways that printed totals can answer, without products.
FROM_TOTALS: Final = ("accounts", "constant-dollars", "dollar")
FORMULAS: Final = {
    "accounts": "change of the balance = change of exports - change of imports",
    "shift-share": "m1 - m0 = m0 g + m0 (g_p - g) + m0 (g_pc - g_p), entries apart",
    "lmdi": "effect of a factor = sum of L(v1, v0) ln(factor1 / factor0)",
    "constant-market-share": "dX = r X + sum (r_i - r) X_i + sum (r_ij - r_i) X_ij + residual",
    "price-quantity": "v1 - v0 = mean(q) (p1 - p0) + mean(p) (q1 - q0) of matched items",
    "margins": "value = market x extensive margin x intensive margin, logarithmic means",
    "entry-exit": "change = entry + exit + growing + shrinking",
    "survival": "S(t) = product of (1 - ended / at risk)",
    "constant-dollars": "change = mean(price level) x real change + mean(real) x change of the level",
    "dollar": "change = change in local currency + change of the dollar, at means",
}
DOLLAR_NOTE: Final = (
    "Dollar: what exchange rates do to a value in the partners' currencies. Much of this trade is invoiced "
    "in dollars, so it is a measure and no cause."
)


def answer_how(params: ChangeParams, store: Store) -> Answer:
    """Answer ``change`` with a way of splitting it: one row per part and effect; the effects add up."""
    start, end = params.from_.start, params.to.start
    years = tuple(range(start, end + 1)) if params.every_year or params.how == "survival" else (start, end)
    own_prices = params.how == "constant-dollars" and params.deflator == "fisher"
    inner = ("partner",) if params.how == "dollar" else _keys(params)
    if params.how in FROM_TOTALS and not own_prices and is_printed(params, inner):
        return _from_totals(params, store, years)
    return _from_trade(params, store, years)


def _keys(params: ChangeParams) -> tuple[str, ...]:
    return tuple(params.by) if params.by else ()


def _flows(params: ChangeParams) -> tuple[str, ...]:
    return ("export", "import") if params.flow is None else (params.flow,)


def _from_totals(params: ChangeParams, store: Store, years: tuple[int, ...]) -> Answer:
    """Split printed totals."""
    keys = _keys(params)
    inner = ("partner",) if params.how == "dollar" else keys
    tables: list[pa.Table] = []
    lineage: list[Lineage] = []
    notes: list[str] = []
    for start, end in pairwise(years):
        splits, spans = [], []
        for flow in _flows(params):
            found = printed(params, store, inner, flow, (start, end))
            split = (
                found
                if isinstance(found, str)
                else _split_totals(params, store, found, (start, end), years[0])
            )
            if isinstance(split, str):
                return _nothing(params, store, split)
            assert isinstance(found, Entries)  # noqa: S101 - narrows the type only
            splits.append(split)
            spans.append(Span(start, end, found.months, found.from_vintage, found.to_vintage))
            lineage += found.lineage
            notes += found.notes
        tables.append(_table(params, store, splits, spans[-1], several=len(years) > 2))
        notes += _vintages(spans[-1])
    lineage += _macro_lineage(params, store, years)
    if params.ytd:
        notes.insert(0, f"January to month {spans[-1].months} of both years.")
    notes += _said(params, years)
    return Answer(
        CHANGE, params, store, pa.concat_tables(tables), tuple(dict.fromkeys(notes)), tuple(lineage)
    )


def _split_totals(
    params: ChangeParams, store: Store, found: Entries, span: tuple[int, int], first: int
) -> Split | str:
    keys, day, valued = _keys(params), params.as_of.day if params.as_of else None, found.valued
    if params.how == "accounts":
        name = FLOW_EFFECTS[valued.flow]
        parts = parts_of(keys, valued.labels, valued.start.size)
        effects = {name: valued.end - valued.start}
        return split_into(valued.flow, parts, valued.start, valued.end, effects, takes_the_rest=name)
    if params.how == "dollar":
        rates = exchange_rates(store, *span, day)
        return deflated.by_exchange_rate(valued, keys, rates)
    base = params.dollars_of.start if params.dollars_of else first
    level = price_level(store, params.deflator, (*span, base), day)
    why = level.missing((*span, base))
    if why is not None:
        return why
    levels = (level.of[span[0]], level.of[span[1]], level.of[base])
    return deflated.by_price_level(valued, keys, levels)


def _macro_lineage(params: ChangeParams, store: Store, years: tuple[int, ...]) -> tuple[Lineage, ...]:
    day = params.as_of.day if params.as_of else None
    if params.how == "dollar":
        return exchange_rates(store, years[0], years[-1], day).lineage
    if params.how == "constant-dollars":
        base = params.dollars_of.start if params.dollars_of else years[0]
        return (price_level(store, params.deflator, (*years, base), day).lineage,)
    return ()


def _from_trade(params: ChangeParams, store: Store, years: tuple[int, ...]) -> Answer:
    """Split product x partner pairs."""
    of_market = params.how in OF_A_MARKET and (params.how, params.flow) != ("constant-market-share", "export")
    trade = trade_of(without_partners(params) if of_market else params, store)
    if params.how == "constant-market-share":
        shares.check_seller(params, trade)
    traded = Traded(params, trade, years)
    why = traded.why_not()
    if why is None and traded.level is not None:
        why = traded.level.missing((*years, traded.base))
    if why is not None:
        return _nothing(params, store, why)
    vintages = [trade.vintages(flow) for flow in traded.flows]
    if params.how == "survival":
        return _survival(traded)
    tables = []
    for start, end in pairwise(years):
        ends = (max((one[year] for one in vintages if year in one), default=None) for year in (start, end))
        span = Span(start, end, 12, *ends)
        tables.append(_table(params, store, traded.splits(start, end), span, several=len(years) > 2))
    notes = [*traded.notes(), *_vintages(span), *_said(params, years)]
    formula = FORMULAS[str(params.how)]
    return Answer(CHANGE, params, store, pa.concat_tables(tables), tuple(notes), traded.lineage(formula))


def _survival(traded: Traded) -> Answer:
    params = traded.params
    tables, notes = [], []
    for flow, pairs in traded.pairs.items():
        table, begun, open_first = survival_rows(pairs, traded.years, traded.kept[flow], params.threshold)
        tables.append(table)
        notes.append(
            f"{begun:,} spells of {flow}s began after {traded.years[0]}; {open_first:,} were open in it and "
            f"are left out, and those open in {traded.years[-1]} are censored."
        )
    notes += [*traded.notes(), *_said(params, traded.years)]
    lineage = traded.lineage(FORMULAS["survival"])
    return Answer(CHANGE, params, traded.trade.store, pa.concat_tables(tables), tuple(notes), lineage)


def _table(
    params: ChangeParams, store: Store, splits: Sequence[Split], span: Span, *, several: bool
) -> pa.Table:
    balance = params.flow is None
    keys = _keys(params)
    found = joined(splits, balance=balance)
    changed = selection.changed_partners(store, span.start, span.end) if "partner" in keys else {}
    table = as_table(
        only_largest(found, params.top),
        keys,
        _names(params, store, keys),
        span,
        whole=(int(found.start.sum()), int(found.end.sum())),
        balance=balance,
        part_notes=changed,
        period=f"{span.start}:{span.end}" if several else None,
    )
    if params.how == "constant-dollars":
        base = params.dollars_of.start if params.dollars_of else params.from_.start
        rows = table.num_rows
        place = table.column_names.index("contribution_ratio")
        table = table.add_column(place, "deflator", pa.array([params.deflator] * rows, pa.string()))
        table = table.add_column(place + 1, "dollars_of", pa.array([base] * rows, pa.int16()))
    return table


def _names(params: ChangeParams, store: Store, keys: tuple[str, ...]) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {}
    if "partner" in keys:
        names["partner"] = partner_names(store)
    if "group" in keys:
        chosen = chosen_list(store, params.list)
        names["group"] = dict(GROUPS) if chosen is None else {}
    if "product" in keys:
        listed = store.table("products").filter(lambda row: row.system == "HTS")
        columns = store.fetch(listed.select("code", "name")).to_pydict()
        names["product"] = dict(zip(columns["code"], columns["name"], strict=True))
    rest = selection.REST_NAME if params.deflator != "fisher" else "constant dollars that do not add up"
    if params.top is None:
        for key in keys:
            names[key][selection.REST] = rest
    return names


def _nothing(params: ChangeParams, store: Store, why: str) -> Answer:
    return Answer(CHANGE, params, store, nothing(_keys(params), why))


def _vintages(span: Span) -> tuple[str, ...]:
    one, other = span.from_vintage, span.to_vintage
    if one is None or other is None or one == other:
        return ()
    return (f"{span.start} as of {one}, {span.end} as of {other}: part of the change may be revision.",)


def _said(params: ChangeParams, years: tuple[int, ...]) -> tuple[str, ...]:
    """What must be known of the way itself."""
    said = []
    chosen = params.partner or params.group or params.product
    if params.how in ("shift-share", "lmdi") and chosen:
        said.append("Totals and shares are those of the partners, groups and products chosen.")
    if params.how in ("entry-exit", "margins", "survival"):
        said.append(
            f"A pair counts as traded from ${params.threshold:,} a year on; pairs are product x partner."
        )
    if params.how in ("entry-exit", "margins", "survival", "shift-share") and params.families is None:
        said.append(
            "Codes are compared by number: a product under a new code looks like an exit and an entry."
        )
    if params.how == "dollar":
        said.append(DOLLAR_NOTE)
    if params.how == "constant-dollars":
        base = params.dollars_of.start if params.dollars_of else years[0]
        said.append(f"Constant dollars are those of {base}, by {params.deflator}.")
    return tuple(said)
