"""What is held, of which vintage, and how old is it? Answers ``status``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from techbalance.outline import ibis
from techbalance.questions.answer import Answer
from techbalance.questions.callers import is_elsewhere
from techbalance.questions.parameters.provenance import STATUS, StatusParams
from techbalance.store.catalogue import KEYS
from techbalance.store.holdings import block_facts

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.store.catalogue import Store

SCHEMA = pa.schema(
    [
        ("table", pa.string()),
        ("series", pa.string()),
        ("first_period", pa.string()),
        ("last_period", pa.string()),
        ("rows", pa.int64()),
        ("vintages", pa.int64()),
        ("vintage", pa.date32()),
        ("age_days", pa.int64()),
        ("origin", pa.string()),
        ("note", pa.string()),
    ]
)
# What splits a table into series, in the order tried.
SPLITS = ("series", "list_id", "flow")
# What trade is called by the grain it came in at.
OWN_TRADE = ("trade_detail", "trade_month", "trade_year")


def run(params: StatusParams, store: Store) -> Answer:
    """Answer ``status``: one row per table and series."""
    lines: list[dict[str, Any]] = []
    for name in KEYS:
        lines += _held(name, store)
    lines += _ingested(store)
    place = () if is_elsewhere() else (f"Store: {store.home}",)
    notes = (*place, f"Version of what is held: {store.version}")
    return Answer(STATUS, params, store, pa.Table.from_pylist(lines, schema=SCHEMA), notes)


def _held(name: str, store: Store) -> list[dict[str, Any]]:
    table = store.table(name)
    split = next((column for column in SPLITS if column in table.columns), None)
    groups = [split] if split else []
    period = _period(table)
    facts: dict[str, Any] = {"rows": table.count()}
    if period is not None:
        facts |= {"first_period": period.min(), "last_period": period.max()}
    if "vintage" in table.columns:
        facts |= {"vintages": table.vintage.nunique(), "vintage": table.vintage.max()}
    grouped = (
        table.group_by(groups).aggregate(**facts).order_by(groups) if groups else table.aggregate(**facts)
    )
    origin = "both" if store.files(name) else "record"
    today = dt.datetime.now(tz=dt.UTC).date()
    lines = []
    for row in store.fetch_rows(grouped):
        vintage = row.get("vintage")
        lines.append(
            {"table": name, "series": row.get(split) if split else None, "origin": origin}
            | {key: row[key] for key in facts}
            | {"age_days": (today - vintage).days if vintage else None}
        )
    return lines


def _ingested(store: Store) -> list[dict[str, Any]]:
    """Trade that was ingested, by table and flow; what each block said of itself when it came in."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    held = frozenset(file for files in store.manifest.tables.values() for file in files)
    for _, fact in block_facts(store.changes(), held):
        # Detail comes from archives; tables hold months or years of products.
        table = next(name for name in OWN_TRADE if name in fact["files"])
        found.setdefault((table, fact["flow"]), []).append(fact)
    today = dt.datetime.now(tz=dt.UTC).date()
    lines = []
    for (table, flow), facts in sorted(found.items()):
        periods = [
            f"{fact['year']}-{month:02d}" if month else str(fact["year"])
            for fact in facts
            for month in fact["months"]
        ]
        vintages = {dt.date.fromisoformat(fact["vintage"]) for fact in facts}
        some = any(fact["partners"] is not None for fact in facts)
        lines.append(
            {
                "table": table,
                "series": flow,
                "first_period": min(periods),
                "last_period": max(periods),
                "rows": sum(fact["rows"] for fact in facts),
                "vintages": len(vintages),
                "vintage": max(vintages),
                "age_days": (today - max(vintages)).days,
                "origin": "store",
                "note": "some of it covers some partners only" if some else None,
            }
        )
    return lines


def _period(table: Table) -> ibis.Column | None:
    if "period" in table.columns:
        return table.period
    return table.year.cast("string") if "year" in table.columns else None
