"""Annual and monthly balance and the ratio: what is found, drawn hollow, broken off, said and refused."""

import pyarrow as pa
import pytest

from techbalance import charts
from techbalance.errors import NotCoveredError, SchemaError

BN = 10**9


def values(figure, field):
    """Return the values of a field over all records of a specification."""
    return [row[field] for rows in figure.spec["datasets"].values() for row in rows if field in row]


def test_annual_title_states_the_latest_full_year_and_its_record(annual_rows, credit):
    figure = charts.annual_balance(annual_rows, credit=credit)
    assert (
        figure.title
        == "The deficit in advanced technology products reached $61.9bn in 2007, the largest since 1995"
    )
    assert "hollow: 2008 (7 months), not a full year" in figure.subtitle
    assert "vintages August 2024 to October 2026" in figure.subtitle


def test_annual_text_names_the_turn_the_extremes_the_part_year_and_the_gap(annual_rows, credit):
    said = charts.annual_balance(annual_rows, credit=credit).alt_text
    for sentence in (
        "The balance went from a surplus of $13.7bn in 1995 to a deficit of $61.9bn in 2007.",
        "The largest surplus was $32.2bn in 1997.",
        "The balance last changed its sign in 2002, to a deficit of $16.6bn.",
        "The largest deficit was $61.9bn in 2007.",
        "2008 covers 7 months only.",
        "No balance is given for 1998.",
    ):
        assert sentence in said


def test_annual_part_year_is_hollow_and_joins_no_line(annual_rows, credit):
    figure = charts.annual_balance(annual_rows, credit=credit)
    parts = [r for rows in figure.spec["datasets"].values() for r in rows if r.get("part")]
    assert [row["label"] for row in parts] == ["2008, 7 months"]
    lines = [layer for layer in figure.spec["layer"] if layer["mark"].get("type") == "line"]
    assert [layer["transform"][0]["calculate"] for layer in lines] == [
        "datum.part ? null : datum.exports",
        "datum.part ? null : datum.imports",
    ]
    assert all(layer["mark"]["invalid"] == "break-paths-show-path-domains" for layer in lines)
    hollow = [layer for layer in figure.spec["layer"] if layer["mark"].get("filled") is False]
    assert hollow[0]["transform"] == [{"filter": "datum.part"}]


def test_annual_missing_row_is_a_gap_like_a_null(annual_rows, credit):
    without = annual_rows.filter(pa.compute.not_equal(annual_rows["year"], 1998))
    figure = charts.annual_balance(without, credit=credit)
    assert 1998 in values(figure, "year")
    assert "No balance is given for 1998." in figure.alt_text
    assert 1998 not in figure.table["year"].to_pylist()


def test_annual_years_without_any_value_at_the_end_take_no_room(annual_rows, credit):
    blank = pa.Table.from_pylist([{**annual_rows.to_pylist()[3], "year": 2009}], annual_rows.schema)
    figure = charts.annual_balance(pa.concat_tables([annual_rows, blank]), credit=credit)
    assert max(values(figure, "year")) == 2008
    assert figure.table["year"].to_pylist()[-1] == 2009


def test_annual_title_of_a_year_that_is_no_record_names_the_record(annual_rows, credit):
    figure = charts.annual_balance(annual_rows.slice(0, 12), credit=credit, subject="goods with China")
    assert figure.title == (
        "The deficit in goods with China was $38.3bn in 2006; the largest was $43.6bn in 2005"
    )


def test_annual_title_of_a_surplus(annual_rows, credit):
    figure = charts.annual_balance(annual_rows.slice(0, 7), credit=credit)
    assert figure.title == (
        "The surplus in advanced technology products was $4.5bn in 2001; the largest was $32.2bn in 1997"
    )
    assert "deficit" not in figure.alt_text


def test_annual_equal_extremes_take_the_first_year(credit):
    rows = pa.table(
        {
            "year": [2001, 2002],
            "exports_usd": [5 * BN, 5 * BN],
            "imports_usd": [9 * BN, 9 * BN],
            "balance_usd": [-4 * BN, -4 * BN],
            "months": [12, 12],
        }
    )
    figure = charts.annual_balance(rows, credit=credit)
    assert "The largest deficit was $4.0bn in 2001." in figure.alt_text
    assert "vintage not stated" in figure.subtitle


def test_annual_one_year_and_a_balance_of_zero(credit):
    rows = pa.table(
        {"year": [2001], "exports_usd": [BN], "imports_usd": [BN], "balance_usd": [0], "months": [12]}
    )
    assert charts.annual_balance(rows, credit=credit).title == (
        "Trade in advanced technology products was balanced in 2001"
    )


@pytest.mark.parametrize(
    "rows", [slice(0, 0), slice(3, 4), slice(13, 14)], ids=["empty", "null", "part-year"]
)
def test_annual_without_a_full_year_is_not_covered(annual_rows, credit, rows):
    part = annual_rows.slice(rows.start, rows.stop - rows.start)
    with pytest.raises(NotCoveredError, match="annual balance chart has nothing to draw"):
        charts.annual_balance(part, credit=credit)


