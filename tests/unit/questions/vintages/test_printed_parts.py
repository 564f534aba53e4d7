"""Printed parts: which period they answer, what they add up to, and how they are held against products."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import techbalance
from techbalance import record
from techbalance.classifications.groups import GROUPS
from techbalance.errors import FlowNeededError, ParameterError

DAY = dt.date(2026, 10, 31)


def printed(partner: str, group: str, flow: str, value: int, **more: Any) -> dict[str, Any]:
    """A printed figure of 2024, in whole dollars."""
    row = {
        "series": "atp",
        "partner": partner,
        "group": group,
        "flow": flow,
        "seasonal": "nsa",
        "period": "2024",
        "year": 2024,
        "month": None,
        "freq": "year",
        "months": 12,
        "value_usd": value,
        "printed_unit_usd": 1,
        "print_kind": "current series",
        "confidence": "high",
        "vintage": DAY,
        "source_id": "census-hitech-own",
    }
    return row | more


def opened(home: Path, rows: list[dict[str, Any]]) -> techbalance.api.TechBalance:
    folder = home / "tables" / "headline"
    folder.mkdir(parents=True)
    schema = pq.read_schema(record.path("headline"))
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / "own.parquet")
    return techbalance.open(home)


@pytest.fixture(scope="module")
def imports(asked: Any) -> dict[str, int]:
    """Imports by group of 2024, from the record's products."""
    return {row["group"]: row["imports_usd"] for row in asked("balance", by="group", year=2024).rows()}


@pytest.fixture(scope="module")
def vintage(asked: Any) -> dt.date:
    return asked("balance", by="group", year=2024).rows()[0]["vintage"]


def of_groups(imports: dict[str, int], vintage: dt.date) -> list[dict[str, Any]]:
    """Both flows of every group: imports as the products have them, exports of a billion each."""
    return [
        printed("WORLD", group, flow, value, vintage=vintage)
        for group in GROUPS
        for flow, value in (("import", imports[group]), ("export", 10**9))
    ]


def test_print_answers_where_products_have_one_flow(
    tmp_path: Path, imports: dict[str, int], vintage: dt.date, tb: Any
):
    with pytest.raises(FlowNeededError):
        tb.rank(by="group", year=2024)
    own = opened(tmp_path, of_groups(imports, vintage))
    rows = {row["group"]: row for row in own.balance(by="group", year=2024).rows()}
    assert rows["04"]["balance_usd"] == 10**9 - imports["04"]
    assert own.rank(by="group", year=2024).rows()[0]["group"] == "04"
    # One flow that the products hold is read from them.
    answer = own.rank(by="group", year=2024, flow="import")
    assert [part.table for part in answer.lineage] == ["trade"]


def test_products_that_agree_leave_no_residual(tmp_path: Path, imports: dict[str, int], vintage: dt.date):
    answer = opened(tmp_path, of_groups(imports, vintage)).reconcile(by="group", year=2024, flow="import")
    rows = [row for row in answer.rows() if row["compared"] == "products against print"]
    assert {row["residual_usd"] for row in rows} == {0}
    assert len(rows) == len(GROUPS)
    (total,) = [row for row in answer.rows() if row["compared"] != "products against print"]
    assert total["rebuilt_usd"] == sum(imports.values())
    assert abs(total["residual_usd"]) <= 50_000
    assert answer.exit_code == 0


def test_a_dollar_between_products_and_print_fails(tmp_path: Path, imports: dict[str, int], vintage: dt.date):
    rows = of_groups(imports | {"05": imports["05"] + 1}, vintage)
    answer = opened(tmp_path, rows).reconcile(by="group", year=2024, flow="import")
    assert {row["group"]: row["residual_usd"] for row in answer.rows()}["05"] == -1
    assert answer.exit_code == 1


def test_print_of_another_state_of_knowledge_is_told_and_does_not_fail(
    tmp_path: Path, imports: dict[str, int], vintage: dt.date
):
    early = vintage - dt.timedelta(days=200)
    rows = of_groups(imports | {"05": imports["05"] + 10**6}, early)
    answer = opened(tmp_path, rows).reconcile(by="group", year=2024, flow="import")
    (row,) = [row for row in answer.rows() if row["group"] == "05"]
    assert "may be revision" in row["note"]
    assert answer.exit_code == 0


def test_groups_by_partner_add_up_to_a_named_area_only_where_every_member_is_held(tmp_path: Path):
    rows = [
        printed(partner, "04", flow, value)
        for partner, value in (("1220", 7), ("2010", 5))
        for flow in ("export", "import")
    ]
    tb = opened(tmp_path, rows)
    (whole,) = tb.balance(partner="CAN,MEX", group="04", year=2024).rows()
    assert (whole["exports_usd"], whole["balance_usd"]) == (12, 0)
    (part,) = tb.balance(partner="CAN,MEX,DEU", group="04", year=2024).rows()
    assert part["exports_usd"] is None
    by_partner = {row["partner"]: row for row in tb.balance(by="partner", group="04", year=2024).rows()}
    assert by_partner["MEX"]["exports_usd"] == 5


def test_some_partners_are_no_whole(tmp_path: Path):
    rows = [printed("5700", "all", flow, 10) for flow in ("export", "import")]
    answer = opened(tmp_path, rows).reconcile(by="partner", year=2024, flow="export")
    (total,) = [row for row in answer.rows() if row["compared"] != "products against print"]
    assert total["note"].startswith("1 partners are itemised")
    assert answer.exit_code == 0


def test_months_answer_as_months(tmp_path: Path):
    rows = [
        printed("WORLD", "04", flow, value, period="2024-03", month=3, freq="month", months=1)
        for flow, value in (("export", 3), ("import", 8))
    ]
    tb = opened(tmp_path, rows)
    found = {row["month"]: row for row in tb.balance(by="month", group="04", year=2024).rows()}
    assert found["2024-03"]["balance_usd"] == -5
    assert found["2024-04"]["balance_usd"] is None
    (year,) = tb.balance(group="04", year=2024).rows()
    assert year["balance_usd"] is None


def test_nothing_in_print_says_so(asked: Any):
    answer = asked("reconcile", by="group,partner", year=2024)
    assert answer.rows()[0]["note"].startswith("not_covered")
    assert answer.exit_code == 5


def test_another_series_is_not_printed_in_parts(tb: Any):
    with pytest.raises(ParameterError):
        tb.reconcile(by="group", series="goods_census")
