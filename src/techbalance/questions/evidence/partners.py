"""Measures that compare partners or groups with each other: rank, overtaking, order of growth."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from techbalance.claims.figures import Figure
from techbalance.classifications.groups import GROUPS, group_code
from techbalance.questions.evidence import accounts
from techbalance.questions.evidence.held import Place
from techbalance.questions.evidence.history import ratios

if TYPE_CHECKING:
    from techbalance.claims.statement import Filters
    from techbalance.questions.evidence.held import Held
    from techbalance.questions.evidence.history import History


def rank(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """The place of a partner, or of a group, in one year; 1 is the largest deficit, or flow."""
    by, flow = filters.by or "partner", filters.flow or "balance"
    year = filters.years()[0]
    if by == "group":
        mine = group_code(filters.group or "")
        every = held.by_key(filters.series or "atp", by, flow)
    else:
        mine = held.label(filters.partner or "")
        every = held.by_key(filters.series or "atp", by, flow, filters.group or "all")
    days = sorted({day for history in every.values() for day in history.vintages([year])})
    if not days:
        return (Figure(None, "rank", period=str(year), note="not_covered"),)
    figures = []
    for day in days:
        place = _place(every, mine, year, day, largest_first=flow != "balance")
        note = "" if place else "no_trade"
        newest = day == days[-1]
        figures.append(Figure(place, "rank", day, period=str(year), newest=newest, note=note))
    return tuple(figures)


def _place(
    every: dict[str, History], mine: str, year: int, day: dt.date, *, largest_first: bool
) -> int | None:
    """Rank as known on a day; equal values share the smaller rank. None where there is no value."""
    values = {key: history.value(year, day) for key, history in every.items()}
    own = values.get(mine)
    if own is None:
        return None
    known = [value for value in values.values() if value is not None]
    return 1 + sum(value > own if largest_first else value < own for value in known)


def overtaking(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """Whether a partner was behind the other one in the first year and is ahead of it in the last."""
    flow = filters.flow or "balance"
    every = held.by_key(filters.series or "atp", "partner", flow, filters.group or "all")
    sides = [every.get(held.label(name or "")) for name in (filters.partner, filters.other_partner)]
    years = filters.years()
    period = f"{years[0]}:{years[1]}"
    first, second = sides
    if first is None or second is None:
        return (Figure(None, "yes_no", period=period, note="not_covered"),)
    days = sorted({*first.vintages(years), *second.vintages(years)})
    if not days:
        return (Figure(None, "yes_no", period=period, note="not_covered"),)
    figures = []
    for day in days:
        values = [history.value(year, day) for year in years for history in (first, second)]
        known = [value for value in values if value is not None]
        newest = day == days[-1]
        if len(known) < len(values):
            note = first.missing(years, day)
            figures.append(Figure(None, "yes_no", day, period=period, newest=newest, note=note))
            continue
        was_behind = _is_ahead(known[1], known[0], flow)
        is_ahead = _is_ahead(known[2], known[3], flow)
        figures.append(Figure(int(was_behind and is_ahead), "yes_no", day, period=period, newest=newest))
    return tuple(figures)


def _is_ahead(one: int, other: int, flow: str) -> bool:
    """Ahead is the larger flow, or the larger deficit."""
    return one < other if flow == "balance" else one > other


def growth_order(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """Growth of the deficit (or flow) with one partner less that with another."""
    flow = filters.flow or "balance"
    years = filters.years()
    compute = accounts.growth_of_deficit if flow == "balance" else accounts.growth_of_flow
    histories = [
        held.history(accounts.place_of(filters, name), flow)
        for name in (filters.partner, filters.other_partner)
    ]
    period = f"{years[0]}:{years[1]}"
    days = sorted({day for history in histories for day in history.vintages(years)})
    if not days:
        return (Figure(None, "order", period=period, note="not_covered"),)
    figures = []
    for day in days:
        growths: list[float | None] = []
        note = ""
        for history in histories:
            values = [history.value(year, day) for year in years]
            known = [value for value in values if value is not None]
            if len(known) < len(values):
                growths.append(None)
                note = history.missing(years, day)
            else:
                growth, text = compute(known)
                growths.append(growth)
                note = note or ("" if growth is not None else text)
        one, other = growths
        value = None if one is None or other is None else one - other
        newest = day == days[-1]
        figures.append(
            Figure(value, "order", day, period=period, newest=newest, note="" if value is not None else note)
        )
    return tuple(figures)


def groups_falling(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """How many of the ten groups have a lower balance in the last year than in the first."""
    years = filters.years()
    histories = {
        group: held.history(accounts.place_of(filters.model_copy(update={"group": group})), "balance")
        for group in GROUPS
    }
    period = f"{years[0]}:{years[1]}"
    days = sorted({day for history in histories.values() for day in history.vintages(years)})
    if not days:
        return (Figure(None, "count", period=period, note="not_covered"),)
    figures = []
    for day in days:
        changes = {}
        for group, history in histories.items():
            start, end = history.value(years[0], day), history.value(years[1], day)
            if start is not None and end is not None:
                changes[group] = end - start
        newest = day == days[-1]
        if len(changes) < len(GROUPS):
            figures.append(Figure(None, "count", day, period=period, newest=newest, note="not_covered"))
        else:
            detail = ", ".join(f"{GROUPS[group]} {value / 1e9:+,.1f}bn" for group, value in changes.items())
            falling = sum(value < 0 for value in changes.values())
            figures.append(Figure(falling, "count", day, period=period, newest=newest, detail=detail))
    return tuple(figures)


def flow_share(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """A partner's, or a group's, share of one flow of one year, on every vintage of the part."""
    flow, year = filters.flow or "import", filters.years()[0]
    part = held.history(accounts.place_of(filters), flow)
    whole = held.history(Place(filters.series or "atp"), flow)
    days = part.vintages([year])
    return ratios(part, whole, year, days, "of")
