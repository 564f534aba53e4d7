"""Charts from the command line: every kind of file, and what is refused before anything is computed."""

import json

import pytest

from techbalance.cli.main import run
from techbalance.questions.drawing import DRAWN, figure_of
from techbalance.questions.registry import QUESTIONS

GAP = ["gap", "--year", "2023", "--country", "USA,JPN,KOR", "--format", "json"]


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TECHBALANCE_DATA", raising=False)


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("a.html", b"<!DOCTYPE"), ("a.json", b"{")],
)
def test_every_kind_of_file_is_written_beside_the_data(tmp_path, capsys, name, begins):
    file = tmp_path / name
    assert run([*GAP, "--chart", str(file)]) == 0
    assert file.read_bytes().lstrip().startswith(begins)
    said = capsys.readouterr()
    assert len(json.loads(said.out)) == 3
    assert "Chart: Ideas lead making" in said.err


def test_a_page_needs_no_network(tmp_path):
    file = tmp_path / "a.html"
    assert run([*GAP, "--chart", str(file)]) == 0
    assert 'src="http' not in file.read_text("utf-8")


def test_a_name_of_no_kind_is_refused_before_anything_is_asked(tmp_path, capsys):
    assert run([*GAP, "--chart", str(tmp_path / "a.gif")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert ".svg, .png, .html, .json" in said.err


def test_a_place_that_cannot_be_written_is_told(tmp_path, capsys):
    assert run([*GAP, "--chart", str(tmp_path / "nowhere" / "a.svg")]) == 3
    assert "cannot write" in capsys.readouterr().err


def test_a_form_that_is_not_drawn_says_which_is(tmp_path, capsys):
    file = str(tmp_path / "a.svg")
    assert run(["compare", "USA,JPN", "--chart", file]) == 2
    assert "--every-year" in capsys.readouterr().err
    assert run(["balance", "--by", "quarter", "--year", "2024", "--chart", file]) == 2
    assert "Drawn are: years, months, or of one year groups" in capsys.readouterr().err


def test_the_largest_rows_do_not_make_the_whole_of_a_chart(tb):
    cut = figure_of(tb.balance(by="product,partner", year=2025, top=5))
    assert cut.title == figure_of(tb.balance(by="product,partner", year=2025)).title


@pytest.mark.parametrize(
    "asked",
    [
        ["balance", "--year", "2000:2024"],
        ["rank", "--by", "partner", "--year", "2025", "--flow", "import", "--top", "5"],
        ["ip", "--year", "2023", "--top", "5"],
        ["compare", "USA,CHN", "--from", "2010", "--to", "2020", "--every-year"],
    ],
)
def test_questions_of_the_record_are_drawn(tmp_path, asked):
    file = tmp_path / "a.svg"
    assert run([*asked, "--chart", str(file)]) == 0
    assert file.stat().st_size > 1000


def test_only_questions_that_are_drawn_have_the_option(capsys):
    assert set(DRAWN) <= set(QUESTIONS)
    for name in ("status", "gap"):
        run([name, "--help"])
        assert ("--chart" in capsys.readouterr().out) == (name in DRAWN)
