"""Since when does a country have the euro? A rate before and a rate after are of two currencies."""

from __future__ import annotations

from typing import Final

# Code of the euro area among countries with exchange rates.
EURO_AREA: Final = "EMU"
# First year of the euro in accounts; Council decisions of the European Union, one for each date.
EURO_SINCE: Final[dict[str, int]] = {
    **dict.fromkeys(
        ("AUT", "BEL", "DEU", "ESP", "FIN", "FRA", "IRL", "ITA", "LUX", "NLD", "PRT"),
        1999,
    ),
    "GRC": 2001,
    "SVN": 2007,
    **dict.fromkeys(("CYP", "MLT"), 2008),
    "SVK": 2009,
    "EST": 2011,
    "LVA": 2014,
    "LTU": 2015,
    "HRV": 2023,
    "BGR": 2026,
}


def adopted_between(country: str, start: int, end: int) -> bool:
    """Whether a country took the euro after the first year and not after the last."""
    since = EURO_SINCE.get(country)
    return since is not None and start < since <= end
