"""Heat map, ranking, waterfall, products: parts add up, ties and gaps are kept, totals not mixed in."""

from itertools import pairwise

import pyarrow as pa
import pytest

from techbalance import charts
from techbalance.errors import NotCoveredError, SchemaError

BN = 10**9


def replaced(table, **columns):
    """Return the table with columns replaced by lists."""
    for name, listed in columns.items():
        position = table.column_names.index(name)
        table = table.set_column(
            position, table.schema.field(name), pa.array(listed, table.schema.field(name).type)
        )
    return table


def test_heat_map_cells_add_up_to_the_year(grid_rows, credit):
    figure = charts.group_partner_heat_map(grid_rows, year=2025, credit=credit, partners=2)
    year = [row for row in grid_rows.to_pylist() if row["year"] == 2025]
    assert sum(v for v in figure.table["value_usd"].to_pylist() if v) == sum(r["imports_usd"] for r in year)
    assert set(figure.table["partner_name"].to_pylist()) == {"Taiwan", "Mexico", "Others"}


def test_heat_map_title_states_the_largest_cell(grid_rows, credit):
    figure = charts.group_partner_heat_map(grid_rows, year=2025, credit=credit)
    assert figure.title == (
        "Information & Communications from Taiwan made 39% of technology imports in 2025: $145.0bn"
    )


def test_heat_map_tells_a_missing_pair_from_a_zero_and_a_small_value(grid_rows, credit):
    figure = charts.group_partner_heat_map(grid_rows, year=2025, credit=credit)
    cells = {
        (row["group"], row["partner"]): row["tenths"]
        for rows in figure.spec["datasets"].values()
        for row in rows
        if "tenths" in row
    }
    assert cells["01", "TWN"] == "–"
    assert cells["04", "1220"] == "0"
    assert cells["06", "IRL"] == "<0.1"
    assert cells["total", "total"] == "376.0"


def test_heat_map_leaves_given_totals_out(grid_rows, credit):
    whole = replaced(grid_rows.slice(0, 1), partner=["WORLD"], year=[2025], imports_usd=[999 * BN])
    with_total = pa.concat_tables([grid_rows, whole])
    assert charts.group_partner_heat_map(with_total, year=2025, credit=credit) == (
        charts.group_partner_heat_map(grid_rows, year=2025, credit=credit)
    )


def test_heat_map_of_a_year_or_flow_without_values_is_not_covered(grid_rows, credit):
    with pytest.raises(NotCoveredError, match=r"heat map chart.*imports_usd in 2007"):
        charts.group_partner_heat_map(grid_rows, year=2007, credit=credit)
    with pytest.raises(NotCoveredError, match="exports_usd is null in every row"):
        charts.group_partner_heat_map(grid_rows, year=2025, credit=credit, flow="exports")


def test_rank_title_names_the_new_leader_and_where_the_old_one_went(rank_rows, credit):
    figure = charts.ranked_bars(rank_rows, year=2025, by="partner", credit=credit)
    assert figure.title == (
        "Taiwan became the largest supplier in 2025, at $163.0bn; China fell from 1st to 4th"
    )


def test_rank_finds_who_passed_whom(rank_rows, credit):
    figure = charts.ranked_bars(rank_rows, year=2025, by="partner", credit=credit)
    passed = dict(zip(figure.table["partner"].to_pylist(), figure.table["passed"].to_pylist(), strict=True))
    assert passed == {
        "TWN": ["Mexico", "China"],
        "MEX": ["China"],
        "IRL": ["China"],
        "CHN": [],
        "DEU": [],
        "IND": [],
    }
    assert "Taiwan passed Mexico and China." in figure.alt_text


def test_rank_ties_share_a_number_and_keep_a_row_each(rank_rows, credit):
    figure = charts.ranked_bars(rank_rows, year=2025, by="partner", credit=credit)
    rows = [r for rows in figure.spec["datasets"].values() for r in rows if "rank_text" in r]
    assert [(row["place"], row["rank_text"]) for row in rows[3:5]] == [(4, "4="), (5, "4=")]


def test_rank_marks_what_is_new_and_what_came_from_below(rank_rows, credit):
    figure = charts.ranked_bars(rank_rows, year=2025, by="partner", credit=credit)
    rows = {r["name"]: r for rows in figure.spec["datasets"].values() for r in rows if "rank_text" in r}
    assert rows["Germany"]["origin"] is None
    assert rows["India"]["origin"] == 7
    starts = [
        r["text"] for rows in figure.spec["datasets"].values() for r in rows if set(r) == {"origin", "text"}
    ]
    assert starts == ["1", "2", "3", "4", "15"]


