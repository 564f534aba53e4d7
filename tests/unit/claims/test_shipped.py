"""The two articles that ship with the package."""

import csv
import re
from itertools import chain

import pytest

from techbalance.claims.load import SHIPPED, shipped
from techbalance.claims.measures import WITHOUT_FIGURE

IDS = [f"CAP{number:02}" for number in range(1, 21)] + [f"INN{number:02}" for number in range(1, 14)]
CLAIMS = list(chain.from_iterable(file.claims for file in shipped()))
# Wording of the articles that is known from quotations; none of it may stand in a statement.
QUOTED = (
    "past five years", "increasing rapidly", "practically three times", "shifted from surplus", "on record",
    "lowered", "move up the value chain", "value chain",
)  # fmt: skip


def test_all_statements_ship_once_and_in_order():
    assert [claim.id for claim in CLAIMS] == IDS
    assert [file.name for file in shipped()] == list(SHIPPED)


def test_articles_are_attributed_as_far_as_they_are_known():
    first, second = (file.article for file in shipped())
    assert first.authors == ("Christian Weller", "Holly Wheeler")
    assert (first.published, str(first.published_until)) == ("2008-03", "2008-03-31")
    assert first.address.startswith("https://www.americanprogress.org/")
    assert (second.authors_text, second.publisher, second.address) == ("unknown", "unknown", None)
    assert str(second.published_until) == "2025-12-31"
    assert "February 2025" in second.note


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_statements_are_in_our_own_words(claim):
    assert claim.where
    assert not re.search(r"[\"“”«»]", claim.text), "a quotation"
    for words in QUOTED:
        assert words not in claim.text.casefold()


def test_statements_are_not_those_of_the_catalogue(shared_reference):
    with (shared_reference / "seeds_claims.csv").open(encoding="utf-8", newline="") as lines:
        seeds = {row["claim_id"]: row["text"] for row in csv.DictReader(lines)}
    assert set(seeds) == set(IDS)
    for claim in CLAIMS:
        assert claim.text.rstrip(".").casefold() != seeds[claim.id].rstrip(".").casefold()


def test_figures_are_those_of_the_catalogue(shared_reference):
    """The stated figure of every numeric statement, as the catalogue has it."""
    with (shared_reference / "seeds_claims.csv").open(encoding="utf-8", newline="") as lines:
        seeds = {row["claim_id"]: row for row in csv.DictReader(lines)}
    compared = 0
    for claim in CLAIMS:
        seed = seeds[claim.id]
        number = re.fullmatch(r"[<>~ ]*(-?[\d.]+)", seed["value"])
        if number and claim.metric != "interpretation":
            assert claim.stated == number[1], claim.id
            compared += 1
        given = claim.filters.given()
        if claim.metric != "interpretation":
            assert claim.filters.years() == tuple(sorted({int(seed["year_from"]), int(seed["year_to"])})), (
                claim.id
            )
            assert given.get("group", "all") == (
                "all" if not seed["tech_group"][:2].isdigit() else seed["tech_group"][:2]
            )
    assert compared == 20


@pytest.mark.parametrize(
    "claim", [one for one in CLAIMS if one.metric == "interpretation"], ids=lambda claim: claim.id
)
def test_each_test_of_an_interpretation_is_specific(claim):
    names = [test.name for test in claim.tests]
    assert names
    assert len(set(names)) == len(names)
    for test in claim.tests:
        assert test.because
        if test.measure in WITHOUT_FIGURE:
            assert test.needs
        else:
            assert test.filters.years()


def test_texts_hold_no_semicolon_that_would_split_a_reason():
    for claim in CLAIMS:
        for text in (claim.remark or "", *(test.needs or "" for test in claim.tests)):
            assert ";" not in text, claim.id
