"""Bytes as published: whole or not there, and known again."""

import dataclasses
import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest

from techbalance.errors import SnapshotError, StoreError
from techbalance.sources.adapter import Part
from techbalance.sources.transfer import Receipt, Validators
from techbalance.store.snapshots import Snapshots

PART = Part("file", "https://host/file", "csv", (("time", "2024"),))
AT = dt.datetime(2026, 11, 22, 16, 5, 9, tzinfo=dt.UTC)


def receipt(body: bytes) -> Receipt:
    return Receipt(
        outcome="whole",
        bytes=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        received=len(body),
        requests=1,
        interruptions=0,
        restarts=0,
        validators=Validators('"tag"', "Thu, 05 Nov 2026 13:30:00 GMT"),
        retrieved=AT,
        content_type="text/csv",
    )


def kept(snapshots: Snapshots, body: bytes, part: Part = PART) -> Path:
    with snapshots.receiving("source", part) as incoming:
        incoming.file.write(body)
        return snapshots.keep("source", part, incoming, receipt(body)).folder


def test_a_snapshot_is_named_by_time_and_hash_and_has_its_record(tmp_path: Path):
    folder = kept(Snapshots(tmp_path), b"a,b\n")
    digest = hashlib.sha256(b"a,b\n").hexdigest()
    assert folder == tmp_path / "snapshots/source" / f"2026-11-22T160509-{digest[:12]}"
    assert sorted(path.name for path in folder.iterdir()) == ["file", "sidecar.json"]
    assert json.loads((folder / "sidecar.json").read_text()) == {
        "source_id": "source",
        "part": "file",
        "address": "https://host/file?time=2024",
        "retrieved_at": "2026-11-22T16:05:09+00:00",
        "published": "Thu, 05 Nov 2026 13:30:00 GMT",
        "bytes": 4,
        "sha256": digest,
        "etag": '"tag"',
        "last_modified": "Thu, 05 Nov 2026 13:30:00 GMT",
        "content_type": "text/csv",
        "media": "csv",
    }
    (only,) = Snapshots(tmp_path).of("source")
    only.verify()
    with only.open() as file:
        assert file.read() == b"a,b\n"


def test_two_parts_of_equal_bytes_in_one_second_are_two_snapshots(tmp_path: Path):
    snapshots = Snapshots(tmp_path)
    one = kept(snapshots, b"[]")
    two = kept(snapshots, b"[]", dataclasses.replace(PART, name="other", address="https://host/other"))
    assert one != two
    assert {one.sidecar.part for one in snapshots.of("source")} == {"file", "other"}


def test_what_is_on_its_way_is_no_snapshot_and_is_found_again(tmp_path: Path):
    snapshots = Snapshots(tmp_path)
    with pytest.raises(RuntimeError), snapshots.receiving("source", PART) as incoming:
        incoming.remember(Validators('"tag"', ""))
        incoming.file.write(b"half")
        raise RuntimeError
    assert snapshots.of("source") == []
    with snapshots.receiving("source", PART) as incoming:
        assert incoming.state == Validators('"tag"', "")
        assert incoming.file.read() == b"half"
        incoming.discard()
    with snapshots.receiving("source", PART) as incoming:
        assert incoming.state is None
        assert incoming.file.read() == b""


def test_a_changed_snapshot_is_noticed(tmp_path: Path):
    snapshots = Snapshots(tmp_path)
    folder = kept(snapshots, b"a,b\n")
    (folder / "file").write_bytes(b"a,c\n")
    (only,) = snapshots.of("source")
    with pytest.raises(SnapshotError, match="not what its record says"):
        only.verify()
    (folder / "file").unlink()
    with pytest.raises(SnapshotError, match="missing"):
        only.open()
    (folder / "sidecar.json").write_text("{}")
    with pytest.raises(SnapshotError, match="cannot be read"):
        snapshots.of("source")
    assert snapshots.at("source", "nowhere") is None


def test_one_source_is_fetched_once_at_a_time(tmp_path: Path):
    snapshots = Snapshots(tmp_path)
    with (
        snapshots.claimed("source"),
        pytest.raises(StoreError, match="fetch source"),
        Snapshots(tmp_path).claimed("source"),
    ):
        pass
    with snapshots.claimed("source"), snapshots.claimed("other"):
        pass
