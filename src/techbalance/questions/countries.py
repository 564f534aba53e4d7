"""Which country is meant, in a table that names countries by ISO3 code?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from techbalance.classifications.partners import taken_apart
from techbalance.errors import UnknownCodeError
from techbalance.questions.selection import Span, partner_book

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techbalance.classifications.partners import Member, PartnerBook
    from techbalance.store.catalogue import Store


@dataclass(frozen=True)
class CountryBook:
    """Countries by ISO3 code, by the name their table gives them, or by any name of the trading partner.

    Parameters
    ----------
    names
        ISO3 code and name of every country the table holds.
    partners
        Every name a trading partner or an area can be called by.
    """

    names: dict[str, str]
    partners: PartnerBook

    @classmethod
    def of_charges(cls, store: Store) -> CountryBook:
        """Read the countries that have charges for the use of intellectual property."""
        rows = store.fetch_rows(store.table("ip_charges").select("country", "country_name").distinct())
        names = {row["country"]: row["country_name"] for row in rows}
        return cls(dict(sorted(names.items(), key=lambda pair: pair[1])), partner_book(store))

    @cached_property
    def _by_text(self) -> dict[str, str]:
        return {name.casefold(): code for code, name in self.names.items()} | {
            code.casefold(): code for code in self.names
        }

    @cached_property
    def _iso3(self) -> dict[str, str | None]:
        return {row["code"]: row["iso3"] for row in self.partners.partners}

    def _spans(self, text: str) -> dict[str, list[Span]] | None:
        """ISO3 codes behind one name, each with the years in which it is meant; None when nobody knows it."""
        own = self._by_text.get(text.strip().casefold())
        if own is not None:
            return {own: [(None, None)]}
        members: tuple[Member, ...] = self.partners.named(text) or ()
        found: dict[str, list[Span]] = {}
        for member in members:
            code = self._iso3.get(member.code)
            if code is not None:
                found.setdefault(code, []).append((member.from_year, member.to_year))
        return found or None

    def spans(self, texts: Iterable[str]) -> dict[str, list[Span]]:
        """Look countries and areas up; an area stands for its members, in the years of their membership.

        Raises
        ------
        UnknownCodeError
            A name nobody knows; near misses are named.
        """
        chosen: dict[str, list[Span]] = {}
        for text in texts:
            for name in taken_apart(text, self._spans):
                found = self._spans(name)
                if found is None:
                    raise UnknownCodeError.among("country", name, [*self.names, *self.names.values()])
                for code, spans in found.items():
                    chosen.setdefault(code, []).extend(spans)
        return chosen

    def one(self, text: str) -> str:
        """Look one country up that the table holds, and give its ISO3 code.

        Raises
        ------
        UnknownCodeError
            Nobody knows it, the table does not hold it, or it is an area of several.
        """
        found = self._spans(text)
        codes = [code for code in found or () if code in self.names]
        if len(codes) != 1 or len(found or ()) != 1:
            raise UnknownCodeError.among("country", text, [*self.names, *self.names.values()])
        return codes[0]

    def name(self, code: str) -> str:
        """The name the table gives a country, else that of the trading partner."""
        if code in self.names:
            return self.names[code]
        return next((row["name"] for row in self.partners.partners if row["iso3"] == code), code)
