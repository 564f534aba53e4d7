"""Six-digit trade of any reporter: what is asked, what is read, what is refused."""

import datetime as dt
import io
import json
from typing import Any

import pytest

from techbalance.errors import CheckError, ParameterError, SchemaError, SourceError, UnknownCodeError
from techbalance.sources.adapter import Delivered, Request, adapter_of
from techbalance.sources.comtrade.adapter import ADAPTER
from techbalance.sources.declaration import declared

(DECLARATION,) = [one for one in declared() if one.id == "comtrade"]
ASKED = Request("2022", "2023", today=dt.date(2026, 11, 22), options={"reporter": "deu", "flow": "export"})


def record(**more: Any) -> dict[str, Any]:
    usual = {
        "refYear": 2022,
        "reporterCode": 276,
        "partnerCode": 842,
        "partner2Code": 0,
        "flowCode": "X",
        "classificationCode": "H6",
        "cmdCode": "854231",
        "motCode": 0,
        "customsCode": "C00",
        "primaryValue": 1234.5,
        "qty": None,
        "netWgt": 7.25,
    }
    return usual | more


def parse(*records: dict[str, Any], **more: Any) -> Any:
    body = {"elapsedTime": "0.1", "count": len(records), "data": list(records), "error": ""} | more
    part = ADAPTER.locate(ASKED, DECLARATION)[0]
    file = io.BytesIO(json.dumps(body).encode())
    return ADAPTER.parse(Delivered(part, file, dt.datetime(2026, 11, 22, tzinfo=dt.UTC)))


def test_a_call_for_each_year_and_flow():
    parts = ADAPTER.locate(ASKED, DECLARATION)
    assert [part.name for part in parts] == ["DEU-exports-2022", "DEU-exports-2023"]
    assert ("reporterCode", "276") in parts[0].query
    assert parts[0].keyed
    assert len(ADAPTER.divide(parts[0])) > 150
    assert adapter_of("comtrade") is ADAPTER


def test_records_become_rows_with_partners_by_iso3():
    (row,) = parse(record()).tables["trade_hs6"].to_pylist()
    assert (row["reporter"], row["partner"], row["flow"], row["product"]) == (
        "DEU",
        "USA",
        "export",
        "854231",
    )
    # Half a dollar goes to the even one.
    assert row["value_usd"] == 1234
    assert (row["quantity"], row["weight_kg"], row["edition"]) == (None, 7.25, "H6")


def test_parts_of_totals_and_codes_of_other_lengths_are_left_out():
    parsed = parse(record(), record(motCode=1), record(customsCode="C01"), record(cmdCode="8542"))
    assert parsed.tables["trade_hs6"].num_rows == 1


def test_partners_that_are_no_countries_are_told():
    parsed = parse(record(), record(partnerCode=899))
    assert parsed.tables["trade_hs6"].num_rows == 1
    assert "899" in parsed.notes[0]


@pytest.mark.parametrize(
    ("records", "more", "error"),
    [
        ([record(), record()], {}, CheckError),
        ([record()], {"count": 2}, CheckError),
        ([], {"error": "quota exceeded"}, SourceError),
        ([record(reporterCode=251)], {}, SchemaError),
        ([record(primaryValue=None)], {}, SchemaError),
        ([record(primaryValue="much")], {}, SchemaError),
        ([record(primaryValue=-1)], {}, SchemaError),
        ([], {"data": "none"}, SchemaError),
    ],
)
def test_what_is_not_as_expected_is_refused(records: list[Any], more: dict[str, Any], error: type):
    with pytest.raises(error):
        parse(*records, **more)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (Request("2022"), ParameterError),
        (Request("2022", options={"reporter": "XXX"}), UnknownCodeError),
        (Request("2022-01", options={"reporter": "DEU"}), ParameterError),
        (Request("2023", "2022", options={"reporter": "DEU"}), ParameterError),
    ],
)
def test_what_cannot_be_asked_is_refused(request_: Request, error: type):
    with pytest.raises(error):
        ADAPTER.locate(request_, DECLARATION)
