"""How do several files change at once? One manifest names what is held; one rename publishes a change.

Data files lie under ``held/`` and are invisible until ``manifest.json`` names them. A change writes its
files, forces them to the disk, and then renames one small file; whatever stops it before the rename, an
error, a full disk or the end of the process, leaves the store as it was. What an interrupted change left
behind is removed by the next writer. One writer works at a time; readers never wait.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import secrets
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import StoreError
from techbalance.store.failures import unwritten, writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

MANIFEST: Final = "manifest.json"
PREVIOUS: Final = "manifest.previous.json"
LOCK: Final = "writer.lock"
HELD: Final = "held"
FORMAT: Final = 1
# A question that runs longer than this on files retired meanwhile would have to be asked again.
GRACE_SECONDS: Final = 3600
# Between two looks whether another writer has finished.
PAUSE_SECONDS: Final = 0.05
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.=-]*(/[A-Za-z0-9][\w.=-]*)*", re.ASCII)


@dataclass(frozen=True)
class Manifest:
    """What the store holds of its own: which files make up each table, and where they came from.

    Parameters
    ----------
    serial
        Counts the changes; 0 for a store without any.
    tables
        Files of each table, as paths inside ``held/``, in the order in which they were added.
    facts
        What each change recorded, oldest first: source bytes, vintages, what happened to them.
    retired
        Files no table names any more, and when (seconds since 1970), kept for readers that still do.
    """

    serial: int = 0
    tables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    facts: tuple[dict[str, Any], ...] = ()
    retired: tuple[tuple[str, float], ...] = ()

    def body(self) -> dict[str, Any]:
        """Everything in it, as plain values."""
        return {
            "format": FORMAT,
            "serial": self.serial,
            "tables": {name: list(files) for name, files in sorted(self.tables.items()) if files},
            "facts": list(self.facts),
            "retired": [list(one) for one in self.retired],
        }

    @property
    def digest(self) -> str:
        """The hash of what is held; retired files do not count."""
        return _digest(self.body() | {"retired": [], "serial": 0})

    def text(self) -> str:
        """Write it down, with the hash of its own content."""
        body = self.body()
        return json.dumps({"sha256": _digest(body), **body}, ensure_ascii=False, separators=(",", ":"))

    @property
    def files(self) -> set[str]:
        """Every file that has to stay, paths inside ``held/``."""
        held = {file for files in self.tables.values() for file in files}
        return held | {file for file, _ in self.retired}


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def read_manifest(home: Path) -> Manifest:
    """Read what a store holds; an empty manifest where nothing was ever committed.

    Raises
    ------
    StoreError
        The manifest is damaged, or was written by a later version.
    """
    path = home / MANIFEST
    try:
        body = json.loads(path.read_bytes())
        told = body.pop("sha256")
        if told != _digest(body):
            raise _damaged(path, "its content is not what its hash says")
        if body["format"] != FORMAT:
            raise StoreError(
                "the store was written by a later version of techbalance",
                where=f"{path}: format {body['format']}",
                remedy="Install that version, or name another store with TECHBALANCE_HOME",
            )
        return Manifest(
            int(body["serial"]),
            {str(name): tuple(map(str, files)) for name, files in body["tables"].items()},
            tuple(body["facts"]),
            tuple((str(file), float(when)) for file, when in body["retired"]),
        )
    except FileNotFoundError:
        return Manifest()
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise _damaged(path, f"{type(wrong).__name__}: {wrong}") from wrong
    except OSError as wrong:
        raise StoreError("the store cannot be read", where=f"{path}: {wrong.strerror}") from wrong


def _damaged(path: Path, how: str) -> StoreError:
    return StoreError(
        "the list of what the store holds is damaged",
        where=f"{path}: {how}",
        remedy=f"Put {PREVIOUS}, which lies beside it, in its place; or take it away and ingest again",
    )


class Draft:
    """A change in the making: files that are written, files that go, and what is known about them."""

    def __init__(self, writer: Writer, number: int) -> None:
        self.number = number
        self.added: list[tuple[str, str]] = []
        self.retired: list[tuple[str, str]] = []
        self.facts: list[dict[str, Any]] = []
        self.is_published = False
        self._writer = writer
        self._home = writer.home

    @property
    def manifest(self) -> Manifest:
        """What the store holds now, without this change."""
        return self._writer.manifest

    def publish(self) -> None:
        """Make the change visible now, rather than when it is left."""
        self._writer.publish(self)

    def path(self, table: str, name: str) -> Path:
        """Where to write one Parquet file of a table: new, and invisible until the change is published.

        Parameters
        ----------
        table
            Name of the table.
        name
            What to call the file; folders may be named too. The number of the change and a token are added.

        Raises
        ------
        StoreError
            The name leads out of the store, or the folder cannot be made.
        """
        stem = f"{table}/{name.removesuffix('.parquet')}"
        if not _NAME.fullmatch(stem):
            raise StoreError("a file of the store cannot have this name", where=repr(stem))
        # What an interrupted writer still writes never bears the name of what its successor writes.
        relative = f"{stem}-{self.number}-{secrets.token_hex(4)}.parquet"
        place = self._home / HELD / relative
        with writing(place):
            place.parent.mkdir(parents=True, exist_ok=True)
        self.added.append((table, relative))
        return place

    def write(self, table: str, rows: pa.Table, name: str) -> Path:
        """Write rows as one file of a table; the path is that of ``path``."""
        import pyarrow.parquet as pq

        place = self.path(table, name)
        with writing(place):
            pq.write_table(rows, place, compression="zstd", compression_level=3)
        return place

    def place_of(self, name: str) -> Path:
        """Where a file lies that the manifest names."""
        return self._home / HELD / name

    def name_of(self, place: Path) -> str:
        """What the manifest calls a file of ``path``."""
        return place.relative_to(self._home / HELD).as_posix()

    def retire(self, table: str, relative: str) -> None:
        """Take a file out of a table, once the change is published.

        Parameters
        ----------
        table, relative
            As ``manifest.tables`` names it.

        Raises
        ------
        StoreError
            The table holds no such file.
        """
        if relative not in self.manifest.tables.get(table, ()):
            raise StoreError(f"the table {table!r} holds no such file", where=relative)
        self.retired.append((table, relative))

    def record(self, facts: dict[str, Any]) -> None:
        """Keep what is known about this change: plain values that JSON can hold."""
        self.facts.append(facts)

    def drop(self) -> None:
        """Remove what was written; the store stays as it was."""
        for _, relative in self.added:
            with suppress(OSError):
                (self._home / HELD / relative).unlink()
        self.added, self.retired, self.facts = [], [], []

    def after(self, current: Manifest) -> Manifest:
        """The manifest with this change in it."""
        gone = set(self.retired)
        tables = {
            table: tuple(file for file in files if (table, file) not in gone)
            for table, files in current.tables.items()
        }
        for table, relative in self.added:
            tables[table] = (*tables.get(table, ()), relative)
        now = time.time()
        retired = (*current.retired, *((file, now) for _, file in self.retired))
        facts = (*current.facts, *self.facts)
        return Manifest(max(current.serial + 1, self.number), tables, facts, retired)


class Writer:
    """The one that may change a store, for as long as it holds the lock."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.manifest = read_manifest(home)
        self._tidy()
        self._drafts = self.manifest.serial
        self._turn = threading.Lock()

    @contextmanager
    def change(self) -> Iterator[Draft]:
        """Publish everything at once when left without an exception; leave the store as it was otherwise.

        Several drafts may be open at a time; each is published whole, in the order in which they are left.
        """
        # Drafts that are open together do not choose the same names.
        with self._turn:
            self._drafts += 1
            draft = Draft(self, self._drafts)
        try:
            yield draft
            if not draft.is_published:
                self.publish(draft)
        except BaseException:
            if not draft.is_published:
                draft.drop()
            raise

    def publish(self, draft: Draft) -> None:
        """Publish a draft whole."""
        for _, relative in draft.added:
            _to_disk(self.home / HELD / relative)
        for folder in {(self.home / HELD / relative).parent for _, relative in draft.added}:
            _to_disk(folder)
        with self._turn:
            manifest = draft.after(self.manifest)
            _replace(self.home, manifest)
            self.manifest = manifest
        draft.is_published = True

    def _tidy(self) -> None:
        """Remove what an interrupted change left, and retired files no reader can still need."""
        before = time.time() - GRACE_SECONDS
        kept = tuple(one for one in self.manifest.retired if one[1] > before)
        if kept != self.manifest.retired:
            self.manifest = replace(self.manifest, serial=self.manifest.serial + 1, retired=kept)
            _replace(self.home, self.manifest)
        wanted = self.manifest.files
        folder = self.home / HELD
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.is_file() and path.relative_to(folder).as_posix() not in wanted:
                with suppress(OSError):
                    path.unlink()
        with suppress(OSError):
            (self.home / f"{MANIFEST}.new").unlink()


