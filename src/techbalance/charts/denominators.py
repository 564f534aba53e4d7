"""How large is the technology deficit beside the trade deficit, and how much hangs on which trade deficit?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings import RatioFinding, find_ratio

if TYPE_CHECKING:
    from techbalance.charts.rows import Credit, Row

_RIGHT = 116
_HEIGHT = 300
_COLUMNS = {
    "year": pa.int16(),
    "denominator": pa.string(),
    "deficit_ratio": pa.float64(),
    "balance_usd": pa.int64(),
    "denominator_usd": pa.int64(),
    "months": pa.int8(),
    "vintage": pa.date32(),
    "denominator_vintage": pa.date32(),
    "note": pa.string(),
}


class _Style(NamedTuple):
    """How a denominator's line is drawn: colour and dashes."""

    paint: theme.Paint
    dash: list[int]


_STYLES = {
    "goods_census": _Style(theme.BLUE, [1, 0]),
    "goods_bop": _Style(theme.VERMILLION, [5, 3]),
    "goods_services_bop": _Style(theme.GREEN, [1, 0]),
}
_OTHER = (_Style(theme.PURPLE, [2, 2]), _Style(theme.WINE, [6, 2, 1, 2]), _Style(theme.SLATE, [8, 3]))


def deficit_ratios(rows: pa.Table, *, credit: Credit) -> Figure:
    """Draw the ratio of the deficit to each trade deficit as lines by year.

    Parameters
    ----------
    rows
        One row per year and denominator: ``year``, ``denominator``, ``deficit_ratio`` (a plain number, null
        where a sign differs), ``denominator_usd``, ``balance_usd``, ``months``, ``vintage``,
        ``denominator_vintage``. A null or missing year breaks a line; a part-year is hollow and joins none.
    credit
        The command that recomputes the rows, and their origin.

    Raises
    ------
    NotCoveredError
        No full year has a ratio.
    SchemaError
        A column is missing, or a year and denominator is there twice.
    """
    needs = ("year", "denominator", "deficit_ratio", "months")
    listed = answer.read(rows, "deficit ratio", needs=needs, values=("deficit_ratio",))
    listed.sort(key=lambda row: (row["year"], row["denominator"]))
    answer.one_each(listed, "deficit ratio", ("year", "denominator"))
    finding = find_ratio(listed)
    alt_text = alternative.deficit_ratios(finding)
    unit = "Technology deficit as percent of the trade deficit"
    return Figure(
        id="deficit-ratio",
        title=titles.deficit_ratios(finding),
        subtitle=answer.subtitle(listed, credit.origin or answer.DENOMINATORS, unit),
        alt_text=alt_text,
        spec=_draw(listed, finding, alt_text),
        table=answer.tidy(listed, _COLUMNS),
        columns_shown=(
            "year",
            "denominator",
            "deficit_ratio",
            "denominator_usd",
            "denominator_vintage",
            "note",
        ),
        command=credit.command,
    )


def _draw(listed: list[Row], finding: RatioFinding, description: str) -> dict[str, Any]:
    shown = [row["year"] for row in listed if row["deficit_ratio"] is not None]
    years = list(range(min(shown), max(shown) + 1))
    axis, scale = layout.year_axis(years, right=_RIGHT)
    x = alt.X("year:O", axis=axis, scale=scale)
    given = {(row["year"], row["denominator"]): row for row in listed}
    top = max(row["deficit_ratio"] for row in listed if row["deficit_ratio"] is not None) * 1.08
    y = alt.Y(
        "ratio:Q",
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(title=None, format="~%", tickCount=5),
    )
    layers: list[alt.Chart] = []
    others = iter(_OTHER * len(finding.denominators))
    styles = {name: _STYLES.get(name) or next(others) for name in finding.denominators}
    for name in reversed(finding.denominators):
        points = [_point(year, name, given.get((year, name))) for year in years]
        base = layout.records(points).encode(x=x, tooltip=_TOOLTIP)
        layers += _line(base, styles[name], y)
    layers.append(layout.zero_line(right=_RIGHT))
    layers += _end_labels(finding, styles, top)
    return compose(*layers, height=_HEIGHT, description=description)


_TOOLTIP = [
    alt.Tooltip("label:N", title="Year"),
    alt.Tooltip("name:N", title="Denominator"),
    alt.Tooltip("text:N", title="Ratio"),
]


def _point(year: int, name: str, row: Row | None) -> Row:
    ratio = None if row is None else row["deficit_ratio"]
    part = row is not None and answer.is_part_year(row)
    return {
        "year": year,
        "label": f"{year}, {text.counted(row['months'], 'month')}" if row is not None and part else str(year),
        "name": titles.denominator(name),
        "ratio": ratio,
        "part": part,
        "text": "not given" if ratio is None else text.percent(ratio),
    }


def _line(base: alt.Chart, style: _Style, y: alt.Y) -> list[alt.Chart]:
    """Draw one denominator's line, its lone years as dots and its part-years as hollow dots."""
    paint = style.paint.colour
    path = base.transform_calculate(ratio="datum.part ? null : datum.ratio")
    line = path.mark_line(
        color=paint,
        strokeWidth=2.2,
        strokeDash=style.dash,
        strokeJoin="round",
        invalid="break-paths-show-path-domains",
        point=alt.OverlayMarkDef(color=paint, size=14, filled=True),
    )
    hollow = base.transform_filter("datum.part && isValid(datum.ratio)").mark_point(
        stroke=paint, fill=theme.PAPER.colour, strokeWidth=1.6, size=44, opacity=1
    )
    return [line.encode(y=y), hollow.encode(y=y)]


def _end_labels(finding: RatioFinding, styles: dict[str, _Style], top: float) -> list[alt.Chart]:
    """Name each line at the right, with its last full-year value and the year where it ends early."""
    unit = top / _HEIGHT
    ends = [finding.ends[name] for name in finding.denominators]
    spots = layout.dodge([ratio for _, ratio in ends], 34 * unit, 20 * unit, top)
    marks: list[alt.Chart] = []
    for name, (year, ratio), spot in zip(finding.denominators, ends, spots, strict=True):
        early = "" if year == finding.latest_year else f" ({year})"
        lines = [titles.denominator(name, short=True), f"{text.percent(ratio)}{early}"]
        marks += layout.end_label(lines, styles[name].paint, alt.Y("spot:Q"), spot, right=_RIGHT)
    return marks
