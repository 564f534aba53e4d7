"""What does a balance say over time: by year, by month, and beside the trade deficit?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from techbalance.charts import rows as answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Row


@dataclass(frozen=True, slots=True)
class BalanceFinding:
    """Facts about a balance by year; only full years with a balance count.

    Parameters
    ----------
    first, latest
        First and last full year.
    largest_deficit, largest_surplus
        The extreme years, the earliest of equals; none where no year has that sign.
    turn
        The last year whose sign differs from that of the year before; none where the sign never changes.
    parts
        Years of fewer than twelve months.
    """

    first: Row
    latest: Row
    largest_deficit: Row | None
    largest_surplus: Row | None
    turn: Row | None
    parts: list[Row]


def find_balance(listed: Sequence[Row]) -> BalanceFinding:
    """Read a balance by year, in order of year.

    Raises
    ------
    NotCoveredError
        No full year has a balance.
    """
    full = [row for row in listed if row["balance_usd"] is not None and not answer.is_part_year(row)]
    if not full:
        raise answer.nothing("annual balance", "no full year has a balance_usd")
    low = min(full, key=lambda row: row["balance_usd"])
    high = max(full, key=lambda row: row["balance_usd"])
    turns = [
        b
        for a, b in pairwise(full)
        if b["year"] == a["year"] + 1 and (a["balance_usd"] < 0) != (b["balance_usd"] < 0)
    ]
    return BalanceFinding(
        first=full[0],
        latest=full[-1],
        largest_deficit=low if low["balance_usd"] < 0 else None,
        largest_surplus=high if high["balance_usd"] > 0 else None,
        turn=turns[-1] if turns else None,
        parts=[row for row in listed if answer.is_part_year(row) and row["balance_usd"] is not None],
    )


@dataclass(frozen=True, slots=True)
class MonthlyFinding:
    """Facts about a balance by month.

    Parameters
    ----------
    months
        One row per month from the first to the last without a gap; a month that was missing has null values.
        Each has ``balance_12_months_usd``, null unless all twelve months to it have a balance.
    latest
        The last month with a twelve-month sum.
    largest_deficit_sum, largest_deficit_month
        The months with the lowest sum and the lowest balance, the earliest of equals; none without a deficit.
    """

    months: list[Row]
    latest: Row
    largest_deficit_sum: Row | None
    largest_deficit_month: Row | None


def find_monthly(listed: Sequence[Row]) -> MonthlyFinding:
    """Read a balance by month, in any order.

    Raises
    ------
    NotCoveredError
        No twelve consecutive months have a balance.
    """
    given = {(row["year"], row["month"]): row for row in listed}
    first, last = min(given), max(given)
    keys = [(y, m) for y in range(first[0], last[0] + 1) for m in range(1, 13) if first <= (y, m) <= last]
    absent = dict.fromkeys(("exports_usd", "imports_usd", "balance_usd"))
    months = [dict(given.get(key, absent), year=key[0], month=key[1]) for key in keys]
    for index, row in enumerate(months):
        window = [month["balance_usd"] for month in months[max(0, index - 11) : index + 1]]
        row["balance_12_months_usd"] = None if len(window) < 12 or None in window else sum(window)
    summed = [row for row in months if row["balance_12_months_usd"] is not None]
    if not summed:
        raise answer.nothing("monthly balance", "no twelve consecutive months have a balance_usd")
    low_sum = min(summed, key=lambda row: row["balance_12_months_usd"])
    low = min((m for m in months if m["balance_usd"] is not None), key=lambda row: row["balance_usd"])
    return MonthlyFinding(
        months=months,
        latest=summed[-1],
        largest_deficit_sum=low_sum if low_sum["balance_12_months_usd"] < 0 else None,
        largest_deficit_month=low if low["balance_usd"] < 0 else None,
    )


@dataclass(frozen=True, slots=True)
class RatioFinding:
    """Facts about the ratio of a deficit to several trade deficits; only full years count.

    Parameters
    ----------
    denominators
        Names, the highest last value first.
    first_year, latest_year
        First and last year in which any ratio is given.
    first, latest
        The ratios of those years by denominator, without those that are null.
    ends
        The last year of each denominator with a ratio, and that ratio.
    undefined
        Years of the rows without any ratio.
    """

    denominators: tuple[str, ...]
    first_year: int
    latest_year: int
    first: dict[str, float]
    latest: dict[str, float]
    ends: dict[str, tuple[int, float]]
    undefined: list[int]


def find_ratio(listed: Sequence[Row]) -> RatioFinding:
    """Read ratios by year and denominator, in order of year.

    Raises
    ------
    NotCoveredError
        No full year has a ratio.
    """
    full = [row for row in listed if row["deficit_ratio"] is not None and not answer.is_part_year(row)]
    if not full:
        raise answer.nothing("deficit ratio", "no full year has a deficit_ratio")
    ends = {row["denominator"]: (row["year"], row["deficit_ratio"]) for row in full}
    first_year, latest_year = full[0]["year"], full[-1]["year"]
    given = {row["year"] for row in full}
    return RatioFinding(
        denominators=tuple(sorted(ends, key=lambda name: (-ends[name][1], name))),
        first_year=first_year,
        latest_year=latest_year,
        first={row["denominator"]: row["deficit_ratio"] for row in full if row["year"] == first_year},
        latest={row["denominator"]: row["deficit_ratio"] for row in full if row["year"] == latest_year},
        ends=ends,
        undefined=sorted({row["year"] for row in listed} - given),
    )
