"""How are expressions run on ClickHouse? As the SQL that Ibis compiles for it, over the same Parquet files.

A server is asked over HTTP; ``chdb`` is the same engine inside the process. Tables are ``file()`` functions
inside the query, so that nothing is created on a server and a reader's rights suffice.
"""

from __future__ import annotations

import csv
import gzip
import logging
from typing import TYPE_CHECKING, Any, Final, Protocol, cast
from urllib.parse import unquote, urlsplit

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.sql.compilers.clickhouse import ClickHouseCompiler
from ibis.backends.sql.datatypes import ClickHouseType
from sqlglot import expressions as sge

from techbalance.errors import SchemaError, StoreError
from techbalance.store.engines.ordering import ascending
from techbalance.store.engines.placement import placed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

# Nulls, names and types as in standard SQL, and Arrow that needs no second look.
SETTINGS: Final = {
    "join_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "prefer_column_name_to_alias": 1,
    "cast_keep_nullable": 1,
    "transform_null_in": 0,
    "session_timezone": "'UTC'",
    "count_distinct_implementation": "'uniqExact'",
    "input_format_parquet_allow_missing_columns": 1,
    "format_csv_null_representation": "''",
    "output_format_arrow_string_as_string": 1,
    "output_format_arrow_low_cardinality_as_dictionary": 0,
    "output_format_arrow_compression_method": "'none'",
}
EMBEDDED: Final = "chdb"
CHECKED_CAST: Final = "accurateCast"
# Whose whole numbers ClickHouse gives another width than Ibis.
UNSIGNED: Final = (
    ops.Abs,
    ops.Count,
    ops.CountDistinct,
    ops.CountStar,
    ops.StringLength,
    ops.Sum,
    ops.RankBase,
)


class Executor(Protocol):
    """What takes a query and gives back the bytes of an Arrow file; none where there are no rows."""

    def run(self, sql: str) -> bytes:
        """Run one query."""


class Embedded:
    """ClickHouse inside the process."""

    def __init__(self) -> None:
        try:
            import chdb
        except ImportError as wrong:
            raise _missing(wrong, "chdb") from wrong
        self._failure = (RuntimeError, chdb.ChdbError)
        self._connect = cast("Callable[[str], Any]", chdb.connect)
        self._connection = self._connect(":memory:")

    def run(self, sql: str) -> bytes:
        """Run one query."""
        try:
            return bytes(self._connection.query(sql, "Arrow").bytes())
        except self._failure as wrong:
            # What a failed query had written would stand before the rows of the next (chdb 4.4).
            self._connection.close()
            self._connection = self._connect(":memory:")
            raise _failed(wrong) from wrong


class Server:
    """A ClickHouse server, over HTTP.

    Parameters
    ----------
    address
        ``clickhouse://user:password@host:port/database``; ``clickhouses://`` encrypts.
    """

    def __init__(self, address: str) -> None:
        try:
            import clickhouse_connect
            from clickhouse_connect.driver.exceptions import ClickHouseError
        except ImportError as wrong:
            raise _missing(wrong, "clickhouse") from wrong
        self._failure = ClickHouseError
        # What fails is told once, as an error of the store.
        logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)
        parts = urlsplit(address)
        try:
            self._client: Any = clickhouse_connect.get_client(
                host=parts.hostname or "localhost",
                port=parts.port or 0,
                username=unquote(parts.username or "default"),
                password=unquote(parts.password or ""),
                database=unquote(parts.path.lstrip("/")) or "default",
                secure=parts.scheme == "clickhouses",
            )
        except ClickHouseError as wrong:
            raise _failed(wrong) from wrong

    def run(self, sql: str) -> bytes:
        """Run one query."""
        try:
            return bytes(self._client.raw_query(sql, fmt="Arrow"))
        except self._failure as wrong:
            raise _failed(wrong) from wrong


