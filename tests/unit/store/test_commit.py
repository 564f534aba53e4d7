"""Changes of the store: whole or not at all, one writer at a time, nothing left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from techbalance.errors import StoreError
from techbalance.store import commit, progress
from techbalance.store.catalogue import Store

ROWS = pa.table({"value_usd": [1, 2]})


def put(home: Path, name: str = "one", **facts: object) -> None:
    with commit.change(home, "a test") as draft:
        draft.write("trade", ROWS, name)
        draft.record({"name": name, **facts})


def held(home: Path) -> list[Path]:
    return sorted(path for path in (home / commit.HELD).rglob("*") if path.is_file())


def test_a_change_is_seen_whole_by_stores_opened_after_it(tmp_path: Path):
    before = Store(tmp_path)
    assert before.files("trade") == []
    put(tmp_path, vintage="2026-10-31")
    after = Store(tmp_path)
    assert before.files("trade") == []
    (path,) = after.files("trade")
    assert pq.read_table(path)["value_usd"].to_pylist() == [1, 2]
    assert after.changes() == ({"name": "one", "vintage": "2026-10-31"},)
    assert after.version != before.version


def test_what_fails_inside_leaves_nothing(tmp_path: Path):
    put(tmp_path)
    text = (tmp_path / commit.MANIFEST).read_bytes()
    with pytest.raises(ZeroDivisionError), commit.change(tmp_path, "a test") as draft:
        draft.write("trade", ROWS, "two")
        1 / 0  # noqa: B018 - the failure
    assert (tmp_path / commit.MANIFEST).read_bytes() == text
    assert len(held(tmp_path)) == 1


def test_files_that_nobody_named_go_with_the_next_writer(tmp_path: Path):
    put(tmp_path)
    rubbish = tmp_path / commit.HELD / "trade" / "half-9-0.parquet"
    rubbish.write_bytes(b"PAR1")
    (tmp_path / f"{commit.MANIFEST}.new").write_text("{")
    put(tmp_path, "two")
    assert not rubbish.exists()
    assert not (tmp_path / f"{commit.MANIFEST}.new").exists()
    assert len(Store(tmp_path).files("trade")) == 2


def test_retired_files_stay_for_readers_and_go_after_the_grace_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put(tmp_path)
    (old,) = Store(tmp_path).files("trade")
    with commit.change(tmp_path, "a test") as draft:
        (name,) = draft.manifest.tables["trade"]
        draft.retire("trade", name)
        draft.write("trade", ROWS, "two")
    assert old.exists()
    assert len(Store(tmp_path).files("trade")) == 1
    monkeypatch.setattr(commit, "GRACE_SECONDS", -1)
    put(tmp_path, "three")
    assert not old.exists()
    assert len(held(tmp_path)) == 2
    assert not Store(tmp_path).manifest.retired


def test_a_file_the_table_does_not_hold_cannot_be_retired(tmp_path: Path):
    with pytest.raises(StoreError, match="no such file"), commit.change(tmp_path, "a test") as draft:
        draft.retire("trade", "trade/other.parquet")


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/etc/x", "a//b", "", "a\0b"])
def test_names_that_lead_out_of_the_store_are_refused(tmp_path: Path, name: str):
    with pytest.raises(StoreError, match="cannot have this name"), commit.change(tmp_path, "t") as draft:
        draft.path("trade", name)


def test_drafts_that_are_open_together_are_each_published_whole(tmp_path: Path):
    with commit.writer(tmp_path, "a test") as writer:
        first, second, third = writer.change(), writer.change(), writer.change()
        one, two = first.__enter__(), second.__enter__()
        one.write("trade", ROWS, "same")
        two.write("trade", ROWS, "same")
        second.__exit__(None, None, None)
        assert len(Store(tmp_path).files("trade")) == 1
        three = third.__enter__()
        three.write("trade", ROWS, "same")
        first.__exit__(None, None, None)
        third.__exit__(None, None, None)
    put(tmp_path, "same")
    files = Store(tmp_path).files("trade")
    assert len(set(files)) == 4
    assert all(path.exists() for path in files)


def test_a_second_writer_is_told_who_holds_the_store(tmp_path: Path):
    with commit.writer(tmp_path, "ingest of a folder"):
        with pytest.raises(StoreError, match="ingest of a folder") as caught, commit.writer(tmp_path, "b"):
            pass
        assert str(os.getpid()) in str(caught.value)
        with pytest.raises(StoreError), commit.writer(tmp_path, "b", wait_seconds=0.1):
            pass
    put(tmp_path)


def test_the_lock_goes_with_its_process(tmp_path: Path):
    code = (
        "import os, pathlib, sys; from techbalance.store import commit;"
        "held = commit.writer(pathlib.Path(sys.argv[1]), 'doomed'); held.__enter__(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, capture_output=True)
    put(tmp_path)


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "list", "binary", "later"])
def test_a_damaged_manifest_is_named_with_the_way_back(tmp_path: Path, damage: str):
    put(tmp_path)
    put(tmp_path, "two")
    path = tmp_path / commit.MANIFEST
    text = path.read_text()
    later = commit.Manifest(9).body() | {"format": 2}
    damages = {
        "cut": text[:-20],
        "changed": text.replace("two", "six"),
        "empty": "",
        "list": "[]",
        "binary": "\0" * 80,
        "later": json.dumps({"sha256": commit._digest(later), **later}),
    }
    path.write_text(damages[damage])
    with pytest.raises(StoreError) as caught:
        Store(tmp_path).files("trade")
    assert str(path) in str(caught.value)
    with pytest.raises(StoreError), commit.change(tmp_path, "a test"):
        pass
    assert len(held(tmp_path)) == 2
    (tmp_path / commit.PREVIOUS).replace(path)
    assert len(Store(tmp_path).files("trade")) == 1


def test_progress_is_heard_only_while_someone_listens():
    heard: list[progress.Step] = []
    progress.step("ingest", done=1)
    with progress.reporting(heard.append):
        progress.step("ingest", done=2, total=3)
    progress.step("ingest", done=3)
    assert heard == [progress.Step("ingest", 2, 3)]
