"""Which engine runs the expressions? DuckDB in the process, or the one that ``TECHBALANCE_ENGINE`` names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from techbalance.errors import StoreError, shortened
from techbalance.store.catalogue import ENGINE_VARIABLE
from techbalance.store.engines.duckdb import DuckDBEngine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import ibis
    import pyarrow as pa

    from techbalance.outline import Book


class Engine(Protocol):
    """What runs expressions over files that it sees where this process sees them.

    Integer columns and the order of rows are the same on every engine; sums are exact, and one beyond 64
    bits raises; no aggregate is approximate.
    """

    @property
    def name(self) -> str:
        """``duckdb``, ``spark`` or ``clickhouse``."""

    @property
    def book(self) -> Book | None:
        """Where outlines are noted, for an engine that uses SQL again; None for any other."""

    def parquet(self, paths: Sequence[Path], name: str) -> ibis.Table:
        """Open Parquet files of one schema as one table of this name."""

    def text(self, path: Path, name: str) -> ibis.Table:
        """Open a CSV file with a head as a table of this name, every column as text."""

    def keep(self, rows: ibis.Table) -> ibis.Table:
        """Put rows that many questions begin with into memory, where they are outlines and not too many."""

    def compile(self, expression: ibis.Table) -> str:
        """Write an expression as SQL of this engine."""

    def fetch(self, expression: ibis.Table) -> pa.Table:
        """Run an expression and bring its rows back as an Arrow table of exactly its types."""


def connect(home: Path, folders: Sequence[Path] | None = None, threads: int | None = None) -> Engine:
    """Open the engine that ``TECHBALANCE_ENGINE`` names; DuckDB when it names none.

    Parameters
    ----------
    home
        The user's store, which a distributed engine has to see as well.
    folders
        The only folders that the engine in the process may read; None for no such limit. What an engine
        elsewhere may read is set up where it runs.
    threads
        How many threads the engine in the process may use; None for one per core.

    Raises
    ------
    StoreError
        The variable names an engine this version does not have, or one that cannot be reached.
    """
    address = os.environ.get(ENGINE_VARIABLE, "") or "duckdb"
    if address == "duckdb":
        return DuckDBEngine(folders, threads)
    if address.startswith("spark://"):
        from techbalance.store.engines.spark import SparkEngine

        return SparkEngine(address, home)
    if address == "chdb" or address.startswith(("clickhouse://", "clickhouses://")):
        from techbalance.store.engines.clickhouse import open_clickhouse

        return open_clickhouse(address, home)
    raise StoreError(
        # What stands after the scheme may hold a password.
        f"there is no engine {shortened(address.partition('://')[0])}",
        where=ENGINE_VARIABLE,
        remedy="Unset it, or set it to duckdb, spark://host:port, clickhouse://user@host:port or chdb",
    )
