"""Still drawings follow light and dark, and do not disturb each other."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pyarrow as pa
import pytest

from techbalance.charts.annual import annual_balance
from techbalance.charts.figure import Figure
from techbalance.charts.heat_map import group_partner_heat_map
from techbalance.charts.rows import Credit
from techbalance.charts.verdicts import verdict_tiles
from techbalance.errors import CheckError
from techbalance.report.stills import Still, draw, merge, once, style, twice

LIGHT = '<svg><rect fill="#ffffff" stroke="none"/><path stroke="rgb(6, 47, 77)" d="M0"/></svg>'
DARK = '<svg><rect fill="#15181c" stroke="none"/><path stroke="#cfe8f8" d="M0"/></svg>'


def test_what_differs_becomes_a_variable_and_the_rest_stays() -> None:
    merged, colours = merge(LIGHT, DARK, "any")
    assert merged == (
        '<svg><rect fill="var(--cffffff-15181c)" stroke="none"/>'
        '<path stroke="var(--c062f4d-cfe8f8)" d="M0"/></svg>'
    )
    assert colours == {
        "--cffffff-15181c": ("#ffffff", "#15181c"),
        "--c062f4d-cfe8f8": ("rgb(6, 47, 77)", "#cfe8f8"),
    }


@pytest.mark.parametrize(
    "dark",
    [
        DARK.replace("M0", "M1"),
        DARK.replace("<path", '<path opacity="0.5"'),
        DARK.replace("</svg>", '<path fill="#000000"/></svg>'),
    ],
)
def test_drawings_that_differ_in_more_than_colours_are_refused(dark: str) -> None:
    with pytest.raises(CheckError, match="heat-map chart differs"):
        merge(LIGHT, dark, "heat-map")


def test_a_colour_that_is_no_colour_code_is_refused() -> None:
    with pytest.raises(CheckError, match="'red'"):
        merge('<svg><rect fill="red"/></svg>', '<svg><rect fill="#15181c"/></svg>', "any")


def test_variables_are_declared_once_for_each_mode() -> None:
    still = Still("", "", {"--cffffff-15181c": ("#ffffff", "#15181c")})
    assert style([still, still]) == ("--cffffff-15181c:#ffffff", "--cffffff-15181c:#15181c")


YEARS = range(2000, 2012)
BALANCES = pa.table(
    {
        "year": pa.array(YEARS, pa.int16()),
        "exports_usd": [200_000_000_000] * 12,
        "imports_usd": [210_000_000_000 + year for year in YEARS],
        "balance_usd": [-10_000_000_000 - year for year in YEARS],
        "months": pa.array([12] * 12, pa.int8()),
    }
)
PAIRS = pa.table(
    {
        "year": pa.array([2025] * 4, pa.int16()),
        "group": ["01", "01", "04", "04"],
        "group_name": ["Biotechnology"] * 2 + ["Information & Communications"] * 2,
        "partner": ["IRL", "TWN"] * 2,
        "partner_name": ["Ireland", "Taiwan"] * 2,
        "imports_usd": [84_000_000_000, 400_000_000, 600_000_000, 145_000_000_000],
    }
)
VERDICTS = pa.table({"claim_id": ["A1", "A2"], "verdict": ["reproduced", "differs"]})
CREDIT = Credit("techbalance balance")


@pytest.mark.parametrize(
    "figure",
    [annual_balance(BALANCES, credit=CREDIT), verdict_tiles(VERDICTS, credit=CREDIT)],
    ids=["choices in expressions", "choices in records"],
)
@pytest.mark.parametrize("width", [720, 340])
def test_one_drawing_with_markers_is_what_two_drawings_merge_to(figure: Figure, width: int) -> None:
    assert once(figure, width) == twice(figure, width)


def test_colours_the_library_mixes_are_drawn_in_both_modes() -> None:
    figure = group_partner_heat_map(PAIRS, year=2025, credit=CREDIT)
    assert once(figure, 720) is None
    still = draw(figure)
    assert any(light.startswith("rgb(") for light, _ in still.colours.values())
    assert all(light != dark for light, dark in still.colours.values())


@pytest.mark.parametrize("other", ["!dark ? ", "width && dark ? ", "1 ? dark ? "])
def test_another_way_to_choose_by_mode_is_drawn_in_both_modes(other: str) -> None:
    figure = annual_balance(BALANCES, credit=CREDIT)
    odd = json.loads(json.dumps(figure.spec).replace("dark ? ", other))
    assert once(replace(figure, spec=odd), 720) is None


def test_a_chart_is_drawn_at_both_widths_with_ids_of_its_own() -> None:
    still = draw(annual_balance(BALANCES, credit=CREDIT))
    assert re.search(r'<svg[^>]* width="720"', still.wide)
    assert re.search(r'<svg[^>]* width="340"', still.narrow)
    ids = re.findall(r'\bid="([^"]+)"', still.wide + still.narrow)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([^)]+)\)", still.wide + still.narrow))
    assert used <= set(ids)
    assert set(re.findall(r"var\((--[^)]+)\)", still.wide + still.narrow)) == set(still.colours)
