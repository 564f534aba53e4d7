"""Which imports are advanced technology, product by product and partner by partner?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from techbalance.classifications.match import OUTSIDE, classify

from . import schemas

if TYPE_CHECKING:
    from pathlib import Path

    from ibis import Table

    from .publications import Publication

FILE = "trade/us_imports_hts10_country_2024_2025.csv.gz"
SOURCE = "census-hts10-2026-10"

MEASURES = {
    "general_usd": "GEN_VAL_YR",
    "consumption_usd": "CON_VAL_YR",
    "dutiable_usd": "DUT_VAL_YR",
    "duty_usd": "CAL_DUT_YR",
}


def classified_trade(data: Path, membership: pa.Table, publications: dict[str, Publication]) -> Table:
    """Read and classify the ten-digit imports; one row per product, partner and year."""
    engine = ibis.duckdb.connect()
    raw = engine.read_csv(data / FILE, all_varchar=True, header=True)
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
        **{name: raw[column].cast("int64") for name, column in MEASURES.items()},
        vintage=ibis.literal(publications[SOURCE].vintage),
        source_id=ibis.literal(SOURCE),
    )
    return classify(rows, ibis.memtable(membership)).cache()


def listed_trade(classified: Table) -> pa.Table:
    """Keep the rows in a technology group and those no list decides: table ``trade``."""
    kept = classified.filter((classified.group != OUTSIDE) | (classified.match == "undecided"))
    return _arrow(kept, schemas.TRADE)


def outside_trade(classified: Table) -> pa.Table:
    """Sum what is decided not to be advanced technology: table ``trade_outside_list``."""
    outside = classified.filter((classified.group == OUTSIDE) & (classified.match != "undecided"))
    keys = ["reporter", "flow", "partner", "period", "year", "match", "list_year", "vintage", "source_id"]
    sums = {name: outside[name].sum() for name in MEASURES}
    return _arrow(
        outside.group_by(keys).agg(products=outside["product"].nunique(), **sums), schemas.TRADE_OUTSIDE_LIST
    )


def _arrow(expression: Table, spec: schemas.TableSpec) -> pa.Table:
    columns = [expression[field.name] for field in spec.schema]
    return expression.select(*columns).to_pyarrow().cast(spec.schema)
