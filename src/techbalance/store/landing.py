# ruff: noqa: S608 - the names in the queries are those of our own tables and files
"""How do rows of a publisher become rows of the store? All of a batch in one change, and only what changed.

Rows are put aside first and compared with what the same batch brought before. Equal rows make no vintage,
whatever the bytes looked like. Others are written with the day on which they were current, and take the place
of rows of the same key and day that another fetch may have brought.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import SchemaError, StoreError
from techbalance.store.catalogue import FETCHED_ONLY, KEYS
from techbalance.store.commit import HELD, change
from techbalance.store.failures import as_store_error
from techbalance.store.snapshots import FOLDER as SNAPSHOTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import duckdb
    import pyarrow as pa

    from techbalance.sources.adapter import Adapter, Delivered
    from techbalance.sources.declaration import Declaration
    from techbalance.store.commit import Draft, Manifest
    from techbalance.store.snapshots import Snapshot

IDENTITY: Final = KEYS | FETCHED_ONLY
FETCHED: Final = "fetched"
REPLACED: Final = "replaced"
# Another writer of the store is waited for this long: its rows are on the disk within seconds.
WAIT_SECONDS: Final = 120.0
# A batch of more parts than this keeps their list in a file of its own: the manifest is read every time.
PARTS_IN_MANIFEST: Final = 20


@dataclass
class Landed:
    """What came of a batch.

    Parameters
    ----------
    vintage
        The day its rows stand under now.
    changed
        Rows that are new or different, or gone, beside what the batch brought before.
    rows, notes
        By part.
    """

    vintage: dt.date | None = None
    changed: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)


def facts_of(manifest: Manifest, source: str) -> list[dict[str, Any]]:
    """What was landed of a source: the last fact of every batch, with its files as they are named now."""
    renamed = {fact["file"]: fact["by"] for fact in manifest.facts if fact.get("kind") == REPLACED}
    last: dict[str, dict[str, Any]] = {}
    for fact in manifest.facts:
        if fact.get("kind") == FETCHED and fact["source"] == source:
            last[fact["batch"]] = fact
    return [
        fact | {"files": {table: _now(files, renamed) for table, files in fact["files"].items()}}
        for fact in last.values()
    ]


def listed_parts(home: Path, source: str, batch: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The parts of a batch, or the file that lists them where they are many."""
    if len(parts) <= PARTS_IN_MANIFEST:
        return {"parts": parts}
    text = json.dumps(parts, indent=1).encode()
    sha256 = hashlib.sha256(text).hexdigest()
    name = f"{SNAPSHOTS}/{source}/parts-{_file_name(batch)}-{sha256[:12]}.json"
    (home / name).write_bytes(text)
    return {"parts_file": name, "parts_sha256": sha256, "parts_bytes": len(text)}


