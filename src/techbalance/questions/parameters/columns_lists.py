"""Columns of answers about product lists."""

from __future__ import annotations

from typing import Final

from techbalance.questions.parameters.column import Column

LIST_COLUMNS: Final[dict[str, Column]] = {
    "list_id": Column("code", "", "Name of the product list"),
    "codes": Column("count", "codes", "Codes of the list, those marked as outside it too"),
    "listed_codes": Column("count", "codes", "Codes that are on the list"),
    "groups": Column("count", "groups", "Groups of the list"),
    "trade_year": Column("code", "", "Newest year of which trade by product is held"),
    "known_codes": Column("count", "codes", "Ten-digit codes known under the list's codes"),
    "held_codes": Column(
        "count", "codes", "Those of them whose trade is held one by one, or known to be none"
    ),
    "covered_usd": Column("money", "US dollars", "Trade of the year in the codes held one by one"),
    "from_group": Column("code", "", "Group in the first list; 00 outside it, null where it lacks the code"),
    "to_group": Column("code", "", "Group in the second list; 00 outside it, null where it lacks the code"),
    "effect_usd": Column(
        "money",
        "US dollars",
        "Value by the second list less value by the first, on the same trade; effects add up",
    ),
}
