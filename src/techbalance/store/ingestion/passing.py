"""How is a month added up while its detail is still being read? Product by product, as they come.

Import archives are in the order of products, so what belongs to a product is together when the next one
begins. Each part is added up by the expression that would add up the whole.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from techbalance.store.failures import as_store_error
from techbalance.store.ingestion.mart_sql import ROWS, sql_of
from techbalance.store.ingestion.marts import PRODUCT, MartFile, engine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path
    from types import TracebackType

    import duckdb
    from ibis import Table
    from numpy.typing import NDArray


class PassingSums:
    """Sums of rows that come in the order of their products; a context that leaves nothing running.

    Parameters
    ----------
    expression
        From rows to what is kept; rows of different products do not meet in it.
    target
        File to write, zstd-3.
    order
        Columns by which what is kept is sorted, the product first.
    in_order
        Whether rows may be expected in that order; else none is added up.
    """

    def __init__(
        self, expression: Callable[[Table], Table], target: Path, order: Sequence[str], *, in_order: bool
    ) -> None:
        self.expression, self.target, self.order = expression, target, tuple(order)
        self._in_order, self._last = in_order, ""
        self._unfinished: list[pa.RecordBatch] = []
        self._worker = ThreadPoolExecutor(1, "sums")
        self._under_way: Future[None] | None = None
        self._engine: duckdb.DuckDBPyConnection | None = None
        self._file = MartFile(target)

    def __enter__(self) -> PassingSums:
        """Nothing is opened before the first rows come."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is under way, and close the file."""
        self._worker.shutdown(wait=True)
        if self._engine is not None:
            self._engine.close()
        self._file.__exit__(kind, wrong, trace)

    def add(self, batch: pa.RecordBatch) -> None:
        """Take rows; those of the last product wait for the rest of it.

        Parameters
        ----------
        batch
            Rows whose product is a dictionary in the order of the codes.

        Raises
        ------
        StoreError
            The disk is full, or a sum does not fit 64 bits.
        """
        if not batch.num_rows or not self._in_order:
            return
        products = batch.column(PRODUCT)
        index: NDArray[np.int32] = products.indices.to_numpy()
        first, last = (products.dictionary[int(one)].as_py() for one in (index[0], index[-1]))
        self._in_order = first >= self._last and not bool((index[1:] < index[:-1]).any())
        start = int(np.searchsorted(index, index[-1])) if self._in_order else 0
        if start or first != self._last:
            self._sum_up([*self._unfinished, batch.slice(0, start)])
            self._unfinished = []
        self._unfinished.append(batch.slice(start))
        self._last = last

    def finish(self) -> bool:
        """Add up what is left, and say whether the file holds everything: not where products were mixed.

        Raises
        ------
        StoreError
            As for ``add``.
        """
        self._sum_up(self._unfinished)
        if self._under_way is not None:
            self._under_way.result()
        return self._in_order and self._under_way is not None

    def _sum_up(self, parts: list[pa.RecordBatch]) -> None:
        """Begin with whole products as soon as those before are done."""
        if self._under_way is not None:
            self._under_way.result()
        if self._in_order and sum(part.num_rows for part in parts):
            self._under_way = self._worker.submit(self._write, pa.Table.from_batches(parts))

    def _write(self, rows: pa.Table) -> None:
        with as_store_error():
            self._engine = self._engine or engine(self.target)
            self._engine.register(ROWS, rows)
            select = sql_of(self.expression, rows.schema, self.order)
            sums = self._engine.sql(select).to_arrow_table()
            self._engine.unregister(ROWS)
        self._file.write(sums)
