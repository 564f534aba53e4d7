"""What must hold of concentration whatever the trade: many random keys go through one query at a time."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techbalance.indicators.concentration import (
    SupplierColumns,
    bloc_shares,
    share_without_largest,
    supplier_concentration,
)

# Shares and their squares carry the rounding of a few dozen doubles.
ROUNDING = 1e-12
COLUMNS = SupplierColumns(("key",), "usd")
PARTNERS = [f"{code:04d}" for code in range(1000, 1030)]
# Each example is a query over many keys, so few examples see many tables.
FEW = settings(max_examples=12, deadline=None)

sold_by = st.dictionaries(st.sampled_from(PARTNERS), st.integers(0, 10**12), min_size=1, max_size=12)
tables = st.lists(sold_by, min_size=1, max_size=25)


@cache
def engine() -> Any:
    return ibis.duckdb.connect()


def rows_of(table: ibis.Table) -> list[dict[str, Any]]:
    return engine().to_pyarrow(table).to_pylist()


def trade(suppliers: list[dict[str, int]], seed: int = 0) -> ibis.Table:
    rows = [(f"{n:03d}", code, usd) for n, sold in enumerate(suppliers) for code, usd in sold.items()]
    random.Random(seed).shuffle(rows)  # noqa: S311 - an order of rows, not a secret
    keys, partners, values = (list(column) for column in zip(*rows, strict=True))
    return ibis.memtable(pa.table({"key": keys, "partner": partners, "usd": pa.array(values, pa.int64())}))


def measured(suppliers: list[dict[str, int]], seed: int = 0) -> list[dict[str, Any]]:
    return rows_of(supplier_concentration(trade(suppliers, seed), COLUMNS))


@FEW
@given(tables)
def test_equal_to_exact_arithmetic(suppliers: list[dict[str, int]]) -> None:
    for sold, row in zip(suppliers, measured(suppliers), strict=True):
        total = sum(sold.values())
        if total == 0:
            assert (row["hhi"], row["note"]) == (None, "no_trade: every flow is zero")
            continue
        shares = sorted((Fraction(usd, total) for usd in sold.values()), reverse=True)
        exact = sum(share * share for share in shares)
        n = sum(1 for usd in sold.values() if usd > 0)
        assert row["usd"] == total
        assert row["suppliers"] == n
        assert row["hhi"] == pytest.approx(float(exact), abs=ROUNDING)
        assert row["top_share"] == pytest.approx(float(shares[0]), abs=ROUNDING)
        assert row["top3_share"] == pytest.approx(float(sum(shares[:3])), abs=ROUNDING)
        assert row["top_partner"] == min(code for code, usd in sold.items() if usd == max(sold.values()))
        assert row["effective_suppliers"] <= n + ROUNDING
        if n > 1:
            normalised = (exact - Fraction(1, n)) / (1 - Fraction(1, n))
            assert row["hhi_normalised"] == pytest.approx(float(normalised), abs=ROUNDING)


@FEW
@given(tables, st.integers(2, 1000), st.integers(0, 1000))
def test_labels_scale_and_order_of_rows_do_not_matter(
    suppliers: list[dict[str, int]], factor: int, seed: int
) -> None:
    shuffled = PARTNERS.copy()
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a relabelling, not a secret
    name = dict(zip(PARTNERS, shuffled, strict=True))
    other = [{name[code]: usd * factor for code, usd in sold.items()} for sold in suppliers]
    for one, two in zip(measured(suppliers), measured(other, seed), strict=True):
        for column in ("hhi", "hhi_normalised", "top_share", "top3_share"):
            assert one[column] == (None if two[column] is None else pytest.approx(two[column], abs=ROUNDING))
        assert one["suppliers"] == two["suppliers"]


@FEW
@given(st.lists(st.tuples(sold_by, st.integers(1, 10**12)), min_size=1, max_size=25))
def test_a_transfer_to_the_larger_raises_the_index(cases: list[tuple[dict[str, int], int]]) -> None:
    before, after = [], []
    for sold, moved in cases:
        ordered = sorted(sold, key=lambda code: (sold[code], code))
        smaller, larger = ordered[0], ordered[-1]
        if len(sold) < 2 or sold[smaller] == 0:
            continue
        part = min(moved, sold[smaller])
        before.append(sold)
        after.append({**sold, smaller: sold[smaller] - part, larger: sold[larger] + part})
    if not before:
        return
    for sold, one, two in zip(before, measured(before), measured(after), strict=True):
        total = sum(sold.values())
        # The rise is at least 2 part² / total² on paper; rounding can hide one that small.
        assert two["hhi"] >= one["hhi"] - ROUNDING
        assert two["usd"] == one["usd"] == total
        assert two["top_share"] >= one["top_share"]


def test_a_visible_transfer_strictly_raises_the_index() -> None:
    one, two = measured([{"1000": 40, "1010": 60}, {"1000": 39, "1010": 61}])
    assert two["hhi"] > one["hhi"]


@FEW
@given(tables)
def test_the_profile_falls_to_zero_and_completes_the_largest_shares(suppliers: list[dict[str, int]]) -> None:
    removed = (0, 1, 3, 12)
    profile = rows_of(share_without_largest(trade(suppliers), COLUMNS, removed=removed))
    for n, row in enumerate(measured(suppliers)):
        left = [one["remaining_share"] for one in profile[4 * n : 4 * n + 4]]
        if row["usd"] == 0:
            assert left == [None] * 4
            continue
        assert left == sorted(left, reverse=True)
        assert (left[0], left[3]) == (1, 0)
        assert left[1] + row["top_share"] == pytest.approx(1, abs=ROUNDING)
        assert left[2] + row["top3_share"] == pytest.approx(1, abs=ROUNDING)


@FEW
@given(tables, st.sets(st.sampled_from(PARTNERS)))
def test_blocs_add_to_the_whole(suppliers: list[dict[str, int]], friends: set[str]) -> None:
    shares = rows_of(bloc_shares(trade(suppliers), COLUMNS, {"friend": friends}))
    for n, sold in enumerate(suppliers):
        rows = [row for row in shares if row["key"] == f"{n:03d}"]
        assert sum(row["usd"] for row in rows) == sum(sold.values())
        if sum(sold.values()):
            assert sum(row["share"] for row in rows) == pytest.approx(1, abs=ROUNDING)
