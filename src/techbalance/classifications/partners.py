"""Which partner is meant? ISO3 codes, Census codes, names, and dated areas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import ParameterError, UnknownCodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

WORLD: Final = "WORLD"
# The United States report the trade: they are a member of areas and never a partner.
REPORTER: Final = "1000"

# What people write, beside the official names of Schedule C.
COMMON_NAMES: Final[dict[str, str]] = {
    "south korea": "KOR",
    "korea, south": "KOR",
    "korea": "KOR",
    "north korea": "PRK",
    "korea, north": "PRK",
    "uk": "GBR",
    "great britain": "GBR",
    "britain": "GBR",
    "england": "GBR",
    "russia": "RUS",
    "czechia": "CZE",
    "czech republic": "CZE",
    "germany": "DEU",
    "holland": "NLD",
    "viet nam": "VNM",
    "turkey": "TUR",
    "turkiye": "TUR",
    "burma": "MMR",
    "hong kong": "HKG",
    "ivory coast": "CIV",
    "uae": "ARE",
    "laos": "LAO",
    "syria": "SYR",
    "macedonia": "MKD",
    "slovakia": "SVK",
    "prc": "CHN",
}
# "Korea, Dem. People's Rep." has two; a sentence is no name.
MOST_PARTS_OF_A_NAME: Final = 4
COMMON_AREAS: Final[dict[str, str]] = {"eu": "EU27", "european union": "EU27", "eurozone": "EA"}

# One ISO3 code for several partners of Schedule C at the same time.
COMBINED_NAMES: Final[dict[str, str]] = {"PSE": "West Bank and Gaza Strip"}


def taken_apart(text: str, known: Callable[[str], object]) -> Iterator[str]:
    """Split a text at its commas, except where the comma belongs to a name ("Korea, South").

    Parameters
    ----------
    text
        One or more names with commas between them.
    known
        Whether somebody is called so; of two readings the longer name is taken.

    Yields
    ------
    str
        One name at a time, known or not; nothing between two commas is no name.
    """
    parts = text.split(",")
    start = 0
    while start < len(parts):
        ends = range(min(start + MOST_PARTS_OF_A_NAME, len(parts)), start, -1)
        end = next((end for end in ends if known(",".join(parts[start:end]).strip())), start + 1)
        name = ",".join(parts[start:end]).strip()
        if name:
            yield name
        start = end


@dataclass(frozen=True)
class Member:
    """A partner code, and the years for which it is selected; None leaves that side open."""

    code: str
    from_year: int | None = None
    to_year: int | None = None


@dataclass(frozen=True)
class PartnerBook:
    """Everything a partner can be called.

    Parameters
    ----------
    partners
        Rows of the ``partners`` table: ``code``, ``iso3``, ``name``, ``kind``.
    areas
        Rows of the ``areas`` table: ``area``, ``area_name``, ``code``, ``from_year``, ``to_year``.
    """

    partners: Sequence[dict[str, Any]]
    areas: Sequence[dict[str, Any]]

    @cached_property
    def _codes(self) -> dict[str, tuple[Member, ...]]:
        """What each name stands for; a country that changed its code stands for both."""
        iso3: dict[str, tuple[Member, ...]] = {}
        for row in self.partners:
            if row["iso3"]:
                iso3[row["iso3"]] = (*iso3.get(row["iso3"], ()), Member(row["code"]))
        # Later entries win: a Census code or an ISO3 code is never shadowed by a name.
        named: dict[str, tuple[Member, ...]] = {
            row["name"].casefold(): (Member(row["code"]),) for row in self.partners
        }
        named |= {
            row["name"].casefold(): iso3[row["iso3"]]
            for row in self.partners
            if row["iso3"] and not row["to_year"] and row["iso3"] not in COMBINED_NAMES
        }
        named |= {name.casefold(): iso3[code] for code, name in COMBINED_NAMES.items() if code in iso3}
        named |= {name: iso3[code] for name, code in COMMON_NAMES.items() if code in iso3}
        named |= {code.casefold(): members for code, members in iso3.items()}
        named |= {row["code"].casefold(): (Member(row["code"]),) for row in self.partners}
        return named

    @cached_property
    def _areas(self) -> dict[str, tuple[Member, ...]]:
        found: dict[str, list[Member]] = {}
        for row in self.areas:
            member = Member(row["code"], row["from_year"], row["to_year"])
            for name in {row["area"].casefold(), row["area_name"].casefold()}:
                found.setdefault(name, []).append(member)
        found |= {
            name: found[area.casefold()] for name, area in COMMON_AREAS.items() if area.casefold() in found
        }
        return {name: tuple(members) for name, members in found.items()}

    @cached_property
    def _aggregates(self) -> frozenset[str]:
        """Codes under which the publisher prints a sum of partners."""
        return frozenset(row["code"] for row in self.partners if row["kind"] == "area")

    def _known(self) -> Iterable[str]:
        for row in self.partners:
            yield row["name"]
            if row["iso3"]:
                yield row["iso3"]
        for row in self.areas:
            yield row["area"]

    def named(self, name: str) -> tuple[Member, ...] | None:
        """The partners behind one name, code or area, the United States too; None when nobody knows it."""
        plain = name.strip().casefold()
        return self._codes.get(plain) or self._areas.get(plain)

    def members(self, names: Iterable[str]) -> tuple[Member, ...]:
        """Turn names, codes and areas into partner codes.

        The United States are left out of areas they belong to, since they report the trade.

        Raises
        ------
        UnknownCodeError
            A name nobody knows; near misses are named.
        ParameterError
            A partner is named twice, alone and inside an area, or beside the world or an area the
            publisher adds up: its trade would be counted twice. Or the United States alone are named.
        """
        chosen: dict[str, tuple[str, Member]] = {}
        for name in self._apart(names):
            found = self.named(name)
            if found is None:
                raise UnknownCodeError.among("partner", name, self._known())
            partners = [member for member in found if member.code != REPORTER]
            if not partners:
                raise ParameterError(
                    "the United States report the trade and are no partner of it",
                    where=f"partner {name!r}",
                    remedy="Leave the partner out for trade with the world",
                )
            for member in partners:
                other = chosen.get(member.code)
                if other is not None and other[0] != name:
                    raise ParameterError(
                        f"{name!r} and {other[0]!r} overlap",
                        where=f"partner {member.code} is in both",
                        remedy="Name one of them",
                    )
                chosen[member.code] = (name, member)
        self._refuse_sums_among(chosen)
        return tuple(member for _, member in chosen.values())

    def _refuse_sums_among(self, chosen: dict[str, tuple[str, Member]]) -> None:
        sums = [code for code in chosen if code in self._aggregates]
        if sums and len(chosen) > 1:
            name = chosen[sums[0]][0]
            raise ParameterError(
                f"{name!r} is a sum of partners, so nothing can be added to it",
                where=f"partner {', '.join(dict.fromkeys(one for one, _ in chosen.values()))}",
                remedy="Ask for it alone",
            )

    def is_aggregate(self, member: Member) -> bool:
        """Whether the publisher prints this code as a sum of partners."""
        return member.code in self._aggregates

    def _apart(self, names: Iterable[str]) -> Iterator[str]:
        for text in names:
            yield from dict.fromkeys(taken_apart(text, self.named))
