"""How far did a year's figure move after its first print?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings import RevisionFinding, find_revisions

if TYPE_CHECKING:
    from collections.abc import Collection

    from techbalance.charts.rows import Credit, Row

_BN = 1e9
_ROW = 40
_LEFT = f"({theme.IS_NARROW} ? 46 : 122)"
_RIGHT = f"(width - ({theme.IS_NARROW} ? 120 : 128))"
"""Where the plot starts and ends, in pixels, between the years and the values."""
_NOUNS = {"balance_usd": "balance", "exports_usd": "value of exports", "imports_usd": "value of imports"}
_COLUMNS = {
    "year": pa.int16(),
    "vintage": pa.date32(),
    "value_usd": pa.int64(),
    "revision_usd": pa.int64(),
    "step": pa.string(),
}


def revised_values(
    rows: pa.Table, *, credit: Credit, field: str = "balance_usd", years: Collection[int] | None = None
) -> Figure:
    """Draw each year's vintages as dots by their difference to the first one, with the values beside them.

    Revisions are small beside the values, so differences are drawn: on a scale of values none would show.

    Parameters
    ----------
    rows
        One row per year and vintage: ``year``, ``vintage`` and ``field``; with ``months``, part-years are
        left out. Years with one vintage are not drawn, and are named in the text alternative, as are those
        that were not revised where ``years`` is left out.
    credit
        The command that recomputes the rows, and their origin.
    field
        The figure compared: ``balance_usd``, ``exports_usd``, ``imports_usd`` or ``value_usd``.
    years
        The years drawn; those that were revised when left out.

    Raises
    ------
    NotCoveredError
        No year has two vintages.
    SchemaError
        A column is missing, or a year and vintage is there twice.
    """
    listed = answer.read(rows, "revisions", needs=("year", "vintage", field), values=(field, "vintage"))
    answer.one_each(listed, "revisions", ("year", "vintage"))
    finding = find_revisions(listed, field=field, years=years)
    noun = _NOUNS.get(field, "value")
    alt_text = alternative.revisions(finding, noun)
    unit = f"Difference of each vintage's {noun} to the first one held, billions of US dollars"
    origin = credit.origin or answer.CENSUS
    return Figure(
        id=f"revisions-{field.removesuffix('_usd')}",
        title=titles.revisions(finding, noun),
        subtitle=answer.subtitle(finding.prints, origin, unit, more=_marked(finding)),
        alt_text=alt_text,
        spec=_draw(finding, noun, alt_text),
        table=answer.tidy(finding.prints, _COLUMNS),
        columns_shown=tuple(_COLUMNS)[:4],
        command=credit.command,
    )


def _marked(finding: RevisionFinding) -> str:
    """Say in the subtitle what is hollow and how many years are left out."""
    steady = text.counted(len(finding.steady), "year that was", "years that were")
    return f"hollow: first vintage held{f'; {steady} not revised left out' if finding.steady else ''}"


def _draw(finding: RevisionFinding, noun: str, description: str) -> dict[str, Any]:
    places = {row["year"]: place for place, row in enumerate(finding.years, start=1)}
    count = len(places)
    dots = [_dot(row, places[row["year"]]) for row in finding.prints]
    spans = [_span(row, places[row["year"]]) for row in finding.years]
    low = min(0.0, *(dot["revision"] for dot in dots))
    high = max(0.0, *(dot["revision"] for dot in dots))
    pad = (high - low) * 0.05 or 1.0
    low, high = low - pad, high + pad
    axis = alt.Axis(
        title=None,
        tickCount=layout.narrow("3", "7"),
        labelExpr=f"(datum.value > 0 ? '+' : '') + format(datum.value, '{layout.NUMBER}')",
        labelFlush=False,
        grid=True,
    )
    x = alt.X("revision:Q", scale=layout.between(low, high, _LEFT, _RIGHT), axis=axis)
    y = layout.places(count)
    base = layout.records(dots).encode(x=x, y=y, tooltip=_TOOLTIP)
    heads = layout.records(spans).encode(y=y)
    years = heads.mark_text(align="left", x=0, dy=layout.narrow("0", "-7"), fontWeight=600)
    dates = heads.mark_text(
        align="left",
        x=0,
        dy=8,
        color=theme.MUTED.colour,
        fontSize=theme.SMALL_SIZE,
        opacity=layout.narrow("0", "1"),
    )
    way = heads.mark_rule(strokeWidth=2, color=theme.FAINT.colour)
    return compose(
        layout.records([{}]).mark_rule().encode(x=alt.XDatum(0)),
        way.encode(x=alt.X("first:Q"), x2=alt.X2("revision:Q")),
        *_marks(base),
        years.encode(text=alt.Text("year:N")),
        dates.encode(text=alt.Text("dates:N")),
        heads.mark_text(align="right", x=alt.ExprRef("width")).encode(text=alt.Text("values:N")),
        layout.heading(layout.narrow("''", "'First → latest'"), alt.ExprRef("width"), right=True),
        *_directions(finding, noun, -low / (high - low)),
        height=_ROW * count,
        description=description,
    )


def _marks(base: alt.Chart) -> list[alt.Chart]:
    """Draw later vintages small, the first hollow and the latest filled."""
    steps = (("later", 34, theme.BALANCE), ("first", 80, theme.PAPER), ("latest", 80, theme.BALANCE))
    return [
        base.transform_filter(f"datum.step == '{step}'").mark_point(
            size=size, fill=fill.colour, stroke=theme.BALANCE.colour, strokeWidth=1.8, opacity=1
        )
        for step, size, fill in steps
    ]


_TOOLTIP = [
    alt.Tooltip("year:N", title="Year"),
    alt.Tooltip("vintage:N", title="Vintage"),
    alt.Tooltip("money:N", title="Value"),
    alt.Tooltip("moved:N", title="Against the first"),
]


def _directions(finding: RevisionFinding, noun: str, zero: float) -> list[alt.Chart]:
    """Say above the plot what either side of zero, given as a share of the way across, means."""
    lower, higher = "lower", "higher"
    sides = {text.side(row["value_usd"]) for row in finding.prints}
    if noun == "balance" and sides == {"deficit"}:
        lower, higher = "larger deficit", "smaller deficit"
    moves = [row["revision_usd"] for row in finding.prints]
    pixel = f"{_LEFT} + ({_RIGHT} - {_LEFT}) * {zero:.4f}"
    said = []
    if max(moves) > 0:
        said.append(layout.heading(f"→ {higher}", alt.ExprRef(f"{pixel} + 6")))
    if min(moves) < 0:
        said.append(layout.heading(f"{lower} ←", alt.ExprRef(f"{pixel} - 6"), right=True))
    return said


def _dot(row: Row, place: int) -> Row:
    """Turn a vintage's value into a mark's record."""
    return {
        "place": place,
        "year": row["year"],
        "revision": row["revision_usd"] / _BN,
        "step": row["step"],
        "vintage": text.month_name(row["vintage"].year, row["vintage"].month),
        "money": text.money(row["value_usd"]),
        "moved": text.signed(row["revision_usd"]) if row["revision_usd"] else "equal",
    }


def _span(row: Row, place: int) -> Row:
    """Make the record of a year: its name, its first and latest vintage and value."""
    first, latest = (
        text.month_name(row[key].year, row[key].month, short=True) for key in ("first", "latest")
    )
    return {
        "place": place,
        "year": str(row["year"]),
        "first": 0,
        "revision": row["revision_usd"] / _BN,
        "dates": f"{first} → {latest}",
        "values": f"{text.billions(row['first_usd'])} → {text.billions(row['latest_usd'])}",
    }
