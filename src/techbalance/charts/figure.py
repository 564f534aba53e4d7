"""What does a chart function hand over, and how does its specification become a picture?"""

from __future__ import annotations

import copy
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert
from altair.utils import schemapi

from techbalance.charts import text, theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

STANDALONE_WIDTH = 720


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with everything that must travel with it.

    Parameters
    ----------
    id
        A stable slug, for anchors and file names.
    title
        What the chart shows, as one sentence computed from the rows.
    subtitle
        The grey line under it: unit, source, basis and vintage.
    alt_text
        The chart in plain words, for readers who do not see it.
    spec
        A Vega-Lite specification without a title, as wide as its container. Its parameter ``dark``, a signal
        of the running view, chooses the colours.
    table
        The rows that are drawn, one per mark or point, money in whole US dollars.
    columns_shown
        The columns of ``table`` a reader of the page needs, in order.
    command
        The command that recomputes the rows.
    """

    id: str
    title: str
    subtitle: str
    alt_text: str
    spec: dict[str, Any]
    table: pa.Table
    columns_shown: tuple[str, ...]
    command: str

    def drawn(
        self, *, width: int = STANDALONE_WIDTH, dark: bool = False, heading: bool = True
    ) -> dict[str, Any]:
        """Return the specification at a fixed width in pixels, in one mode, with or without its title."""
        spec = copy.deepcopy(self.spec)
        spec["width"] = width
        spec["params"][0]["value"] = dark
        if heading:
            room = width - 2 * _PADDING
            spec["title"] = {
                "text": text.balance_lines(self.title, room, theme.TITLE_SIZE, bold=True),
                "subtitle": text.wrap(self.subtitle, room, theme.SUBTITLE_SIZE),
            }
        return spec

    def svg(self, *, width: int = STANDALONE_WIDTH, dark: bool = False, heading: bool = True) -> str:
        """Draw the chart as SVG; the same figure gives the same text each time."""
        drawn = self.drawn(width=width, dark=dark, heading=heading)
        svg: str = vl_convert.vegalite_to_svg(json.dumps(drawn))
        return svg

    def png(
        self, *, width: int = STANDALONE_WIDTH, dark: bool = False, heading: bool = True, scale: float = 2
    ) -> bytes:
        """Draw the chart as PNG at ``scale`` device pixels to a pixel."""
        drawn = self.drawn(width=width, dark=dark, heading=heading)
        png: bytes = vl_convert.vegalite_to_png(json.dumps(drawn), scale=scale)
        return png


def compose(*layers: alt.Chart, height: int, description: str, share_y: bool = True) -> dict[str, Any]:
    """Lay marks over each other in one view as wide as its container, with the shared theme.

    Parameters
    ----------
    layers
        Marks, lowest first.
    height
        Height of the plot in pixels, without axes and title.
    description
        The text alternative, read out for the chart as a whole.
    share_y
        Whether the layers share one vertical scale.
    """
    datasets: dict[str, Any] = {}
    # A layer chart of Altair's would copy every mark several times, which takes longer than all the rest.
    # Each part was checked against the schema when it was made; the tests check the whole.
    context = {"datasets": datasets, "top_level": False}
    layer = [one.to_dict(validate=False, context=context) for one in layers]
    return {
        "$schema": alt.SCHEMA_URL,
        "description": description,
        "width": "container",
        "height": height,
        "padding": _PADDING,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "params": [{"name": "dark", "value": False}],
        "layer": layer,
        **({} if share_y else {"resolve": {"scale": {"y": "independent"}}}),
        "datasets": {name: list(records) for name, records in datasets.items()},
        "config": theme.config(),
    }


def draw_unchecked() -> None:
    """From now on, make charts in this process without Altair checking each part of one against the schema.

    For processes that draw nothing but these charts, each of which the tests check as a whole: the checks
    take a quarter of the time a chart does. Elsewhere they tell who writes a chart what is wrong with it.
    """
    schemapi.disable_debug_mode()


@contextmanager
def unchecked() -> Iterator[None]:
    """Inside, make charts as after ``draw_unchecked``."""
    with schemapi.debug_mode(False):
        yield


_PADDING = 6