def test_not_covered_repeats_the_note_of_the_rows(annual_rows, credit):
    with pytest.raises(NotCoveredError, match="not_covered"):
        charts.annual_balance(annual_rows.slice(3, 1), credit=credit)


def test_annual_without_a_column_is_refused_by_name(annual_rows, credit):
    with pytest.raises(SchemaError, match="needs the column months"):
        charts.annual_balance(annual_rows.drop_columns(["months"]), credit=credit)


def test_annual_with_a_year_twice_is_refused(annual_rows, credit):
    with pytest.raises(SchemaError, match=r"one row per year.*twice: 1995"):
        charts.annual_balance(pa.concat_tables([annual_rows, annual_rows.slice(0, 1)]), credit=credit)


def test_another_origin_replaces_the_charts_own(annual_rows):
    origin = charts.Origin("Some Office", "their basis")
    figure = charts.annual_balance(annual_rows, credit=charts.Credit("x", origin))
    assert "Some Office; their basis" in figure.subtitle
    assert figure.command == "x"


def test_monthly_sums_twelve_months_and_states_the_last(monthly_rows, credit):
    figure = charts.monthly_balance(monthly_rows(), credit=credit)
    sums = figure.table["balance_12_months_usd"].to_pylist()
    assert sums[:11] == [None] * 11
    assert sums[11] == -sum(range(10, 22)) * BN
    assert sums[-1] == -sum(range(28, 40)) * BN
    assert figure.title == (
        "The deficit in advanced technology products was $402.0bn over the twelve months to June 2026, "
        "the largest since January 2024"
    )
    assert "The largest deficit of one month was $39.0bn, in June 2026." in figure.alt_text


def test_monthly_gap_leaves_null_sums_and_is_named(monthly_rows, credit):
    figure = charts.monthly_balance(monthly_rows(without=(2025, 3)), credit=credit)
    rows = figure.table.to_pylist()
    missing = next(row for row in rows if (row["year"], row["month"]) == (2025, 3))
    assert missing["balance_usd"] is None
    blank = [i for i, row in enumerate(rows) if row["balance_12_months_usd"] is None]
    assert blank == [*range(11), *range(14, 26)]
    assert "No balance is given for March 2025." in figure.alt_text


def test_monthly_order_of_rows_does_not_matter(monthly_rows, credit):
    rows = monthly_rows()
    backwards = rows.take(list(range(rows.num_rows))[::-1])
    assert charts.monthly_balance(rows, credit=credit) == charts.monthly_balance(backwards, credit=credit)


def test_monthly_of_eleven_months_is_not_covered(monthly_rows, credit):
    with pytest.raises(NotCoveredError, match="no twelve consecutive months"):
        charts.monthly_balance(monthly_rows().slice(0, 11), credit=credit)


def test_monthly_with_a_month_twice_is_refused(monthly_rows, credit):
    with pytest.raises(SchemaError, match="one row per year and month"):
        charts.monthly_balance(pa.concat_tables([monthly_rows(), monthly_rows()]), credit=credit)


def test_ratio_title_gives_the_range_over_denominators(ratio_rows, credit):
    figure = charts.deficit_ratios(ratio_rows, credit=credit)
    assert figure.title == (
        "The technology deficit equalled 7.4–7.5% of the trade deficit in 2007, up from 3.4–3.9% in 2002"
    )


def test_ratio_names_every_line_and_where_one_ends_early(ratio_rows, credit, labels):
    words = [label.words for label in labels(charts.deficit_ratios(ratio_rows, credit=credit), 900)[0]]
    assert {"Goods (Census)", "Goods (BOP)", "Goods + services", "7.1% (2006)"} <= set(words)


def test_ratio_says_which_years_have_none(ratio_rows, credit):
    assert "No ratio is given for 2001, 2004." in charts.deficit_ratios(ratio_rows, credit=credit).alt_text


def test_ratio_breaks_a_line_at_a_null(ratio_rows, credit):
    figure = charts.deficit_ratios(ratio_rows, credit=credit)
    series = [
        rows for rows in figure.spec["datasets"].values() if rows[0].get("name") == "goods and services"
    ]
    assert [(row["year"], row["ratio"]) for row in series[0] if row["ratio"] is None] == [
        (2004, None),
        (2007, None),
    ]


def test_ratio_of_an_unknown_denominator_keeps_its_name(ratio_rows, credit):
    renamed = ratio_rows.set_column(1, "denominator", pa.array(["all_services"] * ratio_rows.num_rows))
    one = renamed.filter(pa.compute.equal(pa.array(range(renamed.num_rows)), 3))
    assert "the deficit in all services" in charts.deficit_ratios(one, credit=credit).alt_text


def test_ratio_of_surpluses_only_is_not_covered(ratio_rows, credit):
    with pytest.raises(NotCoveredError, match=r"deficit ratio chart.*sign_differs"):
        charts.deficit_ratios(ratio_rows.slice(0, 3), credit=credit)
