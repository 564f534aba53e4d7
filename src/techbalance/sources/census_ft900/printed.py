"""What stands in a printed table? Lines of text, or cells of a sheet, made into names and numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from techbalance.errors import SchemaError, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MILLION: Final = 1_000_000
NUMBER: Final = re.compile(r"\(?-?\$?\d[\d,]*(?:\.\d+)?\)?")
# "Represents zero or less than one-half of value shown", and "not applicable".
ZERO: Final = ("(-)", "-", "(z)", "(Z)", "(*)")
NOT_APPLICABLE: Final = ("(x)", "(X)", "(na)", "(NA)")
# The longest table of the release has some 260 partners; a file beyond this is none of its exhibits.
MOST_LINES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table.

    Parameters
    ----------
    number
        Its place in the file, from 1.
    name
        What stands before the numbers.
    values
        The numbers in printed units; None where the publisher prints that there is none.
    """

    number: int
    name: str
    values: tuple[Decimal | None, ...]


def number(text: str) -> Decimal | None:
    """A printed number; None where it is not applicable.

    Raises
    ------
    ValueError
        It is none.
    """
    given = text.strip()
    if given in ZERO:
        return Decimal(0)
    if given in NOT_APPLICABLE:
        return None
    if not NUMBER.fullmatch(given):
        raise ValueError(given)
    digits = given.strip("()").replace(",", "").replace("$", "")
    value = Decimal(digits)
    # An amount in brackets is below zero.
    return -value if given.startswith("(") else value


def lines_of_text(file: BinaryIO, where: str) -> list[str]:
    """The lines of a text file.

    Raises
    ------
    SchemaError
        It is no text, a web page, or far longer than a table of the release.
    """
    data = file.read()
    if data.lstrip()[:1] == b"<":
        raise SchemaError("a web page came in the place of a table", where=where)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    lines = text.replace("\r\n", "\n").split("\n")
    if "\0" in text or len(lines) > MOST_LINES:
        raise SchemaError("what came is no table in text", where=where)
    return lines


def cells_of_sheet(file: BinaryIO, where: str) -> list[list[str]]:
    """The cells of the first sheet of a workbook, as texts."""
    from python_calamine import CalamineError, CalamineWorkbook, ZipError

    try:
        book = CalamineWorkbook.from_filelike(file)
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ZipError, IndexError, ValueError, OSError) as wrong:
        raise SchemaError(
            "the workbook cannot be opened", where=f"{where}: {shortened(str(wrong))}"
        ) from wrong
    return [[_cell(value) for value in row] for row in rows[:MOST_LINES]]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(round(Decimal(repr(value)), 6).normalize())
    return str(value if value is not None else "").strip()


def table_of_text(lines: list[str], columns: int) -> Iterator[Line]:
    """Lines that are a name and exactly so many numbers.

    A name may be followed by dots; a line without numbers is a head, or part of a name, and is passed over.

    Raises
    ------
    SchemaError
        A line has numbers, but not so many.
    """
    for place, line in enumerate(lines, start=1):
        parts = line.split()
        values: list[Decimal | None] = []
        while parts and len(values) < columns:
            try:
                values.append(number(parts[-1]))
            except ValueError:
                break
            parts.pop()
        name = re.sub(r"[.\s]*$", "", " ".join(parts)).strip()
        if not values or not name or not any(letter.isalpha() for letter in name):
            continue
        if len(values) == columns:
            yield Line(place, name, tuple(reversed(values)))
        elif len(values) > 1 and "," in line and not _is_prose(name):
            raise SchemaError(
                f"a line has {len(values)} numbers where {columns} belong",
                where=f"line {place}: {shortened(line.strip())}",
            )


def _is_prose(name: str) -> bool:
    return len(name.split()) > 8


def table_of_sheet(rows: list[list[str]], columns: int) -> Iterator[Line]:
    """Rows whose first text is a name and whose further filled cells are exactly so many numbers."""
    for place, row in enumerate(rows, start=1):
        filled = [cell for cell in row if cell]
        if len(filled) != columns + 1 or not any(letter.isalpha() for letter in filled[0]):
            continue
        try:
            yield Line(place, filled[0].rstrip(". "), tuple(number(cell) for cell in filled[1:]))
        except ValueError:
            continue
