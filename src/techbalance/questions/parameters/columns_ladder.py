"""Columns of the answers about moving up the value chain."""

from __future__ import annotations

from typing import Final

from techbalance.questions.parameters.column import Column

LADDER_COLUMNS: Final[dict[str, Column]] = {
    # complexity
    "eci": Column(
        "ratio", "standard deviations", "Economic complexity of the country; null where none exists"
    ),
    "eci_rank": Column("count", "", "1 is the most complex country"),
    "diversity": Column("count", "products", "Products the country is specialised in"),
    "pci": Column("ratio", "standard deviations", "Complexity of the product; the notes name its scale"),
    "pci_rank": Column("count", "", "1 is the most complex product"),
    "ubiquity": Column("count", "countries", "Countries that are specialised in the product"),
    "density": Column(
        "ratio", "ratio", "Share of what is near the product that the country is specialised in"
    ),
    "is_specialised": Column("flag", "", "Whether the revealed advantage reaches the threshold"),
    "near": Column("code", "", "Product that is near"),
    "near_name": Column("name", "", "Name of the product that is near"),
    "proximity": Column(
        "ratio", "ratio", "Smaller share of either product's exporters that export the other too"
    ),
    # advantage
    "rca": Column("ratio", "ratio", "Revealed comparative advantage; 1 is the world's share"),
    "rsca": Column("ratio", "ratio", "The same between -1 and 1; 0 is the world's share"),
    "prody": Column("number", "income per head", "Mean income of those who export the product"),
    "expy": Column("number", "income per head", "Mean PRODY of what the country exports"),
    "exporters": Column("count", "countries", "Countries that export the product"),
    "exporters_without_income": Column("count", "countries", "Of them, those without an income; left out"),
    # similarity
    "similarity": Column(
        "ratio", "ratio", "Overlap of the two baskets, 0 to 1, at the level of level_digits"
    ),
    "coarse_similarity": Column("ratio", "ratio", "The same at the level of coarse_digits"),
    "level_digits": Column("count", "digits", "Digits of the product codes; null where they are no numbers"),
    "coarse_digits": Column("count", "digits", "Digits of the coarser level"),
    "shared_products": Column("count", "products", "Products in both baskets"),
    # trade both ways
    "trade_usd": Column("money", "US dollars", "Exports and imports of products with both flows known"),
    "gl": Column("ratio", "ratio", "Grubel-Lloyd: part of trade that goes both ways, 0 to 1"),
    "overlap": Column("ratio", "ratio", "Smaller flow over larger"),
    "uv_ratio": Column("ratio", "ratio", "Unit value of exports over that of imports"),
    "trade_type": Column(
        "code", "", "horizontal, vertical-high (exports dearer), vertical-low, or n/a without unit values"
    ),
    "two_way_share": Column("ratio", "ratio", "Trade in products with more than a tenth going both ways"),
    "horizontal_share": Column("ratio", "ratio", "Of all trade: both ways, at like unit values"),
    "high_share": Column("ratio", "ratio", "Of all trade: both ways, exports dearer"),
    "low_share": Column("ratio", "ratio", "Of all trade: both ways, exports cheaper"),
    "untyped_share": Column("ratio", "ratio", "Of all trade: both ways, a unit value missing"),
    "one_way_share": Column("ratio", "ratio", "Of all trade: one way; with the two-way kinds it adds to 1"),
    "products": Column("count", "products", "Products behind the figure"),
    # unit values
    "market_share": Column("ratio", "ratio", "Share of the supplier in the reporter's imports"),
    "unit_value": Column("number", "US dollars per unit", "Value over quantity, in the unit named"),
    "relative_unit_value": Column(
        "ratio", "ratio", "Over the median supplier of the product; over products a weighted geometric mean"
    ),
    "uv_rank": Column("count", "", "1 is the dearest supplier of the product"),
    "suppliers_compared": Column("count", "suppliers", "Suppliers of the product with a unit value"),
    "uv_position": Column(
        "ratio", "ratio", "Share of the other suppliers that are cheaper; 1 is the dearest, 0 the cheapest"
    ),
    "high_niche_share": Column(
        "ratio", "ratio", "Of what is compared: in products where it is in the dearest quarter"
    ),
    "low_niche_share": Column(
        "ratio", "ratio", "Of what is compared: in products where it is in the cheapest quarter"
    ),
    "compared_share": Column("ratio", "ratio", "Value in products where unit values can be compared"),
    "products_compared": Column("count", "products", "Products with two suppliers or more compared"),
    "quality": Column("ratio", "log points", "Quality inferred from demand; 0 is the mean supplier"),
    "slope": Column(
        "ratio", "log points", "Rise of unit value with income per head of the supplier, in logs"
    ),
    "products_left_out": Column("count", "products", "Products without two suppliers to compare"),
    # climb
    "evidence": Column("code", "", "What is looked at"),
    "reads": Column(
        "code", "", "for, against, even, scale (no rung by itself), or caveat; null where not held"
    ),
    "evidence_level": Column("code", "", "Which data it rests on"),
    "from_measure": Column("measured", "", "Value in the first year"),
    "to_measure": Column("measured", "", "Value in the last year"),
    "change_measure": Column("measured", "", "Last less first"),
    "says": Column("text", "", "The evidence in a sentence"),
    "stayed": Column("code", "", "entered, left, stayed, new code or ended code"),
    "from_market_share": Column(
        "ratio", "ratio", "Share of the partner in imports of the product, first year"
    ),
    "to_market_share": Column("ratio", "ratio", "The same in the last year"),
    "from_uv_position": Column("ratio", "ratio", "Share of other suppliers that are cheaper, first year"),
    "to_uv_position": Column("ratio", "ratio", "The same in the last year"),
    "from_relative_unit_value": Column("ratio", "ratio", "Unit value over the median supplier's, first year"),
    "to_relative_unit_value": Column("ratio", "ratio", "The same in the last year"),
    "from_uv_rank": Column("count", "", "Place by unit value in the first year; 1 is the dearest"),
    "to_uv_rank": Column("count", "", "The same in the last year"),
}
