"""What may go wrong while files are taken in: the store is as it was before, or holds them whole."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import techbalance
from techbalance.errors import StoreError
from techbalance.questions.marts import MARTS
from techbalance.store import commit
from techbalance.store.catalogue import Store
from techbalance.store.holdings import Block
from techbalance.store.ingest import Options, ingest_files
from tools.census_archives import Plan, write_archives

KILLS = 10
CLOSE = pq.ParquetWriter.close


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("archives")
    return write_archives(folder, Plan(year=2024, rows=600), [1, 2])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_any_moment_it_holds_whole_archives_only(root: Path):
    words = ["--kills", str(KILLS), "--rows", "200", "--months", "2", "--seed", "11"]
    done = subprocess.run(
        [sys.executable, "-m", "bench.ingest_kills", *words],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"{KILLS} kills" in done.stdout


def limited(limit: int, home: Path, files: list[Path]) -> subprocess.CompletedProcess[str]:
    """Ingest in a process that may write no file beyond a size, as on a full disk."""

    def cut() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    code = (
        "import signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "from techbalance.cli.main import run; sys.exit(run(['ingest', *sys.argv[1:]]))"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, files)],
        env=os.environ | {"TECHBALANCE_HOME": str(home)},
        preexec_fn=cut,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("limit", [200, 6_000])
def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path, archives: list[Path], limit: int):
    tb = techbalance.open(tmp_path)
    tb.ingest(files=str(archives[0]))
    before = (tmp_path / commit.MANIFEST).read_bytes()
    done = limited(limit, tmp_path, [archives[1]])
    assert done.returncode == 3, done.stderr
    assert "TECHBALANCE_HOME" in done.stderr
    assert (tmp_path / commit.MANIFEST).read_bytes() == before
    (row,) = techbalance.open(tmp_path).ingest(files=str(archives[1])).rows()
    assert row["status"] == "ingested"
    assert len(Store(tmp_path).blocks) == 2
    held = {str(path) for path in (tmp_path / commit.HELD).rglob("*.parquet")}
    assert len(held) == len(Store(tmp_path).manifest.files)


class Disk:
    """A disk on which a write fails from some call on: every way in which the store writes is counted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room, self.writes = None, 0
        for owner, name in (
            (os, "fsync"),
            (os, "link"),
            (os, "replace"),
            (os, "mkdir"),
            (pq.ParquetWriter, "__init__"),
            (pq.ParquetWriter, "write_table"),
            (pq.ParquetWriter, "close"),
        ):
            monkeypatch.setattr(owner, name, self._counted(getattr(owner, name)))

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            self.writes += 1
            if self.room is not None and self.writes > self.room:
                if call is CLOSE:
                    # Else whatever finds the writer open would close it once more.
                    call(*given)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*given, **named)

        return counted


def test_a_disk_that_is_full_from_any_write_on_leaves_whole_archives_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    files = write_archives(tmp_path, Plan(year=2024, rows=60, level=1), [1, 2])
    one_by_one = Options(threads=1)
    ingest_files(tmp_path / "whole", files, marts=MARTS, options=one_by_one)
    wanted = {
        block.source_id: held_rows(tmp_path / "whole", block) for block in Store(tmp_path / "whole").blocks
    }
    disk, held_at_failure = Disk(monkeypatch), set()
    # Both archives write alike, so that every third write of the two meets most writes of one.
    for room in range(0, 1000, 3):
        home = tmp_path / f"room-{room}"
        disk.room, disk.writes = room, 0
        try:
            ingest_files(home, files, marts=MARTS, options=one_by_one)
            break
        except StoreError as wrong:
            assert "TECHBALANCE_HOME" in str(wrong)
        finally:
            disk.room = None
        store = Store(home)
        held_at_failure.add(len(store.blocks))
        for block in store.blocks:
            assert held_rows(home, block) == wanted[block.source_id]
        assert all(path.exists() for name in store.manifest.tables for path in store.files(name))
        if not room % 12:
            ingest_files(home, files, marts=MARTS, options=one_by_one)
            assert {block.source_id for block in Store(home).blocks} == set(wanted)
    assert room > 2 * len(wanted)
    assert held_at_failure == {0, 1}


def held_rows(home: Path, block: Block) -> dict[str, int]:
    """Rows of every file of a block."""
    return {table: pq.ParquetFile(home / commit.HELD / file).metadata.num_rows for table, file in block.files}


def test_two_writers_do_not_mix(tmp_path: Path, archives: list[Path], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("techbalance.store.ingest.WAIT_SECONDS", 0.1)
    refused = pytest.raises(StoreError, match="fetch census-country")
    with commit.writer(tmp_path, "fetch census-country"), refused:
        techbalance.open(tmp_path).ingest(files=str(archives[0]))
    (row,) = techbalance.open(tmp_path).ingest(files=str(archives[0])).rows()
    assert row["status"] == "ingested"


def test_a_reader_keeps_what_it_opened(tmp_path: Path, archives: list[Path]):
    tb, reader = techbalance.open(tmp_path), techbalance.open(tmp_path)
    tb.ingest(files=str(archives[0]))
    before = reader.balance(by="month,group", year=2024, group="04").rows()
    tb.ingest(files=str(archives[1]))
    assert reader.balance(by="month,group", year=2024, group="04").rows() == before
    after = techbalance.open(tmp_path).balance(by="month,group", year=2024, group="04").rows()
    assert after[0] == before[0]
    assert after[1]["imports_usd"] is not None
    assert before[1]["imports_usd"] is None


def test_a_damaged_manifest_stops_questions_with_the_way_back(tmp_path: Path, archives: list[Path]):
    tb = techbalance.open(tmp_path)
    for path in archives:
        tb.ingest(files=str(path))
    place = tmp_path / commit.MANIFEST
    place.write_bytes(place.read_bytes()[:-9])
    with pytest.raises(StoreError, match=commit.PREVIOUS):
        techbalance.open(tmp_path).balance(by="group", year=2024)
    with pytest.raises(StoreError, match=commit.PREVIOUS):
        techbalance.open(tmp_path).ingest(files=str(archives[0]))
    (tmp_path / commit.PREVIOUS).replace(place)
    rows = techbalance.open(tmp_path).balance(by="month,group", year=2024, group="04").rows()
    assert rows[0]["imports_usd"] is not None


def test_a_missing_file_of_the_store_is_named(tmp_path: Path, archives: list[Path]):
    tb = techbalance.open(tmp_path)
    tb.ingest(files=str(archives[0]))
    for path in tb.store.files("group_month"):
        path.unlink()
    with pytest.raises(StoreError, match="group_month"):
        techbalance.open(tmp_path).balance(by="month,group", year=2024).rows()
