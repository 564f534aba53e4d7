"""The page as it is written: what it says, what stands under it, and that nothing of it lies elsewhere."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from techbalance.api import TechBalance

HASH = re.compile(r"^[0-9a-f]{64}$")
SECTIONS = [
    "findings",
    "balance",
    "trade-deficit",
    "groups-and-partners",
    "products",
    "reconciliation",
    "revisions",
    "intellectual-property",
    "claims",
    "checks",
    "sources",
    "tracing",
]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_section_is_there_in_order(page: Any) -> None:
    headed = [one.attributes["id"] for one in page.all("section") if "id" in one.attributes]
    assert headed == SECTIONS
    listed = [one.attributes["href"] for one in page.one("nav").all("a")]
    assert listed == [f"#{name}" for name in SECTIONS]


def test_headings_step_down_one_level_at_a_time(page: Any) -> None:
    levels = [int(one.name[1]) for one in page.all() if re.fullmatch(r"h[1-6]", one.name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_every_anchor_leads_somewhere(page: Any) -> None:
    ids = [one.attributes["id"] for one in page.all(id=None)]
    assert len(ids) == len(set(ids))
    anchors = {one.attributes["href"] for one in page.all("a") if one.attributes["href"].startswith("#")}
    assert {anchor[1:] for anchor in anchors} <= set(ids)
    for one in page.all(aria_labelledby=None):
        assert one.attributes["aria-labelledby"] in ids


def test_nothing_is_fetched_from_elsewhere(page: Any) -> None:
    policy = page.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert "default-src 'none'" in policy
    assert not re.search(r"https?:", policy)
    assert not page.all("link")
    for one in page.all():
        assert "src" not in one.attributes
        assert "srcset" not in one.attributes
    styles = " ".join(one.text for one in page.all("style"))
    assert "@import" not in styles
    assert "url(" not in styles
    for one in page.all("a"):
        address = one.attributes["href"]
        outside = address.startswith("http")
        # A reader may follow the publisher's address of a source; the page itself opens none.
        assert not outside or one.attributes.get("rel") == "noreferrer"
        assert outside or address.startswith(("#", "data/", "data:text/csv;"))


def test_the_title_and_the_first_figure_are_the_newest_full_year(page: Any, tb: TechBalance) -> None:
    (row,) = tb.balance(year=2025).rows()
    assert "$414.7bn" in page.one("h1").text
    assert "2025" in page.one("h1").text
    exact = page.one("section", class_="key-figures").all("p", class_="value")[0].attributes["data-exact"]
    assert int(exact) == row["balance_usd"]


def test_data_files_hold_the_answers_to_the_dollar(folder: Path, tb: TechBalance) -> None:
    by_year = {row["year"]: row for row in rows_of(folder / "data" / "balance-annual.csv")}
    for row in tb.balance().rows():
        given = by_year[str(row["year"])]
        for name in ("exports_usd", "imports_usd", "balance_usd", "months"):
            assert given[name] == ("" if row[name] is None else str(row[name]))


def test_a_part_year_has_no_annual_figure(folder: Path, page: Any) -> None:
    by_year = {row["year"]: row for row in rows_of(folder / "data" / "balance-annual.csv")}
    assert by_year["2026"]["balance_usd"] == ""
    assert by_year["2026"]["note"].startswith("part_year: 7 of 12 months")
    heads = [one.text for one in page.one(id="balance-annual").all("th", scope="row")]
    assert "2026 [1]" in heads


def test_every_chart_and_table_has_its_file_and_carries_the_same_data(folder: Path, page: Any) -> None:
    figures = page.all("figure")
    names = {one.attributes["id"] for one in figures}
    assert {path.stem for path in (folder / "data").glob("*.csv")} == names
    for one in figures:
        beside, inside = one.one("p", class_="files").all("a")
        path = folder / beside.attributes["href"]
        assert path.parent == folder / "data"
        assert inside.attributes["download"] == path.name
        carried = base64.b64decode(inside.attributes["href"].partition(",")[2]).decode("utf-8")
        assert carried == path.read_bytes().decode("utf-8")
        assert len(list(csv.reader(io.StringIO(carried)))) > 1


def test_every_chart_has_drawings_words_and_a_table(page: Any) -> None:
    charts = page.all("figure", class_="chart")
    assert len(charts) == 13
    specifications = json.loads(page.one("script", id="specifications").children[0])
    assert set(specifications) == {one.attributes["id"] for one in charts}
    for one in charts:
        plot = one.one("div", role="img")
        assert plot.attributes["aria-labelledby"] == one.one("h3").attributes["id"]
        assert len(one.one("p", id=plot.attributes["aria-describedby"]).text) > 80
        assert plot.attributes["data-chart"] == one.attributes["id"]
        assert len(plot.all("svg")) == 2
        assert len(one.one("h3").text) > 10
        assert one.one("table").one("caption").text == one.one("h3").text
        (head,) = one.one("table").one("thead").all("tr")
        widths = {
            len([c for c in row.children if not isinstance(c, str)]) for row in one.one("tbody").all("tr")
        }
        assert widths == {len(head.all("th"))}


def test_source_basis_vintage_and_command_stand_under_every_figure(page: Any) -> None:
    parts = [*page.all("figure"), *page.one("section", class_="key-figures").all("li")]
    about_the_store = {"data-checks", "held"}
    for one in parts:
        if one.attributes.get("id") in about_the_store:
            assert "techbalance " in one.text
            continue
        said = one.text
        assert "techbalance trace '" in said
        assert "Recompute with techbalance " in said
        assert one.all("a", href=None)
        if one.attributes.get("id") != "verdicts":
            assert re.search(r"(US Census Bureau|World Bank)", said)
            assert re.search(r"vintages? [A-Z][a-z]+ \d{4}", said)
            assert re.search(r"basis|balance of payments|customs value|ratio of two net balances", said)


def test_every_reference_on_the_page_leads_to_file_and_hash(page: Any, tb: TechBalance) -> None:
    references = {one.attributes["data-reference"] for one in page.all(data_reference=None)}
    assert len(references) > 50
    statements = {one for one in references if one.startswith("claims_check?")}
    assert len(statements) == 33
    listed = {one.text for one in page.all("code", class_="hash")}
    # The statements are traced together: each is one of those the whole check is traced to. Of references
    # that differ in values only, one is traced to the end: the others take the same way.
    kinds = {
        (one.partition("?")[0], *re.findall(r"(\w+)=", one), *re.findall(r"by=([\w,]+)", one)): one
        for one in sorted(references - statements)
    }
    assert len(kinds) > 15
    for reference in kinds.values():
        steps = tb.trace(what=reference).rows()
        files = [row for row in steps if row["step"] == "file"]
        assert files, reference
        assert all(HASH.match(row["sha256"]) and row["file"] for row in files), reference
        assert {row["sha256"] for row in files} <= listed, reference
    assert tb.trace(what=sorted(statements)[0]).answered


def test_every_command_on_the_page_is_the_reference_beside_it(page: Any, tb: TechBalance) -> None:
    for pair in page.all("dl", class_="commands"):
        for step in pair.all("div"):
            codes = step.all("code")
            if codes:
                command, traced = codes
                reference = traced.attributes["data-reference"]
                name, _, given = reference.partition("?")
                assert command.text.startswith(f"techbalance {name.replace('_', ' ')}")
                for part in filter(None, given.split("&")):
                    option, _, value = part.partition("=")
                    assert f"--{option.replace('_', '-')}" in command.text
                    assert value == "true" or unquote(value) in command.text
                assert traced.text == f"techbalance trace '{reference}'"


def test_every_statement_of_both_articles_has_its_verdict(page: Any, tb: TechBalance) -> None:
    checked = {row["claim_id"]: row for row in tb.claims_check().rows()}
    shown = {
        one.attributes["id"].removeprefix("claim-"): one
        for one in page.all("tbody")
        if one.attributes.get("id", "").startswith("claim-")
    }
    assert set(shown) == set(checked)
    assert len(shown) == 33
    for claim_id, one in shown.items():
        assert one.attributes["data-verdict"] == checked[claim_id]["verdict"]
        assert f"techbalance claims check {claim_id}" in one.text
    articles = page.all("div", class_="article")
    assert len(articles) == 2
    for article in articles:
        counts = [int(n) for n in re.findall(r"\d+", article.one("fieldset").text)]
        assert counts[0] == sum(counts[1:]) == len(article.all("tbody"))


def test_imports_only_is_said_where_it_holds(page: Any) -> None:
    assert "imports only" in page.one("section", id="groups-and-partners").all("p")[0].text
    assert "Imports only" in page.one("section", id="products").all("p")[0].text


def test_every_source_named_has_a_record_with_licence_and_files(page: Any) -> None:
    records = {one.attributes["id"]: one for one in page.all("article")}
    named = {
        one.attributes["href"][1:] for one in page.all("a") if one.attributes["href"].startswith("#source-")
    }
    assert named == set(records)
    for one in records.values():
        assert re.search(r"public domain|CC BY 4\.0|CC0", one.text)
        assert HASH.match(one.all("code", class_="hash")[0].text)


def test_the_words_of_the_page_are_defined(page: Any) -> None:
    terms = [one.text for one in page.one("dl", class_="definitions").all("dt")]
    for term in ("Advanced technology products", "Vintage", "Ratio of deficits", "Undecided codes"):
        assert term in terms


@pytest.mark.parametrize("word", ["nan", "inf", "None", "undefined", "<wbr>", "&lt;"])
def test_no_value_reaches_a_reader_as_code(page: Any, word: str) -> None:
    assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", page.one("main").text)
