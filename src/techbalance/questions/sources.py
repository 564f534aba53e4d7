"""Which sources are declared, and what is held of them? Answers ``sources``."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from techbalance.questions.answer import Answer
from techbalance.questions.parameters.provenance import SOURCES, SourcesParams

if TYPE_CHECKING:
    from techbalance.store.catalogue import Declaration, Store

TYPES = {"from_year": pa.int64(), "to_year": pa.int64(), "held": pa.bool_(), "verified": pa.bool_()}
SCHEMA = pa.schema([(name, TYPES.get(name, pa.string())) for name in SOURCES.columns])


def run(params: SourcesParams, store: Store) -> Answer:
    """Answer ``sources``: declared sources first, then the publications the stored figures were read from.

    A stored publication is ``held``; a declared source is held when any stored publication came from it.
    ``verified`` is null for a stored publication: its bytes were read.
    """
    lines = [
        _declared(one, store)
        for one in store.declared
        if params.year is None or any(part.includes(params.year) for part in one.coverage)
    ]
    if params.year is None:
        lines += [_stored(one, facts) for one, facts in sorted(store.sources.items())]
    return Answer(SOURCES, params, store, pa.Table.from_pylist(lines, schema=SCHEMA))


def _declared(one: Declaration, store: Store) -> dict[str, Any]:
    parts = [f"{part.table}: {', '.join(part.series)} by {', '.join(part.by)}" for part in one.coverage]
    ends = [part.to_year for part in one.coverage]
    notes = [
        one.verification,
        f"unverified: {', '.join(one.unverified)}" if one.unverified else "",
        f"needs {one.needs}" if one.needs else "",
        "key needed" if one.key != "none" else "",
    ]
    return {
        "source_id": one.id,
        "publisher": one.publisher,
        "title": one.title,
        "provides": "; ".join(parts),
        "from_year": min(part.from_year for part in one.coverage),
        "to_year": None if None in ends else max(end for end in ends if end is not None),
        "held": any(fnmatch(stored, pattern) for stored in store.sources for pattern in one.records),
        "verified": one.verified,
        "cadence": one.cadence,
        "unit": one.unit,
        "basis": one.basis,
        "licence": one.licence,
        "address": one.page,
        "note": "; ".join(note for note in notes if note),
    }


def _stored(source_id: str, facts: dict[str, Any]) -> dict[str, Any]:
    texts = {
        name: facts.get(name)
        for name in ("publisher", "title", "cadence", "unit", "basis", "licence", "address")
    }
    caveats = facts.get("caveats") or []
    return texts | {
        "source_id": source_id,
        "provides": facts.get("coverage"),
        "held": True,
        "note": "; ".join(caveats) or None,
    }
