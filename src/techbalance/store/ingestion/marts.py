"""How are sums kept beside the detail they come from? An expression, run once when the detail comes in.

The expressions are the questions' (``questions/marts.py``); this module runs them over stored files and
writes what comes out as a file of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from techbalance.errors import StoreError
from techbalance.store.failures import as_store_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ibis import Table

# A question on one product or partner reads the groups of rows that hold it; smaller ones cost more to open.
ROWS_PER_GROUP: Final = 20_000
# Several archives are added up at a time, and all of it stays below a gigabyte.
MEMORY: Final = "150MB"
# What an expression calls the rows it is given.
ROWS: Final = "rows_of_files"


@dataclass(frozen=True)
class Marts:
    """What is added up when trade comes in.

    Parameters
    ----------
    by_product
        From detail rows to one row per product, partner and month.
    by_year
        From months of a year to one row per product and partner.
    by_group
        From products to one row per group, match and partner.
    """

    by_product: Callable[[Table], Table]
    by_year: Callable[[Table], Table]
    by_group: Callable[[Table], Table]


def write_mart(
    expression: Callable[[Table], Table],
    sources: Sequence[Path],
    target: Path,
    order: Sequence[str],
    *,
    threads: int = 1,
) -> None:
    """Run an expression over Parquet files and write its rows.

    Parameters
    ----------
    expression
        From the rows of the files to what is kept.
    sources
        Parquet files of one schema.
    target
        File to write, zstd-3.
    order
        Columns by which the rows are sorted, so that few groups of rows hold one product or partner.
    threads
        Cores to use.

    Raises
    ------
    StoreError
        The disk is full, or a sum does not fit 64 bits.
    """
    import duckdb
    import pyarrow.parquet as pq

    # Sorting and grouping go to the disk rather than beyond this memory.
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": MEMORY,
        "temp_directory": str(target.parent),
    }
    with as_store_error(), duckdb.connect(":memory:", config=settings) as connection:
        schema = pq.read_schema(sources[0])
        select = _compiled(expression, schema, tuple(order))
        files = ", ".join(_quoted(path) for path in sources)
        copy = (
            f"COPY (WITH {ROWS} AS (FROM read_parquet([{files}])) {select}) TO {_quoted(target)} "
            f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE {ROWS_PER_GROUP})"
        )
        try:
            connection.execute(copy)
        except duckdb.IOException as wrong:
            raise StoreError(
                "the store cannot be written; it is as it was before",
                where=str(wrong).partition("\n")[0],
                remedy="Make room or set TECHBALANCE_HOME to another folder, then run the command again",
            ) from wrong


@lru_cache
def _compiled(expression: Callable[[Table], Table], schema: pa.Schema, order: tuple[str, ...]) -> str:
    """The SQL of an expression over rows of a schema; compiled once for all files of one kind."""
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


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


_SQL_TYPES: Final = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "int32": "INTEGER",
    "int16": "SMALLINT",
    "int8": "TINYINT",
    "date": "DATE",
}
