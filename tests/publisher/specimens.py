"""What publishers send, as documented: the Census workbook, trade API and World Bank, made from few figures.

Shapes are those of the publisher's *Guide to International Trade Datasets*, of stored copies of
``country.xlsx`` and of the World Bank's description of its interface, version 2.
"""

import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

import xlsxwriter

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
HEADS = (
    "year",
    "CTY_CODE",
    "CTYNAME",
    *(f"I{month}" for month in MONTHS),
    "IYR",
    *(f"E{month}" for month in MONTHS),
    "EYR",
)
NAMES = {
    "0004": "World, Seasonally Adjusted",
    "0007": "Advanced Technology Products",
    "0015": "World, Not Seasonally Adjusted",
    "1220": "Canada",
    "2010": "Mexico",
    "5700": "China",
}
# In millions, of January; later months grow, so that no two figures are alike.
BASE = {"0007": (60_000.1, 40_000.2), "1220": (30_000.3, 25_000.4), "2010": (40_000.5, 27_000.6)}
BASE["5700"] = (35_000.7, 12_000.8)
LAST = (2026, 9)
PARTNERS = ("1220", "2010", "5700")


def country_lines(
    first: int = 2023,
    last: tuple[int, int] = LAST,
    change: Mapping[tuple[int, str, str], float] | None = None,
) -> list[list[Any]]:
    """Lines of the workbook: partners add to the world; months not published are 0.

    Parameters
    ----------
    first, last
        First year, and last published year and month.
    change
        Figures to put in place of others, by year, code and column (``IJAN``).
    """
    lines = []
    for year in range(first, last[0] + 1):
        ends = 12 if year < last[0] else last[1]
        figures = {code: [_months(value, year, ends) for value in pair] for code, pair in BASE.items()}
        world = [
            [
                round(sum(figures[code][flow][month] for code in ("1220", "2010", "5700")), 1)
                for month in range(12)
            ]
            for flow in (0, 1)
        ]
        for code in ("0004", "0007", "0015", "1220", "2010", "5700"):
            flows = world if code in ("0004", "0015") else figures[code]
            line: list[Any] = [year, code, NAMES[code]]
            for months in flows:
                line += [*months, round(sum(months), 1)]
            lines.append(line)
    for (year, code, column), value in (change or {}).items():
        line = next(line for line in lines if line[0] == year and line[1] == code)
        at = HEADS.index(column)
        sums = HEADS.index("IYR" if column[0] == "I" else "EYR")
        if at != sums and isinstance(value, float) and isinstance(line[at], float):
            line[sums] = round(line[sums] + value - line[at], 1)
        line[at] = value
    return lines


def _months(value: float, year: int, ends: int) -> list[float]:
    return [round(value + 100 * (year - 2023) + month, 1) if month < ends else 0 for month in range(12)]


def workbook(lines: Iterable[Iterable[Any]], heads: Iterable[str] = HEADS) -> bytes:
    """Lines as the publisher's workbook."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("country")
    for number, line in enumerate([heads, *lines]):
        sheet.write_row(number, 0, line)
    book.close()
    return file.getvalue()


# --- the trade API ----------------------------------------------------------------------------------------


def api(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows as the API writes them: one a line."""
    return b"[" + b",\n".join(json.dumps(list(row), separators=(",", ":")).encode() for row in rows) + b"]"


def hitech_rows(
    flow: str, months: Iterable[str], partners: Iterable[str] = ("1220", "5700"), extra: int = 0
) -> list[list[str]]:
    """Rows of an answer of ``hitech``: partners, their sum, and a country group that overlaps them."""
    value = "GEN_VAL_MO" if flow == "import" else "ALL_VAL_MO"
    rows = [["HITECH", "CTY_CODE", value, "time", "SUMMARY_LVL"]]
    for month in months:
        world: dict[str, int] = {}
        for number, partner in enumerate(partners, start=1):
            total = 0
            for group in range(11):
                figure = number * 1_000_000 + group * 1_000 + int(month[-2:]) + extra
                total += figure
                rows.append([f"{group:02d}", partner, str(figure), month, "DET"])
                world[f"{group:02d}"] = world.get(f"{group:02d}", 0) + figure
            rows.append(["-", partner, str(total), month, "DET"])
            world["-"] = world.get("-", 0) + total
        # The world's rows may stand anywhere (guide, p. 7).
        for code, figure in world.items():
            rows.insert(1, [code, "-", str(figure), month, "DET"])
        rows.append(["-", "0003", "1", month, "CGP"])
    return rows


