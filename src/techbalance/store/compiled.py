"""SQL that was compiled from the expressions ahead of time, for the questions asked most from a cold shell.

Compiling takes longer than running: half a second against a few milliseconds. The SQL is written by
``tools/compile_questions.py`` from the same expressions, carries a fingerprint of the modules it came from,
and is ignored when they have changed since. A user's own figures, or another engine, go the long way round.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from techbalance import record
from techbalance.store.failures import as_store_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from techbalance.store.catalogue import Store

FILE: Final = "compiled.json"
# What decides the SQL of these questions.
MODULES: Final = (
    "indicators/periods.py",
    "indicators/accounts.py",
    "questions/balance.py",
    "questions/notes.py",
    "questions/published.py",
    "questions/selection.py",
    "questions/parameters/accounts.py",
    "store/catalogue.py",
    "store/engines/duckdb.py",
)


@dataclass(frozen=True)
class Compiled:
    """One question, ready to run.

    Parameters
    ----------
    sql
        The answer, with placeholders in double braces.
    sources_sql
        The ids of its sources, likewise.
    columns
        Name and Arrow type of each column.
    tables
        Bundled tables it reads.
    notes
        Notes of the answer.
    """

    sql: str
    sources_sql: str
    columns: tuple[tuple[str, str], ...]
    tables: tuple[str, ...]
    notes: tuple[str, ...]


def fingerprint(modules: Sequence[str] = MODULES) -> str:
    """Hash the modules that decide the SQL."""
    package = files("techbalance")
    seed = hashlib.sha256()
    for module in modules:
        seed.update(package.joinpath(*module.split("/")).read_bytes())
    return seed.hexdigest()


@cache
def shipped() -> dict[str, Compiled]:
    """Compiled questions by shape; empty where the modules have changed since they were compiled."""
    text = files("techbalance.store").joinpath(FILE).read_text(encoding="utf-8")
    found = json.loads(text)
    if found["fingerprint"] != fingerprint():
        return {}
    return {
        shape: Compiled(
            one["sql"],
            one["sources_sql"],
            tuple((name, kind) for name, kind in one["columns"]),
            tuple(one["tables"]),
            tuple(one["notes"]),
        )
        for shape, one in found["questions"].items()
    }


def usable(store: Store, compiled: Compiled) -> bool:
    """Whether it reads the bundled tables alone, on the engine it was compiled for."""
    from techbalance.store.catalogue import ENGINE_VARIABLE

    own_engine = os.environ.get(ENGINE_VARIABLE, "duckdb") == "duckdb"
    return own_engine and not any(store.files(name) for name in compiled.tables)


def run(compiled: Compiled, values: dict[str, int]) -> tuple[pa.Table, tuple[str, ...]]:
    """Run a compiled question.

    Parameters
    ----------
    compiled
        The question.
    values
        What stands in the place of each placeholder.

    Returns
    -------
    tuple of Table and source ids
        The rows of the answer, and where they come from, sorted.
    """
    import duckdb
    import pyarrow as pa

    from techbalance.store.engines.confinement import confine

    with as_store_error(), duckdb.connect(":memory:") as connection:
        confine(connection, {record.path(name).parent for name in compiled.tables})
        for name in compiled.tables:
            place = str(record.path(name)).replace("'", "''")
            connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet('{place}')")  # noqa: S608
        rows = connection.sql(_filled(compiled.sql, values)).to_arrow_table()
        ids = connection.sql(_filled(compiled.sources_sql, values)).fetchall()
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in compiled.columns])
    return rows.cast(schema), tuple(sorted(str(one) for (one,) in ids))


def _filled(sql: str, values: dict[str, int]) -> str:
    for name, value in values.items():
        sql = sql.replace(f"{{{{{name}}}}}", str(value))
    return sql
