"""Columns of answers that split a change into effects."""

from __future__ import annotations

from typing import Final

from techbalance.questions.parameters.column import Column

CHANGE_COLUMNS: Final[dict[str, Column]] = {
    "effect": Column("code", "", "What moved it; the effects of a part add up to its change"),
    "other_order_usd": Column(
        "money",
        "US dollars",
        "The effect with markets before products; null where order does not matter",
    ),
    "pairs": Column("count", "pairs", "Product x partner pairs behind the effect"),
    "entrant_share": Column(
        "ratio", "ratio", "Pairs that began over the last year; of exits, those that ended over the first"
    ),
    "from_margin": Column("ratio", "ratio", "Margin in the first year, in [0, 1]; null without sales"),
    "to_margin": Column("ratio", "ratio", "Margin in the last year, in [0, 1]; null without sales"),
    "match_share": Column(
        "ratio", "ratio", "Value of items with comparable quantities over all value, both years together"
    ),
    "laspeyres": Column("number", "", "Price index at the first year's quantities; 1 is no change"),
    "paasche": Column("number", "", "Price index at the last year's quantities; 1 is no change"),
    "fisher": Column(
        "number",
        "",
        "Mean of Laspeyres and Paasche; on the row quantity, Fisher's index of quantities",
    ),
    "tornqvist": Column("number", "", "Price index by mean shares in value; 1 is no change"),
    "chained_fisher": Column("number", "", "Fisher's price indices of each step multiplied; null over a gap"),
    "chained_tornqvist": Column("number", "", "Törnqvist's price indices of each step multiplied"),
    "from_unit_value": Column(
        "number", "US dollars per unit", "Value over quantity of matched items; null where units differ"
    ),
    "to_unit_value": Column("number", "US dollars per unit", "The same in the last year"),
    "quantity_unit": Column("text", "", "Unit of the quantity; null where several are added up"),
    "deflator": Column("code", "", "Price level divided by"),
    "deflator_ratio": Column("ratio", "ratio", "Price level of the last year over that of the first"),
    "from_constant_usd": Column(
        "money", "US dollars of dollars_of", "Value of the first year at the prices of dollars_of"
    ),
    "to_constant_usd": Column(
        "money", "US dollars of dollars_of", "Value of the last year at the prices of dollars_of"
    ),
    "dollars_of": Column("code", "", "Year at whose prices constant dollars are"),
    "dollar_ratio": Column(
        "ratio", "ratio", "Partner's currency per dollar, last year over first; above 1 the dollar rose"
    ),
    "duration": Column("count", "years", "Years for which a pair was traded without a gap"),
    "at_risk": Column("count", "spells", "Spells that lasted at least as long"),
    "ended": Column("count", "spells", "Spells that ended at this length"),
    "survival_share": Column("ratio", "ratio", "Kaplan-Meier share of spells that last longer, in [0, 1]"),
}
