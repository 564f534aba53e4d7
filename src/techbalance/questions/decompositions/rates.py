"""Price levels and exchange rates of the record's macro table, as changes between two years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from techbalance.classifications.euro import EURO_AREA, EURO_SINCE, adopted_between
from techbalance.questions.answer import Lineage
from techbalance.questions.macro import series_rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from techbalance.store.catalogue import Store

MARKET, OFFICIAL = "exchange_rate_lcu_per_usd", "xr_lcu_per_usd"
HOME: Final = "USA"
# A rate that moved further is that of a new unit of money, or of one that lost its meaning.
MOST_MOVED: Final = 10.0


@dataclass(frozen=True)
class PriceLevel:
    """A price level by year, and the stored rows it is from."""

    series: str
    of: dict[int, float]
    lineage: Lineage

    def missing(self, years: Iterable[int]) -> str | None:
        """Why a year has no price level; None where all have one."""
        lost = [str(year) for year in years if year not in self.of]
        if not lost:
            return None
        held = f"{min(self.of)} to {max(self.of)}" if self.of else "no year"
        return f"not_covered: {self.series} is held for {held}, not for {' and '.join(lost)}"


def price_level(store: Store, series: str, years: tuple[int, ...], day: dt.date | None) -> PriceLevel:
    """Read the price level of the United States."""
    rows = series_rows(store, [series], day)
    rows = rows.filter(rows.country == HOME)
    found = {int(row["year"]): float(row["value"]) for row in store.fetch_rows(rows)}
    used = rows.filter(rows.year.isin(list(years)))
    return PriceLevel(series, found, Lineage("macro", used, f"value over {series}"))


@dataclass(frozen=True)
class Rates:
    """Currency per dollar of each partner in two years, from one series each.

    Parameters
    ----------
    of
        First and last year's rate by partner label.
    broken
        Partners whose currency changed in between.
    lineage
        Stored rows the rates are from.
    """

    of: dict[str, tuple[float, float]]
    broken: frozenset[str]
    lineage: tuple[Lineage, ...]


def exchange_rates(store: Store, start: int, end: int, day: dt.date | None) -> Rates:
    """Read annual mean rates: the market's where held for both years, else the official ones.

    A partner with the euro has the euro's rate. One that took it between the years has rates in two
    currencies, and so has, in effect, one whose rate moved more than tenfold: no rate compares the years.
    """
    rows = series_rows(store, [MARKET, OFFICIAL], day)
    rows = rows.filter(rows.year.isin([start, end]))
    found: dict[tuple[str, str], dict[int, float]] = {}
    for row in store.fetch_rows(rows):
        found.setdefault((row["series"], row["country"]), {})[int(row["year"])] = float(row["value"])
    for country, since in EURO_SINCE.items():
        if since <= start and (MARKET, EURO_AREA) in found:
            found[MARKET, country] = found[MARKET, EURO_AREA]
    rates: dict[str, tuple[float, float]] = {}
    for (_, country), by_year in sorted(found.items(), key=lambda pair: pair[0][0] != MARKET):
        if {start, end} <= set(by_year) and min(by_year.values()) > 0 and country not in rates:
            rates[country] = (by_year[start], by_year[end])
    broken = frozenset(
        country
        for country, (first, last) in rates.items()
        if adopted_between(country, start, end) or max(first, last) > MOST_MOVED * min(first, last)
    )
    formula = "value in the partner's currency = dollars x currency per dollar"
    return Rates(
        {country: pair for country, pair in rates.items() if country not in broken},
        broken,
        (Lineage("macro", rows, formula),),
    )
