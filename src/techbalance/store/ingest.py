"""How do archives and tables get into the store? Each whole or not at all, several at a time."""

from __future__ import annotations

import os
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import nullcontext
from contextvars import copy_context
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from techbalance.errors import DataError, SchemaError, StoreError
from techbalance.store.catalogue import Store
from techbalance.store.commit import Draft, Writer, writer
from techbalance.store.ingestion import lists, published_lists, tidy, todate, years
from techbalance.store.ingestion.outcome import Options, Outcome
from techbalance.store.ingestion.reclassifying import reclassify
from techbalance.store.ingestion.taking import Surroundings, digest, take_archive, take_table
from techbalance.store.progress import step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from techbalance.store.ingestion.marts import Marts

__all__ = ["Options", "Outcome", "ingest_files"]

# How long one ingest waits for another to finish with the store.
WAIT_SECONDS: Final = 10.0
# More files at a time would take more than a gigabyte, and reading one uses two cores by itself.
MOST_AT_A_TIME: Final = 2
# Lists of one file of which it is said what becomes of them.
MOST_TOLD: Final = 2
# Between two looks at how far the work is.
TICK_SECONDS: Final = 0.5


def ingest_files(
    home: Path, paths: Sequence[Path], *, marts: Marts, options: Options | None = None
) -> tuple[Outcome, ...]:
    """Take files into a store.

    Parameters
    ----------
    home
        The store.
    paths
        Files, and folders whose files are all taken.
    marts
        What is added up on the way.
    options
        How it is done.

    Returns
    -------
    tuple of Outcome
        One per file, in the order given; a file that is wrong is refused and the others are taken.

    Raises
    ------
    DataError
        The only file there is was refused.
    SchemaError
        A path is not there, or a folder holds nothing that can be taken.
    StoreError
        The store cannot be written, or another process writes to it.
    """
    options = options or Options()
    found = _files(paths)
    why = f"ingest {found[0].name}" + (f" and {len(found) - 1} more" if len(found) > 1 else "")
    with nullcontext() if options.dry_run else writer(home, why, wait_seconds=WAIT_SECONDS) as held:
        outcomes = _Run(home, held, marts, options, found).all()
    if len(outcomes) == 1 and outcomes[0].error is not None:
        raise outcomes[0].error
    return outcomes


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.is_file() and _kind(one))
            if not inside:
                raise SchemaError(
                    "the folder holds nothing that can be taken in",
                    where=str(path),
                    remedy="Archives are IMDByymm.ZIP and EXDByymm.ZIP; tables .csv, .csv.gz and .parquet",
                )
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise SchemaError("there is no such file or folder", where=str(path), remedy="Check the name")
    return list(dict.fromkeys(found))


def _kind(path: Path) -> str:
    name = path.name.lower()
    if name.endswith(".zip"):
        return "archive"
    if published_lists.is_list(path):
        return "code list"
    return "table" if tidy.is_tidy(path) else ""


