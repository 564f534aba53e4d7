"""The translation workbook: every year's list, the latest issue, blanks kept apart from ``00``."""

import datetime as dt
import io
from typing import Any

import pytest

from techbalance.errors import CheckError, SchemaError
from techbalance.sources.usitc_lists.workbook import YearList, read_workbook
from tests.unit.sources.xlsb import workbook

HEAD = [
    "year",
    "census_issue_date",
    "hts10",
    "description_long",
    "description_short",
    "quantity_1",
    "hitech",
    "sic",
]


def row(year: object, issued: object, code: object, hitech: object, name: str = "NAME") -> list[object]:
    return [year, issued, code, f"LONG {name}", name, "NO", hitech, ""]


IMPORTS: list[list[object]] = [
    HEAD,
    row(1989, "1989-01-01", "8471300100", "", "COMPUTERS"),
    row(1989, "1989-01-01", "0101210010", "00", "HORSES"),
    row(2012, "2012-01-01", 101210010.0, 0.0, "HORSES"),
    row(2012, "2012-01-01", "8471300100", "03", "COMPUTERS"),
    row(2012, "2012-07-01", "8471300100", 4.0, "COMPUTERS, PORTABLE"),
]
EXPORTS: list[list[object]] = [HEAD, row(2012.0, "7/1/2012", "8802400040", "08", "AIRCRAFT")]


def read(imports: list[list[object]] = IMPORTS, exports: list[list[object]] = EXPORTS) -> list[YearList]:
    data = workbook({"Import Concordance": imports, "Export Concordance": exports})
    return list(read_workbook(io.BytesIO(data), "book.xlsb"))


def test_a_list_per_flow_and_year():
    found = read()
    assert [(one.flow, one.year, one.unassigned) for one in found] == [
        ("import", 1989, 1),
        ("import", 2012, 0),
        ("export", 2012, 0),
    ]
    assert found[0].rows.to_pylist() == [
        {"code": "0101210010", "group": "00", "name": "HORSES"},
        {"code": "8471300100", "group": None, "name": "COMPUTERS"},
    ]


def test_the_latest_issue_holds_and_lost_noughts_are_restored():
    one = read()[1]
    assert one.rows.to_pylist() == [
        {"code": "0101210010", "group": "00", "name": "HORSES"},
        {"code": "8471300100", "group": "04", "name": "COMPUTERS, PORTABLE"},
    ]
    assert one.issued == dt.date(2012, 7, 1)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (row("20x2", "2012-01-01", "8471300100", "04"), "row 7, column year"),
        (row(2012, "2012-01-01", "84713001", "04"), "row 7, column hts10"),
        (row(2012, "2012-01-01", "84713001OO", "04"), "row 7, column hts10"),
        (row(2012, "2012-01-01", "8471300100", "11"), "row 7, column hitech"),
        (row(2012, "2012-01-01", "8471300100", "AB"), "row 7, column hitech"),
    ],
)
def test_a_wrong_cell_is_named(wrong: list[object], says: str):
    with pytest.raises(SchemaError) as caught:
        read([*IMPORTS, wrong])
    assert says in str(caught.value)
    assert "sheet Import Concordance" in str(caught.value)


def test_two_groups_of_one_issue_are_refused():
    with pytest.raises(CheckError, match="rows 2 and 7 put the code into groups None and 05"):
        read([*IMPORTS, row(1989, "1989-01-01", "8471300100", "05")])


def test_the_same_row_twice_changes_nothing():
    assert [one.rows for one in read([*IMPORTS, IMPORTS[1]])] == [one.rows for one in read()]


@pytest.mark.parametrize(
    ("sheets", "says"),
    [
        ({"Import Concordance": IMPORTS}, "lacks the sheet 'Export Concordance'"),
        (
            {"Import Concordance": [[*HEAD[:-2], "tech"]], "Export Concordance": EXPORTS},
            "'hitech' is missing",
        ),
        ({"Import Concordance": [HEAD], "Export Concordance": EXPORTS}, "holds no codes"),
    ],
)
def test_another_workbook_is_refused(sheets: Any, says: str):
    with pytest.raises(SchemaError, match=says):
        list(read_workbook(io.BytesIO(workbook(sheets)), "book.xlsb"))


@pytest.mark.parametrize("data", [b"", b"no workbook", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_workbook_is_refused(data: bytes):
    with pytest.raises(SchemaError, match="cannot be read"):
        list(read_workbook(io.BytesIO(data), "book.xlsb"))


def test_a_workbook_cut_off_is_refused():
    data = workbook({"Import Concordance": IMPORTS, "Export Concordance": EXPORTS})
    with pytest.raises(SchemaError):
        list(read_workbook(io.BytesIO(data[: len(data) // 2]), "book.xlsb"))
