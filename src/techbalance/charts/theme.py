"""How do all charts look: which colour is whose, in light and in dark, and how are axes and text set?

Colours extend the set of Okabe & Ito (2008), which people with the common forms of colour blindness can
tell apart. Its yellow does not show on white; olive takes its place, and wine, teal and grey are added, each
as dark as it must be to stay apart from the others for everyone. Still no chart relies on colour alone. Every
colour is a pair, chosen by the parameter ``dark`` of the drawn chart, so that one specification serves both
modes and a page can switch while it is open.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import altair as alt


class Paint(NamedTuple):
    """A colour on light paper and its counterpart on dark paper."""

    light: str
    dark: str

    @property
    def expression(self) -> str:
        """The Vega expression that picks one of the two."""
        return f"dark ? '{self.dark}' : '{self.light}'"

    @property
    def colour(self) -> alt.ExprRef:
        """The pair as a mark or scale property."""
        return alt.ExprRef(self.expression)


PAPER = Paint("#ffffff", "#15181c")
INK = Paint("#1a1c1f", "#eceae6")
MUTED = Paint("#5c6168", "#a3a9b1")
RULE = Paint("#e3e5e8", "#2e3339")
ZERO = Paint("#3d4248", "#b9bec5")
FAINT = Paint("#b3b8be", "#5d646c")

BLUE = Paint("#0072b2", "#587ee9")
VERMILLION = Paint("#d55e00", "#d66b1c")
GREEN = Paint("#009e73", "#1ecd85")
PURPLE = Paint("#cc79a7", "#f6a2c8")
SKY = Paint("#56b4e9", "#8cc3ff")
ORANGE = Paint("#e69f00", "#e5c026")
OLIVE = Paint("#474a08", "#7b672f")
WINE = Paint("#7d1438", "#b13a5a")
TEAL = Paint("#205b52", "#049186")
BLACK = Paint("#15171a", "#fbffff")
GREY = Paint("#6c7075", "#82868b")
SLATE = Paint("#4a5058", "#c3c8ce")

EXPORTS, IMPORTS, BALANCE = BLUE, VERMILLION, SLATE

GROUPS: dict[str, Paint] = {
    "01": GREEN,
    "02": PURPLE,
    "03": ORANGE,
    "04": BLUE,
    "05": VERMILLION,
    "06": WINE,
    "07": OLIVE,
    "08": SKY,
    "09": GREY,
    "10": BLACK,
}
PARTNERS: dict[str, Paint] = {
    "CHN": VERMILLION,
    "TWN": BLUE,
    "MEX": GREEN,
    "IRL": ORANGE,
    "VNM": PURPLE,
    "THA": SKY,
    "DEU": BLACK,
    "JPN": OLIVE,
    "MYS": TEAL,
    "KOR": WINE,
}
"""The ten largest suppliers of advanced technology products in 2024 and 2025, by ISO code."""

CENSUS_CODES: dict[str, str] = {
    "5700": "CHN",
    "5830": "TWN",
    "2010": "MEX",
    "4190": "IRL",
    "5520": "VNM",
    "5490": "THA",
    "4280": "DEU",
    "5880": "JPN",
    "5570": "MYS",
    "5800": "KOR",
}
"""Schedule C codes of the same partners, for rows whose partner has not been turned into an ISO code."""

SHORT_GROUPS: dict[str, str] = {
    "02": "Life science",
    "03": "Opto-electronics",
    "04": "Info & comms",
    "06": "Flexible manuf.",
    "07": "Adv. materials",
    "10": "Nuclear tech",
}
"""Names of groups where room is short; the others are short already."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
TITLE_SIZE, SUBTITLE_SIZE, LABEL_SIZE, SMALL_SIZE = 17, 12, 12, 11
NARROW = 420
"""A plot narrower than this many pixels (without its axis) drops what is not needed."""

IS_NARROW = f"width < {NARROW}"
_TEXT_CONTRAST = 4.5
"""Least contrast of text with what it stands on (WCAG 2.2, level AA)."""
_HEAT_LIGHT = ("#f4f7fa", "#c6dcec", "#7fb4d8", "#2f82b7", "#0b4f7d", "#062f4d")
_HEAT_DARK = ("#1d232a", "#21405a", "#27628c", "#3787bb", "#73b5de", "#cfe8f8")
HEAT: tuple[Paint, ...] = tuple(Paint(*pair) for pair in zip(_HEAT_LIGHT, _HEAT_DARK, strict=True))
"""A single hue from paper to strongest, for the amounts of a heat map."""


def group_colour(code: str) -> Paint:
    """Return the colour of a technology group; grey for ``all``, ``00`` and anything else."""
    return GROUPS.get(code, FAINT)


def partner_colour(code: str) -> Paint:
    """Return the colour of a partner given by ISO or Schedule C code; grey for all but the main ones."""
    return PARTNERS.get(CENSUS_CODES.get(code, code), FAINT)


def text_on(paint: Paint) -> Paint:
    """Return the colour, white or near-black, that reads better on a filled area of either mode."""
    return Paint(_readable(paint.light), _readable(paint.dark))


def legible(paint: Paint) -> Paint:
    """Return the colour darkened, in dark mode lightened, until text in it can be read on paper."""
    return Paint(*(_legible(colour, paper) for colour, paper in zip(paint, PAPER, strict=True)))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def config() -> dict[str, Any]:
    """Return the Vega-Lite configuration all charts share; its colours follow the parameter ``dark``."""
    return {
        "font": FONT,
        "background": {"expr": PAPER.expression},
        "view": {"stroke": None},
        "mark": {"aria": False},
        "text": {
            "color": {"expr": INK.expression},
            "fontSize": LABEL_SIZE,
            "lineHeight": LABEL_SIZE + 3,
        },
        "rule": {"color": {"expr": ZERO.expression}},
        "axis": {
            "aria": False,
            "domain": False,
            "ticks": False,
            "gridColor": {"expr": RULE.expression},
            "labelColor": {"expr": MUTED.expression},
            "labelFontSize": LABEL_SIZE,
            "labelPadding": 6,
            "titleColor": {"expr": MUTED.expression},
            "titleFontSize": LABEL_SIZE,
            "titleFontWeight": "normal",
        },
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "color": {"expr": INK.expression},
            "fontSize": TITLE_SIZE,
            "fontWeight": 700,
            "lineHeight": TITLE_SIZE + 5,
            "subtitleColor": {"expr": MUTED.expression},
            "subtitleFontSize": SUBTITLE_SIZE,
            "subtitleLineHeight": SUBTITLE_SIZE + 4,
            "subtitlePadding": 5,
            "offset": 14,
        },
    }


def _readable(fill: str) -> str:
    return max(("#ffffff", "#15181c"), key=lambda ink: contrast(fill, ink))


def _legible(colour: str, paper: str) -> str:
    target = "#000000" if contrast(paper, "#000000") > contrast(paper, "#ffffff") else "#ffffff"
    shades = (_mixed(colour, target, step / 20) for step in range(21))
    return next(shade for shade in shades if contrast(shade, paper) >= _TEXT_CONTRAST)


def _mixed(one: str, other: str, share: float) -> str:
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
