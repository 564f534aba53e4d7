"""The tools an assistant gets, asked with the protocol's own client."""

import asyncio
import json
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import uvicorn

from techbalance.api import TechBalance
from techbalance.questions.registry import QUESTIONS

Client = pytest.importorskip("mcp.client", reason="the optional extra mcp is not installed").Client


def in_a_loop(work):
    """Run to the end in a thread of its own: a browser test may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def asked(home):
    from techbalance.mcp.server import server

    serving = server(home)

    def ask(name, given):
        async def one():
            async with Client(serving) as client:
                return await client.call_tool(name, given)

        return in_a_loop(one())

    return ask


def test_every_question_that_changes_nothing_is_a_tool(tmp_path):
    from techbalance.mcp.server import server

    async def listed():
        async with Client(server(tmp_path)) as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in in_a_loop(listed())}
    named = {"claims_judge": "check_claim"}
    assert set(tools) == {named.get(one.name, one.name) for one in QUESTIONS.values() if not one.writes}
    assert all(tool.annotations.read_only_hint for tool in tools.values())
    assert "file" not in tools["whatif_run"].input_schema["properties"]
    assert tools["rank"].input_schema["required"] == ["year"]


def test_a_result_has_units_vintage_and_a_citation_line(asked, home):
    given = asked("balance", {"year": "2024"}).structured_content
    assert given["rows"][0]["balance_usd"] == TechBalance(home).balance(year=2024).rows()[0]["balance_usd"]
    assert given["vintage"] == given["rows"][0]["vintage"]
    assert given["units"]["balance_usd"] == "US dollars"
    assert "techbalance balance --year 2024" in given["citation"]


def test_plain_values_are_taken_as_well_as_texts(asked):
    first = asked("balance", {"year": 2024, "ytd": False})
    assert first.structured_content["rows"] == asked("balance", {"year": "2024"}).structured_content["rows"]


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("balance", {"yaer": "2024"}, "Did you mean 'year'"),
        ("balance", {"year": ["2024"]}, "commas"),
        ("dependence", {"list": "/etc/passwd"}, "names a file"),
        ("claims_check", {"what": "../../article.toml"}, "names a file"),
        ("trace", {"what": "dependence?list=/etc/passwd"}, "names a file"),
        (
            "check_claim",
            {"stated": "1", "unit": "usd", "of": "rank?year=2025&list=/etc/passwd", "column": "value_usd"},
            "names a file",
        ),
        ("ingest", {"files": "/etc/passwd"}, "unknown tool"),
        ("fetch", {"source": "census-country"}, "unknown tool"),
        ("value_added", {"year": "2007"}, "the data folder"),
        ("rank", {}, "year is needed"),
        ("balence", {}, "Did you mean 'balance'"),
    ],
)
def test_a_refusal_says_what_to_do_next(asked, name, given, says):
    result = asked(name, given)
    assert result.is_error
    assert says in result.content[0].text


def test_long_answers_are_cut_and_say_so(asked):
    given = asked("balance", {"by": "partner,group", "year": "2025"}).structured_content
    assert len(given["rows"]) == 200
    assert given["rows_in_all"] > 200
    assert any("first 200" in note for note in given["notes"])
    assert json.dumps(given)


ARTICLE = """The deficit in advanced technology products was $297bn in 2024, a record.
Imports of advanced technology products from Taiwan came to $163.0bn in 2025.
Everybody knows that it is getting worse."""


def test_every_figure_of_an_article_is_judged_or_asked_about(asked):
    given = asked("check_claim", {"text": ARTICLE}).structured_content
    assert [row["verdict"] for row in given["rows"]] == ["differs", "reproduced", "reproduced", None]
    assert given["rows"][0]["bracketed_by"]
    assert given["rows"][1]["superseded_by"].startswith("2025")
    assert given["rows"][3]["note"].startswith("not_read")
    assert "[answer " in given["citation"]


def test_the_instructions_tell_how_to_take_an_article_apart(home):
    from techbalance.mcp.server import server

    async def told():
        async with Client(server(home)) as client:
            return client.instructions

    instructions = in_a_loop(told())
    for word in ("check_claim", "read_as", "vintage", "citation", "not-covered", "interpretation"):
        assert word in instructions


def test_an_assistant_that_starts_the_program_gets_the_same(asked, home):
    from mcp import StdioServerParameters

    program = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from techbalance.cli.main import main; main(['mcp'])"],
        env={"TECHBALANCE_HOME": str(home)},
    )

    async def one():
        async with Client(program) as client:
            return await client.call_tool("claims_list", {}), await client.call_tool("balance", {"yaer": "1"})

    given, refused = in_a_loop(one())
    assert given.structured_content == asked("claims_list", {}).structured_content
    assert refused.is_error


def test_an_assistant_elsewhere_gets_the_same_over_http(asked, home):
    from techbalance.mcp.server import http_app

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(http_app(home), port=port, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)

    async def one():
        async with Client(f"http://127.0.0.1:{port}/mcp") as client:
            return await client.call_tool("claims_list", {})

    try:
        given = in_a_loop(one())
        # Another site's name, as when a name is made to point here, is not served.
        stranger = httpx.post(
            f"http://127.0.0.1:{port}/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
            headers={"host": "elsewhere.example", "accept": "application/json, text/event-stream"},
        )
        foreign = httpx.post(
            f"http://127.0.0.1:{port}/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
            headers={"origin": "https://elsewhere.example", "accept": "application/json, text/event-stream"},
        )
    finally:
        server.should_exit = True
        thread.join(10)
    assert given.structured_content == asked("claims_list", {}).structured_content
    assert stranger.status_code == 421
    assert foreign.status_code == 403
