"""Do the figures agree with each other before they ship?

Each check returns one line with what was found, or stops the build with the rows that fail.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from techbalance.errors import CheckError

from .headline import WORLD, Total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from .schemas import TableSpec

# The publisher rounds each figure by itself to 0.1 million. A year may so differ from its months by half a step per
# figure; some 230 rounded partners miss their World by 15 steps' standard deviations of 0.29 each, 4.4 steps, of
# which ten are 2.3 standard deviations. Balances of payments are printed to a million.
STEP_USD = 100_000
MONTHS_TOLERANCE_USD = 13 * STEP_USD // 2
PARTNERS_TOLERANCE_USD = 10 * STEP_USD
BOP_TOLERANCE_USD = 1_000_000
BALANCE_TOLERANCE_USD = 3 * STEP_USD // 2
FULL_PARTNER_YEARS = range(
    1992, 2025
)  # before, only about 80 partners are itemised; 2025 holds the main ones

# Imports of advanced technology products as published in October 2026, against which the classification is held.
PUBLISHED_ATP_IMPORTS = {2024: 760_961_200_000, 2025: 965_992_600_000}
PUBLISHED_GOODS_IMPORTS = {2024: 3_263_893_300_000, 2025: 3_414_510_600_000}
MATCH_TOTALS = {
    2024: {"nearest-list": 716_462_490_740, "parent": 44_498_748_171, "undecided": 36_826_612_406},
    2025: {"nearest-list": 908_256_571_676, "parent": 57_735_992_957, "undecided": 39_571_319_263},
}


def check_shape(table: pa.Table, spec: TableSpec) -> list[str]:
    """Refuse a null in a column that has none, and a key that is not unique."""
    for column in spec.columns:
        nulls = table[column.name].null_count
        if nulls and not column.nullable:
            raise CheckError(f"{nulls} null values", where=f"{spec.name}.{column.name}")
    keys = table.group_by(list(spec.key)).aggregate([([], "count_all")])
    if len(keys) != len(table):
        doubled = keys.filter(pc.greater(keys["count_all"], 1)).slice(0, 3).to_pylist()
        raise CheckError(f"{len(table) - len(keys)} rows share a key", where=f"{spec.name}: {doubled}")
    return [
        f"no null outside the columns that allow it: {len(table)} rows",
        f"no duplicate key ({', '.join(spec.key)}): {len(keys)} keys",
    ]


Place = tuple[str, str, str, str, int, "date | None"]


def check_headline(totals: list[Total], printed_balances: Iterable[tuple[Total, int]]) -> list[str]:
    """Run the checks of published totals against each other."""
    return [
        months_add_to_year(totals),
        partners_add_to_world(totals),
        *balances_are_differences(printed_balances),
        services_and_goods_add(totals),
    ]


def months_add_to_year(totals: list[Total]) -> str:
    """Twelve months against the printed year of the same vintage, unadjusted series."""
    months: dict[Place, list[int]] = defaultdict(list)
    years: dict[Place, int] = {}
    for t in totals:
        if t.seasonal != "nsa" or t.partner != WORLD or t.print_kind not in ("current series", "first print"):
            continue
        place = (t.series, t.flow, t.seasonal, t.partner, t.year, t.vintage)
        if t.freq == "month":
            months[place].append(t.value_usd)
        elif t.freq == "year":
            years[place] = t.value_usd
    gaps = {p: sum(months[p]) - years[p] for p in years if len(months[p]) == 12}
    return _worst("twelve months add to the printed year", gaps, MONTHS_TOLERANCE_USD)


def partners_add_to_world(totals: list[Total]) -> str:
    """Countries (not areas) against the World of the same table, years that itemise every partner."""
    sums: dict[tuple[int, str, date | None], int] = defaultdict(int)
    world: dict[tuple[int, str, date | None], int] = {}
    for t in totals:
        place = (t.year, t.flow, t.vintage)
        if t.series != "goods_census" or t.freq != "year" or t.year not in FULL_PARTNER_YEARS:
            continue
        if t.print_kind != "current series" or t.seasonal != "nsa":
            continue
        if t.partner == WORLD:
            world[place] = t.value_usd
        elif t.partner >= "1000":
            sums[place] += t.value_usd
    gaps = {place: total - world[place] for place, total in sums.items()}
    return _worst("partners add to the World", gaps, PARTNERS_TOLERANCE_USD)


def balances_are_differences(printed: Iterable[tuple[Total, int]]) -> list[str]:
    """Every printed balance against exports minus imports of the same print."""
    gaps: dict[str, dict[tuple[object, ...], int]] = {"census": {}, "bop": {}}
    for total, difference in printed:
        kind = "bop" if total.series.endswith("_bop") else "census"
        gaps[kind][total.key] = total.value_usd - difference
    return [
        _worst("exports minus imports equal the printed balance", gaps["census"], BALANCE_TOLERANCE_USD),
        _worst(
            "exports minus imports equal the printed balance (balance of payments)",
            gaps["bop"],
            BOP_TOLERANCE_USD,
        ),
    ]


def services_and_goods_add(totals: list[Total]) -> str:
    """Goods and services against their total, annual, balance of payments basis."""
    values = {(t.series, t.flow, t.year): t.value_usd for t in totals if t.source_id.startswith("bea-gands")}
    gaps = {
        (flow, year): values["goods_bop", flow, year] + values["services_bop", flow, year] - value
        for (series, flow, year), value in values.items()
        if series == "goods_services_bop"
    }
    return _worst("goods and services add to their total", gaps, BOP_TOLERANCE_USD)


def check_trade(trade: pa.Table, outside: pa.Table) -> list[str]:
    """Hold the classified products against the totals published for the same years."""
    found = []
    for year, expected in MATCH_TOTALS.items():
        rows = trade.filter(pc.equal(trade["year"], year))
        matches = {m: _sum(rows.filter(pc.equal(rows["match"], m))) for m in expected}
        if matches != expected:
            raise CheckError(f"the classification gives {matches}, not {expected}", where=f"trade, {year}")
        rebuilt = matches["nearest-list"] + matches["parent"]
        residual = rebuilt - PUBLISHED_ATP_IMPORTS[year]
        _within("rebuilt imports miss the published total", residual, STEP_USD // 2, f"trade, {year}")
        rest = outside.filter(pc.equal(outside["year"], year))
        goods = _sum(rows) + _sum(rest) - PUBLISHED_GOODS_IMPORTS[year]
        _within(
            "products miss total goods imports", goods, STEP_USD // 2, f"trade + trade_outside_list, {year}"
        )
        found += [
            f"{year}: rebuilt imports {rebuilt:,} against {PUBLISHED_ATP_IMPORTS[year]:,} published, residual {residual:,}",
            f"{year}: all rows against total goods imports, residual {goods:,}",
        ]
    return found


def check_partner_codes(known: set[str], used: set[str]) -> str:
    """Every partner code that a table uses is in ``partners``."""
    if missing := used - known:
        raise CheckError(f"partner codes without a name: {sorted(missing)}", where="partners")
    return f"every partner code used is named: {len(used)} codes"


def _sum(rows: pa.Table) -> int:
    total = pc.sum(rows["general_usd"]).as_py()
    if total is None:
        raise CheckError("no rows to add", where="general_usd")
    return int(total)


def _within(what: str, gap: int, tolerance: int, where: str) -> None:
    if abs(gap) > tolerance:
        raise CheckError(f"{what} by {gap:,}, allowed {tolerance:,}", where=where)


def _worst(what: str, gaps: dict[object, int] | dict[tuple[object, ...], int], tolerance: int) -> str:  # type: ignore[type-arg]
    """Report the largest gap, and refuse one above the tolerance or a check that compared nothing."""
    if not gaps:
        raise CheckError(f"nothing to compare: {what}", where="headline")
    sized: Callable[[object], int] = lambda place: abs(gaps[place])  # type: ignore[index] # noqa: E731
    place = max(gaps, key=sized)
    _within(what + " fails", gaps[place], tolerance, f"headline, {place}")
    return f"{what}: {len(gaps)} compared, largest gap {abs(gaps[place]):,} dollars (allowed {tolerance:,})"
