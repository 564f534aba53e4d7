"""How has the balance moved from year to year?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings import BalanceFinding, find_balance

if TYPE_CHECKING:
    from techbalance.charts.rows import Credit, Row

_BN = 1e9
_RIGHT = 92
"""Pixels kept free at the right for the names of the lines."""
_HEIGHT = 340
_FLOWS = ("exports_usd", "imports_usd", "balance_usd")
_COLUMNS = {
    "year": pa.int16(),
    "exports_usd": pa.int64(),
    "imports_usd": pa.int64(),
    "balance_usd": pa.int64(),
    "months": pa.int8(),
    "vintage": pa.date32(),
    "note": pa.string(),
}


def annual_balance(
    rows: pa.Table, *, credit: Credit, subject: str = "advanced technology products"
) -> Figure:
    """Draw exports and imports as lines and the balance as bars, by year.

    Parameters
    ----------
    rows
        One row per year, of one partner and group: ``year``, ``exports_usd``, ``imports_usd``,
        ``balance_usd``, ``months``, ``vintage``. A year of fewer than twelve months is hollow and joins no
        line; a missing year or value is a gap.
    credit
        The command that recomputes the rows, and their origin.
    subject
        What is traded, for the title; for example ``goods with China``.

    Raises
    ------
    NotCoveredError
        No full year has a balance.
    SchemaError
        A column is missing, or a year is there twice.
    """
    needs = ("year", *_FLOWS, "months")
    listed = answer.read(rows, "annual balance", needs=needs, values=("balance_usd",))
    answer.one_each(listed, "annual balance", ("year",))
    listed.sort(key=lambda row: row["year"])
    finding = find_balance(listed)
    alt_text = alternative.annual_balance(finding, listed, subject)
    origin = credit.origin or answer.CENSUS
    return Figure(
        id="balance-annual",
        title=titles.annual_balance(finding, subject),
        subtitle=answer.subtitle(listed, origin, "Billions of US dollars", more=_hollow(finding.parts)),
        alt_text=alt_text,
        spec=_draw(listed, finding, alt_text),
        table=answer.tidy(listed, _COLUMNS),
        columns_shown=("year", "exports_usd", "imports_usd", "balance_usd", "months", "vintage"),
        command=credit.command,
    )


def _hollow(parts: list[Row]) -> str:
    """Say in the subtitle which years are hollow, and why."""
    if not parts:
        return ""
    named = text.listing([f"{row['year']} ({text.counted(row['months'], 'month')})" for row in parts])
    return f"hollow: {named}, not a full year"


def _draw(listed: list[Row], finding: BalanceFinding, description: str) -> dict[str, Any]:
    by_year = {row["year"]: row for row in listed if any(row[name] is not None for name in _FLOWS)}
    years = list(range(min(by_year), max(by_year) + 1))
    points = [_point(year, by_year.get(year)) for year in years]
    remarks = _remarks(points, finding)
    values = [p[k] for p in points for k in ("exports", "imports", "balance") if p[k] is not None]
    low, high = _reach(values, remarks)
    axis, scale = layout.year_axis(years, right=_RIGHT)
    y = alt.Y("balance:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=layout.money_axis())
    base = layout.records(points).encode(x=alt.X("year:O", axis=axis, scale=scale), tooltip=_TOOLTIP)
    bars = base.transform_filter("!datum.part").mark_bar(color=theme.BALANCE.colour, opacity=0.9)
    hollow = base.transform_filter("datum.part").mark_bar(
        filled=False, stroke=theme.BALANCE.colour, strokeWidth=1.2, strokeDash=[3, 2]
    )
    layers: list[alt.Chart] = [bars.encode(y=y), hollow.encode(y=y)]
    for field, paint in (("exports", theme.EXPORTS), ("imports", theme.IMPORTS)):
        layers += _line(base, field, paint)
    layers.append(layout.zero_line(right=_RIGHT))
    for remark in remarks:
        layers += _annotate(remark)
    layers += _end_labels(points, finding, low, high)
    return compose(*layers, height=_HEIGHT, description=description)


def _reach(values: list[float], remarks: list[_Remark]) -> tuple[float, float]:
    """Return the ends of the vertical scale, so that zero, every value and every remark fits."""
    low, high = min(0.0, *values), max(0.0, *values)
    pixel = (high - low) / _HEIGHT
    ends = [r.narrow - (len(r.lines) * layout.LINE + 10) * pixel for r in remarks]
    return min([low, *ends]), high + 20 * pixel


_TOOLTIP = [
    alt.Tooltip("label:N", title="Year"),
    alt.Tooltip("exports_text:N", title="Exports"),
    alt.Tooltip("imports_text:N", title="Imports"),
    alt.Tooltip("balance_text:N", title="Balance"),
]


def _point(year: int, row: Row | None) -> Row:
    """Turn a year's row, or its absence, into a mark's record in billions."""
    point: Row = {"year": year, "label": str(year), "part": False}
    if row is not None and answer.is_part_year(row):
        point |= {"part": True, "label": f"{year}, {text.counted(row['months'], 'month')}"}
    for name in ("exports", "imports", "balance"):
        value = None if row is None else row[f"{name}_usd"]
        point[name] = None if value is None else value / _BN
        point[f"{name}_text"] = "not covered" if value is None else text.money(value)
    return point


def _line(base: alt.Chart, field: str, paint: theme.Paint) -> list[alt.Chart]:
    """Draw a flow over full years as a line that breaks at gaps, and part-years as hollow points."""
    path = base.transform_calculate(full=f"datum.part ? null : datum.{field}")
    line = path.mark_line(
        color=paint.colour, strokeWidth=2.4, strokeJoin="round", invalid="break-paths-show-path-domains"
    )
    dots = base.transform_filter(f"datum.part && isValid(datum.{field})").mark_point(
        stroke=paint.colour, fill=theme.PAPER.colour, strokeWidth=1.8, size=46, opacity=1
    )
    return [line.encode(y=alt.Y("full:Q")), dots.encode(y=alt.Y(f"{field}:Q"))]


@dataclass(frozen=True, slots=True)
class _Remark:
    """A note under a year's bar.

    ``narrow`` and ``wide`` are its places in a plot of either width, in billions; it is shown where the
    expression ``room`` is true.
    """

    year: int
    lines: list[str]
    value: float
    narrow: float
    wide: float
    align: str
    room: str = "true"


_ANNOTATED = 10
"""Fewer years than this are labelled by the axis alone."""
_PLOT_NARROW, _PLOT_WIDE = 190, theme.NARROW - _RIGHT
"""Widths in pixels of the smallest plot, and of the smallest one that counts as wide."""
_LANE = 0.05
"""Distance of a remark from the bars above it, as a share of the largest balance."""


def _remarks(points: list[Row], finding: BalanceFinding) -> list[_Remark]:
    """Choose the two or three points that matter: largest deficit, turn into deficit, largest surplus."""
    if len(points) < _ANNOTATED:
        return []
    remarks: list[_Remark] = []
    record, turn, best = finding.largest_deficit, finding.turn, finding.largest_surplus
    reach = max(abs(p["balance"]) for p in points if p["balance"] is not None)
    if record is not None:
        remarks.append(_below(points, record["year"], [f"{record['year']}: largest deficit"], reach))
    taken = 0.0
    if turn is not None and turn is not record and turn["balance_usd"] < 0:
        lines = ["Turn to deficit,", f"{turn['year']}: {text.money(turn['balance_usd'])}"]
        remark = _below(points, turn["year"], lines, reach)
        if all(_apart(remark, other, points) for other in remarks):
            remarks.append(remark)
            taken = _width(lines) if remark.align == "right" else 0.0
    if best is not None and (turn is None or best["year"] < turn["year"]):
        lines = ["Largest surplus:", f"{text.money(best['balance_usd'])} in {best['year']}"]
        years_free = (turn or points[-1])["year"] - best["year"]
        needed = _width(lines) + taken + 10
        room = f"(width - {_RIGHT}) * {years_free} / {len(points)} > {needed:.0f}"
        place = -reach * _LANE * 1.6
        remarks.append(_Remark(best["year"], lines, 0, place, place, "left", room))
    return remarks


def _apart(one: _Remark, other: _Remark, points: list[Row]) -> bool:
    """Say whether the text of one remark ends above the other's in a plot of any width."""
    values = [p[name] for p in points for name in ("exports", "imports", "balance") if p[name] is not None]
    pixel = (max(values) - min(0.0, *values)) / _HEIGHT
    needed = (max(len(one.lines), len(other.lines)) * layout.LINE + 6) * pixel
    return bool(min(abs(one.narrow - other.narrow), abs(one.wide - other.wide)) > needed)


