"""What does the Spark engine do where Spark or Ibis, left alone, would wrap around or refuse?"""

from collections.abc import Callable
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from techbalance.errors import StoreError
from techbalance.store.catalogue import Store

pytestmark = pytest.mark.cluster

LARGEST = 2**63 - 1


@pytest.fixture
def table(tmp_path: Path, on_spark: Store) -> Callable[..., ibis.Table]:
    def opened(**columns: list[object]) -> ibis.Table:
        path = tmp_path / f"rows{len(list(tmp_path.iterdir()))}.parquet"
        pq.write_table(pa.table(columns), path)
        return on_spark.engine.parquet([path], path.stem)

    return opened


def test_a_sum_beyond_64_bits_raises(table: Callable[..., ibis.Table], on_spark: Store):
    rows = table(usd=[LARGEST, 1])
    with pytest.raises(StoreError, match="Spark did not answer"):
        on_spark.fetch(rows.aggregate(usd=rows.usd.sum()))


def test_texts_are_joined_in_order(table: Callable[..., ibis.Table], on_spark: Store):
    rows = table(place=[3, 1, 2, 4], name=["c", "a", "b", None])
    joined = rows.aggregate(names=rows.name.group_concat(sep=", ", order_by=rows.place))
    assert on_spark.fetch_rows(joined) == [{"names": "a, b, c"}]
    downwards = rows.aggregate(names=rows.name.group_concat(sep=", ", order_by=ibis.desc(rows.place)))
    with pytest.raises(StoreError, match="ascending order only"):
        on_spark.fetch(downwards)


def test_columns_that_a_file_lacks_are_null(tmp_path: Path, on_spark: Store):
    pq.write_table(pa.table({"code": ["a"], "usd": pa.array([1], pa.int32())}), tmp_path / "old.parquet")
    pq.write_table(pa.table({"code": ["b"], "usd": [2], "duty": [3]}), tmp_path / "new.parquet")
    rows = on_spark.engine.parquet(sorted(tmp_path.glob("*.parquet")), "both").order_by("code")
    assert on_spark.fetch_rows(rows) == [
        {"code": "a", "usd": 1, "duty": None},
        {"code": "b", "usd": 2, "duty": 3},
    ]


def test_two_stores_do_not_see_each_others_tables(
    tmp_path: Path, on_spark: Store, open_on: Callable[..., Store], spark_address: str
):
    folder = tmp_path / "home" / "tables" / "groups"
    folder.mkdir(parents=True)
    mine = pa.Table.from_pylist([{"code": "11", "name": "Quantum", "short_name": "Quantum"}])
    pq.write_table(mine, folder / "own.parquet")
    other = open_on(spark_address, tmp_path / "home")
    assert other.count(other.table("groups")) == on_spark.count(on_spark.table("groups")) + 1


def test_another_cluster_in_the_same_process_is_refused(on_spark: Store, open_on: Callable[..., Store]):
    assert on_spark.engine.name == "spark"
    with pytest.raises(StoreError, match="connected to another cluster"):
        open_on("spark://127.0.0.1:9")


def test_the_record_is_read_from_the_store(on_spark: Store):
    on_spark.table("groups")
    copies = sorted((on_spark.home / "bundled").glob("groups-*.parquet"))
    assert len(copies) == 1
    bundled, _ = on_spark.bundled("groups")
    assert copies[0].read_bytes() == bundled.read_bytes()
