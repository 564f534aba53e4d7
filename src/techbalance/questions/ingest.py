"""What happened to the files that were to be taken in? Answers ``ingest``, and changes the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from techbalance.errors import DataError
from techbalance.questions.answer import Answer
from techbalance.questions.marts import MARTS
from techbalance.questions.parameters.ingest import INGEST, IngestParams
from techbalance.questions.parameters.texts import PartnerRef
from techbalance.store.ingest import Options, Outcome, ingest_files

if TYPE_CHECKING:
    from techbalance.store.catalogue import Store

TYPES = {"rows": pa.int64(), "vintage": pa.date32()}
SCHEMA = pa.schema([(name, TYPES.get(name, pa.string())) for name in INGEST.columns])


@dataclass(frozen=True, eq=False)
class Ingested(Answer):
    """What happened; bad input among good is an exit code of its own."""

    refused: bool = False

    @property
    def exit_code(self) -> int:
        """3 where a file was refused."""
        return DataError.exit_code if self.refused else super().exit_code


def run(params: IngestParams, store: Store) -> Answer:
    """Answer ``ingest``: one row per file.

    Raises
    ------
    DataError
        The only file was refused; of several the others are taken in.
    StoreError
        The store cannot be written.
    """
    options = Options(
        dry_run=params.dry_run,
        keep_modes=params.modes == "keep",
        vintage=params.vintage.day if params.vintage else None,
        mapping=params.map,
        partner=_code(params.partner, store),
    )
    paths = [Path(name) for name in params.files]
    outcomes = ingest_files(store.home, paths, marts=MARTS, options=options)
    return answer(params, store, outcomes)


def answer(params: IngestParams, store: Store, outcomes: tuple[Outcome, ...]) -> Answer:
    """Tell what happened, one row per file."""
    lines = [
        {
            "file": str(one.path),
            "status": one.status,
            "kind": one.kind,
            "flow": one.flow,
            "first_period": one.first_period,
            "last_period": one.last_period,
            "rows": one.rows,
            "vintage": one.vintage,
            "source_id": one.source_id,
            "sha256": one.sha256,
            "note": one.note or None,
        }
        for one in outcomes
    ]
    counts = dict.fromkeys(("ingested", "held", "would ingest", "refused"), 0)
    for one in outcomes:
        counts[one.status] += 1
    words = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    table = pa.Table.from_pylist(lines, schema=SCHEMA)
    return Ingested(INGEST, params, store, table, (f"{words}.",), refused=bool(counts["refused"]))


def _code(name: str | None, store: Store) -> str | None:
    if name is None:
        return None
    # It loads the library of expressions, which an archive is taken in without.
    from techbalance.questions.selection import chosen_partners

    members = chosen_partners(store, PartnerRef.parse([name])) or ()
    codes = sorted(member.code for member in members)
    if len(codes) != 1:
        raise DataError(f"{name!r} is not one partner", remedy="Name it by its Census code")
    return codes[0]