class ExactCompiler(ClickHouseCompiler):  # type: ignore[misc]
    """The compiler of Ibis, where it would be approximate, would wrap around, or refuses."""

    SIMPLE_OPS: Final = ClickHouseCompiler.SIMPLE_OPS | {
        # Ibis counts distinct values with ``uniq``, which is approximate.
        ops.CountDistinct: "uniqExact",
    }

    def visit_node(self, op: Any, **parts: Any) -> Any:  # noqa: ANN401
        """Translate one step; whole numbers get the width Ibis gives them, and one that does not fit raises.

        ClickHouse counts, ranks and takes absolute values in unsigned numbers, which mix with no others.
        """
        found = super().visit_node(op, **parts)
        over = isinstance(op, ops.WindowFunction)
        value = op.func if over else op
        if not isinstance(value, UNSIGNED) or not value.dtype.is_integer():
            return found
        if isinstance(value, ops.Analytic) and not over:
            return found
        if over and not isinstance(value, ops.Analytic):
            # What stands before OVER has to be the function itself: the width is given after it.
            found.set("this", found.this.expressions[0])
        return self.f[CHECKED_CAST](found, sge.convert(ClickHouseType.to_string(op.dtype)))

    @staticmethod
    def _minimize_spec(op: Any, spec: Any) -> Any:  # noqa: ANN401
        """Leave the frame out for ranks: within ROWS, ClickHouse gives equal values different ranks."""
        if isinstance(op.func, ops.RankBase):
            return None
        return ClickHouseCompiler._minimize_spec(op, spec)

    def visit_Sum(self, op: Any, *, arg: Any, where: Any) -> Any:  # noqa: ANN401, N802 - as Ibis names it
        """Add whole numbers up in 128 bits, where 64 would wrap around."""
        whole = op.dtype.is_integer()
        return self.agg.sum(self.f.toInt128(arg) if whole else arg, where=where)

    def visit_GroupConcat(  # noqa: N802 - as Ibis names it
        self,
        op: Any,  # noqa: ANN401
        *,
        arg: Any,  # noqa: ANN401
        sep: Any,  # noqa: ANN401
        where: Any,  # noqa: ANN401
        order_by: Sequence[Any],
    ) -> Any:  # noqa: ANN401
        """Join texts in ascending order: Ibis knows no order here, so tuples of order and text are sorted."""
        keys = ascending(order_by)
        kept = sge.Not(this=sge.Is(this=arg, expression=sge.Null()))
        tuples = self.agg.groupArray(
            self.f.tuple(*keys, arg), where=kept if where is None else sge.And(this=kept, expression=where)
        )
        pair = sge.to_identifier("pair")
        text = self.f.tupleElement(pair, sge.convert(len(keys) + 1))
        texts = self.f.arrayMap(sge.Lambda(this=text, expressions=[pair]), self.f.arraySort(tuples))
        return self.if_(self.f.empty(tuples), sge.Null(), self.f.arrayStringConcat(texts, sep))


