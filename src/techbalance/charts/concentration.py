"""Which products hang on few suppliers, and how much is bought of them? Each product is a point."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import altair as alt
import pyarrow as pa

from techbalance.charts import layout, text, theme
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.numbered import key, number, numbered, scatter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Credit, Row

_HEIGHT = 320
_APART_ACROSS, _APART_UP = 0.14, 0.07
"""How far apart two labelled points are at least, as parts of the plot's width and height."""
_KEY_LINE = 18
_SMALLEST = 1000
"""Imports below a thousand dollars are drawn at the left edge: the scale is logarithmic."""
_COLUMNS = {
    "year": pa.int16(),
    "group": pa.string(),
    "product": pa.string(),
    "name": pa.string(),
    "imports_usd": pa.int64(),
    "hhi": pa.float64(),
    "top_partner_name": pa.string(),
    "top_share": pa.float64(),
    "label": pa.int16(),
}


@dataclass(frozen=True, slots=True)
class ConcentrationFinding:
    """What the points say.

    Parameters
    ----------
    year
        The year drawn.
    value
        The column of the amounts.
    points
        Products with an index, the largest imports first; those labelled have a ``label`` from 1.
    threshold
        Index from which imports count as concentrated.
    above
        Those of the points above it.
    total_usd, above_usd
        Imports of all points, and of those above.
    """

    year: int
    value: str
    points: list[Row]
    threshold: float
    above: list[Row]
    total_usd: int
    above_usd: int


def find_concentration(
    listed: Sequence[Row], *, year: int, value: str, threshold: float
) -> ConcentrationFinding:
    """Choose what is drawn and labelled: of the points above the threshold the largest that stand apart.

    Raises
    ------
    NotCoveredError
        No product of the year has an index.
    """
    points = [
        dict(row) for row in listed if row["year"] == year and row["hhi"] is not None and row.get("product")
    ]
    if not points:
        raise answer.nothing("concentration", f"no product of {year} has an index")
    points.sort(key=lambda row: (-row[value], row["product"]))
    largest, smallest = (math.log10(max(row[value], _SMALLEST)) for row in (points[0], points[-1]))
    span = (largest - smallest) or 1.0
    above = [row for row in points if row["hhi"] > threshold]

    def apart(row: Row, one: Row) -> bool:
        across, up = abs(_log(row[value]) - _log(one[value])), abs(row["hhi"] - one["hhi"])
        return across >= _APART_ACROSS * span or up >= _APART_UP

    number(above, apart)
    return ConcentrationFinding(
        year,
        value,
        points,
        threshold,
        above,
        sum(row[value] for row in points),
        sum(row[value] for row in above),
    )


def concentration_points(
    rows: pa.Table, *, year: int, credit: Credit, value: str = "imports_usd", threshold: float = 0.4
) -> Figure:
    """Draw every product by what is imported of it and how concentrated its suppliers are.

    Parameters
    ----------
    rows
        One row per year and product: ``year``, ``group``, ``product``, ``product_name``, ``value``, ``hhi``,
        ``top_partner_name``, ``top_share``; all products, since the title counts them.
    year
        The year drawn.
    credit
        The command that recomputes the rows, and their origin.
    value
        Column of the amounts, US dollars.
    threshold
        Index above which imports count as concentrated; a line marks it.

    Raises
    ------
    NotCoveredError
        No product of the year has an index.
    SchemaError
        A column is missing, or a product is there twice.
    """
    needs = ("year", "group", "product", "product_name", value, "hhi", "top_partner_name", "top_share")
    listed = answer.read(rows, "concentration", needs=needs, values=("hhi",))
    answer.one_each(listed, "concentration", ("year", "product"))
    finding = find_concentration(listed, year=year, value=value, threshold=threshold)
    alt_text = _alternative(finding)
    of_year = [row for row in listed if row["year"] == year]
    unit = (
        f"Imports in {year} in US dollars, on a logarithmic scale, and concentration of suppliers (sum of "
        "squared shares, 0 to 1), by product"
    )
    table = [{**row, "name": row["product_name"], "imports_usd": row[value]} for row in finding.points]
    return Figure(
        id=f"concentration-{year}",
        title=_title(finding),
        subtitle=answer.subtitle(of_year, credit.origin or answer.census("imports"), unit),
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy(table, _COLUMNS),
        columns_shown=("product", "name", "imports_usd", "hhi", "top_partner_name", "top_share"),
        command=credit.command,
    )


def _title(finding: ConcentrationFinding) -> str:
    share = text.percent(finding.above_usd / finding.total_usd, 0) if finding.total_usd else "none"
    return (
        f"{len(finding.above):,} of {text.counted(len(finding.points), 'product')} hang on few suppliers: "
        f"{text.money(finding.above_usd)}, {share} of imports in {finding.year}"
    )


