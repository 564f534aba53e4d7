"""How does a table made in memory meet the engine? As a Parquet file that lasts as long as it is needed."""

from __future__ import annotations

import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from techbalance.errors import StoreError
from techbalance.store.engines.placement import BUNDLED

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis
    import pyarrow as pa

    from techbalance.store.catalogue import Store


@contextmanager
def scratch(store: Store, rows: pa.Table) -> Iterator[ibis.Table]:
    """Open rows as a table of the engine; what is asked of it has to be fetched inside.

    Raises
    ------
    StoreError
        There is no room for the file.
    """
    # An engine elsewhere sees the store's folder, not this machine's; a confined one has a folder of its own.
    place = getattr(store.engine, "aside", None) if store.engine.name == "duckdb" else store.home / BUNDLED
    with tempfile.TemporaryDirectory(prefix="techbalance-", dir=place) as folder:
        path = Path(folder) / "rows.parquet"
        try:
            path.parent.chmod(0o755)
            pq.write_table(rows, path)
        except OSError as wrong:
            raise StoreError(
                "a table cannot be put aside", where=f"{folder}: {wrong.strerror}", remedy="Make room there"
            ) from wrong
        yield store.engine.parquet([path], f"scratch_{uuid.uuid4().hex[:12]}")
