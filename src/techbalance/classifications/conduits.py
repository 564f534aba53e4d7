"""Which economies' receipts for intellectual property may be shifted profits?

The ten economies that host most of the world's investment without real activity, after Damgaard,
Elkjaer & Johannesen (2019), "The Rise of Phantom Investments", Finance & Development 56(3), IMF. The mark
is a caution beside a figure; it changes no figure.
"""

from __future__ import annotations

from typing import Final

SOURCE: Final = "Damgaard, Elkjaer & Johannesen 2019, Finance & Development 56(3)"

CONDUITS: Final[dict[str, str]] = {
    "BMU": "Bermuda",
    "CHE": "Switzerland",
    "CYM": "Cayman Islands",
    "HKG": "Hong Kong",
    "IRL": "Ireland",
    "LUX": "Luxembourg",
    "MUS": "Mauritius",
    "NLD": "Netherlands",
    "SGP": "Singapore",
    "VGB": "British Virgin Islands",
}
