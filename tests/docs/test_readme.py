"""The pages people write are true: their examples run and give what is shown, and what they name exists."""

import difflib
import doctest
import re
import shlex
import tomllib
from pathlib import Path

import pytest

import techbalance
from techbalance.questions.registry import QUESTIONS
from techbalance.questions.wording import money
from tools.write_reference.commands import EXIT_CODES, commands
from tools.write_reference.examples import CONSOLE, pages, with_examples_run

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = pages(ROOT)
EVERY = [*WRITTEN, *sorted((ROOT / "docs" / "reference").glob("*.md"))]

# What fits on a screen before anybody scrolls.
FIRST_SCREEN = 30

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```(?:sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
REASON = re.compile(r'"([a-z]+(?:_[a-z]+)+|degenerate): ')
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|Users|mnt|opt)/|\b[A-Z]:\\")


def with_block(block):
    return [page for page in WRITTEN if block.search(page.read_text("utf-8"))]


def named(page):
    return page.relative_to(ROOT).as_posix()


def anchors(page):
    """Anchors a code host gives to headings: lower case, hyphens for spaces, other signs left out."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def shell_lines(page):
    for block in SHELL.findall(page.read_text("utf-8")):
        marked = "\n$ " in f"\n{block}"
        for line in block.splitlines():
            if not marked or line.startswith("$ "):
                yield line.removeprefix("$ ").partition(" #")[0].strip()


@pytest.fixture(scope="module")
def readme():
    return (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def command_line():
    return {words: {opt for one in parsed.params for opt in one.opts} for words, parsed in commands()}


@pytest.mark.parametrize("page", with_block(CONSOLE), ids=named)
def test_examples_give_what_is_shown(page):
    shown = page.read_text("utf-8")
    given = with_examples_run(shown)
    if given != shown:
        lines = difflib.unified_diff(
            shown.splitlines(), given.splitlines(), "shown", "given", lineterm="", n=1
        )
        pytest.fail("\n".join([*lines, "python -m tools.write_reference brings the page up to date"]))


@pytest.mark.parametrize("page", with_block(PYTHON), ids=named)
def test_python_examples_give_what_is_shown(page, tmp_path, monkeypatch):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path))
    text = "\n".join(PYTHON.findall(page.read_text("utf-8")))
    test = doctest.DocTestParser().get_doctest(text, {}, named(page), named(page), 0)
    assert test.examples
    said = []
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=said.append)
    assert result.failed == 0, "".join(said)


def test_the_first_screen_has_a_sentence_a_figure_the_commands_and_their_output(readme):
    screen = "\n".join(readme.splitlines()[:FIRST_SCREEN])
    sentence = screen.split("\n\n")[1]
    assert sentence.count(".") == 1
    assert sentence.endswith(".")
    for command in ("make report", "techbalance balance --year 2024"):
        assert command in SHELL.search(screen)[1]
    assert CONSOLE.search(screen)[1].startswith("$ techbalance balance --year 2024\nyear")


def test_the_first_figure_and_its_vintages_are_those_of_the_record(readme):
    figure = readme.split("\n\n")[2]
    tb = techbalance.open()
    for day in (None, "2025-04"):
        row = tb.balance(year=2024, as_of=day).rows()[0]
        assert money(-row["balance_usd"]) in figure
        assert f"{row['vintage']:%B %Y}" in figure
    assert "US Census Bureau" in figure


def test_figures_in_sentences_are_those_of_the_record():
    page = (ROOT / "docs" / "explanation" / "why-figures-differ.md").read_text("utf-8")
    tb = techbalance.open()
    for name in ("goods_census", "goods_bop", "goods_services_bop"):
        rows = tb.balance(year="2007:2024", denominator=name).rows()
        percent = {row["year"]: row["deficit_ratio"] * 100 for row in rows}
        assert f"| {percent[2007]:.2f} % |" in page
        assert f"{percent[2024]:.1f} %" in page
    early, late = (tb.balance(year=2024, as_of=day).rows()[0] for day in ("2025-04", None))
    for column, sentence in (
        ("exports_usd", "exports rose by {:.1f} %"),
        ("imports_usd", "imports fell by {:.1f} %"),
        ("balance_usd", "the deficit shrank by {:.1f} %"),
    ):
        assert sentence.format(abs(late[column] / early[column] - 1) * 100) in page
    for year, day in ((2006, "2007-08"), (2006, None), (2024, "2025-04"), (2024, None)):
        assert money(abs(tb.balance(year=year, as_of=day).rows()[0]["balance_usd"])) in page
    assert f"${tb.balance(year=1995).rows()[0]['balance_usd'] / 1e6:,.0f}m" in page


@pytest.mark.parametrize("flow", ["import", "export"])
def test_the_size_of_the_lists_is_that_of_the_record(flow):
    store = techbalance.open().store
    lists = store.table("membership")
    codes = store.fetch_rows(lists.filter(lists.flow == flow).select("group"))
    listed = sum(row["group"] != "00" for row in codes)
    page = (ROOT / "docs" / "explanation" / "definitions.md").read_text("utf-8")
    assert f"{len(codes):,}" in page
    assert f"{listed:,}" in page


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "docs" / "explanation" / "definitions.md"], ids=named
)
def test_what_the_list_cannot_place_is_what_reconcile_shows(page):
    for row in techbalance.open().reconcile(flow="import").rows():
        assert money(row["undecided_usd"]) in page.read_text("utf-8")


@pytest.mark.parametrize("page", EVERY, ids=named)
def test_links_lead_somewhere(page):
    for target in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert ROOT in there.parents, target
        if anchor:
            assert anchor in anchors(there), target


@pytest.mark.parametrize("page", EVERY, ids=named)
def test_commands_shown_exist(page, command_line):
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for line in shell_lines(page):
        words = shlex.split(line)
        if words[:1] == ["make"]:
            assert set(words[1:]) <= set(targets), line
        if words[:2] == ["python", "-m"] and words[2].startswith("tools."):
            assert (ROOT / words[2].replace(".", "/")).is_dir(), line
        if words[:1] == ["techbalance"]:
            # A minus before a digit is that of a figure.
            options = {word for word in words[1:] if re.match(r"-[^0-9]", word)}
            known = next((o for c, o in command_line.items() if words[1 : 1 + len(c)] == list(c)), set())
            assert options <= known | {"--help", "-h", "--version"}, line
            assert known or options, line


@pytest.mark.parametrize("page", EVERY, ids=named)
def test_no_path_of_a_machine(page):
    assert not MACHINE.search(page.read_text("utf-8"))


@pytest.mark.parametrize("page", EVERY, ids=named)
def test_pages_speak_of_the_program_and_not_of_its_making(page):
    assert not re.search(r"\b(agents?|sessions?|prompts?)\b", page.read_text("utf-8"), re.IGNORECASE)


def test_every_page_is_in_the_index():
    index = ROOT / "docs" / "index.md"
    linked = {
        (index.parent / target.partition("#")[0]).resolve()
        for target in LINK.findall(index.read_text("utf-8"))
    }
    assert {page for page in EVERY if page.name != "README.md" and page != index} <= linked


def test_exit_codes_are_those_of_the_reference(readme):
    section = readme.split("## Exit codes\n")[1].split("\n## ")[0]
    assert [int(code) for code in re.findall(r"^\| (\d) \|", section, re.MULTILINE)] == list(EXIT_CODES)


def test_every_reason_for_a_missing_figure_is_explained():
    page = (ROOT / "docs" / "explanation" / "why-figures-differ.md").read_text("utf-8")
    code = [
        path
        for room in ("questions", "indicators")
        for path in (ROOT / "src" / "techbalance" / room).rglob("*.py")
        if path.parent.name != "parameters"  # there a word before a colon is a parameter that is refused
    ]
    used = {word for path in code for word in REASON.findall(path.read_text("utf-8"))}
    # A message about a parameter begins with its name, and a column's name ends in its unit.
    used -= {name for one in QUESTIONS.values() for name in one.params.model_fields}
    used = {word for word in used if not word.endswith(("_usd", "_share"))}
    assert {"not_covered", "part_year", "sign_differs"} <= used
    assert used <= {
        word
        for row in re.findall(r"^\| (`\w+`.*?) \|", page, re.MULTILINE)
        for word in re.findall(r"\w+", row)
    }


def test_paths_the_map_names_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    found = re.findall(r"`((?:src|tests|tools|docs|bench)/[\w/.-]+)`", text)
    assert found
    assert [path for path in found if not (ROOT / path).exists()] == []


def test_the_changelog_begins_with_the_version_of_the_package():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    first = re.search(r"^## \[?([\d.]+)\]?", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[1]
    assert first == version
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
