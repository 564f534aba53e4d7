"""What is held, and where? One catalogue over the bundled record and the user's own store.

A table's rows come from both. Where both hold the same key, the store's row is read: it is what the user
fetched or ingested.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import platformdirs

from techbalance import outline, record
from techbalance.errors import CheckError, NotCoveredError, StoreError, TechbalanceError, shortened
from techbalance.sources.declaration import Declaration, declared, routes
from techbalance.store.commit import HELD, MANIFEST, Manifest, read_manifest
from techbalance.store.holdings import Block, added_up, stored_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import ibis
    import pyarrow as pa

    from techbalance.store.engine import Engine

__all__ = ["ENGINE_VARIABLE", "FETCHED_ONLY", "HOME_VARIABLE", "KEYS", "Declaration", "Store", "default_home"]

HOME_VARIABLE = "TECHBALANCE_HOME"
ENGINE_VARIABLE = "TECHBALANCE_ENGINE"

# What identifies a row of each table, so that the store's row can take the place of the record's.
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "headline": ("series", "partner", "group", "flow", "seasonal", "period", "freq", "vintage"),
    "trade": ("reporter", "flow", "system", "product", "partner", "period", "freq", "vintage"),
    "trade_outside_list": ("reporter", "flow", "partner", "period", "match", "vintage"),
    "membership": ("list_id", "year", "flow", "code"),
    "products": ("system", "code"),
    "partners": ("code_system", "code"),
    "areas": ("area", "code", "from_year"),
    "groups": ("code",),
    "calendar": ("year", "month"),
    "ip_charges": ("country", "flow", "period", "vintage"),
    "ip_charges_areas": ("country", "flow", "period", "vintage"),
    "macro": ("series", "country", "period", "vintage"),
}

# Tables of which nothing ships: what they hold may not be passed on, and each user fetches it.
FETCHED_ONLY: Final[dict[str, tuple[str, ...]]] = {
    "trade_hs6": ("reporter", "partner", "flow", "edition", "product", "period", "vintage"),
}


def default_home() -> Path:
    """Where the store lives: ``TECHBALANCE_HOME``, or the platform's folder for user data."""
    named = os.environ.get(HOME_VARIABLE)
    return Path(named) if named else Path(platformdirs.user_data_dir("techbalance", appauthor=False))


