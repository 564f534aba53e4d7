"""Which official publications is the record made of, and from which stored bytes?"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techbalance.errors import SchemaError

from .reading import file_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

DECLARATIONS = Path(__file__).with_name("sources.toml")


@dataclass(frozen=True)
class StoredFile:
    """One file of the data folder and the public copy it was made from."""

    stored_copy: str
    file: str


@dataclass(frozen=True)
class Publication:
    """One official publication as it stood at one vintage. Unknown keys in the declaration are an error."""

    source_id: str
    publisher: str
    title: str
    licence: str
    citation: str
    address: str
    basis: str
    valuation: str
    unit: str
    cadence: str
    revision_policy: str
    vintage: date
    printed_unit_usd: int
    confidence: str
    files: tuple[StoredFile, ...]
    caveats: tuple[str, ...] = ()
    changes: str = ""
    printed: tuple[str, ...] = field(default=())


def load_publications(path: Path = DECLARATIONS) -> dict[str, Publication]:
    """Read the declarations, keyed by source id.

    A ``[[source]]`` may name a ``like`` table that gives it its common fields.

    Raises
    ------
    SchemaError
        A field is missing or unknown, or an id is declared twice.
    """
    declared = tomllib.loads(path.read_text(encoding="utf-8"))
    commons: Mapping[str, dict[str, Any]] = declared.get("like", {})
    known = {f.name for f in fields(Publication)}
    publications: dict[str, Publication] = {}
    for entry in declared["source"]:
        merged = {**commons.get(entry.get("like", ""), {}), **entry}
        merged.pop("like", None)
        source_id = merged.get("source_id", "?")
        if unknown := merged.keys() - known:
            raise SchemaError(f"unknown field {sorted(unknown)}", where=f"{path.name}, {source_id}")
        if source_id in publications:
            raise SchemaError("source id declared twice", where=f"{path.name}, {source_id}")
        merged["files"] = tuple(StoredFile(**f) for f in merged.get("files", ()))
        merged["caveats"] = tuple(merged.get("caveats", ()))
        try:
            publications[source_id] = Publication(**merged)
        except TypeError as error:
            raise SchemaError(str(error), where=f"{path.name}, {source_id}") from None
    return publications


def describe(publication: Publication, data: Path, coverage: str, checked: list[str]) -> dict[str, Any]:
    """Make the record of one source for ``sources.json``, with the facts of its stored files."""
    record = asdict(publication)
    for internal in ("changes", "printed", "printed_unit_usd", "confidence"):
        record.pop(internal)
    record["vintage"] = publication.vintage.isoformat()
    record["coverage"] = coverage
    record["files"] = [
        {**asdict(stored), **asdict(file_facts(data / stored.file))} for stored in publication.files
    ]
    record["checked"] = checked
    record["caveats"] = list(publication.caveats)
    return record
