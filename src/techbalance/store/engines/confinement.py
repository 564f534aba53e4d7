"""What may an engine read for strangers? Some folders, and nothing else; and nothing may it write.

A server never runs SQL that somebody sent. Should a mistake let some through all the same, it meets a
connection on which other files, other databases, extensions and settings are closed, and which runs nothing
but queries: the engine's own settings would still let it write where it may read.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import duckdb

from techbalance.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# In this order: the folders cannot be named any more once everything else is closed.
_CLOSED: Final = (
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET allow_persistent_secrets = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
# Queries, and what the engine makes for itself in memory: views over files, and tables that are kept.
_ALLOWED: Final = frozenset(
    {
        duckdb.StatementType.SELECT,
        duckdb.StatementType.EXPLAIN,
        duckdb.StatementType.CREATE,
        duckdb.StatementType.DROP,
        duckdb.StatementType.TRANSACTION,
        # What is executed was prepared, and was looked at then.
        duckdb.StatementType.EXECUTE,
    }
)


def confine(
    connection: duckdb.DuckDBPyConnection, folders: Iterable[Path], *, aside: Path | None = None
) -> None:
    """Close everything but some folders to a connection, for good.

    Parameters
    ----------
    connection
        To which nothing else is to be open.
    folders
        What it may read; one that does not exist may come to be.
    aside
        Where it may put aside what does not fit in memory; nowhere when None.
    """
    allowed = [*folders, *([aside] if aside else [])]
    names = {f"{one}{os.sep}" for path in allowed for one in (path.absolute(), path.resolve())}
    written = ", ".join(_text(name) for name in sorted(names))
    connection.execute(f"SET temp_directory = {_text(str(aside or ''))}")
    connection.execute(f"SET allowed_directories = [{written}]")
    for setting in _CLOSED:
        connection.execute(setting)


class QueriesOnly:
    """A connection that runs queries and refuses every other statement; otherwise as DuckDB's own.

    Parameters
    ----------
    connection
        What runs them.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def execute(self, query: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as DuckDB's own
        """Run a query.

        Raises
        ------
        StoreError
            It is no query.
        """
        return self._connection.execute(self._looked_at(query), *given, **named)

    def sql(self, query: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as DuckDB's own
        """Make a relation of a query.

        Raises
        ------
        StoreError
            It is no query.
        """
        return self._connection.sql(self._looked_at(query), *given, **named)

    query = sql

    def executemany(self, query: Any, *given: Any) -> Any:  # noqa: ANN401 - as DuckDB's own
        """Run a query for several sets of values."""
        return self._connection.executemany(self._looked_at(query), *given)

    def prepare(self, name: str, query: str) -> None:
        """Plan a query once, to be executed by its name.

        Raises
        ------
        StoreError
            It is no query.
        """
        self._connection.execute(f"PREPARE {name} AS {self._looked_at(query)}")

    def cursor(self) -> QueriesOnly:
        """Another connection to the same tables, as confined as this one."""
        return QueriesOnly(self._connection.cursor())

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as DuckDB's own
        return getattr(self._connection, name)

    def _looked_at(self, query: Any) -> Any:  # noqa: ANN401 - text or statement
        statements = self._connection.extract_statements(query) if isinstance(query, str) else [query]
        for one in statements:
            if one.type not in _ALLOWED:
                raise StoreError(
                    f"{one.type.name} is refused: this connection only reads", where="a confined engine"
                )
        return query


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
