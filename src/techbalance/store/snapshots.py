"""Which bytes did a publisher send, and when? Kept as published, each beside a record of where it came from.

``home/snapshots/<source>/<yyyy-mm-ddThhmmss>-<first twelve of sha256>/file`` and ``sidecar.json``. A snapshot
is never edited: another state of a file is another folder. Bodies on their way lie under ``.partial`` until
they are whole, so that the next run can take them up where this one ended.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from techbalance.errors import SnapshotError, StoreError
from techbalance.sources.transfer import Validators
from techbalance.store.commit import writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from techbalance.sources.adapter import Part
    from techbalance.sources.transfer import Receipt

FOLDER: Final = "snapshots"
PARTIAL: Final = ".partial"
FILE: Final = "file"
SIDECAR: Final = "sidecar.json"


@dataclass(frozen=True)
class Sidecar:
    """What is known about one snapshot.

    Parameters
    ----------
    source_id, part
        Of which declared source, and which part of it.
    address
        Where it came from, without any key.
    retrieved_at
        When, in universal time, ISO 8601.
    published
        The publisher's own date, as it was sent; empty where none was.
    bytes, sha256
        Of the file.
    etag, last_modified, content_type
        As the publisher sent them.
    media
        Form of the file.
    """

    source_id: str
    part: str
    address: str
    retrieved_at: str
    published: str
    bytes: int
    sha256: str
    etag: str
    last_modified: str
    content_type: str
    media: str


@dataclass(frozen=True)
class Snapshot:
    """One snapshot: its folder and its sidecar."""

    folder: Path
    sidecar: Sidecar

    def open(self) -> BufferedReader:
        """Open its bytes.

        Raises
        ------
        SnapshotError
            The file is missing.
        """
        try:
            return (self.folder / FILE).open("rb")
        except OSError as wrong:
            raise SnapshotError("a snapshot's file is missing", where=str(self.folder)) from wrong

    def verify(self) -> None:
        """Hash the file again.

        Raises
        ------
        SnapshotError
            It is not what its sidecar says.
        """
        with self.open() as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != self.sidecar.sha256:
            raise SnapshotError(
                "a snapshot is not what its record says",
                where=f"{self.folder}: sha256 {found}, recorded {self.sidecar.sha256}",
                remedy="Take the folder out of the store and fetch again",
            )


class Snapshots:
    """The snapshots of a store.

    Parameters
    ----------
    home
        The user's store.
    """

    def __init__(self, home: Path) -> None:
        self.root = home / FOLDER

    def of(self, source: str) -> list[Snapshot]:
        """Every snapshot of a source, oldest first."""
        folder = self.root / source
        found = sorted(folder.glob(f"*/{SIDECAR}")) if folder.is_dir() else []
        return [Snapshot(path.parent, _read(path)) for path in found]

    def at(self, source: str, name: str) -> Snapshot | None:
        """A snapshot by the name of its folder; None where it is not there any more."""
        folder = self.root / source / name
        if not name or not (folder / SIDECAR).is_file():
            return None
        return Snapshot(folder, _read(folder / SIDECAR))

    @contextmanager
    def claimed(self, source: str) -> Iterator[None]:
        """Hold the snapshots of a source: two fetches at once would write into one another's bodies.

        Raises
        ------
        StoreError
            Another process is fetching this source; or the folder cannot be made.
        """
        with writer(self.root / source / PARTIAL, f"fetch {source}"):
            yield

    def forget_fresh(self, source: str) -> None:
        """Count nothing that came so far as part of the next run."""
        (self.root / source / PARTIAL / "anew").write_bytes(b"")

    def fresh_since(self, source: str) -> dt.datetime:
        """Since when parts that came can be part of the next run."""
        try:
            at = (self.root / source / PARTIAL / "anew").stat().st_mtime
        except OSError:
            at = 0.0
        return dt.datetime.fromtimestamp(at, tz=dt.UTC)

    @contextmanager
    def receiving(self, source: str, part: Part) -> Iterator[Incoming]:
        """Open the place where a part's bytes arrive; what an earlier run left there is taken up."""
        folder = self.root / source / PARTIAL
        name = hashlib.sha256(part.url.encode() + (part.body or b"")).hexdigest()[:24]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            incoming = Incoming(folder / f"{name}.bytes", folder / f"{name}.json")
            with incoming:
                yield incoming
        except OSError as wrong:
            raise StoreError(
                "the store cannot take what was fetched",
                where=f"{folder}: {wrong.strerror or wrong}",
                remedy="Make room, or set TECHBALANCE_HOME to a place with room, and fetch again",
            ) from wrong

    def keep(self, source: str, part: Part, incoming: Incoming, receipt: Receipt) -> Snapshot:
        """Make a snapshot of a part that came whole: both files at once, or neither.

        The same bytes of the same part are kept once.
        """
        sidecar = Sidecar(
            source_id=source,
            part=part.name,
            address=part.url,
            retrieved_at=receipt.retrieved.isoformat(),
            published=receipt.validators.last_modified,
            bytes=receipt.bytes,
            sha256=receipt.sha256,
            etag=receipt.validators.etag,
            last_modified=receipt.validators.last_modified,
            content_type=receipt.content_type,
            media=part.form,
        )
        final = self._free(source, receipt.retrieved, receipt.sha256)
        building = self.root / source / PARTIAL / f"{final.name}.snapshot"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        incoming.hand_over(building / FILE)
        _write_durably(building / SIDECAR, asdict(sidecar))
        building.rename(final)
        _sync_folder(final.parent)
        return Snapshot(final, sidecar)

    def _free(self, source: str, retrieved: dt.datetime, sha256: str) -> Path:
        """The folder of a new snapshot, numbered where two parts of equal bytes came in one second."""
        name = f"{retrieved:%Y-%m-%dT%H%M%S}-{sha256[:12]}"
        place, count = self.root / source / name, 1
        while place.exists():
            count += 1
            place = self.root / source / f"{name}-{count}"
        return place


class Incoming:
    """A body on its way: its bytes so far, and which state of the publisher's file they belong to."""

    def __init__(self, data: Path, facts: Path) -> None:
        self.data, self.facts = data, facts
        self.file: BinaryIO = data.open("r+b" if data.exists() else "w+b")

    def __enter__(self) -> Incoming:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    @property
    def state(self) -> Validators | None:
        """State that the bytes already here belong to; None where there are none, or nobody knows."""
        try:
            held = json.loads(self.facts.read_text(encoding="utf-8"))
            return Validators(str(held["etag"]), str(held["last_modified"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def remember(self, state: Validators) -> None:
        """Note the state the bytes belong to, so that the next run can take them up."""
        _write_durably(self.facts, asdict(state))

    def discard(self) -> None:
        """Throw the bytes away."""
        self.file.close()
        self.data.unlink(missing_ok=True)
        self.facts.unlink(missing_ok=True)

    def hand_over(self, place: Path) -> None:
        """Move the whole file to its place."""
        self.file.close()
        self.data.replace(place)
        self.facts.unlink(missing_ok=True)


def _read(path: Path) -> Sidecar:
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Sidecar(**facts)
    except (OSError, ValueError, TypeError) as wrong:
        raise SnapshotError(
            "the record beside a snapshot cannot be read",
            where=str(path),
            remedy="Take the folder out of the store and fetch again",
        ) from wrong


def _write_durably(path: Path, facts: dict[str, Any]) -> None:
    building = path.with_suffix(path.suffix + ".new")
    with building.open("w", encoding="utf-8") as file:
        json.dump(facts, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    building.replace(path)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
