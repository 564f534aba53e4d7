"""Stores with a few rows of their own beside the record's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from techbalance import record


@pytest.fixture(scope="session")
def figures_of_2024() -> pa.Table:
    """The record's rows of the newest balance of 2024: exports and imports."""
    table = pq.read_table(record.path("headline"))
    keep = pc.and_(pc.equal(table["series"], "atp"), pc.equal(table["period"], "2024"))
    rows = table.filter(keep)
    newest = pc.max(rows["vintage"])
    return rows.filter(pc.equal(rows["vintage"], newest))


Own = Callable[..., Path]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    """Write a table's own file into a store, and give the store's folder."""

    def write(rows: pa.Table, table: str = "headline", name: str = "own.parquet") -> Path:
        folder = tmp_path / "tables" / table
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, folder / name)
        return tmp_path

    return write


@pytest.fixture
def replaced() -> Callable[..., pa.Table]:
    """Put other values in the place of a column."""

    def put(table: pa.Table, **columns: Any) -> pa.Table:
        for name, values in columns.items():
            place = table.schema.get_field_index(name)
            array = (
                values if isinstance(values, pa.Array) else pa.array(values, table.schema.field(name).type)
            )
            table = table.set_column(place, name, array)
        return table

    return put
