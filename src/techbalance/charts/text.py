"""How are figures written in words: money, percent, percentage points, years and lists?"""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MINUS = "\u2212"
DASH = "\u2013"
ELLIPSIS = "\u2026"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_COUNTS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_WITH_ARTICLE = ("United ", "Netherlands", "Philippines", "Bahamas", "Czech Republic", "Russian Federation")

_DESCRIPTION = 72
"""Longest official description in a chart, in characters."""
_SCALES = ((10**9, "bn"), (10**6, "m"))
_ACRONYMS = frozenset(["ADP", "CPU", "EPA", "GPS", "LCD", "LED", "NESOI", "RAM", "ROM", "TV", "USB", "UV"])
# Widths of characters as a share of the font size, as in DejaVu Sans, the widest font that browsers put in
# place of those of the theme.
_WIDTHS = {
    **dict.fromkeys(" .,:;'|!iljtfrI()[]", 0.4),
    **dict.fromkeys("0123456789$_", 0.64),
    **dict.fromkeys("+−→←<>=", 0.84),
    **dict.fromkeys("mwMW%@", 0.98),
}
_LOWER, _UPPER, _BOLD = 0.62, 0.71, 1.12


def number(value: int | float | Decimal, digits: int = 1) -> str:
    """Write a number with thousands separated and a true minus; a rounded zero carries no sign."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):,.{digits}f}"


def money(usd: int | float, digits: int = 1) -> str:
    """Write whole US dollars as ``$294.4bn``, ``$72.8m`` or ``$804,000``, with a true minus.

    A figure that rounds to a thousand of one unit is written as one of the next.
    """
    sign = MINUS if usd < 0 else ""
    size = Decimal(str(abs(usd)))
    for unit, name in _SCALES:
        if round(size / (unit // 1000), digits) >= 1000:
            return f"{sign}${number(size / unit, digits)}{name}"
    whole = number(size, 0)
    return f"{sign if whole != '0' else ''}${whole}"


def size(usd: int | float, digits: int = 1) -> str:
    """Write money without its sign, for sentences that say deficit, surplus, rise or fall in words."""
    return money(abs(usd), digits)


def signed(usd: int | float, digits: int = 1) -> str:
    """Write a change in money with its sign, ``+$4.5bn`` or ``−$4.5bn``; no change is ``$0``."""
    text = money(usd, digits)
    return text if usd <= 0 else f"+{text}"


def billions(usd: int | float, digits: int = 1) -> str:
    """Write dollars as a bare number of billions, for cells under a ``$bn`` head."""
    return number(Decimal(str(usd)) / 10**9, digits)


def signed_billions(usd: int | float, digits: int = 1) -> str:
    """Write a change as a bare number of billions with its sign; what rounds to zero has none."""
    shown = billions(usd, digits)
    return f"+{shown}" if usd > 0 and shown != number(0, digits) else shown


def side(usd: int | float) -> str:
    """Name the sign of a balance: ``deficit``, ``surplus`` or ``balance`` for zero."""
    if usd < 0:
        return "deficit"
    return "surplus" if usd > 0 else "balance"


def percent(ratio: float, digits: int = 1) -> str:
    """Write a ratio as percent: 0.336 is ``33.6%``."""
    return f"{number(Decimal(str(ratio)) * 100, digits)}%"


def points(difference: float, digits: int = 1) -> str:
    """Write a difference of two ratios as percentage points: 0.03 is ``3.0 percentage points``."""
    text = number(Decimal(str(difference)) * 100, digits)
    return f"{text} percentage point{'' if text.lstrip(MINUS) == number(1, digits) else 's'}"


def ordinal(rank: int) -> str:
    """Write a rank as ``1st``, ``2nd``, ``11th``."""
    ending = "th" if rank % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def years(values: Iterable[int]) -> str:
    """Write years as ranges: 2002, 2003, 2004, 2007 is ``2002–2004, 2007``."""
    spans: list[list[int]] = []
    for year in sorted(set(values)):
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}{DASH}{b}" for a, b in spans)


def month_name(year: int, month: int, *, short: bool = False) -> str:
    """Write a month as ``July 2026``, or ``Jul 2026``."""
    name = MONTHS[month - 1]
    return f"{name[:3] if short else name} {year}"


def vintage(dates: Iterable[datetime.date]) -> str:
    """Name the vintages of a figure's rows: ``vintage October 2026``, or the first and last of several."""
    held = sorted(set(dates))
    if not held:
        return "vintage not stated"
    first, last = (month_name(day.year, day.month) for day in (held[0], held[-1]))
    return f"vintage {last}" if first == last else f"vintages {first} to {last}"


