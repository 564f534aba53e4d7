"""How is the file of imports by ten-digit product and country read? As typed columns, every number checked.

It is all goods imports of the United States in two years; the record ships the part of it that is technology.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from pyarrow import csv

from techbalance.errors import SchemaError
from techbalance.store import outside

if TYPE_CHECKING:
    from techbalance.store.catalogue import Store

FILE: Final = "trade/us_imports_hts10_country_2024_2025.csv.gz"
_TEXT: Final = pa.dictionary(pa.int32(), pa.string())
# Column of the typed table: column of the file, and type.
FIELDS: Final[dict[str, tuple[str, pa.DataType]]] = {
    "year": ("YEAR", pa.int64()),
    "partner": ("CTY_CODE", _TEXT),
    "product": ("I_COMMODITY", _TEXT),
    "value_usd": ("GEN_VAL_YR", pa.int64()),
}


def read_hts10(store: Store) -> pa.Table:
    """Read the file of imports by ten-digit product and country; once for as long as its bytes stay the same.

    Returns
    -------
    pyarrow.Table
        One row per year, partner and product: ``year``, ``partner`` (Census code), ``product``, ``value_usd``
        (general imports, customs value, nominal); no nulls.

    Raises
    ------
    NotCoveredError
        It is not there; the message says where to put it.
    SchemaError
        It cannot be read, lacks a column, or holds something that is no number where one is needed.
    """
    path = outside.find(store, FILE, what="imports by ten-digit product")
    return _read(outside.read_bytes(path), path.name)


@lru_cache(maxsize=1)
def _read(data: bytes, name: str) -> pa.Table:
    kinds = dict(FIELDS.values())
    options = csv.ConvertOptions(column_types=kinds, include_columns=list(kinds), strings_can_be_null=True)
    try:
        with pa.CompressedInputStream(pa.BufferReader(data), "gzip") as text:
            table = csv.read_csv(text, convert_options=options)
    except KeyError as wrong:
        missing = next((column for column in kinds if column in str(wrong)), "a column")
        raise SchemaError(f"the file lacks the column {missing!r}", where=name) from wrong
    except (pa.ArrowInvalid, OSError) as wrong:
        raise SchemaError("the file cannot be read", where=f"{name}: {wrong}") from wrong
    table = table.rename_columns(list(FIELDS)).unify_dictionaries()
    for field, (column, _) in FIELDS.items():
        if table[field].null_count:
            raise SchemaError(f"{table[field].null_count:,} rows have no {column}", where=name)
    return table
