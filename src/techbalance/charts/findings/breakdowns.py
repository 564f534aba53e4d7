"""What do one year's values say by group, partner and product, against the year before?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techbalance.charts import rows as answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Row


OTHERS, TOTAL = "other", "total"
"""Keys of the column of all other partners, and of the row and column of totals."""


@dataclass(frozen=True, slots=True)
class GridFinding:
    """One year's values of groups against the main partners, with totals.

    Parameters
    ----------
    year
        The year.
    groups, partners
        Names by code in the order drawn, the largest first, ``other`` (partners only) and ``total`` last.
    cells
        One row per group and partner: ``value_usd`` (null where the rows have none), ``share`` of the whole,
        ``strength`` (square root of the value over the largest cell's), ``total`` (whether it sums others).
    largest
        The largest cell of a named partner.
    total_usd
        The sum of all values of the year.
    """

    year: int
    groups: dict[str, str]
    partners: dict[str, str]
    cells: list[Row]
    largest: Row
    total_usd: int


def find_grid(listed: Sequence[Row], *, year: int, field: str, partners: int) -> GridFinding:
    """Arrange one year's values by group and partner.

    Raises
    ------
    NotCoveredError
        The year has no positive value.
    """
    held = [
        row
        for row in listed
        if row["year"] == year
        and row[field] is not None
        and not answer.WHOLE & {row["group"], row["partner"]}
    ]
    total = sum(row[field] for row in held)
    if total <= 0:
        raise answer.nothing("heat map", f"no value of {field} in {year}")
    by_group, by_partner = sums(held, "group", field), sums(held, "partner", field)
    main = list(by_partner)[:partners]
    names = {row["partner"]: row["partner_name"] or row["partner"] for row in held}
    columns = {code: names[code] for code in main}
    if len(by_partner) > len(main):
        columns[OTHERS] = "Others"
    columns[TOTAL] = "Total"
    titles = {row["group"]: row["group_name"] or row["group"] for row in held}
    lines = {code: titles[code] for code in by_group} | {TOTAL: "Total"}
    values: dict[tuple[str, str], int] = {}
    for row in held:
        column = row["partner"] if row["partner"] in columns else OTHERS
        for key in ((row["group"], column), (row["group"], TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            values[key] = values.get(key, 0) + row[field]
    top = max(value for key, value in values.items() if TOTAL not in key)
    cells: list[Row] = [
        {
            "year": year,
            "group": group,
            "group_name": lines[group],
            "partner": partner,
            "partner_name": columns[partner],
            "value_usd": values.get((group, partner)),
            "share": values.get((group, partner), 0) / total,
            "strength": (max(0, values.get((group, partner), 0)) / top) ** 0.5 if top > 0 else 0.0,
            "total": TOTAL in {group, partner},
        }
        for group in lines
        for partner in columns
    ]
    named = [cell for cell in cells if not cell["total"] and cell["partner"] != OTHERS]
    largest = max(named, key=lambda cell: cell["value_usd"] or 0)
    return GridFinding(year, lines, columns, cells, largest, total)


def sums(held: Sequence[Row], key: str, field: str) -> dict[str, int]:
    """Sum a field by a key, the largest first, equals in order of the key."""
    totals: dict[str, int] = {}
    for row in held:
        totals[row[key]] = totals.get(row[key], 0) + row[field]
    return dict(sorted(totals.items(), key=lambda item: (-item[1], str(item[0]))))


@dataclass(frozen=True, slots=True)
class RankFinding:
    """Facts about a ranking of one year against the year before.

    Parameters
    ----------
    year
        The year ranked.
    by
        ``partner``, ``group`` or ``product``.
    measure
        ``imports``, ``exports`` or ``balance``.
    shown
        The first rows in order of rank; each has ``position`` (1, 2, 3 …, ties told apart), ``tied`` and
        ``passed`` (names of shown rows that ranked before it a year earlier and rank after it now).
    former
        The row that ranked first a year earlier, where it is not first now.
    count
        How many rows have a rank.
    within
        What part of trade was asked about, in words that follow a noun: ``from China``, ``in Electronics``.
    """

    year: int
    by: str
    measure: str
    shown: list[Row]
    former: Row | None
    count: int
    within: str = ""


def find_rank(listed: Sequence[Row], *, year: int, by: str, top: int) -> RankFinding:
    """Read a ranking.

    Raises
    ------
    NotCoveredError
        No row has a rank.
    """
    held = [row for row in listed if row["rank"] is not None and row["value_usd"] is not None]
    held = [row for row in held if row[by] not in answer.WHOLE]
    if not held:
        raise answer.nothing("rank", f"no {by} has a rank in {year}")
    held.sort(key=lambda row: (row["rank"], str(row[by])))
    ranks = [row["rank"] for row in held]
    shown = [
        {**row, "position": place, "tied": ranks.count(row["rank"]) > 1, "name": row[f"{by}_name"] or row[by]}
        for place, row in enumerate(held[:top], start=1)
    ]
    for row in shown:
        row["passed"] = [other["name"] for other in shown if _passed(row, other)]
    former = next((row for row in held if row["previous_rank"] == 1 and row["rank"] > 1), None)
    name = next((name for name in ("balance", "export") if name in str(held[0]["measure"])), "import")
    return RankFinding(year, by, name.removesuffix("s"), shown, former, len(held))


def _passed(row: Row, other: Row) -> bool:
    """Say whether ``row`` overtook ``other`` since the year before."""
    if row["previous_rank"] is None or other["previous_rank"] is None:
        return False
    return bool(row["rank"] < other["rank"] and row["previous_rank"] > other["previous_rank"])


RESIDUAL = "residual"
"""Key of the part of a total's change that its parts do not explain."""


@dataclass(frozen=True, slots=True)
class ChangeFinding:
    """Facts about a change between two years and its parts.

    Parameters
    ----------
    from_year, to_year
        The two years.
    by, flow
        ``partner`` or ``group`` or ``product``; ``imports``, ``exports`` or ``balance``.
    from_usd, to_usd
        The totals the parts lead from and to.
    steps
        The parts drawn, in order: ``key``, ``name``, ``change_usd``, ``contribution_ratio`` (null where the
        total did not change), ``start_usd`` and ``end_usd`` (the running total before and after). Parts not
        drawn alone are one step, ``other``; what the parts leave of a given total is ``residual``.
    missing
        Names of parts without a change.
    within
        What part of trade was asked about, in words that follow a noun: ``from China``, ``in Electronics``.
    """

    from_year: int
    to_year: int
    by: str
    flow: str
    from_usd: int
    to_usd: int
    steps: list[Row]
    missing: list[str]
    within: str = ""


def find_change(
    listed: Sequence[Row], *, years: tuple[int, int], by: str, flow: str, top: int
) -> ChangeFinding:
    """Arrange the parts of a change, the largest rise first and the largest fall last.

    Raises
    ------
    NotCoveredError
        No part has a change.
    """
    whole = next((row for row in listed if row[by] in answer.WHOLE and row["change_usd"] is not None), None)
    parts = [row for row in listed if row[by] not in answer.WHOLE]
    held = [row for row in parts if row["change_usd"] is not None]
    if not held:
        raise answer.nothing("change", f"no {by} has a change_usd from {years[0]} to {years[1]}")
    start = whole["from_usd"] if whole else sum(row["from_usd"] for row in held)
    end = whole["to_usd"] if whole else sum(row["to_usd"] for row in held)
    return ChangeFinding(
        from_year=years[0],
        to_year=years[1],
        by=by,
        flow=flow,
        from_usd=start,
        to_usd=end,
        steps=_steps(held, by, start, end, top),
        missing=[row[f"{by}_name"] or row[by] for row in parts if row["change_usd"] is None],
    )


def _steps(held: Sequence[Row], by: str, start: int, end: int, top: int) -> list[Row]:
    """Lead from ``start`` to ``end`` over the largest parts, the others together, and what they leave."""
    ranked = sorted(held, key=lambda row: (-abs(row["change_usd"]), str(row[by])))
    named = sorted(ranked[:top], key=lambda row: (-row["change_usd"], str(row[by])))
    steps: list[Row] = [
        {"key": row[by], "name": row[f"{by}_name"] or row[by], "change_usd": row["change_usd"]}
        for row in named
    ]
    rest = ranked[top:]
    if rest:
        change = sum(row["change_usd"] for row in rest)
        steps.append({"key": OTHERS, "name": f"{len(rest)} others", "change_usd": change})
    residual = end - start - sum(step["change_usd"] for step in steps)
    if residual:
        steps.append({"key": RESIDUAL, "name": "Not explained", "change_usd": residual})
    running = start
    for step in steps:
        step["start_usd"], running = running, running + step["change_usd"]
        step["end_usd"] = running
        step["contribution_ratio"] = step["change_usd"] / (end - start) if end != start else None
    return steps
