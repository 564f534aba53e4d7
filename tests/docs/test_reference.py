"""The reference pages are current and complete, and what brings them up to date does its work."""

import os
import re

import pytest

from techbalance import errors, record
from techbalance.questions.parameters.columns import COLUMNS
from techbalance.questions.registry import QUESTIONS
from techbalance.sources.declaration import declared
from tools.write_reference import __main__ as command
from tools.write_reference.commands import EXIT_CODES, VARIABLES, commands
from tools.write_reference.examples import Shell, cut_like, replayed, with_examples_run
from tools.write_reference.markdown import table
from tools.write_reference.pages import PAGES, error_classes


def page(root, name):
    return (root / "docs" / "reference" / name).read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_declarations_say(root, name):
    assert page(root, name) == PAGES[name](), "python -m tools.write_reference brings it up to date"


@pytest.mark.parametrize(
    ("words", "parsed"), list(commands()), ids=lambda one: " ".join(one) if isinstance(one, tuple) else ""
)
def test_every_option_of_a_command_is_described(root, words, parsed):
    text = page(root, "commands.md")
    section = text.split(f"\n## {' '.join(words)}\n")[1].split("\n## ")[0]
    shared = text.split("\n## Every question\n")[1].split("\n## ")[0]
    for one in parsed.params:
        assert one.help or one.name == "help", one.name
        for opt in one.opts:
            word = opt if opt.startswith("-") else opt.upper()
            assert f"`{word}`" in section + shared, opt


def test_every_question_is_a_command_of_the_page():
    assert {question.command for question in QUESTIONS.values()} <= {words for words, _ in commands()}


def test_every_column_source_table_and_error_has_its_line(root):
    columns, sources, wrong = (page(root, name) for name in ("columns.md", "sources.md", "errors.md"))
    for name in COLUMNS:
        assert f"\n| `{name}` |" in columns
    for name in record.tables():
        assert f"\n### {name}\n" in columns
    for one in declared():
        assert f"\n### {one.id}\n" in sources
    for name in record.sources():
        assert f"\n| `{name}` |" in sources
    public = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)]
    for one in public:
        assert f"\n| `{one.__name__}` |" in wrong


def test_every_exit_code_of_an_error_is_in_the_table():
    assert {one.exit_code for one in error_classes()} <= set(EXIT_CODES)


def test_every_variable_the_program_reads_is_in_the_table(root):
    code = "".join(path.read_text("utf-8") for path in (root / "src" / "techbalance").rglob("*.py"))
    assert set(re.findall(r'"(TECHBALANCE_[A-Z]+)"', code)) == set(VARIABLES)


def test_bars_and_line_ends_cannot_break_a_table():
    assert table(("a",), [("b|c\nd",)]).splitlines()[2] == "| b\\|c d |"


def test_a_shell_keeps_the_exit_code_and_leaves_the_environment_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("TECHBALANCE_HOME", "before")
    shell = Shell(tmp_path)
    assert shell.written("techbalance balance --year abcd")[0].startswith("techbalance: 'abcd' is not a year")
    assert shell.written("echo $?") == ["2"]
    assert os.environ["TECHBALANCE_HOME"] == "before"


def test_a_shell_runs_nothing_but_the_program(tmp_path):
    with pytest.raises(ValueError, match="cannot run"):
        Shell(tmp_path).written("rm -r here")


def test_a_cut_keeps_as_many_lines_as_were_shown():
    whole = ["a", "b", "c", "d", "e"]
    assert cut_like(["x", "…", "y", "z"], whole) == ["a", "…", "d", "e"]
    assert cut_like(["x"], whole) == whole
    assert cut_like(["x", "…", "y", "z"], ["a", "b"]) == ["a", "b"]


def test_a_block_is_run_again_command_by_command(tmp_path):
    block = "$ techbalance balance --year 12\nold\n\n$ echo $?\nold\n"
    first, second, third, fourth, fifth = replayed(block, Shell(tmp_path)).splitlines()
    assert (first, third, fourth, fifth) == ("$ techbalance balance --year 12", "", "$ echo $?", "2")
    assert second.startswith("techbalance: '12' is not a year")


def test_a_file_of_the_page_can_be_read_by_its_commands():
    text = "```toml\n# mine.toml\n[article]\n```\n\n```console\n$ techbalance claims check mine.toml\n```\n"
    assert "mine.toml" in with_examples_run(text).split("check mine.toml\n")[1]


@pytest.fixture
def copy(tmp_path, monkeypatch):
    (tmp_path / "docs" / "reference").mkdir(parents=True)
    for name, write in PAGES.items():
        (tmp_path / "docs" / "reference" / name).write_text(write(), "utf-8")
    (tmp_path / "README.md").write_text("```console\n$ techbalance balance --year 12\n```\n", "utf-8")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    return tmp_path


def test_a_stale_page_is_named_and_then_written(copy, capsys):
    (copy / "docs" / "reference" / "errors.md").write_text("old", "utf-8")
    assert command.main(["--check"]) == 1
    assert capsys.readouterr().out.splitlines() == ["stale: docs/reference/errors.md", "stale: README.md"]
    assert (copy / "docs" / "reference" / "errors.md").read_text("utf-8") == "old"
    assert command.main([]) == 0
    assert page(copy, "errors.md") == PAGES["errors.md"]()
    assert command.main(["--check"]) == 0
