"""What does a report of DataWeb hold? Nested heads and rows of texts: products, partners and dollars.

The form is that of the publisher's tutorial: ``dto.tables`` with ``column_groups``, whose leaves are the
heads, and ``row_groups`` with ``rowsNew`` and ``rowEntries``. The interface itself was not reached: what
looks otherwise is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import CheckError, SchemaError, SourceError, shortened
from techbalance.sources import schedule_c
from techbalance.sources.secrets import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

YEAR: Final = re.compile(r"(?:year\s+)?((?:19|20)\d\d)", re.IGNORECASE)
COUNTRY: Final = ("country", "country name", "partner country")
CODE: Final = ("hts number", "hts", "schedule b number", "schedule b", "commodity", "hts10")
CODE_FORM: Final = re.compile(r"\d{10}")
# The last line of a table.
TOTAL: Final = "total"
LOADING: Final = "data load mode"


@dataclass(frozen=True, slots=True)
class Cell:
    """Trade in one product with one partner in one year, whole dollars."""

    partner: str
    product: str
    year: int
    usd: int


def read_report(file: BinaryIO, where: str, *, most_rows: int) -> list[Cell]:
    """Read a report.

    Parameters
    ----------
    file
        The answer, JSON.
    where
        For messages.
    most_rows
        A report of so many rows may have been cut by the publisher, and is refused.

    Returns
    -------
    list of Cell
        One per product, partner and year; cells of zero dollars are left out.

    Raises
    ------
    SourceError
        The publisher is loading data, needs more time, or tells an error.
    SchemaError
        The answer has another form, names a partner nobody knows, or may have been cut.
    CheckError
        A product, partner and year is there twice, or the total is not the sum.
    """
    try:
        answer = json.load(file)
    except (ValueError, UnicodeDecodeError) as wrong:
        raise SchemaError("the answer is no JSON", where=f"{where}: {shortened(str(wrong))}") from wrong
    report = answer.get("dto") if isinstance(answer, dict) else None
    if not isinstance(report, dict):
        raise SchemaError("the answer has no report", where=where)
    _refuse_refusals(report, where)
    cells: dict[tuple[str, str, int], int] = {}
    rows = 0
    for table in report.get("tables") or ():
        heads = _heads(table.get("column_groups"))
        places = _places(heads, where)
        totals: dict[int, Decimal] = {}
        sums: dict[int, Decimal] = {}
        for line in _lines(table, len(heads), where):
            rows += 1
            if line[places.country].strip().rstrip(":").casefold() == TOTAL:
                totals = {year: _number(line[at], where) for year, at in places.years.items()}
                continue
            partner, code = _partner(line, places, where), _code(line, places, where)
            for year, at in places.years.items():
                value = _number(line[at], where)
                sums[year] = sums.get(year, Decimal(0)) + value
                if (partner, code, year) in cells:
                    raise CheckError("a row is there twice", where=f"{where}: {partner}, {code}, {year}")
                cells[partner, code, year] = round(value)
        for year, told in totals.items():
            if told != sums.get(year, Decimal(0)):
                raise CheckError(f"the rows do not add to the total {told:,}", where=f"{where}, {year}")
    if rows >= most_rows:
        raise SchemaError(f"the report has {rows:,} rows, and may have been cut there", where=where)
    return [Cell(*key, usd) for key, usd in sorted(cells.items()) if usd]


def _refuse_refusals(report: dict[str, Any], where: str) -> None:
    told = report.get("errors") or []
    words = "; ".join(str(one) for one in told) if isinstance(told, list) else str(told)
    if LOADING in words.casefold():
        raise SourceError("DataWeb is loading new data", where=where, remedy="Fetch again in some hours")
    if words:
        raise SourceError("DataWeb refused the report", where=f"{where}: {quoted(words)}")
    if report.get("needMoreTime"):
        raise SourceError(
            "DataWeb needs more time for the report", where=where, remedy="Fetch again, or ask fewer years"
        )


def _heads(groups: object) -> list[str]:
    """Labels of the leaves, from left to right."""
    if isinstance(groups, list):
        return [label for one in groups for label in _heads(one)]
    if isinstance(groups, dict):
        return _heads(groups["columns"]) if groups.get("columns") else [str(groups.get("label", ""))]
    return []


@dataclass(frozen=True, slots=True)
class _Places:
    country: int
    code: int
    years: dict[int, int]


def _places(heads: list[str], where: str) -> _Places:
    plain = [head.strip().casefold() for head in heads]
    found = []
    for what, names in (("the partner", COUNTRY), ("the product code", CODE)):
        at = [place for place, head in enumerate(plain) if head in names]
        if len(at) != 1:
            raise SchemaError(
                f"{len(at)} columns hold {what} where one belongs",
                where=f"{where}: {', '.join(heads[:12]) or 'no heads'}",
            )
        found.append(at[0])
    years = {int(match[1]): at for at, head in enumerate(plain) if (match := YEAR.fullmatch(head))}
    if not years:
        raise SchemaError("no column holds a year", where=f"{where}: {', '.join(heads[:12])}")
    return _Places(found[0], found[1], years)


def _lines(table: dict[str, Any], width: int, where: str) -> Iterator[list[str]]:
    for group in table.get("row_groups") or ():
        for number, row in enumerate(group.get("rowsNew") or (), start=1):
            entries = row.get("rowEntries")
            if not isinstance(entries, list) or len(entries) != width:
                count = len(entries) if isinstance(entries, list) else 0
                raise SchemaError(
                    f"a row has {count} cells under {width} heads", where=f"{where}, row {number}"
                )
            yield [str(entry.get("value", "")) for entry in entries]


def _partner(line: list[str], places: _Places, where: str) -> str:
    name = line[places.country]
    code = schedule_c.partner_code(name)
    if code is None:
        raise SchemaError(
            "a partner nobody knows",
            where=f"{where}: {shortened(name)}",
            remedy="Nothing of the report was stored; tell the maintainers the name",
        )
    return code


def _code(line: list[str], places: _Places, where: str) -> str:
    code = line[places.code].replace(".", "").strip()
    if not CODE_FORM.fullmatch(code):
        raise SchemaError("a code is not of ten digits", where=f"{where}: {shortened(line[places.code])}")
    return code


def _number(text: str, where: str) -> Decimal:
    plain = text.replace(",", "").replace("$", "").strip()
    try:
        value = Decimal(plain or "0")
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0:
        raise SchemaError("a figure is no amount", where=f"{where}: {shortened(text)}")
    return value
