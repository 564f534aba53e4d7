"""Months of detail become one file: no row lost, doubled or changed; few groups hold one partner."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techbalance.errors import StoreError
from techbalance.store.commit import change, read_manifest, writer
from techbalance.store.holdings import Block, stored_blocks
from techbalance.store.ingestion import packing
from techbalance.store.ingestion.taking import detail_writer

COLUMNS = ["product", "partner", "month", "usd"]


def month_file(place: Path, month: int, rows: list[tuple[str, str, int]], per_group: int = 4) -> Path:
    table = pa.table(
        {
            "product": pa.array([row[0] for row in rows]).dictionary_encode(),
            "partner": pa.array([row[1] for row in rows]).dictionary_encode(),
            "month": pa.array([month] * len(rows), pa.int8()),
            "usd": pa.array([row[2] for row in rows], pa.int64()),
        }
    )
    with detail_writer(place, table.schema) as target:
        target.write_table(table, row_group_size=per_group)
    return place


def rows_of(*files: Path) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in COLUMNS) for file in files for row in pq.read_table(file).to_pylist()]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "ROWS_OF_A_STRETCH", 6)
    monkeypatch.setattr(packing, "ROWS_PER_GROUP", 3)


ROW = st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("12345"), st.integers(0, 9))


@settings(max_examples=40, deadline=None)
@given(months=st.lists(st.lists(ROW, min_size=1, max_size=25), min_size=1, max_size=4))
def test_every_row_is_there_once_whatever_the_order(
    months: list[list[tuple[str, str, int]]], tmp_path_factory: pytest.TempPathFactory
):
    folder = tmp_path_factory.mktemp("months")
    files = [month_file(folder / f"{number}", number, rows) for number, rows in enumerate(months)]
    packing.write_packed(files, folder / "packed")
    assert sorted(rows_of(folder / "packed")) == sorted(rows_of(*files))


def test_rows_lie_by_stretch_of_products_partner_product_and_month(tmp_path: Path):
    first = month_file(tmp_path / "1", 1, [("a", "2", 1), ("a", "1", 2), ("b", "1", 3), ("c", "2", 4)])
    # Exports are in the order of products twice: domestic goods, then foreign ones.
    second = month_file(
        tmp_path / "2", 2, [("a", "1", 5), ("b", "2", 6), ("c", "2", 7), ("a", "2", 8), ("c", "1", 9)], 3
    )
    packing.write_packed([first, second], tmp_path / "packed")
    assert rows_of(tmp_path / "packed") == [
        ("a", "1", 1, 2),
        ("a", "1", 2, 5),
        ("b", "1", 1, 3),
        ("a", "2", 1, 1),
        ("a", "2", 2, 8),
        ("b", "2", 2, 6),
        ("c", "1", 2, 9),
        ("c", "2", 1, 4),
        ("c", "2", 2, 7),
    ]
    facts = pq.read_metadata(tmp_path / "packed")
    seen = [facts.row_group(number).column(1).statistics for number in range(facts.num_row_groups)]
    assert [(one.min, one.max) for one in seen] == [("1", "1"), ("2", "2"), ("1", "2")]


def store_of(home: Path, months: range, vintage: dt.date, rows: list[tuple[str, str, int]]) -> list[Block]:
    for month in months:
        with change(home, "test") as draft:
            place = month_file(draft.path("trade_detail", f"import/2024/{month}"), month, rows)
            files = (("trade_detail", draft.name_of(place)),)
            block = Block("import", 2024, (month,), vintage, f"{month}-{vintage}", None, files)
            draft.record(block.facts() | {"rows": len(rows)})
    return held(home)


def held(home: Path) -> list[Block]:
    manifest = read_manifest(home)
    return list(stored_blocks(manifest.facts, frozenset(sum(manifest.tables.values(), ()))))


def test_blocks_point_to_the_file_their_rows_lie_in(tmp_path: Path):
    blocks = store_of(tmp_path, range(1, 4), dt.date(2025, 1, 31), [("a", "1", 1), ("b", "1", 2)])
    with writer(tmp_path, "test") as lock:
        assert packing.pack(lock, blocks)
    after = held(tmp_path)
    assert [one.serial for one in after] == [one.serial for one in blocks]
    assert [one.months for one in after] == [(1,), (2,), (3,)]
    ((file,),) = {tuple(read_manifest(tmp_path).tables["trade_detail"])}
    assert {dict(one.files)["trade_detail"] for one in after} == {file}


def test_a_revision_stands_beside_the_file_it_revises(tmp_path: Path):
    blocks = store_of(tmp_path, range(1, 3), dt.date(2025, 1, 31), [("a", "1", 1)])
    with writer(tmp_path, "test") as lock:
        assert packing.pack(lock, blocks)
    newer = store_of(tmp_path, range(1, 2), dt.date(2025, 6, 30), [("a", "1", 7)])
    with writer(tmp_path, "test") as lock:
        # One month lies in a file of the year already: nothing is moved twice.
        assert not packing.pack(lock, newer[1:])
    old, same, new = (dict(one.files)["trade_detail"] for one in held(tmp_path))
    assert old == same != new
    assert rows_of(tmp_path / "held" / new) == [("a", "1", 1, 7)]


def test_months_of_other_columns_stay_apart(tmp_path: Path):
    blocks = store_of(tmp_path, range(1, 3), dt.date(2025, 1, 31), [("a", "1", 1)])
    place = tmp_path / "held" / dict(blocks[0].files)["trade_detail"]
    pq.write_table(pq.read_table(place).append_column("air_usd", [[1]]), place)
    with writer(tmp_path, "test") as lock:
        assert not packing.pack(lock, blocks)
    assert held(tmp_path) == blocks


def test_a_damaged_month_leaves_the_store_as_it_was(tmp_path: Path):
    blocks = store_of(tmp_path, range(1, 3), dt.date(2025, 1, 31), [("a", "1", 1)])
    before = read_manifest(tmp_path)
    (tmp_path / "held" / dict(blocks[0].files)["trade_detail"]).write_bytes(b"PAR1")
    with writer(tmp_path, "test") as lock, pytest.raises(StoreError, match="cannot be read"):
        packing.pack(lock, blocks)
    assert read_manifest(tmp_path) == before
