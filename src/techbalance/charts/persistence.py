"""Which products stay concentrated, year after year? A strip of squares, one for each year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import pyarrow as pa

from techbalance.charts import layout, text, theme
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Credit, Row

_ROW, _SQUARE = 24, 15
_NAMES = 230
_NARROW_NAMES = 132
_TOP = 20
_COLUMNS = {
    "key": pa.string(),
    "name": pa.string(),
    "year": pa.int16(),
    "state": pa.string(),
    "criteria_met": pa.string(),
    "imports_usd": pa.int64(),
    "top_partner_name": pa.string(),
    "top_share": pa.float64(),
}
MET, UNMET, UNKNOWN = "met", "not met", "not held"


@dataclass(frozen=True, slots=True)
class PersistenceFinding:
    """What the squares say.

    Parameters
    ----------
    years
        All years drawn.
    items
        Rows of the last year of the largest items, those met most often first; with ``key``, ``name``,
        ``times``.
    cells
        One row per item and year with its ``state``.
    count, always
        How many items there are, and how many of them are met in every year.
    screen
        Name of the rule.
    """

    years: tuple[int, ...]
    items: list[Row]
    cells: list[Row]
    count: int
    always: int
    screen: str


def find_persistence(listed: Sequence[Row], *, key: str, value: str, top: int) -> PersistenceFinding:
    """Arrange the largest items by how often every criterion that could be judged was met.

    Raises
    ------
    NotCoveredError
        Nothing could be judged.
    """
    held = [row for row in listed if row.get(key) and row["criteria_met"]]
    if not held:
        raise answer.nothing("persistence", "no criterion could be judged")
    years = tuple(sorted({row["year"] for row in held}))
    by_item: dict[str, dict[int, Row]] = {}
    for row in held:
        by_item.setdefault(row[key], {})[row["year"]] = row
    items = []
    for code, found in by_item.items():
        latest = found[max(found)]
        times = sum(1 for row in found.values() if _state(row) == MET)
        name = latest.get(f"{key}_name") or code
        items.append({**latest, "key": code, "name": name, "times": times})
    count, always = len(items), sum(1 for item in items if item["times"] == len(years))
    items.sort(key=lambda row: (-(row[value] or 0), row["key"]))
    items = sorted(items[:top], key=lambda row: -row["times"])
    cells = [
        {
            "key": item["key"],
            "name": item["name"],
            "year": year,
            "state": _state(by_item[item["key"]].get(year)),
            "criteria_met": by_item[item["key"]].get(year, {}).get("criteria_met"),
            "imports_usd": by_item[item["key"]].get(year, {}).get(value),
            "top_partner_name": by_item[item["key"]].get(year, {}).get("top_partner_name"),
            "top_share": by_item[item["key"]].get(year, {}).get("top_share"),
        }
        for item in items
        for year in years
    ]
    return PersistenceFinding(years, items, cells, count, always, held[0]["screen"])


def _state(row: Row | None) -> str:
    """Read ``k of m judged``: met where all that could be judged are, unknown where none could."""
    if row is None:
        return UNKNOWN
    met, _, judged = row["criteria_met"].split(" ")[:3]
    if judged == "0":
        return UNKNOWN
    return MET if met == judged else UNMET


def persistence_strip(
    rows: pa.Table, *, key: str, credit: Credit, value: str = "imports_usd", top: int = _TOP
) -> Figure:
    """Draw for each item and year whether a screen's criteria were met.

    Parameters
    ----------
    rows
        One row per year and item, all of them, since the title counts them: ``year``, the ``key`` and its
        name, ``value``, ``screen``, ``criteria_met``, ``top_partner_name``, ``top_share``.
    key
        What an item is.
    credit
        The command that recomputes the rows, and their origin.
    value
        Column of the amounts, US dollars.
    top
        How many items are drawn.

    Raises
    ------
    NotCoveredError
        Nothing could be judged.
    SchemaError
        A column is missing, or an item is there twice in a year.
    """
    needs = ("year", key, f"{key}_name", value, "screen", "criteria_met", "top_partner_name", "top_share")
    listed = answer.read(rows, "persistence", needs=needs, values=("criteria_met",))
    answer.one_each(listed, "persistence", ("year", key))
    finding = find_persistence(listed, key=key, value=value, top=top)
    alt_text = _alternative(finding, key)
    unit = (
        f"Filled: every criterion of screen {finding.screen} that can be judged is met in the year; open: not"
    )
    return Figure(
        id=f"persistence-{key}",
        title=_title(finding, key),
        subtitle=answer.subtitle(listed, credit.origin or answer.census("imports"), unit),
        alt_text=alt_text,
        spec=_draw(finding, key, alt_text),
        table=answer.tidy(finding.cells, _COLUMNS),
        columns_shown=("name", "year", "state", "criteria_met", "top_partner_name", "top_share"),
        command=credit.command,
    )


def _title(finding: PersistenceFinding, key: str) -> str:
    items = text.counted(finding.count, key)
    years = text.years(finding.years)
    when = f"in {years}" if len(finding.years) == 1 else f"in every year, {years}"
    return f"{finding.always} of {items} hang on few suppliers {when}"


def _alternative(finding: PersistenceFinding, key: str) -> str:
    said = [
        f"A square for each {key} and year, {text.years(finding.years)}; filled where the criteria of screen "
        f"{finding.screen} that can be judged are met. {finding.always} of {finding.count} meet them in "
        "every year. The largest:"
    ]
    for item in finding.items:
        told = f"{_name(item, key)}: {item['times']} of {text.counted(len(finding.years), 'year')}"
        said.append(f"{told}, {_supplier(item)}.")
    return " ".join(said)


def _name(item: Row, key: str) -> str:
    return text.clause(item["name"], 44) if key == "product" else str(item["name"])


def _supplier(item: Row) -> str:
    if item["top_share"] is None:
        return "nothing bought"
    return f"{text.percent(item['top_share'], 0)} {item['top_partner_name']}"


_TOOLTIP = [
    alt.Tooltip("name:N", title="Item"),
    alt.Tooltip("year:N", title="Year"),
    alt.Tooltip("state:N", title="Criteria"),
    alt.Tooltip("criteria_met:N", title="Met"),
]


def _draw(finding: PersistenceFinding, key: str, description: str) -> dict[str, Any]:
    places = {item["key"]: place for place, item in enumerate(finding.items, start=1)}
    left = f"({theme.IS_NARROW} ? {_NARROW_NAMES} : {_NAMES})"
    step = f"min(46, (width - {left} - ({theme.IS_NARROW} ? 84 : 150)) / {len(finding.years)})"
    records = [
        {
            **cell,
            "place": places[cell["key"]],
            "column": finding.years.index(cell["year"]),
            "year": str(cell["year"]),
            **_paint(finding, cell["key"])._asdict(),
        }
        for cell in finding.cells
    ]
    y = layout.places(len(places))
    scale = alt.Scale(
        domain=[-0.5, len(finding.years) - 0.5],
        range=[alt.ExprRef(left), alt.ExprRef(f"{left} + {step} * {len(finding.years)}")],
        nice=False,
        zero=False,
    )
    x = alt.X("column:Q", axis=None, scale=scale)
    squares = layout.records([one for one in records if one["state"] != UNKNOWN]).mark_point(
        shape="square",
        size=_SQUARE**2,
        strokeWidth=1.5,
        stroke=layout.OWN_COLOUR,
        fill=layout.OWN_COLOUR,
        fillOpacity=alt.ExprRef(f"datum.state === '{MET}' ? 1 : 0"),
        opacity=1,
    )
    layers = [squares.encode(x=x, y=y, tooltip=_TOOLTIP)]
    if unknown := [one for one in records if one["state"] == UNKNOWN]:
        dashes = layout.records(unknown).mark_text(color=theme.MUTED.colour)
        layers.append(dashes.encode(x=x, y=y, text=alt.TextValue(text.DASH)))
    words = [
        {
            "place": places[item["key"]],
            "name": text.shorten(_name(item, key), 34),
            "short": text.shorten(_name(item, key), 18),
            "top": _supplier(item),
            "code": text.shorten(_supplier(item), 13),
        }
        for item in finding.items
    ]
    names = layout.records(words).mark_text(align="left", x=0)
    tops = layout.records(words).mark_text(
        align="left", color=theme.MUTED.colour, x=alt.ExprRef(f"{left} + {step} * {len(finding.years)} + 8")
    )
    heads = layout.records(
        [{"column": place, "head": str(year)} for place, year in enumerate(finding.years)]
    ).mark_text(y=layout.HEADING, baseline="bottom", color=theme.MUTED.colour, fontSize=theme.SMALL_SIZE)
    layers += [
        names.encode(y=y, text=alt.TextValue(layout.narrow("datum.short", "datum.name"))),
        tops.encode(y=y, text=alt.TextValue(layout.narrow("datum.code", "datum.top"))),
        heads.encode(x=x, text=alt.Text("head:N")),
    ]
    return compose(*layers, height=_ROW * len(places), description=description)


def _paint(finding: PersistenceFinding, key: str) -> theme.Paint:
    item = next(one for one in finding.items if one["key"] == key)
    paint = theme.group_colour(item.get("group") or key)
    return theme.SLATE if paint == theme.FAINT else paint
