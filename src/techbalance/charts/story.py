"""Who supplies a product year after year, and where do the codes break the line?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import altair as alt
import pyarrow as pa

from techbalance.charts import layout, text, theme
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Credit, Row

_BN = 1e9
_HEIGHT = 320
_RIGHT = 118
"""Pixels kept free at the right for the names of the partners."""
_LABEL_GAP = 31
"""Least distance in pixels of two names with their values."""
_MOST = 6
"""More lines than this cannot be told apart."""
_BREAK = "break"
_REST = "-"
_COLUMNS = {
    "period": pa.string(),
    "partner": pa.string(),
    "partner_name": pa.string(),
    "value_usd": pa.int64(),
    "product_low_usd": pa.int64(),
    "product_high_usd": pa.int64(),
    "system": pa.string(),
    "break_note": pa.string(),
    "note": pa.string(),
}


@dataclass(frozen=True, slots=True)
class StoryFinding:
    """What a story shows.

    Parameters
    ----------
    lines
        Rows by partner, in order of time; the partner with the largest last value first.
    years
        All years, without gaps.
    breaks
        Years in which the codes begin to be of other goods.
    last
        The last year with a value.
    banded
        Whether some year's value is only in part the product.
    """

    lines: dict[str, list[Row]]
    years: tuple[int, ...]
    breaks: tuple[int, ...]
    last: int
    banded: bool

    def value(self, partner: str, year: int) -> int | None:
        """Value of a partner in a year; None where there is none."""
        found = (row["value_usd"] for row in self.lines[partner] if int(row["period"]) == year)
        return next(found, None)

    def name(self, partner: str) -> str:
        """Name of a partner."""
        return str(self.lines[partner][0]["partner_name"] or partner)

    @property
    def start(self) -> int:
        """First year that can be compared with the last."""
        return max((year for year in self.breaks if year <= self.last), default=self.years[0])


def find_story(listed: Sequence[Row]) -> StoryFinding:
    """Sort the rows of partners into lines, and find the breaks.

    Raises
    ------
    NotCoveredError
        No partner has a value.
    """
    lines: dict[str, list[Row]] = {}
    for row in sorted(listed, key=lambda row: int(row["period"] or 0)):
        if row["period"] and row["partner"] not in {None, _REST, *answer.WHOLE}:
            lines.setdefault(row["partner"], []).append(row)
    lines = {code: rows for code, rows in lines.items() if any(row["value_usd"] is not None for row in rows)}
    if not lines:
        raise answer.nothing("story", "no partner has a value")
    held = sorted({int(row["period"]) for rows in lines.values() for row in rows})
    known = [int(row["period"]) for rows in lines.values() for row in rows if row["value_usd"] is not None]
    last = max(known)
    breaks = sorted(
        {
            int(row["period"])
            for rows in lines.values()
            for row in rows
            if (row["break_note"] or "").startswith(_BREAK)
        }
    )

    def newest(rows: list[Row]) -> int:
        return next((row["value_usd"] for row in rows if int(row["period"]) == last), None) or 0

    ordered = dict(sorted(lines.items(), key=lambda pair: (-newest(pair[1]), pair[0])))
    banded = any(
        row["product_low_usd"] is not None and row["product_low_usd"] != row["product_high_usd"]
        for rows in lines.values()
        for row in rows
    )
    return StoryFinding(ordered, tuple(range(held[0], held[-1] + 1)), tuple(breaks), last, banded)


def story_lines(rows: pa.Table, *, subject: str, verb: str = "supplied", credit: Credit) -> Figure:
    """Draw the value of each partner as a line that ends where the codes begin to hold other goods.

    Parameters
    ----------
    rows
        One row per year and partner: the columns of ``story``. Rows of the world and of the rest are not
        drawn. Where a value is only in part the product, the band it lies in is shaded.
    subject
        The product, for sentences: ``lithium-ion batteries``.
    verb
        What partners did: ``supplied``, or ``bought``.
    credit
        The command that recomputes the rows, and their origin.

    Raises
    ------
    NotCoveredError
        No partner has a value, or there are more than can be told apart.
    SchemaError
        A column is missing, or a year and partner is there twice.
    """
    needs = ("period", "partner", "partner_name", "value_usd", "product_low_usd", "product_high_usd")
    listed = answer.read(rows, "story", needs=(*needs, "break_note", "system"), values=("value_usd",))
    answer.one_each(listed, "story", ("period", "partner"))
    finding = find_story(listed)
    if len(finding.lines) > _MOST:
        raise answer.nothing("story", f"there are {len(finding.lines)} lines, and {_MOST} can be told apart")
    alt_text = _alternative(finding, subject, verb)
    marks = []
    if finding.breaks:
        marks.append(f"lines end where the codes change to other goods ({text.years(finding.breaks)})")
    if finding.banded:
        marks.append("shaded: how much of a wider code can have been the product")
    return Figure(
        id="story",
        title=_title(finding, subject, verb),
        subtitle=answer.subtitle(
            listed, credit.origin or answer.CENSUS, "Billions of US dollars", more="; ".join(marks)
        ),
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy([row for line in finding.lines.values() for row in line], _COLUMNS),
        columns_shown=("period", "partner_name", "value_usd", "system", "break_note"),
        command=credit.command,
    )


def _title(finding: StoryFinding, subject: str, verb: str) -> str:
    """State who was first in the last year, and who was passed, or by how much it grew, since a break."""
    codes = list(finding.lines)
    first = codes[0]
    latest = finding.value(first, finding.last) or 0
    name = text.country(finding.name(first), opening=True)
    stated = f"{name} {verb} {text.money(latest)} of {subject} in {finding.last}"
    start = finding.start
    if start < finding.last:
        passed = [
            code
            for code in codes[1:]
            if (finding.value(code, start) or 0) > (finding.value(first, start) or 0)
            and finding.value(code, finding.last) is not None
        ]
        if passed:
            rival = max(passed, key=lambda code: finding.value(code, start) or 0)
            other = text.country(finding.name(rival))
            usd = finding.value(rival, finding.last) or 0
            return f"{stated}, {other} {text.money(usd)}: in {start} {other} was ahead"
        before = finding.value(first, start)
        if before:
            return f"{stated}, {_moved(before, latest)} {start}"
    return f"{stated}, the most of those shown" if len(codes) > 1 else stated


_MULTIPLE = 1.5
"""From this factor on, growth is said as a multiple."""


def _moved(before: int, after: int) -> str:
    ratio = after / before
    if ratio >= _MULTIPLE:
        return f"{text.number(ratio)} times as much as in"
    return f"{text.percent(abs(ratio - 1))} {'more' if ratio >= 1 else 'less'} than in"


def _alternative(finding: StoryFinding, subject: str, verb: str) -> str:
    said = [f"Lines of what partners {verb} of {subject}, {text.years(finding.years)}."]
    for code in finding.lines:
        values = [
            f"{text.money(row['value_usd'])} in {row['period']}"
            for row in finding.lines[code]
            if row["value_usd"] is not None
        ]
        ends = [values[0], values[-1]] if len(values) > 1 else values
        said.append(f"{text.country(finding.name(code), opening=True)}: {' and '.join(ends)}.")
    for year in finding.breaks:
        said.append(f"Values before {year} and from {year} on are of different goods and are not joined.")
    return " ".join(said)


_TOOLTIP = [
    alt.Tooltip("name:N", title="Partner"),
    alt.Tooltip("year:O", title="Year"),
    alt.Tooltip("money:N", title="Value"),
    alt.Tooltip("range:N", title="Of it the product"),
    alt.Tooltip("system:N", title="Codes"),
]


def _draw(finding: StoryFinding, description: str) -> dict[str, Any]:
    axis, scale = layout.year_axis(finding.years, right=_RIGHT)
    points = [point for code in finding.lines for point in _points(finding, code)]
    high = max(max(p["value"], p["high"]) for p in points if p["value"] is not None)
    # Words at a break need two lines above the highest point.
    top = high * (1.16 if finding.breaks else 1.06) or 1.0
    y = alt.Y("value:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=layout.money_axis())
    x = alt.X("year:O", axis=axis, scale=scale)
    layers: list[alt.Chart] = []
    dashes = _dashes(finding)
    for code in finding.lines:
        own = [point for point in points if point["partner"] == code]
        paint = _paint(code)
        base = layout.records(own).encode(x=x, tooltip=_TOOLTIP)
        if any(point["banded"] for point in own):
            band = base.transform_filter("datum.banded").mark_area(color=paint.colour, opacity=0.16)
            layers.append(band.encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), detail=alt.Detail("segment:N")))
        line = base.mark_line(
            color=paint.colour,
            strokeDash=dashes[code],
            strokeWidth=2.4,
            strokeJoin="round",
            invalid="break-paths-show-path-domains",
        )
        dots = base.transform_filter("isValid(datum.value)").mark_point(
            filled=True, fill=paint.colour, stroke=theme.PAPER.colour, strokeWidth=1, size=34, opacity=1
        )
        layers += [line.encode(y=y, detail=alt.Detail("segment:N")), dots.encode(y=alt.Y("value:Q"))]
    layers += _breaks(finding)
    layers.append(layout.zero_line(right=_RIGHT))
    layers += _end_labels(finding, top)
    return compose(*layers, height=_HEIGHT, description=description)


def _paint(code: str) -> theme.Paint:
    paint = theme.partner_colour(code)
    return theme.GREY if paint == theme.FAINT else paint


def _dashes(finding: StoryFinding) -> dict[str, list[int]]:
    """Partners without a colour of their own share grey; dashes tell them apart."""
    grey = [code for code in finding.lines if _paint(code) == theme.GREY]
    return {code: _PATTERNS[grey.index(code)] if code in grey else _PATTERNS[0] for code in finding.lines}


_PATTERNS = ([1, 0], [7, 3], [2, 2], [7, 3, 2, 3], [12, 4], [4, 6])


def _points(finding: StoryFinding, code: str) -> list[Row]:
    """A partner's records in billions, one per year; each break begins another segment."""
    by_year = {int(row["period"]): row for row in finding.lines[code]}
    points = []
    for year in finding.years:
        row = by_year.get(year)
        value = None if row is None else row["value_usd"]
        low, high = (None if row is None else row[f"product_{end}_usd"] for end in ("low", "high"))
        banded = low is not None and high is not None and low != high
        points.append(
            {
                "partner": code,
                "name": finding.name(code),
                "year": year,
                "segment": sum(year >= start for start in finding.breaks),
                "value": None if value is None else value / _BN,
                "low": (low or 0) / _BN,
                "high": (high or 0) / _BN,
                "banded": banded,
                "money": "not covered" if value is None else text.money(value),
                "range": f"{text.money(low or 0)} to {text.money(high or 0)}" if banded else "all",
                "system": "" if row is None else row["system"] or "",
            }
        )
    return points


