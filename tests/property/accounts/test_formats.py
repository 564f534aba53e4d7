"""Whatever an answer holds, it comes back from every format: whole dollars exactly, nulls as nulls."""

import csv
import datetime as dt
import io
import json
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techbalance.errors import ParameterError
from techbalance.questions import spreadsheet
from techbalance.questions.answer import Answer
from techbalance.questions.cells import LARGEST_EXACT, LONGEST_TEXT
from techbalance.questions.parameters.accounts import BALANCE, BalanceParams
from techbalance.questions.representations import BINARIES, LONGEST_STATA_TEXT, TEXTS

# Stata keeps money as doubles, which hold every whole number up to here.
LARGEST_DOUBLE = 2**53
SCHEMA = pa.schema(
    [
        ("year", pa.int16()),
        ("partner_name", pa.string()),
        ("imports_usd", pa.int64()),
        ("coverage_ratio", pa.float64()),
        ("months", pa.int8()),
        ("vintage", pa.date32()),
        ("note", pa.string()),
    ]
)
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=20
).filter(lambda text: text == text.strip())
DOLLARS = st.integers(-LARGEST_DOUBLE, LARGEST_DOUBLE)
ROW = st.fixed_dictionaries(
    {
        "year": st.integers(1800, 2200),
        "partner_name": TEXT,
        "imports_usd": st.none() | DOLLARS,
        "coverage_ratio": st.none()
        | st.floats(0, 1e6, allow_nan=False).filter(lambda value: value == 0 or value > 1e-300),
        "months": st.none() | st.integers(1, 12),
        "vintage": st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)),
        "note": st.none() | TEXT,
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=4)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def answer_of(tb: Any) -> Any:
    params = BalanceParams.read({"by": "partner"})
    return lambda rows: Answer(BALANCE, params, tb.store, pa.Table.from_pylist(rows, schema=SCHEMA))


def binary(answer: Answer, form: str) -> io.BytesIO:
    made = io.BytesIO()
    BINARIES[form](answer, made)
    made.seek(0)
    return made


@quick
@given(rows=ROWS)
def test_json_holds_the_rows(answer_of: Any, rows: list[dict[str, Any]]):
    back = json.loads(TEXTS["json"](answer_of(rows)))
    for row in back:
        row["vintage"] = row["vintage"] and dt.date.fromisoformat(row["vintage"])
    assert back == rows


@quick
@given(rows=ROWS)
def test_csv_holds_the_rows(answer_of: Any, rows: list[dict[str, Any]]):
    kinds = {
        "year": int,
        "imports_usd": int,
        "coverage_ratio": float,
        "months": int,
        "vintage": dt.date.fromisoformat,
    }
    back = [
        {name: kinds.get(name, str)(text) if text else None for name, text in row.items()}
        for row in csv.DictReader(io.StringIO(TEXTS["csv"](answer_of(rows)), newline=""))
    ]
    assert back == rows


@quick
@given(rows=ROWS)
def test_parquet_and_arrow_hold_rows_types_and_provenance(answer_of: Any, rows: list[dict[str, Any]]):
    answer = answer_of(rows)
    for table in (
        pq.read_table(binary(answer, "parquet")),
        pa.ipc.open_file(binary(answer, "arrow")).read_all(),
    ):
        assert table.to_pylist() == rows
        assert table.schema.remove_metadata().equals(SCHEMA)
        assert table.schema.metadata[b"techbalance_reference"] == b"balance?by=partner"
        assert json.loads(table.schema.metadata[b"techbalance_units"])["imports_usd"] == "US dollars"