def _alternative(finding: ConcentrationFinding) -> str:
    said = [
        f"One point for each of {text.counted(len(finding.points), 'product')}: imports in {finding.year} "
        f"across, concentration of suppliers up. {len(finding.above):,} lie above {finding.threshold:g}, "
        f"with {text.money(finding.above_usd)} of {text.money(finding.total_usd)}."
    ]
    said += [f"{row['label']}: {_words(row, finding.value)}." for row in numbered(finding.points)]
    return " ".join(said)


def _words(row: Row, value: str) -> str:
    name = text.clause(row["product_name"], 44) if row["product_name"] else text.tariff_code(row["product"])
    return (
        f"{name}, {text.money(row[value])}, {text.percent(row['top_share'], 0)} from "
        f"{text.country(row['top_partner_name'] or 'one partner')}"
    )


def _log(usd: float) -> float:
    return math.log10(max(usd, _SMALLEST))


_TOOLTIP = [
    alt.Tooltip("name:N", title="Product"),
    alt.Tooltip("money:N", title="Imports"),
    alt.Tooltip("index:N", title="Index"),
    alt.Tooltip("top:N", title="Largest supplier"),
]


def _draw(finding: ConcentrationFinding, description: str) -> dict[str, Any]:
    records = [_record(row, finding.value) for row in finding.points]
    x = alt.X("value:Q", scale=alt.Scale(type="log", nice=True), axis=_money_axis())
    y = alt.Y(
        "hhi:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(title=None, values=[0, 0.2, 0.4, 0.6, 0.8, 1], format=".1f"),
    )
    line = layout.records([{"hhi": finding.threshold}]).mark_rule(strokeDash=[4, 3], color=theme.MUTED.colour)
    layers = [
        line.encode(y=y),
        *scatter(records, x, y, tooltip=_TOOLTIP, opacity=0.75),
        key([_words(row, finding.value) for row in numbered(finding.points)]),
        *_group_key(finding),
    ]
    return compose(*layers, height=_HEIGHT, description=description)


def _money_axis() -> alt.Axis:
    label = (
        "datum.value >= 1e12 ? '$' + format(datum.value / 1e12, '~g') + 'tn' : "
        "datum.value >= 1e9 ? '$' + format(datum.value / 1e9, '~g') + 'bn' : "
        "datum.value >= 1e6 ? '$' + format(datum.value / 1e6, '~g') + 'm' : "
        "'$' + format(datum.value / 1e3, '~g') + 'k'"
    )
    values = [10.0**power for power in range(3, 13)]
    return alt.Axis(title=None, values=values, labelExpr=label, labelOverlap="greedy", grid=True)


def _group_names(finding: ConcentrationFinding) -> dict[str, str]:
    groups = sorted({row["group"] for row in finding.points if row["group"]})
    return {code: theme.SHORT_GROUPS.get(code, _NAMES.get(code, code)) for code in groups}


def _group_key(finding: ConcentrationFinding) -> list[alt.Chart]:
    """Name the colours above the plot, in as many columns as there is room for."""
    named = _group_names(finding)
    records = [
        {"index": place, "name": name, **theme.group_colour(code)._asdict()}
        for place, (code, name) in enumerate(named.items())
    ]
    if not records:
        return []
    step = max(text.pixels(name, theme.LABEL_SIZE) for name in named.values()) + 26
    columns = f"max(1, floor((width + 12) / {step:.0f}))"
    x = f"(datum.index % {columns}) * {step:.0f}"
    y = f"-14 - {_KEY_LINE} * (ceil({len(named)} / {columns}) - 1 - floor(datum.index / {columns}))"
    base = layout.records(records)
    signs = base.mark_point(
        filled=True, size=80, opacity=1, color=layout.OWN_COLOUR, x=alt.ExprRef(f"{x} + 6"), y=alt.ExprRef(y)
    )
    words = base.mark_text(align="left", x=alt.ExprRef(f"{x} + 16"), y=alt.ExprRef(y))
    return [signs, cast("alt.Chart", words.encode(text=alt.Text("name:N")))]


_NAMES = {"01": "Biotechnology", "05": "Electronics", "08": "Aerospace", "09": "Weapons"}
"""Names of groups that are short already."""


def _record(row: Row, value: str) -> Row:
    return {
        "value": max(row[value], _SMALLEST),
        "hhi": row["hhi"],
        **theme.group_colour(row["group"] or "")._asdict(),
        "label": row.get("label"),
        "name": text.product(row["product"], row["product_name"] or ""),
        "money": text.money(row[value]),
        "index": text.number(row["hhi"], 2),
        "top": f"{row['top_partner_name']}, {text.percent(row['top_share'], 0)}",
    }
