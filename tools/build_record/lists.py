"""Which product codes does the Census Bureau list, in which technology group, and what are they called?"""

from __future__ import annotations

from collections import defaultdict
from itertools import takewhile
from typing import TYPE_CHECKING

from techbalance.errors import SchemaError

from .reading import Row, read_csv, require_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LIST_ID = "census-atp"
IMPORT_LIST, IMPORT_SOURCE = "lists/census_imp_code_2022.csv", "census-imp-code-2022"
EXPORT_LIST, EXPORT_SOURCE = "lists/hs-10d-2019-exp-code.txt", "census-exp-code-2019"
PARENT_DIGITS = 8

# Columns of the export list as the Census Bureau lays it out: start, end, counted from 0.
EXPORT_LINE = {"code": (0, 10), "short_desc": (14, 64), "hitech": (276, 278)}
EXPORT_LINE_LENGTH = 278

# Lines whose listed codes begin with different words: named by the scope of the line in the tariff.
PARENT_NAMES = {
    "30049092": "MEDICAMENTS, NESOI, IN DOSES OR FOR RETAIL SALE",
    "38180000": "CHEMICAL ELEMENTS DOPED FOR ELECTRONICS, DISCS, WAFERS",
}

GROUPS = (
    ("01", "Biotechnology", "Biotech"),
    ("02", "Life Science", "Life science"),
    ("03", "Opto-Electronics", "Opto-electronics"),
    ("04", "Information & Communications", "Info & comms"),
    ("05", "Electronics", "Electronics"),
    ("06", "Flexible Manufacturing", "Flexible mfg"),
    ("07", "Advanced Materials", "Adv. materials"),
    ("08", "Aerospace", "Aerospace"),
    ("09", "Weapons", "Weapons"),
    ("10", "Nuclear Technology", "Nuclear"),
)


def group_rows() -> list[dict[str, object]]:
    """Rows of ``groups``."""
    return [{"code": code, "name": name, "short_name": short} for code, name, short in GROUPS]


def read_import_list(data: Path) -> list[Row]:
    """Read the import code list; rows with ``code``, ``short_desc``, ``group``.

    The stored copy lost leading zeros in ``hitech`` (``4`` stands for ``04``).
    """
    return [
        {
            "code": row["HS10"],
            "short_desc": row["short_desc"].strip(),
            "group": two_digits(row["hitech"], row["HS10"]),
        }
        for row in read_csv(data / IMPORT_LIST)
    ]


def read_export_list(data: Path) -> list[Row]:
    """Read the export (Schedule B) code list from the publisher's fixed-width lines.

    Raises
    ------
    SchemaError
        A line is not 278 characters long.
    """
    rows = []
    for number, line in enumerate(
        require_file(data / EXPORT_LIST).read_text(encoding="latin-1").splitlines(), start=1
    ):
        if len(line) != EXPORT_LINE_LENGTH:
            raise SchemaError(
                f"a line of {len(line)} characters, not {EXPORT_LINE_LENGTH}",
                where=f"{EXPORT_LIST}, line {number}",
                remedy="Compare the layout with the publisher's",
            )
        cells = {name: line[start:end].strip() for name, (start, end) in EXPORT_LINE.items()}
        rows.append(
            {
                "code": cells["code"],
                "short_desc": cells["short_desc"],
                "group": two_digits(cells["hitech"], cells["code"]),
            }
        )
    return rows


def two_digits(hitech: str, code: str) -> str:
    """Restore the two digits of a technology code; a blank is no code.

    Examples
    --------
    >>> two_digits("4", "8471300100"), two_digits("0", "0101210010")
    ('04', '00')
    """
    group = hitech.zfill(2)
    if not hitech or group not in {"00", *(known for known, _, _ in GROUPS)}:
        raise SchemaError(f"{hitech!r} is no technology group", where=f"code {code}")
    return group


def membership_rows(imports: list[Row], exports: list[Row]) -> list[dict[str, object]]:
    """Rows of ``membership``: every listed code, those outside advanced technology as group ``00``."""
    lists = (
        (imports, 2022, "import", "HTS", IMPORT_SOURCE),
        (exports, 2019, "export", "SCHEDULE_B", EXPORT_SOURCE),
    )
    return [
        {
            "list_id": LIST_ID,
            "year": year,
            "flow": flow,
            "system": system,
            "code": row["code"],
            "group": row["group"],
            "source_id": source_id,
        }
        for rows, year, flow, system, source_id in lists
        for row in rows
    ]


def product_rows(imports: list[Row], exports: list[Row], traded: Iterable[str]) -> list[dict[str, object]]:
    """Rows of ``products``: listed codes by their own text, later ones by their eight-digit line."""
    rows: list[dict[str, object]] = [
        {"system": system, "code": row["code"], "name": row["short_desc"], "name_from": "list"}
        for listed, system in ((imports, "HTS"), (exports, "SCHEDULE_B"))
        for row in listed
    ]
    texts: dict[str, list[str]] = defaultdict(list)
    for row in imports:
        texts[row["code"][:PARENT_DIGITS]].append(row["short_desc"])
    listed_codes = {row["code"] for row in imports}
    rows += [
        {
            "system": "HTS",
            "code": code,
            "name": parent_name(code[:PARENT_DIGITS], texts[code[:PARENT_DIGITS]]),
            "name_from": "parent",
        }
        for code in sorted(set(traded) - listed_codes)
    ]
    return rows


def common_text(texts: list[str]) -> str:
    """Find the words with which all texts of one eight-digit line begin; empty if they share none.

    Examples
    --------
    >>> common_text(["PROCESSING UNITS, WITH CRT", "PROCESSING UNITS, OTHER"])
    'PROCESSING UNITS'
    >>> common_text(["ANTIVIRALS", "LAXATIVES"])
    ''
    """
    columns = zip(*(text.split() for text in texts), strict=False)
    shared = takewhile(lambda words: len(set(words)) == 1, columns)
    return " ".join(words[0] for words in shared).rstrip(" ,;:-(")


def parent_name(parent: str, texts: list[str]) -> str:
    """Name an eight-digit line by what its listed codes share, or by the declared name.

    Raises
    ------
    SchemaError
        The texts share nothing and no name is declared: a sibling's text would name the wrong product.
    """
    name = common_text(texts) or PARENT_NAMES.get(parent, "")
    if not name:
        raise SchemaError(
            f"the listed codes of {parent} share no text",
            where=f"{IMPORT_LIST}: {texts[:3]}",
            remedy="Declare the line's name in PARENT_NAMES of tools/build_record/lists.py",
        )
    return name
