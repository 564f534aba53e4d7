"""Whatever an answer holds, it is text in the page and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from techbalance.cli.main import run
from techbalance.report.blocks import Section, Statement, Statements
from techbalance.report.page import Report, write
from techbalance.report.rendering import render
from techbalance.report.runtime import chart_library

WICKED = "<script>alert('\u2212$5bn')</script>\"&"


def report(words: str) -> Report:
    statement = Statement("X1", words, words, words, "differs", words, (("Basis", words),), words, words)
    article = Statements("article-1", words, words, (("differs", 1),), (statement,))
    section = Section("claims", words, (words,), (article,))
    return Report(words, (), (section,), {}, words, words)


def test_markup_in_values_stays_text() -> None:
    page = render(report(WICKED))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(" in page
    assert 'data-reference="&lt;script&gt;' in page
    assert '<span class="tied">\u2212$5bn</span>' in page


def test_commands_may_break_only_after_separators() -> None:
    page = render(report("balance?year=2024:2025&ytd=true"))
    assert "balance?<wbr>year=2024:<wbr>2025&amp;<wbr>ytd=true" in page
    page = render(report("techbalance balance --as-of 2024"))
    assert 'balance <span class="tied">--as-of</span> 2024' in page


def test_what_stands_between_backticks_is_code() -> None:
    page = render(report("declared: usitc (2002, `techbalance fetch usitc --from <year>`)"))
    assert "<p>declared: usitc (2002, <code>techbalance fetch usitc --from &lt;year&gt;</code>)</p>" in page


def test_the_library_cannot_end_its_script_element() -> None:
    script = chart_library()
    assert "vegaEmbed" in script
    assert "</script" not in script
    assert "<!--" not in script


def test_the_page_is_the_same_each_time() -> None:
    assert render(report("same")) == render(report("same"))


def test_a_report_goes_into_a_folder_of_its_own_and_leaves_other_files(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    written = write(report("words"), tmp_path)
    assert written.page == tmp_path / "index.html"
    assert written.page_bytes == written.page.stat().st_size
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(store: object) -> None:
        raise AssertionError("composed for nothing")

    monkeypatch.setattr("techbalance.report.page.compose", never)
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    assert run(["report", "--out", str(taken)]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert f"the report cannot be written to {taken}" in said.err
    assert "--out" in said.err


def test_the_command_prints_the_page_and_says_the_rest_on_the_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("techbalance.report.page.compose", lambda *_: report("words"))
    assert run(["report"]) == 0
    said = capsys.readouterr()
    assert said.out == str(Path("techbalance-report") / "index.html") + "\n"
    assert "stands by itself" in said.err
    assert (tmp_path / "techbalance-report" / "index.html").is_file()
