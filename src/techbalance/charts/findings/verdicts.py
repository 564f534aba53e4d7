"""What do the verdicts of checked statements add up to?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Row


VERDICTS = (
    "reproduced",
    "reproduced-on-vintage",
    "definition-dependent",
    "differs",
    "not-covered",
    "interpretation",
)
"""The verdicts in the order they are shown."""


@dataclass(frozen=True, slots=True)
class VerdictFinding:
    """Statements by verdict.

    Parameters
    ----------
    claims
        The rows with a verdict, by verdict in the order of ``VERDICTS`` and by id.
    counts
        How many statements have each verdict that occurs, in the same order.
    """

    claims: list[Row]
    counts: dict[str, int]

    def count(self, *verdicts: str) -> int:
        """Return how many statements have one of the verdicts."""
        return sum(self.counts.get(verdict, 0) for verdict in verdicts)


def find_verdicts(listed: Sequence[Row]) -> VerdictFinding:
    """Group statements by verdict; one that is unknown comes after the known ones."""
    held = [row for row in listed if row["verdict"] is not None]
    order = {verdict: place for place, verdict in enumerate(VERDICTS)}
    held.sort(key=lambda row: (order.get(row["verdict"], len(order)), row["verdict"], row["claim_id"]))
    counts: dict[str, int] = {}
    for row in held:
        counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
    return VerdictFinding(held, counts)