class Store:
    """The figures a question can read.

    Parameters
    ----------
    home
        The user's store; need not exist, in which case only the bundled record is read.
    confined
        Whether the engine may read this store, the bundled record and the folder of outside data, and
        nothing else, and may write nothing: for answering strangers.
    threads
        How many threads an engine in this process may use; None for one per core, or for one alone where
        confined.

    Raises
    ------
    StoreError
        ``home`` exists and is not a folder.
    """

    def __init__(
        self, home: Path | None = None, *, confined: bool = False, threads: int | None = None
    ) -> None:
        self.home = default_home() if home is None else home
        self.confined = confined
        self.threads = threads
        try:
            usable = self.home.is_dir() or not self.home.exists()
        except OSError as wrong:
            raise StoreError(
                "the store cannot be opened",
                where=f"{shortened(str(self.home))}: {wrong.strerror}",
                remedy=f"Set {HOME_VARIABLE}",
            ) from wrong
        if not usable:
            raise StoreError("the store is not a folder", where=str(self.home), remedy=f"Set {HOME_VARIABLE}")
        self._open: dict[str, ibis.Table] = {}

    @cached_property
    def engine(self) -> Engine:
        """The engine, connected at first use: a surface that only prints help never pays for it."""
        from techbalance.store.engine import connect

        if not self.confined:
            return connect(self.home, threads=self.threads)
        from techbalance.store import outside

        folders = (self.home, record.path("headline").parent, outside.folder(self))
        return connect(self.home, folders, threads=self.threads)

    @cached_property
    def manifest(self) -> Manifest:
        """What was ingested and fetched, as it was when this store was first asked."""
        return read_manifest(self.home)

    def changes(self) -> tuple[dict[str, Any], ...]:
        """What each change of the store recorded about itself, oldest first."""
        return self.manifest.facts

    def files(self, name: str) -> list[Path]:
        """The user's own files of a table: those put down by hand, then those ingested and fetched."""
        folder = self.home / "tables" / name
        mine = sorted(folder.glob("**/*.parquet")) if folder.is_dir() else []
        return mine + [self.home / HELD / file for file in self.manifest.tables.get(name, ())]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Trade that was ingested, block by block; what ships with the package is not among it."""
        held = frozenset(file for files in self.manifest.tables.values() for file in files)
        return stored_blocks(self.manifest.facts, held)

    @cached_property
    def years_added_up(self) -> dict[tuple[str, int], dict[str, Any]]:
        """Years whose months were added up when they were ingested, by flow and year."""
        return added_up(self.manifest)

    def own(self, name: str, files: tuple[str, ...]) -> ibis.Table:
        """Open some files of a table that only the store has, as ``manifest`` names them.

        Parameters
        ----------
        name
            The table: ``trade_month``, ``group_year`` ...
        files
            Its files.
        """
        seed = hashlib.sha256("\n".join(files).encode()).hexdigest()[:12]
        view = f"{name}_{seed}"
        if view not in self._open:
            self._open[view] = self.engine.parquet([self.home / HELD / file for file in files], view)
        return self._noted(view)

    def table(self, name: str) -> ibis.Table:
        """Open one table: the record's rows, with the store's in their place where both have a key.

        Parameters
        ----------
        name
            One of ``KEYS``.

        Raises
        ------
        StoreError
            No such table, or a file of the store that cannot be read.
        SchemaError
            A file of the store lacks a column, or holds it in another kind.
        CheckError
            The store's own files hold two rows of one key.
        """
        if name not in self._open:
            with outline.built():
                self._open[name] = self._read(name)
        return self._noted(name)

    def _noted(self, name: str) -> ibis.Table:
        book = outline.current()
        return self._open[name] if book is None else self.kept(book.given(self._open[name], name))

    def kept(self, rows: ibis.Table) -> ibis.Table:
        """Rows that many questions begin with: put into memory where many are asked, else as they are.

        They are the same rows either way; what is kept is bounded, and goes with this store.
        """
        return self.engine.keep(rows)

    @contextmanager
    def asked_often(self) -> Iterator[None]:
        """Inside, questions use again what was compiled and kept for those before them, on DuckDB."""
        book = self.engine.book
        with outline.outlined(book) if book is not None else nullcontext():
            yield

    def made_often(self, make: Callable[[], Any]) -> tuple[Any, bool]:
        """Make something as ``asked_often`` does, and say whether it went the long way instead.

        Raises
        ------
        TechbalanceError
            As it raises.
        """
        try:
            with self.asked_often():
                return make(), False
        except Exception as wrong:
            # The long way tells whether the question is wrong, or the short way.
            if isinstance(wrong, TechbalanceError) and not isinstance(wrong, StoreError):
                raise
        return make(), True

    def _read(self, name: str) -> ibis.Table:
        if name in FETCHED_ONLY:
            return self._read_fetched(name)
        if name not in KEYS:
            raise StoreError(f"there is no table {name!r}", remedy=f"Tables: {', '.join(KEYS)}")
        bundled = self.engine.parquet([record.path(name)], name)
        own = self.files(name)
        if not own:
            return bundled
        from techbalance.store.own_files import check_files

        schema = bundled.schema()
        check_files(own, name, schema.to_pyarrow())
        mine = self.engine.parquet(own, f"own_{name}").select(*bundled.columns).cast(schema)
        self._refuse_repeats(name, mine)
        return mine.union(bundled.anti_join(mine, list(KEYS[name])))

    def _read_fetched(self, name: str) -> ibis.Table:
        """A table of which nothing ships.

        Raises
        ------
        NotCoveredError
            Nothing of it has been fetched.
        """
        own = self.files(name)
        if not own:
            raise NotCoveredError(
                f"nothing of the table {name!r} is held, and none of it ships",
                remedy="techbalance fetch comtrade --reporter DEU --from 2022 --to 2023 gets some",
            )
        return self.engine.parquet(own, f"own_{name}")

    def _refuse_repeats(self, name: str, mine: ibis.Table) -> None:
        """Refuse two rows of one key among the user's own: they would be added up as if both were true."""
        keys = list(KEYS[name])
        counts = mine.group_by(keys).aggregate(held=mine.count())
        for row in self.fetch_rows(counts.filter(counts.held > 1).order_by(keys).limit(1)):
            where = ", ".join(f"{key} {row[key]}" for key in keys)
            raise CheckError(
                f"the store's own files of the table {name!r} hold {row['held']} rows of one key",
                where=where,
                remedy=f"Keep one of them; files: {', '.join(str(path) for path in self.files(name)[:5])}",
            )

    def fetch(self, expression: ibis.Table) -> pa.Table:
        """Run an expression and bring its rows back as an Arrow table of exactly its types."""
        return self.engine.fetch(expression)

    def fetch_rows(self, expression: ibis.Table) -> list[dict[str, Any]]:
        """Run an expression and bring its rows back as plain Python values."""
        return list(self.engine.fetch(expression).to_pylist())

    def count(self, expression: ibis.Table) -> int:
        """Count the rows of an expression."""
        return int(self.fetch(expression.aggregate(rows=expression.count()))["rows"][0].as_py())

    @cached_property
    def version(self) -> str:
        """Sixteen hexadecimal digits that change when anything a question could read changes."""
        parts = [record.digest()]
        if self.manifest.serial:
            parts.append(f"{MANIFEST}:{self.manifest.digest}")
        for name in KEYS:
            folder = self.home / "tables" / name
            for path in sorted(folder.glob("**/*.parquet")) if folder.is_dir() else ():
                facts = path.stat()
                parts.append(f"{path.relative_to(self.home)}:{facts.st_size}:{facts.st_mtime_ns}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def bundled(self, name: str) -> tuple[Path, str]:
        """The bundled file of a table, and the SHA-256 of its bytes as they are now."""
        path = record.path(name)
        return path, hashlib.sha256(path.read_bytes()).hexdigest()

    @property
    def declared(self) -> tuple[Declaration, ...]:
        """Every source that is declared, in the order in which a user would try them."""
        return declared()

    def routes(self, series: str, by: frozenset[str], years: tuple[int, ...]) -> tuple[Declaration, ...]:
        """Declared sources that cover a series, by all of the keys, in every one of the years."""
        return routes(series, by, years)

    @cached_property
    def sources(self) -> dict[str, dict[str, Any]]:
        """The record of every source, by its id."""
        told = {fact["source_id"]: fact for fact in self.manifest.facts if fact.get("kind") == "source"}
        return record.sources() | told
