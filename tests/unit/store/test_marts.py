"""Sums are the same however rows pass: as they are read, range by range, or all at once."""

import datetime as dt
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from techbalance.questions.marts import MARTS
from techbalance.sources.census_archive import open_archive
from techbalance.store.ingestion import mart_sql, marts
from techbalance.store.ingestion.passing import PassingSums
from techbalance.store.ingestion.taking import BY_PRODUCT, detail_writer
from tools.census_archives import Plan, archive_bytes, archive_name
from tools.compile_marts import TARGET, compile_marts

# Batches of some fifty records, so that products are cut in two.
BATCH_BYTES = 30_000
FEW = 200


def detail(flow: str) -> tuple[list[pa.RecordBatch], bool]:
    plan = Plan(flow=flow, rows=900)
    archive = open_archive(io.BytesIO(archive_bytes(plan, 2)), archive_name(plan, 2))
    batches = archive.detail(batch_bytes=BATCH_BYTES, vintage=dt.date(2024, 3, 31), source_id="one")
    return [batch for batch in batches if batch.num_rows], archive.is_by_product


def summed(path: Path, target: Path) -> pa.Table:
    marts.write_mart(MARTS.by_product, [path], target, BY_PRODUCT)
    return pq.read_table(target)


def stored(batches: list[pa.RecordBatch], path: Path) -> Path:
    with detail_writer(path, batches[0].schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return path


def test_the_shipped_sql_is_what_the_expressions_compile_to_now():
    assert TARGET.read_text(encoding="utf-8") == compile_marts(), "run python -m tools.compile_questions"
    assert mart_sql.shipped()


@pytest.mark.parametrize("flow", ["import", "export"])
def test_ranges_of_products_add_up_to_the_same_as_all_at_once(
    flow: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = stored(detail(flow)[0], tmp_path / "detail.parquet")
    at_once = summed(path, tmp_path / "at_once.parquet")
    monkeypatch.setattr(marts, "ROWS_AT_A_TIME", FEW)
    assert summed(path, tmp_path / "ranges.parquet").equals(at_once)
    assert at_once.num_rows > FEW


def test_rows_that_pass_add_up_to_the_same_as_their_file(tmp_path: Path):
    batches, in_order = detail("import")
    assert in_order
    assert len(batches) > 2
    target = tmp_path / "passing.parquet"
    with PassingSums(MARTS.by_product, target, BY_PRODUCT, in_order=True) as sums:
        for batch in batches:
            sums.add(batch)
        assert sums.finish()
    wanted = summed(stored(batches, tmp_path / "detail.parquet"), tmp_path / "file.parquet")
    assert pq.read_table(target).equals(wanted)


def test_products_in_another_order_are_not_added_up_in_passing(tmp_path: Path):
    batches, in_order = detail("export")
    assert not in_order
    for given in (batches, list(reversed(detail("import")[0]))):
        with PassingSums(MARTS.by_product, tmp_path / "passing.parquet", BY_PRODUCT, in_order=True) as sums:
            for batch in given:
                sums.add(batch)
            assert not sums.finish()
