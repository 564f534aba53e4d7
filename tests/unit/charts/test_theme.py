"""Can colours be told apart and text be read, in light and in dark?"""

import itertools

import numpy as np
import pytest

from techbalance.charts import theme

# WCAG 2.2: text of ordinary size, and graphical objects.
TEXT, GRAPHIC = 4.5, 3.0
# Distance in CIELAB: 2.3 is just noticeable (Mahy, Van Eycken & Oosterlinck 1994), five times that is told
# apart in areas that do not touch.
APART = 5 * 2.3
# How colours look to people without one kind of cone (Machado, Oliveira & Fernandes 2009, severity 1).
SIGHT = {
    "trichromacy": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}

PAINTED = {**theme.GROUPS, **theme.PARTNERS}


def test_every_group_and_main_partner_has_a_colour_of_its_own():
    assert sorted(theme.GROUPS) == [f"{code:02d}" for code in range(1, 11)]
    for colours in (theme.GROUPS, theme.PARTNERS):
        assert len(set(colours.values())) == len(colours)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("colours", [theme.GROUPS, theme.PARTNERS], ids=["groups", "partners"])
def test_colours_of_one_chart_are_told_apart_by_everyone(colours, mode, sight):
    seen = {name: _lab(paint[mode], SIGHT[sight]) for name, paint in colours.items()}
    near = [
        (one, other)
        for one, other in itertools.combinations(seen, 2)
        if np.linalg.norm(seen[one] - seen[other]) < APART
    ]
    assert near == []


def _lab(colour, sight):
    """Turn ``#rrggbb`` into CIELAB under D65, as seen by ``sight``."""
    given = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(given <= 0.04045, given / 12.92, ((given + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = to_xyz @ np.clip(sight @ linear, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_distance_of_black_and_white_is_one_hundred():
    assert np.linalg.norm(_lab("#ffffff", np.eye(3)) - _lab("#000000", np.eye(3))) == pytest.approx(
        100, abs=0.1
    )


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("paint", [theme.INK, theme.MUTED, *(theme.legible(p) for p in PAINTED.values())])
def test_text_can_be_read_on_paper(paint, mode):
    assert theme.contrast(paint[mode], theme.PAPER[mode]) >= TEXT


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("paint", [*PAINTED.values(), theme.FAINT])
def test_text_can_be_read_on_a_filled_area(paint, mode):
    assert theme.contrast(theme.text_on(paint)[mode], paint[mode]) >= TEXT


@pytest.mark.parametrize("mode", [0, 1])
def test_lines_and_the_zero_line_stand_out_from_paper(mode):
    for paint in (theme.EXPORTS, theme.IMPORTS, theme.BALANCE, theme.ZERO):
        assert theme.contrast(paint[mode], theme.PAPER[mode]) >= GRAPHIC


def test_contrast_of_black_and_white_is_the_largest_there_is():
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#777777") == pytest.approx(1)


def test_a_legible_colour_stays_as_it_is():
    assert theme.legible(theme.INK) == theme.INK


def test_partners_are_found_by_iso_and_census_code_and_others_are_grey():
    assert theme.partner_colour("CHN") == theme.partner_colour("5700") == theme.VERMILLION
    assert theme.partner_colour("FRA") == theme.FAINT
    assert theme.group_colour("00") == theme.FAINT
    assert set(theme.CENSUS_CODES.values()) == set(theme.PARTNERS)


def test_a_pair_is_chosen_by_the_mode():
    assert theme.PAPER.expression == "dark ? '#15181c' : '#ffffff'"
