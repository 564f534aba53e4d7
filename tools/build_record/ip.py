"""What does each country receive and pay for the use of intellectual property, at which vintage?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .headline import declared_source
from .reading import Row, read_csv, whole_dollars

if TYPE_CHECKING:
    from pathlib import Path

    from .publications import Publication

VINTAGES_FILE = "ip/ip_charges_vintages.csv"
NEWEST_FILE = "ip/ip_charges_1960_2025.csv"
NEWEST_SOURCE = "worldbank-ip-2026-07-01"

VINTAGES = {
    day: f"worldbank-ip-{day}"
    for day in ("2018-08-01", "2021-10", "2025-12-17", "2026-04-01", "2026-05-01", "2026-07-01")
}


def ip_rows(data: Path, publications: dict[str, Publication]) -> list[dict[str, object]]:
    """Rows of ``ip_charges``: countries, all vintages.

    A zero stands for a missing value in these files (most vintages were stored without them); it is left out,
    so that missing is never zero. Negative values are printed by the publisher and stay.
    """
    names = {row["iso3"]: row["country"] for row in _newest_last(read_csv(data / VINTAGES_FILE))}
    rows = []
    for row in read_csv(data / VINTAGES_FILE):
        if float(row["value"]) == 0:
            continue
        source_id = declared_source(VINTAGES, row["vintage"], VINTAGES_FILE)
        rows.append(_charge(row, names[row["iso3"]], row["flow"], row["value"], publications[source_id]))
    return rows


def ip_area_rows(data: Path, publications: dict[str, Publication]) -> list[dict[str, object]]:
    """Rows of ``ip_charges_areas``: the publisher's aggregates; only the newest vintage is stored."""
    return _newest(data, publications, is_country="0")


def newest_charges(data: Path, publications: dict[str, Publication]) -> list[dict[str, object]]:
    """Read the countries of the newest vintage from the second file that holds them, for comparison."""
    return _newest(data, publications, is_country="1")


def _newest(data: Path, publications: dict[str, Publication], *, is_country: str) -> list[dict[str, object]]:
    return [
        _charge(row, row["country"], flow, row[f"{flow}_usd"], publications[NEWEST_SOURCE])
        for row in read_csv(data / NEWEST_FILE)
        if row["is_country"] == is_country
        for flow in ("receipts", "payments")
        if row[f"{flow}_usd"]
    ]


def _newest_last(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row["vintage"])


def _charge(row: Row, name: str, flow: str, value: str, publication: Publication) -> dict[str, object]:
    return {
        "country": row["iso3"],
        "country_name": name,
        "flow": flow,
        "period": row["year"],
        "year": int(row["year"]),
        "value_usd": whole_dollars(value),
        "vintage": publication.vintage,
        "source_id": publication.source_id,
    }
