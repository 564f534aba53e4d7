"""Which partners supply which groups? Every group against the main partners, values printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings import GridFinding, find_grid

if TYPE_CHECKING:
    from techbalance.charts.rows import Credit, Row

_ROW = 28
_STRONG = 0.5
"""Share of the scale above which a cell is strong enough to need text in the colour of paper."""
_COLUMNS = {
    "year": pa.int16(),
    "group": pa.string(),
    "group_name": pa.string(),
    "partner": pa.string(),
    "partner_name": pa.string(),
    "value_usd": pa.int64(),
}


def group_partner_heat_map(
    rows: pa.Table, *, year: int, credit: Credit, flow: str = "imports", partners: int = 8
) -> Figure:
    """Draw one year's trade of every group with the main partners and all others, with totals.

    Parameters
    ----------
    rows
        One row per year, group and partner: ``year``, ``group``, ``group_name``, ``partner``,
        ``partner_name``, ``imports_usd`` or ``exports_usd``, ``vintage``. Rows of the world or of all groups
        are left out. A pair without a row is shown as a dash, a zero as 0.
    year
        The year drawn.
    credit
        The command that recomputes the rows, and their origin.
    flow
        ``imports`` or ``exports``.
    partners
        How many partners get a column; the others share one.

    Raises
    ------
    NotCoveredError
        The year has no value.
    SchemaError
        A column is missing.
    """
    field = f"{flow}_usd"
    needs = ("year", "group", "group_name", "partner", "partner_name", field)
    listed = answer.read(rows, "heat map", needs=needs, values=(field,))
    finding = find_grid(listed, year=year, field=field, partners=partners)
    of_year = [row for row in listed if row["year"] == year]
    alt_text = alternative.heat_map(finding, flow)
    unit = f"{flow.capitalize()} of advanced technology products in {year}, billions of US dollars"
    return Figure(
        id=f"heat-map-{flow}-{year}",
        title=titles.heat_map(finding, flow),
        subtitle=answer.subtitle(of_year, credit.origin or answer.census(flow), unit),
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy([cell for cell in finding.cells if not cell["total"]], _COLUMNS),
        columns_shown=("group_name", "partner_name", "value_usd"),
        command=credit.command,
    )


def _draw(finding: GridFinding, description: str) -> dict[str, Any]:
    records = [_cell(cell) for cell in finding.cells]
    highest = max((record["value"] or 0.0) for record in records if not record["total"]) or 1.0
    base = layout.records(records).encode(x=_columns(finding), y=_lines(finding), tooltip=_TOOLTIP)
    shades = [paint.colour for paint in theme.HEAT]
    scale = alt.Scale(type="sqrt", domain=[0, highest], range=shades)
    cells = base.transform_filter("!datum.total && isValid(datum.value)").mark_rect()
    ink = f"datum.value == null ? ({theme.MUTED.expression}) : ({theme.INK.expression})"
    numbers = base.mark_text(
        fontSize=layout.narrow("10.5", "12"),
        color=alt.ExprRef(f"datum.strong ? ({theme.PAPER.expression}) : {ink}"),
        fontWeight=alt.ExprRef("datum.total ? 600 : 400"),
    )
    return compose(
        cells.encode(color=alt.Color("value:Q", legend=None, scale=scale)),
        numbers.encode(text=alt.value(layout.narrow("datum.whole", "datum.tenths"))),
        height=_ROW * len(finding.groups),
        description=description,
    )


def _columns(finding: GridFinding) -> alt.X:
    """Encode partners across, their names turned upright where a column is too narrow for the longest."""
    names = finding.partners
    widest = max(text.pixels(name, theme.LABEL_SIZE) for name in names.values()) + 8
    turned = f"width / {len(names)} < {widest:.0f}"
    axis = alt.Axis(
        title=None,
        orient="top",
        labelExpr=layout.named(names),
        labelAngle=alt.ExprRef(f"{turned} ? -90 : 0"),
        labelAlign=alt.ExprRef(f"{turned} ? 'left' : 'center'"),
        labelBaseline=alt.ExprRef(f"{turned} ? 'middle' : 'bottom'"),
        labelColor=theme.INK.colour,
        labelOverlap=False,
        labelLimit=160,
    )
    scale = alt.Scale(domain=list(names), paddingInner=0.03, paddingOuter=0)
    return alt.X("partner:O", scale=scale, axis=axis)


def _lines(finding: GridFinding) -> alt.Y:
    """Encode groups downwards, with short names in a narrow plot."""
    names = finding.groups
    short = {code: theme.SHORT_GROUPS.get(code, name) for code, name in names.items()}
    axis = alt.Axis(
        title=None,
        labelExpr=f"{theme.IS_NARROW} ? {layout.named(short)} : {layout.named(names)}",
        labelColor=theme.INK.colour,
        labelLimit=220,
    )
    scale = alt.Scale(domain=list(names), paddingInner=0.06, paddingOuter=0)
    return alt.Y("group:O", scale=scale, axis=axis)


_TOOLTIP = [
    alt.Tooltip("group_name:N", title="Group"),
    alt.Tooltip("partner_name:N", title="Partner"),
    alt.Tooltip("money:N", title="Value"),
    alt.Tooltip("share:N", title="Of all"),
]


def _cell(cell: Row) -> Row:
    """Turn a cell into a mark's record: value in billions, and its text at two precisions."""
    usd = cell["value_usd"]
    if usd is None:
        return {
            **cell,
            "value": None,
            "whole": text.DASH,
            "tenths": text.DASH,
            "money": "no row",
            "share": "",
        }
    bn = usd / 1e9
    return {
        **cell,
        "value": bn,
        "strong": not cell["total"] and cell["strength"] > _STRONG,
        "whole": "<1" if 0 < bn < 0.5 else text.billions(usd, 0),
        "tenths": "<0.1" if 0 < bn < 0.05 else text.billions(usd) if usd else "0",
        "money": text.money(usd),
        "share": text.percent(cell["share"]),
    }
