"""The columns of every answer: described, of the kind they say, in the order of the contract."""

import datetime as dt
import math
from typing import Any

import pyarrow as pa
import pytest

from techbalance.questions.parameters.columns import COLUMNS
from techbalance.questions.registry import QUESTIONS

ASKED: dict[str, dict[str, Any]] = {
    "balance": {"year": "2002:2007", "denominator": "goods_bop"},
    "rank": {"year": 2025, "flow": "import"},
    "change": {"from_": 2024, "to": 2025, "by": "group", "flow": "import"},
    "records": {},
    "reconcile": {"flow": "import"},
    "ip": {"country": "USA,DEU,CHN", "year": 2023},
    "trace": {"what": "balance?year=2024"},
    "cite": {"what": "balance?year=2007&denominator=goods_bop"},
    "sources": {},
    "status": {},
    "check": {},
    "claims_list": {},
    "lists": {},
    "lists_diff": {"first": "2022", "second": "census-atp"},
    "list_effect": {"year": 2024, "from_list": "2022", "to_list": "census-atp"},
}
# What each kind of column is made of.
MADE_OF: dict[str, tuple[Any, ...]] = {
    "money": (pa.types.is_integer,),
    "ratio": (pa.types.is_floating,),
    "count": (pa.types.is_integer,),
    "number": (pa.types.is_floating, pa.types.is_integer),
    "code": (pa.types.is_string, pa.types.is_integer),
    "name": (pa.types.is_string,),
    "text": (pa.types.is_string,),
    "date": (pa.types.is_date,),
    "flag": (pa.types.is_boolean,),
}


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_has_the_columns_its_question_promises_in_order(asked: Any, name: str):
    names = asked(name, **ASKED[name]).arrow.column_names
    promised = [column for column in names if column in QUESTIONS[name].columns]
    assert promised == list(QUESTIONS[name].columns)


@pytest.mark.parametrize("name", ASKED)
def test_every_column_is_described_and_made_of_what_it_says(asked: Any, name: str):
    for field in asked(name, **ASKED[name]).arrow.schema:
        column = COLUMNS[field.name]
        assert column.says
        assert any(fits(field.type) for fits in MADE_OF[column.kind]), (field.name, field.type, column.kind)


@pytest.mark.parametrize("name", ASKED)
def test_no_value_is_nan_or_infinite(asked: Any, name: str):
    for row in asked(name, **ASKED[name]).rows():
        for column, value in row.items():
            assert not isinstance(value, float) or math.isfinite(value), column
            assert not isinstance(value, dt.datetime), column


@pytest.mark.parametrize("name", [name for name in ASKED if "note" in QUESTIONS[name].columns])
def test_a_row_without_its_values_says_why(asked: Any, name: str):
    values = [one for one in QUESTIONS[name].values if one != "note"]
    for row in asked(name, **ASKED[name]).rows():
        if all(row[one] is None for one in values):
            assert row["note"], row
