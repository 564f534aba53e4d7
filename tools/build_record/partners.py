"""Who are the trading partners in the Census Bureau's code, and from when to when?"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from techbalance.errors import SchemaError

from .iso3166 import alpha3_by_alpha2
from .reading import Row, require_file

if TYPE_CHECKING:
    from pathlib import Path

CODE_SYSTEM = "census"
SCHEDULE_C, SCHEDULE_C_SOURCE = "partners/schedule_c_2021-01-27.txt", "census-schedule-c-2021-01"

LINE = re.compile(r"(?P<code>\d{4}) +\|    (?P<name>.{52})\| ?(?P<iso2>\S+) *")


@dataclass(frozen=True)
class Correction:
    """A repair of one line as published. It must find exactly what it expects, or the build stops."""

    code: str
    expect_name: str
    expect_iso2: str
    name: str
    iso2: str
    reason: str


CORRECTIONS = (
    Correction(
        "7660",
        "Congo, Democratic Republic of the Congo (formerly Za",
        "rCD",
        "Congo, Democratic Republic of the Congo (formerly Zaire)",
        "CD",
        "the name is longer than its column and runs into the code of the next one",
    ),
)

# Display names where the official name without its bracketed part would mislead or sort badly.
SHORT_NAMES = {
    "Denmark, except Greenland": "Denmark",
    "Burma (Myanmar)": "Myanmar (Burma)",
    "Congo, Democratic Republic of the Congo (formerly Zaire)": "Congo (Kinshasa)",
    "Congo, Republic of the Congo": "Congo (Brazzaville)",
    "Micronesia, Federated States of": "Micronesia",
    "Gaza Strip administered by Israel": "Gaza Strip",
    "West Bank administered by Israel": "West Bank",
}

# Codes of earlier Schedule C editions that the trade tables carry: code, ISO code (3166-3 for states that are
# no more), name, first and last year. The years are those in which the tables carry trade under the code.
FORMER = (
    ("2771", "ANT", "Netherlands Antilles", None, 2011),
    ("4350", "CSK", "Czechoslovakia", None, 1992),
    ("4610", "SUN", "USSR", None, 1992),
    ("4790", "YUG", "Yugoslavia (former)", None, 1992),
    ("4799", "SCG", "Serbia and Montenegro", 1992, 2006),
    ("4802", "SRB", "Serbia (with Kosovo)", 2007, 2008),
    ("5080", "ISR", "Israel (former code)", None, 2003),
    ("5160", "NTZ", "Iraq-Saudi Arabia Neutral Zone", None, 2003),
    ("7320", "SDN", "Sudan (before the separation of South Sudan)", None, 2011),
    ("7370", "ESH", "Western Sahara", None, 2020),
    ("7740", "ETH", "Ethiopia (with Eritrea)", None, 1993),
)

# First year of codes whose country or code did not exist before.
FROM_YEARS = {
    **dict.fromkeys(("4621", "4622", "4623", "4631", "4632", "4633", "4634", "4635"), 1992),
    **dict.fromkeys(("4641", "4642", "4643", "4644", "4470", "4490", "4510"), 1992),
    **dict.fromkeys(("4791", "4792", "4793", "4794"), 1992),
    **dict.fromkeys(("4351", "4359", "7741", "7749"), 1993),
    "4801": 2009,
    "4803": 2009,
    "4804": 2007,
    **dict.fromkeys(("2774", "2777", "7321", "7323"), 2011),
}

WORLD = {"WORLD": "World"}
# Aggregates of the Census country table; they overlap and are never summed with their members.
CENSUS_AREAS = {
    "0003": "European Union (Census aggregate)",
    "0009": "South and Central America (Census aggregate)",
    "0010": "North America (Census aggregate)",
    "0012": "Europe (Census aggregate)",
    "0013": "Africa (Census aggregate)",
    "0014": "Pacific Rim (Census aggregate)",
    "0016": "Asia (Census aggregate)",
    "0017": "CAFTA-DR (Census aggregate)",
    "0018": "Australia and Oceania (Census aggregate)",
    "0019": "Sub-Saharan Africa (Census aggregate)",
}
PSEUDO = {"8220": "Unidentified countries", "8500": "International organizations"}


def read_schedule_c(path: Path) -> list[Row]:
    """Read Schedule C as published; rows with ``code``, ``name``, ``iso2``, repaired by ``CORRECTIONS``.

    Raises
    ------
    SchemaError
        A line is not understood, or a correction does not find the text it is for.
    """
    rows = []
    repairs = {repair.code: repair for repair in CORRECTIONS}
    for number, line in enumerate(require_file(path).read_text(encoding="utf-8").splitlines(), start=1):
        if not line[:1].isdigit():
            continue
        found = LINE.fullmatch(line)
        if found is None:
            raise SchemaError("line not understood", where=f"{path.name}, line {number}: {line!r}")
        row = {key: text.strip() for key, text in found.groupdict().items()}
        repair = repairs.pop(row["code"], None)
        if repair is not None:
            if (row["name"], row["iso2"]) != (repair.expect_name, repair.expect_iso2):
                raise SchemaError(
                    f"the correction of {row['code']} does not find what it repairs",
                    where=f"{path.name}, line {number}: {line!r}",
                    remedy="If the publisher has mended the line, delete the correction",
                )
            row["name"], row["iso2"] = repair.name, repair.iso2
        elif len(row["iso2"]) != 2:
            raise SchemaError(f"{row['iso2']!r} is no two-letter code", where=f"{path.name}, line {number}")
        rows.append(row)
    if repairs:
        raise SchemaError(f"nothing to correct at {sorted(repairs)}", where=path.name)
    return rows


def display_name(official: str) -> str:
    """Shorten an official name for tables and charts.

    Examples
    --------
    >>> display_name("South Korea (Republic of Korea)"), display_name("Denmark, except Greenland")
    ('South Korea', 'Denmark')
    """
    return SHORT_NAMES.get(official) or re.sub(r" \([^)]*\)$", "", official)


@dataclass(frozen=True)
class Partner:
    """One row of ``partners``."""

    code: str
    iso3: str | None
    name: str
    kind: str = "country"
    from_year: int | None = None
    to_year: int | None = None
    code_system: str = CODE_SYSTEM


def partner_rows(data: Path) -> list[dict[str, object]]:
    """Rows of ``partners``: Schedule C, codes of earlier editions, the Census aggregates and the World."""
    iso3 = alpha3_by_alpha2()
    partners = [
        Partner(
            row["code"], iso3[row["iso2"]], display_name(row["name"]), from_year=FROM_YEARS.get(row["code"])
        )
        for row in read_schedule_c(data / SCHEDULE_C)
    ]
    partners += [Partner(code, iso, name, "country", first, last) for code, iso, name, first, last in FORMER]
    partners += [Partner(code, None, name, "area") for code, name in {**CENSUS_AREAS, **WORLD}.items()]
    partners += [Partner(code, None, name, "pseudo") for code, name in PSEUDO.items()]
    return [asdict(partner) for partner in partners]
