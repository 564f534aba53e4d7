"""What does a change of list do to the figures of one year? Answers ``list-effect``.

The definition effect (METHODS H2): the same trade, classified with one list and with another. Every dollar of
a group under either list is in one line, so that the lines add up to both values and to their difference.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.classifications.groups import GROUPS, OUTSIDE
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.lists import LIST_EFFECT, ListEffectParams
from techbalance.questions.product_lists.comparing import UNDECIDED, Side, side_of
from techbalance.questions.product_lists.covering import cover
from techbalance.questions.product_lists.trade import YearOfTrade
from techbalance.questions.wording import money

if TYPE_CHECKING:
    from techbalance.store.catalogue import Store

KEPT: Final = "in both lists"
# What happened to a product, in the order in which it is shown.
KINDS: Final = (
    KEPT,
    "entered",
    "left",
    "from another group",
    "to another group",
    "no longer undecided",
    "became undecided",
    "undecided",
)
NOTES: Final = {
    "became undecided": "the second list cannot place these products; they count as zero",
    "no longer undecided": "the first list cannot place these products; they count as zero",
    "undecided": "a list cannot place these products, and the other does not take them; they count as zero",
}
SCHEMA: Final = pa.schema(
    [
        ("flow", pa.string()),
        ("group", pa.string()),
        ("group_name", pa.string()),
        ("kind", pa.string()),
        ("products", pa.int64()),
        ("effect_usd", pa.int64()),
        ("from_usd", pa.int64()),
        ("to_usd", pa.int64()),
        ("note", pa.string()),
    ]
)
FORMULA: Final = "effect = value of the group's products by the second list - by the first, same trade"


def run(params: ListEffectParams, store: Store) -> Answer:
    """Answer ``list-effect``: one row per group and what happened to its products."""
    year, flow = params.year.start, params.flow
    day = params.as_of.day if params.as_of else None
    first = side_of(store, params.from_list or str(year - 1), flow, year)
    second = side_of(store, params.to_list or str(year), flow, year)
    trade = YearOfTrade(store, flow, year, day)
    why = _why_not(trade, first, second)
    if why is not None:
        nothing = pa.Table.from_pylist([{"flow": flow, "note": why}], SCHEMA)
        return Answer(LIST_EFFECT, params, store, nothing)
    rows = _rows(trade, first, second)
    values = {"flow": flow}
    table = pa.Table.from_pylist([values | row for row in rows], SCHEMA)
    notes = _notes(rows, trade, first, second)
    return Answer(LIST_EFFECT, params, store, table, notes, (trade.lineage(FORMULA),))


def _why_not(trade: YearOfTrade, *sides: Side) -> str | None:
    """Why there is no effect to be had: a list takes products that are held in sums only."""
    if not trade.is_held():
        return trade.why_nothing()
    reasons = (cover(side.edition, trade.held).why_not(side.label) for side in sides)
    return next((why for why in reasons if why is not None), None)


def _rows(trade: YearOfTrade, first: Side, second: Side) -> list[dict[str, Any]]:
    before, after = (side.decided(trade.values, trade.year) for side in (first, second))
    lines: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for product, value in trade.values.items():
        for group, kind, counts in _places(before[product], after[product]):
            line = lines[group, kind]
            line[0] += 1
            line[1] += value * counts[0]
            line[2] += value * counts[1]
    official = first.official is not None and second.official is not None
    return [
        {
            "group": group,
            "group_name": GROUPS.get(group) if official else group,
            "kind": kind,
            "products": products,
            "from_usd": one,
            "to_usd": other,
            "effect_usd": other - one,
            "note": NOTES.get(kind),
        }
        for (group, kind), (products, one, other) in sorted(
            lines.items(), key=lambda line: (line[0][0], KINDS.index(line[0][1]))
        )
    ]


def _places(before: tuple[str, str], after: tuple[str, str]) -> list[tuple[str, str, tuple[int, int]]]:
    """The lines a product is in: group, what happened, and whether each list counts it."""
    (was, how), (now, then) = before, after
    if was == now:
        if was != OUTSIDE:
            return [(was, KEPT, (1, 1))]
        return [(OUTSIDE, "undecided", (0, 0))] if UNDECIDED in (how, then) else []
    if was == OUTSIDE:
        return [(now, "no longer undecided" if how == UNDECIDED else "entered", (0, 1))]
    if now == OUTSIDE:
        return [(was, "became undecided" if then == UNDECIDED else "left", (1, 0))]
    return [(was, "to another group", (1, 0)), (now, "from another group", (0, 1))]


def _notes(rows: list[dict[str, Any]], trade: YearOfTrade, first: Side, second: Side) -> tuple[str, ...]:
    sums = {name: sum(row[name] for row in rows) for name in ("from_usd", "to_usd", "effect_usd")}
    unplaced = sum(
        trade.values[product]
        for product, (group, how) in second.decided(trade.values, trade.year).items()
        if group == OUTSIDE and how == UNDECIDED
    )
    notes = [
        f"{trade.flow.capitalize()}s of {trade.year}: {money(sums['from_usd'])} by {first.label}, "
        f"{money(sums['to_usd'])} by {second.label}; the list alone moves {money(sums['effect_usd'])}."
    ]
    if unplaced:
        notes.append(f"{money(unplaced)} are in products that {second.label} cannot place; not counted.")
    return (*notes, *trade.products.older())
