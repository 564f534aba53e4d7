"""Which group was every ten-digit code in, year by year since 1989? The translation workbook of DataWeb.

Two sheets, imports and exports, with one row per year and code. A code may be there several times in a year,
once for each issue of the Census list; the latest issue holds. A blank group was seen in rows of 1989 and
``00`` in later ones: ``00`` is not advanced technology, and what a blank means is not documented, so it is
kept as not assigned.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from techbalance.errors import CheckError, SchemaError, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

SHEETS: Final = {"import": "Import Concordance", "export": "Export Concordance"}
COLUMNS: Final = ("year", "census_issue_date", "hts10", "description_short", "hitech")
GROUPS: Final = frozenset(f"{number:02d}" for number in range(11))
FIRST_YEAR: Final = 1989
LAST_YEAR: Final = 2099
DIGITS: Final = 10
DATES: Final = ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d", "%d%b%Y", "%B %Y", "%b %Y", "%Y-%m")


@dataclass(frozen=True)
class YearList:
    """The code list of one flow and year.

    ``rows``, one per code and in its order: ``code`` (ten digits), ``group`` (``00`` to ``10``, null where
    the workbook assigns none) and ``name``. ``unassigned`` counts the nulls; ``issued`` is the latest issue.
    """

    flow: str
    year: int
    rows: pa.Table
    unassigned: int
    issued: dt.date | None


def read_workbook(file: BinaryIO, name: str) -> Iterator[YearList]:
    """Read the lists of every year, imports first.

    Parameters
    ----------
    file
        Binary file: the workbook, ``.xlsb`` or ``.xlsx``.
    name
        For messages.

    Yields
    ------
    YearList
        One per flow and year, in the order of years.

    Raises
    ------
    SchemaError
        It is no workbook, a sheet or column is missing, or a cell is not what its column holds; with sheet,
        row and value.
    CheckError
        Two rows of one issue put a code into different groups.
    """
    try:
        book = CalamineWorkbook.from_filelike(file)
        sheets = {sheet.strip().casefold(): sheet for sheet in book.sheet_names}
    except CalamineError as wrong:
        raise SchemaError("the workbook cannot be read", where=f"{name}: {wrong}") from wrong
    missing = [sheet for sheet in SHEETS.values() if sheet.casefold() not in sheets]
    if missing:
        raise SchemaError(
            f"the workbook lacks the sheet {missing[0]!r}",
            where=f"{name}: {', '.join(book.sheet_names[:8])}",
            remedy="Download the translation workbook of DataWeb again",
        )
    for flow, sheet in SHEETS.items():
        try:
            rows = book.get_sheet_by_name(sheets[sheet.casefold()]).iter_rows()
        except CalamineError as wrong:
            raise SchemaError("the sheet cannot be read", where=f"{name}, {sheet}: {wrong}") from wrong
        yield from _lists(flow, iter(rows), f"{name}, sheet {sheet}")


@dataclass(frozen=True, slots=True)
class _Line:
    """What one row says of a code, and in which row it stands."""

    group: str | None
    name: str
    issued: dt.date | None
    row: int


def _lists(flow: str, rows: Iterator[list[Any]], where: str) -> Iterator[YearList]:
    places = _places(next(rows, []), where)
    years: dict[int, dict[str, _Line]] = {}
    for number, row in enumerate(rows, start=2):
        cells = [row[place] for place in places]
        if all(cell in ("", None) for cell in cells):
            continue
        year, code, line = _line(cells, number, where)
        held = years.setdefault(year, {})
        held[code] = _latest(held[code], line, f"{where}, {year}, code {code}") if code in held else line
    if not years:
        raise SchemaError("the sheet holds no codes", where=where)
    for year in sorted(years):
        lines = dict(sorted(years.pop(year).items()))
        groups = [line.group for line in lines.values()]
        table = pa.table(
            {
                "code": pa.array(lines, pa.string()),
                "group": pa.array(groups, pa.string()),
                "name": pa.array([line.name for line in lines.values()], pa.string()),
            }
        )
        issues = [line.issued for line in lines.values() if line.issued is not None]
        yield YearList(flow, year, table, groups.count(None), max(issues, default=None))


def _places(head: list[Any], where: str) -> list[int]:
    names = [str(cell).strip().casefold() for cell in head]
    for column in COLUMNS:
        if names.count(column) != 1:
            raise SchemaError(
                f"the column {column!r} is missing or there twice",
                where=f"{where}: {', '.join(names[:15])}",
                remedy="Download the translation workbook of DataWeb again",
            )
    return [names.index(column) for column in COLUMNS]


def _line(cells: list[Any], row: int, where: str) -> tuple[int, str, _Line]:
    given_year, given_issue, given_code, given_name, given_group = cells
    year, code, group = _text(given_year), _text(given_code), _text(given_group)
    if not (year.isascii() and year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR):
        raise _wrong(f"{shortened(given_year)} is no year", where, row, "year")
    # Spreadsheets drop the nought of chapters 01 to 09; no code begins with two.
    code = code.zfill(DIGITS) if len(code) == DIGITS - 1 else code
    if not (code.isascii() and code.isdecimal() and len(code) == DIGITS):
        raise _wrong(f"{shortened(given_code)} is no code of ten digits", where, row, "hts10")
    group = group.zfill(2) if group else ""
    if group and group not in GROUPS:
        raise _wrong(f"{shortened(given_group)} is no technology group", where, row, "hitech")
    return int(year), code, _Line(group or None, _text(given_name), _date(given_issue), row)


def _latest(held: _Line, new: _Line, where: str) -> _Line:
    """Which of two rows of one year and code holds."""
    if held.group == new.group and held.issued == new.issued:
        return held
    if held.issued == new.issued or held.issued is None or new.issued is None:
        if held.group == new.group:
            return new if held.issued is None else held
        raise CheckError(
            f"rows {held.row:,} and {new.row:,} put the code into groups {held.group} and {new.group}, "
            "and no issue date says which is later",
            where=where,
            remedy="Take one of the rows out of a copy of the workbook, and ingest the copy",
        )
    return held if held.issued > new.issued else new


def _text(cell: object) -> str:
    """A cell as text; a number without the fraction that spreadsheets add."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _date(cell: object) -> dt.date | None:
    """An issue date, however the cell holds it; None for none, or for a form that is not known."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    return _date_of_text(_text(cell))


@cache
def _date_of_text(text: str) -> dt.date | None:
    for form in DATES:
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None


def _wrong(what: str, where: str, row: int, column: str) -> SchemaError:
    return SchemaError(
        what,
        where=f"{where}, row {row:,}, column {column}",
        remedy="Nothing of the workbook was taken in",
    )