def listing(items: Sequence[str], last: str = "and") -> str:
    """Join words as ``a``, ``a and b`` or ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Write a count with its noun: ``1 year``, ``7 years``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def spelled(count: int) -> str:
    """Write a count that opens a sentence: in letters up to twelve, else in figures."""
    return _COUNTS[count].capitalize() if 0 < count < len(_COUNTS) else f"{count:,}"


def country(name: str, *, opening: bool = False) -> str:
    """Put the article before a country's name that takes one."""
    if not name.startswith(_WITH_ARTICLE):
        return name
    return f"{'The' if opening else 'the'} {name}"


def sentence(text: str) -> str:
    """Put an official description that is all capitals into sentence case; others stay as they are."""
    if text != text.upper():
        return text
    spaced = re.sub(r"\s*([,;])\s*", r"\1 ", text.strip())
    lowered = re.sub(r"[A-Z]+", lambda word: word[0] if word[0] in _ACRONYMS else word[0].lower(), spaced)
    return lowered[:1].upper() + lowered[1:]


def clause(text: str, limit: int = 60) -> str:
    """Return the leading words of an official description, up to a comma or a qualification."""
    head = re.split(r"[;(]| exclud|,? nesoi", sentence(text), maxsplit=1, flags=re.IGNORECASE)[0].strip()
    if len(head) <= limit:
        return head
    comma = head.rfind(",", 0, limit + 1)
    return head[:comma] if comma >= limit // 2 else shorten(head, limit)


def brief(items: Sequence[str], most: int = 3) -> str:
    """Join words as ``listing`` does, counting those after the first few: ``a, b, c and 5 others``."""
    if len(items) <= most + 1:
        return listing(items)
    return listing([*items[:most], counted(len(items) - most, "other")])


def tariff_code(code: str) -> str:
    """Write a code of eight or ten digits with its dots, ``8471.50.0150``; others stay as they are."""
    return f"{code[:4]}.{code[4:6]}.{code[6:]}" if code.isdigit() and len(code) in {8, 10} else code


def product(code: str, name: str) -> str:
    """Write a product's code and official description on one line, cut where no chart has room for more."""
    return f"{tariff_code(code)} {shorten(sentence(name), _DESCRIPTION)}"


def plain(value: object) -> str | None:
    """Write any value as text; null stays null."""
    return None if value is None else str(value)


def shorten(text: str, limit: int) -> str:
    """Cut a text to at most ``limit`` characters at a word's end, with an ellipsis where it was cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head = cut.rsplit(" ", 1)[0] if " " in cut else cut
    return head.rstrip(" ,;&(") + ELLIPSIS


def pixels(text: str, font_size: float, *, bold: bool = False) -> float:
    """Estimate, from above, how many pixels a text takes in the sans-serif fonts of the theme."""
    widths = (_WIDTHS.get(c, _UPPER if c.isupper() else _LOWER) for c in text)
    return sum(widths) * font_size * (_BOLD if bold else 1.0)


def wrap(text: str, width: float, font_size: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines of at most ``width`` pixels; a longer word gets a line of its own."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and pixels(longer, font_size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def balance_lines(text: str, width: float, font_size: float, *, bold: bool = False) -> list[str]:
    """Break a title into as few lines as fit, and those as equal in length as they can be."""
    lines = wrap(text, width, font_size, bold=bold)
    narrower = width
    while narrower > width / 2:
        narrower -= font_size / 2
        closer = wrap(text, narrower, font_size, bold=bold)
        if len(closer) > len(lines):
            break
        lines = closer
    return lines
