"""Files that people write and hand in: read whole, as text, with a clear refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from techbalance.errors import SchemaError, StoreError
from techbalance.store import reading

# A file written by hand is far smaller; a larger one is some other file.
LARGEST_BYTES: Final = 5_000_000


def is_file(name: str) -> bool:
    """Whether a name is that of a file; False for what cannot be a name at all."""
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def read_text(name: str) -> str:
    """Read a text file in UTF-8.

    Raises
    ------
    SchemaError
        The file cannot be read, is too large to have been written by hand, or is not UTF-8 text.
    """
    path = Path(name)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise SchemaError("the file is too large to be one written by hand", where=name)
        data = path.read_bytes()
        reading.said(path, data)
        return data.decode("utf-8-sig")
    except OSError as wrong:
        raise SchemaError("the file cannot be read", where=f"{name}: {wrong.strerror}") from wrong
    except UnicodeDecodeError as wrong:
        raise SchemaError(
            "the file is not text in UTF-8", where=f"{name}, byte {wrong.start}", remedy="Save it as UTF-8"
        ) from wrong


def write_text(name: str, text: str) -> None:
    """Write a text file in UTF-8, in place of one that is there.

    Raises
    ------
    StoreError
        It cannot be written.
    """
    try:
        Path(name).write_text(text, encoding="utf-8", newline="\n")
    except (OSError, ValueError) as wrong:
        raise StoreError(f"cannot write {name!r}", where=str(wrong)) from wrong
