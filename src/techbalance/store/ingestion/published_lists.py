"""What do the publishers' own code lists hold? Annual text files, their copies as CSV, workbooks."""

from __future__ import annotations

import csv
import gzip
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from techbalance.classifications.groups import GROUPS, OUTSIDE
from techbalance.errors import SchemaError
from techbalance.sources.census_archive import records
from techbalance.sources.census_archive.layouts import layout
from techbalance.store.ingestion.lists import OFFICIAL, TRANSLATED, CodeList
from techbalance.store.ingestion.outcome import source_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from techbalance.store.commit import Draft
    from techbalance.store.ingestion.outcome import Outcome

# imp-code.txt, census_imp_code_2022.csv, impconcord24.xlsx, the translation workbook.
NAME: Final = re.compile(r"(imp|exp)(?:[-_]codes?|concord)|commodity_translation", re.IGNORECASE)
YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
SHORT_YEAR: Final = re.compile(r"concord(\d\d)(?!\d)", re.IGNORECASE)
PUBLISHERS: Final = {"usitc": "US International Trade Commission", "census": "US Census Bureau"}
FLOWS: Final = {"imp": "import", "exp": "export"}
# How the code, the group and the short text are called in one file or another.
HEADS: Final = {
    "code": ("commodity", "hs10", "hts10", "code"),
    "group": ("hitech", "group"),
    "name": ("abbreviatn", "short_desc", "description_short", "descrip_1"),
}
WORKBOOKS: Final = (".xlsb", ".xlsx", ".xls")
SUFFIXES: Final = (".txt", ".csv", ".csv.gz", *WORKBOOKS)
LARGEST_BYTES: Final = 200_000_000
KNOWN: Final = frozenset((OUTSIDE, *GROUPS))


def is_list(path: Path) -> bool:
    """Whether a file has the name of a code list."""
    name = path.name.lower()
    return bool(NAME.search(name)) and name.endswith(SUFFIXES)


def take(path: Path, outcome: Outcome, draft: Draft | None) -> tuple[Outcome, tuple[CodeList, ...]]:
    """Read the lists of a file.

    Returns
    -------
    tuple
        What is known of the file, and its lists, for the caller to put into the draft.

    Raises
    ------
    SchemaError
        A line has another form, a code is there twice, a group is none; or the year is nowhere said.
    """
    name = path.name.lower()
    publisher = "usitc" if "commodity_translation" in name else "census"
    source_id = f"{publisher}-lists-{outcome.sha256[:8]}"
    if path.stat().st_size > LARGEST_BYTES:
        raise SchemaError("the file is larger than any code list", where=path.name)
    if name.endswith(WORKBOOKS):
        found = list(_of_workbook(path, source_id))
    elif name.endswith(".txt"):
        found = [_of_text(path, source_id)]
    else:
        found = [_of_csv(path, source_id)]
    years = [str(one.year) for one in found]
    flows = sorted({one.flow for one in found})
    outcome = replace(
        outcome,
        flow=flows[0] if len(flows) == 1 else None,
        first_period=min(years),
        last_period=max(years),
        rows=sum(one.rows.num_rows for one in found),
        source_id=source_id,
    )
    if draft is not None:
        title = f"Code lists of {min(years)} to {max(years)}"
        draft.record(source_record(outcome, f"{publisher}-lists", PUBLISHERS[publisher], title))
    return outcome, tuple(found)


def _of_text(path: Path, source_id: str) -> CodeList:
    """The publisher's fixed width."""
    table = records.read(layout("HS10_CODE_LIST"), path.read_bytes(), path.name)
    columns = zip(
        table["commodity"].to_pylist(),
        table["hitech"].to_pylist(),
        table["descrip_1"].to_pylist(),
        strict=True,
    )
    return _listed(path, *_flow_and_year(path), columns, source_id)


