"""Which countries belong to which area, in which years?

A country is a member in the calendar years at whose end it belonged: from the year in which its accession
took effect, to the year before it left. ``from_year`` is null where membership is older than the record and
no treaty dates it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """One area: its members by first year, leavers by last year, and the text that says so."""

    code: str
    name: str
    joined: dict[int | None, str]
    source: str
    last_year: dict[str, int]


EU_JOINED: dict[int | None, str] = {
    1958: "BEL DEU FRA ITA LUX NLD",
    1973: "DNK GBR IRL",
    1981: "GRC",
    1986: "ESP PRT",
    1995: "AUT FIN SWE",
    2004: "CYP CZE EST HUN LTU LVA MLT POL SVK SVN",
    2007: "BGR ROU",
    2013: "HRV",
}
EU_SOURCE = "Treaty of Rome (in force 1 January 1958) and Accession Treaties"
UK_LEFT = {"GBR": 2019}  # 31 January 2020, under the Withdrawal Agreement

AREAS = (
    Area(
        "EU28",
        "European Union, the United Kingdom to 2019",
        EU_JOINED,
        EU_SOURCE + "; Withdrawal Agreement",
        UK_LEFT,
    ),
    Area(
        "EU27",
        "European Union without the United Kingdom",
        {year: members.replace("GBR ", "") for year, members in EU_JOINED.items()},
        EU_SOURCE,
        {},
    ),
    Area(
        "EA",
        "Euro area",
        {
            1999: "AUT BEL DEU ESP FIN FRA IRL ITA LUX NLD PRT",
            2001: "GRC",
            2007: "SVN",
            2008: "CYP MLT",
            2009: "SVK",
            2011: "EST",
            2014: "LVA",
            2015: "LTU",
            2023: "HRV",
            2026: "BGR",
        },
        "Council decisions under Article 140 TFEU on the adoption of the euro",
        {},
    ),
    Area(
        "NAFTA",
        "North American Free Trade Agreement",
        {1994: "CAN MEX USA"},
        "NAFTA, in force 1 January 1994 to 30 June 2020",
        {"CAN": 2019, "MEX": 2019, "USA": 2019},
    ),
    Area(
        "USMCA",
        "United States-Mexico-Canada Agreement",
        {2020: "CAN MEX USA"},
        "USMCA, in force 1 July 2020",
        {},
    ),
    Area(
        "ASEAN",
        "Association of Southeast Asian Nations",
        {1967: "IDN MYS PHL SGP THA", 1984: "BRN", 1995: "VNM", 1997: "LAO MMR", 1999: "KHM", 2025: "TLS"},
        "ASEAN Declaration (Bangkok, 8 August 1967) and declarations of admission",
        {},
    ),
    Area(
        "G7",
        "Group of Seven",
        {1975: "DEU FRA GBR ITA JPN USA", 1976: "CAN"},
        "Summits of Rambouillet (1975) and San Juan (1976)",
        {},
    ),
    Area("FVEY", "Five Eyes", {None: "AUS CAN GBR NZL USA"}, "UKUSA Agreement and its later parties", {}),
    Area(
        "OECD",
        "Organisation for Economic Co-operation and Development",
        {
            1961: "AUT BEL CAN CHE DEU DNK ESP FRA GBR GRC IRL ISL LUX NLD NOR PRT SWE TUR USA",
            1962: "ITA",
            1964: "JPN",
            1969: "FIN",
            1971: "AUS",
            1973: "NZL",
            1994: "MEX",
            1995: "CZE",
            1996: "HUN KOR POL",
            2000: "SVK",
            2010: "CHL EST ISR SVN",
            2016: "LVA",
            2018: "LTU",
            2020: "COL",
            2021: "CRI",
        },
        "OECD Convention, dates of deposit of the instruments of ratification",
        {},
    ),
)


def area_rows(partners: list[dict[str, object]]) -> list[dict[str, object]]:
    """Rows of ``areas``: one per area and partner code, former codes of a member country included.

    The years are those of membership; a code's own years stand in ``partners``.
    """
    codes: dict[str, list[str]] = {}
    for partner in partners:
        if partner["iso3"] is not None:
            codes.setdefault(str(partner["iso3"]), []).append(str(partner["code"]))
    return [
        {
            "area": area.code,
            "area_name": area.name,
            "iso3": iso3,
            "code": code,
            "from_year": first_year,
            "to_year": area.last_year.get(iso3),
            "source": area.source,
        }
        for area in AREAS
        for first_year, members in area.joined.items()
        for iso3 in members.split()
        for code in codes[iso3]
    ]


def calendar_rows(first: int = 1985, last: int = 2035) -> list[dict[str, object]]:
    """Rows of ``calendar``: every month of the years the record can hold."""
    return [{"year": year, "month": month} for year in range(first, last + 1) for month in range(1, 13)]