def _replace(home: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the present one, which stays beside it."""
    path, fresh = home / MANIFEST, home / f"{MANIFEST}.new"
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(manifest.text())
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            previous = home / PREVIOUS
            with suppress(FileNotFoundError):
                previous.unlink()
            os.link(path, previous)
        fresh.replace(path)
    except OSError as wrong:
        with suppress(OSError):
            fresh.unlink()
        raise unwritten(path, wrong) from wrong
    # Everybody sees the new manifest by now: nothing that goes wrong here may take its files away again.
    with suppress(StoreError):
        _to_disk(home)


def _to_disk(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk."""
    try:
        handle = os.open(path, os.O_RDONLY if os.name != "nt" or path.is_dir() else os.O_RDWR)
    except PermissionError:
        if path.is_dir():  # Windows opens no folders, and writes names through by itself.
            return
        raise
    except OSError as wrong:
        raise unwritten(path, wrong) from wrong
    try:
        with writing(path):
            os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def writer(home: Path, why: str, *, wait_seconds: float = 0.0) -> Iterator[Writer]:
    """Hold the store for writing.

    Parameters
    ----------
    home
        The store; made where it is not there yet.
    why
        What for: whoever finds the store held is told.
    wait_seconds
        How long to wait for another writer to finish.

    Raises
    ------
    StoreError
        Another process holds the store and did not finish in time; or it cannot be written.
    """
    path = home / LOCK
    with writing(path):
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        until = time.monotonic() + wait_seconds
        while not _locked(handle):
            if time.monotonic() >= until:
                raise StoreError(
                    "another process is writing to the store",
                    where=_holder(path),
                    remedy="Wait until it has finished, then run the command again",
                )
            time.sleep(PAUSE_SECONDS)
        _sign(handle, why)
        yield Writer(home)
    finally:
        # Closing gives the lock back, as the end of the process does, however it comes.
        os.close(handle)


def _locked(handle: int) -> bool:
    """Take the lock if nobody has it."""
    try:
        if os.name == "nt":  # pragma: no cover - the other system's way
            import msvcrt

            os.lseek(handle, 1_000_000, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sign(handle: int, why: str) -> None:
    now = dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.write(handle, f"process {os.getpid()}, since {now}: {why}\n".encode())


def _holder(path: Path) -> str:
    try:
        return f"{path}: {path.read_text(encoding='utf-8').strip() or 'unknown'}"
    except (OSError, UnicodeDecodeError):
        return str(path)


@contextmanager
def change(home: Path, why: str, *, wait_seconds: float = 0.0) -> Iterator[Draft]:
    """Make one change of a store: hold it, collect the files, publish them at once.

    Parameters
    ----------
    home, why, wait_seconds
        As for ``writer``.

    Raises
    ------
    StoreError
        As for ``writer``; or the disk is full.

    Examples
    --------
    >>> import pathlib, tempfile, pyarrow
    >>> home = pathlib.Path(tempfile.mkdtemp())
    >>> with change(home, "an example") as draft:
    ...     _ = draft.write("headline", pyarrow.table({"value_usd": [1]}), "example")
    ...     draft.record({"source": "an example"})
    >>> len(read_manifest(home).tables["headline"])
    1
    """
    with writer(home, why, wait_seconds=wait_seconds) as held, held.change() as draft:
        yield draft
