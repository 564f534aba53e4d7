"""Where are the data that do not ship? Elasticities, input-output tables, model data: files a user puts down.

Their licences do not let them travel with the package, so a question reads them from a folder of the user's:
``TECHBALANCE_DATA``, or ``data`` inside the store.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from techbalance.errors import NotCoveredError, SchemaError
from techbalance.store import reading

if TYPE_CHECKING:
    from techbalance.store.catalogue import Store

DATA_VARIABLE: Final = "TECHBALANCE_DATA"


def folder(store: Store) -> Path:
    """The folder of outside data; need not exist."""
    named = os.environ.get(DATA_VARIABLE)
    return Path(named) if named else store.home / "data"


def named(store: Store) -> str:
    """How the folder is called where somebody reads it: by its path only for somebody at this machine."""
    return "the data folder" if store.confined else str(folder(store))


def fingerprint(store: Store) -> str:
    """Twelve hexadecimal digits that change when a file of the folder does; empty where there is none."""
    place = folder(store)
    if not place.is_dir():
        return ""
    found = hashlib.sha256()
    for path in sorted(place.rglob("*")):
        if path.is_file():
            facts = path.stat()
            found.update(f"{path.relative_to(place)}:{facts.st_size}:{facts.st_mtime_ns}\n".encode())
    return found.hexdigest()[:12]


def find(store: Store, relative: str, given: str | None = None, *, what: str) -> Path:
    """Find one file of outside data.

    Parameters
    ----------
    store
        Whose folder is searched.
    relative
        Path inside the folder, for example ``elasticities/elasticity_protee_hs6.csv``.
    given
        A path the user named; it takes the place of the folder.
    what
        What the file holds, for messages.

    Raises
    ------
    NotCoveredError
        The file is not there; the message says where to put it.
    """
    path = Path(given) if given else folder(store) / relative
    if given and not path.is_file():
        raise NotCoveredError(f"{what} are not held: there is no file {path}", remedy="Check the name")
    if not path.is_file():
        place = f"{relative} in {named(store)}" if store.confined else path
        raise NotCoveredError(
            f"{what} are not held: there is no file {place}",
            remedy=f"Put {relative} into {named(store)}, or set {DATA_VARIABLE} to the folder that has it",
        )
    return path


def read_bytes(path: Path) -> bytes:
    """Read a file of outside data.

    Raises
    ------
    SchemaError
        It cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as wrong:
        raise SchemaError("the file cannot be read", where=f"{path}: {wrong.strerror}") from wrong
    reading.said(path, data)
    return data
