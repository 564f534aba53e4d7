"""Concentration: the reasons for null, ties, units, blocs and refusals."""

from __future__ import annotations

from functools import cache
from typing import Any

import ibis
import pyarrow as pa
import pytest

from techbalance.errors import ParameterError, SchemaError
from techbalance.indicators.concentration import (
    SupplierColumns,
    bloc_shares,
    share_without_largest,
    supplier_concentration,
    with_bloc,
)

# Sums of a few doubles differ by less.
ROUNDING = 1e-12
COLUMNS = SupplierColumns(("product",), "usd")
MEASURES = ("hhi", "hhi_normalised", "effective_suppliers", "top_partner", "top_share", "top3_share")


def trade(rows: list[tuple[str, str | None, float | None]], **types: pa.DataType) -> ibis.Table:
    products, partners, values = (list(column) for column in zip(*rows, strict=True))
    return ibis.memtable(
        pa.table(
            {
                "product": pa.array(products, pa.string()),
                "partner": pa.array(partners, pa.string()),
                "usd": pa.array(values, types.get("usd", pa.int64())),
            }
        )
    )


@cache
def engine() -> Any:
    return ibis.duckdb.connect()


def rows_of(table: ibis.Table) -> list[dict[str, Any]]:
    return engine().to_pyarrow(table).to_pylist()


def test_one_row_per_key_in_the_order_of_the_keys() -> None:
    sold = trade([("q", "A", 1), ("p", "A", 60), ("p", "B", 40), ("q", "C", 3), ("p", "B", 0)])
    answer = rows_of(supplier_concentration(sold, COLUMNS))
    assert [(row["product"], row["usd"], row["suppliers"]) for row in answer] == [("p", 100, 2), ("q", 4, 2)]
    assert answer[0]["hhi"] == pytest.approx(0.52, abs=ROUNDING)
    assert answer[1]["top_share"] == 0.75
    assert all(row["note"] is None for row in answer)


def test_money_stays_int64() -> None:
    schema = engine().to_pyarrow(supplier_concentration(trade([("p", "A", 1)]), COLUMNS)).schema
    assert schema.field("usd").type == pa.int64()
    assert schema.field("hhi").type == pa.float64()


def test_rows_of_one_supplier_are_added() -> None:
    split = trade([("p", "A", 30), ("p", "A", 30), ("p", "B", 40)])
    whole = trade([("p", "A", 60), ("p", "B", 40)])
    assert rows_of(supplier_concentration(split, COLUMNS)) == rows_of(supplier_concentration(whole, COLUMNS))


def test_equal_suppliers_are_named_by_the_smaller_code() -> None:
    (row,) = rows_of(supplier_concentration(trade([("p", "5700", 5), ("p", "1220", 5)]), COLUMNS))
    assert (row["top_partner"], row["top_share"]) == ("1220", 0.5)
    assert row["hhi_normalised"] == 0


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("p", "A", 5), ("p", "WORLD", 5)], "total_among_partners"),
        ([("p", "A", 5), ("p", None, 5)], "missing_partner"),
        ([("p", "A", 5), ("p", "B", -1)], "negative_value"),
        ([("p", "A", 5), ("p", "B", None)], "missing_value"),
    ],
)
def test_what_cannot_be_shared_out_is_null_with_its_reason(
    rows: list[tuple[str, str | None, float | None]], reason: str
) -> None:
    sound = ("q", "A", 5)
    bad, good = rows_of(supplier_concentration(trade([*rows, sound]), COLUMNS))
    assert bad["note"].startswith(f"{reason}: ")
    assert [bad[name] for name in (*MEASURES, "usd", "suppliers", "is_single_point")] == [None] * 9
    assert good["hhi"] == 1
    profile = rows_of(share_without_largest(trade(rows), COLUMNS, removed=(1,)))
    assert profile[0]["remaining_share"] is None
    assert profile[0]["note"].startswith(reason)


def test_zero_flows_are_no_trade_and_not_zero_concentration() -> None:
    (row,) = rows_of(supplier_concentration(trade([("p", "A", 0), ("p", "B", 0)]), COLUMNS))
    assert [row[name] for name in MEASURES] == [None] * 6
    assert (row["usd"], row["suppliers"], row["note"]) == (0, 0, "no_trade: every flow is zero")


def test_a_table_without_rows_says_that_there_is_no_row() -> None:
    nothing = trade([("p", "A", 1)]).filter(ibis._.product == "none")
    (row,) = rows_of(supplier_concentration(nothing, SupplierColumns((), "usd")))
    assert (row["usd"], row["note"]) == (None, "no_trade: no row of trade")
    assert rows_of(supplier_concentration(nothing, COLUMNS)) == []


def test_one_supplier_has_no_normalised_index() -> None:
    (row,) = rows_of(supplier_concentration(trade([("p", "A", 7), ("p", "B", 0)]), COLUMNS))
    assert (row["suppliers"], row["hhi"], row["hhi_normalised"]) == (1, 1.0, None)
    assert row["note"].startswith("one_observation")
    assert row["is_single_point"] is True


