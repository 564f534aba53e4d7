"""Which figures, years, places and series does a sentence name? Each is marked where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from techbalance.claims.measures import UNITS
from techbalance.claims.statement import MOST_DIGITS
from techbalance.classifications.groups import GROUPS

if TYPE_CHECKING:
    from techbalance.claims.prose.sheet import Sheet

# A point is kept: its digits say how exact a figure claims to be. A comma only parts thousands.
_DIGITS: Final = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,{MOST_DIGITS}}})(?:\.\d{{1,{MOST_DIGITS}}})?"
_SCALES: Final = {
    "": "usd",
    "thousand": "usd_thousand",
    "k": "usd_thousand",
    "million": "usd_million",
    "mn": "usd_million",
    "m": "usd_million",
    "billion": "usd_billion",
    "bn": "usd_billion",
    "b": "usd_billion",
    "trillion": "usd_trillion",
    "tn": "usd_trillion",
}
_SCALE: Final = r"thousand|million|billion|trillion|mn|bn|tn|[kmb]"
_AFTER: Final = r"(?![\w%]|[.,]?\d|-\d)"
_MONEY: Final = re.compile(
    rf"(?<![\w.,])(?P<sign>-)?\s?(?:US\s?\$|\$|USD\s?)\s?(?P<minus>-)?(?P<digits>{_DIGITS})"
    rf"(?:[\s-]?(?P<scale>{_SCALE}))?(?:\s(?:US\s)?dollars)?{_AFTER}"
    rf"|(?<![\w.,$€£¥])(?P<bare_sign>-)?(?P<bare>{_DIGITS})[\s-](?P<bare_scale>{_SCALE})\s(?:US\s)?dollars?{_AFTER}",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(
    rf"(?<![\w.,])(?P<sign>-)?(?P<digits>{_DIGITS})[\s-]?(?:%|percent\b|per\scent\b|pct\b)(?!\s?points?)(?!-)",
    re.IGNORECASE,
)
_COUNTS: Final = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10",
}  # fmt: skip
_TIMES: Final = re.compile(
    rf"\b(?:(?P<word>{'|'.join(_COUNTS)})|(?P<digits>{_DIGITS}))\stimes(?=\sas\s(?:much|many|large|big))|\b(?P<twice>twice)(?=\sas\s(?:much|large|big))",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"(?<![\w.,$-])(19[5-9]\d|20[0-9]\d)(?!\w|[.,]\d|%)")
_UNITED_STATES: Final = re.compile(
    r"\b(?:[Tt]he )?(?:United States(?: of America)?(?:'s?)?|U\.S\.(?:A\.)?(?:'s)?(?=\W|$)|USA?(?:'s)?\b)"
    r"|\bAmerica(?:n|'s)?\b"
)

_HIGH_TECH: Final = r"(?:advanced|high|hi)[\s-]tech(?:nology)?(?:[\s-](?:products?|goods))?"
SERIES_PHRASES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (rf"{_HIGH_TECH}\s\(ATP\)|{_HIGH_TECH}|ATP(?:[\s-](?:products?|goods))?", ("atp",)),
    (r"goods[\s-]and[\s-]services|goods\s&\sservices", ("goods_services_bop",)),
    (r"(?:goods|merchandise)\s\(census\sbasis\)|census[\s-]basis\s(?:goods|merchandise)", ("goods_census",)),
    (
        r"(?:goods|merchandise)\s\((?:BOP|balance[\s-]of[\s-]payments)\sbasis\)|BOP[\s-]basis\sgoods",
        ("goods_bop",),
    ),
    (r"services", ("services_bop",)),
    (r"intellectual[\s-]property|IP(?=[\s,.']|$)", ("ip",)),
    (
        r"merchandise|goods(?=\s+(?:trade\s)?(?:deficit|surplus|balance|exports?|imports?))|(?<=\bin\s)goods|(?<=\bof\s)goods",
        ("goods_census", "goods_bop"),
    ),
)
# Groups by names that mean nothing else. The others ("aerospace") also mean all trade of that kind, so they
# count as groups only where advanced technology is named.
_OWN_NAMES: Final = {
    r"information\s(?:and|&)\scommunications?(?:\stechnolog(?:y|ies))?|ICT": "04",
    r"opto[\s-]?electronics": "03",
    r"flexible\smanufacturing": "06",
    r"nuclear\stechnology": "10",
    r"life[\s-]sciences?": "02",
}
_SHARED_NAMES: Final = {
    r"biotechnology|biotech": "01",
    r"electronics": "05",
    r"advanced\smaterials": "07",
    r"aerospace": "08",
    r"weapons": "09",
}


@dataclass(frozen=True)
class Stated:
    """One figure as it is written.

    Parameters
    ----------
    digits
        Its digits and sign, without separators.
    unit
        ``usd_billion``, ``percent``, ``ratio`` ...
    """

    digits: str
    unit: str

    def __str__(self) -> str:
        form = UNITS[self.unit]
        sign = "\N{MINUS SIGN}" if self.digits.startswith("-") else ""
        return f"{sign}{form.before}{self.digits.removeprefix('-')}{form.after}"


@dataclass(frozen=True)
class Named:
    """A partner or country: its code and the name that was written."""

    code: str
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Vocabulary:
    """What the store has names for.

    Parameters
    ----------
    partners
        Names of partners and areas in lower case, and the code each is asked for by.
    codes
        ISO3 codes and names of areas, told from words by their capitals.
    first_years
        The first year held of each series.
    known
        What each name or code, in lower case, is asked for by, where that is another.
    """

    partners: Mapping[str, str]
    codes: frozenset[str]
    first_years: Mapping[str, int]
    known: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = "|".join(re.escape(name) for name in sorted(self.partners, key=len, reverse=True))
        codes = "|".join(re.escape(code) for code in sorted(self.codes))
        pattern = re.compile(rf"(?<![\w-])(?:[Tt]he )?(?:(?P<name>(?i:{names}))|(?P<code>{codes}))(?![\w-])")
        object.__setattr__(self, "pattern", pattern)

    pattern: re.Pattern[str] = re.compile("")


def mark_everything(sheet: Sheet, vocabulary: Vocabulary) -> None:
    """Mark figures, years, the United States, partners, groups and series, in this order.

    What is marked is not read a second time: the "goods" of "advanced technology goods" is no series.
    """
    sheet.mark("stated", _MONEY, _money)
    sheet.mark("stated", _PERCENT, lambda match: Stated(_number(match["digits"], match["sign"]), "percent"))
    sheet.mark("stated", _TIMES, _times)
    sheet.mark("year", _YEAR, lambda match: int(match[1]))
    sheet.mark("us", _UNITED_STATES, lambda match: match[0])
    for pattern, series in SERIES_PHRASES[:4]:
        sheet.mark("series", _anywhere(pattern), lambda _, series=series: series)  # type: ignore[misc]
    for pattern, code in _OWN_NAMES.items():
        sheet.mark("group", _anywhere(pattern), lambda _, code=code: code)  # type: ignore[misc]
    for pattern, code in _SHARED_NAMES.items():
        sheet.mark("anygroup", _anywhere(pattern), lambda match, code=code: Named(code, match[0]))  # type: ignore[misc]
    sheet.mark("partner", vocabulary.pattern, lambda match: _partner(match, vocabulary))
    for pattern, series in SERIES_PHRASES[4:]:
        sheet.mark("series", _anywhere(pattern), lambda _, series=series: series)  # type: ignore[misc]
    sheet.lower()


def group_name(code: str) -> str:
    """Name of a group for a reader."""
    return GROUPS[code]


def _anywhere(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@-])(?:{pattern})(?![\w-])", re.IGNORECASE)


def _number(digits: str, sign: str | None) -> str:
    return ("-" if sign else "") + digits.replace(",", "")


def _money(match: re.Match[str]) -> Stated | None:
    if match["bare"]:
        return Stated(_number(match["bare"], match["bare_sign"]), _SCALES[match["bare_scale"].lower()])
    sign = match["sign"] or match["minus"]
    return Stated(_number(match["digits"], sign), _SCALES[(match["scale"] or "").lower()])


def _times(match: re.Match[str]) -> Stated:
    digits = "2" if match["twice"] else _COUNTS.get((match["word"] or "").lower(), match["digits"])
    return Stated(_number(digits, None), "ratio")


def _partner(match: re.Match[str], vocabulary: Vocabulary) -> Named:
    found = match["name"] or match["code"]
    plain = found.casefold()
    return Named(vocabulary.partners.get(plain) or vocabulary.known.get(plain, found), found)
