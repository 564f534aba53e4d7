"""Reconciliation: what is missing is null, what is wrong fails."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import techbalance
from techbalance import record


def test_a_flow_or_year_without_products_shows_the_published_total_alone(asked: Any):
    answer = asked("reconcile", year="2023:2024")
    rows = {(row["flow"], row["year"]): row for row in answer.rows()}
    assert set(rows) == {(flow, year) for flow in ("export", "import") for year in (2023, 2024)}
    for place in (("export", 2023), ("export", 2024), ("import", 2023)):
        assert rows[place]["published_usd"] > 0
        assert rows[place]["rebuilt_usd"] is rows[place]["residual_usd"] is None
        assert rows[place]["note"].startswith("not_covered: no ten-digit trade")
    assert rows["import", 2024]["note"] is None
    assert answer.exit_code == 0


def test_a_year_of_neither_says_so(asked: Any):
    answer = asked("reconcile", year=1900, flow="import")
    (row,) = answer.rows()
    assert row["rebuilt_usd"] is row["published_usd"] is None
    assert answer.exit_code == 5


def test_only_totals_known_on_the_day_are_met(asked: Any):
    (row,) = asked("reconcile", year=2024, flow="import", as_of="2025-04").rows()
    assert row["rebuilt_usd"] is None


def with_trade(home: Path, change: Any) -> techbalance.api.TechBalance:
    """A store whose own rows stand in the place of the record's largest product row of 2024."""
    trade = pq.read_table(record.path("trade"))
    rows = [row for row in trade.to_pylist() if row["year"] == 2024 and row["match"] == "nearest-list"]
    largest = max(rows, key=lambda row: row["general_usd"])
    folder = home / "tables" / "trade"
    folder.mkdir(parents=True)
    own = pa.Table.from_pylist([largest | change(largest)], schema=trade.schema)
    pq.write_table(own, folder / "own.parquet")
    return techbalance.open(home)


def test_a_residual_beyond_printed_rounding_fails(tmp_path: Path):
    tb = with_trade(tmp_path, lambda row: {"general_usd": row["general_usd"] + 100_000})
    answer = tb.reconcile(flow="import", year=2024)
    assert answer.rows()[0]["residual_usd"] == 38_911 + 100_000
    assert answer.exit_code == 1


def test_a_row_that_is_not_on_the_list_counts_as_not_atp(tmp_path: Path, asked: Any):
    tb = with_trade(tmp_path, lambda row: {"group": "00"})
    (moved,) = tb.reconcile(flow="import", year=2024).rows()
    (before,) = asked("reconcile", flow="import", year=2024).rows()
    out = before["nearest_usd"] - moved["nearest_usd"]
    assert out > 10**9
    assert moved["not_atp_usd"] - before["not_atp_usd"] == out
    assert before["rebuilt_usd"] - moved["rebuilt_usd"] == out
    (group,) = tb.balance(year=2024, group="04").rows()
    (whole,) = asked("balance", year=2024, group="04").rows()
    assert whole["imports_usd"] - group["imports_usd"] == out
