"""Which columns does stored trade have? One schema for products by month and year, one for groups."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

_TEXT, _MONEY, _DATE = pa.string(), pa.int64(), pa.date32()

# Sums of a month or year; what a flow does not have is null.
VALUES: Final = (
    "general_usd",
    "general_cif_usd",
    "general_qty_1",
    "consumption_usd",
    "consumption_qty_1",
    "dutiable_usd",
    "duty_usd",
    "export_usd",
    "domestic_usd",
    "export_qty_1",
)
IMPORT_VALUES: Final = VALUES[:7]
EXPORT_VALUES: Final = VALUES[7:]

_HEAD: Final = [("reporter", _TEXT), ("flow", _TEXT), ("system", _TEXT)]
_WHEN: Final = [
    ("partner", _TEXT),
    ("period", _TEXT),
    ("year", pa.int16()),
    ("month", pa.int8()),
    ("freq", _TEXT),
    ("months", pa.int8()),
]
_TAIL: Final = [
    ("group", _TEXT),
    ("match", _TEXT),
    ("list_year", pa.int16()),
    ("vintage", _DATE),
    ("source_id", _TEXT),
]

# One row per flow, product, partner and period of one block.
TRADE: Final = pa.schema(
    [*_HEAD, ("product", _TEXT), *_WHEN, *((name, _MONEY) for name in VALUES), ("unit_1", _TEXT), *_TAIL]
)
# One row per flow, group, match, partner and period of one block; ``products`` counts codes.
GROUPS: Final = pa.schema(
    [*_HEAD, *_WHEN, *((name, _MONEY) for name in VALUES), ("products", _MONEY), *_TAIL]
)
OWN_TABLES: Final = {
    "trade_month": TRADE,
    "trade_year": TRADE,
    "group_month": GROUPS,
    "group_year": GROUPS,
}
