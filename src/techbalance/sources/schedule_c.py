"""Which partner does a printed name mean? Names of Schedule C, as releases and web tables print them.

The codes are those of the Census Bureau's Schedule C; areas overlap with their members and have no code here.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Final

FILE: Final = "schedule_c.csv"
# How publications print a partner whose name in Schedule C is another (FT-900, DataWeb; seen 1997 to 2009).
PRINTED: Final = {
    "china mainland": "5700",
    "china (mainland)": "5700",
    "federal republic of germany": "4280",
    "germany": "4280",
    "korea": "5800",
    "south korea": "5800",
    "korea south": "5800",
    "republic of korea": "5800",
    "united kingdom": "4120",
    "russia": "4621",
    "vietnam": "5520",
    "viet nam": "5520",
    "turkey": "4890",
    "turkiye": "4890",
    "taiwan": "5830",
    "hong kong": "5820",
    "czech republic": "4351",
    "czechia": "4351",
    "macau": "5660",
    "macao": "5660",
    "burma (myanmar)": "5460",
    "ivory coast": "7480",
    "unidentified countries": "8220",
    "unidentified": "8220",
}
# Names of their time, by the name of today.
FORMER: Final = {
    "bosnia hercegovina": "Bosnia and Herzegovina",
    "burkina": "Burkina Faso",
    "burma": "Myanmar (Burma)",
    "cape verde": "Cabo Verde",
    "east timor": "Timor-Leste",
    "macedonia": "North Macedonia",
    "macedonia skopje": "North Macedonia",
    "swaziland": "Eswatini",
    "vatican city": "Holy See",
    "western samoa": "Samoa",
}
# Sums of partners in the exhibits of the FT-900; none of them is a partner.
AREAS: Final = frozenset(
    (
        "africa",
        "apec",
        "asean",
        "asia",
        "asia near east",
        "asia south",
        "asia other",
        "australia and oceania",
        "cafta dr",
        "central american common market",
        "eastern europe",
        "efta",
        "euro area",
        "europe",
        "europe other",
        "european union",
        "european union 15",
        "european union 25",
        "european union 27",
        "european union 28",
        "former soviet republics",
        "lafta",
        "latin american republics",
        "nafta",
        "nafta with canada",
        "nato",
        "newly industrialized countries",
        "newly industrialized countries nics",
        "nics",
        "north america",
        "oecd",
        "opec",
        "other",
        "other countries",
        "other pacific rim",
        "pacific rim",
        "pacific rim countries",
        "pacific rim china mainland",
        "south and central america",
        "south america",
        "south central america",
        "twenty latin american republics",
        "usmca",
        "usmca with canada",
        "western europe",
        "western hemisphere",
    )
)


def plain(name: str) -> str:
    """A name without accents, footnote marks, dots and case."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    text = re.sub(r"\((\d+|[a-z])\)", " ", text)
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " ".join("saint" if word == "st" else word for word in words)


@cache
def names() -> dict[str, str]:
    """Code of every plain name."""
    text = files("techbalance.sources").joinpath(FILE).read_text(encoding="utf-8")
    known = {plain(row["name"]): row["code"] for row in csv.DictReader(io.StringIO(text))}
    former = {plain(old): known[plain(new)] for old, new in FORMER.items() if plain(new) in known}
    return former | known | {plain(name): code for name, code in PRINTED.items()}


def partner_code(name: str) -> str | None:
    """The Schedule C code of a printed name; None where nobody is called so."""
    return names().get(plain(name))


def is_area(name: str) -> bool:
    """Whether a printed name is a sum of partners."""
    return plain(name) in AREAS
