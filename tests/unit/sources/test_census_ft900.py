"""Exhibits 16 and 16a and the workbook of totals: what is read, and what is refused with its place."""

import datetime as dt
import io
from typing import Any

import pytest

from techbalance.errors import CheckError, NotCoveredError, ParameterError, SchemaError, UnknownCodeError
from techbalance.sources import schedule_c
from techbalance.sources.adapter import Delivered, Part, Request, adapter_of
from techbalance.sources.census_ft900.adapter import ADAPTER, released
from techbalance.sources.declaration import declared
from tests.publisher import older_years as publisher

(DECLARATION,) = [one for one in declared() if one.id == "census-ft900"]
GROUPS = {name: (10 + at, 20 + 2 * at) for at, name in enumerate(publisher.GROUP_NAMES.values())}
PARTNERS = {"China": (20.5, 88.1), "Mexico": (12, 33.25), "Malaysia": (9, 31), "European Union": (50, 40)}


def delivered(kind: str, content: bytes, year: int = 2007, month: int = 12, form: str = "text") -> Delivered:
    facts = {"kind": kind, "year": str(year), "month": str(month)}
    part = Part(f"exhibit-{kind}-{year}-{month:02d}", "http://x/", form, facts=facts)  # type: ignore[arg-type]
    return Delivered(part, io.BytesIO(content), dt.datetime(2026, 11, 22, tzinfo=dt.UTC))


def rows_of(kind: str, content: bytes, **more: Any) -> list[dict[str, Any]]:
    return ADAPTER.parse(delivered(kind, content, **more)).tables["headline"].to_pylist()


def of(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    (found,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return found


def test_a_december_prints_the_year_by_group_with_a_vintage_of_its_own():
    rows = rows_of("16", publisher.exhibit_text("16", 2007, 12, GROUPS))
    year = of(rows, group="04", freq="year", flow="import")
    assert (year["value_usd"], year["period"], year["months"], year["month"]) == (
        26_000_000,
        "2007",
        12,
        None,
    )
    parsed = ADAPTER.parse(delivered("16", publisher.exhibit_text("16", 2007, 12, GROUPS)))
    assert parsed.vintage == dt.date(2008, 2, 29)
    assert (year["print_kind"], year["printed_unit_usd"]) == ("first print", 100_000)
    month = of(rows, group="04", freq="month", flow="import")
    assert (month["value_usd"], month["period"]) == (2_600_000, "2007-12")
    assert len(rows) == 11 * 2 * 2


def test_the_whole_is_taken_from_exhibit_16_and_partners_from_16a():
    rows = rows_of("16a", publisher.exhibit_text("16a", 2007, 12, PARTNERS, total=(145, 290)))
    assert {row["partner"] for row in rows} == {"5700", "2010", "5570"}
    assert of(rows, partner="2010", freq="year", flow="import")["value_usd"] == 33_200_000
    assert {row["group"] for row in rows} == {"all"}


def test_a_month_within_the_year_is_year_to_date_and_never_a_year():
    rows = rows_of("16", publisher.exhibit_text("16", 2007, 6, GROUPS), month=6)
    assert {row["freq"] for row in rows} == {"month", "ytd"}
    dated = of(rows, group="all", freq="ytd", flow="export")
    assert (dated["months"], dated["period"], dated["month"]) == (6, "2007", None)


def test_a_workbook_says_the_same_as_the_text():
    text = rows_of("16", publisher.exhibit_text("16", 2015, 12, GROUPS), year=2015)
    book = publisher.exhibit_workbook("16", 2015, 12, GROUPS)
    assert rows_of("16", book, year=2015, form="xlsx") == text


def test_the_order_of_columns_is_read_from_the_heads():
    text = publisher.exhibit_text("16", 2007, 12, GROUPS).decode()
    turned = []
    for line in text.split("\r\n"):
        parts = [line[:32], *(line[start : start + 22] for start in (32, 54, 76))]
        turned.append(
            "".join([parts[0], parts[3], parts[1], parts[2]])
            if len(line) > 76 and line[76:].strip()
            else line
        )
    assert rows_of("16", "\r\n".join(turned).encode()) == rows_of("16", text.encode())


@pytest.mark.parametrize(
    ("old", "new", "error", "says"),
    [
        ("ADVANCED TECHNOLOGY PRODUCTS", "AUTOMOBILES", SchemaError, "Advanced Technology Products"),
        ("December 2007", "December 2006", SchemaError, "December 2007"),
        ("millions of dollars", "thousands", SchemaError, "millions"),
        ("Weapons", "Swords", CheckError, "9 of ten"),
        ("Nuclear Technology ..", "Weapons .............", CheckError, "twice"),
        ("Exports", "Sold   ", SchemaError, "names exports"),
        ("Total ", "Sum   ", CheckError, "total is missing"),
    ],
)
def test_what_is_not_as_expected_is_refused_whole(old: str, new: str, error: type, says: str):
    text = publisher.exhibit_text("16", 2007, 12, GROUPS).decode()
    assert old in text
    with pytest.raises(error, match=says):
        rows_of("16", text.replace(old, new).encode())


def test_a_line_with_a_figure_too_few_is_refused():
    text = publisher.exhibit_text("16", 2007, 12, {**GROUPS, "Weapons": (100_000, 3)}).decode()
    broken = "\n".join(line[:-11] if "Weapons" in line else line for line in text.split("\r\n"))
    with pytest.raises(SchemaError, match="5 numbers where 6"):
        rows_of("16", broken.encode())


def test_groups_that_do_not_add_to_the_total_are_refused():
    with pytest.raises(CheckError, match="beside the total"):
        rows_of("16", publisher.exhibit_text("16", 2007, 12, GROUPS, total=(146, 290)))


def test_a_balance_that_is_not_the_difference_is_refused():
    text = publisher.exhibit_text("16", 2007, 12, GROUPS).decode()
    with pytest.raises(CheckError, match="are not the balance"):
        rows_of("16", text.replace("-10.0", "-11.0").encode())


def test_a_web_page_in_the_place_of_an_exhibit_is_refused():
    with pytest.raises(SchemaError, match="web page"):
        rows_of("16", b"<html>not found</html>")


def test_a_partner_nobody_knows_is_told_and_left_out():
    text = publisher.exhibit_text("16a", 2007, 12, {**PARTNERS, "Ruritania": (1, 2)}, total=(145, 290))
    parsed = ADAPTER.parse(delivered("16a", text))
    assert any("Ruritania" in note for note in parsed.notes)


def test_a_release_is_current_at_the_end_of_the_second_month_after_it():
    assert released(2002, 12) == dt.date(2003, 2, 28)
    assert released(2007, 11) == dt.date(2008, 1, 31)


def test_years_ask_for_their_december_releases():
    parts = ADAPTER.locate(Request("2002", "2003", today=dt.date(2026, 11, 22)), DECLARATION)
    assert [part.name for part in parts] == [
        *("exhibit-16-2002-12", "exhibit-16a-2002-12", "exhibit-16-2003-12", "exhibit-16a-2003-12")
    ]
    assert parts[0].address.endswith("/2002pr/12/exh16.txt")
    assert parts[0].batch == parts[1].batch


def test_without_a_span_the_totals_and_the_newest_release_are_asked_for():
    parts = ADAPTER.locate(Request(today=dt.date(2026, 11, 22)), DECLARATION)
    assert [part.name for part in parts] == ["gands.xlsx", "exhibit-16-2026-09", "exhibit-16a-2026-09"]
    assert parts[1].form == "xlsx"


def test_months_ask_for_their_own_releases():
    asked = Request("2007-11", "2008-01", options={"series": "16"}, today=dt.date(2026, 11, 22))
    assert [part.name for part in ADAPTER.locate(asked, DECLARATION)] == [
        *("exhibit-16-2007-11", "exhibit-16-2007-12", "exhibit-16-2008-01")
    ]


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        ("2007", "2006", ParameterError),
        ("2007", "2007-03", ParameterError),
        ("then", None, ParameterError),
        ("2001", None, NotCoveredError),
        ("2031", None, NotCoveredError),
    ],
)
def test_spans_that_cannot_be_are_refused(first: str, last: str | None, error: type):
    with pytest.raises(error):
        ADAPTER.locate(Request(first, last, today=dt.date(2026, 11, 22)), DECLARATION)


