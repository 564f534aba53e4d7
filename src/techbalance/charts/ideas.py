"""Have countries gone from things to ideas? Each a path through time, and the order of the gap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings.ideas import GapFinding, PathFinding, find_gaps, find_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Credit, Row
    from techbalance.charts.theme import Paint

_BN = 1e9
_HEIGHT = 360
_STEPS = (1, 2, 5)
_MARGIN = 1.3
"""How far the axes go beyond the smallest and the largest figure, as a factor."""
_LABEL_GAP = 17
_ROW = 24
_PLACES = 58
"""Pixels of the column of places at the right."""
_SIDES = ("ip_receipts_usd", "hightech_exports_usd")
_HOME = "USA"


def idea_paths(rows: pa.Table, *, credit: Credit) -> Figure:
    """Draw receipts for ideas against exports of things, each country a path from its first year to its last.

    Parameters
    ----------
    rows
        One row per country and year: ``country``, ``country_name``, ``year``, ``ip_receipts_usd``,
        ``hightech_exports_usd``, ``vintage``. A year without both, or with a zero, is left out of the path.
    credit
        The command that recomputes the rows, and their origin.

    Raises
    ------
    NotCoveredError
        No country has both figures in two years.
    SchemaError
        A column is missing, or a country and year is there twice.
    """
    needs = ("country", "country_name", "year", *_SIDES)
    listed = answer.read(rows, "ideas and things", needs=needs, values=_SIDES)
    answer.one_each(listed, "ideas and things", ("country", "year"))
    finding = find_paths(listed)
    drawn = [row for path in finding.paths.values() for row in path]
    alt_text = alternative.idea_paths(finding)
    return Figure(
        id=f"ideas-and-things-{finding.first}-{finding.last}",
        title=titles.idea_paths(finding),
        subtitle=answer.subtitle(
            drawn,
            credit.origin or answer.IDEAS_AND_THINGS,
            "Billions of US dollars, both axes in ratio scale",
            more="a hollow point is the first year of a path, a full one the last",
        ),
        alt_text=alt_text,
        spec=_draw_paths(finding, alt_text),
        table=answer.tidy(
            drawn,
            {
                "country": pa.string(),
                "country_name": pa.string(),
                "year": pa.int16(),
                "hightech_exports_usd": pa.int64(),
                "ip_receipts_usd": pa.int64(),
                "vintage": pa.date32(),
            },
        ),
        columns_shown=("country_name", "year", "hightech_exports_usd", "ip_receipts_usd"),
        command=credit.command,
    )


def _draw_paths(finding: PathFinding, description: str) -> dict[str, Any]:
    points = {code: [_point(row) for row in path] for code, path in finding.paths.items()}
    everything = [point for path in points.values() for point in path]
    names = {code: text.shorten(path[0]["country_name"] or code, 16) for code, path in finding.paths.items()}
    room = round(max(text.pixels(name, theme.LABEL_SIZE, bold=True) for name in names.values())) + 34
    low, high = _domain([point["y"] for point in everything])
    wanted = [_HEIGHT * (1 - _part(path[-1]["y"], low, high)) for path in points.values()]
    spots = dict(zip(points, layout.dodge(wanted, _LABEL_GAP, 6, _HEIGHT - 6), strict=True))
    x = alt.X(
        "x:Q",
        scale=_ratio_scale([p["x"] for p in everything], f"width - {room}"),
        axis=_axis(everything, "x"),
    )
    y = alt.Y("y:Q", scale=_ratio_scale([p["y"] for p in everything]), axis=_axis(everything, "y"))
    layers: list[alt.Chart] = []
    for code, path in points.items():
        paint = theme.SLATE if code == _HOME else theme.partner_colour(code)
        layers += _path(path, paint, x, y)
        layers += _name(names[code], path[-1], paint, (spots[code], room), (x, y))
    layers.append(layout.heading("Receipts for intellectual property, $bn", 0))
    return compose(*layers, height=_HEIGHT, description=description)


def _path(path: Sequence[Row], paint: Paint, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    line = layout.records(path).mark_line(color=paint.colour, strokeWidth=2, strokeJoin="round", opacity=0.85)
    ends = [path[0] | {"last": False}, path[-1] | {"last": True}]
    dots = layout.records(ends).mark_point(
        shape="circle",
        size=64,
        strokeWidth=2,
        stroke=paint.colour,
        fill=alt.ExprRef(f"datum.last ? ({paint.expression}) : ({theme.PAPER.expression})"),
        opacity=1,
    )
    steps = layout.records(path).mark_point(filled=True, size=9, color=paint.colour, opacity=1)
    return [
        line.encode(x=x, y=y, order=alt.Order("year:Q")),
        steps.encode(x=x, y=y, tooltip=_TOOLTIP),
        dots.encode(x=x, y=y, tooltip=_TOOLTIP),
    ]


_TOOLTIP = [
    alt.Tooltip("name:N", title="Country"),
    alt.Tooltip("year:O", title="Year"),
    alt.Tooltip("ideas:N", title="Receipts"),
    alt.Tooltip("things:N", title="High-technology exports"),
]


def _name(
    name: str, last: Row, paint: Paint, place: tuple[float, int], axes: tuple[alt.X, alt.Y]
) -> list[alt.Chart]:
    """Name a path at the right, with a thin line from its last point."""
    spot, room = place
    lead = layout.records([last]).mark_rule(strokeWidth=1, color=theme.FAINT.colour, strokeDash=[2, 2])
    lead = lead.encode(
        x=axes[0], y=axes[1], x2=alt.value(alt.ExprRef(f"width - {room - 22}")), y2=alt.value(spot)
    )
    words = layout.records([{}]).mark_text(
        align="left",
        baseline="middle",
        fontWeight=600,
        color=theme.legible(paint).colour,
        x=alt.ExprRef(f"width - {room - 26}"),
        y=spot,
    )
    return [lead, *layout.haloed(cast(alt.Chart, words.encode(text=alt.TextValue(name))))]


def _point(row: Row) -> Row:
    ideas, things = row["ip_receipts_usd"], row["hightech_exports_usd"]
    return {
        "name": row["country_name"] or row["country"],
        "year": row["year"],
        "x": things / _BN,
        "y": ideas / _BN,
        "ideas": text.money(ideas),
        "things": text.money(things),
    }


def _domain(values: Sequence[float]) -> tuple[float, float]:
    return min(values) / _MARGIN, max(values) * _MARGIN


def _part(value: float, low: float, high: float) -> float:
    return math.log(value / low) / math.log(high / low)


def _ratio_scale(values: Sequence[float], end: str | None = None) -> alt.Scale:
    scale: dict[str, Any] = {"type": "log", "domain": list(_domain(values)), "nice": False}
    if end is not None:
        scale["range"] = [0, alt.ExprRef(end)]
    return alt.Scale(**scale)


def _axis(points: Sequence[Row], side: str) -> alt.Axis:
    """Label 1, 2 and 5 of each power of ten, on a narrow plot only the 1s, or the 5s where there is no 1."""
    low, high = _domain([point[side] for point in points])
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = [step * 10.0**power for power in powers for step in _STEPS if low <= step * 10.0**power <= high]
    ones = [value for value in values if math.log10(value).is_integer()]
    few = ones if len(ones) > 1 else values[:: max(1, len(values) // 2)]
    hidden = f"({theme.IS_NARROW}) && indexof({few}, datum.value) < 0"
    shown = f"{hidden} ? '' : format(datum.value, '{layout.NUMBER}')"
    return alt.Axis(
        title="High-technology exports, $bn" if side == "x" else None,
        values=values,
        labelExpr=shown,
        labelOverlap=False,
        labelFlush=False,
        format=layout.NUMBER,
    )


def gap_ranking(rows: pa.Table, *, credit: Credit, top: int = 20) -> Figure:
    """Draw the gap between ideas and making as bars, with the places that other ways of measuring give.

    Parameters
    ----------
    rows
        One row per country: ``country``, ``country_name``, ``gap_log``, ``place_log``, ``place_z``,
        ``place_rank``, ``place_spread``, ``year``, ``conduit``, ``vintage``. One without a gap is left out.
    credit
        The command that recomputes the rows, and their origin.
    top
        How many countries are drawn, half of them from each end.

    Raises
    ------
    NotCoveredError
        No country has a gap.
    SchemaError
        A column is missing, or a country is there twice.
    """
    places = ("place_log", "place_z", "place_rank", "place_spread")
    needs = ("country", "country_name", "gap_log", *places, "year", "conduit", "vintage")
    listed = answer.read(rows, "gap", needs=needs, values=("gap_log",))
    answer.one_each(listed, "gap", ("country",))
    finding = find_gaps(listed, top=top)
    alt_text = alternative.gap_ranking(finding)
    more = "a diamond marks conduits; places by log ratio, z-score and rank"
    return Figure(
        id=f"gap-{finding.year}",
        title=titles.gap_ranking(finding),
        subtitle=answer.subtitle(
            finding.shown,
            credit.origin or answer.IDEAS_AND_THINGS,
            f"Share in world ideas over share in world technology exports in {finding.year}, ratio scale",
            more=more,
        ),
        alt_text=alt_text,
        spec=_draw_gaps(finding, alt_text),
        table=answer.tidy(
            finding.shown,
            {
                "country": pa.string(),
                "country_name": pa.string(),
                "gap_log": pa.float64(),
                **dict.fromkeys(places, pa.float64()),
                "conduit": pa.string(),
            },
        ),
        columns_shown=("country_name", "gap_log", *places),
        command=credit.command,
    )


def _draw_gaps(finding: GapFinding, description: str) -> dict[str, Any]:
    records = [_gap_record(row, place) for place, row in enumerate(finding.shown, start=1)]
    short, wide = (max(text.pixels(r[key], theme.LABEL_SIZE) for r in records) for key in ("short", "name"))
    gaps = [record["gap"] for record in records]
    start = f"68 + ({theme.IS_NARROW} ? {short:.0f} : {wide:.0f})"
    scale = layout.between(min(0.0, *gaps), max(0.0, *gaps), start, f"width - {_PLACES + 52}")
    x = alt.X("gap:Q", scale=scale, axis=None)
    base = layout.records(records).encode(y=layout.places(len(records)), tooltip=_GAP_TOOLTIP)
    bars = base.mark_bar(
        height=13,
        color=alt.ExprRef(f"datum.gap < 0 ? ({theme.IMPORTS.expression}) : ({theme.EXPORTS.expression})"),
    )
    amounts = base.mark_text(
        align=alt.ExprRef("datum.gap < 0 ? 'right' : 'left'"), dx=alt.ExprRef("datum.gap < 0 ? -5 : 5")
    )
    signs = base.transform_filter("datum.conduit").mark_point(
        shape="diamond", filled=True, size=50, x=5, color=theme.INK.colour, opacity=1
    )
    places = base.mark_text(align="right", x=alt.ExprRef("width"), color=theme.MUTED.colour)
    names = base.mark_text(align="left", x=14)
    zero = layout.records([{}]).mark_rule().encode(x=alt.XDatum(0, axis=None))
    return compose(
        bars.encode(x=x, x2=alt.X2Datum(0)),
        amounts.encode(x=x, text=alt.Text("times:N")),
        signs,
        names.encode(text=alt.TextValue(layout.narrow("datum.short", "datum.name"))),
        places.encode(text=alt.Text("places:N")),
        zero.encode(y=alt.YDatum(0.5, axis=None), y2=alt.YDatum(len(records) + 0.5)),
        layout.heading("Places", alt.ExprRef("width"), right=True),
        height=_ROW * len(records),
        description=description,
    )


_GAP_TOOLTIP = [
    alt.Tooltip("full_name:N", title="Country"),
    alt.Tooltip("times:N", title="Ideas over making"),
    alt.Tooltip("told:N", title="Places"),
]


def _gap_record(row: Row, place: int) -> Row:
    name = row["country_name"] or row["country"]
    held = [row[key] for key in ("place_log", "place_z", "place_rank") if row[key] is not None]
    return {
        "place": place,
        "full_name": name,
        "name": text.shorten(name, 24),
        "short": text.shorten(name, 13),
        "gap": row["gap_log"],
        "times": titles.times(row["gap_log"]),
        "conduit": bool(row["conduit"]),
        "places": titles.place_range(held),
        "told": ", ".join(text.number(one, 0) for one in held) or "not compared",
    }
