"""The same question on four surfaces: Python, the command line, HTTP, an assistant's tools. One answer."""

import asyncio
import json
import shlex
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from techbalance.api import TechBalance
from techbalance.cli.main import run
from techbalance.questions.interface import readable
from techbalance.questions.parameters.declaration import split_reference
from techbalance.questions.registry import find
from techbalance.questions.representations import plain
from techbalance.web.api import ROOT, address
from techbalance.web.app import create_app
from techbalance.web.settings import Settings

Client = pytest.importorskip("mcp.client", reason="the optional extra mcp is not installed").Client

# Those that take little on the record that ships: each is asked four times, of four stores.
REFERENCES = (
    "balance?denominator=goods_census&year=2020:2024",
    "rank?flow=import&year=2025&top=7",
    "ip?country=USA,DEU,CHN&year=2023",
    "lists",
    "claims_list",
    "claims_check?what=INN01,INN03",
    "cite?what=balance%3Fyear%3D2024",
    "sources?year=2002",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def python(home):
    return TechBalance(home)


@pytest.fixture(scope="module")
def http(home):
    with TestClient(create_app(Settings(home=home, names=("testserver",)))) as client:
        yield client


@pytest.fixture(scope="module")
def assistant(home):
    """What every tool gives, asked in one session."""
    from techbalance.mcp import server, toolbox

    whole = toolbox.MOST_ROWS

    async def ask_all():
        given = {}
        async with Client(server.server(home)) as client:
            for reference in REFERENCES:
                name, parameters = split_reference(reference)
                given[reference] = await client.call_tool(toolbox.NAMES.get(name, name), parameters)
        return given

    # Rows beyond the first ones are compared too.
    toolbox.MOST_ROWS = 1_000_000
    try:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, ask_all()).result()
    finally:
        toolbox.MOST_ROWS = whole


def rows_of(answer):
    return [{name: plain(value) for name, value in row.items()} for row in answer.rows()]


@pytest.fixture
def typed(home, monkeypatch, capsys):
    """What a command writes as JSON."""
    monkeypatch.setenv("TECHBALANCE_HOME", str(home))

    def ask(command):
        assert run([*shlex.split(command)[1:], "--format", "json"]) == 0
        return json.loads(capsys.readouterr().out)

    return ask


@pytest.mark.parametrize("reference", REFERENCES)
def test_four_surfaces_give_one_answer(reference, python, typed, http, assistant):
    name, given = split_reference(reference)
    question = find(name)
    answer = python.ask(reference)
    expected = rows_of(answer)
    assert expected

    assert typed(question.command_line(question.params.read(dict(given)))) == expected

    served = http.get(f"{ROOT}/{address(question)}", params=given).json()
    assert served["rows"] == expected
    assert served["answer_id"] == answer.answer_id

    told = assistant[reference]
    assert not told.is_error
    assert told.structured_content["rows"] == expected
    assert told.structured_content["citation"] == served["citation"]
    assert told.structured_content["units"] == {
        column: facts["unit"] for column, facts in served["columns"].items() if facts["unit"]
    }
    assert json.loads(told.content[0].text) == told.structured_content


def test_several_questions_are_compared():
    assert len({split_reference(one)[0] for one in REFERENCES}) >= 8
    assert {split_reference(one)[0] for one in REFERENCES} <= set(readable())
