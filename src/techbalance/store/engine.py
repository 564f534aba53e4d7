"""Which engine runs the expressions? DuckDB, in the process, over Parquet files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import ibis

from techbalance.errors import StoreError
from techbalance.store.catalogue import ENGINE_VARIABLE
from techbalance.store.failures import as_store_error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa


class DuckDBEngine:
    """Parquet files as Ibis tables on an in-memory DuckDB.

    Nothing is created from memory: tables are views over files, so the same expressions run on an engine
    that sees the same files.
    """

    def __init__(self) -> None:
        self.connection = ibis.duckdb.connect(":memory:")

    def parquet(self, paths: Sequence[Path], name: str) -> ibis.Table:
        """Open Parquet files of one schema as one table of this name."""
        with as_store_error():
            return self.connection.read_parquet([str(path) for path in paths], table_name=name)

    def compile(self, expression: ibis.Table) -> str:
        """Write an expression as SQL of this engine.

        Steps stay subqueries of their own: putting them together takes Ibis longer than all the rest, and
        the engine does it anyway.
        """
        before = ibis.options.sql.fuse_selects
        ibis.options.sql.fuse_selects = False
        try:
            return str(self.connection.compile(expression))
        finally:
            ibis.options.sql.fuse_selects = before

    def fetch(self, expression: ibis.Table) -> pa.Table:
        """Run an expression and bring its rows back as an Arrow table of exactly its types.

        The SQL is compiled by Ibis and run on the connection itself: the way back through Ibis would import
        pandas, a quarter of a second that a short question has no use for.
        """
        sql = self.compile(expression)
        with as_store_error():
            result = self.connection.con.sql(sql).to_arrow_table()
            return result.cast(expression.schema().to_pyarrow())


def connect() -> DuckDBEngine:
    """Open the engine that ``TECHBALANCE_ENGINE`` names; DuckDB when it names none.

    Raises
    ------
    StoreError
        The variable names an engine this version does not have.
    """
    name = os.environ.get(ENGINE_VARIABLE, "duckdb")
    if name != "duckdb":
        raise StoreError(
            f"there is no engine {name!r}", where=ENGINE_VARIABLE, remedy="Unset it, or set it to duckdb"
        )
    return DuckDBEngine()