def test_rank_of_balances_speaks_of_deficits_and_draws_them_left_of_zero(rank_rows, credit):
    rows = replaced(
        rank_rows,
        measure=["balance_usd"] * 6,
        value_usd=[-163 * BN, -149 * BN, -104 * BN, -62 * BN, -62 * BN, 30 * BN],
        previous_rank=[1, 2, 3, 4, 4, 15],
    )
    figure = charts.ranked_bars(rows, year=2025, by="partner", credit=credit)
    assert figure.title == "Taiwan stayed the largest deficit partner in 2025, with a deficit of $163.0bn"
    assert "exports f.a.s." in figure.subtitle
    scales = [
        layer["encoding"]["x"].get("scale") for layer in figure.spec["layer"] if "x" in layer["encoding"]
    ]
    assert next(scale for scale in scales if scale)["domain"] == [-163.0, 30.0]


def test_rank_shared_first_place(rank_rows, credit):
    rows = replaced(rank_rows, rank=[1, 1, 3, 4, 4, 6], value_usd=[149 * BN, 149 * BN, *[BN] * 4])
    figure = charts.ranked_bars(rows, year=2025, by="partner", credit=credit)
    assert figure.title == "Mexico shared the first place in 2025, at $149.0bn"


def test_rank_without_a_year_before_says_only_who_leads(rank_rows, credit):
    figure = charts.ranked_bars(
        replaced(rank_rows, previous_rank=[None] * 6), year=2025, by="partner", credit=credit
    )
    assert figure.title == "Taiwan was the largest supplier in 2025, at $163.0bn"
    assert "bold" not in figure.subtitle


def test_rank_shows_the_top_and_counts_no_total(rank_rows, credit):
    whole = replaced(rank_rows.slice(0, 1), partner=["WORLD"])
    figure = charts.ranked_bars(
        pa.concat_tables([whole, rank_rows]), year=2025, by="partner", credit=credit, top=3
    )
    assert figure.table["partner"].to_pylist() == ["TWN", "MEX", "IRL"]


def test_rank_of_products_writes_code_and_sentence(rank_rows, credit):
    rows = rank_rows.rename_columns(["product", "product_name", *rank_rows.column_names[2:]])
    rows = replaced(
        rows,
        product=[f"847150015{i}" for i in range(6)],
        product_name=["SMARTPHONES", "UNITS EXCLUDE LCD", "C", "D", "E", "F"],
    )
    figure = charts.ranked_bars(rows, year=2025, by="product", credit=credit)
    names = [r["name"] for rows in figure.spec["datasets"].values() for r in rows if "rank_text" in r]
    assert names[:2] == ["8471.50.0150 Smartphones", "8471.50.0151 Units exclude LCD"]
    assert figure.title.startswith("Smartphones became the largest import in 2025")


def test_rank_without_ranks_is_not_covered(rank_rows, credit):
    with pytest.raises(NotCoveredError, match="rank chart"):
        charts.ranked_bars(replaced(rank_rows, rank=[None] * 6), year=2025, by="partner", credit=credit)
    with pytest.raises(NotCoveredError, match="no partner has a rank in 2025"):
        only_world = replaced(rank_rows.slice(0, 1), partner=["WORLD"])
        charts.ranked_bars(only_world, year=2025, by="partner", credit=credit)


def test_rank_with_a_partner_twice_is_refused(rank_rows, credit):
    with pytest.raises(SchemaError, match="one row per partner"):
        charts.ranked_bars(pa.concat_tables([rank_rows] * 2), year=2025, by="partner", credit=credit)


def change(rows, credit, **options):
    return charts.change_waterfall(rows, years=(2024, 2025), by="group", credit=credit, **options)


def test_change_steps_lead_from_total_to_total(change_rows, credit):
    figure = change(change_rows, credit)
    steps = figure.table.to_pylist()
    assert steps[0]["start_usd"] == 100 * BN
    assert [step["end_usd"] for step in steps] == [140 * BN, 140 * BN, 130 * BN]
    assert all(a["end_usd"] == b["start_usd"] for a, b in pairwise(steps))
    assert sum(step["contribution_ratio"] for step in steps) == pytest.approx(1)


