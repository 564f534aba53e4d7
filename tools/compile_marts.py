"""Compile what is added up at ingest, ahead of time, for every form of rows an ingest has.

``python -m tools.compile_questions`` writes it together with the questions.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

from techbalance.questions.marts import MARTS
from techbalance.sources.census_archive import open_archive
from techbalance.store.compiled import fingerprint
from techbalance.store.ingestion import mart_sql, years
from techbalance.store.ingestion.schemas import TRADE
from techbalance.store.ingestion.taking import BY_GROUP, BY_PRODUCT
from tools.census_archives import Plan, archive_bytes, archive_name, sample

if TYPE_CHECKING:
    import pyarrow as pa

TARGET = (
    Path(__file__).resolve().parent.parent / "src" / "techbalance" / "store" / "ingestion" / mart_sql.FILE
)


def compile_marts() -> str:
    """Write the SQL of every sum, by what it is found by, as JSON."""
    wanted = [
        *(
            (MARTS.by_product, _detail(flow, modes), BY_PRODUCT)
            for flow in ("import", "export")
            for modes in (True, False)
        ),
        (MARTS.by_group, TRADE, BY_GROUP),
        (MARTS.by_year, TRADE, years.BY_PRODUCT),
        (MARTS.by_group, TRADE, years.BY_GROUP),
    ]
    sql = {mart_sql.name_of(*one): mart_sql.compiled_now(*one) for one in wanted}
    return json.dumps({"fingerprint": fingerprint(mart_sql.MODULES), "sql": sql}, indent=1) + "\n"


def _detail(flow: str, modes: bool) -> pa.Schema:
    """The columns of the detail of a flow, as an ingest has them."""
    plan = Plan(flow=flow, rows=20, codes=sample(flow))
    archive = open_archive(io.BytesIO(archive_bytes(plan, 1)), archive_name(plan, 1))
    return next(iter(archive.detail(modes=modes, vintage=dt.date(2024, 1, 31), source_id="one"))).schema