def test_the_number_of_suppliers_is_declared() -> None:
    sold = trade([("p", "A", 7), ("q", "B", 1), ("q", "C", 1)])
    observed = rows_of(supplier_concentration(sold, COLUMNS))
    counted = rows_of(supplier_concentration(sold, COLUMNS, counted="all"))
    assert [row["suppliers_counted"] for row in counted] == ["all", "all"]
    assert [row["suppliers"] for row in counted] == [row["suppliers"] for row in observed] == [1, 2]
    assert [row["hhi_normalised"] for row in observed] == [None, 0.0]
    # Of three possible suppliers: (1 - 1/3) / (1 - 1/3), and (1/2 - 1/3) / (1 - 1/3).
    assert [row["hhi_normalised"] for row in counted] == pytest.approx([1.0, 0.25], abs=ROUNDING)


def test_a_single_point_of_failure_is_a_declared_share() -> None:
    sold = trade([("p", "A", 95), ("p", "B", 5)])
    strict = rows_of(supplier_concentration(sold, COLUMNS))
    declared = rows_of(supplier_concentration(sold, COLUMNS, single_point_share=0.95))
    assert (strict[0]["is_single_point"], declared[0]["is_single_point"]) == (False, True)
    with pytest.raises(ParameterError, match="above 0 and at most 1"):
        supplier_concentration(sold, COLUMNS, single_point_share=0)


def test_quantities_need_one_unit() -> None:
    table = ibis.memtable(
        pa.table(
            {
                "product": ["p", "p", "q", "q"],
                "partner": ["A", "B", "A", "B"],
                "quantity": [1.5, 0.5, 1.0, 1.0],
                "unit": ["NO", "NO", "NO", "KG"],
            }
        )
    )
    columns = SupplierColumns(("product",), "quantity", unit="unit")
    same, mixed = rows_of(supplier_concentration(table, columns))
    assert (same["quantity"], same["top_share"]) == (2.0, 0.75)
    assert mixed["note"].startswith("unit_differs")


def test_not_a_number_is_a_missing_value() -> None:
    (row,) = rows_of(
        supplier_concentration(trade([("p", "A", 1.0), ("p", "B", float("nan"))], usd=pa.float64()), COLUMNS)
    )
    assert row["note"].startswith("missing_value")


def test_an_area_beside_its_members_is_refused_when_it_is_named() -> None:
    columns = SupplierColumns(("product",), "usd", totals=frozenset({"WORLD", "EU27"}))
    (row,) = rows_of(supplier_concentration(trade([("p", "4280", 1), ("p", "EU27", 3)]), columns))
    assert row["note"].startswith("total_among_partners")


def test_profile_is_zero_when_all_are_removed() -> None:
    sold = trade([("p", "A", 1), ("p", "B", 1), ("p", "C", 1)])
    profile = rows_of(share_without_largest(sold, COLUMNS, removed=(0, 2, 3, 9)))
    assert [(row["removed"], row["remaining_share"]) for row in profile] == [
        (0, 1.0),
        (2, pytest.approx(1 / 3)),
        (3, 0.0),
        (9, 0.0),
    ]
    for wrong in ((), (-1,)):
        with pytest.raises(ParameterError, match="number of suppliers to remove"):
            share_without_largest(sold, COLUMNS, removed=wrong)


def test_blocs_add_up_and_keep_the_rest() -> None:
    sold = trade([("p", "A", 60), ("p", "B", 30), ("p", "X", 10), ("q", "X", 0)])
    shares = rows_of(bloc_shares(sold, COLUMNS, {"friend": ["A", "B"], "empty": []}))
    assert [(row["product"], row["bloc"], row["usd"], row["share"]) for row in shares] == [
        ("p", "friend", 90, 0.9),
        ("p", "other", 10, 0.1),
        ("q", "other", 0, None),
    ]
    assert shares[0]["suppliers"] == 2
    assert shares[2]["note"].startswith("no_trade")


def test_a_total_spoils_every_bloc_of_its_key() -> None:
    shares = rows_of(bloc_shares(trade([("p", "A", 60), ("p", "WORLD", 60)]), COLUMNS, {"friend": ["A"]}))
    assert [row["share"] for row in shares] == [None, None]
    assert {row["note"].split(":")[0] for row in shares} == {"total_among_partners"}


def test_concentration_by_bloc() -> None:
    sold = with_bloc(trade([("p", "A", 60), ("p", "B", 20), ("p", "X", 20)]), {"friend": ["A", "B"]})
    (row,) = rows_of(supplier_concentration(sold, SupplierColumns(("product",), "usd", partner="bloc")))
    assert (row["top_partner"], row["top_share"]) == ("friend", 0.8)


def test_a_partner_in_two_blocs_is_refused() -> None:
    sold = trade([("p", "A", 1)])
    with pytest.raises(ParameterError, match=r"'A' is in two blocs \(friend and foe\)"):
        with_bloc(sold, {"friend": ["A"], "foe": ["A"]})
    with pytest.raises(ParameterError, match="may not be called 'other'"):
        with_bloc(sold, {"other": ["A"]})


def test_columns_are_checked_with_a_hint() -> None:
    sold = trade([("p", "A", 1)])
    with pytest.raises(SchemaError, match=r"unknown column 'prodct' .*Did you mean 'product'"):
        supplier_concentration(sold, SupplierColumns(("prodct",), "usd"))
    with pytest.raises(SchemaError, match="holds string, not numbers"):
        supplier_concentration(sold.mutate(name=ibis.literal("x")), SupplierColumns(("product",), "name"))
    with pytest.raises(SchemaError, match="unknown column 'country'"):
        with_bloc(sold, {}, partner="country")
    with pytest.raises(ParameterError, match="key 'note' is a column of the answer"):
        SupplierColumns(("note",), "usd")
