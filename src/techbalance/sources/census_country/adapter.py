"""Which goods did the United States trade with whom, month by month? The publisher's one workbook.

A row is a year and a partner: ``year``, ``CTY_CODE``, ``CTYNAME``, then imports ``IJAN`` to ``IDEC`` and
``IYR``, exports ``EJAN`` to ``EDEC`` and ``EYR``, in million dollars. Three codes are no partners: 0007 is
trade in Advanced Technology Products, 0015 and 0004 are the world, unadjusted and seasonally adjusted.
Months that are not published yet stand as 0 (stored copies of 2023-03, 2024-08 and 2026-10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from techbalance.errors import CheckError, ParameterError, SchemaError, shortened
from techbalance.sources.adapter import Parsed, Part, Whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.adapter import Delivered, Request
    from techbalance.sources.declaration import Declaration

MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
FLOWS: Final = (("import", "I"), ("export", "E"))
FIGURES: Final = tuple(f"{letter}{name}" for _, letter in FLOWS for name in (*MONTHS, "YR"))
KEYS: Final = ("YEAR", "CTY_CODE", "CTYNAME")
ATP, WORLD_NSA, WORLD_SA = "0007", "0015", "0004"
# What a pseudo-partner is in the store; every other code is goods on Census basis with that partner.
PSEUDO: Final = {ATP: ("atp", "nsa"), WORLD_NSA: ("goods_census", "nsa"), WORLD_SA: ("goods_census", "sa")}
MILLION: Final = 1_000_000
TENTH: Final = 100_000
# Twelve months and their year are each rounded to 0.1 million: half a digit of each, and of the last bit.
YEAR_TOLERANCE_USD: Final = 13 * TENTH // 2 + 1
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Grid:
    """The workbook's figures: one line per year and partner.

    Parameters
    ----------
    years, codes
        Of each line.
    usd
        Whole dollars, line × (thirteen imports, thirteen exports).
    exact
        Whether a figure was printed to the tenth of a million.
    texts
        How many figures stood as text.
    """

    years: np.ndarray[Any, np.dtype[np.int64]]
    codes: np.ndarray[Any, np.dtype[np.str_]]
    usd: np.ndarray[Any, np.dtype[np.int64]]
    exact: np.ndarray[Any, np.dtype[np.bool_]]
    texts: int


class CensusCountry(Whole):
    """Adapter of ``census-country``."""

    id = "census-country"
    options: frozenset[str] = frozenset()
    hands_over = False

    def locate(self, request: Request, declaration: Declaration) -> Sequence[Part]:
        """One file, always whole: a span is refused, since the publisher has no other."""
        if request.first or request.last:
            raise ParameterError(
                f"{self.id} is one file with every month",
                where="--from, --to",
                remedy="Leave the span out",
            )
        size = declaration.gates.about_bytes
        return [Part("country.xlsx", declaration.address, "xlsx", about_bytes=size)]

    def parse(self, delivered: Delivered) -> Parsed:
        """Read the workbook: rows of ``headline``: goods by partner and ATP; months, years, years to date."""
        header, lines = _sheet(delivered)
        notes: list[str] = []
        grid = _grid(_places(header, notes), lines)
        if grid.texts:
            notes.append(f"{grid.texts} figures stood as text and were read as numbers")
        published = _published_months(grid)
        _check_years(grid, published)
        table = _rows(grid, published)
        last = max(published)
        if published[last] < 12:
            notes.append(
                f"{last}: published to month {published[last]:02d}; later months stand as 0, left out"
            )
        return Parsed({"headline": table}, tuple(notes))


def _sheet(delivered: Delivered) -> tuple[list[object], list[list[object]]]:
    from python_calamine import CalamineError, CalamineWorkbook, ZipError

    try:
        book = CalamineWorkbook.from_filelike(delivered.file)
        lines = book.get_sheet_by_index(0).to_python(skip_empty_area=True)
    except (CalamineError, ZipError, IndexError, ValueError, OSError) as wrong:
        raise SchemaError(
            "the workbook cannot be opened",
            where=f"{delivered.part.name}: {shortened(str(wrong))}",
            remedy="Fetch again; the file as it came is kept under snapshots/",
        ) from wrong
    for number, line in enumerate(lines[:20]):
        if any(str(cell).strip().upper() == "CTY_CODE" for cell in line):
            return list(line), [list(other) for other in lines[number + 1 :]]
    raise SchemaError("the workbook has no line with the heads of columns", where=delivered.part.name)


def _places(header: list[object], notes: list[str]) -> dict[str, int]:
    """Where each column stands.

    Raises
    ------
    SchemaError
        One is missing, or stands twice.
    """
    names = [str(cell).strip().upper() for cell in header]
    places: dict[str, int] = {}
    for name in (*KEYS, *FIGURES):
        count = names.count(name)
        if count != 1:
            what = "is missing" if not count else f"stands {count} times"
            raise SchemaError(
                f"the column {name} {what}",
                where="country.xlsx",
                remedy=f"Columns found: {', '.join(name for name in names if name)}",
            )
        places[name] = names.index(name)
    new = [name for name in names if name and name not in places]
    if new:
        notes.append(f"columns nobody knows were left unread: {', '.join(new)}")
    return places


def _grid(places: dict[str, int], lines: list[list[object]]) -> Grid:
    wanted = [places[name] for name in FIGURES]
    year_at, code_at = places["YEAR"], places["CTY_CODE"]
    years, codes, figures = [], [], []
    for number, line in enumerate(lines, start=2):
        if not any(cell not in ("", None) for cell in line):
            continue
        years.append(_whole(line[year_at], number, "year"))
        codes.append(f"{_whole(line[code_at], number, 'CTY_CODE'):04d}")
        figures.append([line[place] for place in wanted])
    if not figures:
        raise SchemaError("the workbook has no lines below its heads", where="country.xlsx")
    values, texts = _numbers(figures, years, codes)
    dollars = np.rint(values * MILLION).astype(np.int64)
    grid = Grid(np.array(years), np.array(codes), dollars, dollars % TENTH == 0, texts)
    _check_keys(grid)
    return grid


def _whole(cell: object, number: int, name: str) -> int:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == int(cell):
        return int(cell)
    if isinstance(cell, str) and re.fullmatch(r"\d{1,4}", cell.strip()):
        return int(cell)
    raise SchemaError(f"{name} is no whole number", where=f"country.xlsx, line {number}: {shortened(cell)}")


def _numbers(
    figures: list[list[object]], years: list[int], codes: list[str]
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], int]:
    """All figures as numbers, and how many of them stood as text; an empty cell is the publisher's 0."""
    try:
        values = np.array(figures, dtype=np.float64)
        odd = any(type(cell) is not float for line in figures for cell in line)
    except (ValueError, TypeError):
        odd = True
    texts = 0
    if odd:
        values = np.zeros((len(figures), len(FIGURES)))
        for row, line in enumerate(figures):
            for column, cell in enumerate(line):
                if isinstance(cell, str) and cell.strip():
                    texts += 1
                values[row, column] = _number(cell, f"{years[row]}, {codes[row]}, {FIGURES[column]}")
    # A float holds every whole number of dollars up to 2**53; more is no trade of anybody's.
    if not (np.abs(values) < 2**53 / MILLION).all():
        row, column = np.argwhere(~(np.abs(values) < 2**53 / MILLION))[0]
        raise SchemaError(
            "a figure is no trade value",
            where=f"country.xlsx, {years[row]}, {codes[row]}, {FIGURES[column]}: {values[row, column]}",
        )
    return values, texts


