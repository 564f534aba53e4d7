"""What does a failure of the engine or the disk look like from outside? A store error, in its own words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from techbalance.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Tell that something cannot be written: the disk is full, or closed to writing.

    Raises
    ------
    StoreError
        In place of any error of the operating system.
    """
    try:
        yield
    except OSError as wrong:
        raise unwritten(place, wrong) from wrong


def unwritten(place: Path, wrong: OSError) -> StoreError:
    """What to say of a place that cannot be written."""
    return StoreError(
        "the store cannot be written; it is as it was before",
        where=f"{place}: {wrong.strerror or wrong}",
        remedy="Make room or set TECHBALANCE_HOME to another folder, then run the command again",
    )
