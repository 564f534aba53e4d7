"""What SQL is run when trade comes in? That of the questions' expressions, compiled ahead of time.

To load what compiles takes longer than to add up a month. The SQL ships (``tools/compile_marts.py``) with a
fingerprint of the modules it came from, and is ignored when they have changed since.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from techbalance.store.compiled import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ibis import Table

# What an expression calls the rows it is given.
ROWS: Final = "rows_of_files"
FILE: Final = "marts.json"
MODULES: Final = ("questions/marts.py", "store/ingestion/mart_sql.py", "store/ingestion/schemas.py")
_SQL_TYPES: Final = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "int32": "INTEGER",
    "int16": "SMALLINT",
    "int8": "TINYINT",
    "date": "DATE",
}


@lru_cache
def sql_of(expression: Callable[[Table], Table], schema: pa.Schema, order: tuple[str, ...]) -> str:
    """The SQL of an expression over rows of a schema, called ``ROWS``: as it ships, else compiled now.

    Parameters
    ----------
    expression
        From rows to what is kept.
    schema
        Of the rows; codes may be dictionaries of text.
    order
        Columns by which what is kept is sorted.
    """
    return shipped().get(name_of(expression, schema, order)) or compiled_now(expression, schema, order)


@cache
def shipped() -> dict[str, str]:
    """SQL that was compiled ahead of time, by ``name_of``; none where what decides it has changed since."""
    found = json.loads(files("techbalance.store.ingestion").joinpath(FILE).read_text(encoding="utf-8"))
    return dict(found["sql"]) if found["fingerprint"] == fingerprint(MODULES) else {}


def name_of(expression: Callable[[Table], Table], schema: pa.Schema, order: Sequence[str]) -> str:
    """Which expression, over which columns, in which order: what its SQL is found by."""
    columns = ", ".join(f"{field.name} {_plain(field.type)}" for field in schema)
    return f"{expression.__module__}.{expression.__qualname__}({columns}) by {', '.join(order)}"


def compiled_now(expression: Callable[[Table], Table], schema: pa.Schema, order: Sequence[str]) -> str:
    """Compile the SQL of an expression; it takes half a second to load what does it."""
    import ibis

    kinds = {field.name: _plain(field.type) for field in schema}
    wanted = expression(ibis.table(ibis.Schema.from_pyarrow(pa.schema(kinds)), name=ROWS))
    casts = ", ".join(
        f'CAST("{name}" AS {_SQL_TYPES[str(kind)]}) AS "{name}"' for name, kind in wanted.schema().items()
    )
    keys = ", ".join(f'"{name}"' for name in order)
    return f"SELECT {casts} FROM ({ibis.to_sql(wanted, dialect='duckdb')}) ORDER BY {keys}"  # noqa: S608


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
