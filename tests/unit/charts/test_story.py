"""Lines of a story: where they break, what their title says, and that they draw well."""

import datetime

import pyarrow as pa
import pytest

from techbalance import charts
from techbalance.charts import Credit
from techbalance.charts.story import find_story
from techbalance.errors import NotCoveredError, SchemaError
from tests.unit.charts.test_drawing import (
    test_a_drawing_without_heading_leaves_the_title_to_the_page,
    test_dark_mode_changes_the_paper_and_nothing_of_the_figure,
    test_drawing_twice_gives_the_same_svg_of_the_width_asked_for_and_without_a_broken_number,
    test_no_label_covers_another,
    test_no_label_leaves_the_page,
    test_specification_fills_its_container_and_carries_the_text_alternative,
    test_specification_keeps_to_the_vega_lite_schema,
    test_specification_names_no_address_but_its_schema,
    test_table_holds_the_columns_shown_and_a_row_at_least,
    test_text_alternative_and_title_are_sentences_in_plain_words,
    test_title_and_subtitle_are_drawn_whole,
)

__all__ = [
    "test_a_drawing_without_heading_leaves_the_title_to_the_page",
    "test_dark_mode_changes_the_paper_and_nothing_of_the_figure",
    "test_drawing_twice_gives_the_same_svg_of_the_width_asked_for_and_without_a_broken_number",
    "test_no_label_covers_another",
    "test_no_label_leaves_the_page",
    "test_specification_fills_its_container_and_carries_the_text_alternative",
    "test_specification_keeps_to_the_vega_lite_schema",
    "test_specification_names_no_address_but_its_schema",
    "test_table_holds_the_columns_shown_and_a_row_at_least",
    "test_text_alternative_and_title_are_sentences_in_plain_words",
    "test_title_and_subtitle_are_drawn_whole",
]

BN = 10**9
NAMES = {"CHN": "China", "VNM": "Vietnam", "MEX": "Mexico", "IDN": "Indonesia", "LAO": "Laos"}
CREDIT = Credit("techbalance story solar")


def table(values, *, breaks=(), wide_before=0):
    """Rows of partners over years from 2019 on; a wide code's band is from a quarter to the whole."""
    rows = []
    for code, series in values.items():
        for year, value in enumerate(series, start=2019):
            usd = None if value is None else round(value * BN)
            low = usd // 4 if usd is not None and year < wide_before else usd
            rows.append(
                {
                    "period": str(year),
                    "partner": code,
                    "partner_name": NAMES.get(code, code),
                    "value_usd": usd,
                    "product_low_usd": low,
                    "product_high_usd": usd,
                    "system": "HS2017" if year < 2022 else "HS2022",
                    "break_note": f"break in {year}: other goods" if year in breaks else None,
                    "vintage": datetime.date(2026, 10, 31),
                    "note": None,
                }
            )
    return pa.Table.from_pylist(rows)


SOLAR = {
    "CHN": [2.4, 1.1, 0.4, 0.02, 0.03, 0.02],
    "VNM": [0.2, 1.2, 2.2, 3.8, 5.1, 5.6],
    "MEX": [1.0, None, 0.3, 0.2, 0.4, 0.2],
    "IDN": [0.0, 0.0, 0.1, 0.1, 0.2, 0.5],
    "LAO": [0.0, 0.0, 0.0, 0.0, 0.1, 0.4],
}
FIGURES = {
    "broken": lambda: charts.story_lines(
        table(SOLAR, breaks=(2022,), wide_before=2022), subject="solar cells and modules", credit=CREDIT
    ),
    "whole": lambda: charts.story_lines(
        table({"CHN": [33, 9], "VNM": [13, 30]}), subject="laptops and tablets", credit=CREDIT
    ),
    "one year": lambda: charts.story_lines(
        table({"CHN": [33], "VNM": [13]}), subject="laptops and tablets", verb="bought", credit=CREDIT
    ),
}


@pytest.fixture(params=FIGURES)
def figure(request):
    return FIGURES[request.param]()