def hs_rows(
    flow: str, prefix: str, months: Iterable[str], partners: Iterable[str], codes: Iterable[str] | None = None
) -> list[list[str]]:
    """Rows of an answer of ``hs``; the code heads two columns, since it is asked for and a predicate."""
    imports = flow == "import"
    code = "I_COMMODITY" if imports else "E_COMMODITY"
    values = ["GEN_VAL_MO", "CON_VAL_MO", "DUT_VAL_MO", "CAL_DUT_MO"] if imports else ["ALL_VAL_MO"]
    rows = [[code, "CTY_CODE", *values, code, "COMM_LVL", "SUMMARY_LVL", "time"]]
    for month in months:
        for product in codes or (f"{prefix}01000000", f"{prefix}02000010"):
            world = [0] * len(values)
            for number, partner in enumerate(partners, start=1):
                figures = [1_000 * number + int(month[-2:]) + at for at in range(len(values))]
                world = [one + other for one, other in zip(world, figures, strict=True)]
                rows.append([product, partner, *map(str, figures), product, "HS10", "DET", month])
            rows.append([product, "-", *map(str, world), product, "HS10", "DET", month])
    return rows


def asked_months(time: str) -> list[str]:
    """Months of a time predicate: ``2024-07`` or ``from 2024-01 to 2024-12``."""
    bounds = time.removeprefix("from ").split(" to ")
    first, last = bounds[0], bounds[-1]
    months = []
    year, month = map(int, first.split("-"))
    while f"{year}-{month:02d}" <= last:
        months.append(f"{year}-{month:02d}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months


# --- the World Bank ---------------------------------------------------------------------------------------

ECONOMIES = (
    ("DEU", "DE", "Germany", "ECS"),
    ("IRL", "IE", "Ireland", "ECS"),
    ("USA", "US", "United States", "NAC"),
    ("WLD", "1W", "World", "NA"),
    ("HIC", "XD", "High income", "NA"),
)


def economies() -> bytes:
    """The list of economies."""
    head = {"page": 1, "pages": 1, "per_page": "1000", "total": len(ECONOMIES)}
    records = [
        {
            "id": iso3,
            "iso2Code": iso2,
            "name": name,
            "region": {"id": region, "iso2code": region, "value": ""},
        }
        for iso3, iso2, name, region in ECONOMIES
    ]
    return json.dumps([head, records]).encode()


def indicator_records(indicator: str, years: Iterable[int], extra: int = 0) -> list[dict[str, Any]]:
    """Records of an indicator: an aggregate lacks its code, the newest value of Ireland is null."""
    years = list(years)
    records = []
    for at, (iso3, iso2, name, _) in enumerate(ECONOMIES, start=1):
        for year in reversed(years):
            value = None if iso3 == "IRL" and year == max(years) else at * 1_000_000_000.4 + year + extra
            records.append(
                {
                    "indicator": {"id": indicator, "value": indicator},
                    "country": {"id": iso2, "value": name},
                    "countryiso3code": "" if iso3 == "HIC" else iso3,
                    "date": str(year),
                    "value": value,
                    "unit": "",
                    "obs_status": "",
                    "decimal": 0,
                }
            )
    return records


def indicator_page(
    records: list[dict[str, Any]], page: int, per_page: int, updated: str = "2026-11-01"
) -> bytes:
    """One page of an indicator."""
    pages = -(-len(records) // per_page)
    head = {
        "page": page,
        "pages": pages,
        "per_page": per_page,
        "total": len(records),
        "sourceid": "2",
        "lastupdated": updated,
    }
    return json.dumps([head, records[(page - 1) * per_page : page * per_page]]).encode()
