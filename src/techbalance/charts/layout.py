"""Where do labels go, so that none covers another or leaves the chart?"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import altair as alt

from techbalance.charts import text, theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Row
    from techbalance.charts.theme import Paint


OWN_COLOUR = alt.ExprRef("dark ? datum.dark : datum.light")
"""The colour that a record brings itself, as ``light`` and ``dark``."""
LINE = theme.LABEL_SIZE + 3
"""Pixels from one line of a label to the next."""
HEADING = -6
"""Where words above a plot end, in pixels from its top."""
NUMBER = ",.2~f"
"""Format of axis labels: thousands separated, no more digits than needed."""


def dodge(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places apart until neighbours are ``gap`` away, as little as possible and in the same order.

    Parameters
    ----------
    places
        Wanted places, in any order.
    gap
        Smallest distance between two of them.
    low, high
        Bounds; where the labels do not fit between them, the upper bound gives way.
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    blocks: list[list[int]] = []
    for index in order:
        blocks.append([index])
        while len(blocks) > 1 and _end(blocks[-2], places, gap) > _start(blocks[-1], places, gap):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    moved = [0.0] * len(places)
    floor = low
    for block in blocks:
        start = max(floor, min(_start(block, places, gap), high - gap * (len(block) - 1)))
        for step, index in enumerate(block):
            moved[index] = start + step * gap
        floor = start + gap * len(block)
    return moved


def _start(block: Sequence[int], places: Sequence[float], gap: float) -> float:
    return sum(places[i] for i in block) / len(block) - gap * (len(block) - 1) / 2


def _end(block: Sequence[int], places: Sequence[float], gap: float) -> float:
    return _start(block, places, gap) + gap * len(block)


def haloed(words: alt.Chart) -> tuple[alt.Chart, alt.Chart]:
    """Set text over a rim of paper, so that lines behind it do not cut it."""
    rim = words.copy()
    rim.mark = words.mark.copy()
    rim.mark["color"] = rim.mark["stroke"] = theme.PAPER.colour
    rim.mark["strokeWidth"], rim.mark["strokeJoin"] = 4, "round"
    return rim, words


def records(rows: Sequence[Row]) -> alt.Chart:
    """Start a chart on records that are written into the specification as they are.

    Altair would check each record when data are made, and copy a list of them with every property that is set
    later; data filled afterwards, with a tuple, are taken as they are.
    """
    data = alt.InlineData(values=())
    data["values"] = tuple(rows)
    return alt.Chart(data)


def places(count: int, *, below: int = 0) -> alt.Y:
    """Encode rows ``1`` to ``count`` from top to bottom, with room for ``below`` more, without an axis."""
    scale = alt.Scale(domain=[0.5, count + below + 0.5], nice=False, zero=False, reverse=True)
    return alt.Y("place:Q", axis=None, scale=scale)


def between(low: float, high: float, start: str, end: str) -> alt.Scale:
    """Make a horizontal scale from ``low`` to ``high`` between two places given in pixels, as expressions."""
    return alt.Scale(domain=[low, high], range=[alt.ExprRef(start), alt.ExprRef(end)], nice=False, zero=False)


def narrow(short: str, wide: str) -> alt.ExprRef:
    """Choose between two expressions by the width of the plot."""
    return alt.ExprRef(f"{theme.IS_NARROW} ? {short} : {wide}")


def cut(field: str, room: str) -> alt.ExprRef:
    """Cut a text to the characters that fit ``room``, an expression in pixels.

    A mark's ``limit`` would cut to the pixel, but measures each text several times, which takes most of the
    time a drawing with long texts needs.
    """
    fits = f"floor(({room}) / {_CHARACTER})"
    return alt.ExprRef(f"truncate({field}, {fits}, 'right', '{text.ELLIPSIS}')")


_CHARACTER = 6.8
"""Mean width in pixels of a letter at the size of labels, in the wider ones of the theme's fonts."""


def zero_line(*, right: int = 0) -> alt.Chart:
    """Draw the horizontal line at zero, as far as the plot goes."""
    rule = records([{"zero": 0}]).mark_rule(x=0)
    return cast(alt.Chart, rule.encode(y=alt.Y("zero:Q"), x2=alt.value(alt.ExprRef(f"width - {right}"))))


def money_axis() -> alt.Axis:
    """Make a vertical axis in billions of dollars, its unit written above it."""
    return alt.Axis(
        title="$bn",
        titleAngle=0,
        titleAlign="right",
        titleAnchor="end",
        titleBaseline="bottom",
        titleX=-6,
        titleY=-8,
        format=NUMBER,
        tickCount=6,
    )


def heading(
    words: str | alt.ExprRef, x: float | alt.ExprRef = 0, y: float = HEADING, *, right: bool = False
) -> alt.Chart:
    """Write a panel's or column's name above it, starting or, if ``right``, ending at ``x``."""
    mark = records([{}]).mark_text(
        align="right" if right else "left", baseline="bottom", color=theme.MUTED.colour, x=x, y=y
    )
    return cast(alt.Chart, mark.encode(text=alt.TextValue(words)))


def end_label(
    lines: Sequence[str], paint: Paint, y: alt.Y, spot: float, *, right: int
) -> tuple[alt.Chart, alt.Chart]:
    """Write lines of text beside the end of a line or row of bars.

    Parameters
    ----------
    lines, paint
        The text, and the colour it is set in a readable shade of.
    y, spot
        The encoding of ``spot``, and the value the text is centred on.
    right
        Pixels kept free at the right of the plot.
    """
    rise = (len(lines) - 1) * LINE / 2
    words = records([{"spot": spot}]).mark_text(
        align="left",
        baseline="middle",
        fontWeight=600,
        color=theme.legible(paint).colour,
        x=alt.ExprRef(f"width - {right - 8}"),
        dy=-rise,
    )
    return haloed(words.encode(y=y, text=alt.TextValue(list(lines))))


def year_axis(years: Sequence[int], *, right: int = 0) -> tuple[alt.Axis, alt.Scale]:
    """Make a band axis of years with room for labels at its right, labelled as often as there is room for.

    Parameters
    ----------
    years
        All years of the axis, without gaps.
    right
        Pixels kept free at the right, for direct labels.
    """
    count = len(years)
    steps = (1, 2, 5, 10)
    # A label needs about 36 pixels; the first step that leaves as much for each is taken while drawing.
    fits = [f"(width - {right}) * {step} / {count} >= 38" for step in steps[:-1]]
    step = " : ".join(f"{test} ? {size}" for test, size in zip(fits, steps, strict=False)) + f" : {steps[-1]}"
    shown = f"datum.value % ({step}) == 0 ? datum.label : ''"
    axis = alt.Axis(title=None, labelAngle=0, grid=False, labelOverlap=False, labelExpr=shown)
    scale = alt.Scale(
        type="band",
        domain=list(years),
        range=[0, alt.ExprRef(f"width - {right}")],
        paddingInner=0.25,
        paddingOuter=0.1,
    )
    return axis, scale
