"""METHODS F3 and F4: the stored vectors."""

import json
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from techbalance.indicators.innovation import location_quotient, log_gap

# Sixteen stored digits, a handful of operations.
EXACT = 1e-12


@pytest.fixture
def vectors(shared_reference: Path) -> dict[str, float]:
    text = (shared_reference / "golden_vectors.json").read_text(encoding="utf-8")
    return json.loads(text)["worked"]["F"]


def test_f3_log_gap(vectors: dict[str, float]) -> None:
    rows = ibis.memtable(
        pa.table({"country": ["A"], "year": [2023], "ideas_share": [0.30], "making_share": [0.10]})
    )
    gap = log_gap(rows).to_pyarrow().to_pylist()[0]["gap_log"]
    assert gap == pytest.approx(vectors["log_gap"], rel=EXACT)


def test_f4_location_quotient(vectors: dict[str, float]) -> None:
    rows = ibis.memtable(
        pa.table(
            {"country": ["A"], "industry": ["x"], "year": [1], "value_added_usd": [12], "gdp_usd": [100]}
        )
    )
    world = ibis.memtable(
        pa.table({"industry": ["x"], "year": [1], "world_value_added_usd": [119], "world_gdp_usd": [1000]})
    )
    quotient = location_quotient(rows, world).to_pyarrow().to_pylist()[0]["location_quotient"]
    assert quotient == pytest.approx(vectors["lq"], rel=EXACT)
