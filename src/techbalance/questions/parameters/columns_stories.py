"""Columns of answers about products over time."""

from __future__ import annotations

from typing import Final

from techbalance.questions.parameters.column import Column

STORY_COLUMNS: Final[dict[str, Column]] = {
    "share": Column("ratio", "ratio", "Value over that of all partners, in [0, 1]; null unless all are held"),
    "product_low_usd": Column(
        "money", "US dollars", "The least of the value that is the product, where codes hold other goods too"
    ),
    "product_high_usd": Column("money", "US dollars", "The most of the value that is the product"),
    "comparable_usd": Column(
        "money",
        "US dollars",
        "Value in codes that hold the same goods in every year shown; null where there are none",
    ),
    "held_share": Column(
        "ratio", "ratio", "Value over that of the partners held in every year, where not all are held"
    ),
    "quantity_share": Column("ratio", "ratio", "Share of the value that has a quantity, in [0, 1]"),
    "system": Column("code", "", "Code system, or revision of the Harmonized System, the codes are of"),
    "break_note": Column(
        "text", "", "break: values before and after are of different goods; seam: some left at the edge"
    ),
    # concordance
    "family": Column("code", "", "Family of codes, named by its smallest"),
    "family_kind": Column("code", "", "same, renamed, split, merge, mixed, born or died"),
    "family_size": Column("count", "codes", "Codes in the family"),
    "old_codes": Column("text", "", "Its codes in the first year"),
    "new_codes": Column("text", "", "Its codes in the last year"),
    "link_basis": Column(
        "code", "", "notice, or parent8 and parent6 (a guess by shared digits); the weakest of the family"
    ),
    "old_code": Column("code", "", "Code in the first year"),
    "new_code": Column("code", "", "Code in the last year"),
    "weight_low": Column("ratio", "ratio", "Weight, 5th percentile over draws of suppliers; 0 where open"),
    "weight": Column("ratio", "ratio", "Share of the old code's value that went to the new one, estimated"),
    "weight_high": Column("ratio", "ratio", "Weight, 95th percentile; 1 where nothing decides"),
    "heldout_error": Column(
        "ratio", "ratio", "Value put into a wrong code, where it was not used for the estimate; null for one"
    ),
}
