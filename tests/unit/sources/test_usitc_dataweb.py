"""Reports of DataWeb: products, partners and dollars from nested heads; refusals and cuts are told."""

import datetime as dt
import io
import json
from typing import Any

import pytest

from techbalance.errors import (
    CheckError,
    NotCoveredError,
    ParameterError,
    SchemaError,
    SourceError,
    UnknownCodeError,
)
from techbalance.sources.adapter import Delivered, Request, adapter_of
from techbalance.sources.declaration import declared
from techbalance.sources.usitc_dataweb.adapter import ADAPTER, CHAPTERS
from techbalance.sources.usitc_dataweb.reports import read_report
from tests.publisher import older_years

(DECLARATION,) = [one for one in declared() if one.id == "usitc-dataweb"]
TODAY = dt.date(2026, 11, 22)
ROWS = [("Mexico", "8542310000", "2007", 1_234_567), ("Korea, South", "8542390000", "2007", 5)]


def report(rows: list[Any] = ROWS, change: Any = lambda dto: None) -> io.BytesIO:
    answer = json.loads(older_years.dataweb_report("85", rows, [2007]))
    change(answer["dto"])
    return io.BytesIO(json.dumps(answer).encode())


def test_a_report_gives_partners_products_and_whole_dollars():
    cells = read_report(report(), "x", most_rows=100)
    assert [(one.partner, one.product, one.year, one.usd) for one in cells] == [
        ("2010", "8542310000", 2007, 1_234_567),
        ("5800", "8542390000", 2007, 5),
    ]


def test_rows_of_nothing_are_left_out():
    assert read_report(report([("Mexico", "8542310000", "2007", 0)]), "x", most_rows=100) == []


def set_rows(*values: str) -> Any:
    def change(dto: dict[str, Any]) -> None:
        entries = [{"value": value} for value in values]
        dto["tables"][0]["row_groups"][0]["rowsNew"].append({"rowEntries": entries})

    return change


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda dto: dto.update(errors=["Dataweb is in data load mode"]), SourceError, "loading"),
        (lambda dto: dto.update(errors=["Invalid dataToReport"]), SourceError, "refused"),
        (lambda dto: dto.update(needMoreTime=True), SourceError, "more time"),
        (set_rows("Atlantis", "8542310000", "x", "1"), SchemaError, "Atlantis"),
        (set_rows("Canada", "85423", "x", "1"), SchemaError, "ten digits"),
        (set_rows("Canada", "8542310000", "x", "one"), SchemaError, "no amount"),
        (set_rows("Canada", "8542310000", "x"), SchemaError, "3 cells under 4"),
        (set_rows("Mexico", "8542310000", "x", "1"), CheckError, "twice"),
        (set_rows("Total:", "", "", "99"), CheckError, "add to the total"),
        (lambda dto: dto["tables"][0].update(column_groups=[]), SchemaError, "0 columns"),
    ],
)
def test_what_is_not_as_expected_is_refused(change: Any, error: type, says: str):
    with pytest.raises(error, match=says):
        read_report(report(change=change), "x", most_rows=100)


def test_a_total_that_is_the_sum_is_no_row():
    cells = read_report(report(change=set_rows("Total:", "", "", "1,234,572")), "x", most_rows=100)
    assert len(cells) == 2


def test_a_report_as_long_as_the_limit_may_have_been_cut():
    with pytest.raises(SchemaError, match="cut"):
        read_report(report(), "x", most_rows=2)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"dto": null}'])
def test_an_answer_that_is_no_report_is_refused(body: bytes):
    with pytest.raises(SchemaError):
        read_report(io.BytesIO(body), "x", most_rows=100)


def test_a_report_is_asked_for_each_flow_year_and_chapter():
    parts = ADAPTER.locate(Request("2002", "2003", today=TODAY), DECLARATION)
    assert len(parts) == 2 * 2 * len(CHAPTERS)
    assert {part.batch for part in parts} == {"imports-2002", "imports-2003", "exports-2002", "exports-2003"}
    assert all(part.keyed and part.method == "POST" for part in parts)
    asked = json.loads(parts[0].body or b"")
    assert asked["searchOptions"]["componentSettings"]["years"] == ["2002"]
    assert adapter_of("usitc-dataweb") is ADAPTER


def test_a_report_about_something_else_is_refused():
    part = ADAPTER.locate(Request("2002", today=TODAY), DECLARATION)[0]
    delivered = Delivered(part, report(), dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
    with pytest.raises(SchemaError, match="something else"):
        ADAPTER.parse(delivered)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (Request("2007-01"), ParameterError),
        (Request("2007", "2002"), ParameterError),
        (Request("1980"), NotCoveredError),
        (Request("2007", options={"flow": "both"}), UnknownCodeError),
    ],
)
def test_what_cannot_be_asked_is_refused(request_: Request, error: type):
    with pytest.raises(error):
        ADAPTER.locate(request_, DECLARATION)


def test_the_workbook_of_lists_has_no_span():
    lists = adapter_of("usitc-lists")
    (declaration,) = [one for one in declared() if one.id == "usitc-lists"]
    (part,) = lists.locate(Request(today=TODAY), declaration)
    assert part.name == "commodity_translation_wizard.xlsb"
    with pytest.raises(ParameterError):
        lists.locate(Request("2002", today=TODAY), declaration)
