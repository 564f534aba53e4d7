"""Unit-value rank against market share: what is counted, drawn and said."""

import pyarrow as pa
import pytest

from techbalance.charts import ladder_points
from techbalance.charts.ladder import find_ladder
from techbalance.errors import NotCoveredError, SchemaError


def test_the_title_counts_products_that_can_be_compared_in_both_years(ladder_rows, credit):
    figure = ladder_points(ladder_rows, who="Vietnam", credit=credit)
    # Three have both places: one rose, with 30 of 45 billion.
    assert figure.title == (
        "Vietnam became dearer against other suppliers in 1 of 3 products, 67% of sales, from 2015 to 2025"
    )
    assert "1 rose and 1 fell" in figure.alt_text
    assert "$30.0bn, 69% of the market" in figure.alt_text


def test_a_product_without_a_place_is_not_drawn(ladder_rows):
    finding = find_ladder(ladder_rows.to_pylist())
    assert [row["product"] for row in finding.points] == [
        "8471300100",
        "8517620090",
        "8542310040",
        "8517130000",
    ]
    assert [row["product"] for row in finding.dearer] == ["8471300100"]
    assert [row["product"] for row in finding.cheaper] == ["8517620090"]


def test_where_nothing_was_compared_in_the_first_year_the_title_says_so(ladder_rows, credit):
    rows = [row for row in ladder_rows.to_pylist() if row["product"] == "8517130000"]
    figure = ladder_points(
        pa.Table.from_pylist(rows, schema=ladder_rows.schema), who="Vietnam", credit=credit
    )
    assert figure.title == "Vietnam: 1 product compared in 2025, none of them in 2015"


def test_nothing_to_draw_and_a_product_twice_are_refused(ladder_rows, credit):
    rows = [row for row in ladder_rows.to_pylist() if row["to_uv_position"] is None]
    with pytest.raises(NotCoveredError, match="nothing to draw"):
        ladder_points(pa.Table.from_pylist(rows, schema=ladder_rows.schema), who="Vietnam", credit=credit)
    with pytest.raises(SchemaError, match="twice"):
        ladder_points(pa.concat_tables([ladder_rows, ladder_rows]), who="Vietnam", credit=credit)
