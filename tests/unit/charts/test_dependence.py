"""What the charts of dependence say is what their rows say."""

import pyarrow as pa
import pytest

from techbalance import charts
from techbalance.errors import NotCoveredError, SchemaError

BN = 10**9


def test_points_count_and_add_up_what_lies_above_the_line(concentration_rows, credit):
    figure = charts.concentration_points(concentration_rows, year=2025, credit=credit)
    assert figure.title == "3 of 5 products hang on few suppliers: $218.0bn, 81% of imports in 2025"
    rows = figure.table.to_pylist()
    assert [row["label"] for row in rows] == [1, 2, None, 3, None]
    assert "1: Proc unt in hous w/ either stor" in figure.alt_text
    assert "$58.0bn, 97% from Ireland. 3: Engines, $40.0m, 84% from Ireland." in figure.alt_text


def test_another_threshold_moves_the_count(concentration_rows, credit):
    figure = charts.concentration_points(concentration_rows, year=2025, credit=credit, threshold=0.9)
    assert figure.title.startswith("1 of 5 products")


def test_points_that_stand_close_together_are_not_both_labelled(concentration_rows, credit):
    rows = concentration_rows.to_pylist()
    twin = next(row for row in rows if row["product"] == "2937190000" and row["year"] == 2025)
    twins = pa.Table.from_pylist([*rows, {**twin, "product": "2937190001", "imports_usd": 57 * BN}])
    figure = charts.concentration_points(twins, year=2025, credit=credit)
    labelled = [row["product"] for row in figure.table.to_pylist() if row["label"]]
    assert "2937190001" not in labelled


def test_a_strip_counts_every_item_and_orders_the_largest_by_how_often_they_are_met(
    concentration_rows, credit
):
    figure = charts.persistence_strip(concentration_rows, key="product", credit=credit, top=3)
    assert figure.title == "3 of 6 products hang on few suppliers in every year, 2024–2025"
    rows = figure.table.to_pylist()
    assert [(row["key"], row["year"], row["state"]) for row in rows] == [
        ("8471500150", 2024, "met"),
        ("8471500150", 2025, "met"),
        ("2937190000", 2024, "met"),
        ("2937190000", 2025, "met"),
        ("8517130000", 2024, "met"),
        ("8517130000", 2025, "not met"),
    ]


def test_a_year_in_which_nothing_could_be_judged_is_neither_met_nor_not(concentration_rows, credit):
    rows = [
        {**row, "criteria_met": "0 of 0 judged" if row["year"] == 2024 else row["criteria_met"]}
        for row in concentration_rows.to_pylist()
    ]
    figure = charts.persistence_strip(pa.Table.from_pylist(rows), key="product", credit=credit)
    states = {row["state"] for row in figure.table.to_pylist() if row["year"] == 2024}
    assert states == {"not held"}


def test_the_way_from_loss_to_shortfall_adds_up(stress_rows, credit):
    figure = charts.stress_waterfall(stress_rows, who="China", credit=credit)
    assert figure.title == (
        "Without China $62.0bn of imports are lost, and $11.0bn to $42.0bn cannot be made good"
    )
    amounts = {row["step"]: row["amount_usd"] for row in figure.table.to_pylist()}
    assert amounts["Lost"] + amounts["Made good"] == amounts["Short at most"]
    assert amounts["Short at most"] + amounts["Perhaps made good"] == amounts["Short at least"]
    assert "odelled" in figure.subtitle


def test_nothing_lost_is_nothing_to_draw(stress_rows, credit):
    rows = [{**row, "loss_usd": 0} for row in stress_rows.to_pylist()]
    with pytest.raises(NotCoveredError, match="nothing is lost"):
        charts.stress_waterfall(pa.Table.from_pylist(rows), who="Tuvalu", credit=credit)


def test_two_shocks_are_not_drawn_over_each_other(stress_rows, credit):
    rows = stress_rows.to_pylist()
    with pytest.raises(SchemaError, match="one row per level"):
        charts.stress_waterfall(pa.Table.from_pylist([*rows, rows[0]]), who="China", credit=credit)
