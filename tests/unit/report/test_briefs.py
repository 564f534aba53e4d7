"""Briefs on one partner, group or article: what they say is what the questions answer."""

import io

import openpyxl
import pytest
from pypdf import PdfReader

from techbalance.charts import text
from techbalance.cli.main import run
from techbalance.errors import NotCoveredError, ParameterError, UnknownCodeError
from techbalance.report import briefs, subject
from techbalance.report.blocks import Chart, Findings, Statements, Table
from techbalance.report.inquiry import Inquiry
from techbalance.report.paper.typesetting import typeset
from techbalance.report.rendering import render
from techbalance.report.sections import claims, scoped_context, scoped_dependence, scoped_parts
from techbalance.report.sharing import Plan, written
from techbalance.report.workbook import as_workbook
from techbalance.store.catalogue import Store

OWN = """
[article]
title = "A column of one's own"
authors = "unknown"
published = "2026"

[[claims]]
id = "OWN1"
text = "In 2024 the deficit was $294bn."
where = "first paragraph"
metric = "level"
filters = { year = 2024 }
stated = "-294"
unit = "usd_billion"
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def inquiry(store):
    return Inquiry(store)


@pytest.fixture(scope="module")
def china(store):
    return briefs.compose(store, subject.partner(store, "China"))


def test_a_partner_s_brief_has_findings_charts_tables_claims_methods_and_sources(china):
    assert [section.id for section in china.sections] == [
        *("findings", "parts", "products", "context", "dependence", "claims", "sources")
    ]
    kinds = {type(block) for section in china.sections for block in section.blocks}
    assert {Findings, Chart, Table, Statements} <= kinds
    assert china.kind == "brief: China"


def test_its_title_and_figures_are_the_answers_to_the_dollar(china, tb):
    before, year = tb.balance(partner="CHN", year="2024:2025").rows()
    fall = text.percent(1 - year["imports_usd"] / before["imports_usd"], 0)
    assert china.title == (
        f"Imports of advanced technology from China fell {fall} to {text.money(year['imports_usd'])} in 2025"
    )
    assert china.key_figures[0].exact == year["imports_usd"]
    total = tb.balance(year=2025).rows()[0]["imports_usd"]
    # The published total and the sum of products differ by less than half the last printed digit.
    assert china.key_figures[1].exact == pytest.approx(year["imports_usd"] / total, rel=1e-6)


def test_every_finding_is_the_title_of_what_it_leads_to(china):
    (block,) = china.sections[0].blocks
    titles = {one.id: one.figure.title for one in china.blocks if isinstance(one, Chart)}
    titles |= {one.id: one.heading.title for one in china.blocks if isinstance(one, Table)}
    said = dict(block.said)
    assert {anchor: said[anchor].removesuffix(".") for anchor in titles} == titles
    # Of one partner: a finding that says nothing of it would be one of all trade.
    drawn = [said[one.id] for one in china.blocks if one.id.startswith("change-")]
    assert drawn
    assert all("from China" in sentence for sentence in drawn)


def test_statements_are_those_that_name_the_partner(china):
    found = {
        one.claim_id
        for section in china.sections
        for block in section.blocks
        if isinstance(block, Statements)
        for one in block.statements
    }
    assert {"CAP14", "CAP15", "CAP16", "INN07"} <= found
    assert not {"CAP03", "INN01", "INN05"} & found


def test_it_is_written_as_page_paper_and_workbook(china):
    assert china.title in render(china)
    paper = PdfReader(io.BytesIO(typeset(china)))
    assert paper.metadata.title == china.title
    heads = [one.title for one in paper.outline if not isinstance(one, list)]
    assert heads == [section.title for section in china.sections]
    links = [note.get_object() for page in paper.pages for note in page.get("/Annots") or []]
    assert sum("/Dest" in link or "/A" in link for link in links) >= len(list(china.blocks))
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(china)))
    assert {block.id[:31] for block in china.blocks} <= set(book.sheetnames)


def test_a_group_is_broken_down_by_partner_and_says_so(inquiry):
    found = scoped_parts.section(inquiry, subject.group("Electronics"))
    assert found.title == "Imports in Electronics by partner, 2024 and 2025"
    assert {block.id for block in found.blocks} >= {"partners", "rank-partner-import-2025"}
    assert all("in Electronics" in block.figure.title for block in found.blocks if isinstance(block, Chart))
    table = next(block for block in found.blocks if isinstance(block, Table))
    rows = table.rows.to_pylist()
    pair = inquiry.ask("balance", group="05", year="2025").rows()[0]
    assert sum(row["to_usd"] for row in rows if row["to_usd"] is not None) == pair["imports_usd"]


def test_an_area_is_a_subject_too(inquiry):
    area = subject.partner(inquiry.store, "EU27")
    assert area.within == "from the EU27"
    assert area.slug == "partner-the-eu27"
    before, year = subject.years(inquiry, area)
    assert (before, year) == (2024, 2025)
    # An area has no charges of its own: nothing is said of them.
    found = scoped_context.section(inquiry, area)
    assert all(block.id != "ideas" for block in found.blocks)


def test_an_article_of_one_s_own_is_judged_like_the_shipped_ones(inquiry, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(OWN, "utf-8")
    own = subject.article(str(path))
    assert own.words == "A column of one's own"
    found = claims.section(inquiry, own)
    (article,) = (block for block in found.blocks if isinstance(block, Statements))
    assert [(one.claim_id, one.verdict) for one in article.statements] == [("OWN1", "reproduced")]
    assert str(path) in article.statements[0].command


def test_a_shipped_article_is_named_as_its_claim_file(store):
    every = claims.bearing(store, subject.article("innovation-2024"))
    assert every.startswith("INN01,INN02")
    assert every == claims.bearing(store, subject.article("innovation-2024.toml"))


def test_nobody_named_is_refused_with_near_names(store):
    with pytest.raises(UnknownCodeError, match="Did you mean 'China'"):
        subject.partner(store, "Chian")
    with pytest.raises(UnknownCodeError, match="unknown group"):
        subject.group("11")
    with pytest.raises(UnknownCodeError, match="weller-wheeler-2008"):
        subject.article("weller-wheeler-2007")
    with pytest.raises(ParameterError, match="no partner"):
        subject.partner(store, "USA")


def test_what_is_not_held_is_refused_in_order(store, inquiry):
    with pytest.raises(NotCoveredError, match="imports from North Korea are not held for two full years"):
        briefs.compose(store, subject.partner(store, "PRK"))
    # A section without data leaves a brief, which says so; others stay.
    left = written("scoped_dependence", inquiry, Plan("html", subject.partner(store, "PRK")))
    assert left.left_out
    assert "nothing to draw" in left.section.prose[0]


def test_a_brief_has_one_subject(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path))
    assert run(["report", "--partner", "CHN", "--group", "05"]) == 2
    assert "one subject" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["brief.pdf", "folder"])
def test_nothing_empty_is_left_where_a_brief_was_refused(tmp_path, monkeypatch, name):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path / "home"))
    refused = NotCoveredError("nothing is held")

    def refuse(*_: object) -> None:
        raise refused

    monkeypatch.setattr("techbalance.report.briefs.compose", refuse)
    assert run(["report", "--group", "05", "--out", str(tmp_path / name)]) == refused.exit_code
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and not path.stat().st_size]


def test_dependence_names_what_few_supply(inquiry):
    found = scoped_dependence.section(inquiry, subject.group("08"))
    (table,) = found.blocks
    rows = [row for row in table.rows.to_pylist() if row["top_share"] is not None]
    more = [row for row in rows if row["top_share"] > 0.5]
    assert f"more than half of {len(more)} of {len(rows)} products in Aerospace" in table.heading.title
