"""Does --check see a change of rows, of description and of bytes, and tell them apart?"""

import json
import shutil

import pyarrow.parquet as pq
import pytest

from tools.build_record.compare import BYTES_ONLY, differences


@pytest.fixture
def copy(shipped, tmp_path):
    names = ["calendar.parquet", "calendar.provenance.json", "groups.parquet", "ATTRIBUTION.txt"]
    for side in ("new", "old"):
        (tmp_path / side).mkdir()
        for name in names:
            shutil.copy(shipped / name, tmp_path / side / name)
    return tmp_path / "new", tmp_path / "old"


def test_equal_folders_do_not_differ(copy):
    assert differences(*copy) == []


def test_a_changed_row_is_a_difference_of_content(copy):
    new, old = copy
    table = pq.read_table(old / "groups.parquet")
    pq.write_table(table.slice(1), old / "groups.parquet")
    assert differences(new, old) == ["groups.parquet: content differs"]


def test_the_same_rows_written_otherwise_are_a_difference_of_bytes(copy):
    new, old = copy
    pq.write_table(pq.read_table(old / "groups.parquet"), old / "groups.parquet", compression="none")
    assert differences(new, old) == [f"groups.parquet: {BYTES_ONLY}"]


def test_another_version_of_the_writer_excuses_bytes_but_no_content(copy, monkeypatch):
    new, old = copy
    monkeypatch.setattr("tools.build_record.compare._writer", lambda folder: folder.name)
    pq.write_table(pq.read_table(old / "groups.parquet"), old / "groups.parquet", compression="none")
    assert differences(new, old) == []
    pq.write_table(pq.read_table(old / "groups.parquet").slice(1), old / "groups.parquet")
    assert differences(new, old) == ["groups.parquet: content differs"]


def test_a_file_too_many_and_one_too_few_are_named(copy):
    new, old = copy
    (old / "groups.parquet").rename(old / "gruops.parquet")
    assert differences(new, old) == [
        "groups.parquet: built, but not committed",
        "gruops.parquet: committed, but no longer built",
    ]


def test_a_description_may_differ_in_hash_only_with_its_table(copy):
    new, old = copy
    described = json.loads((old / "calendar.provenance.json").read_text(encoding="utf-8"))
    (old / "calendar.provenance.json").write_text(json.dumps({**described, "rows": 1}), encoding="utf-8")
    assert differences(new, old) == ["calendar.provenance.json: content differs"]
