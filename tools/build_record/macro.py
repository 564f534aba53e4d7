"""Against what are the balances measured: output, prices, exchange rates, research, people?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techbalance.errors import SchemaError

from .headline import declared_source
from .reading import read_csv

if TYPE_CHECKING:
    from pathlib import Path

    from .publications import Publication

Entry = dict[str, object]

WDI_FILE, WDI_SOURCE = "macro/wdi_panel_1970_2025.csv.gz", "worldbank-wdi-2026-07-01"
HIGHTECH_FILE = "macro/hightech_exports_vintages.csv"
DEFLATOR_FILE = "macro/us_gdp_deflator_annual.csv"
CPI_FILE, CPI_SOURCE = "macro/us_cpi_annual.csv", "bls-cpi-2026-06"
EXCHANGE_FILE, EXCHANGE_SOURCE = "macro/exchange_rates_annual.csv", "frb-h10-2026-07"

CURRENT_USD = "US dollars, nominal"
# Column of the World Bank panel -> unit; the series keeps the column's name.
WDI_SERIES = {
    "gdp_usd": CURRENT_USD,
    "rd_pct_gdp": "percent of GDP",
    "merch_exports_usd": CURRENT_USD,
    "merch_imports_usd": CURRENT_USD,
    "population": "persons",
    "xr_lcu_per_usd": "local currency per US dollar, official rate, annual mean",
    "hightech_pct_manuf_exports": "percent of manufactured exports",
    "mht_pct_mva": "percent of manufacturing value added",
    "mht_pct_manuf_exports": "percent of manufactured exports",
    "patents_resident": "applications",
    "researchers_per_m": "full-time equivalents per million people",
}
HIGHTECH_VINTAGES = {
    "2018-08": "worldbank-hightech-2018-08-01",
    "2021-10": "worldbank-hightech-2021-10",
    "2025-12": "worldbank-hightech-2025-12-17",
    "2026-07": WDI_SOURCE,
}
# The Federal Reserve names countries; the euro is the currency of the euro area (World Bank code EMU).
CURRENCY_COUNTRIES = {
    "Australia": "AUS",
    "Brazil": "BRA",
    "Canada": "CAN",
    "China": "CHN",
    "Denmark": "DNK",
    "Euro": "EMU",
    "Hong Kong": "HKG",
    "India": "IND",
    "Japan": "JPN",
    "Malaysia": "MYS",
    "Mexico": "MEX",
    "New Zealand": "NZL",
    "Norway": "NOR",
    "Singapore": "SGP",
    "South Africa": "ZAF",
    "South Korea": "KOR",
    "Sweden": "SWE",
    "Switzerland": "CHE",
    "Taiwan": "TWN",
    "Thailand": "THA",
    "Venezuela": "VEN",
}


@dataclass(frozen=True)
class Series:
    """One annual series of one publication."""

    name: str
    unit: str
    publication: Publication

    def entry(self, country: str, year: str, value: str) -> Entry:
        """Make one row of ``macro``."""
        return {
            "series": self.name,
            "country": country,
            "period": year,
            "year": int(year),
            "value": float(value),
            "unit": self.unit,
            "vintage": self.publication.vintage,
            "source_id": self.publication.source_id,
        }


def macro_rows(data: Path, publications: dict[str, Publication]) -> list[Entry]:
    """Rows of ``macro``: annual series by country; a value the publisher does not give has no row."""
    return [
        *_world_bank_panel(data, publications[WDI_SOURCE]),
        *_high_technology_exports(data, publications),
        *_deflator(data, publications[WDI_SOURCE]),
        *_consumer_prices(data, publications[CPI_SOURCE]),
        *_exchange_rates(data, publications[EXCHANGE_SOURCE]),
    ]


def _world_bank_panel(data: Path, publication: Publication) -> list[Entry]:
    panel = [Series(name, unit, publication) for name, unit in WDI_SERIES.items()]
    return [
        series.entry(row["iso3"], row["year"], row[series.name])
        for row in read_csv(data / WDI_FILE)
        for series in panel
        if row[series.name]
    ]


def _high_technology_exports(data: Path, publications: dict[str, Publication]) -> list[Entry]:
    rows = []
    for row in read_csv(data / HIGHTECH_FILE):
        publication = publications[declared_source(HIGHTECH_VINTAGES, row["vintage"], HIGHTECH_FILE)]
        series = Series("hightech_exports_usd", CURRENT_USD, publication)
        rows.append(series.entry(row["iso3"], row["year"], row["value"]))
    return rows


def _deflator(data: Path, publication: Publication) -> list[Entry]:
    series = Series("gdp_deflator", "index, 2017 = 100", publication)
    return [
        series.entry("USA", row["year"], row["deflator_2017_100"]) for row in read_csv(data / DEFLATOR_FILE)
    ]


def _consumer_prices(data: Path, publication: Publication) -> list[Entry]:
    """Annual averages; a year of fewer than twelve months is no annual average and is left out."""
    series = Series("cpi", "index, 1982-84 = 100", publication)
    return [
        series.entry("USA", row["year"], row["cpi"])
        for row in read_csv(data / CPI_FILE)
        if row["months"] == "12"
    ]


def _exchange_rates(data: Path, publication: Publication) -> list[Entry]:
    series = Series(
        "exchange_rate_lcu_per_usd", "local currency per US dollar, market rate, annual mean", publication
    )
    rows = []
    for row in read_csv(data / EXCHANGE_FILE):
        country = CURRENCY_COUNTRIES.get(row["country"])
        if country is None:
            raise SchemaError(
                f"no country code for {row['country']!r}",
                where=EXCHANGE_FILE,
                remedy="Add it to CURRENCY_COUNTRIES of tools/build_record/macro.py",
            )
        rows.append(series.entry(country, row["year"], row["lcu_per_usd"]))
    return rows
