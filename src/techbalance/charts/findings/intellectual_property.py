"""What do receipts and payments for intellectual property say, conduits apart?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techbalance.charts import rows as answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Row


@dataclass(frozen=True, slots=True)
class IpFinding:
    """Facts about charges for the use of intellectual property by country.

    Parameters
    ----------
    year
        The year.
    shown
        The countries drawn, in order of receipts, those without receipts last.
    leader
        The country with the largest receipts.
    runner_up
        The next country that is no conduit; none where there is none.
    passed_over
        Whether a conduit stands between the two.
    """

    year: int
    shown: list[Row]
    leader: Row
    runner_up: Row | None
    passed_over: bool


def find_ip(listed: Sequence[Row], *, year: int, top: int) -> IpFinding:
    """Read one year's receipts and payments by country.

    Raises
    ------
    NotCoveredError
        No country has receipts in the year.
    """
    of_year = [row for row in listed if row.get("year", year) == year]
    held = [row for row in of_year if row["receipts_usd"] is not None or row["payments_usd"] is not None]
    if all(row["receipts_usd"] is None for row in held):
        raise answer.nothing("intellectual property", f"no country has receipts_usd in {year}")
    held.sort(key=lambda row: (row["receipts_usd"] is None, -(row["receipts_usd"] or 0), row["country"]))
    ranked = [row for row in held if row["receipts_usd"]]
    after = next((i for i, row in enumerate(ranked[1:], start=1) if not row["conduit"]), None)
    return IpFinding(
        year=year,
        shown=held[:top],
        leader=held[0],
        runner_up=None if after is None else ranked[after],
        passed_over=after is not None and after > 1,
    )
