"""What did the publishers print as totals, and at which vintage?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from techbalance.errors import CheckError, SchemaError

from .reading import USD_PER_MILLION, Row, read_csv, whole_dollars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from pathlib import Path

    from .publications import Publication

WORLD, ALL = "WORLD", "all"

# How the files name a vintage -> the publication it is. A vintage text not listed stops the build.
COUNTRY_TABLE = {
    "2017-01 (2016 = Jan-Nov)": "census-country-2017-01",
    "2023-03": "census-country-2023-03",
    "2024-08": "census-country-2024-08",
    "2025-04 (first full-year print)": "census-country-2025-04",
    "2025 (Census API pull)": "census-api-partners-2025-10",
    "2026-10": "census-country-2026-10",
}
GOODS_TOTALS = {**COUNTRY_TABLE, "2026-10": "census-goods-2026-10"}

# Pseudo partners of the Census country table that are not partners but other series.
ATP_CODE, WORLD_NSA_CODE, WORLD_SA_CODE = "0007", "0015", "0004"
# Their import column is imports for consumption: another concept than general imports, so they are left out.
CONSUMPTION_CODES = {"0005", "0006", "0021", "0022"}

# The 2016 row of the January 2017 table is the sum of January to November.
PART_YEARS = {("census-country-2017-01", 2016): 11}

PRINT_KIND_RANK = {"current series": 0, "later print": 1, "documented early print": 2, "first print": 3}

FIRST_PRINT_SERIES = {"goods_census_china": ("goods_census", "5700")}


@dataclass(frozen=True)
class Total:
    """One row of ``headline`` (see ``schemas.HEADLINE``)."""

    series: str
    flow: str
    year: int
    value_usd: int
    source_id: str
    partner: str = WORLD
    group: str = ALL
    seasonal: str = "nsa"
    month: int | None = None
    freq: str = "year"
    months: int = 12
    print_kind: str = "current series"
    confidence: str = ""
    printed_unit_usd: int = 0
    vintage: date | None = None

    @property
    def period(self) -> str:
        """The period as text: ``2024`` or ``2024-07``."""
        return f"{self.year}" if self.month is None else f"{self.year}-{self.month:02d}"

    @property
    def key(self) -> tuple[object, ...]:
        """What identifies the row."""
        return (
            self.series,
            self.partner,
            self.group,
            self.flow,
            self.seasonal,
            self.period,
            self.freq,
            self.vintage,
        )


def headline_totals(printed: list[Total], publications: dict[str, Publication]) -> list[Total]:
    """Reduce what was printed to one row per key, with unit and confidence filled in.

    A balance stays only where its exports or its imports were not printed at that vintage.

    Raises
    ------
    CheckError
        Two files give different values for one key.
    """
    merged = _one_per_key(printed, publications)
    implied = {balance.key for balance, _ in printed_balances(printed)}
    return _with_units([total for total in merged if total.key not in implied], publications)


def printed_balances(printed: list[Total]) -> list[tuple[Total, int]]:
    """Pair every printed balance with exports minus imports, where both were printed at the same vintage."""
    values = {total.key: total.value_usd for total in printed}
    pairs = []
    for total in printed:
        if total.flow != "balance":
            continue
        parts = [values.get(replace(total, flow=flow).key) for flow in ("export", "import")]
        if parts[0] is not None and parts[1] is not None:
            pairs.append((total, parts[0] - parts[1]))
    return pairs


def printed_totals(data: Path, publications: dict[str, Publication]) -> list[Total]:
    """Collect every total that the stored files print, with its vintage; keys may repeat between files.

    Raises
    ------
    SchemaError
        A vintage, series or citation is not declared.
    """
    folder = data / "headline"
    partner_rows = [
        *_partner_totals(read_csv(folder / "goods_by_partner_annual_1985_2025.csv.gz"), annual=True),
        *_partner_totals(read_csv(folder / "goods_by_partner_monthly_1985_202406.csv.gz"), annual=False),
    ]
    # Order decides which of two equal rows stays: the tables made for the series before the country table.
    totals = [
        *first_prints(read_csv(folder / "first_prints.csv"), publications),
        *_atp_monthly(read_csv(folder / "atp_total_monthly.csv")),
        *_atp_annual(read_csv(folder / "atp_total_annual_vintages.csv")),
        *_goods_totals(read_csv(folder / "goods_total_monthly.csv"), annual=False),
        *_goods_totals(read_csv(folder / "goods_total_annual.csv"), annual=True),
        *_bop_annual(read_csv(folder / "bop_goods_services_annual.csv")),
        *_bop_monthly(read_csv(folder / "bop_goods_services_balance_monthly.csv")),
        *partner_rows,
    ]
    return [replace(total, vintage=publications[total.source_id].vintage) for total in totals]


def declared_source(vintages: dict[str, str], text: str, place: str) -> str:
    """Find the publication a file's vintage text stands for."""
    try:
        return vintages[text]
    except KeyError:
        raise SchemaError(
            f"vintage {text!r} is not declared", where=place, remedy="Name it in tools/build_record"
        ) from None


def _atp_monthly(rows: list[Row]) -> Iterable[Total]:
    for row in rows:
        source_id = declared_source(COUNTRY_TABLE, row["vintage"], "atp_total_monthly.csv")
        yield _monthly("atp", row, source_id)


def _atp_annual(rows: list[Row]) -> Iterable[Total]:
    for row in rows:
        year = int(row["year"])
        source_id = declared_source(COUNTRY_TABLE, row["vintage"], "atp_total_annual_vintages.csv")
        months = PART_YEARS.get((source_id, year), 12)
        for flow, column in (("export", "exports"), ("import", "imports"), ("balance", "balance")):
            yield Total(
                "atp",
                flow,
                year,
                whole_dollars(row[f"{column}_musd"], scale=USD_PER_MILLION),
                source_id,
                freq="year" if months == 12 else "ytd",
                months=months,
            )


