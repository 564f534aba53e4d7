"""Where do a partner's unit values stand among suppliers, and how much of the market has it? Then and now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
_EVEN = 0.005
"""A place that moved by less did not move."""
_APART_ACROSS, _APART_UP = 0.08, 0.07
"""How far apart two labelled points are at least, as parts of the plot's width and height."""
_COLUMNS = {
    "product": pa.string(),
    "name": pa.string(),
    "from_market_share": pa.float64(),
    "to_market_share": pa.float64(),
    "from_uv_position": pa.float64(),
    "to_uv_position": pa.float64(),
    "to_usd": pa.int64(),
    "label": pa.int16(),
}
_NEEDS = (
    *("product", "product_name", "to_usd", "from_market_share", "to_market_share"),
    *("from_uv_position", "to_uv_position", "period"),
)


@dataclass(frozen=True, slots=True)
class LadderFinding:
    """What the points say.

    Parameters
    ----------
    years
        First and last year.
    points
        Products with a place in the last year, the largest sales first; those labelled have a ``label``.
    dearer, cheaper
        Those of the points that also had a place in the first year and moved up, or down.
    compared_usd, dearer_usd
        Sales of the last year in products with both places, and in those that moved up.
    """

    years: tuple[int, int]
    points: list[Row]
    dearer: list[Row]
    cheaper: list[Row]
    compared_usd: int
    dearer_usd: int


def find_ladder(listed: Sequence[Row]) -> LadderFinding:
    """Choose what is drawn and labelled: of the largest products those that stand apart.

    Raises
    ------
    NotCoveredError
        No product has a place among suppliers in the last year.
    """
    points = [dict(row) for row in listed if row["to_uv_position"] is not None and row["to_usd"]]
    if not points:
        raise answer.nothing("ladder", "no product has a unit value that can be compared")
    points.sort(key=lambda row: (-row["to_usd"], row["product"]))

    def apart(row: Row, one: Row) -> bool:
        across = abs(row["to_market_share"] - one["to_market_share"])
        up = abs(row["to_uv_position"] - one["to_uv_position"])
        return bool(across >= _APART_ACROSS or up >= _APART_UP)

    number(points, apart)
    both = [row for row in points if row["from_uv_position"] is not None]
    dearer = [row for row in both if row["to_uv_position"] - row["from_uv_position"] > _EVEN]
    cheaper = [row for row in both if row["from_uv_position"] - row["to_uv_position"] > _EVEN]
    first, last = (int(year) for year in points[0]["period"].split(":"))
    return LadderFinding(
        (first, last),
        points,
        dearer,
        cheaper,
        sum(row["to_usd"] for row in both),
        sum(row["to_usd"] for row in dearer),
    )


def ladder_points(rows: pa.Table, *, who: str, credit: Credit) -> Figure:
    """Draw each product of a partner by market share and place of its unit value, with where it came from.

    Parameters
    ----------
    rows
        One row per product: ``product``, ``product_name``, ``to_usd``, ``from_market_share``,
        ``to_market_share``, ``from_uv_position``, ``to_uv_position`` (0 the cheapest supplier, 1 the
        dearest), ``period``; all products, since the title counts them.
    who
        The partner in words.
    credit
        The command that recomputes the rows, and their origin.

    Raises
    ------
    NotCoveredError
        No product has a place among suppliers in the last year.
    SchemaError
        A column is missing, or a product is there twice.
    """
    listed = answer.read(rows, "ladder", needs=_NEEDS, values=("to_uv_position",))
    held = [row for row in listed if row["product"] is not None]
    answer.one_each(held, "ladder", ("product",))
    finding = find_ladder(held)
    alt_text = _alternative(finding, who)
    unit = (
        f"Each point a product in {finding.years[1]}, its tail where it was in {finding.years[0]}: share of "
        "the market across, place of the unit value among suppliers up (1 the dearest, 0 the cheapest)"
    )
    table = [{**row, "name": row["product_name"] or row["product"]} for row in finding.points]
    return Figure(
        id=f"ladder-{finding.years[0]}-{finding.years[1]}",
        title=_title(finding, who),
        subtitle=answer.subtitle([], credit.origin or answer.census("imports"), unit),
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy(table, _COLUMNS),
        columns_shown=("product", "name", "to_market_share", "from_uv_position", "to_uv_position", "to_usd"),
        command=credit.command,
    )


