"""Which partners supply which groups? Every group against the main partners, values printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings import GridFinding, find_grid

if TYPE_CHECKING:
    from techbalance.charts.rows import Credit, Row

_ROW = 28
_IS_NARROW = "width < 560"
"""A grid of figures needs more width than a line before names and figures can be written in full."""
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
    left = _left(finding)
    x_scale = alt.Scale(
        type="band",
        domain=list(finding.partners),
        range=[alt.ExprRef(left), alt.ExprRef("width")],
        paddingInner=0.03,
        paddingOuter=0,
    )
    y_scale = alt.Scale(type="band", domain=list(finding.groups), paddingInner=0.06, paddingOuter=0)
    x, y = alt.X("partner:O", axis=None, scale=x_scale), alt.Y("group:O", axis=None, scale=y_scale)
    base = layout.records(records).encode(x=x, y=y, tooltip=_TOOLTIP)
    shades = alt.Scale(type="sqrt", domain=[0, highest], range=[paint.colour for paint in theme.HEAT])
    cells = base.transform_filter("!datum.total && isValid(datum.value)").mark_rect()
    ink = f"datum.value == null ? ({theme.MUTED.expression}) : ({theme.INK.expression})"
    numbers = base.mark_text(
        fontSize=alt.ExprRef(f"min({theme.LABEL_SIZE}, (width - {left}) / {len(finding.partners)} / 2.4)"),
        color=alt.ExprRef(f"datum.strong ? ({theme.PAPER.expression}) : {ink}"),
        fontWeight=alt.ExprRef("datum.total ? 600 : 400"),
    )
    return compose(
        cells.encode(color=alt.Color("value:Q", legend=None, scale=shades)),
        numbers.encode(text=alt.TextValue(alt.ExprRef(f"{_IS_NARROW} ? datum.whole : datum.tenths"))),
        _partner_names(finding, left).encode(x=x),
        _group_names(finding, left).encode(y=y),
        height=_ROW * len(finding.groups),
        description=description,
    )


def _short(finding: GridFinding) -> dict[str, str]:
    return {code: theme.SHORT_GROUPS.get(code, name) for code, name in finding.groups.items()}


def _left(finding: GridFinding) -> str:
    """Return the pixels that the names of groups take at the left, as an expression.

    The names are marks rather than labels of an axis, so that the width of the plot is known from the start
    and nothing that depends on it moves while it is laid out.
    """
    short, wide = (
        max(text.pixels(name, theme.LABEL_SIZE) for name in names.values()) + 8
        for names in (_short(finding), finding.groups)
    )
    return f"({_IS_NARROW} ? {short:.0f} : {wide:.0f})"


def _group_names(finding: GridFinding, left: str) -> alt.Chart:
    """Write the groups beside their rows, short in a narrow plot."""
    short = _short(finding)
    records = [{"group": code, "name": name, "short": short[code]} for code, name in finding.groups.items()]
    words = layout.records(records).mark_text(align="right", x=alt.ExprRef(f"{left} - 8"))
    return cast(
        alt.Chart, words.encode(text=alt.TextValue(alt.ExprRef(f"{_IS_NARROW} ? datum.short : datum.name")))
    )


def _partner_names(finding: GridFinding, left: str) -> alt.Chart:
    """Write the partners above their columns, upright where a column is too narrow for the longest."""
    records = [{"partner": code, "name": name} for code, name in finding.partners.items()]
    widest = max(text.pixels(record["name"], theme.LABEL_SIZE) for record in records) + 8
    turned = f"(width - {left}) / {len(records)} < {widest:.0f}"
    words = layout.records(records).mark_text(
        y=layout.HEADING,
        angle=alt.ExprRef(f"{turned} ? -90 : 0"),
        align=alt.ExprRef(f"{turned} ? 'left' : 'center'"),
        baseline=alt.ExprRef(f"{turned} ? 'middle' : 'bottom'"),
    )
    return cast(alt.Chart, words.encode(text=alt.Text("name:N")))


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
