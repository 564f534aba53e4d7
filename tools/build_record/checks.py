"""Do the figures agree with each other before they ship?

Each check returns one line with what was found, or stops the build with the rows that fail.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from techbalance.errors import CheckError

from .headline import WORLD, Total
from .partners import CENSUS_AREAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from .schemas import TableSpec

# The publisher rounds each figure by itself to 0.1 million. A year may so differ from its months by half a
# step per figure. The rounding of one figure has a standard deviation of 0.29 steps, that of 230 partners
# together 4.4 steps: ten steps are 2.3 of those. Balances of payments are printed to a million.
STEP_USD = 100_000
MONTHS_TOLERANCE_USD = 13 * STEP_USD // 2
PARTNERS_TOLERANCE_USD = 10 * STEP_USD
BALANCE_TOLERANCE_USD = 3 * STEP_USD // 2
BOP_TOLERANCE_USD = 1_000_000
# A sum of exact dollars may miss a published total by no more than the rounding of that one figure.
PRINTED_TOLERANCE_USD = STEP_USD // 2

# Years in which the country table itemises every partner: about 80 before, the 54 main ones in the newest.
FULL_PARTNER_YEARS = range(1992, 2025)
# Years in which the Census aggregate for the European Union has the members of the year. From 1997 to 2003 it
# holds the ten countries of 2004 already; to 2006 it differs by some thousand dollars.
EU_YEARS = range(2007, 2024)
EU_CODE, EU_AREA = "0003", "EU28"

MATCHES = ("exact", "nearest-list", "parent", "undecided")

Key = TypeVar("Key")


@dataclass
class Findings:
    """What was found about one table: about its rows alone, and about sums that other figures confirm."""

    shape: list[str]
    sums: list[str] = field(default_factory=list)


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


def check_headline(
    totals: list[Total], balances: Iterable[tuple[Total, int]], area_rows: list[dict[str, object]]
) -> list[str]:
    """Run the checks of published totals against each other."""
    return [
        months_add_to_year(totals),
        partners_add_to_world(totals),
        members_add_to_union(totals, area_rows),
        *balances_are_differences(balances),
        goods_and_services_add(totals),
        world_between_vintages(totals),
    ]


def months_add_to_year(totals: list[Total]) -> str:
    """Compare twelve months with the printed year of the same vintage, unadjusted series of the World."""
    months: dict[tuple[object, ...], list[int]] = defaultdict(list)
    years: dict[tuple[object, ...], int] = {}
    for t in totals:
        if t.seasonal == "nsa" and t.partner == WORLD:
            place = (t.series, t.flow, t.year, t.vintage)
            if t.freq == "month":
                months[place].append(t.value_usd)
            elif t.freq == "year":
                years[place] = t.value_usd
    gaps = {place: sum(months[place]) - years[place] for place in years if len(months[place]) == 12}
    return _worst("twelve months add to the printed year", gaps, MONTHS_TOLERANCE_USD)


def partners_add_to_world(totals: list[Total]) -> str:
    """Compare countries (not areas) with the World of the same vintage, years that itemise every partner."""
    current = [t for t in _goods_years(totals) if t.year in FULL_PARTNER_YEARS]
    world = {(t.year, t.flow, t.vintage): t.value_usd for t in current if t.partner == WORLD}
    sums: dict[tuple[int, str, date | None], int] = defaultdict(int)
    for t in current:
        if t.partner not in {WORLD, *CENSUS_AREAS}:
            sums[t.year, t.flow, t.vintage] += t.value_usd
    gaps = {place: total - world[place] for place, total in sums.items()}
    return _worst("partners add to the World", gaps, PARTNERS_TOLERANCE_USD)


def members_add_to_union(totals: list[Total], area_rows: list[dict[str, object]]) -> str:
    """Compare the dated members of the European Union with the aggregate the Census Bureau prints."""
    spans = {
        str(row["code"]): (row["from_year"], row["to_year"] or EU_YEARS.stop)
        for row in area_rows
        if row["area"] == EU_AREA
    }
    union: dict[tuple[object, ...], int] = {}
    sums: dict[tuple[object, ...], int] = defaultdict(int)
    for t in _goods_years(totals):
        first, last = spans.get(t.partner, (1, 0))
        if t.year in EU_YEARS and t.partner == EU_CODE:
            union[t.year, t.flow] = t.value_usd
        elif t.year in EU_YEARS and int(str(first)) <= t.year <= int(str(last)):
            sums[t.year, t.flow] += t.value_usd
    gaps = {place: sums[place] - value for place, value in union.items()}
    return _worst("the dated members of the European Union add to the Census aggregate", gaps, STEP_USD // 2)


def balances_are_differences(printed: Iterable[tuple[Total, int]]) -> list[str]:
    """Compare every printed balance with exports minus imports of the same print."""
    census: dict[tuple[object, ...], int] = {}
    bop: dict[tuple[object, ...], int] = {}
    for total, difference in printed:
        gaps = bop if total.series.endswith("_bop") else census
        gaps[total.key] = total.value_usd - difference
    return [
        _worst(
            "Census basis: exports minus imports equal the printed balance", census, BALANCE_TOLERANCE_USD
        ),
        _worst(
            "balance of payments: exports minus imports equal the printed balance", bop, BOP_TOLERANCE_USD
        ),
    ]


def goods_and_services_add(totals: list[Total]) -> str:
    """Compare goods plus services with their total, annual, balance of payments basis, same publication."""
    values = {(t.series, t.flow, t.year, t.source_id): t.value_usd for t in totals if t.freq == "year"}
    gaps = {
        (flow, year, source): values["goods_bop", flow, year, source] + services - total
        for (series, flow, year, source), total in values.items()
        if series == "goods_services_bop"
        and (services := values.get(("services_bop", flow, year, source))) is not None
    }
    return _worst("goods and services add to their total", gaps, BOP_TOLERANCE_USD)


def world_between_vintages(totals: list[Total]) -> str:
    """Name the years whose World goods total differs between the two newest vintages that hold it.

    A revision is no failure; that *some* years are equal shows that both files carry the same series.
    """
    world: dict[tuple[int, str], list[Total]] = defaultdict(list)
    for t in _goods_years(totals):
        if t.partner == WORLD:
            world[t.year, t.flow].append(t)
    pairs = {
        place: sorted(found, key=lambda t: str(t.vintage))[-2:]
        for place, found in world.items()
        if len(found) > 1
    }
    revised = {
        year
        for (year, _), (old, new) in pairs.items()
        if abs(old.value_usd - new.value_usd) > PRINTED_TOLERANCE_USD
    }
    same = {year for year, _ in pairs} - revised
    if not same:
        raise CheckError(
            "no year of goods trade agrees between vintages", where="headline, goods_census, WORLD"
        )
    return (
        f"World goods agree between the two newest vintages for {min(same)} to {max(same)} "
        f"({len(same)} years); revised: {', '.join(map(str, sorted(revised))) or 'none'}"
    )


def check_trade(trade: pa.Table, outside: pa.Table, totals: list[Total]) -> list[str]:
    """Hold the classified products against the totals published at the same vintage."""
    found = []
    for year in sorted(pc.unique(trade["year"]).to_pylist()):
        rows = trade.filter(pc.equal(trade["year"], year))
        rest = outside.filter(pc.equal(outside["year"], year))
        vintage = rows["vintage"][0].as_py()
        parts = {match: _sum(rows.filter(pc.equal(rows["match"], match))) for match in MATCHES}
        rebuilt = sum(parts.values()) - parts["undecided"]
        residual = rebuilt - _published(totals, "atp", year, vintage)
        _within("rebuilt imports miss the published total", residual, PRINTED_TOLERANCE_USD, f"trade, {year}")
        whole = sum(parts.values()) + _sum(rest)
        gap = whole - _published(totals, "goods_census", year, vintage)
        _within("products miss total goods imports", gap, PRINTED_TOLERANCE_USD, f"all trade, {year}")
        found += [
            f"{year}: " + ", ".join(f"{match} {value:,}" for match, value in parts.items()),
            f"{year}: rebuilt imports {rebuilt:,}, residual to the published total {residual:,}",
            f"{year}: trade and trade_outside_list {whole:,}, residual to total goods imports {gap:,}",
        ]
    return found


def check_trade_by_partner(trade: pa.Table, outside: pa.Table, totals: list[Total]) -> str:
    """Compare the products of each partner with the imports printed for it at the same vintage."""
    products: dict[tuple[str, int, date | None], int] = defaultdict(int)
    for table in (trade, outside):
        sums = table.group_by(["partner", "year", "vintage"]).aggregate([("general_usd", "sum")])
        for row in sums.to_pylist():
            products[row["partner"], row["year"], row["vintage"]] += row["general_usd_sum"]
    printed = {
        (t.partner, t.year, t.vintage): t.value_usd for t in _goods_years(totals) if t.flow == "import"
    }
    gaps = {place: products[place] - printed[place] for place in products.keys() & printed.keys()}
    return _worst("products add to the printed imports of each partner", gaps, PRINTED_TOLERANCE_USD, "trade")


def check_partner_codes(
    partner_rows: list[dict[str, object]], totals: list[Total], traded: set[str]
) -> list[str]:
    """Refuse a code that no partner has, and trade in a year in which the partner did not exist."""
    spans = {
        str(row["code"]): (int(str(row["from_year"] or 0)), int(str(row["to_year"] or 9999)))
        for row in partner_rows
    }
    used = traded | {t.partner for t in totals}
    if missing := used - spans.keys():
        raise CheckError(f"partner codes without a name: {sorted(missing)}", where="partners")
    for t in totals:
        first, last = spans[t.partner]
        if t.value_usd and not first <= t.year <= last:
            raise CheckError(
                f"trade of {t.partner} in {t.year}, held to exist {first} to {last}", where="partners"
            )
    return [f"every partner code used is named: {len(used)} codes", "no partner trades outside its years"]


def check_ip(rows: list[dict[str, object]], newest: list[dict[str, object]]) -> str:
    """Compare the newest of all vintages with the file that holds that vintage alone."""
    columns = ("country", "flow", "period", "vintage")
    held = {tuple(row[c] for c in columns): int(str(row["value_usd"])) for row in rows}
    alone = {tuple(row[c] for c in columns): int(str(row["value_usd"])) for row in newest}
    gaps = {place: held.get(place, 0) - value for place, value in alone.items()}
    return _worst("the newest vintage equals the file of that vintage", gaps, 0, "ip_charges")


def _goods_years(totals: list[Total]) -> list[Total]:
    return [
        t
        for t in totals
        if t.series == "goods_census"
        and t.freq == "year"
        and t.seasonal == "nsa"
        and t.print_kind == "current series"
    ]


def _published(totals: list[Total], series: str, year: int, vintage: date) -> int:
    """Find the imports from the World published for a year at a vintage."""
    for t in totals:
        place = (t.series, t.flow, t.freq, t.year, t.vintage, t.partner, t.seasonal)
        if place == (series, "import", "year", year, vintage, WORLD, "nsa"):
            return t.value_usd
    raise CheckError(f"no published {series} imports of {year} at {vintage}", where="headline")


def _sum(rows: pa.Table) -> int:
    total = pc.sum(rows["general_usd"]).as_py()
    return 0 if total is None else int(total)


def _within(what: str, gap: int, tolerance: int, where: str) -> None:
    if abs(gap) > tolerance:
        raise CheckError(f"{what} by {gap:,}, allowed {tolerance:,}", where=where)


def _worst(what: str, gaps: Mapping[Key, int], tolerance: int, table: str = "headline") -> str:
    """Report the largest gap; refuse one above the tolerance, and a check that compared nothing."""
    if not gaps:
        raise CheckError(f"nothing to compare: {what}", where=table)
    place, gap = max(gaps.items(), key=lambda item: abs(item[1]))
    _within(f"not so: {what}; off", gap, tolerance, f"{table}, {place}")
    return f"{what}: {len(gaps)} compared, largest gap {abs(gap):,} dollars (allowed {tolerance:,})"