def _breaks(finding: StoryFinding) -> list[alt.Chart]:
    """A dashed rule halfway to the year before, with the reason why nothing crosses it."""
    marks: list[alt.Chart] = []
    count = len(finding.years)
    for year in finding.breaks:
        if year == finding.years[0]:
            continue
        # A year is a band: the break is where two bands meet.
        part = (year - finding.years[0]) / count
        place = alt.ExprRef(f"(width - {_RIGHT}) * {part:.6f}")
        rule = layout.records([{}]).mark_rule(
            color=theme.MUTED.colour, strokeDash=[4, 3], strokeWidth=1.2, y=0, y2=_HEIGHT
        )
        early = part < 0.5
        words = layout.records([{}]).mark_text(
            align="left" if early else "right",
            baseline="line-top",
            dx=5 if early else -5,
            x=place,
            y=2,
            color=theme.MUTED.colour,
        )
        lines = [f"{year}: other codes,", "other goods"]
        marks += [
            rule.encode(x=alt.value(place)),
            *layout.haloed(cast(alt.Chart, words.encode(text=alt.TextValue(lines)))),
        ]
    return marks


def _end_labels(finding: StoryFinding, top: float) -> list[alt.Chart]:
    """Name the lines at the right, with their last values."""
    labels = []
    for code in finding.lines:
        known = [row for row in finding.lines[code] if row["value_usd"] is not None]
        year, usd = int(known[-1]["period"]), known[-1]["value_usd"]
        name = text.shorten(finding.name(code), 15)
        lines = [name, text.money(usd) + ("" if year == finding.last else f" ({year})")]
        labels.append((usd / _BN, lines, _paint(code)))
    unit = top / _HEIGHT
    spots = layout.dodge([value for value, _, _ in labels], _LABEL_GAP * unit, 12 * unit, top)
    marks: list[alt.Chart] = []
    for spot, (_, lines, paint) in zip(spots, labels, strict=True):
        marks += layout.end_label(lines, paint, alt.Y("spot:Q"), spot, right=_RIGHT)
    return marks