def _goods_totals(rows: list[Row], *, annual: bool) -> Iterable[Total]:
    for row in rows:
        source_id = declared_source(GOODS_TOTALS, row["vintage"], "goods_total_*.csv")
        seasonal = "sa" if row["basis"].endswith(", SA") else "nsa"
        make: Callable[..., Total] = _annual if annual else _monthly
        yield make("goods_census", row, source_id, seasonal=seasonal)


def _bop_annual(rows: list[Row]) -> Iterable[Total]:
    for row in rows:
        yield _annual(f"{row['scope']}_bop", row, "bea-gands-2026-10")


def _bop_monthly(rows: list[Row]) -> Iterable[Total]:
    for row in rows:
        yield _monthly(f"{row['scope']}_bop", row, "bea-bopgstb-2025-03", seasonal="sa")


def _partner_totals(rows: list[Row], *, annual: bool) -> Iterable[Total]:
    """Split the country table: partners and areas; the World rows and the ATP rows are other series."""
    make: Callable[..., Total] = _annual if annual else _monthly
    for row in rows:
        code = row["partner_code"]
        source_id = declared_source(COUNTRY_TABLE, row.get("vintage", "2024-08"), "goods_by_partner_*")
        if code in CONSUMPTION_CODES:
            continue
        if code == ATP_CODE:
            yield make("atp", row, source_id)
        elif code == WORLD_NSA_CODE:
            yield make("goods_census", row, source_id)
        elif code == WORLD_SA_CODE:
            yield make("goods_census", row, source_id, seasonal="sa")
        elif annual:
            yield make("goods_census", row, source_id, partner=code)


def first_prints(rows: list[Row], publications: dict[str, Publication]) -> list[Total]:
    """Read the early prints; each names the publication whose declared ``printed`` texts hold its source."""
    by_text = {text: p for p in publications.values() for text in p.printed}
    totals = []
    for row in rows:
        publication = by_text.get(row["source"])
        if publication is None or row["vintage"] != f"{publication.vintage:%Y-%m}":
            raise SchemaError(
                f"no source of {row['vintage']} is declared with the text {row['source']!r}",
                where="first_prints.csv",
                remedy="Add it to `printed` of the source in tools/build_record/sources",
            )
        series, partner = FIRST_PRINT_SERIES.get(row["series"], (row["series"], WORLD))
        totals.append(
            Total(
                series,
                row["flow"],
                int(row["year"]),
                whole_dollars(row["value_usd"]),
                publication.source_id,
                partner=partner,
                print_kind=row["print_kind"],
                confidence=row["confidence"],
            )
        )
    return totals


def _annual(series: str, row: Row, source_id: str, *, seasonal: str = "nsa", partner: str = WORLD) -> Total:
    return Total(
        series,
        row["flow"],
        int(row["year"]),
        whole_dollars(row["value_usd"]),
        source_id,
        partner=partner,
        seasonal=seasonal,
    )


def _monthly(series: str, row: Row, source_id: str, *, seasonal: str = "nsa", partner: str = WORLD) -> Total:
    year = _annual(series, row, source_id, seasonal=seasonal, partner=partner)
    return replace(year, month=int(row["month"]), freq="month", months=1)


def _one_per_key(totals: Iterable[Total], publications: dict[str, Publication]) -> list[Total]:
    """Merge rows with the same key; the values must agree to half the coarser printed step.

    The first row stays, with the more specific print kind and its confidence.
    """
    kept: dict[tuple[object, ...], Total] = {}
    for total in totals:
        first = kept.setdefault(total.key, total)
        step = max(publications[t.source_id].printed_unit_usd for t in (first, total))
        if abs(first.value_usd - total.value_usd) > step // 2:
            raise CheckError(
                f"two values for one total: {first.value_usd:,} and {total.value_usd:,}",
                where=f"headline, {total.key}",
                remedy="Find out which file holds another vintage",
            )
        if PRINT_KIND_RANK[total.print_kind] > PRINT_KIND_RANK[first.print_kind]:
            kept[total.key] = replace(first, print_kind=total.print_kind, confidence=total.confidence)
    return list(kept.values())


def _with_units(totals: list[Total], publications: dict[str, Publication]) -> list[Total]:
    """Give each row its printed step: the declared one, or a finer one where the file carries more digits.

    The finest step seen in one part of a publication holds for all of it, so that a figure that happens to
    end in zeros is not taken for a rounded one.
    """
    steps: dict[tuple[object, ...], int] = {}
    for total in totals:
        declared = publications[total.source_id].printed_unit_usd
        step = next(s for s in (declared, 100_000, 1) if s <= declared and total.value_usd % s == 0)
        place = _printing_place(total)
        steps[place] = min(steps.get(place, step), step)
    return [
        replace(
            total,
            printed_unit_usd=steps[_printing_place(total)],
            confidence=total.confidence or publications[total.source_id].confidence,
        )
        for total in totals
    ]


def _printing_place(total: Total) -> tuple[object, ...]:
    """Name the part of a publication that is printed alike.

    The balance of payments table changed its digits from one year to the next, for all its columns; the
    Census country table holds each series, flow and year, and its World rows, to digits of their own.
    """
    place: tuple[object, ...] = (total.source_id, total.freq, total.year)
    if total.series.endswith("_bop"):
        return place
    return (*place, total.series, total.seasonal, total.flow, total.partner == WORLD)
