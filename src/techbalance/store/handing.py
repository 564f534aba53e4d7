"""How does what was fetched get to ``ingest``? Archives as they came, ten-digit answers as one tidy file.

Trade at ten digits is checked, classified and added up by ``ingest``; a fetch hands it the files, and notes
afterwards which publications they were, so that the next fetch asks only for what is newer.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import SchemaError, StoreError
from techbalance.store.commit import change
from techbalance.store.landing import FETCHED, WAIT_SECONDS, Landed, listed_parts
from techbalance.store.snapshots import FILE, FOLDER, PARTIAL

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from techbalance.sources.adapter import Adapter, Delivered
    from techbalance.store.ingestion.outcome import Outcome
    from techbalance.store.snapshots import Snapshot

    # Takes files into the store, each whole or not at all: ``ingest`` with the questions' marts.
    Take = Callable[[Sequence[Path], dt.date | None], Sequence[Outcome]]

TRADE: Final = "trade"


@dataclass(frozen=True)
class Handing:
    """One batch on its way to ``ingest``."""

    home: Path
    adapter: Adapter
    batch: str
    take: Take

    def hand_over(self, deliveries: Iterable[tuple[Delivered, Snapshot]]) -> Landed:
        """Hand a batch over, and note what it was.

        Raises
        ------
        DataError
            ``ingest`` refuses it, or its rows are not what they should be.
        StoreError
            The store cannot be written.
        """
        aside = self.home / FOLDER / self.adapter.id / PARTIAL / "handing"
        landed = Landed()
        try:
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
            parts, paths = self._laid_out(deliveries, aside, landed)
            # An archive tells its own day; of an answer only the day of retrieval is known.
            vintage = None if paths and paths[0].suffix.upper() == ".ZIP" else landed.vintage
            taken = self.take(paths, vintage) if paths else ()
        except OSError as wrong:
            raise StoreError(
                "the store cannot be written; it is as it was before",
                where=f"{aside}: {wrong.strerror or wrong}",
                remedy="Make room or set TECHBALANCE_HOME to another folder, then fetch again",
            ) from wrong
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        for one in taken:
            landed.vintage = one.vintage or landed.vintage
            landed.changed += one.rows if one.status == "ingested" else 0
        if parts and taken and not landed.rows[parts[0]["name"]]:
            landed.rows[parts[0]["name"]] = sum(one.rows for one in taken)
        if parts:
            said = tuple(one.note for one in taken if one.note)
            landed.notes[parts[0]["name"]] = (*landed.notes.get(parts[0]["name"], ()), *said)
        with change(self.home, f"fetch {self.adapter.id}", wait_seconds=WAIT_SECONDS) as draft:
            draft.record(
                {
                    "kind": FETCHED,
                    "source": self.adapter.id,
                    "batch": self.batch,
                    "vintage": str(landed.vintage) if landed.vintage else None,
                    **listed_parts(self.home, self.adapter.id, self.batch, parts),
                    "files": {},
                }
            )
        return landed

    def _laid_out(
        self, deliveries: Iterable[tuple[Delivered, Snapshot]], aside: Path, landed: Landed
    ) -> tuple[list[dict[str, Any]], list[Path]]:
        """Lay files out under their own names; rows of answers go into one file of the batch."""
        import pyarrow.parquet as pq

        parts: list[dict[str, Any]] = []
        paths: list[Path] = []
        writer: pq.ParquetWriter | None = None
        tidy = aside / f"{self.adapter.id}-{self.batch}.parquet"
        try:
            for delivered, snapshot in deliveries:
                name = delivered.part.name
                landed.rows[name] = 0
                day = delivered.vintage
                if delivered.part.form == "json":
                    parsed = self.adapter.parse(delivered)
                    landed.notes[name] = parsed.notes
                    for table, rows in parsed.tables.items():
                        if table != TRADE:
                            raise SchemaError(f"{self.adapter.id} hands over no table {table!r}", where=name)
                        if writer is None:
                            writer = pq.ParquetWriter(tidy, rows.schema, compression="zstd")
                            paths.append(tidy)
                        writer.write_table(rows)
                        landed.rows[name] += rows.num_rows
                    day = parsed.vintage or day
                else:
                    paths.append(_linked(snapshot.folder / FILE, aside / name))
                landed.vintage = day if landed.vintage is None else max(landed.vintage, day)
                parts.append(
                    {
                        "name": name,
                        "bytes": snapshot.sidecar.bytes,
                        "sha256": snapshot.sidecar.sha256,
                        "snapshot": snapshot.folder.name,
                    }
                )
        finally:
            if writer is not None:
                writer.close()
        return parts, paths


def _linked(file: Path, place: Path) -> Path:
    """The same bytes under the publisher's name; copied where the file system has no links."""
    try:
        os.link(file, place)
    except OSError:
        shutil.copyfile(file, place)
    return place