def test_change_title_of_a_part_larger_than_the_whole(change_rows, credit):
    assert change(change_rows, credit).title == (
        "Information & Communications alone made $40.0bn, "
        "more than the whole $30.0bn rise in imports from 2024 to 2025"
    )


def test_change_title_of_a_part_within_the_whole(change_rows, credit):
    assert change(change_rows.slice(0, 2), credit).title == (
        "Information & Communications made 100% of the $40.0bn rise in imports from 2024 to 2025"
    )


def test_change_of_a_deficit_rises_when_the_balance_falls(change_rows, credit):
    rows = replaced(
        change_rows,
        from_usd=[-50 * BN, -30 * BN, -20 * BN],
        to_usd=[-70 * BN, -40 * BN, -20 * BN],
        change_usd=[-20 * BN, -10 * BN, 0],
    )
    figure = change(rows, credit, flow="balance")
    assert figure.title == (
        "Information & Communications made 67% of the $30.0bn rise in the deficit from 2024 to 2025"
    )
    assert "a change in the balance of −$30.0bn" in figure.alt_text


def test_change_given_total_leaves_a_residual_of_its_own(change_rows, credit):
    whole = replaced(
        change_rows.slice(0, 1), group=["all"], from_usd=[100 * BN], to_usd=[135 * BN], change_usd=[35 * BN]
    )
    steps = change(pa.concat_tables([change_rows, whole]), credit).table.to_pylist()
    assert (steps[-1]["key"], steps[-1]["change_usd"], steps[-1]["end_usd"]) == ("residual", 5 * BN, 135 * BN)


def test_change_of_many_parts_puts_the_small_ones_together(credit):
    keys = [f"P{i:02d}" for i in range(13)]
    rows = pa.table(
        {
            "partner": keys,
            "partner_name": keys,
            "from_usd": [0] * 13,
            "to_usd": [(13 - i) * BN for i in range(13)],
            "change_usd": [(13 - i) * BN for i in range(13)],
        }
    )
    figure = charts.change_waterfall(rows, years=(2024, 2025), by="partner", credit=credit)
    last = figure.table.to_pylist()[-1]
    assert (last["name"], last["change_usd"], last["end_usd"]) == ("3 others", 6 * BN, 91 * BN)


def test_change_without_any_change_has_no_shares(change_rows, credit):
    rows = replaced(change_rows, to_usd=[50 * BN, 30 * BN, 20 * BN], change_usd=[0, 0, 0])
    figure = change(rows, credit)
    assert figure.title == "Imports did not change from 2024 to 2025"
    assert figure.table["contribution_ratio"].null_count == 3


def test_change_names_parts_that_have_none(change_rows, credit):
    rows = replaced(change_rows, change_usd=[40 * BN, None, -10 * BN])
    assert "No change is given for Biotechnology." in change(rows, credit).alt_text


def test_change_all_null_is_not_covered(change_rows, credit):
    with pytest.raises(NotCoveredError, match="change chart"):
        change(replaced(change_rows, change_usd=[None] * 3), credit)


def test_products_parts_add_up_and_the_rest_is_others(product_rows, credit):
    figure = charts.product_suppliers(product_rows, year=2025, credit=credit)
    phones = [row for row in figure.table.to_pylist() if row["product"] == "8517130000"]
    assert [(row["partner_name"], row["value_usd"]) for row in phones] == [
        ("India", 25 * BN),
        ("China", 24 * BN),
        ("Others", 1 * BN),
    ]
    assert sum(row["share"] for row in phones) == pytest.approx(1)


def test_products_title_counts_them_and_names_the_first_supplier(product_rows, credit):
    figure = charts.product_suppliers(product_rows, year=2025, credit=credit, top=2)
    assert (
        figure.title
        == "Two products made 95% of technology imports in 2025; 53% of the largest came from Mexico"
    )
    one = charts.product_suppliers(product_rows, year=2025, credit=credit, top=1)
    assert one.title == "One product made 71% of technology imports in 2025; 53% of it came from Mexico"


def test_products_text_gives_each_with_its_code(product_rows, credit):
    said = charts.product_suppliers(product_rows, year=2025, credit=credit).alt_text
    assert "Digital processing units (8471.50.0150): $150.0bn, 53% from Mexico." in said


def test_products_of_another_year_are_not_covered(product_rows, credit):
    with pytest.raises(NotCoveredError, match=r"products chart.*in 2019"):
        charts.product_suppliers(product_rows, year=2019, credit=credit)
