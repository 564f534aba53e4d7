"""What a server's engine may read: its store, the record and the data folder; and nothing may it write."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from techbalance import record
from techbalance.api import TechBalance
from techbalance.errors import StoreError
from techbalance.questions.registry import ask, find
from techbalance.store.catalogue import Store
from techbalance.store.scratch import scratch
from techbalance.web.desk import Desk
from techbalance.web.settings import Settings


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A store, a data folder, and a folder beside them, each with a file."""
    root = tmp_path_factory.mktemp("places")
    for folder in ("home", "home/data", "outside", "home-else"):
        (root / folder).mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"a": [1]}), root / folder / "one.parquet")
    return root


@pytest.fixture(scope="module")
def connection(place):
    """The connection of a server's store, as DuckDB knows it and as the store uses it."""
    return Store(place / "home", confined=True).engine.connection.con


def test_the_store_the_record_and_the_data_folder_are_read(connection, place):
    own = place / "home"
    for path in (own / "one.parquet", own / "data" / "one.parquet", record.path("headline")):
        assert connection.sql(f"FROM read_parquet('{path}')").fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_parquet('{outside}/one.parquet')",
        "SELECT * FROM '{outside}/one.parquet'",
        "SELECT * FROM read_parquet('{home}/../outside/one.parquet')",
        # A name that only begins like the store's.
        "SELECT * FROM read_parquet('{home}-else/one.parquet')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/proc/self/environ')",
        "SELECT * FROM read_csv('/etc/hosts')",
        "SELECT * FROM glob('{outside}/*')",
        "SELECT * FROM read_parquet('https://example.org/one.parquet')",
        "ATTACH '{outside}/new.duckdb'",
        "ATTACH '{home}/new.duckdb'",
        "COPY (SELECT 1) TO '{outside}/new.csv'",
        "COPY (SELECT 1) TO '{home}/new.csv'",
        "EXPORT DATABASE '{home}/all'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "LOAD '{home}/one.parquet'",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
        "RESET enable_external_access",
        "PRAGMA enable_profiling",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
        "SELECT 1; COPY (SELECT 1) TO '{home}/new.csv'",
    ],
)
def test_everything_else_is_refused(connection, place, sql):
    before = sorted(path.relative_to(place) for path in place.rglob("*"))
    query = sql.format(home=place / "home", outside=place / "outside")
    for run in (connection.sql, connection.execute, connection.cursor().execute):
        with pytest.raises((StoreError, duckdb.Error)):
            run(query).fetchall()
    assert sorted(path.relative_to(place) for path in place.rglob("*")) == before


def test_the_engine_itself_refuses_what_the_statements_would_let_through(connection, place):
    bare = connection._connection
    for sql in (
        f"COPY (SELECT 1) TO '{place}/outside/new.csv'",
        f"ATTACH '{place}/outside/new.duckdb'",
        "SET threads = 1",
        "LOAD httpfs",
    ):
        with pytest.raises(duckdb.Error):
            bare.execute(sql)


def test_nothing_of_the_callers_memory_is_a_table(connection):
    secret = pa.table({"a": [1]})
    with pytest.raises(duckdb.Error):
        connection.sql("SELECT * FROM secret").fetchall()
    assert secret.num_rows == 1


def test_a_table_put_aside_is_read_and_gone(place):
    store = Store(place / "home", confined=True)
    with scratch(store, pa.table({"a": [1, 2]})) as rows:
        assert store.count(rows) == 2
        assert store.engine.aside is not None
        assert list(store.engine.aside.iterdir())
    assert not list(store.engine.aside.iterdir())


def test_a_confined_store_gives_the_same_answers(place):
    free, confined = TechBalance(place / "home"), Store(place / "home", confined=True)
    question = find("rank")
    given = {"by": "group", "year": "2025", "flow": "import"}
    assert ask(question, given, confined).rows() == free.rank(**given).rows()


def test_the_store_a_server_asks_is_confined(place, monkeypatch):
    asked = []
    straight = Store.__init__

    def noted(self, home=None, *, confined=False):
        asked.append(confined)
        straight(self, home, confined=confined)

    monkeypatch.setattr(Store, "__init__", noted)
    desk = Desk(Settings(home=place / "home"))
    question = find("ip")
    params = question.params.read({"year": "2023", "country": "DEU"})
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, desk.answer(question, params, "json")).result()
    desk.close()
    assert asked
    assert all(asked)
