"""What were trade in goods and services on balance-of-payments basis, year by year? The historical workbook.

A row is a year and nine figures in million dollars: balance, exports and imports, each in total, of goods and
of services. Months that follow a year in some editions are not read.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from techbalance.errors import CheckError, SchemaError
from techbalance.sources.census_ft900 import printed

if TYPE_CHECKING:
    from typing import BinaryIO

SERIES: Final = ("goods_services_bop", "goods_bop", "services_bop")
MEASURES: Final = ("balance", "exports", "imports")
COLUMNS: Final = 9
# Three rounded figures meet in each identity.
_UNITS: Final = Decimal("1.5")
_YEAR: Final = re.compile(r"(19|20)\d\d")

Cell = tuple[str, str, int, int]
"""Series, flow, year and whole dollars."""


def read_gands(file: BinaryIO, where: str) -> tuple[list[Cell], int]:
    """Read the workbook.

    Returns
    -------
    tuple
        Series, flow, year and dollars of every figure, and the last printed digit in dollars.

    Raises
    ------
    SchemaError
        It is no workbook, or lacks its heads or its years.
    CheckError
        A year is there twice, or total, goods, services and balance contradict each other.
    """
    rows = printed.cells_of_sheet(file, where)
    order = _order(rows, where)
    years: dict[int, tuple[Decimal, ...]] = {}
    for place, row in enumerate(rows, start=1):
        filled = [cell for cell in row if cell]
        year = re.sub(r"[^0-9].*$", "", filled[0]) if filled else ""
        if len(filled) != COLUMNS + 1 or not _YEAR.fullmatch(year):
            continue
        values = tuple(_value(cell, f"{where}, row {place}") for cell in filled[1:])
        if int(year) in years:
            raise CheckError("a year is there twice", where=f"{where}, row {place}: {year}")
        years[int(year)] = values
    if not years:
        raise SchemaError("the workbook holds no year with nine figures", where=where)
    exponent = min(int(value.as_tuple().exponent) for values in years.values() for value in values)
    unit = Decimal(1).scaleb(min(exponent, 0))
    cells: list[Cell] = []
    for one, values in sorted(years.items()):
        found = {measure: values[3 * at : 3 * at + 3] for at, measure in enumerate(order)}
        _check(found, unit, f"{where}, {one}")
        for flow, measure in (("export", "exports"), ("import", "imports")):
            for series, value in zip(SERIES, found[measure], strict=True):
                cells.append((series, flow, one, int(value * printed.MILLION)))
    return cells, int(unit * printed.MILLION)


def _order(rows: list[list[str]], where: str) -> tuple[str, ...]:
    for row in rows:
        heads = [cell.casefold() for cell in row if cell]
        places = {
            name: next((at for at, head in enumerate(heads) if head.startswith(name)), -1)
            for name in MEASURES
        }
        if all(place >= 0 for place in places.values()):
            return tuple(sorted(MEASURES, key=places.__getitem__))
    raise SchemaError("no row names balance, exports and imports", where=where)


def _value(cell: str, where: str) -> Decimal:
    try:
        value = printed.number(cell)
    except ValueError:
        value = None
    if value is None:
        raise SchemaError(f"{cell!r} is no figure", where=where)
    return value


def _check(found: dict[str, tuple[Decimal, ...]], unit: Decimal, where: str) -> None:
    for measure, (total, goods, services) in found.items():
        if abs(total - goods - services) > _UNITS * unit:
            raise CheckError(f"{measure}: goods {goods} and services {services} are not {total}", where=where)
    for at, series in enumerate(SERIES):
        balance, exports, imports = (found[measure][at] for measure in MEASURES)
        if abs(exports - imports - balance) > _UNITS * unit:
            raise CheckError(f"{series}: {exports} less {imports} is not {balance}", where=where)