def _number(cell: object, where: str) -> float:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    text = "" if cell is None else str(cell).strip()
    if not text:
        return 0.0
    if not isinstance(cell, str) or not _NUMBER.fullmatch(text):
        raise SchemaError("a figure is no number", where=f"country.xlsx, {where}: {shortened(cell)}")
    return float(text)


def _check_keys(grid: Grid) -> None:
    keys = np.char.add(grid.years.astype("U4"), grid.codes)
    names, counts = np.unique(keys, return_counts=True)
    if counts.max() > 1:
        twice = str(names[counts.argmax()])
        raise SchemaError("a year and partner stand twice", where=f"country.xlsx, {twice[:4]}, {twice[4:]}")
    for code in (ATP, WORLD_NSA):
        if code not in grid.codes:
            raise SchemaError(
                f"the pseudo-partner {code} is missing",
                where="country.xlsx",
                remedy="Without it nobody knows which months are published",
            )


def _published_months(grid: Grid) -> dict[int, int]:
    """The last month that is published, by year: the world's trade of a month is never 0.

    Raises
    ------
    CheckError
        A month without trade of the world lies before one with.
    """
    published = {}
    for line in np.flatnonzero(grid.codes == WORLD_NSA):
        flows = grid.usd[line, :12], grid.usd[line, 13:25]
        there = (flows[0] != 0) & (flows[1] != 0)
        last = int(there.nonzero()[0].max()) + 1 if there.any() else 0
        year = int(grid.years[line])
        if not there[:last].all():
            raise CheckError(
                "a month of the world's trade is 0 and a later one is not",
                where=f"country.xlsx, {year}, {WORLD_NSA}, {MONTHS[int((~there).argmax())]}",
            )
        published[year] = last
    # Before the world has a line of its own, whatever any partner traded in is published.
    for year in set(grid.years.tolist()) - set(published):
        any_trade = (grid.usd[grid.years == year] != 0).any(axis=0)
        months = any_trade[:12] | any_trade[13:25]
        published[year] = int(months.nonzero()[0].max()) + 1 if months.any() else 12
    return published


