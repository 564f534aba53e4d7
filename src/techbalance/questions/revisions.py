"""How was a published figure revised, and which statements did that touch? Answers ``revisions``."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.classifications.groups import ALL_GROUPS
from techbalance.classifications.partners import WORLD
from techbalance.indicators import periods
from techbalance.models.revision_statistics import RevisionStatistics, revision_statistics
from techbalance.questions import selection
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.evidence.held import COLUMNS, Held, Place
from techbalance.questions.parameters.vintages import REVISIONS, RevisionsParams
from techbalance.questions.published import Published
from techbalance.questions.verdicts import Verdicts, about
from techbalance.questions.wording import money

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.store.catalogue import Store

TYPES: Final = {
    "vintage": pa.date32(),
    "revision_ratio": pa.float64(),
} | {
    name: pa.int64()
    for name in (
        "value_usd",
        "revision_usd",
        "from_first_usd",
        "mean_absolute_revision_usd",
        "printed_unit_usd",
    )
}
SCHEMA: Final = pa.schema([(name, TYPES.get(name, pa.string())) for name in REVISIONS.columns])
ONE: Final = "one_observation: one vintage is held, so nothing was revised"
FIRST: Final = "first print"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Print:
    """One figure as known on one day, with what is known of how it was printed."""

    period: str
    year: int
    vintage: dt.date
    value: int
    basis: str
    unit: int | None = None
    kind: str = ""
    confidence: str = ""
    sources: str = ""

    @property
    def half_unit(self) -> int:
        """How far printed rounding may be from the figure itself, at most."""
        return (self.unit or 1) // 2


def run(params: RevisionsParams, store: Store) -> Answer:
    """Answer ``revisions``: one row per period and vintage, in that order.

    Every stored vintage of a period is a row. The revision of a row is its value less that of the vintage
    before. A part-year is no year, and a sum of months stands only where no printed figure of that day does.
    """
    published = _published(params, store)
    by_period: dict[str, list[Print]] = {}
    for one in _prints(published, params):
        by_period.setdefault(one.period, []).append(one)
    if params.period:
        by_period = {period: by_period.get(period, []) for period in params.period.texts()}
    several = {period: held for period, held in sorted(by_period.items()) if len(held) > 1}
    ends = [(held[0].value, held[-1].value) for held in several.values()]
    summary = revision_statistics([first for first, _ in ends], [latest for _, latest in ends])
    steady = [period for period, held in several.items() if len({one.value for one in held}) == 1]
    single = [period for period, held in by_period.items() if len(held) == 1]
    wanted = list(by_period)
    if params.period is None:
        wanted = [period for period in several if period not in steady] or list(several)
    lines = _Lines(params, published, summary)
    rows = [row for period in wanted for row in lines.of(period, by_period[period])]
    if not rows:
        rows = [{"note": _why_nothing(published)}]
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    notes = [*_summary(summary), *_verdicts(rows)]
    if params.period is None:
        notes += _left_out(steady if len(steady) < len(several) else [], single)
    stored = published.rows()
    behind = stored.filter(stored.freq.isin(["month", published.freq]))
    if params.period:
        behind = selection.in_years(behind, params.period.years)
    if params.as_of:
        behind = periods.up_to(behind, params.as_of.day)
    lineage = Lineage("headline", behind, "revision = value of a vintage - value of the vintage before")
    return Answer(REVISIONS, params, store, table, tuple(notes), (lineage,))


def _published(params: RevisionsParams, store: Store) -> Published:
    freq: periods.Freq = "month" if params.period and params.period.by_month else "year"
    members = selection.chosen_partners(store, params.partner)
    group = ALL_GROUPS if params.group is None else params.group.names[0]
    day = params.as_of.day if params.as_of else None
    return Published(store, params.series, freq, day, members, group=group)


def _prints(published: Published, params: RevisionsParams) -> list[Print]:
    """Every vintage of every period: the printed figure of a day before a sum of months of that day."""
    column = COLUMNS[params.flow]
    table = periods.up_to(published.revisions(), published.day)
    table = table.group_by(*published.bucket, "vintage", "basis").aggregate(
        value=table[column].sum(), held=table[column].count(), partners=table.partner.nunique()
    )
    # A member that is missing is no zero, so an area has no figure without it.
    table = table.filter(table.held == table.partners, table.partners >= published.partners_wanted(table))
    if params.period:
        table = selection.in_years(table, params.period.years)
    facts = _facts(published, params)
    best: dict[tuple[str, dt.date], Print] = {}
    for row in published.store.fetch_rows(table.filter(table.value.notnull())):
        month = row.get("month")
        period = f"{row['year']}" if month is None else f"{row['year']}-{month:02d}"
        key = (period, row["vintage"])
        if key in best and row["basis"] != periods.PRINTED:
            continue
        known = facts.get((row["year"], month, row["vintage"]), {}) if _is_printed(row, month) else {}
        best[key] = Print(period, row["year"], row["vintage"], row["value"], row["basis"], **known)
    return sorted(best.values(), key=lambda one: (one.period, one.vintage))


def _is_printed(row: Row, month: int | None) -> bool:
    return month is not None or row["basis"] == periods.PRINTED


def _facts(published: Published, params: RevisionsParams) -> dict[tuple[int, int | None, dt.date], Row]:
    """How each figure was printed: last digit, kind, confidence, source; the coarsest of its parts."""
    rows = published.rows()
    rows = rows.filter(rows.freq == published.freq)
    if params.flow != "balance":
        rows = rows.filter(rows.flow == params.flow)
    columns = ("year", "month", "vintage", "printed_unit_usd", "print_kind", "confidence", "source_id")
    found: dict[tuple[int, int | None, dt.date], list[Row]] = {}
    for row in published.store.fetch_rows(rows.select(*columns).distinct()):
        found.setdefault((row["year"], row["month"], row["vintage"]), []).append(row)
    return {
        key: {
            "unit": max(row["printed_unit_usd"] for row in parts),
            "kind": FIRST if any(row["print_kind"] == FIRST for row in parts) else parts[0]["print_kind"],
            "confidence": "low" if any(row["confidence"] == "low" for row in parts) else "",
            "sources": ", ".join(sorted({row["source_id"] for row in parts})),
        }
        for key, parts in found.items()
    }


class _Lines:
    """Rows of the answer, with the statements whose verdict changed between two vintages."""

    def __init__(self, params: RevisionsParams, published: Published, summary: RevisionStatistics) -> None:
        partner = str(params.partner) if params.partner and not published.is_world else WORLD
        self.place = Place(params.series, partner, published.group)
        self.flow = params.flow
        self.published = published
        self.summary = summary
        self.held = Held(published.store, published.day)
        self.verdicts = Verdicts(published.store, params.claims)

    def of(self, period: str, held: list[Print]) -> list[Row]:
        """One row per vintage of a period; one that says why, where none is held."""
        if not held:
            return [{"period": period, "note": _why_missing(self.published, period)}]
        first = self._row(held[0], None) | {"print": _name_of_first(held), "from_first_usd": 0}
        if len(held) == 1:
            return [first | {"note": ONE}]
        rows = [first]
        for before, one in pairwise(held):
            name = "latest" if one is held[-1] else "later"
            rows.append(self._row(one, before) | {"print": name, "from_first_usd": one.value - held[0].value})
        return rows

    def _row(self, one: Print, before: Print | None) -> Row:
        row = {
            "period": one.period,
            "vintage": one.vintage,
            "value_usd": one.value,
            "mean_absolute_revision_usd": self.summary.mean_absolute_usd,
            "printed_unit_usd": one.unit,
            "basis": one.basis,
            "source_id": one.sources or None,
            "note": _note(one, before),
        }
        if before is None:
            return row
        revision = one.value - before.value
        return row | {
            "revision_usd": revision,
            "revision_ratio": revision / abs(before.value) if before.value else None,
            "moved": moved(before.value, one.value, self.flow),
            "verdicts": self._touched(one.year, before.vintage, one.vintage),
        }

    def _touched(self, year: int, before: dt.date, after: dt.date) -> str | None:
        among = about(self.place, self.flow, year, self.held)
        return "; ".join(one.text for one in self.verdicts.changed(before, after, among)) or None


def _name_of_first(held: list[Print]) -> str:
    """Only a figure documented as the first print is called one."""
    if held[0].kind == FIRST:
        return FIRST
    return "first held" if len(held) > 1 else "only"


def moved(before: int, after: int, flow: str) -> str:
    """Say what a revision did; for a balance in words that need no sign.

    Examples
    --------
    >>> moved(-298_948_200_000, -294_429_400_000, "balance")
    'smaller deficit'
    >>> moved(-1, 1, "balance")
    'surplus instead of deficit'
    """
    if before == after:
        return "same"
    if flow != "balance":
        return "up" if after > before else "down"
    sides = [
        "deficit" if value < 0 else "surplus" if value else "balance of zero" for value in (before, after)
    ]
    if sides[0] != sides[1]:
        return f"{sides[1]} instead of {sides[0]}"
    return f"{'larger' if abs(after) > abs(before) else 'smaller'} {sides[1]}"


def _note(one: Print, before: Print | None) -> str | None:
    notes = []
    if before is not None and one.value != before.value:
        # A balance is made of two printed flows, each rounded; a sum of twelve months of twelve each.
        parts = 2 * (12 if periods.SUMMED in (one.basis, before.basis) else 1)
        if abs(one.value - before.value) <= parts * (one.half_unit + before.half_unit):
            notes.append("no further apart than printed rounding allows")
    if one.confidence == "low":
        notes.append("a rounded figure from the press")
    if before is not None and not before.value:
        notes.append("from_zero: no ratio to a value of zero")
    return "; ".join(notes) or None


def _why_missing(published: Published, period: str) -> str:
    rows = published.complete(_years_of(period))
    if "month" in published.bucket:
        rows = rows.filter(rows.month == int(period[5:]))
    found = published.store.fetch_rows(rows.select("note"))
    return str(found[0]["note"]) if found and found[0]["note"] else _why_nothing(published)


def _years_of(period: str) -> Any:  # noqa: ANN401 - a span of years
    from techbalance.questions.parameters.texts import Years

    return Years(int(period[:4]), int(period[:4]))


def _why_nothing(published: Published) -> str:
    rows = periods.up_to(published.rows(), published.day)
    if published.store.count(rows.limit(1)):
        return "one_observation: no period is held at two vintages; name a period to see it"
    if published.day and (first := published.store.fetch_rows(_first(published))[0]["day"]):
        return f"no_vintage_that_early: first held as of {first}"
    return f"not_covered: {published.series} is not held for this partner or group"


def _first(published: Published) -> Table:
    rows = published.rows()
    return rows.aggregate(day=rows.vintage.min())


def _summary(summary: RevisionStatistics) -> list[str]:
    """Mean and size of the revisions, and whether first prints lean to one side."""
    notes = []
    if summary.periods:
        noun = "period" if summary.periods == 1 else "periods"
        notes.append(
            f"Latest less first vintage, {summary.periods} {noun}: mean {money(summary.mean_usd)}, "
            f"mean size {money(summary.mean_absolute_usd)}."
        )
    if summary.slope is not None and summary.p_unbiased is not None:
        notes.append(
            f"latest = {money(summary.intercept_usd)} + {summary.slope:.4f} x first; "
            f"no lean of first prints (a = 0, b = 1) has p = {summary.p_unbiased:.3f}."
        )
    return notes


def _verdicts(rows: list[Row]) -> list[str]:
    """Statements that changed, by the vintage that changed them."""
    found: dict[str, dt.date] = {}
    for row in rows:
        for text in (row.get("verdicts") or "").split("; "):
            if text:
                found.setdefault(text, row["vintage"])
    return [f"Changed by the vintage of {day}: {text}." for text, day in found.items()]


def _left_out(steady: list[str], single: list[str]) -> list[str]:
    notes = []
    for periods_out, why in ((steady, "Not revised at any vintage held"), (single, "One vintage only")):
        if periods_out:
            span = f"{len(periods_out)} years, {periods_out[0]} to {periods_out[-1]}"
            notes.append(f"{why}, and left out: {periods_out[0] if len(periods_out) == 1 else span}.")
    return notes
