"""Charts of modelled answers: the word modelled, the range in the title, and what is refused."""

import altair as alt
import pyarrow as pa
import pytest

from techbalance.charts import Credit, imports_before_after, outcome_by_rate, outcome_ranges, tornado_bars
from techbalance.errors import NotCoveredError, SchemaError

BN = 1e9
CREDIT = Credit("techbalance whatif tariff --partner CHN --add 25%")


def row(outcome, low, central, high, **more):
    given = {"outcome": outcome, "part": "all", "low": low, "central": central, "high": high, "base": None}
    return {**given, "unit": "US dollars", "model": "partial", "part_name": None, "note": None, **more}


def table(*rows):
    return pa.Table.from_pylist(list(rows))


ANSWER = table(
    row("welfare", -8 * BN, -3 * BN, 2 * BN),
    row("imports", -44 * BN, -32 * BN, -22 * BN, base=750 * BN),
    row("price_paid", 0.01, 0.02, 0.03, unit="ratio"),
    row("imports", -73 * BN, -50 * BN, -39 * BN, part="CHN", part_name="China", base=108 * BN),
    row("imports", 4 * BN, 8 * BN, 21 * BN, part="VNM", part_name="Vietnam", base=55 * BN),
)
TORNADO = table(
    *(
        {
            "outcome": "welfare",
            "parameter": name,
            "low": low * BN,
            "central": central,
            "high": high * BN,
            "swing": (high - low) * BN,
            "unit": "US dollars",
            "model": model,
            "note": None,
        }
        for name, low, central, high, model in (
            ("model", -4, None, -1, "all models"),
            ("sigma", -5, -3 * BN, -2, "partial"),
            ("supply elasticity abroad", -9, -3 * BN, 2, "partial"),
            ("deficits", -4, -4 * BN, -2, "one-sector"),
        )
    )
)


def keeps_to_the_schema(figure):
    read = alt.LayerChart.from_dict(figure.spec, validate=True)
    assert len(read.layer) == len(figure.spec["layer"])


FIGURES = {
    "ranges": lambda: outcome_ranges(ANSWER, credit=CREDIT),
    "tornado": lambda: tornado_bars(TORNADO, credit=CREDIT),
    "imports": lambda: imports_before_after(ANSWER, credit=CREDIT),
}


@pytest.mark.parametrize("name", FIGURES)
def test_the_caption_says_modelled_and_the_picture_is_the_same_twice(name):
    figure = FIGURES[name]()
    assert "modelled" in figure.subtitle
    assert figure.svg() == figure.svg()
    assert figure.png(width=340).startswith(b"\x89PNG")
    assert figure.alt_text.startswith(figure.title)
    keeps_to_the_schema(figure)


def test_titles_are_computed_from_the_rows():
    assert FIGURES["ranges"]().title == "Modelled: welfare changes by \u2212$8.0bn to $2.0bn"
    assert FIGURES["tornado"]().title == (
        "Modelled welfare depends most on the supply elasticity abroad (partial), which moves it by $11.0bn"
    )
    assert FIGURES["imports"]().title == (
        "Modelled: imports from China fall from $108.0bn to $58.0bn ($35.0bn to $69.0bn)"
    )


def test_ranges_draw_one_unit_and_no_parts_beside_the_whole():
    drawn = FIGURES["ranges"]().table
    assert drawn["name"].to_pylist() == ["Welfare", "Imports"]


def test_the_widest_assumption_comes_first_after_the_choice_of_model():
    names = FIGURES["tornado"]().table["name"].to_pylist()
    assert names == [
        "Model",
        "Supply elasticity abroad (partial)",
        "Sigma (partial)",
        "Deficits (one-sector)",
    ]


def test_a_case_without_range_says_so():
    alone = table(row("real_income", None, 0.00007, None, part="MEX", part_name="Mexico", unit="ratio"))
    figure = outcome_ranges(alone, credit=CREDIT)
    assert figure.title == "Modelled: real income of Mexico changes by 0.0070%"
    assert "without a range" in figure.subtitle


def test_nothing_to_draw_and_a_missing_column_are_refused():
    with pytest.raises(NotCoveredError):
        imports_before_after(ANSWER.slice(0, 3), credit=CREDIT)
    with pytest.raises(SchemaError, match="unit"):
        outcome_ranges(ANSWER.drop_columns("unit"), credit=CREDIT)


def test_one_outcome_is_drawn_at_each_rate_with_both_ends_in_the_title():
    rows = [
        {"rate": rate, "outcome": "welfare", "low": low, "central": low / 2, "high": low / 4,
         "unit": "US dollars", "model": "partial"}
        for rate, low in (("at 10 points more", -2e9), ("at 50 points more", -8e9))
    ]  # fmt: skip
    figure = outcome_by_rate(pa.Table.from_pylist(rows), credit=CREDIT)
    assert figure.title == (
        "Modelled: welfare changes by −$2.0bn to −$500.0m at 10 points more, "
        "−$8.0bn to −$2.0bn at 50 points more"
    )  # fmt: skip
    assert figure.table["name"].to_pylist() == ["at 10 points more", "at 50 points more"]
    with pytest.raises(SchemaError, match="one row per rate"):
        outcome_by_rate(pa.Table.from_pylist([rows[0], rows[0]]), credit=CREDIT)
