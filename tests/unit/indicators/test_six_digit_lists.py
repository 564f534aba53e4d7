"""Six-digit headings of a ten-digit list: the worked example, what is unknown, and the order of the bands."""

from typing import Any

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from techbalance.indicators.six_digit_lists import balances, banded, weights


def rows_of(expression: ibis.Table) -> list[dict[str, Any]]:
    return list(ibis.duckdb.connect().to_pyarrow(expression).to_pylist())


def us(*cells: tuple[str, int, str, int, bool]) -> ibis.Table:
    names = ("flow", "year", "product", "value_usd", "listed")
    return ibis.memtable(pa.table({name: [cell[at] for cell in cells] for at, name in enumerate(names)}))


def reporter(*cells: tuple[str, str, int]) -> ibis.Table:
    names = ("flow", "heading", "value_usd")
    table = pa.table({name: [cell[at] for cell in cells] for at, name in enumerate(names)})
    return ibis.memtable(table.append_column("year", pa.array([2022] * len(cells))))


def test_the_worked_example():
    # METHODS H3: 30 of 40 are on the list: majority and any, not strict.
    trade = us(("import", 2022, "8542310001", 30, True), ("import", 2022, "8542310002", 10, False))
    (weight,) = rows_of(weights(trade, 2022))
    assert (weight["weight"], weight["years"]) == (0.75, 1)
    (bands,) = rows_of(banded(reporter(("import", "854231", 100)), weights(trade, 2022), ("year",)))
    assert (bands["strict_usd"], bands["majority_usd"], bands["weighted_usd"]) == (0, 100, 75)
    assert (bands["any_usd"], bands["headings"]) == (100, 1)


def test_the_mean_is_of_three_years_and_each_counts_the_same():
    trade = us(
        ("import", 2019, "8542310001", 10**9, True),
        ("import", 2020, "8542310001", 10, True),
        ("import", 2021, "8542310002", 1_000, False),
        ("import", 2022, "8542310001", 1, True),
        ("import", 2022, "8542310002", 1, False),
    )
    (row,) = rows_of(weights(trade, 2022))
    assert (row["weight"], row["years"]) == (0.5, 3)


def test_flows_have_their_own_weights():
    trade = us(("import", 2022, "8542310001", 5, True), ("export", 2022, "8542310001", 5, False))
    assert {row["flow"]: row["weight"] for row in rows_of(weights(trade, 2022))} == {"import": 1, "export": 0}


def test_a_heading_without_trade_is_unknown_and_in_no_band():
    trade = us(("import", 2022, "8542310001", 5, True), ("import", 2022, "9999990001", 0, True))
    weighed = weights(trade, 2022)
    (row,) = rows_of(banded(reporter(("import", "999999", 7), ("import", "854231", 1)), weighed, ("year",)))
    assert (row["unknown_usd"], row["any_usd"]) == (7, 1)


def test_balances_need_both_flows():
    trade = us(("import", 2022, "8542310001", 5, True), ("export", 2022, "8542310001", 5, True))
    both = banded(reporter(("import", "854231", 9), ("export", "854231", 4)), weights(trade, 2022), ("year",))
    assert {row["band"]: row["balance_usd"] for row in rows_of(balances(both, ("year",)))} == dict.fromkeys(
        ("strict", "majority", "weighted", "any"), -5
    )
    one = banded(reporter(("import", "854231", 9)), weights(trade, 2022), ("year",))
    assert rows_of(balances(one, ("year",)))[0]["balance_usd"] is None


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, 9),
            st.integers(0, 10**12),
            st.booleans(),
            st.integers(0, 10**12),
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda cell: (cell[0], cell[1]),
    )
)
def test_bands_contain_each_other(cells: list[tuple[int, int, int, bool, int]]):
    trade = us(*[("import", 2022, f"85423{h}000{p}", value, listed) for h, p, value, listed, _ in cells])
    mine = reporter(*{h: ("import", f"85423{h}", value) for h, *_, value in cells}.values())
    (row,) = rows_of(banded(mine, weights(trade, 2022), ("year",)))
    assert 0 <= row["strict_usd"] <= row["majority_usd"] <= row["any_usd"]
    assert row["strict_usd"] - 1 <= row["weighted_usd"] <= row["any_usd"] + 1
    assert row["any_usd"] + row["unknown_usd"] <= sum({h: value for h, *_, value in cells}.values())


def test_order_of_rows_changes_nothing():
    cells = [("import", 2022, "8542310001", 3, True), ("import", 2022, "8542310002", 1, False)]
    assert rows_of(weights(us(*cells), 2022)) == rows_of(weights(us(*cells[::-1]), 2022))