def _title(finding: LadderFinding, who: str) -> str:
    both = [row for row in finding.points if row["from_uv_position"] is not None]
    first, last = finding.years
    if not both:
        compared = text.counted(len(finding.points), "product")
        return f"{who}: {compared} compared in {last}, none of them in {first}"
    share = text.percent(finding.dearer_usd / finding.compared_usd, 0)
    return (
        f"{who} became dearer against other suppliers in {len(finding.dearer)} of "
        f"{text.counted(len(both), 'product')}, {share} of sales, from {first} to {last}"
    )


def _alternative(finding: LadderFinding, who: str) -> str:
    said = [
        f"One point for each of {text.counted(len(finding.points), 'product')} of {who}: market share "
        f"across, place of the unit value among suppliers up, {finding.years[1]}. Since {finding.years[0]} "
        f"{len(finding.dearer)} rose and {len(finding.cheaper)} fell against other suppliers."
    ]
    said += [f"{row['label']}: {_words(row)}." for row in numbered(finding.points)]
    return " ".join(said)


def _words(row: Row) -> str:
    named = row["product_name"]
    name = text.clause(named, 40) if named else text.tariff_code(row["product"])
    share = text.percent(row["to_market_share"], 0)
    return f"{name}, {text.money(row['to_usd'])}, {share} of the market"


_TOOLTIP = [
    alt.Tooltip("name:N", title="Product"),
    alt.Tooltip("money:N", title="Sales"),
    alt.Tooltip("share:N", title="Market share"),
    alt.Tooltip("place:N", title="Place"),
]


def _draw(finding: LadderFinding, description: str) -> dict[str, Any]:
    records = [_record(row) for row in finding.points]
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    scale = alt.Scale(domain=[-0.03, 1.03], nice=False, zero=False)
    x = alt.X("x:Q", scale=scale, axis=alt.Axis(title=None, values=ticks, format=".0%"))
    y = alt.Y("y:Q", scale=scale, axis=alt.Axis(title=None, values=ticks, format=".1f"))
    tails = [record for record in records if record["x0"] is not None]
    layers: list[alt.Chart] = []
    if tails:
        rule = layout.records(tails).mark_rule(strokeWidth=1.5, opacity=0.55, color=layout.OWN_COLOUR)
        layers.append(rule.encode(x=alt.X("x0:Q"), y=alt.Y("y0:Q"), x2=alt.X2("x:Q"), y2=alt.Y2("y:Q")))
    layers += [
        *scatter(records, x, y, tooltip=_TOOLTIP, opacity=0.8),
        key([_words(row) for row in numbered(finding.points)]),
        layout.heading("dearest supplier = 1; market share across"),
    ]
    return compose(*layers, height=_HEIGHT, description=description)


def _record(row: Row) -> Row:
    moved = (row["to_uv_position"] or 0.0) - (row["from_uv_position"] or 0.0)
    known = row["from_uv_position"] is not None and row["from_market_share"] is not None
    paint = theme.SLATE if not known or abs(moved) <= _EVEN else theme.BLUE if moved > 0 else theme.VERMILLION
    then = f"{text.number(row['from_uv_position'], 2)} to " if known else ""
    return {
        "x": row["to_market_share"],
        "y": row["to_uv_position"],
        "x0": row["from_market_share"] if known else None,
        "y0": row["from_uv_position"] if known else None,
        **paint._asdict(),
        "label": row.get("label"),
        "name": text.product(row["product"], row["product_name"] or ""),
        "money": text.money(row["to_usd"]),
        "share": text.percent(row["to_market_share"], 1),
        "place": f"{then}{text.number(row['to_uv_position'], 2)}",
    }
