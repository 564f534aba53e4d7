"""Zeros, gaps and defects in trade: every measure is null with its reason, or a refusal."""

import ibis
import pyarrow as pa
import pytest

from techbalance.errors import ParameterError, SchemaError
from techbalance.indicators.value_chain.advantage import country_sophistication, revealed_advantage
from techbalance.indicators.value_chain.intra_industry import intra_industry_trade, two_way_trade
from techbalance.indicators.value_chain.similarity import export_similarity
from techbalance.indicators.value_chain.unit_values import income_slope, standing, unit_values


def trade(*rows):
    names = ("year", "country", "product", "value_usd")
    return ibis.memtable(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows]))


def market(*rows):
    names = ("product", "partner", "value_usd", "quantity", "unit")
    listed = [{"year": 1, **dict(zip(names, row, strict=True))} for row in rows]
    schema = pa.schema(
        [
            ("year", pa.int64()),
            ("product", pa.string()),
            ("partner", pa.string()),
            ("value_usd", pa.int64()),
            ("quantity", pa.float64()),
            ("unit", pa.string()),
        ]
    )
    return ibis.memtable(pa.Table.from_pylist(listed, schema=schema))


def fetched(table, *keys):
    return table.order_by(*keys).to_pyarrow().to_pylist()


def test_a_zero_has_no_advantage_and_a_silent_country_none_at_all():
    rows = fetched(
        revealed_advantage(trade((1, "A", "p", 4), (1, "A", "q", 0), (1, "B", "q", 4), (1, "C", "p", 0))),
        "country",
        "product",
    )
    assert (rows[1]["rca"], rows[1]["rsca"]) == (0.0, -1.0)
    assert rows[3]["rca"] is None
    assert rows[3]["note"] == "no_trade: the country exports nothing"


def test_a_negative_or_unknown_flow_spoils_its_year_only():
    found = revealed_advantage(
        trade((1, "A", "p", -4), (1, "B", "p", 4), (2, "A", "p", 4), (3, "A", "p", None), (3, "B", "p", 1))
    )
    notes = {row["year"]: row["note"] for row in fetched(found, "year", "country")}
    assert notes[1].startswith("negative_value")
    assert notes[2] is None
    assert notes[3].startswith("missing_value")


def test_income_content_is_taken_over_what_has_one():
    income = ibis.memtable(pa.table({"year": [1], "country": ["A"], "income": [100]}))
    rows = fetched(
        country_sophistication(
            trade((1, "A", "p", 1), (1, "B", "p", 1), (1, "B", "q", 3), (1, "C", "q", 1)), income
        ),
        "country",
    )
    assert [row["expy"] for row in rows] == [100.0, 100.0, None]
    assert [row["covered_share"] for row in rows] == [1.0, 0.25, None]
    assert rows[2]["note"].startswith("not_covered")


def test_baskets_without_a_common_product_have_a_similarity_of_zero():
    (row,) = fetched(
        export_similarity(trade((1, "A", "p", 1), (1, "B", "q", 1)), of=["A"], against=["B"]), "year"
    )
    assert (row["similarity"], row["shared_products"], row["products"]) == (0.0, 0, 2)


def test_columns_that_are_missing_and_levels_that_are_none_are_refused():
    with pytest.raises(SchemaError, match="value_us"):
        revealed_advantage(
            ibis.memtable(pa.table({"year": [1], "country": ["A"], "product": ["p"], "value": [1]}))
        )
    with pytest.raises(SchemaError, match="not numbers"):
        revealed_advantage(trade((1, "A", "p", "much")))
    with pytest.raises(ParameterError, match="world"):
        revealed_advantage(trade((1, "A", "p", 1)), world="half")
    with pytest.raises(ParameterError, match="both sides"):
        export_similarity(trade((1, "A", "p", 1)), of=[], against=["B"])