def marks(figure, kind):
    found = []
    for layer in figure.spec["layer"]:
        mark = layer["mark"]
        if (mark if isinstance(mark, str) else mark["type"]) == kind:
            found.append(layer)
    return found


def test_no_line_crosses_a_break():
    spec = FIGURES["broken"]().spec
    records = [row for rows in spec["datasets"].values() for row in rows if "segment" in row]
    assert {row["segment"] for row in records if row["year"] < 2022} == {0}
    assert {row["segment"] for row in records if row["year"] >= 2022} == {1}
    lines = marks(FIGURES["broken"](), "line")
    assert all(line["encoding"]["detail"]["field"] == "segment" for line in lines)
    assert all(line["mark"]["invalid"] == "break-paths-show-path-domains" for line in lines)


def test_a_break_is_ruled_and_said_and_none_is_where_there_is_none():
    broken, whole = FIGURES["broken"](), FIGURES["whole"]()
    assert "2022" in broken.subtitle
    assert "of different goods and are not joined" in broken.alt_text
    dashed = [rule for rule in marks(broken, "rule") if rule["mark"].get("strokeDash") == [4, 3]]
    assert len(dashed) == 1
    assert not [rule for rule in marks(whole, "rule") if rule["mark"].get("strokeDash")]
    assert "shaded" not in whole.subtitle


def test_what_may_be_the_product_is_shaded_before_the_break_only():
    spec = FIGURES["broken"]().spec
    records = [row for rows in spec["datasets"].values() for row in rows if "banded" in row]
    assert {row["year"] for row in records if row["banded"]} == {2019, 2020, 2021}
    assert marks(FIGURES["broken"](), "area")
    assert not marks(FIGURES["whole"](), "area")


def test_the_title_says_who_passed_whom_within_the_same_codes():
    assert FIGURES["whole"]().title == (
        "Vietnam supplied $30.0bn of laptops and tablets in 2020, China $9.0bn: in 2019 China was ahead"
    )


def test_the_title_compares_nothing_across_a_break():
    title = FIGURES["broken"]().title
    assert title == "Vietnam supplied $5.6bn of solar cells and modules in 2024, 47.4% more than in 2022"


def test_one_year_has_a_title_without_comparison():
    assert FIGURES["one year"]().title == (
        "China bought $33.0bn of laptops and tablets in 2019, the most of those shown"
    )


def test_growth_by_half_and_more_is_a_multiple():
    made = charts.story_lines(table({"CHN": [0.85, 16.5]}), subject="batteries", credit=CREDIT)
    assert made.title == "China supplied $16.5bn of batteries in 2020, 19.4 times as much as in 2019"


def test_partners_without_a_colour_of_their_own_have_dashes_of_their_own():
    lines = marks(FIGURES["broken"](), "line")
    dashes = [tuple(line["mark"]["strokeDash"]) for line in lines]
    assert len(set(dashes[-2:])) == 2 or len({dash for dash in dashes if dash != (1, 0)}) == 1
    assert dashes.count((1, 0)) == 4


def test_the_world_and_the_rest_are_no_lines():
    finding = find_story(table({"CHN": [1], "WORLD": [5], "-": [4]}).to_pylist())
    assert list(finding.lines) == ["CHN"]


def test_nothing_to_draw_says_so():
    with pytest.raises(NotCoveredError, match="story chart"):
        charts.story_lines(table({"WORLD": [5]}), subject="x", credit=CREDIT)
    with pytest.raises(NotCoveredError, match="null"):
        charts.story_lines(table({"CHN": [None]}), subject="x", credit=CREDIT)
    many = {f"C{number}": [1] for number in range(7)}
    with pytest.raises(NotCoveredError, match="7 lines"):
        charts.story_lines(table(many), subject="x", credit=CREDIT)


def test_two_rows_of_one_partner_and_year_are_refused():
    twice = pa.concat_tables([table({"CHN": [1]})] * 2)
    with pytest.raises(SchemaError, match="twice"):
        charts.story_lines(twice, subject="x", credit=CREDIT)
