"""The tools an assistant gets, asked with the protocol's own client."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from techbalance.api import TechBalance
from techbalance.questions.registry import QUESTIONS

Client = pytest.importorskip("mcp.client", reason="the optional extra mcp is not installed").Client


def in_a_loop(work):
    """Run to the end in a thread of its own: a browser test may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture
def asked(tmp_path):
    from techbalance.mcp.server import server

    def ask(name, given):
        async def one():
            async with Client(server(tmp_path)) as client:
                return await client.call_tool(name, given)

        return in_a_loop(one())

    return ask


def test_every_question_that_changes_nothing_is_a_tool(tmp_path):
    from techbalance.mcp.server import server

    async def listed():
        async with Client(server(tmp_path)) as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in in_a_loop(listed())}
    assert set(tools) == {one.name for one in QUESTIONS.values() if not one.writes}
    assert all(tool.annotations.read_only_hint for tool in tools.values())
    assert "file" not in tools["whatif_run"].input_schema["properties"]
    assert tools["rank"].input_schema["required"] == ["year"]


def test_a_result_has_units_vintage_and_a_citation_line(asked, tmp_path):
    given = asked("balance", {"year": "2024"}).structured_content
    assert (
        given["rows"][0]["balance_usd"] == TechBalance(tmp_path).balance(year=2024).rows()[0]["balance_usd"]
    )
    assert given["rows"][0]["vintage"]
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
