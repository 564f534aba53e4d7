"""Which official publications is the record made of, and from which stored bytes?"""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techbalance.errors import SchemaError

from .reading import file_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

DECLARATIONS = Path(__file__).with_name("sources")


@dataclass(frozen=True)
class StoredFile:
    """One file of the data folder and the public copy it was made from."""

    stored_copy: str
    file: str


@dataclass(frozen=True)
class Publication:
    """One official publication as it stood at one vintage.

    Parameters
    ----------
    vintage
        Day on which the figures were current; the month's end where only the month is known.
    printed_unit_usd
        Step to which the figures are printed; a finer one found in the stored file wins.
    confidence
        ``high``: the official release page, or a copy of the official table whose sums were checked against
        another table. ``medium``: a single copy of a superseded official table, or a reliable secondary
        source. ``low``: a rounded press figure.
    printed
        Texts by which ``headline/first_prints.csv`` names the publication.
    changes
        What a licence that asks for credit wants to be told: how the shipped figures differ from the printed.
    """

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
    printed: tuple[str, ...] = ()


def load_publications(folder: Path = DECLARATIONS) -> dict[str, Publication]:
    """Read the declarations, keyed by source id.

    A ``[[source]]`` may name a ``like`` table of its file that gives it common fields.

    Raises
    ------
    SchemaError
        A field is missing or unknown, or an id is declared twice.
    """
    publications: dict[str, Publication] = {}
    for path in sorted(folder.glob("*.toml")):
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
        commons: Mapping[str, dict[str, Any]] = declared.get("like", {})
        for entry in declared["source"]:
            publication = _publication({**commons.get(entry.get("like", ""), {}), **entry}, path)
            if publication.source_id in publications:
                raise SchemaError("source id declared twice", where=f"{path.name}, {publication.source_id}")
            publications[publication.source_id] = publication
    return publications


def _publication(entry: dict[str, Any], path: Path) -> Publication:
    entry.pop("like", None)
    place = f"{path.name}, {entry.get('source_id', '?')}"
    known = {f.name: f for f in fields(Publication)}
    if unknown := entry.keys() - known.keys():
        raise SchemaError(f"unknown field {sorted(unknown)}", where=place, remedy=f"Known: {sorted(known)}")
    required = {name for name, f in known.items() if f.default is MISSING}
    if missing := required - entry.keys():
        raise SchemaError(f"missing field {sorted(missing)}", where=place)
    entry["files"] = tuple(StoredFile(**stored) for stored in entry["files"])
    for name in ("caveats", "printed"):
        entry[name] = tuple(entry.get(name, ()))
    return Publication(**entry)


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
