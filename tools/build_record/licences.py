"""May a source's figures ship with the package, and which credit do they carry?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techbalance.errors import LicenceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .publications import Publication

# Dedications to the public domain, and the one licence that asks for no more than credit. Share-alike,
# non-commercial and no-derivatives variants of Creative Commons do not match on purpose.
SHIPPABLE = re.compile(r"public domain|CC0(?: 1\.0)?|ODC-PDDL(?: 1\.0)?|CC BY(?: [234]\.0)?", re.ASCII)
CREDIT_ASKED = re.compile(r"CC BY(?: [234]\.0)?", re.ASCII)

HEADING = """\
Figures in this folder that are used under a licence asking for credit.
All other figures are in the public domain; sources.json names the publisher of each.
"""


def require_shippable(publications: Iterable[Publication]) -> None:
    """Refuse to build from a source that may not be shipped.

    Raises
    ------
    LicenceError
        A licence is not public domain, CC0, ODC-PDDL or CC BY.
    """
    for publication in publications:
        if SHIPPABLE.fullmatch(publication.licence) is None:
            raise LicenceError(
                f"the licence {publication.licence!r} does not allow the figures to ship",
                where=f"source {publication.source_id}",
                remedy="Leave the source out, and let users read it from where they keep it",
            )


def attribution(publications: Iterable[Publication]) -> str:
    """Write the credit that the CC BY sources ask for, one paragraph each."""
    asked = [p for p in publications if CREDIT_ASKED.fullmatch(p.licence)]
    paragraphs = [
        f"{p.publisher}, {p.title}. {p.address}\n"
        f"Licence: {p.licence} (https://creativecommons.org/licenses/by/4.0/). Vintage {p.vintage}.\n"
        f"Changes: {p.changes}\n"
        for p in sorted(asked, key=lambda p: p.source_id)
    ]
    return "\n".join([HEADING, *paragraphs])
