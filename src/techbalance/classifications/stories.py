"""Which codes are a product, revision after revision, and where can it not be followed?

A story follows one kind of product through the Harmonized System. It has parts; a part has eras, each with
the codes of its time, what they hold beside the product, and how the era is joined to the one before. The
codes are checked against the correlation tables of the UN Statistics Division, which list every code a new
one can come from. Its one-to-one conversion tables are not used: in 2022 they turn every flat-panel module
and every semiconductor-based transducer into mobile telephones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Join = Literal["same", "seam", "break"]

# First full year of each revision of the Harmonized System.
REVISIONS: Final[dict[int, str]] = {
    1988: "HS1992",
    1996: "HS1996",
    2002: "HS2002",
    2007: "HS2007",
    2012: "HS2012",
    2017: "HS2017",
    2022: "HS2022",
}
# What Comtrade and many tables call them.
SHORT_REVISIONS: Final[dict[str, str]] = {
    "H0": "HS1992",
    "H1": "HS1996",
    "H2": "HS2002",
    "H3": "HS2007",
    "H4": "HS2012",
    "H5": "HS2017",
    "H6": "HS2022",
}


@dataclass(frozen=True, slots=True)
class Era:
    """The codes of a part from one revision on, until the next era.

    Parameters
    ----------
    from_year
        First year; a year in which a revision begins.
    codes
        Codes of six digits, or the beginnings of codes.
    wide
        Whether the codes hold other things beside the product.
    family
        The codes among which the goods of a divided or joined code stay, era by era: a family, whose value is
        comparable across the eras that give one. Empty where no closed set of codes exists.
    join
        How the era follows the one before: ``same`` goods under other codes; a ``seam``, where some goods
        left at the edge; a ``break``, where goods of other codes came in, or the value is of other goods
        altogether.
    why
        What happened, in one clause; needed for a seam and a break.
    """

    from_year: int
    codes: tuple[str, ...]
    wide: bool = False
    family: tuple[str, ...] = ()
    join: Join = "same"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a story.

    Parameters
    ----------
    name
        How it is asked for.
    title
        What it is, for sentences: ``laptops and tablets``.
    eras
        In order of time; before the first the product cannot be told from others.
    counted
        Whether the story adds it up; the others (what it is made of, what makes it) are told when asked for.
    """

    name: str
    title: str
    eras: tuple[Era, ...]
    counted: bool = True

    def era(self, year: int) -> Era | None:
        """The era of a year; None before the first."""
        return next((era for era in reversed(self.eras) if era.from_year <= year), None)

    def joins(self, first: int, last: int) -> tuple[Era, ...]:
        """Eras that begin after ``first`` and not after ``last`` and are not simply the same."""
        return tuple(era for era in self.eras[1:] if first < era.from_year <= last and era.join != "same")

    def comparable(self, years: tuple[int, ...]) -> dict[int, tuple[str, ...]]:
        """Codes that hold the same goods in every one of the years; none where there are no such codes."""
        eras = {year: self.era(year) for year in years}
        if not years or None in eras.values():
            return {}
        used = sorted({era for era in eras.values() if era is not None}, key=lambda era: era.from_year)
        if all(later.join == "same" for later in used[1:]):
            return {year: era.codes for year, era in eras.items() if era is not None}
        if any(not era.family for era in used):
            return {}
        return {year: era.family for year, era in eras.items() if era is not None}


@dataclass(frozen=True, slots=True)
class Story:
    """A kind of product whose suppliers are followed.

    Parameters
    ----------
    name
        How it is asked for.
    title
        What it is, for sentences: ``lithium-ion batteries``.
    parts
        Its parts, the counted ones first.
    says
        What must be known to read it.
    """

    name: str
    title: str
    parts: tuple[Part, ...]
    says: str = ""

    @property
    def counted(self) -> tuple[Part, ...]:
        """The parts that the story adds up."""
        return tuple(part for part in self.parts if part.counted)

    @property
    def all_codes(self) -> tuple[str, ...]:
        """Every code of the counted parts, of all eras and families."""
        return codes_of(self.counted)

    def part(self, name: str) -> Part:
        """Look a part up by name."""
        return next(part for part in self.parts if part.name == name)


def codes_of(parts: Iterable[Part]) -> tuple[str, ...]:
    """Every code that is needed to follow some parts: those of all eras, and of the families beside them."""
    eras = [era for part in parts for era in part.eras]
    return tuple(sorted({code for era in eras for code in (*era.codes, *era.family)}))


@cache
def revision_of(year: int) -> str | None:
    """Name the revision of the Harmonized System in force in a year; None before the first.

    Examples
    --------
    >>> revision_of(2021), revision_of(2022)
    ('HS2017', 'HS2022')
    """
    return next((name for start, name in sorted(REVISIONS.items(), reverse=True) if start <= year), None)


def first_year_of(revision: str) -> int:
    """First full year of a revision, by either of its names."""
    name = SHORT_REVISIONS.get(revision, revision)
    return next(start for start, known in REVISIONS.items() if known == name)


def dotted(code: str) -> str:
    """Write a code as people read it: ``8541.40``, or the heading."""
    return f"{code[:4]}.{code[4:]}" if len(code) > 4 else code
