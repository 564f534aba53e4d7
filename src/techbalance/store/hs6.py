"""How is the file of yearly trade by six-digit product opened? As typed rows, every number checked.

Its licence does not let it ship: it is read from where the user puts outside data (``store.outside``). It
is what Comtrade, and for one partner the tariff commission, give for the United States.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import duckdb
import ibis

from techbalance.errors import SchemaError
from techbalance.store import outside, reading

if TYPE_CHECKING:
    from pathlib import Path

    from techbalance.store.catalogue import Store

FILE: Final = "trade/us_hs6_annual_CHN_MEX_VNM_TWN.csv.gz"
FLOWS: Final = {"import": "M", "export": "X"}
# Column of the typed table: column of the file, type, and whether it has to be there in every row.
FIELDS: Final[dict[str, tuple[str, str, bool]]] = {
    "year": ("ref_year", "int64", True),
    "partner": ("partner_iso", "string", True),
    "flow": ("flow_code", "string", True),
    "edition": ("classification_code", "string", True),
    "product": ("cmd_code", "string", True),
    "value_usd": ("primary_value", "float64", True),
    "cif_usd": ("cifvalue", "float64", False),
    "unit": ("qty_unit_abbr", "string", False),
    "quantity": ("qty", "float64", False),
    "weight_kg": ("net_wgt", "float64", False),
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


def open_hs6(store: Store) -> ibis.Table:
    """Open the file of yearly trade by six-digit product and partner.

    Returns
    -------
    Table
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
    reading.said(path)
    view = "hs6_" + hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    try:
        raw = store.engine.text(path, view)
        if missing := [name for name, _, _ in FIELDS.values() if name not in raw.columns]:
            raise SchemaError(f"the file lacks the column {missing[0]!r}", where=path.name)
        typed = raw.select(**{name: raw[column].try_cast(kind) for name, (column, kind, _) in FIELDS.items()})
        wrong = {
            name: (raw[column].try_cast(kind).isnull() & (needed | (raw[column].length() > 0))).sum()
            for name, (column, kind, needed) in FIELDS.items()
        }
        (bad,) = store.fetch_rows(raw.aggregate(**wrong))
    except duckdb.Error as failed:
        first = str(failed).splitlines()[0]
        raise SchemaError("the file cannot be read", where=f"{path.name}: {first}") from failed
    for name, count in bad.items():
        if count:
            column, kind, _ = FIELDS[name]
            raise SchemaError(f"{count:,} rows have no {kind} in {column}", where=path.name)
    return typed.mutate(unit=ibis.ifelse(typed.unit == NO_UNIT, ibis.null("string"), typed.unit))
