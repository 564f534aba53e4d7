"""How is the file of imports by ten-digit product and country opened? As typed rows.

It is all goods imports of the United States in two years; the record ships the part of it that is technology.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import duckdb

from techbalance.errors import SchemaError
from techbalance.store import outside, reading

if TYPE_CHECKING:
    import ibis

    from techbalance.store.catalogue import Store

FILE: Final = "trade/us_imports_hts10_country_2024_2025.csv.gz"
# Column of the typed table: column of the file and type; every row needs each.
FIELDS: Final[dict[str, tuple[str, str]]] = {
    "year": ("YEAR", "int64"),
    "partner": ("CTY_CODE", "string"),
    "product": ("I_COMMODITY", "string"),
    "value_usd": ("GEN_VAL_YR", "int64"),
}


def open_hts10(store: Store) -> ibis.Table:
    """Open the file of imports by ten-digit product and country.

    Returns
    -------
    Table
        One row per year, partner and product: ``year``, ``partner`` (Census code), ``product``, ``value_usd``
        (general imports, customs value, nominal). A year or value that is no number is null: whoever adds
        them up refuses it, so that the file is read once.

    Raises
    ------
    NotCoveredError
        It is not there; the message says where to put it.
    SchemaError
        It cannot be read, or lacks a column.
    """
    path = outside.find(store, FILE, what="imports by ten-digit product")
    reading.said(path)
    view = "hts10_" + hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    try:
        raw = store.engine.text(path, view)
        if missing := [name for name, _ in FIELDS.values() if name not in raw.columns]:
            raise SchemaError(f"the file lacks the column {missing[0]!r}", where=path.name)
        return raw.select(**{name: raw[column].try_cast(kind) for name, (column, kind) in FIELDS.items()})
    except duckdb.Error as failed:
        first = str(failed).splitlines()[0]
        raise SchemaError("the file cannot be read", where=f"{path.name}: {first}") from failed