class _Run:
    """One ingest: what is shared by the files that are worked on at the same time."""

    def __init__(
        self, home: Path, held: Writer | None, marts: Marts, options: Options, paths: list[Path]
    ) -> None:
        store = Store(home)
        self.home, self.held, self.options, self.paths, self.marts = home, held, options, paths, marts
        manifest = store.manifest if held is None else held.manifest
        self.known = {fact["sha256"]: fact for fact in manifest.facts if fact.get("by") == "ingest"}
        self.store = store
        cores = os.cpu_count() or 1
        self.threads = min(options.threads or cores, MOST_AT_A_TIME, len(paths))
        self.around = Surroundings(options, marts, store, self._count, max(1, cores // self.threads))
        self.new_lists: set[tuple[str, int]] = set()
        self.turn, self.counting = Lock(), Lock()
        self.rows, self.finished, self.bytes_done = 0, 0, 0
        self.bytes = sum(path.stat().st_size for path in paths)
        self.began = time.monotonic()

    @cached_property
    def names(self) -> lists.Names:
        """Codes that have an official name already."""
        return lists.Names(self.store)

    def all(self) -> tuple[Outcome, ...]:
        """Take every file; code lists first, since they decide what the others hold."""
        order = sorted(self.paths, key=lambda path: (_kind(path) != "code list",))
        found: dict[Path, Outcome] = {}
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                early = [path for path in order if _kind(path) == "code list"]
                for path in early:
                    found[path] = self._one(path)
                    self._told(found[path])
                if early and not self.options.dry_run:
                    self.around = replace(self.around, store=Store(self.home))
                if any(_kind(path) == "table" for path in order):
                    self.around.read_ahead()
                ahead: dict[Future[Outcome], Path] = {
                    pool.submit(copy_context().run, self._one, path): path for path in order[len(early) :]
                }
                # While the first files are read there is time for what is needed when they have been.
                with self.turn:
                    _ = self.names
                while ahead:
                    done, _ = wait(ahead, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
                    for one in done:
                        found[ahead.pop(one)] = outcome = one.result()
                        self._told(outcome)
                    self._tell()
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        # What reading has used is given back before years are added up.
        pa.default_memory_pool().release_unused()
        if self.held is not None:
            if self.new_lists:
                reclassify(self.held, self.marts, self.new_lists)
            found |= {path: self._to_date(outcome) for path, outcome in found.items()}
            years.complete(self.held, self.marts)
        return tuple(found[path] for path in self.paths)

    def _to_date(self, outcome: Outcome) -> Outcome:
        """Say where the year to date of an archive that came in is another than the months held."""
        if self.held is None or outcome.to_date is None or outcome.status != "ingested":
            return outcome
        words = todate.compare(self.home, self.held.manifest, outcome.to_date, outcome.vintage)
        return replace(outcome, note="; ".join(filter(None, (outcome.note, words))))

    def _one(self, path: Path) -> Outcome:
        """Take one file; a refusal of its content is an outcome, one of the store an error."""
        outcome = Outcome(path, size=path.stat().st_size, kind=_kind(path))
        try:
            outcome = replace(outcome, sha256=digest(path))
            with self.turn:
                fact = self.known.get(outcome.sha256)
            if fact is not None:
                return _held_already(outcome, fact)
            if self.held is None:
                return replace(self._take(outcome, None), status="would ingest")
            with self.held.change() as draft:
                return self._take(outcome, draft)
        except OSError as wrong:
            return outcome.refused(
                SchemaError("the file cannot be read", where=f"{path.name}: {wrong.strerror or wrong}")
            )
        except StoreError:
            raise
        except DataError as wrong:
            return outcome.refused(wrong)

    def _take(self, outcome: Outcome, draft: Draft | None) -> Outcome:
        path = outcome.path
        brought: tuple[lists.CodeList, ...] = ()
        if outcome.kind == "archive":
            outcome, listed = take_archive(path, outcome, draft, self.around)
            brought = (listed,)
        elif outcome.kind == "code list":
            outcome, brought = published_lists.take(path, outcome, draft)
        elif outcome.kind == "table":
            outcome = take_table(path, outcome, draft, self.around)
        else:
            raise SchemaError(
                "what the file holds cannot be told from its name",
                where=path.name,
                remedy="Archives are IMDByymm.ZIP and EXDByymm.ZIP; tables .csv, .csv.gz and .parquet",
            )
        if draft is not None:
            with self.turn:
                if outcome.kind == "code list":
                    outcome = replace(outcome, note=_beside_held(draft, brought))
                for one in brought:
                    if lists.put(draft, one):
                        self.new_lists.add((one.flow, one.year))
                        self.names.put(draft, one)
                        # Lists of several years in one file name the same codes; each is named once.
                        self.names.learn(one)
                draft.publish()
                self.known[outcome.sha256] = {"source_id": outcome.source_id}
        return outcome

    # --- progress -----------------------------------------------------------------------------------------

    def _count(self, rows: int) -> None:
        with self.counting:
            self.rows += rows

    def _told(self, outcome: Outcome) -> None:
        self.finished += 1
        self.bytes_done += outcome.size
        self._tell(f"{outcome.path.name}: {outcome.status}, {outcome.rows:,} rows. {outcome.note}".strip())

    def _tell(self, message: str = "") -> None:
        seconds = time.monotonic() - self.began
        left = None
        if self.bytes_done:
            left = seconds * (self.bytes - self.bytes_done) / self.bytes_done
        step(
            "ingest",
            done=self.finished,
            total=len(self.paths),
            unit="archives" if all(_kind(path) == "archive" for path in self.paths) else "files",
            rows=self.rows,
            rows_per_second=self.rows / seconds if seconds > 0 else None,
            seconds_left=left,
            message=message,
        )


def _beside_held(draft: Draft, brought: tuple[lists.CodeList, ...]) -> str:
    """What becomes of the lists of a file where others of their years are held."""
    words = [one for one in (lists.told(draft, listed) for listed in brought) if one]
    if len(words) > MOST_TOLD:
        words = [*words[:MOST_TOLD], f"{len(words) - MOST_TOLD} further lists likewise"]
    return "; ".join(words)


def _held_already(outcome: Outcome, fact: dict[str, object]) -> Outcome:
    return replace(
        outcome,
        status="held",
        source_id=str(fact["source_id"]),
        note=f"the same bytes are held as {fact['source_id']}",
    )
