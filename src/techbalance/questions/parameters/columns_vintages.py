"""Columns of answers about revisions and releases."""

from __future__ import annotations

from typing import Final

from techbalance.questions.parameters.column import Column

VINTAGE_COLUMNS: Final[dict[str, Column]] = {
    "print": Column(
        "code",
        "",
        "first print, first held (an earlier print may exist), later or latest; only is the one vintage held",
    ),
    "revision_usd": Column(
        "money", "US dollars", "Value less that of the vintage before; null in the first; minus is down"
    ),
    "revision_ratio": Column(
        "ratio", "ratio", "Revision over the size of the value before; null in the first, and over zero"
    ),
    "from_first_usd": Column("money", "US dollars", "Value less that of the first vintage held"),
    "moved": Column("text", "", "What the revision did: larger deficit, smaller surplus, up, same ..."),
    "mean_absolute_revision_usd": Column(
        "money",
        "US dollars",
        "Mean size of latest less first, over the periods of the answer with two vintages or more",
    ),
    "printed_unit_usd": Column("money", "US dollars", "Last printed digit; 1 where whole dollars are held"),
    "verdicts": Column("text", "", "Statements whose verdict changed between the vintage before and this"),
    "compared": Column("text", "", "What is held against what"),
    "section": Column("code", "", "new month, revision, record or claim"),
    "was_usd": Column("money", "US dollars", "Value at the release before; null where it was not out yet"),
    "was_vintage": Column("date", "", "Day on which that value was current"),
    "now": Column("text", "", "What it says now"),
    "was": Column("text", "", "What it said at the release before"),
}
