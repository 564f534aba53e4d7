"""How many statements of an article hold, and which?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings import VerdictFinding, find_verdicts

if TYPE_CHECKING:
    from techbalance.charts.rows import Credit, Row

_PER_LINE = 8
_STEP = f"min(96, width / {_PER_LINE})"
"""Pixels from one tile to the next, as an expression."""
_LINE, _TILE, _HEAD, _SPACE = 28, 24, 24, 8
"""Pixels from line to line of tiles; heights of a tile, of the words above, and of the space below."""
_PAINTS = {
    "reproduced": theme.GREEN,
    "reproduced-on-vintage": theme.TEAL,
    "definition-dependent": theme.OLIVE,
    "differs": theme.VERMILLION,
    "not-covered": theme.FAINT,
    "interpretation": theme.PURPLE,
}
_COLUMNS = dict.fromkeys(("claim_id", "verdict", "stated", "recomputed", "reason"), pa.string())


def verdict_tiles(
    rows: pa.Table, *, credit: Credit, about: str = "Statements of the source articles"
) -> Figure:
    """Draw one tile for each statement, under its verdict.

    Parameters
    ----------
    rows
        One row per statement: ``claim_id``, ``verdict``; where given, ``stated``, ``recomputed``, ``reason``.
    credit
        The command that recomputes the rows.
    about
        What was checked, for the line under the title.

    Raises
    ------
    NotCoveredError
        No statement has a verdict.
    SchemaError
        A column is missing, or a statement is there twice.
    """
    listed = answer.read(rows, "verdicts", needs=("claim_id", "verdict"), values=("verdict",))
    answer.one_each(listed, "verdicts", ("claim_id",))
    finding = find_verdicts(listed)
    alt_text = alternative.verdicts(finding)
    return Figure(
        id="verdicts",
        title=titles.verdicts(finding),
        subtitle=f"{about}, checked against the official record; one tile for each.",
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy(
            [{name: text.plain(row.get(name)) for name in _COLUMNS} for row in finding.claims], _COLUMNS
        ),
        columns_shown=tuple(_COLUMNS),
        command=credit.command,
    )


def _draw(finding: VerdictFinding, description: str) -> dict[str, Any]:
    tiles: list[Row] = []
    heads: list[Row] = []
    top = 0
    for verdict, count in finding.counts.items():
        words = titles.VERDICTS.get(verdict, verdict)
        heads.append({"middle": top + _HEAD / 2, "text": f"{words[:1].upper()}{words[1:]}: {count}"})
        top += _HEAD
        group = [row for row in finding.claims if row["verdict"] == verdict]
        tiles += [_tile(row, index, top) for index, row in enumerate(group)]
        top += _LINE * -(-count // _PER_LINE) + _SPACE
    y = alt.Y("middle:Q", axis=None, scale=alt.Scale(domain=[0, top], range=[0, top], nice=False))
    base = layout.records(tiles).encode(y=y, tooltip=_TOOLTIP)
    boxes = base.mark_rect(
        x=alt.ExprRef(f"(datum.column + 0.5) * {_STEP} - 2"),
        width=alt.ExprRef(f"{_STEP} - 4"),
        height=_TILE,
        cornerRadius=3,
        color=layout.OWN_COLOUR,
    )
    ids = base.mark_text(
        x=alt.ExprRef(f"(datum.column + 0.5) * {_STEP} - 2"),
        color=alt.ExprRef("dark ? datum.on_dark : datum.on_light"),
        fontSize=alt.ExprRef(f"min({theme.LABEL_SIZE}, {_STEP} / 4.4)"),
    )
    words_above = layout.records(heads).mark_text(align="left", x=0, fontWeight=600)
    return compose(
        boxes,
        ids.encode(text=alt.Text("claim_id:N")),
        words_above.encode(y=y, text=alt.Text("text:N")),
        height=top,
        description=description,
    )


_TOOLTIP = [
    alt.Tooltip("claim_id:N", title="Statement"),
    alt.Tooltip("verdict:N", title="Verdict"),
    alt.Tooltip("stated:N", title="Stated"),
    alt.Tooltip("recomputed:N", title="Recomputed"),
    alt.Tooltip("reason:N", title="Reason"),
]


def _tile(row: Row, index: int, top: int) -> Row:
    """Make a tile's record, at its column and line."""
    paint = _PAINTS.get(row["verdict"], theme.GREY)
    on = theme.text_on(paint)
    return {
        "claim_id": row["claim_id"],
        "verdict": titles.VERDICTS.get(row["verdict"], row["verdict"]),
        "stated": text.plain(row.get("stated")) or "not stated",
        "recomputed": text.plain(row.get("recomputed")) or "not given",
        "reason": row.get("reason") or "",
        "column": index % _PER_LINE,
        "middle": top + _TILE / 2 + _LINE * (index // _PER_LINE),
        "light": paint.light,
        "dark": paint.dark,
        "on_light": on.light,
        "on_dark": on.dark,
    }