def flows(*rows):
    names = ("exports_usd", "imports_usd", "export_quantity", "import_quantity", "is_same_unit")
    listed = [
        {"year": 1, "partner": "P", "product": f"p{place}", **dict(zip(names, row, strict=True))}
        for place, row in enumerate(rows)
    ]
    return ibis.memtable(pa.Table.from_pylist(listed))


def test_two_way_trade_says_why_a_ratio_or_a_share_is_missing():
    rows = fetched(
        two_way_trade(
            flows(
                (0, 0, 1.0, 1.0, True),
                (None, 5, 1.0, 1.0, True),
                (4, 4, 1.0, 1.0, False),
                (9, 9, 1.0, None, True),
            )
        ),
        "product",
    )
    assert [row["note"].partition(":")[0] for row in rows] == [
        "no_trade",
        "missing_value",
        "unit_differs",
        "no_quantity",
    ]
    assert [row["gl"] for row in rows] == [None, None, 1.0, 1.0]
    assert [row["trade_type"] for row in rows] == [None, None, "n/a", "n/a"]
    (whole,) = fetched(intra_industry_trade(two_way_trade(flows((0, 0, 1.0, 1.0, True)))), "year")
    assert (whole["gl"], whole["left_out"]) == (None, 1)
    assert whole["note"].startswith("no_trade")


@pytest.mark.parametrize(
    "given", [{"spread": 0}, {"spread": 1.0, "bounds": "one-minus"}, {"least_overlap": 1.0}]
)
def test_bounds_that_bound_nothing_are_refused(given):
    with pytest.raises(ParameterError):
        two_way_trade(flows((1, 1, 1.0, 1.0, True)), **given)


def test_the_lower_bound_of_one_minus_is_lower():
    # A ratio of 0.86 is above 1 - 0.15 and below 1 / 1.15.
    one = flows((86, 100, 1.0, 1.0, True))
    kinds = [
        fetched(two_way_trade(one, bounds=bounds), "year")[0]["trade_type"]
        for bounds in ("reciprocal", "one-minus")
    ]
    assert kinds == ["vertical-low", "horizontal"]


def test_suppliers_are_compared_in_the_unit_with_most_value():
    rows = fetched(
        unit_values(market(("p", "A", 10, 1.0, "kg"), ("p", "B", 30, 2.0, "no"), ("p", "C", 5, 1.0, "no"))),
        "partner",
    )
    assert rows[0]["note"].startswith("unit_differs")
    assert rows[0]["unit_value"] is None
    assert [row["uv_rank"] for row in rows] == [None, 1, 2]
    assert sum(row["market_share"] for row in rows) == 1


def test_equal_unit_values_share_a_rank_and_the_middle():
    rows = fetched(
        unit_values(market(("p", "A", 4, 1.0, "no"), ("p", "B", 4, 1.0, "no"), ("p", "C", 8, 1.0, "no"))),
        "partner",
    )
    assert [row["uv_rank"] for row in rows] == [2, 2, 1]
    assert [row["uv_position"] for row in rows] == [0.25, 0.25, 1.0]


def test_sums_over_products_say_why_nothing_was_compared():
    alone = standing(unit_values(market(("p", "A", 4, 1.0, "no"))), by=("year", "partner"))
    without = standing(unit_values(market(("p", "A", 4, None, "no"))), by=("year", "partner"))
    assert fetched(alone, "year")[0]["note"].startswith("one_observation")
    assert fetched(without, "year")[0]["note"].startswith("no_quantity")
    assert fetched(without, "year")[0]["relative_unit_value"] is None


def test_a_slope_needs_suppliers_that_differ_in_income():
    found = unit_values(market(("p", "A", 4, 1.0, "no"), ("p", "B", 8, 1.0, "no")))
    for incomes, reason in (([5, 5], "degenerate"), ([5, 0], "no_trade")):
        rich = ibis.memtable(pa.table({"year": [1, 1], "partner": ["A", "B"], "income": incomes}))
        (row,) = fetched(income_slope(found, rich), "year")
        assert row["slope"] is None
        assert row["note"].startswith(reason)
