"""The report as a PDF: whole, tagged, with bookmarks, and without a glyph that its fonts lack."""

import io

import pytest
from pypdf import PdfReader

from techbalance.errors import CheckError
from techbalance.report.blocks import Section, Statement, Statements
from techbalance.report.page import Report
from techbalance.report.paper.typesetting import MOST_ROWS, data_of, font_folder, typeset

WICKED = '#panic("no") *bold* _it_ $x$ @ref <label> \\ " // [a] → − – · “quoted” ₂ é Ł'


@pytest.fixture(scope="module")
def paper(composed):
    return PdfReader(io.BytesIO(typeset(composed)))


def test_every_section_is_there_in_order(paper, composed):
    heads = [one.title for one in paper.outline if not isinstance(one, list)]
    assert heads == [section.title for section in composed.sections]


def test_it_is_tagged_and_says_its_title_and_language(paper, composed):
    root = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"]
    assert paper.metadata.title == composed.title


def test_figures_are_those_of_the_report(paper, composed):
    words = " ".join("".join(page.extract_text() for page in paper.pages).split())
    for figure in composed.key_figures:
        assert figure.value in words


def test_fonts_are_embedded(paper):
    for page in paper.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            (below,) = font.get_object()["/DescendantFonts"]
            facts = below.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(facts)


def test_words_are_never_taken_for_markup_and_no_glyph_is_missing():
    statement = Statement(
        "X1", WICKED, WICKED, WICKED, "differs", WICKED, (("Basis", WICKED),), WICKED, WICKED
    )
    article = Statements("article-1", WICKED, WICKED, (("differs", 1),), (statement,))
    report = Report(WICKED, (), (Section("claims", WICKED, (WICKED,), (article,)),), {}, "1", "2")
    pages = PdfReader(io.BytesIO(typeset(report))).pages
    words = "".join(page.extract_text() for page in pages)
    for piece in ("#panic", "*bold*", "→", "\u2212", "₂", "Ł"):
        assert piece in words


def test_a_glyph_that_no_font_has_is_refused_by_name():
    report = Report("t", (), (Section("c", "t", ("rare \U0001f9ff",), ()),), {}, "1", "2")
    with pytest.raises(CheckError, match="\U0001f9ff"):
        typeset(report)


def test_the_same_report_makes_the_same_bytes(composed):
    assert typeset(composed) == typeset(composed)


def test_long_tables_are_cut_and_say_so(composed):
    tables = [
        one
        for section in data_of(composed)["sections"]
        for one in section["blocks"]
        if one["kind"] == "table"
    ]
    assert tables
    for one in tables:
        assert len(one["grid"]["rows"]) <= MOST_ROWS
        assert bool(one["cut"]) == (len(one["grid"]["rows"]) == MOST_ROWS)


def test_the_fonts_come_out_of_an_installed_package():
    assert sorted(font_folder().glob("*Regular*"))
