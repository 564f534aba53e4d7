"""How are expressions run in the process? By DuckDB, over views of the Parquet files."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import ibis

from techbalance.outline import Book, Outline, Shipped, written_out
from techbalance.store.engines.confinement import QueriesOnly, confine
from techbalance.store.failures import as_store_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from techbalance.store.engines.templates import Templates


def _shipped() -> Mapping[str, Shipped]:
    from techbalance.store.engines.shapes import compiled_shapes

    return compiled_shapes().shapes


class DuckDBEngine:
    """Parquet files as Ibis tables on an in-memory DuckDB.

    Tables are views over files, so the same expressions run on an engine that sees the same files. Where many
    questions are asked, what they begin with is kept in memory (``templates``).

    Parameters
    ----------
    folders
        The only folders it may read, for an engine that answers strangers; None for no such limit.
    threads
        How many it uses; None for one per core, or for one alone where it answers strangers.
    """

    name: Final = "duckdb"

    def __init__(self, folders: Sequence[Path] | None = None, threads: int | None = None) -> None:
        self.connection = ibis.duckdb.connect(":memory:")
        # Many strangers ask at once, each on a connection: more threads for one stand in the others' way.
        used = threads or (1 if folders is not None else None)
        if used is not None:
            self.connection.con.execute(f"SET threads = {used:d}")
        self.aside: Path | None = None
        if folders is not None:
            self._confine(folders)
        self.book: Book | None = Book(_shipped)

    @cached_property
    def templates(self) -> Templates:
        """What was compiled before, for outlines."""
        from techbalance.store.engines.templates import PlacesCompiler, Templates

        self.connection.compiler = PlacesCompiler()
        return Templates(self)

    def _confine(self, folders: Sequence[Path]) -> None:
        """Close everything but some folders, and one of its own for what is put aside."""
        self.aside = Path(tempfile.mkdtemp(prefix="techbalance-"))
        weakref.finalize(self, shutil.rmtree, self.aside, ignore_errors=True)
        confine(self.connection.con, folders, aside=self.aside)
        self.connection.con = QueriesOnly(self.connection.con)

    def parquet(self, paths: Sequence[Path], name: str) -> ibis.Table:
        """Open Parquet files of one schema as one table of this name."""
        with as_store_error():
            return self.connection.read_parquet([str(path) for path in paths], table_name=name)

    def text(self, path: Path, name: str) -> ibis.Table:
        """Open a CSV file with a head as a table of this name, every column as text."""
        return self.connection.read_csv(str(path), table_name=name, all_varchar=True)

    def compile(self, expression: ibis.Table) -> str:
        """Write an expression as SQL of this engine.

        Steps stay subqueries of their own: putting them together takes Ibis longer than all the rest, and
        the engine does it anyway.
        """
        before = ibis.options.sql.fuse_selects
        ibis.options.sql.fuse_selects = False
        try:
            return str(self.connection.compile(written_out(expression)))
        finally:
            ibis.options.sql.fuse_selects = before

    def fetch(self, expression: ibis.Table) -> pa.Table:
        """Run an expression and bring its rows back as an Arrow table of exactly its types.

        The SQL is compiled by Ibis and run on the connection itself: the way back through Ibis would import
        pandas, a quarter of a second that a short question has no use for.
        """
        if isinstance(expression, Outline) and expression.o_shape is not None:
            return self.templates.fetch(expression)
        rows = self.run(self.compile(expression))
        with as_store_error():
            return rows.cast(expression.schema().to_pyarrow())

    def keep(self, rows: ibis.Table) -> ibis.Table:
        """Put the rows of an outline into memory, where they are not too many."""
        if isinstance(rows, Outline) and rows.o_shape is not None:
            return self.templates.keep(rows)
        return rows

    def run(self, sql: str) -> pa.Table:
        """Run SQL and bring its rows back."""
        with as_store_error():
            return self.connection.con.sql(sql).to_arrow_table()

    def run_at_once(self, sql: str) -> pa.Table:
        """Run SQL that brings few rows: a relation would be planned twice, for its columns and to run."""
        with as_store_error():
            return self.connection.con.execute(sql).to_arrow_table()

    def prepare(self, name: str, sql: str) -> None:
        """Plan a query once, to be executed by its name."""
        con = self.connection.con
        with as_store_error():
            if isinstance(con, QueriesOnly):
                con.prepare(name, sql)
            else:
                con.execute(f"PREPARE {name} AS {sql}")

    def make(self, name: str, sql: str) -> ibis.Table:
        """Put the rows of a query into a table in memory."""
        with as_store_error():
            self.connection.con.execute(f"CREATE TABLE {name} AS {sql}")
        return self.connection.table(name)

    def drop(self, kind: str, name: str) -> None:
        """Drop a table in memory, or a statement that was planned."""
        with as_store_error():
            self.connection.con.execute(f"{kind} {name}")