def test_a_part_nobody_knows_is_refused():
    with pytest.raises(UnknownCodeError):
        ADAPTER.locate(Request(options={"series": "17"}), DECLARATION)


def test_the_totals_of_goods_and_services_are_read_by_year():
    book = publisher.gands_workbook({2006: (1000, 1800, 400, 300), 2007: (1149.3, 1964.9, 490, 370)})
    rows = rows_of("gands", book, form="xlsx")
    assert of(rows, series="goods_bop", year=2007, flow="import")["value_usd"] == 1_964_900_000
    assert of(rows, series="goods_services_bop", year=2006, flow="export")["value_usd"] == 1_400_000_000
    assert {row["printed_unit_usd"] for row in rows} == {100_000}
    assert len(rows) == 12


def test_totals_that_contradict_each_other_are_refused():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(publisher.gands_workbook({2007: (1000, 1800, 400, 300)})))
    book.active["F5"] = 1010
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(CheckError, match="are not"):
        rows_of("gands", file.getvalue(), form="xlsx")


def test_the_adapter_is_found_by_its_id():
    assert adapter_of("census-ft900") is ADAPTER


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Mexico", "2010"),
        ("Korea, South", "5800"),
        ("Federal Republic of Germany", "4280"),
        ("China (Mainland)", "5700"),
        ("St. Lucia (1)", "2487"),
        ("Cote d'Ivoire", "7480"),
        ("Atlantis", None),
    ],
)
def test_printed_names_become_codes_of_schedule_c(name: str, code: str | None):
    assert schedule_c.partner_code(name) == code


def test_sums_of_partners_are_no_partners():
    assert schedule_c.is_area("European Union - 27")
    assert schedule_c.partner_code("European Union") is None
