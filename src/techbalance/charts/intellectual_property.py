"""Who receives and who pays for the use of intellectual property, and where do figures follow tax?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings import IpFinding, find_ip

if TYPE_CHECKING:
    from techbalance.charts.rows import Credit, Row

_BN = 1e9
_ROW = 26
_MARK, _NAMES = 5, 16
"""Pixels from the left of the sign for conduits and of the names."""
_KEY_STEP = 76
_BALANCE_ROOM = 68
_PAINTS = {"receipts": theme.EXPORTS, "payments": theme.IMPORTS}
_COLUMNS = {
    "country": pa.string(),
    "country_name": pa.string(),
    "receipts_usd": pa.int64(),
    "payments_usd": pa.int64(),
    "balance_usd": pa.int64(),
    "conduit": pa.string(),
    "vintage": pa.date32(),
}


def intellectual_property(rows: pa.Table, *, year: int, credit: Credit, top: int = 15) -> Figure:
    """Draw receipts and payments of each country as two dots on a line, the balance in figures beside them.

    Parameters
    ----------
    rows
        One row per country: ``country``, ``country_name``, ``receipts_usd``, ``payments_usd``,
        ``balance_usd``, ``conduit`` (text naming the reason, or null), ``vintage``; with a column ``year``,
        those of other years are left out. A flow that is null has no dot.
    year
        The year drawn.
    credit
        The command that recomputes the rows, and their origin.
    top
        How many countries are drawn.

    Raises
    ------
    NotCoveredError
        No country has receipts in the year.
    SchemaError
        A column is missing, or a country is there twice.
    """
    needs = ("country", "country_name", "receipts_usd", "payments_usd", "balance_usd", "conduit")
    listed = answer.read(rows, "intellectual property", needs=needs, values=("receipts_usd",))
    answer.one_each(listed, "intellectual property", ("country", "year"))
    finding = find_ip(listed, year=year, top=top)
    alt_text = alternative.intellectual_property(finding)
    conduits = any(row["conduit"] for row in finding.shown)
    return Figure(
        id=f"ip-{year}",
        title=titles.intellectual_property(finding),
        subtitle=answer.subtitle(
            finding.shown,
            credit.origin or answer.WORLD_BANK,
            f"Receipts, payments and balance in {year}, billions of US dollars",
            more="a diamond and a dashed line mark conduits" if conduits else "",
        ),
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy(finding.shown, _COLUMNS),
        columns_shown=tuple(_COLUMNS)[1:6],
        command=credit.command,
    )


def _draw(finding: IpFinding, description: str) -> dict[str, Any]:
    records = [_record(row, place) for place, row in enumerate(finding.shown, start=1)]
    ends = [record[flow] for record in records for flow in _PAINTS if record[flow] is not None]
    short, wide = (max(text.pixels(r[key], theme.LABEL_SIZE) for r in records) for key in ("short", "name"))
    start = f"{_NAMES + 12} + ({theme.IS_NARROW} ? {short:.0f} : {wide:.0f})"
    scale = layout.between(0, max(ends), start, f"width - {_BALANCE_ROOM}")
    ticks = layout.narrow("3", "6")
    axis = alt.Axis(title=None, format=layout.NUMBER, tickCount=ticks, orient="bottom", labelFlush=False)
    base = layout.records(records).encode(y=layout.places(len(records)), tooltip=_TOOLTIP)
    surplus, deficit = (_PAINTS[flow].expression for flow in ("receipts", "payments"))
    line = base.transform_filter("isValid(datum.receipts) && isValid(datum.payments)").mark_rule(
        strokeWidth=2,
        opacity=0.55,
        color=alt.ExprRef(f"datum.balance < 0 ? ({deficit}) : ({surplus})"),
        strokeDash=alt.ExprRef("datum.conduit ? [3, 3] : [1, 0]"),
    )
    names = base.mark_text(align="left", x=_NAMES)
    signs = base.transform_filter("datum.conduit").mark_point(
        shape="diamond", filled=True, size=56, x=_MARK, color=theme.INK.colour, opacity=1
    )
    balances = base.mark_text(align="right", x=alt.ExprRef("width"))
    return compose(
        line.encode(x=alt.X("receipts:Q", scale=scale, axis=axis), x2=alt.X2("payments:Q")),
        _dots(base, "payments", "square"),
        _dots(base, "receipts", "circle"),
        names.encode(text=alt.TextValue(layout.narrow("datum.short", "datum.name"))),
        signs,
        balances.encode(text=alt.Text("amount:N")),
        layout.heading("Balance", alt.ExprRef("width"), right=True),
        *_key("receipts", "circle", _NAMES),
        *_key("payments", "square", _NAMES + _KEY_STEP),
        height=_ROW * len(records),
        description=description,
    )


_TOOLTIP = [
    alt.Tooltip("full_name:N", title="Country"),
    alt.Tooltip("receipts_text:N", title="Receipts"),
    alt.Tooltip("payments_text:N", title="Payments"),
    alt.Tooltip("balance_text:N", title="Balance"),
    alt.Tooltip("conduit_text:N", title="Conduit"),
]


def _dots(base: alt.Chart, flow: str, shape: str) -> alt.Chart:
    """Draw one flow as dots of its own colour and shape; a rim of paper keeps near ones apart."""
    held = base.transform_filter(f"isValid(datum.{flow})")
    dots = held.mark_point(
        shape=shape,
        size=layout.narrow("56", "84"),
        fill=_PAINTS[flow].colour,
        stroke=theme.PAPER.colour,
        strokeWidth=1,
        opacity=1,
    )
    return cast(alt.Chart, dots.encode(x=alt.X(f"{flow}:Q")))


def _key(flow: str, shape: str, x: int) -> list[alt.Chart]:
    """Name a shape above the plot."""
    mark = layout.records([{}]).mark_point(
        shape=shape, filled=True, size=70, color=_PAINTS[flow].colour, opacity=1, x=x - 11, y=-12
    )
    return [mark, layout.heading(flow.capitalize(), x)]


def _record(row: Row, place: int) -> Row:
    """Turn a country's row into a mark's record."""
    name = row["country_name"] or row["country"]
    record: Row = {
        "place": place,
        "full_name": name,
        "name": f"{text.shorten(name, 26)}{' (conduit)' if row['conduit'] else ''}",
        "short": text.shorten(name, 14),
        "conduit": bool(row["conduit"]),
        "conduit_text": row["conduit"] or "no",
        "amount": text.DASH if row["balance_usd"] is None else text.signed_billions(row["balance_usd"]),
    }
    for flow in ("receipts", "payments", "balance"):
        usd = row[f"{flow}_usd"]
        record[flow] = None if usd is None else usd / _BN
        record[f"{flow}_text"] = "not covered" if usd is None else text.money(usd)
    return record
