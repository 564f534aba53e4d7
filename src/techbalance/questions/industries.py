"""Value added by industry and economy: tables of the National Science Foundation that a user puts there.

NCSES, Science and Engineering Indicators: table 10758 (edition of 2024, 2002 to 2022, eleven economies and
the world of 75) and, for economies it lacks, the tables of the edition of 2022 (2002 to 2019).
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from techbalance.errors import SchemaError
from techbalance.questions.selection import partner_book
from techbalance.store import outside

if TYPE_CHECKING:
    from techbalance.classifications.partners import PartnerBook
    from techbalance.store.catalogue import Store

FILE: Final = "macro/ncses_kti_long.csv.gz"
COLUMNS: Final = ("label", "year", "value", "table", "economy", "isic4")
WHAT: Final = "tables of value added by industry (NCSES, Science and Engineering Indicators)"
WORLD: Final = "WORLD"
EU: Final = "EU27"
TOTAL: Final = "total"
MANUFACTURING: Final = "manufacturing"
NAMES: Final[dict[str, str]] = {
    MANUFACTURING: "all manufacturing",
    "C20": "chemicals",
    "C21": "pharmaceuticals",
    "C252": "weapons and ammunition",
    "C26": "computers, electronics, optics",
    "C27": "electrical equipment",
    "C28": "machinery",
    "C29": "motor vehicles",
    "C30X": "rail, military and other transport",
    "C303": "aircraft and spacecraft",
    "C325": "medical and dental instruments",
    "J582": "software publishing",
    "J62-63": "IT and information services",
    "M72": "scientific R&D",
}
# The seven of the Hamilton Index; other transport is two rows of the table.
HAMILTON: Final = ("C21", "C26", "C27", "C28", "C29", "C30X", "C303", "J62-63")
NEWER: Final = "10758"
NEWER_EDITION, OLDER_EDITION = "2024", "2022"
_CODES: Final = {"A to U": TOTAL, "C (10–33)": MANUFACTURING, "J62–63": "J62-63"}
_OLDER: Final = {
    "6213": "C325",
    "6214": "J62-63",
    "6233": "J582",
    "6235": "M72",
    "6236": "C30X",
    "6237": "C27",
    "6238": "C303",
    "6239": "C29",
    "6240": "C28",
    "6241": "C21",
    "6244": "C20",
    "6245": "C26",
}
RD_INTENSIVE: Final = "1993"
_OWN_NAMES: Final = {
    "World": WORLD,
    "World (75)": WORLD,
    "EU-27": EU,
    "South Korea": "KOR",
    "United States": "USA",
}


@dataclass(frozen=True)
class Industries:
    """Value added by (economy, industry, year) in dollars, and exports of R&D-intensive products.

    Parameters
    ----------
    newer, older
        Value added in two editions; ``total`` is all industries together, and only the newer has it.
    exports
        Exports of high-R&D-intensive products by (economy, year).
    """

    newer: dict[tuple[str, str, int], float]
    older: dict[tuple[str, str, int], float]
    exports: dict[tuple[str, int], float]

    def value_added(self, economy: str, industry: str, year: int) -> tuple[float | None, str | None]:
        """Give value added and the edition it is from; the newer edition first."""
        key = (economy, industry, year)
        if key in self.newer:
            return self.newer[key], NEWER_EDITION
        return (self.older[key], OLDER_EDITION) if key in self.older else (None, None)

    @property
    def economies(self) -> tuple[str, ...]:
        """Economies of the newer edition, without the world."""
        return tuple(sorted({economy for economy, _, _ in self.newer} - {WORLD}))

    @property
    def years(self) -> tuple[int, ...]:
        """Years of the newer edition."""
        return tuple(sorted({year for _, _, year in self.newer}))


def read_industries(store: Store) -> Industries:
    """Read the user's file.

    Raises
    ------
    NotCoveredError
        It is not there; the message says where to put it.
    SchemaError
        It is not that file.
    """
    path = outside.find(store, FILE, what=WHAT)
    try:
        text = gzip.decompress(outside.read_bytes(path)).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as wrong:
        raise SchemaError("the file is no packed text", where=path.name) from wrong
    reader = csv.DictReader(io.StringIO(text))
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise SchemaError(f"the file lacks {', '.join(missing)}", where=path.name)
    by_table: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in reader:
        by_table[row["table"]].append(row)
    names = _Economies(partner_book(store))
    newer = {
        (economy, _CODES.get(row["isic4"], row["isic4"]), int(row["year"])): _dollars(row, path.name)
        for row in by_table[NEWER]
        # Headings without a code are sums of others, and some have lost their economy.
        if row["isic4"] and (economy := names.code(row["economy"]))
    }
    older = {
        (economy, code, int(row["year"])): _dollars(row, path.name)
        for table, code in _OLDER.items()
        for row in by_table[table]
        if (economy := names.code(row["label"].rpartition("->")[2]))
    }
    exports = {
        (economy, int(row["year"])): _dollars(row, path.name)
        for row in by_table[RD_INTENSIVE]
        if row["label"].startswith("Exports") and (economy := names.code(row["label"].rpartition("->")[2]))
    }
    return Industries(newer, older, exports)


@dataclass
class _Economies:
    """Economies by the names the tables give them; regions and rests have no code."""

    book: PartnerBook

    def __post_init__(self) -> None:
        self._iso3 = {row["code"]: row["iso3"] for row in self.book.partners}
        self._found: dict[str, str | None] = {}

    def code(self, name: str) -> str | None:
        plain = name.strip()
        if plain not in self._found:
            codes = {self._iso3.get(member.code) for member in self.book.named(plain) or ()}
            self._found[plain] = _OWN_NAMES.get(plain, codes.pop() if len(codes) == 1 else None)
        return self._found[plain]


def _dollars(row: dict[str, str], file: str) -> float:
    """Turn the table's millions into dollars."""
    try:
        return float(row["value"]) * 1e6
    except ValueError as wrong:
        where = f"{file}, table {row['table']}, {row['label']}, {row['year']}"
        raise SchemaError(f"{row['value']!r} is not a number", where=where) from wrong
