"""One figure through its revisions: what was it for a year, as known on a day?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from techbalance.claims.figures import Figure

Revision = tuple[dt.date, int]


@dataclass(frozen=True, slots=True)
class History:
    """Every stored revision of every year of one series.

    Parameters
    ----------
    revisions
        By year: day and value (USD), the oldest first. Where a printed figure and a sum of months are of
        one day, only the printed figure is there.
    why_empty
        Why there is nothing of a year, for years that are asked for and not held.
    """

    revisions: Mapping[int, tuple[Revision, ...]]
    why_empty: str = "not_covered"

    @classmethod
    def of(
        cls, rows: Iterable[tuple[int, dt.date, bool, int | None]], why_empty: str = "not_covered"
    ) -> Self:
        """Build from (year, vintage, is it printed, value); rows without a value are left out."""
        best: dict[int, dict[dt.date, tuple[bool, int]]] = {}
        for year, day, printed, value in rows:
            if value is None:
                continue
            of_year = best.setdefault(year, {})
            if day not in of_year or (printed and not of_year[day][0]):
                of_year[day] = (printed, value)
        return cls(
            {
                year: tuple(sorted((day, value) for day, (_, value) in days.items()))
                for year, days in best.items()
            },
            why_empty,
        )

    def vintages(self, years: Iterable[int]) -> tuple[dt.date, ...]:
        """Days on which any of the years was revised, sorted."""
        return tuple(sorted({day for year in years for day, _ in self.revisions.get(year, ())}))

    def value(self, year: int, day: dt.date) -> int | None:
        """The value of a year as known on a day; None if nothing of it was known yet."""
        known = [value for when, value in self.revisions.get(year, ()) if when <= day]
        return known[-1] if known else None

    def newest(self, year: int) -> Revision | None:
        """Day and value of the newest revision of a year."""
        known = self.revisions.get(year)
        return known[-1] if known else None

    def nearest(self, year: int, day: dt.date) -> Revision | None:
        """The revision nearest to a day; of two equally near the newer."""
        known = self.revisions.get(year, ())
        return min(known, key=lambda one: (abs((one[0] - day).days), -one[0].toordinal()), default=None)

    def missing(self, years: Iterable[int], day: dt.date) -> str:
        """Why not all years were known on a day: not at all, or not yet."""
        absent = [year for year in years if self.value(year, day) is None]
        return "no_vintage_that_early" if all(year in self.revisions for year in absent) else self.why_empty

    def minus(self, other: History) -> History:
        """The difference of two series, as known on every day on which either was revised."""
        rows = []
        for year in {*self.revisions, *other.revisions}:
            for day in {*self.vintages([year]), *other.vintages([year])}:
                left, right = self.value(year, day), other.value(year, day)
                if left is not None and right is not None:
                    rows.append((year, day, True, left - right))
        return History.of(rows, self.why_empty)


def ratios(
    above: History, below: History, year: int, days: Sequence[dt.date], word: str
) -> tuple[Figure, ...]:
    """One series over another, as both were known on each day; ``word`` stands between them in the detail."""
    if not days:
        return (Figure(None, "ratio", period=str(year), note="not_covered"),)
    figures = []
    for day in days:
        one, other, newest = above.value(year, day), below.value(year, day), day == days[-1]
        if one is None or other is None:
            note = (above if one is None else below).missing([year], day)
            figures.append(Figure(None, "ratio", day, period=str(year), newest=newest, note=note))
        elif other == 0:
            note = "zero_denominator"
            figures.append(Figure(None, "ratio", day, period=str(year), newest=newest, note=note))
        else:
            detail = f"${one / 1e9:,.1f}bn {word} ${other / 1e9:,.1f}bn"
            figures.append(Figure(one / other, "ratio", day, period=str(year), newest=newest, detail=detail))
    return tuple(figures)
