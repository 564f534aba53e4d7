"""Which imports are advanced technology, product by product and partner by partner?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from techbalance.classifications.match import OUTSIDE, classify

from . import schemas
from .reading import require_file

if TYPE_CHECKING:
    from pathlib import Path

    from .publications import Publication

FILE = "trade/us_imports_hts10_country_2024_2025.csv.gz"
SOURCE = "census-hts10-2026-10"

TEXT = ("YEAR", "CTY_CODE", "I_COMMODITY")
MEASURES = {
    "general_usd": "GEN_VAL_YR",
    "consumption_usd": "CON_VAL_YR",
    "dutiable_usd": "DUT_VAL_YR",
    "duty_usd": "CAL_DUT_YR",
}


def classified_trade(data: Path, membership: pa.Table, publications: dict[str, Publication]) -> pa.Table:
    """Read and classify the ten-digit imports; one row per product, partner and year."""
    types = {**dict.fromkeys(TEXT, pa.string()), **dict.fromkeys(MEASURES.values(), pa.int64())}
    options = pa.csv.ConvertOptions(column_types=types, include_columns=list(types))
    raw = ibis.memtable(pa.csv.read_csv(require_file(data / FILE), convert_options=options))
    rows = raw.select(
        reporter=ibis.literal("USA"),
        flow=ibis.literal("import"),
        system=ibis.literal("HTS"),
        product=raw.I_COMMODITY,
        partner=raw.CTY_CODE,
        period=raw.YEAR,
        year=raw.YEAR.cast("int16"),
        freq=ibis.literal("year"),
        months=ibis.literal(12, "int8"),
        **{name: raw[column] for name, column in MEASURES.items()},
        vintage=ibis.literal(publications[SOURCE].vintage),
        source_id=ibis.literal(SOURCE),
    )
    classified: pa.Table = classify(rows, ibis.memtable(membership)).to_pyarrow()
    return classified


def listed_trade(classified: pa.Table) -> pa.Table:
    """Keep the rows in a technology group and those no list decides: table ``trade``."""
    kept = classified.filter(pc.invert(_outside(classified)))
    return kept.select(schemas.TRADE.schema.names).cast(schemas.TRADE.schema)


def outside_trade(classified: pa.Table) -> pa.Table:
    """Sum what is decided not to be advanced technology: table ``trade_outside_list``."""
    spec = schemas.TRADE_OUTSIDE_LIST
    counted = {"product": "count_distinct", **dict.fromkeys(MEASURES, "sum")}
    keys = [c.name for c in spec.columns if c.name not in {"products", *MEASURES}]
    sums = classified.filter(_outside(classified)).group_by(keys).aggregate(list(counted.items()))
    named = {"product_count_distinct": "products", **{f"{name}_sum": name for name in MEASURES}}
    renamed = sums.rename_columns([named.get(name, name) for name in sums.column_names])
    return renamed.select(spec.schema.names).cast(spec.schema)


def _outside(classified: pa.Table) -> pa.ChunkedArray:
    undecided = pc.equal(classified["match"], "undecided")
    return pc.and_not(pc.equal(classified["group"], OUTSIDE), undecided)
