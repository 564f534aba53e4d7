"""What are the industries of the world input-output tables of 2013 called?

Thirty-five industries of NACE Rev. 1, ``c1`` to ``c35`` (Timmer et al. 2012, WIOD working paper 10); names
shortened.
"""

from __future__ import annotations

from typing import Final

WIOD_INDUSTRIES: Final[dict[str, str]] = {
    "c1": "Agriculture, forestry, fishing",
    "c2": "Mining",
    "c3": "Food, beverages, tobacco",
    "c4": "Textiles and clothing",
    "c5": "Leather and footwear",
    "c6": "Wood",
    "c7": "Paper, printing, publishing",
    "c8": "Coke, refined petroleum, nuclear fuel",
    "c9": "Chemicals, pharmaceuticals included",
    "c10": "Rubber and plastics",
    "c11": "Other non-metallic minerals",
    "c12": "Metals and metal products",
    "c13": "Machinery",
    "c14": "Electrical and optical equipment",
    "c15": "Transport equipment",
    "c16": "Other manufacturing, recycling",
    "c17": "Electricity, gas, water",
    "c18": "Construction",
    "c19": "Motor vehicles: sale and repair; fuel",
    "c20": "Wholesale trade",
    "c21": "Retail trade",
    "c22": "Hotels and restaurants",
    "c23": "Inland transport",
    "c24": "Water transport",
    "c25": "Air transport",
    "c26": "Transport services, travel agencies",
    "c27": "Post and telecommunications",
    "c28": "Finance",
    "c29": "Real estate",
    "c30": "Renting of machinery, business services",
    "c31": "Public administration",
    "c32": "Education",
    "c33": "Health and social work",
    "c34": "Other services",
    "c35": "Private households as employers",
}
