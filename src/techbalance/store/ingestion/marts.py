"""How are sums kept beside the detail they come from? An expression, run once when the detail comes in.

The expressions are the questions' (``questions/marts.py``); this module runs them over stored files and
writes what comes out as a file of its own.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

from techbalance.store.failures import as_store_error, unwritten, writing
from techbalance.store.ingestion.mart_sql import ROWS, sql_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path
    from types import TracebackType

    import duckdb
    from ibis import Table

# A question on one product or partner reads the groups of rows that hold it; smaller ones cost more to open.
ROWS_PER_GROUP: Final = 20_000
# Of zstd; levels above are many times slower for a few per cent.
LEVEL: Final = 3
# Several archives are added up at a time, and all of it stays below a gigabyte.
MEMORY: Final = "150MB"
# Rows that are added up together: enough to outweigh the call, few enough for little memory.
ROWS_AT_A_TIME: Final = 100_000
PRODUCT: Final = "product"


@dataclass(frozen=True)
class Marts:
    """What is added up when trade comes in.

    Parameters
    ----------
    by_product
        From detail rows to one row per product, partner and month; rows of different products do not meet.
    by_year
        From months of a year to one row per product and partner; likewise.
    by_group
        From products to one row per group, match and partner.
    """

    by_product: Callable[[Table], Table]
    by_year: Callable[[Table], Table]
    by_group: Callable[[Table], Table]


class MartFile:
    """A file of sums that is written in pieces; a context that closes it, opened by the first rows.

    Parameters
    ----------
    target
        File to write, zstd-3.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> MartFile:
        """Nothing is opened yet."""
        return self

    def write(self, rows: pa.Table) -> None:
        """Write rows behind those that are written.

        Raises
        ------
        StoreError
            The disk is full.
        """
        texts = [field.name for field in rows.schema if pa.types.is_string(field.type)]
        with writing(self.target):
            self._writer = self._writer or pq.ParquetWriter(
                self.target,
                rows.schema,
                compression="zstd",
                compression_level=LEVEL,
                # Codes repeat; figures do not, and trying costs more than it saves.
                use_dictionary=texts,
                store_schema=False,
            )
            if rows.num_rows:
                self._writer.write_table(rows, row_group_size=ROWS_PER_GROUP)

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        if self._writer is not None:
            with writing(self.target):
                self._writer.close()


def engine(target: Path, threads: int = 1) -> duckdb.DuckDBPyConnection:
    """Open what adds up, in little memory: beyond it, sorting and grouping go to the disk beside the file."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": MEMORY,
        "temp_directory": str(target.parent),
    }
    return duckdb.connect(":memory:", config=settings)


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

    ranges = _ranges(sources, order)
    select = sql_of(expression, pq.read_schema(sources[0]), tuple(order))
    places = ", ".join(_quoted(path) for path in sources)
    # A range is the work of one core; ranges are worked on side by side.
    with as_store_error(), engine(target, 1 if len(ranges) > 1 else threads) as connection:

        def summed(condition: str) -> pa.Table:
            rows = f"WITH {ROWS} AS (FROM read_parquet([{places}]) WHERE {condition})"
            return connection.cursor().sql(f"{rows} {select}").to_arrow_table()

        try:
            with MartFile(target) as file:
                for table in _in_turn(summed, ranges, threads):
                    file.write(table)
        except duckdb.IOException as wrong:
            raise unwritten(target, OSError(str(wrong).partition("\n")[0])) from wrong


def _ranges(sources: Sequence[Path], order: Sequence[str]) -> list[str]:
    """Conditions that together hold for every row once, each for about as many rows as are wanted at a time.

    Sums by product are independent of each other, so files in the order of their products are added up range
    by range, in little memory whatever their size. The files' own statistics say where products lie; a file
    in another order is read several times, or at once, and gives the same.
    """
    if order[0] != PRODUCT:
        return ["true"]
    begins = []
    for source in sources:
        facts = pq.ParquetFile(source).metadata
        column = facts.schema.to_arrow_schema().get_field_index(PRODUCT)
        for number in range(facts.num_row_groups):
            group = facts.row_group(number)
            statistics = group.column(column).statistics
            if statistics is None or not statistics.has_min_max:
                return ["true"]
            begins.append((str(statistics.min), group.num_rows))
    # Of many files each range reads at least a group of each.
    wanted = ROWS_AT_A_TIME + 2 * ROWS_PER_GROUP * (len(sources) - 1)
    cuts: list[str] = []
    rows, newest = 0, min(begins, default=("", 0))[0]
    for begin, count in sorted(begins):
        if rows >= wanted and begin != newest:
            cuts.append(begin)
            rows, newest = 0, begin
        rows += count
    edges = [None, *cuts, None]
    return [
        " AND ".join(
            part
            for part in (
                "true",
                "" if first is None else f"{PRODUCT} >= '{first}'",
                "" if after is None else f"{PRODUCT} < '{after}'",
            )
            if part
        )
        for first, after in pairwise(edges)
    ]


def _in_turn(work: Callable[[str], pa.Table], parts: Sequence[str], threads: int) -> Iterator[pa.Table]:
    """Do parts of some work side by side and give them in their order; few wait to be taken."""
    with ThreadPoolExecutor(threads, "marts") as pool:
        under_way: deque[Future[pa.Table]] = deque()
        try:
            for part in parts:
                if len(under_way) > threads:
                    yield under_way.popleft().result()
                under_way.append(pool.submit(work, part))
            while under_way:
                yield under_way.popleft().result()
        finally:
            for one in under_way:
                one.cancel()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
