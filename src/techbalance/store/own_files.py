"""Are the user's own files of a table what the table needs? Asked before an engine opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from techbalance.errors import SchemaError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_KINDS = (
    ("a whole number", pa.types.is_integer),
    ("a number", lambda kind: pa.types.is_floating(kind) or pa.types.is_integer(kind)),
    ("text", lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind)),
    ("a date", lambda kind: pa.types.is_date(kind) or pa.types.is_timestamp(kind)),
    ("yes or no", pa.types.is_boolean),
)


def check_files(paths: Sequence[Path], table: str, wanted: pa.Schema) -> None:
    """Check that every file holds every column of a table, in a type that is read without loss.

    Parameters
    ----------
    paths
        The user's own Parquet files.
    table
        Name of the table, for messages.
    wanted
        Its columns; a file may hold more.

    Raises
    ------
    StoreError
        A file is no Parquet file, or cannot be read.
    SchemaError
        A column is missing, or of another kind.
    """
    for path in paths:
        found = _schema(path)
        for field in wanted:
            if field.name not in found.names:
                raise SchemaError(
                    f"the column {field.name!r} is missing from a file of the table {table!r}",
                    where=str(path),
                    remedy=f"Columns: {', '.join(wanted.names)}",
                )
            _check_kind(path, field, found.field(field.name).type)


def _schema(path: Path) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except (OSError, UnicodeError, pa.ArrowException) as wrong:
        raise StoreError(
            "a file of the store is not readable as Parquet",
            where=str(path),
            remedy="Take it out of the store, or write it again",
        ) from wrong


def _check_kind(path: Path, field: pa.Field, found: pa.DataType) -> None:
    kind = found.value_type if pa.types.is_dictionary(found) else found
    if pa.types.is_null(kind):
        return
    for words, fits in _KINDS:
        if fits(field.type):
            if fits(kind):
                return
            raise SchemaError(
                f"the column {field.name!r} holds {found} where {words} is needed", where=str(path)
            )
