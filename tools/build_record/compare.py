"""Is a committed record the one that the stored files give?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path


def differences(rebuilt: Path, committed: Path) -> list[str]:
    """List what differs between two folders of the record, one line each.

    Tables are compared by their bytes; where two versions of the Parquet writer differ, by schema and rows.
    """
    names = {path.name for folder in (rebuilt, committed) for path in _files(folder)}
    found = [line for name in sorted(names) if (line := _difference(rebuilt / name, committed / name))]
    if _writer(rebuilt) == _writer(committed):
        return found
    return [line for line in found if not line.endswith(BYTES_ONLY)]


BYTES_ONLY = "same content, other bytes"


def _difference(new: Path, old: Path) -> str:
    if not new.exists():
        return f"{new.name}: committed, but no longer built"
    if not old.exists():
        return f"{new.name}: built, but not committed"
    if new.read_bytes() == old.read_bytes():
        return ""
    if new.suffix == ".parquet":
        same = pq.read_table(new).equals(pq.read_table(old))
    elif new.name.endswith(".provenance.json"):
        same = _without_bytes(new) == _without_bytes(old)
    else:
        same = False
    return f"{new.name}: {BYTES_ONLY if same else 'content differs'}"


def _without_bytes(path: Path) -> dict[str, object]:
    described = json.loads(path.read_text(encoding="utf-8"))
    return {key: value for key, value in described.items() if key not in ("bytes", "sha256")}


def _writer(folder: Path) -> str:
    created_by = pq.ParquetFile(folder / "calendar.parquet").metadata.created_by
    return str(created_by)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix in (".parquet", ".json", ".txt")]
