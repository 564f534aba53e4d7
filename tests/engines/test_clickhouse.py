"""What does the ClickHouse engine do where Ibis, left alone, would be approximate or wrap around?"""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from techbalance.errors import StoreError
from techbalance.store.catalogue import Store

LARGEST = 2**63 - 1


@pytest.fixture
def table(tmp_path: Path, on_clickhouse: Store) -> Callable[..., ibis.Table]:
    def opened(**columns: list[object]) -> ibis.Table:
        path = tmp_path / f"rows{len(list(tmp_path.iterdir()))}.parquet"
        pq.write_table(pa.table(columns), path)
        return on_clickhouse.engine.parquet([path], path.stem)

    return opened


def test_a_sum_beyond_64_bits_raises(table: Callable[..., ibis.Table], on_clickhouse: Store):
    rows = table(group=["a", "a", "b"], usd=[LARGEST, 1, 5])
    sums = rows.group_by("group").aggregate(usd=rows.usd.sum())
    with pytest.raises(StoreError, match="ClickHouse did not answer"):
        on_clickhouse.fetch(sums)
    assert on_clickhouse.fetch_rows(sums.filter(sums["group"] == "b")) == [{"group": "b", "usd": 5}]


def test_a_running_sum_beyond_64_bits_raises(table: Callable[..., ibis.Table], on_clickhouse: Store):
    rows = table(year=[1, 2], usd=[LARGEST, 1])
    running = rows.mutate(so_far=rows.usd.sum().over(ibis.cumulative_window(order_by="year")))
    with pytest.raises(StoreError, match="ClickHouse did not answer"):
        on_clickhouse.fetch(running)


def test_a_running_sum_of_doubles_is_one(table: Callable[..., ibis.Table], on_clickhouse: Store):
    rows = table(year=[1, 2], share=[0.25, 0.5])
    running = rows.mutate(so_far=rows.share.sum().over(ibis.cumulative_window(order_by="year")))
    assert on_clickhouse.fetch(running.order_by("year"))["so_far"].to_pylist() == [0.25, 0.75]


def test_distinct_values_are_counted_exactly(table: Callable[..., ibis.Table], on_clickhouse: Store):
    many = 200_000
    rows = table(code=[f"{number:06}" for number in range(many)])
    assert on_clickhouse.fetch_rows(rows.aggregate(codes=rows.code.nunique())) == [{"codes": many}]
    assert "uniqExact" in on_clickhouse.engine.compile(rows.aggregate(codes=rows.code.nunique()))


def test_equal_values_share_a_rank(table: Callable[..., ibis.Table], on_clickhouse: Store):
    rows = table(partner=["a", "b", "c", "d"], usd=[-50, -30, -30, 5])
    ranked = rows.mutate(place=ibis.rank().over(order_by=rows.usd) + 1).order_by("partner")
    assert on_clickhouse.fetch(ranked)["place"].to_pylist() == [1, 2, 2, 4]


def test_texts_are_joined_in_order(table: Callable[..., ibis.Table], on_clickhouse: Store):
    rows = table(place=[3, 1, 2, 4], name=["c", "a", "b", None])
    joined = rows.aggregate(names=rows.name.group_concat(sep=", ", order_by=rows.place))
    assert on_clickhouse.fetch_rows(joined) == [{"names": "a, b, c"}]


def test_a_missing_partner_is_null_and_not_zero(table: Callable[..., ibis.Table], on_clickhouse: Store):
    left, right = table(code=["a", "b"]), table(code=["a"], usd=[7])
    rows = left.left_join(right, "code").order_by("code")
    assert on_clickhouse.fetch(rows)["usd"].to_pylist() == [7, None]
    nothing = right.filter(right.code == "z")
    assert on_clickhouse.fetch_rows(nothing.aggregate(usd=nothing.usd.sum())) == [{"usd": None}]
    assert on_clickhouse.fetch(nothing).num_rows == 0


def test_columns_that_a_file_lacks_are_null(tmp_path: Path, on_clickhouse: Store):
    pq.write_table(pa.table({"code": ["a"], "usd": pa.array([1], pa.int32())}), tmp_path / "old.parquet")
    pq.write_table(pa.table({"code": ["b"], "usd": [2], "duty": [3]}), tmp_path / "new.parquet")
    rows = on_clickhouse.engine.parquet(sorted(tmp_path.glob("*.parquet")), "both").order_by("code")
    assert on_clickhouse.fetch_rows(rows) == [
        {"code": "a", "usd": 1, "duty": None},
        {"code": "b", "usd": 2, "duty": 3},
    ]


def test_a_path_that_is_a_pattern_is_refused(tmp_path: Path, on_clickhouse: Store):
    place = tmp_path / "a{b}"
    place.mkdir()
    pq.write_table(pa.table({"code": ["a"]}), place / "rows.parquet")
    with pytest.raises(StoreError, match="pattern"):
        on_clickhouse.engine.parquet([place / "rows.parquet"], "rows")


# --- a server ---------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[str]:
    """ClickHouse's HTTP interface in front of the engine in the process."""
    if find_spec("chdb") is None or find_spec("clickhouse_connect") is None:
        pytest.skip("chdb or clickhouse-connect is not installed")
    import chdb

    connection = chdb.connect(":memory:")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            sql = body or asked["query"][0]
            form = asked.get("default_format", ["TabSeparated"])[0]
            head, _, tail = sql.rstrip().rpartition("FORMAT ")
            sql, form = (head, tail.strip()) if head and " " not in tail.strip() else (sql, form)
            try:
                answer, code = bytes(connection.query(sql, form).bytes()), 200
            except (RuntimeError, chdb.ChdbError) as wrong:
                answer, code = str(wrong).encode(), 500
            self.send_response(code)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST  # noqa: N815 - as the base class names it

        def log_message(self, *_: object) -> None:
            return

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=web.serve_forever, daemon=True)
    thread.start()
    yield f"clickhouse://reader:secret@127.0.0.1:{web.server_port}"
    web.shutdown()
    thread.join()
    web.server_close()
    connection.close()


def test_a_server_answers_as_the_engine_in_the_process(
    server: str, on_clickhouse: Store, open_on: Callable[[str], Store]
):
    asked = on_clickhouse.table("groups").order_by("code")
    served = open_on(server)
    assert served.fetch_rows(served.table("groups").order_by("code")) == on_clickhouse.fetch_rows(asked)
    broken = ibis.table({"a": "int64"}, name="nowhere")
    with pytest.raises(StoreError, match="ClickHouse did not answer"):
        served.fetch(broken)


def test_a_server_that_is_not_there_is_named_without_the_password(open_on: Callable[[str], Store]):
    pytest.importorskip("clickhouse_connect")
    with pytest.raises(StoreError) as raised:
        open_on("clickhouse://reader:secret@127.0.0.1:9")
    assert "secret" not in str(raised.value)
