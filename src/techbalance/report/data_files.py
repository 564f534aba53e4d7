"""How do the rows of a chart or table leave the page? As comma-separated values with exact integers."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def as_csv(rows: pa.Table) -> str:
    """Write rows as CSV: a head, whole dollars, ISO dates; a null is an empty cell, a list is joined."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows.column_names)
    for row in rows.to_pylist():
        writer.writerow([_plain(value) for value in row.values()])
    return text.getvalue()


def as_link(text: str) -> str:
    """Put CSV text into an address of its own, so that a page can hand it over without any other file."""
    coded = base64.b64encode(text.encode("utf-8")).decode("ascii")
    return f"data:text/csv;charset=utf-8;base64,{coded}"


def _plain(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return "; ".join(str(part) for part in value)
    return value.isoformat() if isinstance(value, dt.date) else value