def _width(lines: list[str]) -> float:
    return max(text.pixels(line, theme.LABEL_SIZE) for line in lines)


def _below(points: list[Row], year: int, lines: list[str], reach: float) -> _Remark:
    """Put a remark under its bar, lower than every bar its text passes, running towards the roomier side."""
    index = year - points[0]["year"]
    align = "left" if index < len(points) / 2 else "right"

    def lane(plot: int) -> float:
        span = int(_width(lines) / (plot / len(points))) + 1
        first, last = (index, index + span) if align == "left" else (max(0, index - span), index)
        return min(0.0, *(p["balance"] or 0.0 for p in points[first : last + 1])) - reach * _LANE

    return _Remark(year, lines, points[index]["balance"], lane(_PLOT_NARROW), lane(_PLOT_WIDE), align)


def _annotate(remark: _Remark) -> list[alt.Chart]:
    """Draw a remark and the thin leader from its bar."""
    place = alt.ExprRef(f"scale('y', {theme.IS_NARROW} ? {remark.narrow} : {remark.wide})")
    shown = alt.ExprRef(f"{remark.room} ? 1 : 0")
    base = layout.records([{"year": remark.year, "value": remark.value}]).encode(x=alt.X("year:O"))
    leader = base.mark_rule(color=theme.MUTED.colour, strokeWidth=0.8, opacity=shown, y2=place)
    words = base.mark_text(
        align="left" if remark.align == "left" else "right",
        baseline="line-top",
        dx=-4 if remark.align == "left" else 4,
        dy=3,
        y=place,
        opacity=shown,
    )
    return [leader.encode(y=alt.Y("value:Q")), *layout.haloed(words.encode(text=alt.TextValue(remark.lines)))]


def _end_labels(points: list[Row], finding: BalanceFinding, low: float, high: float) -> list[alt.Chart]:
    """Name the lines and the bars at the right, with their last full-year values."""
    latest = next(p for p in points if p["year"] == finding.latest["year"])
    year = f" {latest['year']}" if latest is not points[-1] else ""
    labels = [
        (latest[name], [f"{title}{year}", text.money(latest[name] * _BN)], paint)
        for name, title, paint in (
            ("imports", "Imports", theme.IMPORTS),
            ("exports", "Exports", theme.EXPORTS),
            ("balance", "Balance", theme.BALANCE),
        )
        if latest[name] is not None
    ]
    unit = (high - low) / _HEIGHT
    spots = layout.dodge([value for value, _, _ in labels], 34 * unit, low + 14 * unit, high)
    marks: list[alt.Chart] = []
    for spot, (_, lines, paint) in zip(spots, labels, strict=True):
        marks += layout.end_label(lines, paint, alt.Y("spot:Q"), spot, right=_RIGHT)
    return marks
