"""How does a chart stand in the page before, or without, any script? As drawings that follow light and dark.

A chart is drawn for a wide and for a narrow column, each once in light and once in dark colours. The two
drawings of a width differ in their colours only, so one is kept, in which every colour that differs is a
variable that the page's style sheet sets for each mode.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from techbalance.errors import CheckError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techbalance.charts.figure import Figure

WIDE, NARROW = 720, 340
"""Widths in pixels: the page's column on a desk, and about what a phone leaves between its margins."""

_PAINT: Final = re.compile(r'(?<= )(fill|stroke)="([^"]*)"')
_NAMED: Final = re.compile(r'\bid="([^"]+)"')
_HEXADECIMAL: Final = re.compile(r"^#[0-9a-fA-F]{6}$")
_CHANNELS: Final = re.compile(r"^rgb\((\d+), ?(\d+), ?(\d+)\)$")


@dataclass(frozen=True, slots=True)
class Still:
    """The drawings of one chart.

    Parameters
    ----------
    wide, narrow
        SVG elements for a wide and a narrow column.
    colours
        Light and dark colour of each variable in them.
    """

    wide: str
    narrow: str
    colours: dict[str, tuple[str, str]]


def draw(figure: Figure) -> Still:
    """Draw a chart at both widths.

    Raises
    ------
    CheckError
        The light and the dark drawing differ in more than colours.
    """
    wide, of_wide = _at(figure, "wide", WIDE)
    narrow, of_narrow = _at(figure, "narrow", NARROW)
    return Still(wide, narrow, of_wide | of_narrow)


def _at(figure: Figure, name: str, width: int) -> tuple[str, dict[str, tuple[str, str]]]:
    light, dark = (figure.svg(width=width, dark=mode, heading=False) for mode in (False, True))
    merged, colours = merge(light, dark, figure.id)
    return _apart(merged, f"{figure.id}-{name}"), colours


def merge(light: str, dark: str, name: str) -> tuple[str, dict[str, tuple[str, str]]]:
    """Make one drawing of two that differ in colours: what differs becomes a variable.

    Parameters
    ----------
    light, dark
        The same chart drawn in either mode.
    name
        The chart, for the message.

    Returns
    -------
    tuple
        The drawing, and light and dark colour of each variable.

    Raises
    ------
    CheckError
        They differ in more than colours.
    """
    dark_paints = iter(_PAINT.findall(dark))
    colours: dict[str, tuple[str, str]] = {}

    def paint(match: re.Match[str]) -> str:
        attribute, colour = match.groups()
        other = next(dark_paints, ("", ""))[1]
        if colour == other:
            return match.group()
        variable = f"--c{_digits(colour)}-{_digits(other)}"
        colours[variable] = (colour, other)
        return f'{attribute}="var({variable})"'

    merged = _PAINT.sub(paint, light)
    if _PAINT.sub("", light) != _PAINT.sub("", dark) or next(dark_paints, None) is not None:
        raise CheckError(
            f"the {name} chart differs between light and dark in more than colours",
            remedy="Let the parameter dark choose fills and strokes only",
        )
    return merged, colours


def style(stills: Iterable[Still]) -> tuple[str, str]:
    """Write the declarations of all colour variables, for light and for dark."""
    colours: dict[str, tuple[str, str]] = {}
    for still in stills:
        colours |= still.colours
    light, dark = (
        ";".join(f"{variable}:{pair[mode]}" for variable, pair in sorted(colours.items())) for mode in (0, 1)
    )
    return light, dark


def _apart(svg: str, name: str) -> str:
    """Give the ids of a drawing a prefix of their own, since a page holds many drawings."""
    for found in dict.fromkeys(_NAMED.findall(svg)):
        svg = svg.replace(f'id="{found}"', f'id="{name}-{found}"').replace(
            f"url(#{found})", f"url(#{name}-{found})"
        )
    return svg


def _digits(colour: str) -> str:
    """Return six hexadecimal digits; a colour between two of a scale is written as ``rgb(6, 47, 77)``."""
    if _HEXADECIMAL.match(colour):
        return colour[1:].lower()
    channels = _CHANNELS.match(colour)
    if channels is None:
        raise CheckError(
            f"the colour {colour!r} of a chart cannot follow light and dark",
            remedy="Write colours of charts as #rrggbb",
        )
    return "".join(f"{int(channel):02x}" for channel in channels.groups())
