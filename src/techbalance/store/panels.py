"""How is a table of world trade that a user hands in opened? As views over the file, every column checked.

A panel has one row per year, exporter, importer and product: ``year``, ``exporter`` and ``importer`` (ISO3),
``product`` (text with its leading zeros), ``value_usd``; and, where known, ``quantity`` with its ``unit``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from techbalance.errors import NotCoveredError, SchemaError, UnknownCodeError
from techbalance.store import reading

if TYPE_CHECKING:
    import ibis

    from techbalance.store.catalogue import Store

COLUMNS: Final = {
    "year": "int64",
    "exporter": "string",
    "importer": "string",
    "product": "string",
    "value_usd": "float64",
}
OPTIONAL: Final = {"quantity": "float64", "unit": "string"}


def open_panel(store: Store, name: str) -> ibis.Table:
    """Open a panel of world trade.

    Parameters
    ----------
    store
        Whose engine reads it.
    name
        File, ``.parquet``, ``.csv`` or ``.csv.gz``.

    Returns
    -------
    Table
        The columns of the panel, typed; ``value_usd`` and ``quantity`` as doubles, whatever the file has.

    Raises
    ------
    NotCoveredError
        There is no such file.
    SchemaError
        It cannot be read, lacks a column, or holds something that is not a number where one is needed.
    """
    path = Path(name)
    if not path.is_file():
        raise NotCoveredError(
            f"there is no panel {name!r}", remedy=f"Name a Parquet or CSV file with {', '.join(COLUMNS)}"
        )
    reading.said(path)
    view = "panel_" + hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    try:
        if path.suffix == ".parquet":
            raw = store.engine.parquet([path], view)
        elif path.name.endswith((".csv", ".csv.gz")):
            raw = store.engine.text(path, view)
        else:
            raise SchemaError("a panel is a Parquet or a CSV file", where=name)
        return _typed(store, raw, name)
    except duckdb.Error as wrong:
        first = str(wrong).splitlines()[0]
        raise SchemaError("the panel cannot be read", where=f"{name}: {first}") from wrong


def _typed(store: Store, raw: ibis.Table, name: str) -> ibis.Table:
    for column in COLUMNS:
        if column not in raw.columns:
            near = UnknownCodeError.among("column", column, raw.columns)
            raise SchemaError(
                f"the panel lacks the column {column!r}",
                where=f"{name}, has {', '.join(raw.columns)}",
                remedy=near.remedy,
            )
    kinds = COLUMNS | {column: kind for column, kind in OPTIONAL.items() if column in raw.columns}
    typed = raw.select(**{column: raw[column].try_cast(kind) for column, kind in kinds.items()})
    counted = raw.select(
        **{f"{column}_bad": raw[column].try_cast(kind).isnull() for column, kind in COLUMNS.items()}
    )
    (found,) = store.fetch_rows(
        counted.aggregate(
            rows=counted.count(), **{column: counted[f"{column}_bad"].sum() for column in COLUMNS}
        )
    )
    if not found["rows"]:
        raise SchemaError("the panel has no rows", where=name)
    for column in COLUMNS:
        if found[column]:
            raise SchemaError(
                f"{found[column]:,} rows of the panel have no {column} that can be read",
                where=f"{name}, column {column}",
                remedy="Leave unknown flows out; a missing row is unknown, a zero is a 0",
            )
    return typed
