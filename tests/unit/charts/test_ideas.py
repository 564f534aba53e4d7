"""Paths from things to ideas, the order of gaps, and origins: what they say, and that they draw well."""

import datetime

import pyarrow as pa
import pytest

from techbalance import charts
from techbalance.charts import Credit
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
NEWEST = datetime.date(2026, 7, 1)
CREDIT = Credit("techbalance compare USA")
NAMES = {"USA": "United States", "JPN": "Japan", "KOR": "Korea, Rep.", "CHN": "China", "TWN": "Taiwan"}


def paths():
    """Four countries over five years, one with a year missing; one country without any ideas."""
    starts = {"USA": (84, 240), "JPN": (23, 128), "KOR": (2, 100), "CHN": (0.3, 340), "TWN": (None, None)}
    return pa.Table.from_pylist(
        [
            {
                "country": code,
                "country_name": NAMES[code],
                "year": 2010 + step,
                "ip_receipts_usd": None
                if ideas is None or (code, step) == ("KOR", 2)
                else int(ideas * 1.2**step * BN),
                "hightech_exports_usd": None if things is None else int(things * (1 + step / 20) * BN),
                "vintage": NEWEST,
                "note": None,
            }
            for code, (ideas, things) in starts.items()
            for step in range(5)
        ]
    )


def gaps():
    """Two ahead in ideas, two in making, one conduit, one without a gap."""
    rows = [
        ("USA", 1.6, 2, 10, 12, None),
        ("NLD", 1.2, 3, 1, 1, "conduit economy"),
        ("KOR", -1.3, 4, 5, 4, None),
        ("PHL", -5.2, 5, 4, 5, None),
        ("XYZ", None, None, None, None, None),
    ]
    return pa.Table.from_pylist(
        [
            {
                "country": code,
                "country_name": NAMES.get(code, f"Country {code}"),
                "gap_log": gap,
                "place_log": log,
                "place_z": z,
                "place_rank": rank,
                "place_spread": None if gap is None else float(max(log, z, rank) - min(log, z, rank)),
                "year": 2023,
                "conduit": conduit,
                "vintage": NEWEST,
            }
            for code, gap, log, z, rank, conduit in rows
        ]
    )


def origins():
    """The buyer, the rest of the world, and three suppliers of which one ships more than it adds."""
    rows = [
        ("USA", "United States", 12_900, 0.88, None),
        ("RoW", "rest of the world", 445, 0.03, 567),
        ("CHN", "China", 246, 0.017, 301),
        ("JPN", "Japan", 130, 0.009, 117),
        ("DEU", "Germany", 120, 0.008, 119),
    ]
    return pa.Table.from_pylist(
        [
            {
                "country": code,
                "country_name": name,
                "absorber": "USA",
                "value_added_usd": added * BN,
                "demand_share": share,
                "gross_usd": None if gross is None else gross * BN,
                "year": 2007,
            }
            for code, name, added, share, gross in rows
        ]
    )


FIGURES = {
    "paths": lambda: charts.idea_paths(paths(), credit=CREDIT),
    "gaps": lambda: charts.gap_ranking(gaps(), credit=CREDIT),
    "origins": lambda: charts.value_added_origins(origins(), credit=CREDIT),
}


@pytest.fixture(scope="module", params=list(FIGURES))
def figure(request):
    """Each of these charts in turn, for the tests that hold for every chart."""
    return FIGURES[request.param]()


def test_the_title_of_paths_says_what_became_of_ideas_and_of_things():
    title = FIGURES["paths"]().title
    assert title == (
        "The United States took in 2.1 times as much for ideas in 2014 as in 2010, "
        "with 20% more high-technology exports"
    )


def test_countries_without_a_path_are_named_and_a_missing_year_is_no_point():
    figure = FIGURES["paths"]()
    assert "Without two years of both figures: Taiwan." in figure.alt_text
    drawn = figure.table.to_pylist()
    assert [row["year"] for row in drawn if row["country"] == "KOR"] == [2010, 2011, 2013, 2014]


def test_the_title_of_gaps_names_both_ends_as_factors():
    figure = FIGURES["gaps"]()
    assert figure.title == (
        "Ideas lead making 5.0× in the United States, making leads ideas 181× in Country PHL (2023)"
    )
    assert figure.table.num_rows == 4
    assert "The least sure place is that of the United States: 2–12." in figure.alt_text


def test_both_ends_of_a_long_order_are_kept():
    figure = charts.gap_ranking(gaps(), credit=CREDIT, top=2)
    assert figure.table["country"].to_pylist() == ["USA", "PHL"]


def test_gaps_all_on_one_side_are_said_to_be():
    one = gaps().slice(0, 2)
    assert "all lead in ideas" in charts.gap_ranking(one, credit=CREDIT).title


def test_the_title_of_origins_is_of_a_country_and_its_buyer_is_not_drawn():
    figure = FIGURES["origins"]()
    assert figure.title == (
        "China added $246.0bn to what the United States finally bought in 2007, and shipped it $301.0bn"
    )
    assert "USA" not in figure.table["country"].to_pylist()
    assert "88.0%" in figure.alt_text
    assert "modelled" in figure.subtitle


@pytest.mark.parametrize(
    ("draw", "rows"),
    [
        (charts.idea_paths, paths().slice(0, 1)),
        (charts.gap_ranking, gaps().slice(4, 1)),
        (charts.value_added_origins, origins().slice(0, 1)),
    ],
)
def test_nothing_to_draw_is_told(draw, rows):
    with pytest.raises(NotCoveredError, match="nothing to draw"):
        draw(rows, credit=CREDIT)


def test_a_row_twice_or_a_column_missing_is_refused():
    with pytest.raises(SchemaError, match="one row per"):
        charts.gap_ranking(pa.concat_tables([gaps(), gaps()]), credit=CREDIT)
    with pytest.raises(SchemaError, match="vintage"):
        charts.gap_ranking(gaps().drop_columns(["vintage"]), credit=CREDIT)