class ClickHouseEngine:
    """Parquet files as Ibis tables, run by an executor.

    Parameters
    ----------
    executor
        The server, or the engine in the process.
    home
        The user's store, in which a server finds the bundled record.
    """

    name: Final = "clickhouse"
    book: Final = None

    def __init__(self, executor: Executor, home: Path) -> None:
        self.executor = executor
        self.home = home
        self._compiler = ExactCompiler()
        self._files: dict[str, list[sge.Expression]] = {}

    def parquet(self, paths: Sequence[Path], name: str) -> ibis.Table:
        """Open Parquet files as one table of this name; columns a file lacks are null in its rows."""
        try:
            schemas = [pq.read_schema(path).remove_metadata() for path in paths]
        except (OSError, pa.ArrowException) as wrong:
            raise _failed(wrong) from wrong
        whole = pa.unify_schemas(schemas, promote_options="permissive")
        schema = ibis.schema({field.name: ibis.dtype(_plain(field.type)) for field in whole})
        return self._table([placed(path, self.home) for path in paths], name, "Parquet", schema)

    def text(self, path: Path, name: str) -> ibis.Table:
        """Open a CSV file with a head as a table of this name, every column as text."""
        opened = gzip.open if path.suffix == ".gz" else open
        try:
            with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
                head = next(csv.reader(file), [])
        except (OSError, UnicodeDecodeError) as wrong:
            raise SchemaError("the file cannot be read", where=f"{path}: {wrong}") from wrong
        schema = ibis.schema(dict.fromkeys(head, "string"))
        return self._table([placed(path, self.home)], name, "CSVWithNames", schema)

    def _table(self, paths: Sequence[Path], name: str, form: str, schema: ibis.Schema) -> ibis.Table:
        texts = [str(path) for path in paths]
        if strange := next((text for text in texts if set(text) & set("{}*?")), None):
            raise StoreError(
                "ClickHouse would read this path as a pattern", where=strange, remedy="Move the store"
            )
        structure = ", ".join(
            f"`{column}` {ClickHouseType.to_string(kind)}" for column, kind in schema.items()
        )
        # One function per file: of a pattern, ClickHouse leaves out in silence what is not there.
        self._files[name] = [
            sge.Anonymous(this="file", expressions=[sge.convert(part) for part in (text, form, structure)])
            for text in texts
        ]
        return ibis.table(schema, name=name)

    def keep(self, rows: ibis.Table) -> ibis.Table:
        """Leave rows where they are."""
        return rows

    def compile(self, expression: ibis.Table) -> str:
        """Write an expression as SQL of ClickHouse, its tables as the files they are."""
        # A copy, because Ibis puts one object in several places, and each has to be replaced.
        tree = self._compiler.to_sqlglot(expression.unbind()).copy()
        for table in list(tree.find_all(sge.Table)):
            if table.name in self._files:
                table.replace(self._source(self._files[table.name], table.alias_or_name))
        settings = ", ".join(f"{name} = {value}" for name, value in SETTINGS.items())
        return f"{tree.sql('clickhouse')} SETTINGS {settings}"

    @staticmethod
    def _source(files: list[sge.Expression], alias: str) -> sge.Expression:
        """The files of a table, one below the other."""
        selects = [sge.select("*").from_(sge.Table(this=file.copy())) for file in files]
        whole: sge.Query = selects[0]
        for other in selects[1:]:
            whole = sge.union(whole, other, distinct=False, copy=False)
        return whole.subquery(sge.to_identifier(alias, quoted=True), copy=False)

    def fetch(self, expression: ibis.Table) -> pa.Table:
        """Run an expression and bring its rows back as an Arrow table of exactly its types."""
        schema = expression.schema().to_pyarrow()
        data = self.executor.run(self.compile(expression))
        if not data:
            return schema.empty_table()
        try:
            return pa.ipc.open_file(data).read_all().cast(schema)
        except pa.ArrowException as wrong:
            raise _failed(wrong) from wrong


def open_clickhouse(address: str, home: Path) -> ClickHouseEngine:
    """Open the engine in the process (``chdb``), or a server by its address."""
    return ClickHouseEngine(Embedded() if address == EMBEDDED else Server(address), home)


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type of the values where a column is packed as a dictionary."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _missing(wrong: ImportError, extra: str) -> StoreError:
    return StoreError(
        "ClickHouse is not installed", where=str(wrong), remedy=f"pip install 'techbalance[{extra}]'"
    )


def _failed(wrong: Exception) -> StoreError:
    first = next((line for line in str(wrong).splitlines() if line.strip()), type(wrong).__name__)
    return StoreError(
        "ClickHouse did not answer the question",
        where=first[:300],
        remedy="See docs/howto/larger-engines.md, or unset TECHBALANCE_ENGINE",
    )
