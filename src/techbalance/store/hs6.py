"""How is the file of yearly trade by six-digit product read? As typed rows, every number checked.

Its licence does not let it ship: it is read from where the user puts outside data (``store.outside``). It is
what Comtrade, and for one partner the tariff commission, give for the United States.
"""

from __future__ import annotations

import gzip
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from techbalance.errors import SchemaError
from techbalance.store import outside

if TYPE_CHECKING:
    from pathlib import Path

    from techbalance.store.catalogue import Store

FILE: Final = "trade/us_hs6_annual_CHN_MEX_VNM_TWN.csv.gz"
FLOWS: Final = {"import": "M", "export": "X"}
# Column of the typed table: column of the file, type, and whether it has to be there in every row.
FIELDS: Final[dict[str, tuple[str, pa.DataType, bool]]] = {
    "year": ("ref_year", pa.int64(), True),
    "partner": ("partner_iso", pa.string(), True),
    "flow": ("flow_code", pa.string(), True),
    "edition": ("classification_code", pa.string(), True),
    "product": ("cmd_code", pa.string(), True),
    "value_usd": ("primary_value", pa.float64(), True),
    "cif_usd": ("cifvalue", pa.float64(), False),
    "unit": ("qty_unit_abbr", pa.string(), False),
    "quantity": ("qty", pa.float64(), False),
    "weight_kg": ("net_wgt", pa.float64(), False),
}
NO_UNIT: Final = "N/A"


def find_hs6(store: Store) -> Path:
    """Find the file.

    Raises
    ------
    NotCoveredError
        It is not there; the message says where to put it.
    """
    return outside.find(store, FILE, what="trade by six-digit product")


def read_hs6(store: Store) -> pa.Table:
    """Read the file of yearly trade by six-digit product and partner.

    Returns
    -------
    pyarrow.Table
        One row per year, partner, flow and product: ``year``; ``partner`` (ISO3); ``flow`` (``M``, ``X``);
        ``edition`` of the codes as the file calls it; ``product``; ``value_usd`` (nominal; imports at c.i.f.
        value where ``cif_usd`` equals it, at customs value where that is null); ``unit``, ``quantity``,
        ``weight_kg``, null where not given.

    Raises
    ------
    NotCoveredError
        It is not there.
    SchemaError
        It cannot be read, lacks a column, or holds something that is no number where one is needed.
    """
    path = find_hs6(store)
    return _read(outside.read_bytes(path), path.name)


@lru_cache(maxsize=1)
def _read(data: bytes, name: str) -> pa.Table:
    try:
        text = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as wrong:
        raise SchemaError("the file cannot be unpacked", where=name) from wrong
    kinds = {column: kind for column, kind, _ in FIELDS.values()}
    options = csv.ConvertOptions(
        column_types=kinds, include_columns=list(kinds), null_values=[""], strings_can_be_null=True
    )
    try:
        # One thread: only then does a refusal name the row.
        alone = csv.ReadOptions(use_threads=False)
        table = csv.read_csv(pa.BufferReader(text), read_options=alone, convert_options=options)
    except KeyError as wrong:
        missing = next((column for column in kinds if column in str(wrong)), "a column")
        raise SchemaError(f"the file lacks the column {missing!r}", where=name) from wrong
    except pa.ArrowInvalid as wrong:
        raise SchemaError("the file cannot be read", where=f"{name}: {wrong}") from wrong
    table = table.rename_columns(list(FIELDS))
    for field, (column, kind, needed) in FIELDS.items():
        values = table[field]
        if needed and values.null_count:
            raise SchemaError(f"{values.null_count:,} rows have no {column}", where=name)
        if pa.types.is_floating(kind) and not pc.all(pc.is_finite(values)).as_py():
            raise SchemaError(f"{column} holds something that is no number", where=name)
    unit = pc.if_else(pc.equal(table["unit"], NO_UNIT), None, table["unit"])
    return table.set_column(table.column_names.index("unit"), "unit", unit)
