"""The questions over HTTP: forms, refusals, tags, what is kept, and the description."""

import asyncio
import io
import json
from concurrent.futures import ThreadPoolExecutor

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from techbalance.api import TechBalance
from techbalance.errors import TooMuchError
from techbalance.questions.interface import readable, row_schema
from techbalance.web import formats
from techbalance.web.app import create_app
from techbalance.web.desk import Desk
from techbalance.web.names import name_in
from techbalance.web.settings import Settings

ROOT = "/api/v1"
NAMES = ("testserver",)


def in_a_loop(work):
    """Run to the end in a thread of its own: a browser test may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home):
    with TestClient(create_app(Settings(home=home, names=NAMES))) as one:
        yield one


def test_an_answer_travels_with_units_notes_sources_and_a_citation(client, home):
    given = client.get(f"{ROOT}/balance", params={"year": "2024"}).json()
    (row,) = given["rows"]
    assert row["balance_usd"] == TechBalance(home).balance(year=2024).rows()[0]["balance_usd"]
    assert given["columns"]["balance_usd"]["unit"] == "US dollars"
    assert given["sources"]
    assert "techbalance balance --year 2024" in given["citation"]
    assert given["reference"] == "balance?year=2024"


def test_no_answer_names_a_folder_of_the_machine(client, home):
    """Not even one that says where a file would have to lie."""
    for question, given in (("stress", {"without": "CHN", "group": "04", "top": "1"}), ("value-added", {})):
        said = client.get(f"{ROOT}/{question}", params=given).text
        assert "data folder" in said
        assert str(home) not in said


@pytest.mark.parametrize("address", ["openapi.json", "questions"])
def test_what_describes_is_sent_compressed_and_once(client, address):
    given = client.get(f"{ROOT}/{address}", headers={"accept-encoding": "gzip"})
    assert given.headers["content-encoding"] == "gzip"
    assert int(given.headers["content-length"]) < len(given.content) / 5
    plain = client.get(f"{ROOT}/{address}", headers={"accept-encoding": "identity"})
    assert plain.content == given.content
    again = client.get(f"{ROOT}/{address}", headers={"if-none-match": given.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_rows_keep_to_their_description(client):
    for question, given in (("balance", {"year": "2026"}), ("rank", {"year": "2025", "flow": "import"})):
        schema = row_schema(readable()[question])
        kinds = {"integer": int, "number": (int, float), "string": str, "boolean": bool, "null": type(None)}
        for row in client.get(f"{ROOT}/{question}", params=given).json()["rows"]:
            assert set(schema["required"]) <= set(row)
            for name, cell in schema["properties"].items():
                assert any(isinstance(row[name], kinds[kind]) for kind in cell["type"])


@pytest.mark.parametrize("form", formats.MEDIA_TYPES)
def test_every_form_can_be_had_by_header_and_by_link(client, form):
    media_type = formats.MEDIA_TYPES[form]
    by_header = client.get(f"{ROOT}/balance", params={"year": "2024"}, headers={"accept": media_type})
    by_link = client.get(f"{ROOT}/balance", params={"year": "2024", "format": form})
    assert by_header.status_code == by_link.status_code == 200
    assert by_header.headers["content-type"].startswith(media_type)
    if form in {"json", "csv", "parquet"}:
        assert by_header.content == by_link.content


def test_parquet_holds_the_same_rows(client, home):
    body = client.get(f"{ROOT}/balance", params={"year": "2020:2024", "format": "parquet"}).content
    assert pq.read_table(io.BytesIO(body)).to_pylist() == TechBalance(home).balance(year="2020:2024").rows()


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/*", "csv"),
        ("text/csv;q=0.5, application/json;q=0.4", "csv"),
        ("application/json;q=0, */*", "csv"),
        ("image/png", None),
        ("text/csv;q=x", None),
    ],
)
def test_the_header_decides_the_form(header, form):
    assert formats.accepted(header) == form


@pytest.mark.parametrize(
    ("address", "status", "error"),
    [
        ("balance?yaer=2024", 400, "unknown-code"),
        ("balance?year=2024&year=2025", 400, "parameter"),
        ("balance?year=last", 400, "parameter"),
        ("balance?from_=2024", 400, "unknown-code"),
        ("balance?format=pdf", 400, "unknown-code"),
        ("rank", 400, "parameter"),
        ("balance?partner=Atlantis", 400, "unknown-code"),
        ("rank?by=product&year=2024", 400, "flow-needed"),
        ("dependence?list=/etc/passwd", 400, "parameter"),
        ("trace?what=dependence%3Flist%3D%2Fetc%2Fpasswd", 400, "parameter"),
        ("balance?year=" + "9" * 10_000, 400, "parameter"),
    ],
)
def test_what_is_refused_is_refused_as_a_problem_with_a_remedy(client, address, status, error):
    given = client.get(f"{ROOT}/{address}")
    assert given.status_code == status
    assert given.headers["content-type"] == "application/problem+json"
    facts = given.json()
    assert facts["type"] == f"urn:techbalance:error:{error}"
    assert facts["exit_code"] == 2
    assert len(given.content) < 2_000


def test_what_http_itself_refuses_is_a_problem_too(client):
    for method, address, status in (
        ("GET", "/api/v1/nothing", 404),
        ("POST", "/api/v1/balance", 405),
        ("GET", "/nothing", 404),
    ):
        given = client.request(method, address)
        assert given.status_code == status
        assert given.headers["content-type"] == "application/problem+json"
    assert client.get(f"{ROOT}/balance", headers={"accept": "image/png"}).status_code == 406
    stranger = client.get(f"{ROOT}/balance", headers={"host": "elsewhere.example"})
    assert stranger.status_code == 400
    assert stranger.headers["content-type"] == "application/problem+json"
    assert client.post(f"{ROOT}/balance").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1:8000", "127.0.0.1"),
        ("LocalHost", "localhost"),
        ("[::1]:8000", "[::1]"),
        ("[::1]", "[::1]"),
        ("localhost:evil.example", "localhost:evil.example"),
        ("", ""),
    ],
)
def test_a_host_is_told_from_its_port(host, name):
    assert name_in(host) == name


def test_what_changes_the_store_has_no_address(client):
    described = client.get(f"{ROOT}/openapi.json").json()["paths"]
    assert f"{ROOT}/balance" in described
    assert not {f"{ROOT}/ingest", f"{ROOT}/fetch"} & set(described)
    assert {method for path in described.values() for method in path} == {"get"}


def test_the_description_names_units_and_refuses_nothing_it_allows(client):
    whole = client.get(f"{ROOT}/openapi.json").json()
    one = whole["paths"][f"{ROOT}/balance"]["get"]
    answer = one["responses"]["200"]["content"]["application/json"]["schema"]
    cell = answer["properties"]["rows"]["items"]["properties"]["balance_usd"]
    assert cell["x-unit"] == "US dollars"
    assert {"400", "404", "406", "422", "429", "304"} <= set(one["responses"])
    assert "list" in {given["name"] for given in one["parameters"]}
    assert "file" not in {
        given["name"] for given in whole["paths"][f"{ROOT}/whatif-run"]["get"]["parameters"]
    }


def test_an_unchanged_answer_is_not_sent_twice(client):
    first = client.get(f"{ROOT}/balance", params={"year": "2023"})
    again = client.get(
        f"{ROOT}/balance", params={"year": "2023"}, headers={"if-none-match": first.headers["etag"]}
    )
    assert again.status_code == 304
    assert not again.content
    other = client.get(f"{ROOT}/balance", params={"year": "2022"})
    assert other.headers["etag"] != first.headers["etag"]


def test_large_answers_are_compressed_for_who_can_read_it(client):
    packed = client.get(f"{ROOT}/balance", params={"year": "1990:2025"})
    plain = client.get(
        f"{ROOT}/balance", params={"year": "1990:2025"}, headers={"accept-encoding": "identity"}
    )
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()


def test_too_many_rows_are_refused_with_a_way_out(home):
    with TestClient(create_app(Settings(home=home, names=NAMES, most_rows=3))) as one:
        given = one.get(f"{ROOT}/balance", params={"year": "2000:2024"})
        assert given.status_code == 422
        assert "25 rows" in given.json()["title"]


def test_a_question_that_takes_too_long_is_given_up(home):
    question = readable()["balance"]
    desk = Desk(Settings(home=home, most_seconds=0.000_001))
    with pytest.raises(TooMuchError, match="longer than"):
        in_a_loop(desk.answer(question, question.params.read({"year": "2024"}), "json"))
    desk.close()


def test_the_same_question_of_many_is_asked_once(home):
    question = readable()["balance"]
    desk = Desk(Settings(home=home))
    params = question.params.read({"year": "2024"})

    async def many():
        return await asyncio.gather(*[desk.answer(question, params, "json") for _ in range(20)])

    assert len({kept.body for kept in in_a_loop(many())}) == 1
    assert desk.counts.asked == 1
    desk.close()


def test_kept_answers_are_bounded_and_dropped_when_the_store_changes(tmp_path):
    question = readable()["balance"]
    desk = Desk(Settings(home=tmp_path, kept_bytes=12_000))

    async def ask_years():
        for year in range(2000, 2012):
            await desk.answer(question, question.params.read({"year": str(year)}), "json")

    in_a_loop(ask_years())
    assert 0 < desk.weight <= 12_000
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "new.csv").write_text("code\n", encoding="utf-8")
    desk._looked = float("-inf")
    before = desk._held
    assert desk.held != before
    assert desk.weight == 0
    desk.close()


def test_health_and_counts_and_one_line_per_request(home):
    log = io.StringIO()
    with TestClient(create_app(Settings(home=home, names=NAMES), log=log)) as one:
        assert one.get("/health").json()["status"] == "ok"
        one.get(f"{ROOT}/balance", params={"yaer": "1"})
        counted = one.get("/metrics").text
    assert 'techbalance_requests_total{route="/api/v1/balance",status="400"} 1' in counted
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["status"] for line in lines] == [200, 400, 200]
    assert lines[1]["path"] == f"{ROOT}/balance"


@pytest.mark.parametrize(
    "name", ["key", "api_key", "CENSUS_API_KEY", "token", "Password", "auth", "x-session"]
)
def test_a_key_that_somebody_sends_is_in_no_line(home, name):
    log = io.StringIO()
    with TestClient(create_app(Settings(home=home, names=NAMES), log=log)) as one:
        sent = {"authorization": "Bearer hunter2", "cookie": "session=hunter2"}
        refused = one.get(f"{ROOT}/balance", params={"year": "2024", name: "hunter2"}, headers=sent)
    assert refused.status_code == 400
    assert "hunter2" not in log.getvalue()
    assert "hunter2" not in refused.text
    assert "year=2024" in json.loads(log.getvalue())["query"]


def test_other_sites_read_answers_only_where_they_are_named(home):
    with TestClient(create_app(Settings(home=home, names=NAMES, origins=("https://desk.example",)))) as one:
        ours = one.get("/health", headers={"origin": "https://desk.example"})
        other = one.get("/health", headers={"origin": "https://else.example"})
    assert ours.headers["access-control-allow-origin"] == "https://desk.example"
    assert "access-control-allow-origin" not in other.headers
