"""Measures of a balance, a flow and their ratios, on every stored vintage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from techbalance.claims.figures import Figure, LaterRecord
from techbalance.claims.measures import BASIS_NAMES, DENOMINATORS
from techbalance.questions.evidence.held import Held, Place
from techbalance.questions.wording import percent

if TYPE_CHECKING:
    from techbalance.claims.statement import Filters
    from techbalance.questions.evidence.history import History

Computed = tuple[float | None, str]


def place_of(filters: Filters, partner: str | None = None) -> Place:
    """The series, partner and group that filters name."""
    return Place(filters.series or "atp", partner or filters.partner or "WORLD", filters.group or "all")


def span_of(filters: Filters) -> tuple[int, ...]:
    """Every year from the first to the last, or the one year."""
    years = filters.years()
    return tuple(range(years[0], years[-1] + 1))


def on_every_vintage(
    history: History, years: Iterable[int], unit: str, compute: Callable[[list[int]], Computed], period: str
) -> tuple[Figure, ...]:
    """Compute a measure of some years on every day on which one of them was revised.

    Parameters
    ----------
    history
        The figures.
    years
        The years it needs; on a day on which one was not known, the figure is null.
    unit
        Base unit of the measure.
    compute
        From the values of the years, in their order, to a value and a detail; a null value's detail is its
        note.
    period
        What the figure is of.
    """
    needed = tuple(years)
    days = history.vintages(needed)
    if not days:
        return (Figure(None, unit, period=period, note=history.why_empty),)
    figures = []
    for day in days:
        values = [history.value(year, day) for year in needed]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            value, text = None, history.missing(needed, day)
        else:
            value, text = compute(known)
        note = text if value is None else ""
        detail = "" if value is None else text
        figures.append(
            Figure(value, unit, day, period=period, newest=day == days[-1], note=note, detail=detail)
        )
    return tuple(figures)


def level(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """A balance, or one flow, of one year."""
    history = held.history(place_of(filters), filters.flow or "balance")
    return on_every_vintage(
        history, filters.years(), "usd", lambda values: (values[0], ""), str(filters.year)
    )


def sign(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """1 or -1 where every year of a span has that sign, 0 where not."""

    def compute(values: list[int]) -> Computed:
        same = 1 if min(values) > 0 else -1 if max(values) < 0 else 0
        return same, f"from {_bn(min(values))} to {_bn(max(values))}"

    years = span_of(filters)
    history = held.history(place_of(filters), "balance")
    return on_every_vintage(history, years, "sign", compute, _span(years))


def change(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """The later year less the earlier."""
    history = held.history(place_of(filters), filters.flow or "balance")
    return on_every_vintage(
        history,
        filters.years(),
        "usd",
        lambda values: (values[1] - values[0], f"from {_bn(values[0])} to {_bn(values[1])}"),
        _span(filters.years()),
    )


def deficit_growth(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """The later deficit over the earlier, less one (METHODS A6)."""
    history = held.history(place_of(filters), "balance")
    return on_every_vintage(history, filters.years(), "ratio", growth_of_deficit, _span(filters.years()))


def growth_of_deficit(values: list[int]) -> Computed:
    """Growth of a deficit, or the reason why it has none."""
    start, end = values
    if start == 0:
        return None, "from_zero"
    if start > 0 or end >= 0:
        return None, "sign_differs"
    return end / start - 1, f"from {_bn(start)} to {_bn(end)}"


def flow_growth(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """A flow of the later year over the earlier, less one."""
    history = held.history(place_of(filters), filters.flow or "export")
    return on_every_vintage(history, filters.years(), "ratio", growth_of_flow, _span(filters.years()))


def growth_of_flow(values: list[int]) -> Computed:
    """Growth of a flow, or the reason why it has none."""
    start, end = values
    return (None, "from_zero") if start == 0 else (end / start - 1, f"from {_bn(start)} to {_bn(end)}")


def record(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """The year of a span with the lowest or the highest value."""
    years = span_of(filters)
    history = held.history(place_of(filters), filters.flow or "balance")
    days = history.vintages(years)
    if not days:
        return (Figure(None, "year", period=_span(years), note=history.why_empty),)
    return tuple(_record_on(history, years, day, filters, newest=day == days[-1]) for day in days)


def _record_on(
    history: History, years: tuple[int, ...], day: dt.date, filters: Filters, *, newest: bool
) -> Figure:
    values = {year: history.value(year, day) for year in years}
    known = {year: value for year, value in values.items() if value is not None}
    if len(known) < len(values):
        note = history.missing(years, day)
        return Figure(None, "year", day, period=_span(years), newest=newest, note=note)
    best = _extreme(known, filters)
    equals = tuple(sorted(year for year, value in known.items() if value == best))
    return Figure(
        equals[0], "year", day, period=_span(years), newest=newest, detail=_bn(best), ties=equals[1:]
    )


def _extreme(known: dict[int, int], filters: Filters) -> int:
    return max(known.values()) if filters.extreme == "highest" else min(known.values())


def later_records(held: Held, filters: Filters) -> tuple[LaterRecord, ...]:
    """Later years that broke a record of a level, each the best of its time, on the newest vintages."""
    history = held.history(place_of(filters), filters.flow or "balance")
    years = span_of(filters)
    newest = {year: revision for year in history.revisions if (revision := history.newest(year))}
    inside = {year: newest[year][1] for year in years if year in newest}
    if not inside:
        return ()
    best, found = _extreme(inside, filters), []
    for year in sorted(year for year in newest if year > years[-1]):
        day, value = newest[year]
        if value > best if filters.extreme == "highest" else value < best:
            found.append(LaterRecord(year, value, "usd", day))
            best = value
    return tuple(found)


def deficit_ratio(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """A deficit over the total trade deficit, on every pair of vintages and every denominator."""
    year = filters.years()[0]
    own = held.history(place_of(filters), "balance")
    figures = []
    for basis in _bases(filters):
        total = held.history(Place(basis), "balance")
        newest = own.newest(year)
        nearest = total.nearest(year, newest[0]) if newest else None
        if newest is None or nearest is None:
            note = own.why_empty if newest is None else total.why_empty
            figures.append(Figure(None, "ratio", basis=basis, period=str(year), note=note))
            continue
        for day, value in own.revisions[year]:
            for total_day, total_value in total.revisions[year]:
                ratio, text = ratio_of_deficits(value, total_value)
                figures.append(
                    Figure(
                        ratio,
                        "ratio",
                        day,
                        basis,
                        total_day,
                        str(year),
                        newest=day == newest[0] and total_day == nearest[0],
                        note="" if ratio is not None else text,
                    )
                )
    return tuple(figures)


def ratio_of_deficits(part: int, whole: int) -> Computed:
    """Ratio of two deficits (METHODS A4), or the reason why it has none."""
    if part >= 0 or whole >= 0:
        return None, "sign_differs"
    return part / whole, ""


def _ratios(own: History, total: History, years: Iterable[int], day: dt.date) -> dict[int, float | None]:
    """Ratios by year as known on a day, with the nearest denominator; None where one is missing.

    A year without two deficits is left out: it has no ratio.
    """
    found: dict[int, float | None] = {}
    for year in years:
        value = own.value(year, day)
        if value is None:
            found[year] = None
            continue
        nearest = total.nearest(year, day)
        if value >= 0 or (nearest and nearest[1] >= 0):
            continue
        found[year] = None if nearest is None else value / nearest[1]
    return found


def ratio_record(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """The year of a span in which the ratio to a total deficit was highest or lowest."""
    years = span_of(filters)
    own = held.history(place_of(filters), "balance")
    figures = []
    for basis in _bases(filters):
        total = held.history(Place(basis), "balance")
        days = own.vintages(years)
        if not days:
            figures.append(Figure(None, "year", basis=basis, period=_span(years), note=own.why_empty))
        for day in days:
            ratios = _ratios(own, total, years, day)
            blank = Figure(
                None, "year", day, basis, None, _span(years), newest=day == days[-1], note="sign_differs"
            )
            figures.append(_ratio_record_on(ratios, filters, blank, own.missing(years, day)))
    return tuple(figures)


def _ratio_record_on(
    ratios: dict[int, float | None], filters: Filters, figure: Figure, why_missing: str
) -> Figure:
    """Fill in a figure that has everything but its value."""
    known = {year: value for year, value in ratios.items() if value is not None}
    if len(known) < len(ratios):
        return replace(figure, note=why_missing)
    if not known:
        return figure
    best = max(known.values()) if filters.extreme == "highest" else min(known.values())
    equals = tuple(sorted(year for year, value in known.items() if value == best))
    return replace(figure, value=equals[0], note="", detail=_by_year(known, figure.basis), ties=equals[1:])


def later_ratio_records(held: Held, filters: Filters) -> tuple[LaterRecord, ...]:
    """Later years that broke a record of a ratio, on each denominator."""
    own = held.history(place_of(filters), "balance")
    years = span_of(filters)
    found = []
    for basis in _bases(filters):
        total = held.history(Place(basis), "balance")
        best: float | None = None
        for year in sorted(own.revisions):
            day, _ = own.revisions[year][-1]
            ratio = _ratios(own, total, [year], day).get(year)
            if ratio is None or year < years[0]:
                continue
            beats = best is None or (ratio > best if filters.extreme == "highest" else ratio < best)
            if year > years[-1] and beats:
                found.append(LaterRecord(year, ratio, "ratio", day, basis))
            best = ratio if beats else best
    return tuple(found)


def deficit_ratio_change(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """The ratio to the total deficit in the last year less that in the first, on each denominator."""
    years = span_of(filters)
    own = held.history(place_of(filters), "balance")
    figures = []
    for basis in _bases(filters):
        total = held.history(Place(basis), "balance")
        days = own.vintages([years[0], years[-1]])
        if not days:
            figures.append(Figure(None, "ratio", basis=basis, period=_span(years), note=own.why_empty))
        for day in days:
            ratios = _ratios(own, total, years, day)
            first, last = ratios.get(years[0]), ratios.get(years[-1])
            known = {year: value for year, value in ratios.items() if value is not None}
            newest = day == days[-1]
            if first is None or last is None:
                note = "sign_differs" if len(known) == len(ratios) else own.missing(years, day)
                figures.append(
                    Figure(None, "ratio", day, basis, period=_span(years), newest=newest, note=note)
                )
            else:
                detail = _by_year(known, "")
                figures.append(
                    Figure(
                        last - first, "ratio", day, basis, period=_span(years), newest=newest, detail=detail
                    )
                )
    return tuple(figures)


def _bases(filters: Filters) -> tuple[str, ...]:
    series = filters.series or "atp"
    chosen = (filters.denominator,) if filters.denominator else DENOMINATORS
    return tuple(basis for basis in chosen if basis != series)


def _bn(value: float) -> str:
    sign = "\u2212" if value < 0 else ""
    return f"{sign}${abs(value) / 1e9:,.1f}bn"


def _by_year(ratios: dict[int, float], basis: str) -> str:
    text = ", ".join(f"{year} {percent(value, 2)}" for year, value in sorted(ratios.items()))
    return f"{BASIS_NAMES[basis]}: {text}" if basis else text


def _span(years: tuple[int, ...]) -> str:
    return str(years[0]) if years[0] == years[-1] else f"{years[0]}:{years[-1]}"
