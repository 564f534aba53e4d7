"""Which product lists are held, and how much of the stored trade do they take? Answers ``lists``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.questions.answer import Answer
from techbalance.questions.parameters.lists import LISTS, ListsParams
from techbalance.questions.product_lists.comparing import OFFICIAL, side_of
from techbalance.questions.product_lists.covering import cover
from techbalance.questions.product_lists.naming import census_years, chosen_list, stored_lists
from techbalance.questions.product_lists.trade import YearOfTrade, newest_year

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from techbalance.questions.answer import Lineage
    from techbalance.questions.product_lists.comparing import Side
    from techbalance.store.catalogue import Store

SYSTEMS: Final = {"import": "HTS", "export": "SCHEDULE_B"}
SCHEMA: Final = pa.schema(
    [
        ("list_id", pa.string()),
        ("flow", pa.string()),
        ("system", pa.string()),
        ("year", pa.int16()),
        ("codes", pa.int64()),
        ("listed_codes", pa.int64()),
        ("groups", pa.int64()),
        ("trade_year", pa.int16()),
        ("known_codes", pa.int64()),
        ("held_codes", pa.int64()),
        ("covered_usd", pa.int64()),
        ("note", pa.string()),
    ]
)
FORMULA: Final = "trade of the codes under the list that are held one by one"


def run(params: ListsParams, store: Store) -> Answer:
    """Answer ``lists``: one row per list, flow and year; its trade is that of the newest year held."""
    day = params.as_of.day if params.as_of else None
    names = (OFFICIAL, *stored_lists(store)) if params.list is None else (params.list,)
    rows = []
    lineage: list[Lineage] = []
    for name in names:
        for flow, side in _editions(store, name):
            row, part = _row(store, flow, side, day)
            rows.append(row)
            lineage += part
    rows.sort(key=lambda row: (row["list_id"], row["flow"], row["year"] or 0))
    return Answer(LISTS, params, store, pa.Table.from_pylist(rows, SCHEMA), (), tuple(_once(lineage)))


def _editions(store: Store, name: str) -> Iterator[tuple[str, Side]]:
    chosen = chosen_list(store, name)
    for flow in SYSTEMS:
        if chosen is None:
            for year in census_years(store, flow):
                yield flow, side_of(store, str(year), flow)
            continue
        for edition in chosen.of_flow(flow):
            text = name if edition.year is None else f"{name}:{edition.year}"
            yield flow, side_of(store, text, flow)


def _row(store: Store, flow: str, side: Side, day: dt.date | None) -> tuple[dict[str, Any], list[Lineage]]:
    edition = side.edition
    row: dict[str, Any] = {
        "list_id": side.label.partition(":")[0],
        "flow": flow,
        "system": SYSTEMS[flow],
        "year": edition.year,
        "codes": len(side.official if side.official is not None else edition.groups),
        "listed_codes": len(edition.listed),
        "groups": len({edition.groups[code] for code in edition.listed}),
    }
    year = newest_year(store, flow, day)
    if year is None:
        return row | {"note": f"not_covered: no {flow}s by product are held for a full year"}, []
    trade = YearOfTrade(store, flow, year, day)
    found = cover(edition, trade.held)
    notes = []
    if not found.is_whole:
        notes.append("not_covered: the other codes are held in sums only; ingest the monthly archives")
    if found.strange:
        notes.append(f"{len(found.strange)} codes are on no code list held for the year, and have no trade")
    row |= {
        "trade_year": year,
        "known_codes": len(found.under),
        "held_codes": len(found.held),
        "covered_usd": sum(trade.values.get(product, 0) for product in found.held),
        "note": "; ".join(notes) or None,
    }
    return row, [trade.lineage(FORMULA)]


def _once(lineage: list[Lineage]) -> Iterator[Lineage]:
    """Each flow's rows once, however many lists read them."""
    seen: list[Any] = []
    for one in lineage:
        if not any(one.rows.equals(other) for other in seen):
            seen.append(one.rows)
            yield one
