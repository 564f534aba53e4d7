"""Which engine runs the expressions, and what is said where it cannot?"""

from pathlib import Path

import pytest

from techbalance import record
from techbalance.errors import StoreError
from techbalance.store.catalogue import ENGINE_VARIABLE, Store
from techbalance.store.engines.placement import BUNDLED, placed


def test_without_a_name_it_is_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(ENGINE_VARIABLE, "")
    assert Store(tmp_path).engine.name == "duckdb"


def test_an_unknown_engine_is_named_without_what_may_be_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(ENGINE_VARIABLE, "mysql://reader:secret@example:3306")
    with pytest.raises(StoreError, match="there is no engine 'mysql'") as raised:
        _ = Store(tmp_path).engine
    assert "secret" not in str(raised.value)
    assert "spark://host:port" in str(raised.value)


@pytest.mark.parametrize(
    ("address", "module", "extra"),
    [
        ("spark://127.0.0.1:7077", "pyspark.sql", "spark"),
        ("clickhouse://127.0.0.1", "clickhouse_connect", "clickhouse"),
        ("chdb", "chdb", "chdb"),
    ],
)
def test_an_engine_that_is_not_installed_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, module: str, extra: str
):
    monkeypatch.setenv(ENGINE_VARIABLE, address)
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(StoreError, match=rf"pip install 'techbalance\[{extra}\]'"):
        _ = Store(tmp_path).engine


def test_the_record_is_put_into_the_store_once_and_whole(tmp_path: Path):
    shipped = record.path("groups")
    copy = placed(shipped, tmp_path)
    assert copy.parent == tmp_path.resolve() / BUNDLED
    assert copy.read_bytes() == shipped.read_bytes()
    before = copy.stat().st_mtime_ns
    assert placed(shipped, tmp_path) == copy
    assert copy.stat().st_mtime_ns == before
    assert [one.name for one in copy.parent.iterdir()] == [copy.name]


def test_a_file_of_the_users_stays_where_it_is(tmp_path: Path):
    path = tmp_path / "panel.parquet"
    path.touch()
    assert placed(path, tmp_path / "home") == path.resolve()
    assert not (tmp_path / "home").exists()


def test_a_store_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / BUNDLED).write_text("in the way")
    with pytest.raises(StoreError, match="cannot be put into the store"):
        placed(record.path("groups"), tmp_path)
