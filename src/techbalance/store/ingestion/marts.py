"""How are sums kept beside the detail they come from? An expression, run once when the detail comes in.

The expressions are the questions' (``questions/marts.py``); this module runs them over stored files and
writes what comes out as a file of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from techbalance.store.failures import as_store_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ibis import Table

# A question on one product or partner reads the groups of rows that hold it; smaller ones cost more to open.
ROWS_PER_GROUP: Final = 20_000
# Several archives are added up at a time, and all of it stays below a gigabyte.
MEMORY: Final = "200MB"


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
    import ibis

    with as_store_error():
        connection = ibis.duckdb.connect(
            ":memory:", threads=threads, memory_limit=MEMORY, temp_directory=str(target.parent)
        )
        try:
            rows = connection.read_parquet([str(path) for path in sources], table_name="rows")
            wanted = expression(rows)
            kinds = {name: _SQL_TYPES[str(kind)] for name, kind in wanted.schema().items()}
            columns = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in kinds.items())
            inner = connection.compile(wanted.order_by(list(order)))
            place = str(target).replace("'", "''")
            connection.raw_sql(
                f"COPY (SELECT {columns} FROM ({inner})) TO '{place}' "  # noqa: S608 - columns are ours
                f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE {ROWS_PER_GROUP})"
            )
        finally:
            connection.disconnect()


_SQL_TYPES: Final = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "int32": "INTEGER",
    "int16": "SMALLINT",
    "int8": "TINYINT",
    "date": "DATE",
}
