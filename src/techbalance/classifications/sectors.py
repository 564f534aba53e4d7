"""Which sector of a world model makes a product? From tariff headings to sectors, as the models name them.

The sectors are those of Caliendo & Parro (2015): divisions of ISIC Rev. 3, some joined. A heading of the
Harmonized System is put where most of it is made; single products may lie elsewhere, so that results by group
are bounds over the sectors of the group and never a point.
"""

from __future__ import annotations

from typing import Final

# Chapters and headings by sector; the longest prefix counts. After the structure of ISIC Rev. 3.
_BY_SECTOR: Final[dict[str, str]] = {
    "Agriculture": "01 03 05 06 07 08 09 10 12 13 14",
    "Mining": "25 26 27",
    "Food": "02 04 11 15 16 17 18 19 20 21 22 23 24",
    "Textile": "41 42 43 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65",
    "Wood": "44 45 46",
    "Paper": "47 48 49",
    "Petroleum": "2706 2707 2708 2710 2712 2713 2715 2844 8401",
    "Chemicals": "28 29 30 31 32 33 34 35 36 37 38",
    "Plastic": "39 40",
    "Minerals": "68 69 70",
    "Basic metals": "7106 7107 7108 7109 7110 7111 72 7303 7304 7305 7306 74 75 76 78 79 80 81",
    "Metal products": "73 82 83 8402 8403 8404 93",
    "Machinery n.e.c": "84 8509 8510 8514 8515 8516 9301 9302 9303 9305 9306",
    "Office": "8470 8471 8472 8473",
    "Electrical": "85",
    "Communication": "8517 8518 8519 8520 8521 8522 8523 8524 8525 8526 8527 8528 8529 "
    "8532 8533 8534 8540 8541 8542",
    "Medical": "90 91",
    "Auto": "8701 8702 8703 8704 8705 8706 8707 8708 8716",
    "Other Transport": "86 87 88 89",
    "Other": "66 67 71 92 94 95 96 97 98 99",
}
SECTOR_OF: Final[dict[str, str]] = {
    code: sector for sector, codes in _BY_SECTOR.items() for code in codes.split()
}
GOODS: Final = tuple(_BY_SECTOR)

# Industries of WIOD 2013 by sector (Timmer et al. 2012, table 3; NACE Rev. 1 follows ISIC Rev. 3).
WIOD_OF: Final[dict[str, str]] = {
    "Agriculture": "c1",
    "Mining": "c2",
    "Food": "c3",
    "Textile": "c4",
    "Wood": "c6",
    "Paper": "c7",
    "Petroleum": "c8",
    "Chemicals": "c9",
    "Plastic": "c10",
    "Minerals": "c11",
    "Basic metals": "c12",
    "Metal products": "c12",
    "Machinery n.e.c": "c13",
    "Office": "c14",
    "Electrical": "c14",
    "Communication": "c14",
    "Medical": "c14",
    "Auto": "c15",
    "Other Transport": "c15",
    "Other": "c16",
}


def sector_of(code: str) -> str:
    """Name the sector of a product code of four or more digits.

    Parameters
    ----------
    code
        Code of the Harmonized System or of a tariff that extends it.

    Returns
    -------
    str
        One of ``GOODS``; ``Other`` for the special chapters 98 and 99, and for what no heading places.

    Examples
    --------
    >>> sector_of("8542310000"), sector_of("9018901000")
    ('Communication', 'Medical')
    """
    return SECTOR_OF.get(code[:4]) or SECTOR_OF.get(code[:2]) or "Other"