@quick
@given(rows=ROWS)
def test_a_spreadsheet_holds_the_rows_and_tells_what_they_are(answer_of: Any, rows: list[dict[str, Any]]):
    book = openpyxl.load_workbook(binary(answer_of(rows), "xlsx"))
    sheet, about = book["balance"], book["about"]
    head, *lines = sheet.iter_rows(values_only=True)
    assert list(head) == SCHEMA.names
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        found = dict(zip(head, line, strict=True))
        vintage = found["vintage"]
        assert (vintage.date() if vintage else None) == row["vintage"]
        money = found["imports_usd"]
        if row["imports_usd"] is not None and abs(row["imports_usd"]) >= LARGEST_EXACT:
            money = int(money)
        assert money == row["imports_usd"]
        assert found["coverage_ratio"] == (
            None if row["coverage_ratio"] is None else pytest.approx(row["coverage_ratio"])
        )
        for name in ("year", "months", "partner_name", "note"):
            assert found[name] == row[name]
    told = {line[0]: line[1] for line in about.iter_rows(values_only=True)}
    assert told["command"] == "techbalance balance --by partner"
    assert "[US dollars]" in told["imports_usd"]


@quick
@given(rows=ROWS)
def test_stata_holds_the_rows(answer_of: Any, rows: list[dict[str, Any]]):
    made = binary(answer_of(rows), "dta")
    frame = pd.read_stata(made)
    assert list(frame.columns) == SCHEMA.names
    for place, row in enumerate(rows):
        found = frame.iloc[place]
        assert int(found["year"]) == row["year"]
        for name in ("imports_usd", "months"):
            assert (None if pd.isna(found[name]) else int(found[name])) == row[name]
        assert (None if pd.isna(found["vintage"]) else found["vintage"].date()) == row["vintage"]
        assert found["note"] == (row["note"] or "")
        assert found["partner_name"] == row["partner_name"]


def test_formulas_in_names_stay_text_in_a_spreadsheet(answer_of: Any):
    row = dict.fromkeys(SCHEMA.names) | {"year": 2024, "partner_name": "=1+1", "note": "http://x"}
    book = openpyxl.load_workbook(binary(answer_of([row]), "xlsx"))
    assert book["balance"]["B2"].value == "=1+1"
    assert book["balance"]["B2"].data_type == "s"


@pytest.mark.parametrize("form", [*TEXTS, *BINARIES])
def test_no_rows_at_all_are_written_too(answer_of: Any, form: str):
    empty = answer_of([])
    content = TEXTS[form](empty).encode() if form in TEXTS else binary(empty, form).read()
    assert content


@pytest.mark.parametrize("length", [LONGEST_STATA_TEXT, LONGEST_STATA_TEXT + 1, 40_000])
def test_a_long_text_is_kept_or_told_to_be_cut(answer_of: Any, length: int):
    text = "ä" * (length // 2) + "x" * (length % 2)
    row = dict.fromkeys(SCHEMA.names) | {"year": 2024, "note": text}
    assert pd.read_stata(binary(answer_of([row]), "dta"))["note"][0] == text
    cell = openpyxl.load_workbook(binary(answer_of([row | {"note": "x" * length}]), "xlsx"))["balance"][
        "G2"
    ].value
    assert cell == ("x" * length if length <= LONGEST_TEXT else "x" * (LONGEST_TEXT - 5) + " [..]")


def test_more_rows_than_a_sheet_holds_are_refused_and_not_dropped(
    answer_of: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 1)
    row = dict.fromkeys(SCHEMA.names) | {"year": 2024}
    assert binary(answer_of([row]), "xlsx").read()
    with pytest.raises(ParameterError, match="a sheet holds 1 rows, the answer has 2"):
        binary(answer_of([row, row]), "xlsx")


def test_not_a_number_never_leaves_as_json(answer_of: Any):
    row = dict.fromkeys(SCHEMA.names) | {"year": 2024, "coverage_ratio": float("nan")}
    with pytest.raises(ValueError, match="JSON compliant"):
        TEXTS["json"](answer_of([row]))


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "arrow", "xlsx", "dta"])
@pytest.mark.parametrize("name", ["records", "reconcile", "status", "check", "claims_list", "sources"])
def test_every_kind_of_answer_is_written_in_every_format(asked: Any, name: str, form: str):
    answer = asked(name)
    content = TEXTS[form](answer).encode() if form in TEXTS else binary(answer, form).read()
    assert len(content) > 100
