"""How is a stored official file read, and how is a printed figure turned into whole dollars?"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from techbalance.errors import SchemaError

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, str]

USD_PER_MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class FileFacts:
    """What identifies the bytes of one stored file."""

    bytes: int
    sha256: str
    rows: int


def read_csv(path: Path) -> list[Row]:
    """Read a comma-separated file (``.gz`` too) as text, one dictionary per line.

    Raises
    ------
    SchemaError
        The file is missing, or a line has more or fewer fields than the header.
    """
    reader = csv.reader(io.StringIO(_text(path).decode("utf-8-sig"), newline=""))
    header = next(reader)
    rows = []
    for fields in reader:
        if len(fields) != len(header):
            raise SchemaError(
                f"a line has {len(fields)} fields, its header {len(header)}",
                where=f"{path.name}, line {reader.line_num}",
                remedy="Compare the file with the copy named in tools/build_record/sources",
            )
        rows.append(dict(zip(header, fields, strict=True)))
    return rows


def file_facts(path: Path) -> FileFacts:
    """Count and hash a stored file; ``rows`` are its lines, without the head line of a CSV file."""
    text, content = _text(path), path.read_bytes()
    has_header = ".csv" in path.suffixes
    lines = text.count(b"\n") + (0 if text.endswith(b"\n") else 1)
    return FileFacts(len(content), hashlib.sha256(content).hexdigest(), lines - has_header)


def require_file(path: Path) -> Path:
    """Refuse a path that is no file, before a library says it in its own words."""
    if not path.is_file():
        raise SchemaError(
            "a stored file is missing", where=str(path), remedy="Name the data folder with --data"
        )
    return path


def _text(path: Path) -> bytes:
    content = require_file(path).read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def whole_dollars(text: str, *, scale: Decimal = Decimal(1)) -> int:
    """Turn a printed amount into whole US dollars, a fraction rounded half to even.

    Parameters
    ----------
    text
        The printed figure.
    scale
        Dollars per printed unit.

    Raises
    ------
    SchemaError
        ``text`` is not a finite number.

    Examples
    --------
    >>> whole_dollars("84191.5", scale=USD_PER_MILLION)
    84191500000
    >>> whole_dollars("2.5"), whole_dollars("3.5")
    (2, 4)
    """
    try:
        amount = (Decimal(text) * scale).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
        return int(amount)
    except (InvalidOperation, ValueError):
        raise SchemaError(
            f"{text!r} is not an amount", remedy="Correct the stored file or its reader"
        ) from None
