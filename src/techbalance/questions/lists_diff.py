"""Which codes entered, left or changed group between two lists? Answers ``lists diff``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.classifications.groups import OUTSIDE
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.lists import LISTS_DIFF, ListsDiffParams
from techbalance.questions.product_lists.comparing import Side, side_of
from techbalance.questions.product_lists.covering import TEN_DIGITS, cover
from techbalance.questions.product_lists.trade import YearOfTrade, newest_year
from techbalance.questions.wording import money

if TYPE_CHECKING:
    from techbalance.store.catalogue import Store

SCHEMA: Final = pa.schema(
    [
        ("product", pa.string()),
        ("product_name", pa.string()),
        ("kind", pa.string()),
        ("from_group", pa.string()),
        ("to_group", pa.string()),
        ("value_usd", pa.int64()),
        ("note", pa.string()),
    ]
)
FORMULA: Final = "trade of each code that one of two lists places differently"


@dataclass(frozen=True, eq=False)
class Difference(Answer):
    """Codes that two lists place differently; that there are none is an answer too."""

    @property
    def exit_code(self) -> int:
        """0: lists that are not held raise."""
        return 0


def run(params: ListsDiffParams, store: Store) -> Answer:
    """Answer ``lists diff``: one row per ten-digit code the lists place differently, most trade first.

    Codes of fewer digits stand for the ten-digit codes known under them.
    """
    day = params.as_of.day if params.as_of else None
    year = params.year.start if params.year else newest_year(store, params.flow, day)
    first, second = (side_of(store, name, params.flow, year) for name in (params.first, params.second))
    trade = YearOfTrade(store, params.flow, year or 0, day)
    rows = [
        row for product in _products(trade, first, second) if (row := _row(product, first, second, trade))
    ]
    rows.sort(key=lambda row: (-(row["value_usd"] or 0), row["value_usd"] is None, row["product"]))
    notes = _notes(rows, first, second, trade)
    rows = rows[: params.top] if params.top else rows
    _add_names(store, rows, params.flow)
    lineage = (trade.lineage(FORMULA),) if trade.is_held() else ()
    return Difference(LISTS_DIFF, params, store, pa.Table.from_pylist(rows, SCHEMA), notes, lineage)


def _products(trade: YearOfTrade, *sides: Side) -> list[str]:
    """Every ten-digit code that is known, or named by one of the lists."""
    named = {code for side in sides for code in side.edition.groups if len(code) == TEN_DIGITS}
    whole = {code for side in sides for code in side.official or ()}
    return sorted(trade.held.known_products() | named | whole)


def _row(product: str, first: Side, second: Side, trade: YearOfTrade) -> dict[str, Any] | None:
    before, after = first.group_of(product), second.group_of(product)
    was, now = before or OUTSIDE, after or OUTSIDE
    if was == now:
        return None
    notes = [
        f"{side.label} has no such code"
        for side, group in ((first, before), (second, after))
        if group is None and product not in trade.values
    ]
    value = None
    if not trade.is_held():
        notes.append(trade.why_nothing())
    elif trade.held.is_held(product):
        value = trade.values.get(product, 0)
    else:
        notes.append("not_covered: held in a sum with other products only")
    kind = "entered" if was == OUTSIDE else "left" if now == OUTSIDE else "changed group"
    return {
        "product": product,
        "kind": kind,
        "from_group": before,
        "to_group": after,
        "value_usd": value,
        "note": "; ".join(notes) or None,
    }


def _notes(rows: list[dict[str, Any]], first: Side, second: Side, trade: YearOfTrade) -> tuple[str, ...]:
    kinds = ("entered", "left", "changed group")
    counts = {kind: [row for row in rows if row["kind"] == kind] for kind in kinds}
    notes = [
        f"{first.label} to {second.label}: "
        + ", ".join(
            f"{len(found):,} {kind} ({money(sum(row['value_usd'] or 0 for row in found))})"
            for kind, found in counts.items()
        )
        + "."
    ]
    if not trade.is_held():
        return tuple(notes)
    for side in (first, second):
        found = cover(side.edition, trade.held)
        value = sum(trade.values.get(product, 0) for product in found.held)
        notes.append(
            f"List {side.label}: {found.says}, with {money(value)} of {trade.flow}s in {trade.year}."
        )
    return (*notes, *trade.products.older())


def _add_names(store: Store, rows: list[dict[str, Any]], flow: str) -> None:
    system = "HTS" if flow == "import" else "SCHEDULE_B"
    names = store.table("products").filter(lambda row: row.system == system).select("code", "name")
    columns = store.fetch(names).to_pydict()
    by_code = dict(zip(columns["code"], columns["name"], strict=True))
    for row in rows:
        row["product_name"] = by_code.get(row["product"])
