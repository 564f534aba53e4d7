"""What happened to each file that was to be taken in, and how it was to be done?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from techbalance.sources.declaration import declared

if TYPE_CHECKING:
    from pathlib import Path

    from techbalance.store.ingestion.todate import ToDate

Status = Literal["ingested", "held", "would ingest", "refused"]


@dataclass(frozen=True)
class Options:
    """How files are taken in.

    Parameters
    ----------
    dry_run
        Read and check only.
    keep_modes
        Whether values and weights by mode of transport are kept.
    vintage
        The day on which the figures were current; None to take it from the file, or else today.
    mapping
        How tidy files are read; None to tell from their columns.
    partner
        Census code of all rows of a tidy file that names none.
    threads
        Files worked on at a time, two at most; None for as many as there are cores.
    """

    dry_run: bool = False
    keep_modes: bool = True
    vintage: dt.date | None = None
    mapping: str | None = None
    partner: str | None = None
    threads: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What happened to one file.

    Parameters
    ----------
    path
        The file.
    sha256, size
        Its bytes.
    status
        ``ingested``; ``held``, when the same bytes had been before; ``would ingest``; ``refused``.
    kind
        What it was: ``archive``, ``table``, ``code list``, ``workbook``.
    flow, first_period, last_period, rows
        What it held.
    vintage, source_id
        Under which it is held now.
    note
        What else must be known; why it was refused.
    error
        The refusal itself.
    to_date
        Of an archive: what it says of its year so far.
    """

    path: Path
    sha256: str = ""
    size: int = 0
    status: Status = "ingested"
    kind: str = ""
    flow: str | None = None
    first_period: str | None = None
    last_period: str | None = None
    rows: int = 0
    vintage: dt.date | None = None
    source_id: str | None = None
    note: str = ""
    error: Exception | None = None
    to_date: ToDate | None = None

    def refused(self, error: Exception) -> Outcome:
        """The same file, refused."""
        return replace(self, status="refused", note=str(error), error=error, rows=0)


def source_record(outcome: Outcome, source: str, publisher: str, title: str) -> dict[str, Any]:
    """Where rows came from, in the form of the record's own list of sources.

    Parameters
    ----------
    outcome
        The file.
    source
        Id of the declared source it was taken from, or a longer name that begins with it.
    publisher, title
        Who published it, and what it is.
    """
    told = next((one for one in declared() if source.startswith(one.id)), None)
    name = outcome.path.name
    terms = {name: getattr(told, name) for name in ("licence", "basis", "unit", "cadence")} if told else {}
    return terms | {
        "kind": "source",
        "by": "ingest",
        "source_id": outcome.source_id,
        "publisher": publisher,
        "title": title,
        "citation": f"{publisher}, {title} ({name}).",
        "address": told.page if told else None,
        "coverage": f"{outcome.first_period} to {outcome.last_period}, {outcome.rows:,} rows",
        "vintage": outcome.vintage.isoformat() if outcome.vintage else None,
        "sha256": outcome.sha256,
        "rows": outcome.rows,
        "files": [{"file": name, "stored_copy": None, "bytes": outcome.size, "sha256": outcome.sha256}],
        "taken": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
    }
