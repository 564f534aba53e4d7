"""What holds for every chart: it draws, the same each time, offline, with nothing cut and nothing covered."""

import itertools
import json
import re

import altair as alt
import pytest

from techbalance.charts import theme

PHONE, PAGE = 340, 900
# Estimated boxes are a little larger than the letters; a label may come this close to the edge of the page.
EDGE = 2.0


def test_drawing_twice_gives_the_same_svg_of_the_width_asked_for_and_without_a_broken_number(figure):
    svg = figure.svg(width=PAGE)
    assert svg == figure.svg(width=PAGE)
    assert f'width="{PAGE}"' in svg.split(">", 1)[0]
    assert not re.search(r"NaN|Infinity|undefined|>null<", svg)


@pytest.mark.parametrize("width", [PHONE, PAGE])
def test_no_label_leaves_the_page(figure, labels, width):
    found, page = labels(figure, width)
    assert found
    outside = [
        label
        for label in found
        if label.left < -EDGE
        or label.right > page["width"] + EDGE
        or label.top < -EDGE
        or label.bottom > page["height"] + EDGE
    ]
    assert outside == []


@pytest.mark.parametrize("width", [PHONE, 520, PAGE])
def test_no_label_covers_another(figure, labels, width):
    found, _ = labels(figure, width)
    covered = [(a.words, b.words) for a, b in itertools.combinations(found, 2) if a.covers(b)]
    assert covered == []


def test_title_and_subtitle_are_drawn_whole(figure, labels):
    found, _ = labels(figure, PHONE)
    drawn = " ".join(label.words for label in found)
    for word in (*figure.title.split(), *figure.subtitle.split()):
        assert word in drawn


def test_a_drawing_without_heading_leaves_the_title_to_the_page(figure):
    assert "title" not in figure.drawn(heading=False)


def test_specification_names_no_address_but_its_schema(figure):
    text = json.dumps(figure.spec)
    assert [url for url in re.findall(r'https?://[^"]+', text) if "vega.github.io/schema" not in url] == []
    assert '"url"' not in text


def test_specification_keeps_to_the_vega_lite_schema(figure):
    read = alt.LayerChart.from_dict(figure.spec, validate=True)
    assert len(read.layer) == len(figure.spec["layer"])


def test_specification_fills_its_container_and_carries_the_text_alternative(figure):
    assert figure.spec["width"] == "container"
    assert figure.spec["description"] == figure.alt_text


def test_dark_mode_changes_the_paper_and_nothing_of_the_figure(figure):
    before = json.dumps(figure.spec)
    dark = figure.svg(width=PHONE, dark=True)
    assert re.search(r'<rect[^>]*fill="([^"]+)"', dark).group(1) == theme.PAPER.dark
    assert json.dumps(figure.spec) == before


def test_table_holds_the_columns_shown_and_a_row_at_least(figure):
    assert set(figure.columns_shown) <= set(figure.table.column_names)
    assert figure.table.num_rows > 0


def test_text_alternative_and_title_are_sentences_in_plain_words(figure):
    assert figure.alt_text.endswith(".")
    assert not figure.title.endswith(".")
    for words in (figure.title, figure.subtitle, figure.alt_text):
        assert not re.search(r"_usd|None|nan|-\$|-\d", words)


def test_figure_says_which_command_recomputes_it(figure):
    assert figure.command == "techbalance balance --by year"
