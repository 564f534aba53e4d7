"""Whose value added is in what a country finally buys, and who only ships it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings.ideas import OriginFinding, find_origins

if TYPE_CHECKING:
    from techbalance.charts.rows import Credit, Row

_BN = 1e9
_ROW = 26
_VALUE_ROOM = 74
_KEY_STEP = 112
_PAINTS = {"added": theme.BLUE, "gross": theme.VERMILLION}
_COLUMNS = {
    "country": pa.string(),
    "country_name": pa.string(),
    "value_added_usd": pa.int64(),
    "demand_share": pa.float64(),
    "gross_usd": pa.int64(),
}


def value_added_origins(rows: pa.Table, *, credit: Credit, top: int = 12) -> Figure:
    """Draw value added by origin in a country's final demand beside what was shipped from there.

    Parameters
    ----------
    rows
        One row per origin: ``country``, ``country_name``, ``absorber``, ``value_added_usd``,
        ``demand_share``, ``gross_usd`` (null for the buyer itself, which is not drawn), ``year``.
    credit
        The command that recomputes the rows, and their origin.
    top
        How many origins are drawn.

    Raises
    ------
    NotCoveredError
        There is no origin abroad.
    SchemaError
        A column is missing, or an origin is there twice.
    """
    needs = ("country", "country_name", "absorber", "value_added_usd", "demand_share", "gross_usd")
    listed = answer.read(rows, "origins", needs=(*needs, "year"), values=("value_added_usd",))
    answer.one_each(listed, "origins", ("country",))
    finding = find_origins(listed, top=top)
    alt_text = alternative.value_added_origins(finding)
    origin = credit.origin or answer.INPUT_OUTPUT
    when = f" in {finding.year}" if finding.year else ""
    return Figure(
        id=f"origins-{finding.absorber}-{finding.year}",
        title=titles.value_added_origins(finding),
        subtitle=(
            f"Foreign value added in final demand, and gross sales{when}, billions of US dollars; modelled. "
            f"{origin.publisher}; {origin.basis}."
        ),
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy(finding.shown, _COLUMNS),
        columns_shown=tuple(_COLUMNS)[1:],
        command=credit.command,
    )


def _draw(finding: OriginFinding, description: str) -> dict[str, Any]:
    records = [_record(row, place) for place, row in enumerate(finding.shown, start=1)]
    short, wide = (max(text.pixels(r[key], theme.LABEL_SIZE) for r in records) for key in ("short", "name"))
    ends = [record[side] for record in records for side in _PAINTS]
    start = f"12 + ({theme.IS_NARROW} ? {short:.0f} : {wide:.0f})"
    scale = layout.between(min(0.0, *ends), max(ends), start, f"width - {_VALUE_ROOM}")
    axis = alt.Axis(
        title=None, format=layout.NUMBER, tickCount=layout.narrow("3", "6"), orient="bottom", labelFlush=False
    )
    base = layout.records(records).encode(y=layout.places(len(records)), tooltip=_TOOLTIP)
    line = base.mark_rule(strokeWidth=2, opacity=0.5, color=theme.FAINT.colour)
    names = base.mark_text(align="left", x=0)
    values = base.mark_text(align="right", x=alt.ExprRef("width"))
    return compose(
        line.encode(x=alt.X("added:Q", scale=scale, axis=axis), x2=alt.X2("gross:Q")),
        _dots(base, "gross", "square"),
        _dots(base, "added", "circle"),
        names.encode(text=alt.TextValue(layout.narrow("datum.short", "datum.name"))),
        values.encode(text=alt.Text("amount:N")),
        layout.heading("Value added", alt.ExprRef("width"), right=True),
        *_key("added", "circle", "Value added", 0),
        *_key("gross", "square", "Gross sales", 1),
        height=_ROW * len(records),
        description=description,
    )


_TOOLTIP = [
    alt.Tooltip("full_name:N", title="Origin"),
    alt.Tooltip("added_text:N", title="Value added"),
    alt.Tooltip("gross_text:N", title="Gross sales"),
    alt.Tooltip("share:N", title="Of final demand"),
]


def _dots(base: alt.Chart, side: str, shape: str) -> alt.Chart:
    dots = base.mark_point(
        shape=shape,
        size=layout.narrow("56", "84"),
        fill=_PAINTS[side].colour,
        stroke=theme.PAPER.colour,
        strokeWidth=1,
        opacity=1,
    )
    return cast(alt.Chart, dots.encode(x=alt.X(f"{side}:Q")))


def _key(side: str, shape: str, words: str, step: int) -> list[alt.Chart]:
    """Name a shape above the plot."""
    x = 11 + step * _KEY_STEP
    mark = layout.records([{}]).mark_point(
        shape=shape, filled=True, size=70, color=_PAINTS[side].colour, opacity=1, x=x - 6, y=-28
    )
    return [mark, layout.heading(words, x + 5, -22)]


def _record(row: Row, place: int) -> Row:
    name = row["country_name"] or row["country"]
    return {
        "place": place,
        "full_name": name,
        "name": text.shorten(name, 26),
        "short": text.shorten(name, 14),
        "added": row["value_added_usd"] / _BN,
        "gross": row["gross_usd"] / _BN,
        "amount": text.billions(row["value_added_usd"]),
        "added_text": text.money(row["value_added_usd"]),
        "gross_text": text.money(row["gross_usd"]),
        "share": text.percent(row["demand_share"]),
    }
