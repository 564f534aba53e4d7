"""Where is the official record that ships with the package, and what is known about it?

Read-only data: one Parquet file per table, a provenance file beside each, and ``sources.json``, one entry per
publication. This module finds and describes them; reading rows is the store's work.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from techbalance.errors import StoreError, UnknownCodeError

PROVENANCE = ".provenance.json"


@cache
def folder() -> Path:
    """Find the folder of the record.

    Raises
    ------
    StoreError
        The package was installed in a form without files, inside an archive for instance.
    """
    place = Path(str(files(__name__)))
    if not (place / "sources.json").is_file():
        raise StoreError(
            "the record that ships with the package is missing",
            where=str(place),
            remedy="Install techbalance from its wheel or its checkout",
        )
    return place


def tables() -> tuple[str, ...]:
    """Name the tables of the record, sorted."""
    return tuple(sorted(path.name.removesuffix(PROVENANCE) for path in folder().glob(f"*{PROVENANCE}")))


def path(name: str) -> Path:
    """Find the Parquet file of one table.

    Raises
    ------
    UnknownCodeError
        The record has no such table.
    """
    if name not in tables():
        raise UnknownCodeError.among("table", name, tables())
    return folder() / f"{name}.parquet"


def provenance(name: str) -> dict[str, Any]:
    """Describe one table: rows, hash, columns with units, sources, vintages, coverage, results of checks.

    Raises
    ------
    UnknownCodeError
        The record has no such table.
    """
    described: dict[str, Any] = json.loads(
        path(name).with_suffix("").with_suffix(PROVENANCE).read_text("utf-8")
    )
    return described


def sources() -> dict[str, dict[str, Any]]:
    """Describe every publication the record is made of, keyed by its source id."""
    described: dict[str, dict[str, Any]] = json.loads((folder() / "sources.json").read_text("utf-8"))
    return described


@cache
def digest() -> str:
    """Identify this state of the record: one hash over the recorded hashes of all tables, by table name.

    Two records with equal tables have equal digests. The tables themselves are not read.
    """
    whole = hashlib.sha256()
    for name in tables():
        whole.update(f"{name} {provenance(name)['sha256']}\n".encode())
    return whole.hexdigest()
