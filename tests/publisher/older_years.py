"""What publishers of older years would send: exhibits of releases, DataWeb reports, translation workbooks.

Built from trade in million dollars, so that a test decides what is true of it.
"""

import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

import openpyxl

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
GROUP_NAMES = {
    "01": "Biotechnology",
    "02": "Life Science",
    "03": "Opto-Electronics",
    "04": "Information & Communications",
    "05": "Electronics",
    "06": "Flexible Manufacturing",
    "07": "Advanced Materials",
    "08": "Aerospace",
    "09": "Weapons",
    "10": "Nuclear Technology",
}
# Width of a name, and of a line: six figures of eleven signs.
NAME, LINE = 32, 98
Flows = tuple[Decimal | float, Decimal | float]
"""Exports and imports, million dollars."""


def exhibit_text(
    number: str, year: int, month: int, lines: Mapping[str, Flows], *, total: Flows | None = None
) -> bytes:
    """An exhibit as text: a line per name, the month a tenth of the figures to date."""
    what = "TECHNOLOGY GROUP" if number == "16" else "COUNTRY AND AREA"
    head = [
        f"EXHIBIT {number}. U.S. TRADE IN ADVANCED TECHNOLOGY PRODUCTS BY {what}",
        f"{MONTHS[month - 1]} {year}, NOT SEASONALLY ADJUSTED",
        "(In millions of dollars. Details may not equal totals due to rounding. (-) Represents zero.)",
        "",
        f"{'Item':32}{'Exports':>22}{'Imports':>22}{'Balance':>22}",
        f"{'':32}" + f"{'Month':>11}{'To date':>11}" * 3,
    ]
    whole = total or tuple(sum(Decimal(str(flows[at])) for flows in lines.values()) for at in (0, 1))
    rows = [_line("Total", (whole[0], whole[1])), *(_line(name, flows) for name, flows in lines.items())]
    return "\r\n".join([*head, *rows, "", "NOTE: See page 30 of the release.", ""]).encode("ascii")


def _line(name: str, flows: Flows) -> str:
    dated = [round(Decimal(str(one)), 1) for one in flows]
    now = [round(one / 10, 1) for one in dated]
    cells = [now[0], dated[0], now[1], dated[1], now[0] - now[1], dated[0] - dated[1]]
    return f"{name + ' ':.<32}" + "".join(f"{one:>11,}" if one else f"{'(-)':>11}" for one in cells)


def exhibit_workbook(
    number: str, year: int, month: int, lines: Mapping[str, Flows], *, total: Flows | None = None
) -> bytes:
    """The same exhibit as a workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line in exhibit_text(number, year, month, lines, total=total).decode().split("\r\n"):
        is_table = len(line) == LINE
        name, cells = (line[:NAME], line[NAME:].split()) if is_table else (line, [])
        sheet.append([name.strip(" ."), *(_value(one) for one in cells)])
    return _bytes(book)


def _value(text: str) -> float | str:
    plain = text.replace(",", "")
    return 0 if text == "(-)" else float(plain) if plain.replace(".", "").lstrip("-").isdigit() else text


def gands_workbook(years: Mapping[int, Sequence[float]]) -> bytes:
    """The historical workbook: of each year exports and imports of goods, then of services."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["U.S. Trade in Goods and Services - Balance of Payments (BOP) Basis"])
    sheet.append(["Value in millions of dollars"])
    sheet.append([None, "Balance", None, None, "Exports", None, None, "Imports", None, None])
    sheet.append(["Period", *["Total", "Goods (1)", "Services"] * 3])
    for year, (out, into, services_out, services_in) in years.items():
        balance = [out + services_out - into - services_in, out - into, services_out - services_in]
        exports = [out + services_out, out, services_out]
        imports = [into + services_in, into, services_in]
        sheet.append([year, *balance, *exports, *imports])
    sheet.append(["(1) Goods include adjustments."])
    return _bytes(book)


def _bytes(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# --- the translation workbook -----------------------------------------------------------------------------

TRANSLATION_HEAD = (
    *("year", "census_issue_date", "hts10", "description_long", "description_short"),
    *("quantity_1", "quantity_2", "sitc", "end_use", "naics", "ag_code", "hitech", "sic"),
)


def translation_workbook(codes: Mapping[str, Sequence[tuple[int, str, str]]]) -> bytes:
    """The translation workbook: by sheet (``import``, ``export``) year, code and group."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for flow in ("import", "export"):
        sheet = book.create_sheet(f"{flow.title()} Concordance")
        sheet.append(TRANSLATION_HEAD)
        for year, code, group in codes[flow]:
            row = dict.fromkeys(TRANSLATION_HEAD, "")
            row |= {"year": str(year), "census_issue_date": f"{year}01", "hts10": code, "hitech": group}
            sheet.append([row[name] for name in TRANSLATION_HEAD])
    return _bytes(book)


# --- DataWeb ----------------------------------------------------------------------------------------------


def dataweb_report(label: str, rows: Sequence[tuple[str, str, str, int]], years: Sequence[int]) -> bytes:
    """A report as the publisher's tutorial shows it: partner, code, description, and a figure per year.

    ``rows`` are partner, code, year and dollars.
    """
    cells: dict[tuple[str, str], dict[int, int]] = {}
    for partner, code, year, value in rows:
        cells.setdefault((partner, code), {})[int(year)] = value
    heads = ["Country", "HTS Number", "Description", *(f"Year {year}" for year in years)]
    table = {
        "name": label,
        "tab_name": label,
        "column_groups": [
            {"columns": [{"label": head} for head in heads[:3]]},
            {"label": "years", "columns": [{"label": head} for head in heads[3:]]},
        ],
        "row_groups": [
            {
                "rowsNew": [
                    {
                        "rowEntries": [
                            {"value": partner},
                            {"value": code},
                            {"value": f"PRODUCT {code}"},
                            *({"value": f"{values.get(year, 0):,}"} for year in years),
                        ]
                    }
                    for (partner, code), values in cells.items()
                ]
            }
        ],
    }
    return json.dumps({"dto": {"tables": [table], "errors": [], "needMoreTime": False}}).encode()
