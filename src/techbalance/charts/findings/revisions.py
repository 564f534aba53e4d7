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
    single
        Years with one vintage, which are not drawn.
    """

    prints: list[Row]
    years: list[Row]
    largest: Row
    single: list[int]


def find_revisions(listed: Sequence[Row], *, field: str, years: Collection[int] | None) -> RevisionFinding:
    """Compare the vintages of each year.

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
    single = sorted(year for year, values in by_year.items() if len(values) < 2)
    prints: list[Row] = []
    summary: list[Row] = []
    for year in sorted(set(by_year) - set(single)):
        dated = sorted(by_year[year].items())
        (first, first_usd), (latest, latest_usd) = dated[0], dated[-1]
        for date, usd in dated:
            step = "first" if date == first else "latest" if date == latest else "later"
            revision = usd - first_usd
            prints.append(
                {"year": year, "vintage": date, "value_usd": usd, "revision_usd": revision, "step": step}
            )
        ends = {"first_usd": first_usd, "latest_usd": latest_usd, "first": first, "latest": latest}
        summary.append({"year": year, **ends, "revision_usd": latest_usd - first_usd})
    if not summary:
        raise answer.nothing("revisions", "no year has two vintages")
    largest = max(summary, key=lambda row: abs(row["revision_usd"]))
    return RevisionFinding(prints, summary, largest, single)
