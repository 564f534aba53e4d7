"""How does a chart stand in the page before, or without, any script? As drawings that follow light and dark.

A chart is drawn for a wide and for a narrow column. In each drawing every colour that differs between light
and dark is a variable, which the page's style sheet sets for each mode. Most charts are drawn once: each pair
of colours in the specification is replaced by a colour nothing else has, which is found again in the drawing.
Where the library mixes colours (a scale from pale to strong), the chart is drawn in both modes, and the two
drawings are compared.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import CheckError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techbalance.charts.figure import Figure

WIDE, NARROW = 720, 340
"""Widths in pixels: the page's column on a desk, and about what a phone leaves between its margins."""

Colours = dict[str, tuple[str, str]]
"""Light and dark colour of each variable."""

_CHOICE: Final = re.compile(r"(?<=[\"(])dark \? '(#[0-9a-fA-F]{6})' : '(#[0-9a-fA-F]{6})'(?=[\")])")
_CHOICE_OF_FIELD: Final = re.compile(r"(?<=[\"(])dark \? datum\.(\w*dark) : datum\.(\w*light)(?=[\")])")
_CONTINUOUS: Final = frozenset({"linear", "log", "pow", "sqrt", "symlog"})
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
    colours: Colours


def printed(figure: Figure) -> Still:
    """Draw a chart for paper alone: once, at full width, in its light colours."""
    return Still(figure.svg(width=WIDE, heading=False), "", {})


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


def _at(figure: Figure, name: str, width: int) -> tuple[str, Colours]:
    drawn = once(figure, width) or twice(figure, width)
    return _apart(drawn[0], f"{figure.id}-{name}"), drawn[1]


def twice(figure: Figure, width: int) -> tuple[str, Colours]:
    """Draw a chart in both modes and keep one drawing, with variables where they differ."""
    light, dark = (figure.svg(width=width, dark=mode, heading=False) for mode in (False, True))
    return merge(light, dark, figure.id)


def once(figure: Figure, width: int) -> tuple[str, Colours] | None:
    """Draw a chart once, with a marker in the place of every pair of colours.

    Returns
    -------
    tuple or None
        The drawing with variables, and their colours; None where the specification chooses by mode in another
        way than between two colours, or where a marker does not come out of the drawing as it went in.
    """
    text = json.dumps(figure.spec, ensure_ascii=False)
    markers = _Markers(text)
    marked = json.loads(_CHOICE.sub(markers.of_choice, text))
    for dark, light in set(_CHOICE_OF_FIELD.findall(text)):
        markers.put_into_records(marked, light, dark)
    rest = _CHOICE_OF_FIELD.sub("", json.dumps(_without_parameters(marked)))
    if re.search(r"\bdark\b", rest.replace('"dark":', "")) or _mixes(marked):
        return None
    drawn = replace(figure, spec=marked).svg(width=width, heading=False)
    return markers.taken_out(drawn)


@dataclass(slots=True)
class _Markers:
    """Colours that stand for pairs of colours while a chart is drawn.

    Parameters
    ----------
    text
        The specification, none of whose own colours is taken for a marker.
    """

    text: str
    pairs: dict[str, tuple[str, str]] = field(default_factory=dict)
    _found: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, light: str, dark: str) -> str:
        """Return the marker of a pair; a pair of equal colours needs none."""
        if light == dark:
            return light
        if (light, dark) not in self._found:
            unused = (f"#{number:06x}" for number in range(0x010203, 0xFFFFFF, 0x0101))
            marker = next(one for one in unused if one not in self.pairs and one not in self.text)
            self._found[light, dark] = marker
            self.pairs[marker] = (light, dark)
        return self._found[light, dark]

    def of_choice(self, match: re.Match[str]) -> str:
        """Replace a choice between two colours in an expression."""
        dark, light = match.groups()
        return f"'{self.of(light, dark)}'"

    def put_into_records(self, part: object, light: str, dark: str) -> None:
        """Replace the light colour of every record that brings both."""
        if isinstance(part, dict):
            if isinstance(part.get(light), str) and isinstance(part.get(dark), str):
                part[light] = self.of(part[light], part[dark])
            part = list(part.values())
        if isinstance(part, list):
            for one in part:
                self.put_into_records(one, light, dark)

    def taken_out(self, drawn: str) -> tuple[str, Colours] | None:
        """Put variables in the place of markers; None where colours were mixed or a marker is elsewhere."""
        colours: Colours = {}

        def paint(match: re.Match[str]) -> str:
            attribute, colour = match.groups()
            if colour not in self.pairs:
                return match.group()
            variable = _variable(*self.pairs[colour])
            colours[variable] = self.pairs[colour]
            return f'{attribute}="var({variable})"'

        painted = _PAINT.sub(paint, drawn)
        if "rgb" in painted or any(marker in painted for marker in self.pairs):
            return None
        return painted, colours


def _mixes(part: object) -> bool:
    """Whether a scale goes from colour to colour without steps."""
    if isinstance(part, dict):
        if part.get("type") in _CONTINUOUS and "#" in json.dumps(part.get("range")):
            return True
        part = list(part.values())
    return isinstance(part, list) and any(_mixes(one) for one in part)


def _without_parameters(spec: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in spec.items() if name != "params"}


def merge(light: str, dark: str, name: str) -> tuple[str, Colours]:
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
    colours: Colours = {}

    def paint(match: re.Match[str]) -> str:
        attribute, colour = match.groups()
        other = next(dark_paints, ("", ""))[1]
        if colour == other:
            return match.group()
        variable = _variable(colour, other)
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
    colours: Colours = {}
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


def _variable(light: str, dark: str) -> str:
    return f"--c{_digits(light)}-{_digits(dark)}"


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