def _check_years(grid: Grid, published: dict[int, int]) -> None:
    """The printed year of the world and of ATP has to be the sum of its months."""
    for code in (ATP, WORLD_NSA):
        for line in np.flatnonzero(grid.codes == code):
            year = int(grid.years[line])
            for start, (flow, _) in zip((0, 13), FLOWS, strict=True):
                months, printed = grid.usd[line, start : start + 12], int(grid.usd[line, start + 12])
                apart = int(months.sum()) - printed
                # Some vintages leave the year of a year in progress at 0.
                if published.get(year, 0) and printed and abs(apart) > YEAR_TOLERANCE_USD:
                    raise CheckError(
                        f"the months of {flow}s do not add up to their year: {apart:+,} dollars apart",
                        where=f"country.xlsx, {year}, {code}",
                        remedy="Nothing was stored; compare with the publisher's page",
                    )


def _rows(grid: Grid, published: dict[int, int]) -> pa.Table:
    """Rows of ``headline``: each published month, and each year or the part of it that is published."""
    lines, count = len(grid.years), 26
    last = np.array([published.get(int(year), 0) for year in grid.years])
    pseudo = np.isin(grid.codes, list(PSEUDO))
    month = np.tile(np.array([*range(1, 13), 0] * 2), lines)
    line = np.repeat(np.arange(lines), count)
    usd, exact = grid.usd.reshape(-1), grid.exact.reshape(-1)
    annual = month == 0
    # A partner without trade in a published month traded nothing; a total without is not published.
    keep = np.where(annual, last[line] > 0, month <= last[line]) & ((usd != 0) | ~pseudo[line])
    keep &= ~(annual & (usd == 0) & (last[line] < 12))
    line, month, usd, exact, annual = (part[keep] for part in (line, month, usd, exact, annual))
    imports = np.tile(np.arange(count) < 13, lines)[keep]
    years, codes = grid.years[line], grid.codes[line]
    whole = last[line] == 12
    return _table(
        {
            "series": np.where(codes == ATP, "atp", "goods_census"),
            "partner": np.where(pseudo[line], "WORLD", codes),
            "group": np.full(len(line), "all"),
            "flow": np.where(imports, "import", "export"),
            "seasonal": np.where(codes == WORLD_SA, "sa", "nsa"),
            "period": np.where(
                annual,
                years.astype("U4"),
                np.char.add(np.char.add(years.astype("U4"), "-"), np.char.zfill(month.astype("U2"), 2)),
            ),
            "freq": np.where(annual, np.where(whole, "year", "ytd"), "month"),
        },
        years=years,
        month=pa.array(month, pa.int8(), mask=annual),
        months=np.where(annual, last[line], 1),
        usd=usd,
        unit=np.where(exact, TENTH, 1),
    )


def _table(texts: dict[str, np.ndarray[Any, Any]], **numbers: Any) -> pa.Table:  # noqa: ANN401 - arrays
    size = len(numbers["usd"])
    columns = {name: pa.array(values.astype(object), pa.string()) for name, values in texts.items()}
    return pa.table(
        {
            **{name: columns[name] for name in ("series", "partner", "group", "flow", "seasonal", "period")},
            "year": pa.array(numbers["years"], pa.int16()),
            "month": numbers["month"],
            "freq": columns["freq"],
            "months": pa.array(numbers["months"], pa.int8()),
            "value_usd": pa.array(numbers["usd"], pa.int64()),
            "printed_unit_usd": pa.array(numbers["unit"], pa.int64()),
            "print_kind": pa.repeat("current series", size),
            "confidence": pa.repeat("high", size),
        }
    )


ADAPTER: Final = CensusCountry()
