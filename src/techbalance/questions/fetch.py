"""What came from a publisher, and what changed? Answers ``fetch``, and changes the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from techbalance.questions.answer import Answer
from techbalance.questions.marts import MARTS
from techbalance.questions.parameters.fetching import FETCH, FetchParams
from techbalance.sources.adapter import Request
from techbalance.store.fetching import Outcome, fetch, would_fetch
from techbalance.store.ingest import Options, ingest_files
from techbalance.store.progress import step

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from techbalance.store.catalogue import Store
    from techbalance.store.ingestion.outcome import Outcome as Ingested

NUMBERS = ("rows", "rows_changed", "bytes", "bytes_received")
TYPES = dict.fromkeys(NUMBERS, pa.int64()) | {"vintage": pa.date32()}
SCHEMA = pa.schema([(name, TYPES.get(name, pa.string())) for name in FETCH.columns])
NOT_SAID = ("source", "from_", "to", "dry_run", "accept")


def run(params: FetchParams, store: Store) -> Answer:
    """Answer ``fetch``: one row per part of the source.

    Raises
    ------
    SourceError
        The publisher was not reached or refused, or a key is missing; exit code 4.
    DataError
        What came is not what is declared; nothing of it was stored; exit code 3.
    StoreError
        The store cannot be written.
    """
    request = Request(
        first=params.from_,
        last=params.to,
        options={
            name: str(value)
            for name in type(params).model_fields
            if name not in NOT_SAID and (value := getattr(params, name)) is not None
        },
    )
    if params.dry_run:
        outcomes = would_fetch(store.home, params.source, request)
        return _answer(params, store, outcomes, _plan_in_words(outcomes))

    def take(paths: Sequence[Path], vintage: dt.date | None) -> tuple[Ingested, ...]:
        return ingest_files(store.home, paths, marts=MARTS, options=Options(vintage=vintage))

    planned = would_fetch(store.home, params.source, request)
    step(f"fetch {params.source}", done=0, total=len(planned), unit="calls", message=_plan_in_words(planned))
    outcomes = fetch(store.home, params.source, request, take=take, accept=params.accept)
    counts = {one.status: 0 for one in outcomes}
    for one in outcomes:
        counts[one.status] += 1
    return _answer(
        params, store, outcomes, ", ".join(f"{count} {status}" for status, count in counts.items())
    )


def _plan_in_words(outcomes: list[Outcome]) -> str:
    known = [one.bytes for one in outcomes if one.bytes]
    size = f"about {_size(sum(known))}" if known else "of unknown size"
    calls = "1 call" if len(outcomes) == 1 else f"{len(outcomes):,} calls"
    return f"{calls}, {size}"


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else f"{count / 1e3:,.1f} kB"


def _answer(params: FetchParams, store: Store, outcomes: list[Outcome], words: str) -> Answer:
    lines = [
        {
            "part": one.part,
            "status": one.status,
            "rows": one.rows,
            "rows_changed": one.changed,
            "bytes": one.bytes,
            "bytes_received": one.received,
            "vintage": one.vintage,
            "address": one.address,
            "sha256": one.sha256,
            "snapshot": one.snapshot,
            "note": "; ".join(one.notes) or None,
        }
        for one in outcomes
    ]
    return Answer(FETCH, params, store, pa.Table.from_pylist(lines, schema=SCHEMA), (f"{words}.",))
