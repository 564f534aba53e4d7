"""Pages from their declarations: forms, permalinks, refusals, and what every page must be."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from techbalance.errors import ParameterError
from techbalance.questions.parameters.accounts import BalanceParams
from techbalance.questions.registry import QUESTIONS
from techbalance.web import api
from techbalance.web.app import create_app
from techbalance.web.pages import explorer, question, serving
from techbalance.web.pages.controls import controls_of, open_form
from techbalance.web.pages.page import address
from techbalance.web.pages.registry import PAGES
from techbalance.web.settings import Settings

BY_ADDRESS = {page.address: page for page in PAGES}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    # However busy the machine of the tests is.
    with TestClient(create_app(Settings(home=home, names=("testserver",), most_seconds=120))) as one:
        yield one


def test_every_question_that_changes_nothing_has_a_page():
    declared = {f"/questions/{api.address(one)}" for one in QUESTIONS.values() if not one.writes}
    assert declared <= set(BY_ADDRESS)
    assert len(BY_ADDRESS) == len(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.address)
def test_no_page_takes_a_parameter_that_means_something_to_the_shell(page):
    names = {info.alias or field for field, info in page.params.model_fields.items()}
    assert not names & {serving.EMBED, serving.DARK, serving.WIDTH}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.address)
def test_every_parameter_has_a_field_with_help(page):
    for one in open_form(page.params, {}):
        assert one.says
        assert one.label
        assert one.options or one.kind not in {"choice", "choices"}


def test_fields_are_of_the_kinds_of_their_parameters():
    made = {one.name: one for one in controls_of(BalanceParams, {"by": "group,partner", "top": "5"})}
    assert made["by"].kind == "choices"
    assert made["by"].values == ("group", "partner")
    assert (made["top"].kind, made["top"].least, made["top"].value) == ("number", 1, "5")
    assert made["ytd"].kind == "flag"
    assert made["denominator"].options[0][0] == ""
    assert made["series"].value == "atp"
    assert not made["series"].is_given
    assert dict(made["group"].suggested)["04"].startswith("Information")


def test_what_a_form_leaves_empty_is_not_given_and_boxes_are_joined():
    pairs = [("by", "group"), ("year", ""), ("by", "partner"), ("top", "5")]
    assert serving.together(pairs) == {"by": "group,partner", "top": "5"}


def test_a_permalink_restores_what_was_asked():
    page = BY_ADDRESS["/questions/balance"]
    for given in ({}, {"by": "year"}, {"by": "group", "year": "2024:2025"}, {"partner": "Korea, South"}):
        params = page.read(given)
        path, _, query = page.permalink(params).partition("?")
        again = page.read(dict(re.findall(r"([^&=]+)=([^&]*)", query.replace("+", " ").replace("%20", " "))))
        assert path == page.address
        assert again == params
    assert page.permalink(page.read({"by": "year"})) == "/questions/balance?by=year"


def test_examples_are_read_as_the_command_line_reads_them():
    rank = QUESTIONS["rank"]
    assert question.example_texts(rank, rank.examples[0]) == {"flow": "import", "top": "10", "year": "2025"}
    assert question.example_texts(QUESTIONS["trace"], "trace 'balance?year=2024'") == {
        "what": "balance?year=2024"
    }
    assert question.example_texts(QUESTIONS["balance"], "balance --list my.csv") is None


def test_the_python_line_asks_the_same(tb):
    params = QUESTIONS["change"].params.read({"from": "2024", "to": "2025", "by": "group", "flow": "import"})
    line = question.python_line(QUESTIONS["change"], params)
    assert line == 'tb.change(by="group", flow="import", from_="2024", to="2025")'
    assert tb.change(by="group", flow="import", from_="2024", to="2025").params == params


def test_a_page_may_not_name_a_file():
    with pytest.raises(ParameterError):
        BY_ADDRESS["/questions/balance"].read({"list": "/etc/passwd"})


def test_pages_say_what_they_may_do_and_are_asked_again_by_tag(client):
    given = client.get("/explorer", params={"by": "group", "year": "2025"})
    assert given.status_code == 200
    policy = given.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    again = client.get(
        "/explorer", params={"by": "group", "year": "2025"}, headers={"if-none-match": given.headers["etag"]}
    )
    assert again.status_code == 304
    framed = client.get("/explorer", params={"by": "group", "year": "2025", "embed": "1"})
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert "<form" not in framed.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/explorer?year=20x5", 400, "Write 2024 or 2002:2007"),
        ("/explorer?by=group&year=2010", 404, "trade by group is held"),
        ("/explorer?colour=red", 400, "colour"),
        ("/explorer?embed=nothing", 400, "block"),
        ("/explorer/nothing.svg", 404, "nothing.svg"),
        ("/explorer/balance-annual.exe", 404, "balance-annual.exe"),
        ("/explorer/balance-annual.svg?width=99999", 400, "width"),
        ("/explorer/rows-by-year.svg", 400, "form of a table"),
        ("/questions/lists-diff", 200, "is needed"),
    ],
)
def test_what_is_wrong_is_said_on_a_page(client, path, status, words):
    given = client.get(path, headers={"accept": "text/html"})
    assert given.status_code == status
    assert given.headers["content-type"].startswith("text/html")
    assert words in given.text


def test_charts_are_handed_out_in_every_form(client):
    path = "/explorer/balance-annual"
    assert client.get(f"{path}.csv").text.startswith("year,exports_usd")
    wide, dark = (
        client.get(f"{path}.svg", params=given).text for given in ({}, {"dark": "true", "width": 340})
    )
    assert "largest since" in wide
    assert 'width="340"' in dark
    assert "largest since" not in dark
    assert client.get(f"{path}.json").json()["$schema"].endswith(".json")


def test_steps_lead_down_to_a_product_and_no_further_than_what_is_held(client):
    rows = client.get("/explorer").text
    assert 'href="/explorer?year=2025&amp;by=group"' in rows
    assert "/explorer?year=2010&amp;by=group" not in rows
    page = client.get(
        "/explorer", params={"by": "product", "group": "04", "partner": "TWN", "year": "2025"}
    ).text
    assert "product=8471500150" in page
    assert address(explorer.ADDRESS, year=2025, by=None) == "/explorer?year=2025"
