"""Which industry of an input-output table makes a product? From ISIC Rev. 3 to the industries of a table.

Products are assigned to ISIC Rev. 3 (a user's file says how); tables have industries of NACE Rev. 1 (WIOD
2013, ``c1`` to ``c35``, which follow ISIC Rev. 3) or of ISIC Rev. 4 (OECD, ``C26``, ``20T21``). The step from
Rev. 3 to Rev. 4 is made at the level of divisions after the correspondence of the UN Statistics Division
(ISIC Rev. 4, 2008, part five); a class that was divided has both divisions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Where technology products come from when nothing is known of them (METHODS E4): divisions of ISIC Rev. 4.
TECHNOLOGY_DIVISIONS: Final = ("21", "26", "27", "28", "30")
# The same in WIOD 2013: chemicals, machinery, electrical and optical equipment, transport equipment.
TECHNOLOGY_WIOD: Final = ("c9", "c13", "c14", "c15")

# Manufacturing divisions of ISIC Rev. 3 by industry of WIOD 2013 (Timmer et al. 2012, table 3).
_WIOD: Final[dict[str, str]] = {
    **dict.fromkeys(("15", "16"), "c3"),
    **dict.fromkeys(("17", "18"), "c4"),
    "19": "c5",
    "20": "c6",
    **dict.fromkeys(("21", "22"), "c7"),
    "23": "c8",
    "24": "c9",
    "25": "c10",
    "26": "c11",
    **dict.fromkeys(("27", "28"), "c12"),
    "29": "c13",
    **dict.fromkeys(("30", "31", "32", "33"), "c14"),
    **dict.fromkeys(("34", "35"), "c15"),
    **dict.fromkeys(("36", "37"), "c16"),
}
# Classes and divisions of ISIC Rev. 3 by division of Rev. 4; the longest prefix counts.
_REVISION_4: Final[dict[str, tuple[str, ...]]] = {
    "15": ("10", "11"),
    "17": ("13",),
    "21": ("17",),
    "22": ("18", "58"),
    "23": ("19",),
    "2330": ("20", "24"),
    "24": ("20",),
    "2423": ("21",),
    "2429": ("20", "26"),
    "25": ("22",),
    "26": ("23",),
    "27": ("24",),
    "28": ("25",),
    "29": ("28",),
    "2927": ("25", "30"),
    "2930": ("27",),
    "30": ("26",),
    "3000": ("26", "28"),
    "31": ("27",),
    "32": ("26",),
    "33": ("26",),
    "3311": ("26", "32"),
    "34": ("29",),
    "35": ("30",),
    "36": ("31", "32"),
}
_SPAN: Final = re.compile(r"^[A-Z]?(\d{2})(?:T(\d{2}))?[A-Z]?$")


def industries_of_class(isic3: str, industries: Sequence[str]) -> frozenset[str]:
    """Give the industries of a table that make the products of a class of ISIC Rev. 3.

    Parameters
    ----------
    isic3
        Class of ISIC Rev. 3, four digits.
    industries
        Industries of the table, as its publisher labels them.

    Returns
    -------
    frozenset of str
        One, several where the class was divided, none where the table shows no such industry.
    """
    if is_wiod(industries):
        return frozenset({_WIOD.get(isic3[:2], "")} & set(industries))
    divisions = next((_REVISION_4[isic3[:n]] for n in (4, 2) if isic3[:n] in _REVISION_4), ())
    return frozenset(label for label in industries if any(_covers(label, one) for one in divisions))


def technology_industries(industries: Sequence[str]) -> tuple[str, ...]:
    """Give the industries of a table that technology products come from when nothing more is known."""
    wanted: Iterable[str] = industries
    if is_wiod(industries):
        return tuple(label for label in wanted if label in TECHNOLOGY_WIOD)
    return tuple(label for label in wanted if any(_covers(label, one) for one in TECHNOLOGY_DIVISIONS))


def is_wiod(industries: Sequence[str]) -> bool:
    """Tell whether a table has the industries of WIOD 2013."""
    return set(TECHNOLOGY_WIOD) <= set(industries)


def _covers(label: str, division: str) -> bool:
    """Whether a label such as ``C26``, ``26`` or ``20T21`` holds a division."""
    span = _SPAN.match(label)
    return span is not None and span[1] <= division <= (span[2] or span[1])
