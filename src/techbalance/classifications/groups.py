"""Which technology groups are there, and what are they called?

The ten groups of the Census Bureau's Advanced Technology Products list. ``00`` marks a code that is on a
code list and not an Advanced Technology Product; ``all`` is the ten groups together.
"""

from __future__ import annotations

from typing import Final

from techbalance.errors import UnknownCodeError

ALL_GROUPS: Final = "all"
OUTSIDE: Final = "00"

GROUPS: Final[dict[str, str]] = {
    "01": "Biotechnology",
    "02": "Life Science",
    "03": "Opto-Electronics",
    "04": "Information & Communications",
    "05": "Electronics",
    "06": "Flexible Manufacturing",
    "07": "Advanced Materials",
    "08": "Aerospace",
    "09": "Weapons",
    "10": "Nuclear Technology",
}

_OTHER_NAMES: Final[dict[str, str]] = {
    "ict": "04",
    "information and communications": "04",
    "information & communications technology": "04",
    "opto electronics": "03",
    "optoelectronics": "03",
    "life sciences": "02",
    "nuclear": "10",
}


def group_code(text: str) -> str:
    """Turn ``4``, ``04`` or a name in any case into a group code.

    Parameters
    ----------
    text
        A code from ``01`` to ``10`` with or without its zero, or a name.

    Returns
    -------
    str
        Two digits.

    Raises
    ------
    UnknownCodeError
        Nobody knows the group; near misses are named.
    """
    plain = text.strip()
    if plain.isdigit() and plain.zfill(2) in GROUPS:
        return plain.zfill(2)
    by_name = {name.casefold(): code for code, name in GROUPS.items()} | _OTHER_NAMES
    found = by_name.get(plain.casefold())
    if found is None:
        raise UnknownCodeError.among("group", text, [*GROUPS, *GROUPS.values()])
    return found
