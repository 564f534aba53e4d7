"""Which groups or partners made the change between two years?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings import ChangeFinding, find_change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Credit, Row

_BN = 1e9
_ROW, _THICKNESS = 28, 17
_TOP = 10
"""How many parts get a bar: all ten groups, or the ten partners that changed most."""
_VALUE_WIDE, _VALUE_NARROW = 108, 62
"""Pixels kept free for a bar's text, with and without its part of the change."""
_COLUMNS = {
    "key": pa.string(),
    "name": pa.string(),
    "change_usd": pa.int64(),
    "contribution_ratio": pa.float64(),
    "start_usd": pa.int64(),
    "end_usd": pa.int64(),
}


def change_waterfall(
    rows: pa.Table, *, years: tuple[int, int], by: str, credit: Credit, flow: str = "imports"
) -> Figure:
    """Draw the way from one year's total to another's, one floating bar for each group or partner.

    Lengths are changes, so no axis needs to start at zero; the totals are points with their values.

    Parameters
    ----------
    rows
        One row per group, partner or product: the key ``by`` and its name, ``from_usd``, ``to_usd``,
        ``change_usd``. A row of the world or of all groups gives the totals, and what the parts leave of it
        is a bar of its own; without one, the parts' sums are the totals.
    years
        The years compared, the earlier first.
    by
        ``group``, ``partner`` or ``product``.
    credit
        The command that recomputes the rows, and their origin.
    flow
        ``imports``, ``exports`` or ``balance``.

    Raises
    ------
    NotCoveredError
        No part has a change.
    SchemaError
        A column is missing, or a key is there twice.
    """
    needs = (by, f"{by}_name", "from_usd", "to_usd", "change_usd")
    listed = answer.read(rows, "change", needs=needs, values=("change_usd",))
    answer.one_each(listed, "change", (by,))
    found = find_change(listed, years=years, by=by, flow=flow, top=_TOP)
    finding = replace(found, within=credit.within)
    return waterfall(f"change-{by}", finding, listed, credit)


def waterfall(kind: str, finding: ChangeFinding, listed: Sequence[Row], credit: Credit) -> Figure:
    """Make the figure of a change that is told in steps.

    Parameters
    ----------
    kind
        What its id begins with.
    finding
        The steps.
    listed
        The rows they come from, for the line under the title.
    credit
        The command that recomputes the rows, and their origin.
    """
    flow, first, last = finding.flow, finding.from_year, finding.to_year
    alt_text = alternative.change(finding)
    what = f"{flow} {finding.within}".rstrip()
    unit = f"Change in {what}, {first} to {last}, billions of US dollars and part of the change"
    return Figure(
        id=f"{kind}-{flow}-{first}-{last}",
        title=titles.change(finding),
        subtitle=answer.subtitle(listed, credit.origin or answer.census(flow), unit),
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy(finding.steps, _COLUMNS),
        columns_shown=("name", "change_usd", "contribution_ratio", "end_usd"),
        command=credit.command,
    )


def _draw(finding: ChangeFinding, description: str) -> dict[str, Any]:
    """Draw the steps of a change as floating bars between two totals."""
    steps = [_step(step, place, finding) for place, step in enumerate(finding.steps, start=2)]
    last = len(steps) + 2
    ends = [
        _end(1, finding.from_year, finding.from_usd, reaches=2),
        _end(last, finding.to_year, finding.to_usd, reaches=last - 1),
    ]
    reached = [value for row in (*steps, *ends) for value in (row["start"], row["end"])]
    wide, short = (
        max(text.pixels(row[key], theme.LABEL_SIZE) for row in steps) + 12 for key in ("name", "short")
    )
    start = f"({theme.IS_NARROW} ? {short:.0f} : {wide:.0f})"
    room = f"({theme.IS_NARROW} ? {_VALUE_NARROW} : {_VALUE_WIDE})"
    x_scale = layout.between(min(reached), max(reached), start, f"width - {room}")
    y = layout.places(last)
    at_end = alt.X("end:Q", axis=None)
    base = layout.records(steps).encode(y=y, tooltip=_TOOLTIP)
    bars = base.mark_bar(height=_THICKNESS, color=layout.OWN_COLOUR)
    links = base.mark_rule(color=theme.FAINT.colour)
    amounts = base.mark_text(align="left", dx=6)
    totals = layout.records(ends).encode(y=y, x=at_end)
    lead = totals.transform_filter("datum.place == 1").mark_rule(color=theme.FAINT.colour)
    points = totals.mark_point(filled=True, size=90, shape="diamond", color=theme.INK.colour, opacity=1)
    figures = totals.mark_text(align="left", dx=9, fontWeight=600).encode(text=alt.Text("amount:N"))
    names = layout.records([*steps, *ends]).mark_text(
        align="left", x=0, fontWeight=alt.ExprRef("datum.total ? 600 : 400")
    )
    layers = [
        links.encode(x=at_end, y2=alt.Y2("next:Q")),
        lead.encode(y2=alt.Y2("next:Q")),
        bars.encode(x=alt.X("start:Q", axis=None, scale=x_scale), x2=alt.X2("end:Q")),
        amounts.encode(
            x=alt.X("right:Q", axis=None),
            text=alt.TextValue(layout.narrow("datum.amount", "datum.amount_share")),
        ),
        points,
        *layout.haloed(figures),
        names.encode(y=y, text=alt.TextValue(layout.narrow("datum.short", "datum.name"))),
    ]
    return compose(*layers, height=_ROW * last, description=description)


_TOOLTIP = [
    alt.Tooltip("name:N", title="Part"),
    alt.Tooltip("money:N", title="Change"),
    alt.Tooltip("share:N", title="Part of the change"),
]


def _step(step: Row, place: int, finding: ChangeFinding) -> Row:
    """Turn a part of the change into a mark's record."""
    key, ratio = step["key"], step["contribution_ratio"]
    paint = _paint(step, finding.by)
    name = titles.short_name(step["name"], finding.by)
    start, end = step["start_usd"] / _BN, step["end_usd"] / _BN
    amount = text.signed_billions(step["change_usd"])
    share = "not given" if ratio is None else text.percent(ratio, 0)
    return {
        "place": place,
        "next": place + 1,
        "name": name,
        "short": theme.SHORT_GROUPS.get(key, text.shorten(name, 16)),
        "start": start,
        "end": end,
        "right": max(start, end),
        "amount": amount,
        "amount_share": amount if ratio is None else f"{amount} ({share})",
        "money": text.signed(step["change_usd"]),
        "share": share,
        "total": False,
        "light": paint.light,
        "dark": paint.dark,
    }


def _paint(step: Row, by: str) -> theme.Paint:
    """Choose a part's own colour; an effect has that of its direction."""
    if by == "effect":
        return theme.BLUE if step["change_usd"] > 0 else theme.VERMILLION
    return theme.group_colour(step["key"]) if by == "group" else theme.partner_colour(step["key"])


def _end(place: int, year: int, usd: int, *, reaches: int) -> Row:
    """Make the record of a total at either end of the way."""
    value = usd / _BN
    return {
        "place": place,
        "next": reaches,
        "name": str(year),
        "short": str(year),
        "start": value,
        "end": value,
        "amount": text.money(usd),
        "total": True,
    }
