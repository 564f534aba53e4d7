"""Who is largest, and who overtook whom since the year before?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings import RankFinding, find_rank

if TYPE_CHECKING:
    from techbalance.charts.rows import Credit, Row

_BN = 1e9
_LANE_FROM, _LANE_TO, _NAMES = 22, 62, 88
"""Pixels from the left at which last year's ranks, this year's ranks and the names stand."""
_VALUE_ROOM = 52


def ranked_bars(rows: pa.Table, *, year: int, by: str, credit: Credit, top: int = 12) -> Figure:
    """Draw the largest partners, groups or products as bars, with lines from last year's ranks.

    Parameters
    ----------
    rows
        One row per partner, group or product: the key ``by`` and its name, ``measure``, ``value_usd``,
        ``rank``, ``previous_rank`` (null for one that had no rank), ``overtook``. Equal ranks share a number,
        marked ``=``.
    year
        The year ranked.
    by
        ``partner``, ``group`` or ``product``; names of products stand above their bars.
    credit
        The command that recomputes the rows, and their origin.
    top
        How many rows are drawn.

    Raises
    ------
    NotCoveredError
        No row has a rank and a value.
    SchemaError
        A column is missing, or a key is there twice.
    """
    needs = (by, f"{by}_name", "measure", "value_usd", "rank", "previous_rank", "overtook")
    listed = answer.read(rows, "rank", needs=needs, values=("value_usd", "rank"))
    answer.one_each(listed, "rank", (by,))
    finding = replace(find_rank(listed, year=year, by=by, top=top), within=credit.within)
    alt_text = alternative.ranked_bars(finding)
    origin = credit.origin or answer.census(f"{finding.measure}s")
    measure = f"{titles.MEASURES[finding.measure]} {credit.within}".rstrip()
    unit = f"{measure} in {year}, billions of US dollars"
    rose = any(row["passed"] for row in finding.shown)
    return Figure(
        id=f"rank-{by}-{finding.measure}-{year}",
        title=titles.ranked_bars(finding),
        subtitle=answer.subtitle(
            listed, origin, unit, more=f"bold: rose in rank since {year - 1}" if rose else ""
        ),
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy(
            finding.shown,
            {
                by: pa.string(),
                f"{by}_name": pa.string(),
                "value_usd": pa.int64(),
                "rank": pa.int32(),
                "previous_rank": pa.int32(),
                "passed": pa.list_(pa.string()),
            },
        ),
        columns_shown=(f"{by}_name", "value_usd", "rank", "previous_rank"),
        command=credit.command,
    )


@dataclass(frozen=True, slots=True)
class _Shape:
    """Pixels of a ranking: height of a row, start of the bars, their thickness, and how far they lie low."""

    row: int
    start: str
    thickness: int
    drop: int


def _shape(finding: RankFinding, records: list[Row]) -> _Shape:
    room = _VALUE_ROOM if any(row["value_usd"] < 0 for row in finding.shown) else 0
    if finding.by == "product":
        return _Shape(42, str(_NAMES + room), 13, 8)
    wide, narrow = (
        max(text.pixels(record[key], theme.LABEL_SIZE, bold=record["rose"]) for record in records)
        for key in ("name", "short")
    )
    start = f"{_NAMES + 8 + room} + ({theme.IS_NARROW} ? {narrow:.0f} : {wide:.0f})"
    return _Shape(28, start, 17, 0)


def _draw(finding: RankFinding, description: str) -> dict[str, Any]:
    records = [_record(row, finding) for row in finding.shown]
    shape = _shape(finding, records)
    count = len(records)
    below = 1 if any((record["origin"] or 0) > count for record in records) else 0
    values = [record["value"] for record in records]
    end = f"width - {_VALUE_ROOM}"
    scale = layout.between(min(0.0, *values), max(0.0, *values), shape.start, end)
    x = alt.X("value:Q", axis=None, scale=scale)
    base = layout.records(records).encode(y=layout.places(count, below=below), tooltip=_TOOLTIP)
    bars = base.mark_bar(height=shape.thickness, yOffset=shape.drop, color=layout.OWN_COLOUR)
    amounts = base.mark_text(
        align=alt.ExprRef("datum.value < 0 ? 'right' : 'left'"),
        dx=alt.ExprRef("datum.value < 0 ? -5 : 5"),
        dy=shape.drop,
    )
    names = base.mark_text(
        align="left",
        x=_NAMES,
        dy=-9 if shape.drop else 0,
        fontWeight=alt.ExprRef("datum.rose ? 600 : 400"),
    )
    written = layout.narrow("datum.short", "datum.name")
    words = layout.cut("datum.name", f"width - {_NAMES}") if shape.drop else written
    zero = layout.records([{}]).mark_rule().encode(x=alt.XDatum(0, axis=None))
    layers = [
        bars.encode(x=x, x2=alt.X2Datum(0)),
        amounts.encode(x=x, text=alt.Text("amount:N")),
        names.encode(text=alt.TextValue(words)),
        *_lane(base, records, finding),
    ]
    if not shape.drop:
        layers.append(zero.encode(y=alt.YDatum(0.5, axis=None), y2=alt.YDatum(count + 0.5)))
    return compose(*layers, height=shape.row * (count + below), description=description)


_TOOLTIP = [
    alt.Tooltip("name:N", title="Name"),
    alt.Tooltip("money:N", title="Value"),
    alt.Tooltip("ranks:N", title="Rank"),
    alt.Tooltip("passed:N", title="Passed"),
]


def _lane(base: alt.Chart, records: list[Row], finding: RankFinding) -> list[alt.Chart]:
    """Draw last year's rank beside this year's, and a line between them, strong where a row rose."""
    at_origin = alt.Y("origin:Q", axis=None)
    ranks = base.mark_text(x=_LANE_TO + 12, fontWeight=600)
    if all(record["origin"] is None for record in records):
        # Nothing is held of the year before: that makes nobody new.
        return [ranks.encode(text=alt.Text("rank_text:N")), layout.heading(str(finding.year), _LANE_TO - 2)]
    slope = base.transform_filter("datum.origin != null").mark_rule(
        color=alt.ExprRef(f"datum.rose ? ({theme.INK.expression}) : ({theme.FAINT.expression})"),
        strokeWidth=alt.ExprRef("datum.rose ? 2 : 1.2"),
        strokeCap="round",
    )
    slope = slope.encode(x=alt.value(_LANE_FROM), x2=alt.value(_LANE_TO), y=at_origin, y2=alt.Y2("place:Q"))
    starts = layout.records(_starts(records, finding)).mark_text(
        x=_LANE_FROM - 10, color=theme.MUTED.colour, fontSize=theme.SMALL_SIZE
    )
    new = base.transform_filter("datum.origin == null").mark_text(
        x=_LANE_TO - 2, align="right", color=theme.MUTED.colour, fontSize=theme.SMALL_SIZE
    )
    return [
        ranks.encode(text=alt.Text("rank_text:N")),
        slope,
        starts.encode(y=at_origin, text=alt.Text("text:N")),
        *layout.haloed(new.encode(text=alt.TextValue("new"))),
        layout.heading(str(finding.year - 1), -2),
        layout.heading(str(finding.year), _LANE_TO - 2),
    ]


def _starts(records: list[Row], finding: RankFinding) -> list[Row]:
    """List last year's ranks; those beyond the rows drawn share a place below them."""
    count = len(records)
    inside = {record["origin"] for record in records if record["origin"] is not None} - {count + 1}
    starts = [{"origin": rank, "text": str(rank)} for rank in sorted(inside)]
    beyond = [row["previous_rank"] for row in finding.shown if (row["previous_rank"] or 0) > count]
    if beyond:
        ends = sorted({min(beyond), max(beyond)})
        starts.append({"origin": count + 1, "text": text.DASH.join(map(str, ends))})
    return starts


def _record(row: Row, finding: RankFinding) -> Row:
    """Turn a ranked row into a mark's record."""
    previous, key = row["previous_rank"], row[finding.by]
    paint, name = {
        "partner": (theme.partner_colour(key), row["name"]),
        "group": (theme.group_colour(key), row["name"]),
    }.get(finding.by, (theme.SLATE, text.product(key, row["name"])))
    return {
        "place": row["position"],
        "key": key,
        "name": name,
        "short": name if finding.by == "product" else theme.SHORT_GROUPS.get(key, text.shorten(name, 16)),
        "value": row["value_usd"] / _BN,
        "amount": text.billions(row["value_usd"]),
        "money": text.money(row["value_usd"]),
        "rank_text": f"{row['rank']}{'=' if row['tied'] else ''}",
        "origin": None if previous is None else min(previous, len(finding.shown) + 1),
        "rose": previous is not None and row["rank"] < previous,
        "ranks": f"{row['rank']} ({finding.year}), {previous or 'none'} ({finding.year - 1})",
        "passed": text.brief(row["passed"]) or "none of those shown",
        "light": paint.light,
        "dark": paint.dark,
    }