def _of_csv(path: Path, source_id: str) -> CodeList:
    """A copy as CSV; leading zeros of the group, which such copies lose, are restored."""
    data = path.read_bytes()
    try:
        text = (gzip.decompress(data) if path.suffix.lower() == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as wrong:
        raise SchemaError("the list cannot be read", where=f"{path.name}: {wrong}") from wrong
    reader = csv.reader(io.StringIO(text, newline=""))
    places = _places(next(reader, []), path.name)
    columns = ((row[places[0]], row[places[1]], row[places[2]]) for row in reader if len(row) > max(places))
    return _listed(path, *_flow_and_year(path), columns, source_id)


def _of_workbook(path: Path, source_id: str) -> Iterator[CodeList]:
    """The translation workbook (a sheet per flow, all years), or a concordance workbook (one year)."""
    from python_calamine import CalamineError, CalamineWorkbook, ZipError

    from techbalance.sources.usitc_lists.workbook import SHEETS, read_workbook

    try:
        # Opened as a stream, the form is told by the content and not by the name.
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
            if not set(SHEETS.values()) & set(book.sheet_names):
                rows = iter(book.get_sheet_by_index(0).iter_rows())
                places = _places(next(rows, []), path.name)
                columns = (
                    (_cell(row[places[0]]), _cell(row[places[1]]), _cell(row[places[2]])) for row in rows
                )
                yield _listed(path, *_flow_and_year(path), columns, source_id)
                return
    except (CalamineError, ZipError, OSError) as wrong:
        raise SchemaError("the workbook cannot be read", where=f"{path.name}: {wrong}") from wrong
    with path.open("rb") as file:
        for one in read_workbook(file, path.name):
            # What the workbook assigns no group is in none.
            groups = pc.fill_null(one.rows["group"].cast(pa.string()), OUTSIDE)
            rows_of_year = one.rows.set_column(one.rows.schema.get_field_index("group"), "group", groups)
            yield CodeList(
                one.flow, one.year, TRANSLATED, rows_of_year.select(["code", "group", "name"]), source_id
            )


def _cell(value: object) -> str:
    """A cell as text; a number without the fraction that spreadsheets add."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "").strip()


def _places(head: Iterable[object], where: str) -> tuple[int, int, int]:
    names = [str(one).strip().lower() for one in head]
    found = []
    for wanted, calls in HEADS.items():
        place = next((names.index(name) for name in calls if name in names), None)
        if place is None:
            raise SchemaError(
                f"the list has no column of the {wanted}",
                where=f"{where}: {', '.join(names[:12])}",
                remedy=f"Called one of {', '.join(calls)}",
            )
        found.append(place)
    return found[0], found[1], found[2]


def _flow_and_year(path: Path) -> tuple[str, int]:
    """By the name of the file, or of the folder it lies in, as on the publisher's site."""
    told = NAME.search(path.name)
    short = SHORT_YEAR.search(path.name)
    year = YEAR.search(path.name) or YEAR.search(path.resolve().parent.name)
    if told is None or told[1] is None or (year is None and short is None):
        raise SchemaError(
            "neither the name of the list nor its folder says its flow and year",
            where=path.name,
            remedy="Call it imp-code-2024.txt or exp-code-2024.txt, with its own year",
        )
    if short is not None and YEAR.search(path.name) is None:
        number = int(short[1])
        return FLOWS[told[1].lower()], number + (1900 if number >= 89 else 2000)
    assert year is not None  # noqa: S101 - narrows the type only
    return FLOWS[told[1].lower()], int(year[1])


def _listed(
    path: Path, flow: str, year: int, columns: Iterable[tuple[str, str, str]], source_id: str
) -> CodeList:
    seen: dict[str, tuple[str, str]] = {}
    for number, (given, hitech, name) in enumerate(columns, start=1):
        code, group = given.strip().zfill(10), (hitech.strip() or "0").zfill(2)
        where = f"{path.name}, {flow} list of {year}, code {number:,}: {code}"
        if len(code) != 10 or not code.isdecimal():
            raise SchemaError(f"{given!r} is no code of ten digits", where=where)
        if group not in KNOWN:
            raise SchemaError(f"{hitech!r} is no technology group", where=where)
        if code in seen:
            raise SchemaError("a code is on the list twice", where=where)
        seen[code] = group, name.strip()
    if not seen:
        raise SchemaError("the list holds no codes", where=path.name)
    if OUTSIDE not in {group for group, _ in seen.values()}:
        raise SchemaError(
            "the list holds advanced technology only",
            where=path.name,
            remedy="The whole code list is needed: the codes beside one decide where later codes belong",
        )
    rows = pa.table(
        {
            "code": pa.array(seen),
            "group": pa.array([group for group, _ in seen.values()]),
            "name": pa.array([name for _, name in seen.values()]),
        }
    )
    return CodeList(flow, year, OFFICIAL, rows.take(pc.sort_indices(rows["code"])), source_id)
