"""Charges for intellectual property: balance, one-sided countries, mixed vintages, cover of a deficit."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import ibis
import pytest

from techbalance.indicators import intellectual_property as ip

ROUNDING = 1e-12
GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "accounts_worked.json").read_text(encoding="utf-8")
)
OLD, NEW = dt.date(2018, 8, 1), dt.date(2026, 7, 1)
SCHEMA = ibis.schema(
    {
        "country": "string",
        "country_name": "string",
        "year": "int16",
        "flow": "string",
        "value_usd": "int64",
        "vintage": "date",
    }
)


def charges(*rows: tuple[str, int, dt.date]) -> dict[str, Any]:
    full = [dict(zip(SCHEMA.names, ("CHN", "China", 2023, *row), strict=True)) for row in rows]
    table = ip.charges(ibis.memtable(full, schema=SCHEMA))
    (found,) = table.mutate(note=ip.why_null(table)).to_pyarrow().to_pylist()
    return found


def test_the_balance_of_the_worked_example():
    scale = 10**9
    receipts, payments = (round(GOLDEN["F1"][side] * scale) for side in ("receipts", "payments"))
    found = charges(("receipts", receipts, NEW), ("payments", payments, NEW))
    assert found["balance_usd"] / scale == pytest.approx(GOLDEN["worked"]["F"]["ipb"], abs=ROUNDING)
    assert found["note"] is None


@pytest.mark.parametrize(
    ("side", "missing"), [("receipts", "payments are not held"), ("payments", "receipts are not held")]
)
def test_one_side_alone_has_no_balance(side: str, missing: str):
    found = charges((side, 5, NEW))
    assert found["balance_usd"] is None
    assert found["note"] == f"not_covered: {missing}"


def test_a_zero_side_is_a_side():
    assert charges(("receipts", 0, NEW), ("payments", 5, NEW))["balance_usd"] == -5


def test_sides_of_two_vintages_are_told():
    found = charges(("receipts", 7, OLD), ("payments", 5, NEW))
    assert (found["balance_usd"], found["vintage"]) == (2, NEW)
    assert found["note"] == "one side is held only in the vintage of 2018-08-01"


PAIR = ibis.schema({"balance": "int64", "atp": "int64"})


def cover(balance: int | None, atp: int | None) -> float | None:
    pair = ibis.memtable([{"balance": balance, "atp": atp}], schema=PAIR)
    return pair.select(answer=ip.cover(pair.balance, pair.atp)).to_pyarrow().to_pylist()[0]["answer"]


def test_the_cover_of_the_worked_example():
    facts = GOLDEN["F2"]
    assert cover(facts["ip_balance"], facts["atp_balance"]) == pytest.approx(
        GOLDEN["worked"]["F"]["cover"], abs=ROUNDING
    )


@pytest.mark.parametrize(("balance", "atp"), [(90, 300), (90, 0), (90, None), (None, -300)])
def test_without_an_atp_deficit_there_is_nothing_to_cover(balance: int | None, atp: int | None):
    assert cover(balance, atp) is None


def test_an_intellectual_property_deficit_covers_less_than_nothing():
    assert cover(-30, -300) == pytest.approx(-0.1, abs=ROUNDING)
