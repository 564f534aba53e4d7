"""Is what ships complete, small, as declared, and truly described?"""

import hashlib
import json
from datetime import date

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from techbalance import record
from tools.build_record.checks import check_shape
from tools.build_record.schemas import TABLES

LARGEST_RECORD_BYTES = 5 * 1024 * 1024  # what the package may carry
SOURCE_FIELDS = {
    "source_id",
    "publisher",
    "title",
    "licence",
    "citation",
    "address",
    "basis",
    "valuation",
    "unit",
    "cadence",
    "revision_policy",
    "vintage",
    "coverage",
    "files",
    "checked",
    "caveats",
}


def test_every_declared_table_ships_and_no_other(shipped):
    assert set(record.tables()) == set(TABLES)
    assert {path.stem for path in shipped.glob("*.parquet")} == set(TABLES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_columns_are_exactly_the_declared_ones(name):
    spec = TABLES[name]
    assert pq.read_schema(record.path(name)).remove_metadata().equals(spec.schema)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_keys_are_unique_nulls_allowed_only_where_declared_and_rows_sorted(name):
    spec = TABLES[name]
    table = pq.read_table(record.path(name))
    check_shape(table, spec)
    assert len(table) > 0
    assert table.equals(table.sort_by([(column, "ascending") for column in spec.key]))


@pytest.mark.parametrize("name", sorted(TABLES))
def test_provenance_is_true_of_the_file(name):
    described = record.provenance(name)
    content = record.path(name).read_bytes()
    table = pq.read_table(record.path(name))
    assert described["table"] == name
    assert described["sha256"] == hashlib.sha256(content).hexdigest()
    assert described["bytes"] == len(content)
    assert described["rows"] == len(table)
    assert [column["name"] for column in described["columns"]] == table.column_names
    assert described["checks"]
    if "source_id" in table.column_names:
        assert set(pc.unique(table["source_id"]).to_pylist()) <= set(described["source_ids"])
    if "vintage" in table.column_names:
        assert sorted(map(str, pc.unique(table["vintage"]).to_pylist())) == described["vintages"]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_money_columns_say_their_unit(name):
    units = {column["name"]: column["unit"] for column in record.provenance(name)["columns"]}
    assert all(unit for column, unit in units.items() if column.endswith("_usd"))


def test_the_record_is_small(shipped):
    total = sum(path.stat().st_size for path in shipped.iterdir() if path.is_file())
    assert total <= LARGEST_RECORD_BYTES


def test_sources_describe_every_publication_that_a_row_names():
    sources = record.sources()
    used = {source for name in record.tables() for source in record.provenance(name)["source_ids"]}
    assert used == set(sources), "a source is named by no table, or not described"
    for source_id, described in sources.items():
        assert set(described) == SOURCE_FIELDS
        assert described["source_id"] == source_id
        assert described["coverage"], source_id
        assert described["checked"], source_id
        assert described["address"].startswith("http"), source_id
        assert date.fromisoformat(described["vintage"]) <= date(2026, 10, 31)
        for stored in described["files"]:
            assert set(stored) == {"stored_copy", "file", "bytes", "sha256", "rows"}
            assert len(stored["sha256"]) == 64


def test_rows_carry_the_vintage_of_their_source():
    sources = record.sources()
    for name in record.tables():
        table = pq.read_table(record.path(name))
        if {"vintage", "source_id"} <= set(table.column_names):
            pairs = table.group_by(["source_id", "vintage"]).aggregate([]).to_pylist()
            for pair in pairs:
                assert sources[pair["source_id"]]["vintage"] == pair["vintage"].isoformat(), (name, pair)


def test_attribution_credits_every_source_that_asks_for_it(shipped):
    text = (shipped / "ATTRIBUTION.txt").read_text(encoding="utf-8")
    asking = [s for s in record.sources().values() if s["licence"].startswith("CC BY")]
    assert asking
    assert all(f"{s['publisher']}, {s['title']}" in text for s in asking)


def test_json_files_end_with_a_line_end_and_sort_their_keys(shipped):
    for path in shipped.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
