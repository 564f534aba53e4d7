"""Which partner is meant? ISO3 codes, Census codes, names, and dated areas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import ParameterError, UnknownCodeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WORLD: Final = "WORLD"

# What people write, beside the official names of Schedule C.
COMMON_NAMES: Final[dict[str, str]] = {
    "south korea": "KOR",
    "korea": "KOR",
    "north korea": "PRK",
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

# One ISO3 code for several partners of Schedule C at the same time.
COMBINED_NAMES: Final[dict[str, str]] = {"PSE": "West Bank and Gaza Strip"}


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
        named = {row["name"].casefold(): (Member(row["code"]),) for row in self.partners}
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
        return {name: tuple(members) for name, members in found.items()}

    def _known(self) -> Iterable[str]:
        for row in self.partners:
            yield row["name"]
            if row["iso3"]:
                yield row["iso3"]
        for row in self.areas:
            yield row["area"]

    def _one(self, name: str) -> tuple[Member, ...] | None:
        plain = name.strip().casefold()
        return self._codes.get(plain) or self._areas.get(plain)

    def members(self, names: Iterable[str]) -> tuple[Member, ...]:
        """Turn names, codes and areas into partner codes.

        A text with commas is first tried whole ("Korea, South") and then taken apart.

        Raises
        ------
        UnknownCodeError
            A name nobody knows; near misses are named.
        ParameterError
            A partner is named twice, alone and inside an area: its trade would be counted twice.
        """
        chosen: dict[str, tuple[str, Member]] = {}
        for name in self._apart(names):
            found = self._one(name)
            if found is None:
                raise UnknownCodeError.among("partner", name, self._known())
            for member in found:
                other = chosen.get(member.code)
                if other is not None and other[0] != name:
                    raise ParameterError(
                        f"{name!r} and {other[0]!r} overlap",
                        where=f"partner {member.code} is in both",
                        remedy="Name one of them",
                    )
                chosen[member.code] = (name, member)
        return tuple(member for _, member in chosen.values())

    def _apart(self, names: Iterable[str]) -> Iterable[str]:
        for text in names:
            if self._one(text) is not None or "," not in text:
                yield text
            else:
                yield from (part.strip() for part in text.split(",") if part.strip())
