"""What do the vintages of a year's figure say?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techbalance.charts import rows as answer

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Sequence

    from techbalance.charts.rows import Row


@dataclass(frozen=True, slots=True)
class RevisionFinding:
    """Facts about how the figures of years were revised.

    Parameters
    ----------
    prints
        One row per year and vintage, in that order: ``year``, ``vintage``, ``value_usd``, ``revision_usd``
        (less the value of the year's first vintage), ``step`` (``first``, ``later`` or ``latest``).
    years
        Per year drawn: ``year``, ``first_usd``, ``latest_usd``, ``revision_usd``, and the dates ``first`` and
        ``latest``.
    largest
        The year with the largest revision, the earliest of equals.
    steady
        Years left out because no vintage differs.
    single
        Years with one vintage, which are not drawn.
    """

    prints: list[Row]
    years: list[Row]
    largest: Row
    steady: list[int]
    single: list[int]


def find_revisions(listed: Sequence[Row], *, field: str, years: Collection[int] | None) -> RevisionFinding:
    """Compare the vintages of each of the years, or of all that were revised.

    Raises
    ------
    NotCoveredError
        No year has two vintages.
    """
    held = [row for row in listed if row[field] is not None and not answer.is_part_year(row)]
    by_year: dict[int, dict[datetime.date, int]] = {}
    for row in held:
        if years is None or row["year"] in years:
            by_year.setdefault(row["year"], {})[answer.as_date(row["vintage"])] = row[field]
    compared = {
        year: dict(sorted(by_year[year].items())) for year in sorted(by_year) if len(by_year[year]) > 1
    }
    if not compared:
        raise answer.nothing("revisions", "no year has two vintages")
    steady = [year for year, values in compared.items() if len(set(values.values())) == 1]
    if years is not None or len(steady) == len(compared):
        steady = []
    drawn = {year: values for year, values in compared.items() if year not in steady}
    summary = [_summary(year, values) for year, values in drawn.items()]
    return RevisionFinding(
        prints=[row for year, values in drawn.items() for row in _prints(year, values)],
        years=summary,
        largest=max(summary, key=lambda row: abs(row["revision_usd"])),
        steady=steady,
        single=sorted(set(by_year) - set(compared)),
    )


def _summary(year: int, values: dict[datetime.date, int]) -> Row:
    (first, first_usd), *_, (latest, latest_usd) = values.items()
    ends = {"first_usd": first_usd, "latest_usd": latest_usd, "first": first, "latest": latest}
    return {"year": year, **ends, "revision_usd": latest_usd - first_usd}


def _prints(year: int, values: dict[datetime.date, int]) -> list[Row]:
    first, *_, latest = values
    steps = {first: "first", latest: "latest"}
    return [
        {
            "year": year,
            "vintage": date,
            "value_usd": usd,
            "revision_usd": usd - values[first],
            "step": steps.get(date, "later"),
        }
        for date, usd in values.items()
    ]
