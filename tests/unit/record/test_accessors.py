"""Does the package find its record, cheaply, and say so when it cannot?"""

import subprocess
import sys

import pytest

from techbalance import record
from techbalance.errors import StoreError, UnknownCodeError


def test_an_unknown_table_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownCodeError, match="headline"):
        record.path("headlines")
    with pytest.raises(UnknownCodeError):
        record.provenance("../sources")


def test_digest_changes_with_any_table_and_not_with_order(monkeypatch):
    hashes = {"a": "1" * 64, "b": "2" * 64}

    def digest_of(recorded):
        monkeypatch.setattr(record, "tables", lambda: tuple(sorted(recorded)))
        monkeypatch.setattr(record, "provenance", lambda name: {"sha256": recorded[name]})
        record.digest.cache_clear()
        return record.digest()

    first = digest_of(hashes)
    assert first == digest_of(dict(reversed(hashes.items())))
    assert first != digest_of({**hashes, "b": "3" * 64})
    assert first != digest_of({"a": hashes["b"], "b": hashes["a"]})
    record.digest.cache_clear()


def test_a_package_without_its_record_says_so(monkeypatch, tmp_path):
    record.folder.cache_clear()
    monkeypatch.setattr(record, "files", lambda _: tmp_path)
    with pytest.raises(StoreError, match="missing"):
        record.folder()
    record.folder.cache_clear()


def test_importing_the_record_loads_no_table_library():
    script = (
        "import sys; from techbalance import record; record.digest(); record.sources();"
        "print(sorted({'pyarrow', 'ibis', 'duckdb', 'numpy', 'pandas'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
