"""Which points of a crowd get a number, and where does it say what the numbers stand for?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import altair as alt

from techbalance.charts import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from techbalance.charts.rows import Row

_MOST: Final = 6
_SIZE, _NUMBERED_SIZE = 34, 90


def number(points: Sequence[Row], apart: Callable[[Row, Row], bool]) -> None:
    """Give the first points that stand apart from each other a ``label`` from 1.

    Parameters
    ----------
    points
        Those that may have one, the most important first.
    apart
        Whether two of them can both be labelled.
    """
    chosen: list[Row] = []
    for row in points:
        if len(chosen) == _MOST:
            return
        if all(apart(row, one) for one in chosen):
            chosen.append(row)
            row["label"] = len(chosen)


def numbered(points: Sequence[Row]) -> list[Row]:
    """Those with a number, in its order."""
    return sorted((row for row in points if row.get("label")), key=lambda row: int(row["label"]))


def scatter(
    records: Sequence[Row], x: alt.X, y: alt.Y, *, tooltip: Sequence[alt.Tooltip], opacity: float
) -> list[alt.Chart]:
    """Draw records as points in their own colours, those with a ``label`` larger and with it beside them."""
    points = layout.records(records).mark_point(
        filled=True,
        size=alt.ExprRef(f"datum.label ? {_NUMBERED_SIZE} : {_SIZE}"),
        opacity=opacity,
        strokeWidth=0,
        color=layout.OWN_COLOUR,
    )
    numbers = layout.records([record for record in records if record["label"]]).mark_text(
        dx=11, dy=-7, fontWeight=700
    )
    return [
        points.encode(x=x, y=y, tooltip=list(tooltip)),
        *layout.haloed(numbers.encode(x=x, y=y, text=alt.Text("label:N"))),
    ]


def key(lines: Sequence[str]) -> alt.Chart:
    """Write what the numbers from 1 stand for under the axis, one line each, cut where the plot is narrow."""
    records = [{"line": f"{place + 1}  {line}", "lower": place} for place, line in enumerate(lines)]
    base = layout.records(records).mark_text(
        align="left", x=0, y=alt.ExprRef(f"height + 44 + {layout.LINE} * datum.lower")
    )
    return cast("alt.Chart", base.encode(text=alt.TextValue(layout.cut("datum.line", "width"))))
