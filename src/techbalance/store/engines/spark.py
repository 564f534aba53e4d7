"""How are expressions run on a cluster? By Spark, over the same Parquet files, which workers have to see."""

from __future__ import annotations

import os
import sys
import time
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from sqlglot import expressions as sge

from techbalance.errors import StoreError
from techbalance.store.engines.ordering import ascending
from techbalance.store.engines.placement import placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# Exact or an error: with ANSI rules a sum beyond 64 bits raises, without them it wraps around.
SETTINGS: Final = {
    "spark.app.name": "techbalance",
    "spark.log.level": "ERROR",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.useLargeVarTypes": "false",
    "spark.ui.showConsoleProgress": "false",
}
SECONDS_FOR_A_WORKER: Final = 60
CALLED: Final = "An error occurred while calling"
REMEDY: Final = "Unset TECHBALANCE_ENGINE to use the engine in the process"


class OrderedCompiler(PySparkCompiler):  # type: ignore[misc]
    """The compiler of Ibis, where it refuses what Spark can do."""

    def visit_GroupConcat(  # noqa: N802 - as Ibis names it
        self,
        op: Any,  # noqa: ANN401
        *,
        arg: Any,  # noqa: ANN401
        sep: Any,  # noqa: ANN401
        where: Any,  # noqa: ANN401
        order_by: Sequence[Any],
    ) -> Any:  # noqa: ANN401
        """Join texts in ascending order: Ibis knows no order here, so pairs of order and text are sorted."""
        keys = ascending(order_by)
        named = [part for place, key in enumerate(keys) for part in (sge.convert(f"key{place}"), key)]
        pair = self.f.anon.named_struct(*named, sge.convert("text"), arg)
        kept = sge.Not(this=sge.Is(this=arg, expression=sge.Null()))
        wanted = kept if where is None else sge.And(this=kept, expression=where)
        pairs = self.f.anon.collect_list(self.if_(wanted, pair, sge.Null()))
        one = sge.to_identifier("pair")
        text = sge.Lambda(this=sge.Dot(this=one, expression=sge.to_identifier("text")), expressions=[one])
        texts = self.f.anon.transform(self.f.anon.array_sort(pairs), text)
        return self.if_(self.f.anon.size(pairs).eq(0), sge.Null(), self.f.anon.array_join(texts, sep))


class SparkEngine:
    """Parquet files as Ibis tables on a Spark standalone cluster.

    Parameters
    ----------
    address
        ``spark://host:port``. Further settings come from ``SPARK_CONF_DIR/spark-defaults.conf``, as with any
        Spark application.
    home
        The user's store, in which workers find the bundled record.

    Raises
    ------
    StoreError
        pyspark or Java is missing, the master does not answer, or no worker is free.
    """

    name: Final = "spark"
    book: Final = None

    def __init__(self, address: str, home: Path) -> None:
        self.home = home
        # Views belong to a session, so that two stores in one process do not see each other's.
        self.session = _session(address).newSession()
        with _quiet():
            self.connection = ibis.pyspark.connect(self.session)
        self.connection.compiler = OrderedCompiler()

    def parquet(self, paths: Sequence[Path], name: str) -> ibis.Table:
        """Open Parquet files as one table of this name; columns wider in some files are wide in all."""
        with _as_store_error():
            frames = [
                self.session.read.parquet(*(placed(path, self.home).as_uri() for path in alike))
                for alike in _by_schema(paths)
            ]
            whole = frames[0]
            for frame in frames[1:]:
                whole = whole.unionByName(frame, allowMissingColumns=True)
            return self._view(whole, name)

    def text(self, path: Path, name: str) -> ibis.Table:
        """Open a CSV file with a head as a table of this name, every column as text."""
        with _as_store_error():
            frame = self.session.read.csv(
                placed(path, self.home).as_uri(), header=True, escape='"', multiLine=True, mode="FAILFAST"
            )
            return self._view(frame, name)

    def _view(self, frame: Any, name: str) -> ibis.Table:  # noqa: ANN401 - pyspark is optional
        frame.createOrReplaceTempView(name)
        return self.connection.table(name)

    def keep(self, rows: ibis.Table) -> ibis.Table:
        """Leave rows where they are."""
        return rows

    def compile(self, expression: ibis.Table) -> str:
        """Write an expression as Spark SQL."""
        return str(self.connection.compile(expression))

    def fetch(self, expression: ibis.Table) -> pa.Table:
        """Run an expression and bring its rows back as an Arrow table of exactly its types."""
        with _as_store_error(), _quiet():
            result = self.session.sql(self.compile(expression)).toArrow()
            return result.cast(expression.schema().to_pyarrow())


def _session(address: str) -> Any:  # noqa: ANN401 - pyspark is optional
    """The one session of this process; a second address in one process is refused."""
    try:
        with _quiet():
            from pyspark.sql import SparkSession
    except ImportError as wrong:
        raise StoreError(
            "Spark is not installed", where=str(wrong), remedy="pip install 'techbalance[spark]'"
        ) from wrong
    running = SparkSession.getActiveSession()
    if running is not None and running.sparkContext.master != address:
        raise StoreError(
            "this process is connected to another cluster",
            where=f"{running.sparkContext.master}, asked for {address}",
            remedy="Start a new process",
        )
    # Workers never run Python for us, but Spark compares the two versions.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(address)
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    with _as_store_error(f"no Spark cluster answers at {address}"), _quiet():
        session = builder.getOrCreate()
        _await_worker(session, address)
    return session


def _await_worker(session: Any, address: str) -> None:  # noqa: ANN401 - pyspark is optional
    """Wait for a worker: without one a question would wait for ever, and say nothing."""
    last = time.monotonic() + SECONDS_FOR_A_WORKER
    # The driver is counted as well.
    while session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() < 2:
        if time.monotonic() > last:
            session.stop()
            raise StoreError(
                f"the cluster gave no worker within {SECONDS_FOR_A_WORKER} seconds",
                where=address,
                remedy="Start a worker with 1 GB of memory free, or unset TECHBALANCE_ENGINE",
            )
        time.sleep(0.05)


def _by_schema(paths: Sequence[Path]) -> list[list[Path]]:
    """Files in groups of one schema: Spark takes the first file's for all that it reads together."""
    groups: list[tuple[pa.Schema, list[Path]]] = []
    for path in paths:
        schema = pq.read_schema(path).remove_metadata()
        for known, alike in groups:
            if schema.equals(known):
                alike.append(path)
                break
        else:
            groups.append((schema, [path]))
    return [alike for _, alike in groups]


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what pyspark says about pandas, which no question uses."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning)
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=UserWarning)
        yield


@contextmanager
def _as_store_error(message: str = "Spark did not answer the question") -> Iterator[None]:
    """Tell a failure of Spark as one of the store."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, pa.ArrowException) as wrong:
        lines = [line.strip(" :") for line in str(wrong).splitlines()]
        # What Python called says nothing; what Java raised stands below it.
        said = [line for line in lines if line and not line.startswith(CALLED)] or [type(wrong).__name__]
        raise StoreError(message, where=said[0][:300], remedy=REMEDY) from wrong
