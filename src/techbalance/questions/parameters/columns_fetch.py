"""What do the columns of an answer about fetching hold?"""

from __future__ import annotations

from typing import Final

from techbalance.questions.parameters.column import Column

FETCH_COLUMNS: Final[dict[str, Column]] = {
    "part": Column("name", "", "Part of a source, got with one call"),
    "rows_changed": Column("count", "rows", "Rows new, different or gone; null if not read"),
    "bytes": Column("count", "bytes", "Size of the part; in a plan, of the last time or by declaration"),
    "bytes_received": Column("count", "bytes", "Bytes that came over the line, more where a body came twice"),
    "snapshot": Column("code", "", "Folder of the bytes as published, under snapshots/<source>/"),
}
