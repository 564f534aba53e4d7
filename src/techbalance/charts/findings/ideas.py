"""What do ideas beside things say: paths through time, the order of gaps, and origins of what is bought?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techbalance.charts import rows as answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Row

REST_NAME = "rest of the world"
MOST_PATHS = 8
"""More paths than this cannot be told apart."""


@dataclass(frozen=True, slots=True)
class PathFinding:
    """Paths of countries through two figures.

    Parameters
    ----------
    paths
        Rows with both figures above zero by country, in order of year; countries in order of the last ideas.
    first, last
        First and last year of any path.
    ideas, making
        How many times its first figure the leader's last is, by side.
    left_out
        Names of countries without two years of both figures.
    """

    paths: dict[str, list[Row]]
    first: int
    last: int
    ideas: float
    making: float
    left_out: tuple[str, ...]


def find_paths(listed: Sequence[Row]) -> PathFinding:
    """Read receipts for ideas beside exports of things, by country and year.

    Raises
    ------
    NotCoveredError
        No country has both figures above zero in two years.
    """
    paths: dict[str, list[Row]] = {}
    for row in sorted((row for row in listed if row["year"] is not None), key=lambda row: row["year"]):
        drawn = (row["ip_receipts_usd"] or 0) > 0 and (row["hightech_exports_usd"] or 0) > 0
        paths.setdefault(row["country"], []).extend([row] if drawn else [])
    long = {code: path for code, path in paths.items() if len(path) > 1}
    if not long:
        raise answer.nothing("ideas and things", "no country has both figures in two years")
    ordered = sorted(long.items(), key=lambda pair: -pair[1][-1]["ip_receipts_usd"])[:MOST_PATHS]
    kept = dict(ordered)
    lead = ordered[0][1]
    names = {row["country"]: row["country_name"] for row in listed}
    years = [row["year"] for path in kept.values() for row in path]
    return PathFinding(
        paths=kept,
        first=min(years),
        last=max(years),
        ideas=lead[-1]["ip_receipts_usd"] / lead[0]["ip_receipts_usd"],
        making=lead[-1]["hightech_exports_usd"] / lead[0]["hightech_exports_usd"],
        left_out=tuple(names[code] or code for code in paths if code not in kept),
    )


@dataclass(frozen=True, slots=True)
class GapFinding:
    """The order of gaps between ideas and making.

    Parameters
    ----------
    year
        The year.
    shown
        Countries drawn, the largest lead of ideas first.
    unstable
        The country among them whose place depends most on how it is measured; none where none is known.
    """

    year: int
    shown: list[Row]
    unstable: Row | None


def find_gaps(listed: Sequence[Row], *, top: int) -> GapFinding:
    """Read gaps of one year; where there are more than ``top``, both ends are kept.

    Raises
    ------
    NotCoveredError
        No country has a gap.
    """
    held = [row for row in listed if row["gap_log"] is not None]
    if not held:
        raise answer.nothing("gap", "gap_log is null in every row")
    held.sort(key=lambda row: (-row["gap_log"], row["country"]))
    shown = held if len(held) <= top else [*held[: top - top // 2], *held[len(held) - top // 2 :]]
    placed = [row for row in shown if row["place_spread"] is not None]
    worst = max(placed, key=lambda row: row["place_spread"], default=None)
    return GapFinding(held[0]["year"], shown, worst if worst and worst["place_spread"] else None)


@dataclass(frozen=True, slots=True)
class OriginFinding:
    """Origins of the value added in what a country buys.

    Parameters
    ----------
    year
        The year of the table; none where it is not known.
    absorber
        The buyer's code.
    buyer
        Its name.
    shown
        Origins abroad, the largest first.
    own_share
        Part of the final demand that is the buyer's own value added; none where it is not among the rows.
    largest
        The largest origin that is one country.
    """

    year: int | None
    absorber: str
    buyer: str
    shown: list[Row]
    own_share: float | None
    largest: Row


def find_origins(listed: Sequence[Row], *, top: int) -> OriginFinding:
    """Read value added by origin in the final demand of one country.

    Raises
    ------
    NotCoveredError
        There is no origin abroad.
    """
    own = next((row for row in listed if row["country"] == row["absorber"]), None)
    abroad = sorted(
        (row for row in listed if row["country"] != row["absorber"]),
        key=lambda row: (-row["value_added_usd"], row["country"]),
    )
    if not abroad:
        raise answer.nothing("origins", "there is no origin abroad")
    shown = abroad[:top]
    return OriginFinding(
        year=abroad[0]["year"],
        absorber=abroad[0]["absorber"],
        buyer=own["country_name"] if own else abroad[0]["absorber"],
        shown=shown,
        own_share=own["demand_share"] if own else None,
        largest=next((row for row in shown if row["country_name"] != REST_NAME), shown[0]),
    )
