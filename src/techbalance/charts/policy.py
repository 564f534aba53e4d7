"""What would a policy do, as a range; which assumption decides it; and what becomes of imports by partner?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pyarrow as pa

from techbalance.charts import layout, text, theme
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.rows import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Credit, Row

_ROW = 27
_GAP = 10
_USD = "US dollars"
_SMALL = 1e-3
"""Below this a ratio needs more digits of percent to say anything."""
_ENDS = ("low", "central", "high")
_LEVELS = frozenset({"net_present_value", "loss_without_trade"})
"""Outcomes that are values by themselves, not changes of one."""
_BAND = "modelled: line from the 5th to the 95th percentile of the draws, dot at the median"
_COLUMNS = {
    "name": pa.string(),
    "low": pa.float64(),
    "central": pa.float64(),
    "high": pa.float64(),
    "base": pa.float64(),
    "unit": pa.string(),
}
_MODELS = Origin("Models of techbalance", "their assumptions are printed with the answer")


def outcome_ranges(rows: pa.Table, *, credit: Credit) -> Figure:
    """Draw each outcome as a line from its low to its high end, with a dot at the median.

    Parameters
    ----------
    rows
        Rows of a what-if answer: ``outcome``, ``part``, ``low``, ``central``, ``high``, ``unit``, ``model``.
        Drawn are the dollar outcomes of the whole; where there are none, those of the first outcome by part,
        or ratios of the whole.
    credit
        The command that recomputes the rows, and their origin.

    Raises
    ------
    NotCoveredError
        No outcome has a figure.
    SchemaError
        A column is missing.
    """
    needs = ("outcome", "part", *_ENDS, "unit", "model")
    listed = answer.read(rows, "ranges", needs=needs, values=("central",))
    held = [row for row in listed if row["central"] is not None]
    whole = [row for row in held if row["part"] == "all"]
    dollars = [row for row in whole if row["unit"] == _USD]
    ratios = [row for row in whole if row["unit"] == "ratio"]
    by_part = [row for row in held if row["part"] != "all" and row["outcome"] == held[0]["outcome"]]
    shown = dollars or by_part or ratios
    if not shown:
        raise answer.nothing("ranges", "no outcome is in dollars or a ratio")
    several = len({row["model"] for row in shown}) > 1
    records = [{**row, "name": _name(row, several=several), "hollow": None} for row in shown]
    first = records[0]
    subject = first["outcome"].replace("_", " ")
    if first["part"] != "all":
        subject += f" of {text.country(str(first.get('part_name') or first['part']))}"
    title = f"Modelled: {subject} {_moves(first)}"
    return _figure("whatif-ranges", title, records, credit, "Change")


def tornado_bars(rows: pa.Table, *, credit: Credit) -> Figure:
    """Draw how far each assumption alone moves one outcome, the widest first; the dot is the central case.

    Parameters
    ----------
    rows
        Rows of a what-if answer with ``--tornado``: ``outcome``, ``parameter``, ``low``, ``central``,
        ``high``, ``swing``, ``unit``, ``model``.
    credit
        The command that recomputes the rows, and their origin.

    Raises
    ------
    NotCoveredError
        No assumption moves the outcome.
    SchemaError
        A column is missing.
    """
    needs = ("outcome", "parameter", *_ENDS, "swing", "unit", "model")
    listed = answer.read(rows, "tornado", needs=needs, values=("swing",))
    listed = sorted(listed, key=lambda row: (row["parameter"] != "model", -row["swing"]))
    several = len({row["model"] for row in listed if row["parameter"] != "model"}) > 1
    records = [
        {
            **row,
            "name": row["parameter"].capitalize()
            + (f" ({row['model']})" if several and row["parameter"] != "model" else ""),
            "hollow": None,
        }
        for row in listed
    ]
    widest = max(records, key=lambda row: row["swing"])
    what = listed[0]["outcome"].replace("_", " ")
    swing = _amount(widest["swing"], widest["unit"])
    title = f"Modelled {what} depends most on the {_lower(widest['name'])}, which moves it by {swing}"
    return _figure(
        "whatif-tornado", title, records, credit, "Change, one assumption moved at a time", told=_SWING
    )


_SWING = "modelled: line between the ends of the assumption, dot with all at their centre"


def imports_before_after(rows: pa.Table, *, credit: Credit) -> Figure:
    """Draw imports from each partner before (ring) and after (dot, with its range).

    Parameters
    ----------
    rows
        Rows of a what-if answer by partner: those of the outcome ``imports`` in dollars with a ``base``.
    credit
        The command that recomputes the rows, and their origin.

    Raises
    ------
    NotCoveredError
        No such row.
    SchemaError
        A column is missing.
    """
    needs = ("outcome", "part", "part_name", *_ENDS, "base", "unit")
    listed = answer.read(rows, "imports by partner", needs=needs, values=("base",))
    shown = [
        row
        for row in listed
        if (row["outcome"], row["unit"]) == ("imports", _USD) and row["part"] != "all" and row["base"]
    ]
    if not shown:
        raise answer.nothing("imports by partner", "no partner's imports are given in dollars")
    records = [
        {
            **row,
            "name": row["part_name"] or row["part"],
            "hollow": row["base"],
            **{end: None if row[end] is None else row["base"] + row[end] for end in _ENDS},
        }
        for row in shown
    ]
    first = records[0]
    old, new = (text.money(first[key]) for key in ("base", "central"))
    verb = "rise" if first["central"] > first["base"] else "fall"
    title = (
        f"Modelled: imports from {text.country(first['name'])} {verb} from {old} to {new}{_between(first)}"
    )
    return _figure(
        "whatif-imports", title, records, credit, "Imports a year; ring before, dot after", told=_BAND
    )


_SUBJECTS = {"imports_targeted": "trade hit by the tariff"}
"""Outcomes that a sentence calls otherwise than the answer does."""


def outcome_by_rate(rows: pa.Table, *, credit: Credit) -> Figure:
    """Draw one outcome at several rates of a policy, each as a line from its low to its high end.

    Parameters
    ----------
    rows
        One row per rate, in order: ``rate`` (in words), ``outcome``, ``low``, ``central``, ``high``,
        ``unit``, ``model``.
    credit
        The command that recomputes the rows, and their origin.

    Raises
    ------
    NotCoveredError
        No rate has a figure.
    SchemaError
        A column is missing, or a rate is there twice.
    """
    needs = ("rate", "outcome", *_ENDS, "unit", "model")
    listed = answer.read(rows, "rates", needs=needs, values=("central",))
    answer.one_each(listed, "rates", ("rate",))
    records = [{**row, "name": row["rate"], "hollow": None} for row in listed]
    first, last = records[0], records[-1]
    subject = _SUBJECTS.get(first["outcome"], first["outcome"].replace("_", " "))
    title = f"Modelled: {subject} {_moves(first)} {first['rate']}"
    if last is not first:
        title += f", {_moves(last).removeprefix('changes by ')} {last['rate']}"
    return _figure("whatif-rates", title, records, credit, "Change")


def _between(row: Row) -> str:
    if row["low"] is None or row["low"] == row["high"]:
        return ""
    return f" ({text.money(row['low'])} to {text.money(row['high'])})"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _name(row: Row, *, several: bool) -> str:
    if row["part"] != "all":
        name = row.get("part_name") or row["part"]
    else:
        name = row["outcome"].replace("_", " ").capitalize()
    return f"{name} ({row['model']})" if several else str(name)


def _amount(value: float, unit: str) -> str:
    if unit == _USD:
        return text.money(value)
    return text.percent(value, 4 if 0 < abs(value) < _SMALL else 2)


def _moves(row: Row) -> str:
    verb = "is" if row["outcome"] in _LEVELS else "changes by"
    central = _amount(row["central"], row["unit"])
    if row["low"] is None:
        return f"{verb} {central}"
    low, high = (_amount(row[end], row["unit"]) for end in ("low", "high"))
    return f"{verb} {low} to {high}"


def _figure(  # noqa: PLR0913, what differs between the three charts
    slug: str, title: str, records: Sequence[Row], credit: Credit, unit: str, *, told: str = _BAND
) -> Figure:
    is_money = records[0]["unit"] == _USD
    if all(row["low"] is None for row in records):
        told = "modelled: the central case alone, without a range"
    words = [_told(row) for row in records]
    alt_text = f"{title}. " + " ".join(words)
    kind = "billions of US dollars" if is_money else "percent"
    return Figure(
        id=slug,
        title=title,
        subtitle=f"{unit}, {kind}; {told}. {(credit.origin or _MODELS).publisher}; "
        f"{(credit.origin or _MODELS).basis}.",
        alt_text=alt_text,
        spec=_draw(records, alt_text, 1e9 if is_money else 0.01),
        table=answer.tidy(records, _COLUMNS),
        columns_shown=("name", *_ENDS),
        command=credit.command,
    )


def _told(row: Row) -> str:
    ends = [_amount(row[end], row["unit"]) for end in ("low", "high") if row[end] is not None]
    middle = "" if row["central"] is None else f", {_amount(row['central'], row['unit'])} at the middle"
    return f"{row['name']}: {' to '.join(ends) or 'no range'}{middle}."


_TOOLTIP = [
    alt.Tooltip("name:N", title="What"),
    alt.Tooltip("range_text:N", title="Range"),
    alt.Tooltip("middle_text:N", title="Middle"),
]


def _draw(rows: Sequence[Row], description: str, scale_by: float) -> dict[str, Any]:
    """Draw names at the left, then lines from low to high with a dot, the ranges in figures at the right."""
    records = [_record(row, place, scale_by) for place, row in enumerate(rows, start=1)]
    short, wide = (max(text.pixels(r[key], theme.LABEL_SIZE) for r in records) for key in ("short", "name"))
    room = max(text.pixels(record["range_text"], theme.LABEL_SIZE) for record in records) + _GAP
    ends = [record[key] for record in records for key in (*_ENDS, "hollow") if record[key] is not None]
    start = f"{_GAP} + ({theme.IS_NARROW} ? {short:.0f} : {wide:.0f})"
    scale = layout.between(
        min(0.0, *ends), max(0.0, *ends), start, f"width - ({theme.IS_NARROW} ? 8 : {room:.0f})"
    )
    axis = alt.Axis(
        title=None, format=layout.NUMBER, tickCount=layout.narrow("3", "6"), orient="bottom", labelFlush=False
    )
    x = alt.X("low:Q", scale=scale, axis=axis)
    base = layout.records(records).encode(y=layout.places(len(records)), tooltip=_TOOLTIP)
    spans = base.transform_filter("isValid(datum.low)").mark_rule(
        strokeWidth=5, opacity=0.45, strokeCap="round", color=theme.BLUE.colour
    )
    dots = base.transform_filter("isValid(datum.central)").mark_point(
        shape="circle", size=64, fill=theme.BLUE.colour, stroke=theme.PAPER.colour, strokeWidth=1, opacity=1
    )
    rings = base.transform_filter("isValid(datum.hollow)").mark_point(
        shape="circle", size=64, filled=False, stroke=theme.VERMILLION.colour, strokeWidth=2, opacity=1
    )
    names = base.mark_text(align="left", x=0)
    figures = base.mark_text(
        align="right", x=alt.ExprRef("width"), opacity=alt.ExprRef(f"{theme.IS_NARROW} ? 0 : 1")
    )
    zero = layout.records([{}]).mark_rule().encode(x=alt.XDatum(0, scale=scale, axis=axis))
    return compose(
        zero.encode(y=alt.YDatum(0.5, axis=None), y2=alt.YDatum(len(records) + 0.5)),
        spans.encode(x=x, x2=alt.X2("high:Q")),
        rings.encode(x=alt.X("hollow:Q")),
        dots.encode(x=alt.X("central:Q")),
        names.encode(text=alt.TextValue(layout.narrow("datum.short", "datum.name"))),
        figures.encode(text=alt.TextValue(layout.narrow("''", "datum.range_text"))),
        height=_ROW * len(records),
        description=description,
    )


def _record(row: Row, place: int, scale_by: float) -> Row:
    def of(key: str) -> float | None:
        return None if row[key] is None else row[key] / scale_by

    ends = [_amount(row[end], row["unit"]) for end in ("low", "high") if row[end] is not None]
    middle = text.DASH if row["central"] is None else _amount(row["central"], row["unit"])
    return {
        "place": place,
        "name": text.shorten(row["name"], 42),
        "short": text.shorten(row["name"], 18),
        **{key: of(key) for key in (*_ENDS, "hollow")},
        "range_text": " to ".join(ends) if ends else middle,
        "middle_text": middle,
    }
