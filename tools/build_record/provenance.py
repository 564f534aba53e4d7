"""How is a table written, and what is said beside it about its origin?"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .publications import describe

if TYPE_CHECKING:
    from pathlib import Path

    from .checks import Findings
    from .publications import Publication
    from .schemas import TableSpec

COMPRESSION_LEVEL = 19  # written once a month, shipped to everyone: size counts, time does not
ROWS_PER_GROUP = 1 << 20


def table_of(rows: list[dict[str, object]], spec: TableSpec) -> pa.Table:
    """Make an Arrow table of the declared schema, sorted by its key so that equal rows give equal bytes."""
    return sorted_by_key(pa.Table.from_pylist(rows, schema=spec.schema), spec)


def sorted_by_key(table: pa.Table, spec: TableSpec) -> pa.Table:
    """Sort by the key columns."""
    return table.sort_by([(name, "ascending") for name in spec.key]).combine_chunks()


def write_table(table: pa.Table, spec: TableSpec, folder: Path) -> Path:
    """Write one table as Parquet without metadata that changes from run to run."""
    path = folder / f"{spec.name}.parquet"
    pq.write_table(
        table.replace_schema_metadata(None),
        path,
        compression="zstd",
        compression_level=COMPRESSION_LEVEL,
        row_group_size=ROWS_PER_GROUP,
        store_schema=False,
    )
    return path


def provenance_of(
    table: pa.Table, spec: TableSpec, path: Path, source_ids: list[str], findings: Findings
) -> dict[str, Any]:
    """Describe one written table: its bytes, columns, sources, vintages, coverage and checks."""
    return {
        "table": spec.name,
        "grain": spec.grain,
        "rows": len(table),
        "bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "key": list(spec.key),
        "columns": [
            {"name": c.name, "type": str(c.type), "unit": c.unit, "nullable": c.nullable}
            for c in spec.columns
        ],
        "source_ids": source_ids,
        "vintages": _distinct(table, "vintage"),
        "coverage": coverage(table),
        "checks": findings.shape + findings.sums,
    }


def coverage(table: pa.Table) -> dict[str, str]:
    """First and last period of a table; empty for tables without time."""
    column = next((name for name in ("period", "year") if name in table.column_names), None)
    if column is None or not len(table):
        return {}
    ends = pc.min_max(table[column]).as_py()
    return {"from": str(ends["min"]), "to": str(ends["max"])}


def sources_in(table: pa.Table) -> list[str]:
    """The publications a table's rows name."""
    return _distinct(table, "source_id")


def source_records(
    publications: dict[str, Publication],
    tables: dict[str, pa.Table],
    findings: dict[str, Findings],
    sources_of: dict[str, list[str]],
    data: Path,
) -> dict[str, dict[str, Any]]:
    """Make ``sources.json``: one record per publication, with what each table holds of it.

    ``sources_of`` names the publications behind tables whose rows do not name them.
    """
    records = {}
    for source_id, publication in sorted(publications.items()):
        spans: list[str] = []
        checked: dict[str, None] = {}
        for name, table in tables.items():
            if "source_id" in table.column_names:
                rows = table.filter(pc.equal(table["source_id"], source_id))
            else:
                rows = table if source_id in sources_of.get(name, []) else table.slice(0, 0)
            if len(rows):
                spans.append(_span(name, rows))
                found = findings[name]
                checked |= dict.fromkeys(found.shape + (found.sums if _is_summed(rows) else []))
        records[source_id] = describe(publication, data, "; ".join(spans), list(checked))
    return records


def _is_summed(rows: pa.Table) -> bool:
    """Tell rows of a whole series from single early prints, which no sum can check."""
    return "print_kind" not in rows.column_names or "current series" in rows["print_kind"].to_pylist()


def _span(name: str, rows: pa.Table) -> str:
    ends = coverage(rows)
    years = " to ".join(dict.fromkeys(ends.values()))
    count = f"{len(rows)} row" if len(rows) == 1 else f"{len(rows)} rows"
    return f"{name}: {years}, {count}" if years else f"{name}: {count}"


def write_json(content: object, path: Path) -> None:
    """Write JSON with a stable order and a final line end."""
    path.write_text(
        json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
    )


def _distinct(table: pa.Table, column: str) -> list[str]:
    if column not in table.column_names:
        return []
    return sorted(str(value) for value in pc.unique(table[column]).to_pylist())
