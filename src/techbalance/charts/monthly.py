"""How has the balance moved month by month, and over each twelve months?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings import MonthlyFinding, find_monthly

if TYPE_CHECKING:
    from techbalance.charts.rows import Credit, Row

_BN = 1e9
_RIGHT = 92
_UPPER, _GAP, _LOWER = 200, 52, 110
_BOTTOM = _UPPER + _GAP + _LOWER
"""Heights in pixels of the two panels and of the space between them."""
_COLUMNS = {
    "year": pa.int16(),
    "month": pa.int8(),
    "exports_usd": pa.int64(),
    "imports_usd": pa.int64(),
    "balance_usd": pa.int64(),
    "balance_12_months_usd": pa.int64(),
    "vintage": pa.date32(),
    "note": pa.string(),
}


def with_calendar(rows: pa.Table) -> pa.Table:
    """Take ``month``, ``2024-07``, apart into a year and a month of numbers; rows without one are dropped."""
    rows = rows.filter(rows["month"].is_valid())
    parts = [written.split("-") for written in rows["month"].to_pylist()]
    columns = {"year": [int(year) for year, _ in parts], "month": [int(month) for _, month in parts]}
    rows = rows.drop_columns(["month"])
    for name, values in columns.items():
        rows = rows.append_column(name, pa.array(values, pa.int16()))
    return rows


def monthly_balance(
    rows: pa.Table, *, credit: Credit, subject: str = "advanced technology products"
) -> Figure:
    """Draw the sum of the twelve months to each month as an area, and single months as bars below it.

    Parameters
    ----------
    rows
        One row per month, of one partner and group: ``year``, ``month``, ``exports_usd``, ``imports_usd``,
        ``balance_usd``, ``vintage``. A missing month leaves a gap in the bars and in the sums that need it.
    credit
        The command that recomputes the rows, and their origin.
    subject
        What is traded, for the title.

    Raises
    ------
    NotCoveredError
        No twelve consecutive months have a balance.
    SchemaError
        A column is missing, or a month is there twice.
    """
    needs = ("year", "month", "exports_usd", "imports_usd", "balance_usd")
    listed = answer.read(rows, "monthly balance", needs=needs, values=("balance_usd",))
    answer.one_each(listed, "monthly balance", ("year", "month"))
    finding = find_monthly(listed)
    alt_text = alternative.monthly_balance(finding, subject)
    return Figure(
        id="balance-monthly",
        title=titles.monthly_balance(finding, subject),
        subtitle=answer.subtitle(listed, credit.origin or answer.CENSUS, "Billions of US dollars"),
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy(finding.months, _COLUMNS),
        columns_shown=tuple(_COLUMNS)[:6],
        command=credit.command,
    )


def _draw(finding: MonthlyFinding, description: str) -> dict[str, Any]:
    points = [_point(row) for row in finding.months]
    axis = alt.Axis(
        title=None,
        format="%Y",
        grid=False,
        tickCount=alt.ExprRef(f"max(2, (width - {_RIGHT}) / 60)"),
        labelFlush=False,
    )
    scale = alt.Scale(type="utc", range=[0, alt.ExprRef(f"width - {_RIGHT}")])
    base = layout.records(points).encode(x=alt.X("start:T", scale=scale, axis=axis), tooltip=_TOOLTIP)
    sums = _Panel("sum", [p["sum"] for p in points], 0, _UPPER)
    singles = _Panel("balance", [p["balance"] for p in points], _BOTTOM - _LOWER, _BOTTOM)
    area = base.mark_area(
        color=theme.BALANCE.colour,
        opacity=0.2,
        line=alt.MarkConfig(color=theme.BALANCE.colour, strokeWidth=2.2),
        invalid="break-paths-show-path-domains",
    )
    bars = base.mark_bar(color=theme.BALANCE.colour, binSpacing=0)
    zeros = layout.records([{"zero": 0}]).mark_rule(x=0)
    zeros = zeros.encode(x2=alt.value(alt.ExprRef(f"width - {_RIGHT}")))
    return compose(
        area.encode(y=sums.y(ticks=5)),
        bars.encode(x2=alt.X2("end:T"), y=singles.y(ticks=3), y2=alt.Y2Datum(0)),
        zeros.encode(y=sums.y("zero")),
        zeros.encode(y=singles.y("zero")),
        layout.heading("Sum of twelve months, $bn"),
        layout.heading("Single months, $bn", y=_BOTTOM - _LOWER + layout.HEADING),
        *_ends(finding, sums, singles),
        height=_BOTTOM,
        description=description,
        share_y=False,
    )


@dataclass(frozen=True, slots=True)
class _Panel:
    """One band of the plot with a vertical scale of its own, which holds zero."""

    field: str
    values: list[float | None]
    top: int
    bottom: int

    @property
    def domain(self) -> list[float]:
        """Lowest and highest value, zero included."""
        given = [value for value in self.values if value is not None]
        return [min(0.0, *given), max(0.0, *given)]

    def y(self, field: str = "", *, ticks: int = 0) -> alt.Y:
        """Encode the panel's own field, or another, on its scale; with ``ticks`` the axis is drawn."""
        axis = alt.Axis(title=None, orient="left", format=layout.NUMBER, tickCount=ticks) if ticks else None
        scale = alt.Scale(domain=self.domain, range=[self.bottom, self.top], nice=False)
        return alt.Y(f"{field or self.field}:Q", scale=scale, axis=axis)

    def spot(self, usd: int, lines: list[str]) -> float:
        """Return where lines of text are centred so that the last stands beside a value."""
        low, high = self.domain
        pixel = (high - low) / (self.bottom - self.top)
        return usd / _BN + (len(lines) - 1) * layout.LINE / 2 * pixel


def _ends(finding: MonthlyFinding, sums: _Panel, singles: _Panel) -> list[alt.Chart]:
    """Write the last value of each panel beside its end."""
    last = [row for row in finding.months if row["balance_usd"] is not None][-1]
    total, single = finding.latest["balance_12_months_usd"], last["balance_usd"]
    above = ["12 months to", _month(finding.latest), text.money(total)]
    below = [_month(last), text.money(single)]
    return [
        *layout.end_label(above, theme.BALANCE, sums.y("spot"), sums.spot(total, above), right=_RIGHT),
        *layout.end_label(below, theme.BALANCE, singles.y("spot"), singles.spot(single, below), right=_RIGHT),
    ]


def _month(row: Row) -> str:
    return text.month_name(row["year"], row["month"])


_TOOLTIP = [
    alt.Tooltip("label:N", title="Month"),
    alt.Tooltip("balance_text:N", title="Balance"),
    alt.Tooltip("sum_text:N", title="Twelve months"),
]


def _point(row: Row) -> Row:
    """Turn a month's row into a mark's record in billions."""
    year, month = row["year"], row["month"]
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    point: Row = {
        "start": f"{year}-{month:02d}-01",
        "end": f"{following[0]}-{following[1]:02d}-01",
        "label": text.month_name(year, month),
    }
    for name, key in (("balance", "balance_usd"), ("sum", "balance_12_months_usd")):
        value = row[key]
        point[name] = None if value is None else value / _BN
        point[f"{name}_text"] = "not covered" if value is None else text.money(value)
    return point
