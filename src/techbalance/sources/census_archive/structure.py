"""Does the archive describe its records as they are read? Its Documentation folder, where there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from techbalance.errors import CheckError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.census_archive.container import Container
    from techbalance.sources.census_archive.layouts import Layout

DOCUMENTATION: Final = "documentation"
# COMMODITY C 10, CARDS_MO N 15
LINE: Final = re.compile(r"\s*(?P<name>[A-Za-z]\w*)\s+(?P<kind>[CN])\s+(?P<width>\d{1,3})\s*", re.ASCII)
REMEDY: Final = "The publisher changed the layout: see whether a later version of techbalance reads it"
ENDINGS: Final = (".str", ".lay")


def compare(container: Container, layouts: Sequence[Layout], limit: int) -> None:
    """Hold descriptions of records against the layouts they are read by.

    A description that has no line of the known form is left alone.

    Raises
    ------
    CheckError
        A field has another name, width or kind, or there is one more or less.
    """
    by_stem = {form.name.replace("_", "").lower(): form for form in layouts}
    for member in container.members:
        stem, dot, ending = member.base.rpartition(".")
        form = by_stem.get(stem.replace("_", ""))
        if DOCUMENTATION not in member.folders or dot + ending not in ENDINGS or form is None:
            continue
        text = container.read(member, limit).decode("ascii", "replace")
        described = [
            (found["name"].lower(), found["kind"], int(found["width"]))
            for found in map(LINE.fullmatch, text.splitlines())
            if found
        ]
        if described:
            _compare(form, described, container.place(member))


def _compare(form: Layout, described: list[tuple[str, str, int]], place: str) -> None:
    # A number may be described as text where it is part of the key.
    wanted = [(name, field.kind, field.width) for name, field in form.by_name.items()]
    for number, (said, read) in enumerate(zip(described, wanted, strict=False), start=1):
        name, kind, width = said
        if name != read[0] or width != read[2] or (kind == "N") > (read[1] == "number"):
            raise CheckError(
                f"the archive describes field {number} as {name} {kind} {width}; "
                f"it is read as {read[0]}, {read[2]} bytes",
                where=place,
                remedy=REMEDY,
            )
    if len(described) != len(wanted):
        raise CheckError(
            f"the archive describes {len(described)} fields; {len(wanted)} are read",
            where=place,
            remedy=REMEDY,
        )
