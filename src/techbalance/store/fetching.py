"""How does the store stay current from a publisher? Ask, keep what came as it came, then land it whole.

A batch of parts is got first, without holding the store; then its rows are written in one atomic change. What
stops it in between leaves the tables as they were, and the parts that came are found again by the next run.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import DataError, ParameterError, QueryTooLargeError, SnapshotError, SourceError
from techbalance.sources.adapter import Delivered, Part, adapter_of
from techbalance.sources.http import Client, refuse_offline
from techbalance.sources.transfer import Validators, Watch
from techbalance.store import landing, progress
from techbalance.store.commit import read_manifest
from techbalance.store.handing import Handing
from techbalance.store.settings import Settings
from techbalance.store.snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from techbalance.sources.adapter import Adapter, Request
    from techbalance.sources.declaration import Declaration
    from techbalance.sources.http import Receipt
    from techbalance.store.handing import Take
    from techbalance.store.snapshots import Snapshot

# Parts of a batch that an interrupted run already got are not asked for again while they are this fresh.
FRESH: Final = dt.timedelta(hours=6)


@dataclass(frozen=True)
class Outcome:
    """What happened to one part.

    Parameters
    ----------
    part, address
        Which, and where it is (without any key).
    status
        ``new``, ``unchanged``, ``no data``, ``would get``.
    rows
        Rows it brought to the tables; None where nobody knows.
    changed
        Rows of its batch that are new or different; None where nothing was landed.
    bytes, received
        Of the part, and over the line.
    vintage, sha256, snapshot
        Of what is held now.
    notes
        What a reader must know.
    """

    part: str
    address: str
    status: str
    rows: int | None = None
    changed: int | None = None
    bytes: int | None = None
    received: int | None = None
    vintage: dt.date | None = None
    sha256: str | None = None
    snapshot: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Got:
    """One part that is there: its snapshot, or none where the publisher has no data."""

    part: Part
    snapshot: Snapshot | None
    receipt: Receipt | None
    status: str
    notes: tuple[str, ...] = ()


def plan(source: str, request: Request, settings: Settings | None = None) -> list[Part]:
    """Say what a fetch would ask for, without asking."""
    settings = settings or Settings()
    adapter = adapter_of(source)
    _check_options(adapter, request)
    return list(adapter.locate(request, settings.declaration(source)))


def would_fetch(home: Path, source: str, request: Request, settings: Settings | None = None) -> list[Outcome]:
    """Say what a fetch would ask for and how large it was the last time, or is by declaration."""
    held = _held_parts(home, source)
    outcomes = []
    for part in plan(source, request, settings):
        last = held.get(part.name)
        note = "as large as the last time" if last else "size by declaration" if part.about_bytes else ""
        size = last["bytes"] if last else part.about_bytes
        outcomes.append(Outcome(part.name, part.url, "would get", bytes=size, notes=(note,) if note else ()))
    return outcomes


def fetch(  # noqa: PLR0913 - what, whence, and how
    home: Path,
    source: str,
    request: Request,
    *,
    take: Take,
    accept: bool = False,
    settings: Settings | None = None,
) -> list[Outcome]:
    """Bring a source up to date.

    Parameters
    ----------
    home
        The store.
    source, request
        What to get.
    take
        Takes files of ten-digit trade in: ``ingest``.
    accept
        Take a file although it shrank past its gate.

    Raises
    ------
    SourceError
        The publisher was not reached, refused, or sent something else; keys, offline mode and gates too.
    DataError
        What came is not what is declared; nothing of it was stored in a table.
    StoreError
        The store cannot be written.
    """
    settings = settings or Settings()
    adapter = adapter_of(source)
    _check_options(adapter, request)
    declaration = settings.declaration(source)
    parts = list(adapter.locate(request, declaration))
    for part in parts[:1]:
        refuse_offline(part.address)
    run = _Run(home, adapter, declaration, take, accept=accept)
    with run.snapshots.claimed(source), Client(declaration, secret=settings.secret(declaration)) as client:
        return list(run.through(parts, client))


def _check_options(adapter: Adapter, request: Request) -> None:
    for name in request.options:
        if name not in adapter.options:
            takes = ", ".join(sorted(adapter.options)) or "none"
            raise ParameterError(f"{adapter.id} takes no {name}", remedy=f"It takes: {takes}")


def _held_parts(home: Path, source: str) -> dict[str, Mapping[str, Any]]:
    """What is known of every part of a source that was landed, by its name."""
    parts: dict[str, Mapping[str, Any]] = {}
    for fact in landing.facts_of(read_manifest(home), source):
        vintage = {"vintage": fact["vintage"]}
        parts |= {part["name"]: part | vintage for part in landing.parts_of(home, fact)}
    return parts


class _Run:
    """One fetch of one source."""

    def __init__(
        self, home: Path, adapter: Adapter, declaration: Declaration, take: Take, *, accept: bool
    ) -> None:
        self.home, self.adapter, self.declaration, self.accept = home, adapter, declaration, accept
        self.take = take
        self.snapshots = Snapshots(home)
        self.held = _held_parts(home, adapter.id)
        self.fresh: dict[str, Snapshot] | None = None
        self.done = self.total = 0

    def through(self, parts: list[Part], client: Client) -> Iterator[Outcome]:
        """Batch after batch: get all of it, then land it."""
        batches: dict[str, list[Part]] = {}
        for part in parts:
            batches.setdefault(part.batch or part.name, []).append(part)
        self.total = len(parts)
        waiting = deque(batches.items())
        while waiting:
            batch, wanted = waiting.popleft()
            got, left_over = self._get(batch, wanted, client)
            waiting.extendleft(reversed(left_over.items()))
            if got:
                yield from self._land(batch, got)

    def _get(self, batch: str, wanted: list[Part], client: Client) -> tuple[list[Got], dict[str, list[Part]]]:
        """Get a batch and what follows from it; divided calls of other batches are left over."""
        queue, got, left_over = deque(wanted), list[Got](), dict[str, list[Part]]()
        # Several parts are asked for whole: a mixture of old and new pages would be no state at all.
        known = len(wanted) == 1 and not wanted[0].leads
        while queue:
            part = queue.popleft()
            self._tell(part)
            try:
                one = self._one(part, client, conditional=known)
            except QueryTooLargeError:
                smaller = self.adapter.divide(part)
                if not smaller:
                    raise
                self._tell(part, f"{part.name} is too large for one call; asked in {len(smaller)} instead")
                self.total += len(smaller) - 1
                same = [other for other in smaller if (other.batch or other.name) == batch]
                queue.extendleft(reversed(same))
                for other in smaller:
                    if other not in same:
                        left_over.setdefault(other.batch or other.name, []).append(other)
                continue
            got.append(one)
            self.done += 1
            if one.snapshot is not None:
                with one.snapshot.open() as file, self._or_anew():
                    more = self.adapter.follow(self._delivered(one, file))
                self.total += len(more)
                queue.extend(more)
        return got, left_over

    def _one(self, part: Part, client: Client, *, conditional: bool) -> Got:
        held = self.held.get(part.name)
        before = self.snapshots.at(self.adapter.id, held["snapshot"]) if held else None
        same_call = before is not None and before.sidecar.address == part.url
        known = None
        if conditional and same_call and before is not None:
            known = Validators(before.sidecar.etag, before.sidecar.last_modified)
        elif held is None and not part.leads and (again := self._fresh().get(part.url)) is not None:
            return Got(part, again, None, "new", ("got by an earlier run that was interrupted",))
        with self.snapshots.receiving(self.adapter.id, part) as incoming:
            watch = Watch(began=incoming.remember, arrived=lambda now, whole: self._bytes(part, now, whole))
            receipt = client.download(part, incoming.file, known=known, partial=incoming.state, watch=watch)
            if receipt.outcome == "empty":
                incoming.discard()
                return Got(part, None, receipt, "no data")
            if before is not None and (
                receipt.outcome == "unchanged" or (same_call and receipt.sha256 == before.sidecar.sha256)
            ):
                incoming.discard()
                return Got(part, before, receipt, "unchanged")
            if receipt.outcome == "unchanged":
                raise SourceError("the publisher says unchanged of what is not held", where=part.name)
            self._gate(part, receipt, before)
            snapshot = self.snapshots.keep(self.adapter.id, part, incoming, receipt)
        notes: tuple[str, ...] = ()
        if receipt.restarts:
            notes = (f"cut, and begun anew {receipt.restarts} times: the publisher honours no ranges",)
        elif receipt.interruptions:
            notes = (f"cut {receipt.interruptions} times and taken up where it ended",)
        return Got(part, snapshot, receipt, "new", notes)

    def _fresh(self) -> dict[str, Snapshot]:
        """Snapshots young enough to be part of this run that no change of the store has landed yet."""
        if self.fresh is None:
            after = max(dt.datetime.now(tz=dt.UTC) - FRESH, self.snapshots.fresh_since(self.adapter.id))
            landed = {part["snapshot"] for part in self.held.values()}
            self.fresh = {
                one.sidecar.address: one
                for one in self.snapshots.of(self.adapter.id)
                if one.folder.name not in landed
                and dt.datetime.fromisoformat(one.sidecar.retrieved_at) > after
            }
        return self.fresh

    def _gate(self, part: Part, receipt: Receipt, before: Snapshot | None) -> None:
        """Refuse a file that is too small to be true.

        Raises
        ------
        SnapshotError
            It is below its smallest size, or shrank past its gate; ``--accept`` takes it.
        """
        gates = self.declaration.gates
        if self.accept:
            return
        if receipt.bytes < gates.smallest_bytes:
            raise SnapshotError(
                f"the file is smaller than any of its kind: {receipt.bytes:,} bytes",
                where=f"{self.adapter.id}, {part.name}; smallest by declaration {gates.smallest_bytes:,}",
                remedy="Look at it at the publisher's; `--accept` takes it as it is",
            )
        if before is None or receipt.bytes > before.sidecar.bytes * (1 - gates.largest_shrink):
            return
        raise SnapshotError(
            f"the file shrank from {before.sidecar.bytes:,} to {receipt.bytes:,} bytes",
            where=f"{self.adapter.id}, {part.name}; the gate is {gates.largest_shrink:.0%}",
            remedy="Look at it at the publisher's; `--accept` takes it as it is",
        )

    def _delivered(self, got: Got, file: Any) -> Delivered:  # noqa: ANN401 - an open binary file
        retrieved, published = dt.datetime.now(tz=dt.UTC), None
        if got.snapshot is not None:
            sidecar = got.snapshot.sidecar
            retrieved = dt.datetime.fromisoformat(sidecar.retrieved_at)
            published = Validators("", sidecar.last_modified).published
        return Delivered(got.part, file, retrieved, published)

    def _land(self, batch: str, got: list[Got]) -> Iterator[Outcome]:
        if all(one.status in ("unchanged", "no data") for one in got):
            yield from (self._outcome(one, None) for one in got)
            return
        came = self._deliveries(got)
        with self._or_anew():
            if self.adapter.hands_over:
                landed = Handing(self.home, self.adapter, batch, self.take).hand_over(came)
            else:
                landed = landing.land(self.home, self.adapter, self.declaration, batch, came)
        for one in got:
            outcome = self._outcome(one, landed)
            yield replace(outcome, notes=(*outcome.notes, *landed.notes.get(one.part.name, ())))

    @contextmanager
    def _or_anew(self) -> Iterator[None]:
        """Where what came cannot be read, or does not fit together, the next run asks for all of it anew."""
        try:
            yield
        except (DataError, SourceError):
            self.snapshots.forget_fresh(self.adapter.id)
            raise

    def _deliveries(self, got: list[Got]) -> Iterator[tuple[Delivered, Snapshot]]:
        for one in got:
            if one.snapshot is not None:
                with one.snapshot.open() as file:
                    yield self._delivered(one, file), one.snapshot

    def _outcome(self, one: Got, landed: landing.Landed | None) -> Outcome:
        sidecar = one.snapshot.sidecar if one.snapshot else None
        held = self.held.get(one.part.name, {})
        status = one.status
        if landed is not None and status == "new" and not landed.changed:
            status = "unchanged"
        vintage = landed.vintage if landed else held.get("vintage")
        return Outcome(
            part=one.part.name,
            address=one.part.url,
            status=status,
            rows=landed.rows.get(one.part.name, 0) if landed else None,
            changed=landed.changed if landed else None,
            bytes=sidecar.bytes if sidecar else 0,
            received=one.receipt.received if one.receipt else 0,
            vintage=dt.date.fromisoformat(vintage) if isinstance(vintage, str) else vintage,
            sha256=sidecar.sha256 if sidecar else None,
            snapshot=one.snapshot.folder.name if one.snapshot else None,
            notes=one.notes,
        )

    def _tell(self, part: Part, message: str = "") -> None:
        what = f"fetch {self.adapter.id}, {part.name}"
        progress.step(what, done=self.done, total=self.total, unit="calls", message=message)

    def _bytes(self, part: Part, now: int, whole: int | None) -> None:
        size = f"{now / 1e6:.1f} of {whole / 1e6:.1f} MB" if whole else f"{now / 1e6:.1f} MB"
        progress.step(f"fetch {part.name}: {size}", done=self.done, total=self.total, unit="calls")
