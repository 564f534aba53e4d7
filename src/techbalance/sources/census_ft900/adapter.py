"""What did each monthly release print? Exhibits 16 and 16a of past releases; totals of goods and services.

Every release is a print with a vintage of its own: the end of the second month after the one it is about,
since the release comes out in the course of that month. The figures of a December are those of its year.
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import NotCoveredError, ParameterError, UnknownCodeError
from techbalance.sources.adapter import Parsed, Part, Whole
from techbalance.sources.census_api import MONTHS_BEHIND, Month
from techbalance.sources.census_ft900.exhibits import Asked, read_exhibit
from techbalance.sources.census_ft900.gands import read_gands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.adapter import Delivered, Request
    from techbalance.sources.census_ft900.exhibits import Exhibit
    from techbalance.sources.declaration import Declaration

GANDS: Final = "gands"
EXHIBITS: Final = {"16": "group", "16a": "partner"}
WHAT: Final = (GANDS, *EXHIBITS)
# Releases up to this year are kept as text, later ones as workbooks (assumed from stored copies of 2007).
LAST_YEAR_OF_TEXT: Final = 2012
MONTHS_TO_RELEASE: Final = 2
SCHEMA: Final = pa.schema(
    [
        ("series", pa.string()),
        ("partner", pa.string()),
        ("group", pa.string()),
        ("flow", pa.string()),
        ("seasonal", pa.string()),
        ("period", pa.string()),
        ("year", pa.int16()),
        ("month", pa.int8()),
        ("freq", pa.string()),
        ("months", pa.int8()),
        ("value_usd", pa.int64()),
        ("printed_unit_usd", pa.int64()),
        ("print_kind", pa.string()),
        ("confidence", pa.string()),
    ]
)


class CensusFT900(Whole):
    """Adapter of ``census-ft900``."""

    id = "census-ft900"
    options = frozenset({"series"})
    hands_over = False

    def locate(self, request: Request, declaration: Declaration) -> Sequence[Part]:
        """The workbook of totals, and the two exhibits of each release asked for.

        Years stand for their December releases, months for their own; without a span it is the newest.
        """
        wanted = _wanted(request)
        parts = []
        if GANDS in wanted and not (request.first or request.last):
            parts.append(Part("gands.xlsx", declaration.addresses[GANDS], "xlsx", facts={"kind": GANDS}))
        releases = _releases(request, declaration) if set(wanted) - {GANDS} else ()
        for month in releases:
            for exhibit in (one for one in wanted if one in EXHIBITS):
                text = month.year <= LAST_YEAR_OF_TEXT
                address = declaration.addresses["text" if text else "workbook"]
                parts.append(
                    Part(
                        name=f"exhibit-{exhibit}-{month}",
                        address=address.format(year=month.year, month=f"{month.month:02d}", exhibit=exhibit),
                        form="text" if text else "xlsx",
                        batch=f"release-{month}",
                        facts={"kind": exhibit, "year": str(month.year), "month": str(month.month)},
                    )
                )
        return parts

    def parse(self, delivered: Delivered) -> Parsed:
        """Make rows of ``headline``."""
        part = delivered.part
        if part.facts["kind"] == GANDS:
            cells, unit = read_gands(delivered.file, part.name)
            rows = [
                _row(series, flow, year, None, value, unit, print_kind="current series")
                for series, flow, year, value in cells
            ]
            return Parsed({"headline": pa.Table.from_pylist(rows, schema=SCHEMA)})
        year, month = int(part.facts["year"]), int(part.facts["month"])
        exhibit = read_exhibit(
            delivered.file,
            part.form,
            Asked(EXHIBITS[part.facts["kind"]], year, month, part.name),
        )
        rows = _exhibit_rows(exhibit, whole=part.facts["kind"] == "16")
        table = pa.Table.from_pylist(rows, schema=SCHEMA)
        return Parsed({"headline": table}, exhibit.notes, released(year, month))


def released(year: int, month: int) -> dt.date:
    """The end of the month in which the release about a month came out."""
    number = year * 12 + month - 1 + MONTHS_TO_RELEASE
    last = calendar.monthrange(number // 12, number % 12 + 1)[1]
    return dt.date(number // 12, number % 12 + 1, last)


def _wanted(request: Request) -> tuple[str, ...]:
    given = request.options.get("series")
    names = WHAT if given is None else tuple(name.strip().casefold() for name in given.split(","))
    for name in names:
        if name not in WHAT:
            raise UnknownCodeError.among("part of the release", name, WHAT)
    return names


def _releases(request: Request, declaration: Declaration) -> list[Month]:
    first = min(one.from_year for one in declaration.coverage if "group" in one.by)
    newest = Month.at(request.today.year * 12 + request.today.month - 1 - MONTHS_BEHIND)
    start, end = request.first or request.last, request.last or request.first
    if start is None or end is None:
        return [newest]
    if ("-" in start) != ("-" in end):
        raise ParameterError("a span goes from year to year or from month to month", where=f"{start}, {end}")
    try:
        if "-" in start:
            months = [dt.date.fromisoformat(f"{one}-01") for one in (start, end)]
            numbers = [one.year * 12 + one.month - 1 for one in months]
            found = [Month.at(number) for number in range(numbers[0], numbers[1] + 1)]
        else:
            found = [Month(year, 12) for year in range(int(start), int(end) + 1)]
    except ValueError as wrong:
        raise ParameterError("neither years nor months", where=f"{start}, {end}") from wrong
    if not found:
        raise ParameterError("the span runs backwards", where=f"from {start} to {end}")
    if found[0].year < first:
        raise NotCoveredError(
            f"exhibits 16 and 16a are declared from {first}",
            where=f"asked from {start}",
            remedy=f"techbalance sources --year {found[0].year} shows what covers that year",
        )
    if found[0] > newest:
        raise NotCoveredError("the release is not out yet", where=f"asked {start}, newest {newest}")
    return [one for one in found if one <= newest]


def _exhibit_rows(exhibit: Exhibit, *, whole: bool) -> list[dict[str, Any]]:
    """Rows of an exhibit; the total, which both print, is taken from exhibit 16."""
    rows = []
    for one in exhibit.figures:
        if (one.group, one.partner) == ("all", "WORLD") and not whole:
            continue
        # A January up to date is the month itself.
        if one.span == "to date" and exhibit.month == 1:
            continue
        months = exhibit.month if one.span == "to date" else None
        for flow, value in (("export", one.exports_usd), ("import", one.imports_usd)):
            if value is not None:
                row = _row("atp", flow, exhibit.year, exhibit.month, value, exhibit.unit_usd, months=months)
                rows.append(row | {"partner": one.partner, "group": one.group})
    return rows


def _row(  # noqa: PLR0913, PLR0917 - columns of a row
    series: str,
    flow: str,
    year: int,
    month: int | None,
    value: int,
    unit: int,
    months: int | None = None,
    print_kind: str = "first print",
) -> dict[str, Any]:
    freq = "year" if month is None or months == 12 else "month" if months is None else "ytd"
    monthly = freq == "month"
    return {
        "series": series,
        "partner": "WORLD",
        "group": "all",
        "flow": flow,
        "seasonal": "nsa",
        "period": f"{year}-{month:02d}" if monthly else str(year),
        "year": year,
        "month": month if monthly else None,
        "freq": freq,
        "months": 1 if monthly else months or 12,
        "value_usd": value,
        "printed_unit_usd": unit,
        "print_kind": print_kind,
        "confidence": "high",
    }


ADAPTER: Final = CensusFT900()
