"""Which rows, source, file and hash stand behind a figure? Answers ``trace``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.outline import ibis
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.provenance import TRACE, TraceParams
from techbalance.questions.reference import answer_of

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.questions.answer import Lineage
    from techbalance.store.catalogue import Store

# The column of each stored table that goes into figures.
VALUES: Final = {
    "headline": "value_usd",
    "trade": "general_usd",
    "trade_outside_list": "general_usd",
    "ip_charges": "value_usd",
    "ip_charges_areas": "value_usd",
    "macro": "value",
}
# What tells one stored row from another, for people.
NAMES: Final = {
    "headline": ("series", "partner", "group", "flow", "seasonal", "period", "print_kind"),
    "trade": ("flow", "product", "partner", "period", "group", "match"),
    "trade_outside_list": ("flow", "partner", "period", "match"),
    "ip_charges": ("country", "flow", "period"),
    "ip_charges_areas": ("country", "flow", "period"),
    "macro": ("series", "country", "period", "unit"),
}
# The vintage of a figure that has one of its own; a published total shows none beside the rebuilt one's.
VINTAGES: Final = {
    "denominator_usd": "denominator_vintage",
    "atp_balance_usd": "atp_vintage",
    "published_usd": "published_vintage",
}
MOST_FIGURE_ROWS: Final = 20
UNRECORDED: Final = "rows of the user's own store, whose source has no record"
SCHEMA: Final = pa.schema(
    [
        ("step", pa.string()),
        ("what", pa.string()),
        ("value_usd", pa.int64()),
        ("vintage", pa.date32()),
        ("table", pa.string()),
        ("source_id", pa.string()),
        ("file", pa.string()),
        ("record", pa.string()),
        ("sha256", pa.string()),
        ("note", pa.string()),
    ]
)


def run(params: TraceParams, store: Store) -> Answer:
    """Answer ``trace``: figure, formula, stored rows, sources, files with hash, bundled table with hash.

    Stored rows beyond ``top`` are one line with their sum, so that the rows still add up.
    """
    traced = answer_of(params.what, store)
    lines = _figures(traced)
    for part in traced.lineage:
        lines.append({"step": "formula", "what": part.formula, "table": part.table})
        lines += _rows(part, store, params.top)
    for one in traced.source_ids:
        lines += _source(one, store)
    for name in dict.fromkeys(part.table for part in traced.lineage):
        lines.append(_bundled(name, store))
    lines += [
        {"step": "file", "what": "handed in with the question", "file": name, "sha256": sha256}
        for name, sha256 in traced.inputs
    ]
    table = pa.Table.from_pylist(lines, schema=SCHEMA)
    return Answer(TRACE, params, store, table, (f"Traced: {traced.command}",))


def _figures(traced: Answer) -> list[dict[str, Any]]:
    """Every money figure of the answer's first rows, named by its keys."""
    lines: list[dict[str, Any]] = []
    money = [name for name, column in traced.columns.items() if column.kind == "money"]
    keys = [name for name, column in traced.columns.items() if column.kind == "code"]
    rows = traced.rows()
    for row in rows[:MOST_FIGURE_ROWS]:
        about = ", ".join(str(row[key]) for key in keys if row[key] is not None)
        for name in money:
            if row[name] is not None:
                what = f"{name} of {about}" if about else name
                vintage = row.get(VINTAGES.get(name, "vintage"))
                lines.append({"step": "figure", "what": what, "value_usd": row[name], "vintage": vintage})
        # An answer without money has ratios and the like, which are written out.
        for name in () if money else traced.question.values:
            if isinstance(row.get(name), (int, float)):
                what = f"{name} of {about}: {row[name]:g}"
                lines.append({"step": "figure", "what": what, "vintage": row.get("vintage")})
    if len(rows) > MOST_FIGURE_ROWS:
        what = f"figures of {len(rows) - MOST_FIGURE_ROWS:,} further rows of the answer"
        lines.append({"step": "figure", "what": what, "note": "ask for fewer rows to see each"})
    return lines or [
        {"step": "figure", "what": "no figure: everything asked for is null", "note": "not_covered"}
    ]


def _rows(part: Lineage, store: Store, top: int) -> list[dict[str, Any]]:
    value = part.value or VALUES[part.table]
    rows = part.rows
    sized = rows.mutate(size=rows[value].abs())
    names = [name for name in NAMES[part.table] if name in rows.columns]
    largest = sized.order_by([ibis.desc("size"), *names]).limit(top)
    lines = [
        {
            "step": "row",
            "what": ", ".join(str(row[name]) for name in names),
            "value_usd": _dollars(part.table, row[value]),
            "vintage": row["vintage"],
            "table": part.table,
            "source_id": row["source_id"],
            "note": None if part.table != "macro" else f"{row[value]:g} {row['unit']}",
        }
        for row in store.fetch_rows(largest)
    ]
    return lines + _further(part, store, largest)


def _further(part: Lineage, store: Store, largest: Table) -> list[dict[str, Any]]:
    """Add up the rows that are not shown, exports and imports apart, so that the rows still add up."""
    value = part.value or VALUES[part.table]
    sums = []
    for rows in (part.rows, largest):
        parts = rows.group_by("flow") if "flow" in rows.columns else rows
        sums.append(parts.aggregate(count=rows.count(), total=rows[value].sum()))
    every, shown = ({row.get("flow"): row for row in store.fetch_rows(table)} for table in sums)
    lines = []
    for flow, row in sorted(every.items(), key=lambda pair: str(pair[0])):
        seen = shown.get(flow, {"count": 0, "total": 0})
        count = row["count"] - seen["count"]
        if count:
            what = f"{count:,} further rows{f' of {flow}' if flow else ''}, added up"
            total = _dollars(part.table, (row["total"] or 0) - (seen["total"] or 0))
            lines.append({"step": "row", "what": what, "table": part.table, "value_usd": total})
    return lines


def _dollars(table: str, value: float | None) -> int | None:
    return None if table == "macro" or value is None else int(value)


def _source(source_id: str, store: Store) -> list[dict[str, Any]]:
    facts = store.sources.get(source_id)
    if facts is None:
        return [{"step": "source", "what": UNRECORDED, "source_id": source_id}]
    about = f"{facts['publisher']}: {facts['title']}"
    lines = [
        {"step": "source", "what": about, "source_id": source_id, "note": facts.get("citation")},
    ]
    lines += [
        {
            "step": "file",
            "what": facts.get("address"),
            "source_id": source_id,
            "file": one["file"],
            "record": one["stored_copy"],
            "sha256": one["sha256"],
        }
        for one in facts["files"]
    ]
    return lines


def _bundled(name: str, store: Store) -> dict[str, Any]:
    path, sha256 = store.bundled(name)
    own = store.files(name)
    note = f"and {len(own)} files of the store" if own else None
    return {
        "step": "table",
        "what": "bundled with the package",
        "table": name,
        "file": f"techbalance/record/{path.name}",
        "sha256": sha256,
        "note": note,
    }