def parts_of(home: Path, fact: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of a batch that was landed; none where their list is lost."""
    if "parts" in fact:
        return list(fact["parts"])
    try:
        return list(json.loads((home / fact["parts_file"]).read_bytes()))
    except (OSError, ValueError):
        return []


def _now(files: list[str], renamed: Mapping[str, str | None]) -> list[str]:
    found = []
    for file in files:
        name: str | None = file
        while name is not None and name in renamed:
            name = renamed[name]
        if name is not None:
            found.append(name)
    return found


def land(
    home: Path,
    adapter: Adapter,
    declaration: Declaration,
    batch: str,
    deliveries: Iterable[tuple[Delivered, Snapshot]],
) -> Landed:
    """Parse the parts of a batch and publish their rows in one change.

    Raises
    ------
    DataError, SourceError
        A part is not what it should be; the store is as it was.
    StoreError
        The store cannot be written; it is as it was.
    """
    import duckdb

    with change(home, f"fetch {adapter.id} {batch}", wait_seconds=WAIT_SECONDS) as draft:
        aside = home / HELD / ".aside"
        try:
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
            landing = _Landing(home, draft, adapter, declaration, batch, aside)
            landing.put_aside(deliveries)
            with as_store_error(), duckdb.connect(":memory:") as engine:
                # One thread: a landing is small, and every further one brings buffers of its own.
                engine.execute("SET memory_limit = '400MB'; SET threads = 1")
                landing.publish(engine)
        except OSError as wrong:
            raise StoreError(
                "the store cannot be written; it is as it was before",
                where=f"{home}: {wrong.strerror or wrong}",
                remedy="Make room or set TECHBALANCE_HOME to another folder, then fetch again",
            ) from wrong
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return landing.landed


class _Landing:
    """One batch on its way into the tables."""

    def __init__(  # noqa: PLR0913, PLR0917 - all of them are what a batch is
        self,
        home: Path,
        draft: Draft,
        adapter: Adapter,
        declaration: Declaration,
        batch: str,
        aside: Path,
    ) -> None:
        self.home, self.draft, self.adapter, self.batch = home, draft, adapter, batch
        self.declaration, self.aside = declaration, aside
        self.landed = Landed()
        self.parts: list[dict[str, Any]] = []
        self.retrieved: dt.date | None = None
        self.stated = False
        self.label = ""
        self.schemas: dict[str, pa.Schema] = {}
        facts = [fact for fact in facts_of(draft.manifest, adapter.id) if fact["batch"] == batch]
        self.before = facts[0] if facts else None

    # --- parsing ------------------------------------------------------------------------------------------

    def put_aside(self, deliveries: Iterable[tuple[Delivered, Snapshot]]) -> None:
        """Parse part by part; only one part's rows are in memory at a time."""
        import pyarrow.parquet as pq

        writers: dict[str, pq.ParquetWriter] = {}
        try:
            for delivered, snapshot in deliveries:
                parsed = self.adapter.parse(delivered)
                name = delivered.part.name
                self.label = _file_name(delivered.part.batch)
                self.landed.notes[name] = parsed.notes
                self.landed.rows[name] = 0
                for table, rows in parsed.tables.items():
                    if table not in IDENTITY:
                        raise SchemaError(f"{self.adapter.id} fills no table {table!r}", where=name)
                    if table not in writers:
                        self.schemas[table] = rows.schema
                        writers[table] = pq.ParquetWriter(
                            self._aside(table), rows.schema, compression="zstd", compression_level=1
                        )
                    self.landed.rows[name] += rows.num_rows
                    writers[table].write_table(rows)
                self._remember(delivered, snapshot, parsed.vintage)
        finally:
            for writer in writers.values():
                writer.close()

    def _remember(self, delivered: Delivered, snapshot: Snapshot, stated: dt.date | None) -> None:
        # What the bytes state goes before headers and clocks; of parts that came on both sides of midnight
        # the later day holds.
        day = stated or delivered.vintage
        if self.landed.vintage is None or (stated and not self.stated):
            self.landed.vintage = day
        elif bool(stated) == self.stated:
            self.landed.vintage = max(self.landed.vintage, day)
        self.stated = self.stated or stated is not None
        on = delivered.retrieved.date()
        self.retrieved = on if self.retrieved is None else max(self.retrieved, on)
        sidecar = snapshot.sidecar
        self.parts.append(
            {
                "name": delivered.part.name,
                "bytes": sidecar.bytes,
                "sha256": sidecar.sha256,
                "snapshot": snapshot.folder.name,
            }
        )

    def _aside(self, table: str) -> Path:
        return self.aside / f"{table}.parquet"

    # --- publishing ---------------------------------------------------------------------------------------

    def publish(self, engine: duckdb.DuckDBPyConnection) -> None:
        """Compare, choose the vintage, write, and let rows of the same key and day give way."""
        tables = sorted(self.schemas)
        self.landed.changed = sum(self._changes(engine, table) for table in tables)
        files: dict[str, list[str]] = dict(self.before["files"]) if self.before else {}
        if self.landed.changed:
            self._choose_vintage()
            files = {}
            for table in tables:
                place = self._write(engine, table)
                files[table] = [self.draft.name_of(place)]
                self._give_way(engine, table, place)
            self.draft.record(self._source())
        elif self.before is not None:
            self.landed.vintage = dt.date.fromisoformat(self.before["vintage"])
        self.draft.record(
            {
                "kind": FETCHED,
                "source": self.adapter.id,
                "batch": self.batch,
                "vintage": self.landed.vintage.isoformat() if self.landed.vintage else None,
                **listed_parts(self.home, self.adapter.id, self.batch, self.parts),
                "files": files,
            }
        )

    def _changes(self, engine: duckdb.DuckDBPyConnection, table: str) -> int:
        """Rows beside those the batch brought before: new or different ones, or how many are gone."""
        new = self._relation([self._aside(table)])
        old_files = self._held(self.before["files"].get(table, []) if self.before else [])
        if not old_files:
            return _count(engine, f"FROM {new}")
        columns = ", ".join(f'"{name}"' for name in self.schemas[table].names if name != "source_id")
        old = self._relation(old_files)
        came = f"SELECT {columns} FROM {new} EXCEPT ALL SELECT {columns} FROM {old}"
        gone = f"SELECT {columns} FROM {old} EXCEPT ALL SELECT {columns} FROM {new}"
        return _count(engine, came) or _count(engine, gone)

    def _held(self, names: Iterable[str]) -> list[Path]:
        return [self.home / HELD / name for name in names]

    def _choose_vintage(self) -> None:
        """A revision without a new date of the publisher's was current on the day it was retrieved."""
        if self.before is None or not self.before["vintage"]:
            return
        last = dt.date.fromisoformat(self.before["vintage"])
        day, retrieved = self.landed.vintage, self.retrieved
        if day is not None and retrieved is not None and day <= last:
            self.landed.vintage = max(retrieved, last)
            note = f"revised without a new date; held as of the day of retrieval, {self.landed.vintage}"
            for name in self.landed.notes:
                self.landed.notes[name] = (*self.landed.notes[name], note)

    @property
    def source_id(self) -> str:
        """Under which the rows are stored: the source, the batch where it has several, and the day."""
        parts = (self.adapter.id, self.label, str(self.landed.vintage))
        return "-".join(part for part in parts if part)

    def _write(self, engine: duckdb.DuckDBPyConnection, table: str) -> Path:
        """Write the rows with vintage and source, row group by row group."""
        place = self.draft.path(table, f"{self.adapter.id}/{_file_name(self.batch)}-{self.landed.vintage}")
        names = self.schemas[table].names
        stamps = "".join(
            f", {value} AS {name}"
            for name, value in (
                ("vintage", f"DATE '{self.landed.vintage}'"),
                ("source_id", f"'{self.source_id}'"),
            )
            if name not in names
        )
        target = str(place).replace("'", "''")
        engine.execute(
            f"COPY (SELECT *{stamps} FROM {self._relation([self._aside(table)])}) TO '{target}' "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3)"
        )
        self._refuse_repeats(engine, table, place)
        return place

    def _refuse_repeats(self, engine: duckdb.DuckDBPyConnection, table: str, place: Path) -> None:
        keys = ", ".join(f'"{key}"' for key in IDENTITY[table])
        twice = engine.execute(
            f"SELECT {keys}, count(*) FROM {self._relation([place])} GROUP BY ALL HAVING count(*) > 1 LIMIT 1"
        ).fetchone()
        if twice:
            key = ", ".join(f"{name} {value}" for name, value in zip(IDENTITY[table], twice, strict=False))
            raise SchemaError(
                f"{twice[-1]} rows of one key came for the table {table!r}",
                where=f"{self.adapter.id}, {self.batch}: {key}",
                remedy="Nothing was stored; compare with the publisher's page",
            )

    def _give_way(self, engine: duckdb.DuckDBPyConnection, table: str, place: Path) -> None:
        """Take rows of the same key and day out of files that other fetches brought."""
        new, keys = self._relation([place]), ", ".join(f'"{key}"' for key in IDENTITY[table])
        for name in self._fetched_files(table):
            old = self._relation(self._held([name]))
            same = f"SELECT {keys} FROM {new} INTERSECT SELECT {keys} FROM {old}"
            if not _count(engine, same):
                continue
            rest = f"SELECT old.* FROM {old} AS old ANTI JOIN {new} AS new USING ({keys})"
            left, kept = _count(engine, rest), None
            if left:
                stem = name.removeprefix(f"{table}/").removesuffix(".parquet")
                remainder = self.draft.path(table, stem)
                target = str(remainder).replace("'", "''")
                engine.execute(
                    f"COPY ({rest}) TO '{target}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3)"
                )
                kept = self.draft.name_of(remainder)
            self.draft.retire(table, name)
            self.draft.record({"kind": REPLACED, "table": table, "file": name, "by": kept})

    def _fetched_files(self, table: str) -> list[str]:
        """Files of the table that fetches brought and that stand under the same day."""
        day = str(self.landed.vintage)
        found = []
        for source in {fact["source"] for fact in self.draft.manifest.facts if fact.get("kind") == FETCHED}:
            for fact in facts_of(self.draft.manifest, source):
                if fact["vintage"] == day or table_dates(self, table):
                    found += fact["files"].get(table, [])
        held = set(self.draft.manifest.tables.get(table, ()))
        return [name for name in dict.fromkeys(found) if name in held]

    def _relation(self, paths: Iterable[Path]) -> str:
        names = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        return f"read_parquet([{names}])"

    def _files(self) -> list[dict[str, Any]]:
        """Every file of the publication with its hash, or the one that lists them."""
        listed = listed_parts(self.home, self.adapter.id, self.batch, self.parts)
        if "parts" not in listed:
            return [
                {
                    "file": f"{len(self.parts)} answers of {self.batch}",
                    "stored_copy": listed["parts_file"],
                    "bytes": listed["parts_bytes"],
                    "sha256": listed["parts_sha256"],
                    "rows": sum(self.landed.rows.values()),
                }
            ]
        return [
            {
                "file": part["name"],
                "stored_copy": f"{SNAPSHOTS}/{self.adapter.id}/{part['snapshot']}/file",
                "bytes": part["bytes"],
                "sha256": part["sha256"],
                "rows": self.landed.rows[part["name"]],
            }
            for part in self.parts
        ]

    def _source(self) -> dict[str, Any]:
        """The publication the rows are of, in the form of the record's own list."""
        one = self.declaration
        rows = sum(self.landed.rows.values())
        return {
            "kind": "source",
            "source_id": self.source_id,
            "publisher": one.publisher,
            "title": one.title,
            "licence": one.licence,
            "citation": f"{one.publisher}, {one.title}, as retrieved on {self.retrieved}.",
            "address": one.page,
            "basis": one.basis,
            "valuation": one.basis,
            "unit": one.unit,
            "cadence": one.cadence,
            "revision_policy": "revised by the publisher; each state that was fetched is kept as a vintage",
            "vintage": str(self.landed.vintage),
            "coverage": f"{', '.join(sorted(self.schemas))}: {rows:,} rows",
            "file": self.parts[0]["name"],
            "sha256": self.parts[0]["sha256"],
            "bytes": sum(part["bytes"] for part in self.parts),
            "rows": rows,
            "files": self._files(),
            "checked": ["shape, keys and totals as `techbalance fetch` checks them"],
            "caveats": [f"unverified: {', '.join(one.unverified)}"] if one.unverified else [],
        }


def table_dates(landing: _Landing, table: str) -> bool:
    """Whether the rows of a table came with vintages of their own."""
    return "vintage" in landing.schemas[table].names


def _count(engine: duckdb.DuckDBPyConnection, query: str) -> int:
    row = engine.execute(f"SELECT count(*) FROM ({query})").fetchone()
    return int(row[0]) if row else 0


def _file_name(batch: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in batch)
