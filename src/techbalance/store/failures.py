"""What does a failure of the engine look like from outside? A store error, with the words of the engine."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from techbalance.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def as_store_error() -> Iterator[None]:
    """Tell a failure of the engine as one of the store: a damaged file, or a value its column cannot hold.

    Raises
    ------
    StoreError
        In place of any error of DuckDB or Arrow.
    """
    import duckdb
    import pyarrow

    try:
        yield
    except (duckdb.Error, pyarrow.ArrowException) as wrong:
        raise StoreError(
            "the stored tables cannot be read",
            where=str(wrong).partition("\n")[0],
            remedy="Take out or write again the file it names; techbalance status says where the store is",
        ) from wrong
