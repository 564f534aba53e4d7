"""A figure of one's own, judged: in a sentence, and with the question it is said of."""

from typing import get_args

import pytest

from techbalance.claims.load import shipped
from techbalance.claims.measures import Comparator, UnitName
from techbalance.errors import ParameterError, UnknownCodeError
from techbalance.questions.parameters import claims as declared

ONE = {"stated": "1", "unit": "usd", "of": "balance?year=2024", "column": "balance_usd"}


def judged(asked, text, **given):
    return asked("claims_judge", text=text, **given).rows()


def test_a_figure_of_a_sentence_is_judged_like_a_statement_that_ships(asked):
    level, record = judged(asked, "The deficit in advanced technology products was $297bn in 2024, a record.")
    theirs = asked("claims_check", what="INN02").rows()[0]
    for column in ("stated", "recomputed", "verdict", "vintage", "bracketed_by"):
        assert level[column] == theirs[column]
    assert level["reference"] == "balance?year=2024"
    assert record["verdict"] == "reproduced"
    assert record["superseded_by"].startswith("2025")


def test_the_statements_that_ship_get_the_same_verdict_in_our_own_words(asked):
    theirs = {row["claim_id"]: row for row in asked("claims_check").rows()}
    compared = 0
    for file in shipped():
        texts = {claim.text: claim.id for claim in file.claims if claim.metric != "interpretation"}
        published = {} if file.article.published == "unknown" else {"published": file.article.published}
        for row in judged(asked, "\n".join(texts), series="atp", year="2002:2007", **published):
            if row["verdict"] is None:
                assert row["note"].startswith("not_read: needed: ")
                continue
            theirs_row = theirs[texts[row["text"]]]
            assert [row[name] for name in ("verdict", "stated", "recomputed", "vintage", "basis")] == [
                theirs_row[name] for name in ("verdict", "stated", "recomputed", "vintage", "basis")
            ]
            compared += 1
    assert compared >= 20


def test_a_figure_on_an_earlier_vintage_or_another_definition_says_which(asked):
    text = (
        "The ATP deficit was $298.9bn in 2024. The US trade deficit was $918.4 billion in 2024. "
        "The ATP deficit equaled 24.5% of the goods deficit in 2024."
    )
    early, total, share = judged(asked, text)
    assert early["verdict"] == "reproduced-on-vintage"
    assert str(early["vintage"]) == "2025-04-30"
    assert total["verdict"] == "reproduced-on-vintage"
    assert total["basis"] == "goods_services_bop"
    assert total["reference"] == "balance?series=goods_services_bop&year=2024"
    assert share["verdict"] == "definition-dependent"
    assert share["basis"] == "goods_census"


def test_a_figure_of_something_else_names_what_it_is_the_figure_of(asked):
    imports, shares = judged(
        asked,
        "The ATP deficit was $761.0bn in 2024. Taiwan supplied 16.9% of imports of ATP in 2025.",
    )
    assert imports["verdict"] == "differs"
    assert "the imports of 2024" in imports["reason"]
    assert shares["verdict"] == "reproduced"


def test_what_is_not_read_has_no_verdict_and_says_what_is_missing(asked):
    (row,) = judged(asked, "The deficit with China is not $12bn.")
    assert row["verdict"] is None
    assert row["note"].startswith("not_read: ")
    assert "series" in row["note"]
    assert "“not”" in row["note"]
    (given,) = judged(asked, "The deficit was $294.4bn.", series="atp", year=2024)
    assert given["verdict"] == "reproduced"
    assert "as given with the text" in given["read_as"]


@pytest.mark.parametrize(
    ("given", "verdict", "recomputed"),
    [
        (
            {"stated": "-297", "unit": "usd_billion", "of": "balance?year=2024", "column": "balance_usd"},
            "differs",
            "−$294.4bn",
        ),
        (
            {"stated": "2", "of": "rank?year=2025&flow=import", "column": "rank", "row": "partner=MEX"},
            "reproduced",
            "2",
        ),
    ],
)
def test_a_figure_with_its_question_is_judged_on_every_vintage(asked, given, verdict, recomputed):
    (row,) = asked("claims_judge", **given).rows()
    assert row["verdict"] == verdict, row
    assert row["recomputed"] == recomputed


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({}, ParameterError, "needs a text"),
        ({"text": "x", "stated": "1"}, ParameterError, "two ways"),
        (
            {"stated": "1", "of": "balance?year=2024", "column": "balance_usd"},
            ParameterError,
            "unit is needed",
        ),
        ({"stated": "1", "of": "balance?year=2024", "column": "vintage"}, ParameterError, "holds no figure"),
        (
            {"stated": "1", "of": "balance?year=2024", "column": "balence_usd"},
            UnknownCodeError,
            "balance_usd",
        ),
        ({"stated": "1", "of": "balence?year=2024", "column": "balance_usd"}, UnknownCodeError, "balance"),
        (ONE | {"of": "balance?year=2023:2024"}, ParameterError, "2 rows"),
        (ONE | {"of": "trace?what=balance", "column": "value_usd"}, ParameterError, "no figure"),
        (ONE | {"stated": "1.2.3"}, ParameterError, "1.2.3"),
        ({"text": "It was $5bn. " * 61}, ParameterError, "in parts"),
        ({"text": "It was $5bn.", "partner": "Atlantis"}, UnknownCodeError, "Atlantis"),
    ],
)
def test_what_cannot_be_asked_like_this_is_refused(tb, given, error, says):
    with pytest.raises(error, match=says):
        tb.claims_judge(**given)


def test_a_figure_that_is_not_held_names_only_routes_that_cover_it(asked):
    (row,) = judged(asked, "The deficit with China in advanced technology products was $297 billion in 2020")
    assert row["verdict"] == "not-covered"
    assert "declared" in row["reason"]


def test_units_and_comparators_are_those_of_claim_files():
    assert get_args(declared.UnitName) == get_args(UnitName)
    assert get_args(declared.Comparator) == get_args(Comparator)
