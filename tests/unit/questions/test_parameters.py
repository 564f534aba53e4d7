"""How a span, a date, a group, a partner or a product is written, and what is refused."""

import datetime as dt
import shlex
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from techbalance.errors import LONGEST_SHOWN, ParameterError, UnknownCodeError
from techbalance.questions.parameters.accounts import BalanceParams, RankParams
from techbalance.questions.parameters.change import ChangeParams
from techbalance.questions.parameters.columns import COLUMNS
from techbalance.questions.parameters.declaration import Params, split_reference
from techbalance.questions.parameters.texts import (
    AllowedKeys,
    AsOf,
    GroupRef,
    Names,
    PartnerRef,
    ProductRef,
    Top,
    Years,
)
from techbalance.questions.registry import QUESTIONS, find


@pytest.mark.parametrize(
    ("given", "span"),
    [
        ("2024", (2024, 2024)),
        (2024, (2024, 2024)),
        ("2002:2007", (2002, 2007)),
        ((2002, 2007), (2002, 2007)),
        ([2002, 2007], (2002, 2007)),
        (" 2024 ", (2024, 2024)),
        ("2024:2024", (2024, 2024)),
    ],
)
def test_years_are_one_or_a_span(given: object, span: tuple[int, int]):
    years = Years.parse(given)
    assert (years.start, years.end) == span
    assert span[0] in years
    assert span[1] + 1 not in years


@pytest.mark.parametrize(
    "given",
    [
        "",
        "24",
        "20245",
        "2024-2025",
        "2024:",
        ":2024",
        "2024:25",
        "x",
        "２０２４",
        "-2024",
        "2024.0",
        True,
        None,
        (),
    ],
)
def test_anything_else_is_no_span(given: object):
    with pytest.raises(ParameterError, match="is not a year"):
        Years.parse(given)


def test_a_span_that_ends_before_it_starts_is_told_the_right_way_round():
    with pytest.raises(ParameterError, match="Write 2002:2007"):
        Years.parse("2007:2002")


@pytest.mark.parametrize("given", ["1799", "2201", "0000"])
def test_years_nobody_traded_in_are_refused(given: str):
    with pytest.raises(ParameterError, match="outside 1800:2200"):
        Years.parse(given)


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2025-04-30", dt.date(2025, 4, 30)),
        ("2025-04", dt.date(2025, 4, 30)),
        ("2024-02", dt.date(2024, 2, 29)),
        ("2025", dt.date(2025, 12, 31)),
        (2025, dt.date(2025, 12, 31)),
        (dt.date(2025, 4, 1), dt.date(2025, 4, 1)),
        (dt.datetime(2025, 4, 1, 12, 30), dt.date(2025, 4, 1)),
        ("9999-12-31", dt.date(9999, 12, 31)),
        ("0001-01-01", dt.date(1, 1, 1)),
    ],
)
def test_a_month_or_year_means_its_last_day(given: object, day: dt.date):
    as_of = AsOf.parse(given)
    assert as_of.day == day
    assert type(as_of.day) is dt.date
    assert AsOf.parse(str(as_of)) == as_of


@pytest.mark.parametrize("given", ["yesterday", "04/2025", "2025-4", "2025-04-1", "", "20250430", "2025–04"])
def test_a_date_has_one_form(given: str):
    with pytest.raises(ParameterError, match="is not a date"):
        AsOf.parse(given)


@pytest.mark.parametrize("given", ["2025-13", "2025-00", "2025-02-30", "0000", "0000-01", "2025-01-00"])
def test_a_day_that_is_none_is_refused(given: str):
    with pytest.raises(ParameterError, match="no day of the calendar"):
        AsOf.parse(given)


@pytest.mark.parametrize("given", ["4,05", "04,05", ["4", "Electronics"], ("ICT", 5), "04, 05,04"])
def test_groups_become_their_codes(given: object):
    assert str(GroupRef.parse(given)) == "04,05"


@pytest.mark.parametrize("given", ["", ",", [], " , "])
@pytest.mark.parametrize("kind", [Names, GroupRef, ProductRef, PartnerRef])
def test_naming_nothing_is_refused(kind: type[Names], given: object):
    with pytest.raises(ParameterError):
        kind.parse(given)


def test_partners_are_kept_whole_until_they_are_looked_up():
    assert PartnerRef.parse("Korea, South").names == ("Korea, South",)
    assert PartnerRef.parse(["CHN", "CHN", " MEX "]).names == ("CHN", "MEX")


@pytest.mark.parametrize(
    ("given", "codes"),
    [("8542.31.00.01", ("8542310001",)), ("85 42", ("8542",)), ("84,8542", ("84", "8542"))],
)
def test_products_lose_their_dots(given: str, codes: tuple[str, ...]):
    assert ProductRef.parse(given).names == codes


@pytest.mark.parametrize("given", ["8", "85423100011", "chips", "85-42", "８５", "8542;"])
def test_a_product_has_two_to_ten_digits(given: str):
    with pytest.raises(ParameterError, match="product code"):
        ProductRef.parse(given)


@pytest.mark.parametrize("given", [0, -1, 10**7, 10**30, "1e3", "many", 1.5])
def test_top_is_a_sensible_number(given: object):
    with pytest.raises(ValidationError):
        TypeAdapter(Top).validate_python(given)


def test_keys_a_question_does_not_have_are_refused_by_name():
    with pytest.raises(UnknownCodeError, match=r"unknown key 'partnr'. Did you mean 'partner'"):
        AllowedKeys("partner", "group").read("partnr")


def test_a_text_type_describes_itself():
    schema = BalanceParams.model_json_schema()["properties"]
    assert schema["year"]["anyOf"][0]["examples"] == ["2002:2007"]
    assert schema["by"]["pattern"].startswith("^(year|quarter|month|group|partner|product)")


# --- parameters of a question -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "given", "message"),
    [
        (BalanceParams, {"yaer": 2024}, "unknown parameter 'yaer'. Did you mean 'year'"),
        (BalanceParams, {"by": "year,month"}, "one after the other"),
        (BalanceParams, {"by": "month", "ytd": True}, "ytd goes with years"),
        (BalanceParams, {"series": "goods_bop", "denominator": "goods_bop"}, "divided by itself"),
        (BalanceParams, {"top": 3}, "a period has one row"),
        (BalanceParams, {"series": "atpp"}, "series: input should be"),
        (BalanceParams, {"ytd": "perhaps"}, "ytd: input should be a valid boolean"),
        (RankParams, {}, "year is needed"),
        (RankParams, {"year": "2024:2025"}, "a rank belongs to one year"),
        (RankParams, {"year": 2024, "by": "partner,group"}, "one key can be ranked"),
        (RankParams, {"year": 2024, "by": "year"}, "unknown key 'year'"),
        (RankParams, {"year": 2024, "flow": "both"}, "flow: input should be"),
        (ChangeParams, {"to": 2007}, "from is needed. The year to start from"),
        (ChangeParams, {"from": 2007}, "to is needed"),
        (ChangeParams, {"from": "2002:2003", "to": 2007}, "from: one year is needed"),
        (ChangeParams, {"from": 2002, "to": 2002}, "same year"),
        (ChangeParams, {"from": 2002, "to": 2007, "top": 3}, "the whole is one row"),
        (ChangeParams, {"frm": 2002, "to": 2007}, "unknown parameter 'frm'. Did you mean 'from'"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_its_name(
    model: type[Params], given: dict[str, Any], message: str
):
    with pytest.raises((ParameterError, UnknownCodeError)) as caught:
        model.read(given)
    assert message in str(caught.value)


def test_none_means_not_given():
    assert BalanceParams.read({"year": None, "partner": None}) == BalanceParams()


def test_python_takes_a_name_that_is_no_keyword_for_from():
    assert ChangeParams.read({"from_": 2002, "to": 2007}) == ChangeParams.read({"from": "2002", "to": "2007"})


def test_parameters_are_frozen():
    with pytest.raises(ValidationError):
        BalanceParams.read({"year": 2024}).year = None  # type: ignore[misc]


def test_only_what_differs_from_the_default_is_written():
    params = BalanceParams.read({"year": 2024, "by": "year", "series": "atp", "ytd": False})
    assert params.texts() == {"year": "2024"}


@pytest.mark.parametrize(
    ("given", "reference"),
    [
        ({}, "balance"),
        ({"year": 2024}, "balance?year=2024"),
        ({"year": "2002:2007", "by": "month"}, "balance?by=month&year=2002:2007"),
        ({"partner": "Korea, South", "ytd": True}, "balance?partner=Korea,%20South&ytd=true"),
        (
            {"partner": "Cote d'Ivoire & co", "group": 4},
            "balance?group=04&partner=Cote%20d%27Ivoire%20%26%20co",
        ),
    ],
)
def test_a_reference_is_one_line_that_reads_back(given: dict[str, Any], reference: str):
    question = find("balance")
    params = question.params.read(given)
    assert question.reference(params) == reference
    name, back = split_reference(reference)
    assert name == "balance"
    assert question.params.read(back) == params


def test_a_parameter_given_twice_in_a_reference_is_refused():
    with pytest.raises(ParameterError, match="given twice"):
        split_reference("balance?year=2024&year=2025")


@pytest.mark.parametrize(
    "partner", ["Cote d'Ivoire", "Korea, South", "a;b|c", "$(x)", "naïve café", 'say "so"', "--x"]
)
def test_the_command_line_survives_a_shell(partner: str):
    question = find("balance")
    command = question.command_line(question.params.read({"partner": partner, "ytd": True}))
    assert shlex.split(command) == ["techbalance", "balance", "--partner", partner, "--ytd"]


def test_the_number_of_an_answer_tells_questions_parameters_and_stores_apart():
    question = find("balance")
    one, other = (question.params.read({"year": year}) for year in (2024, 2025))
    numbers = {
        question.answer_id(one, "store"),
        question.answer_id(other, "store"),
        question.answer_id(one, "another store"),
        find("rank").answer_id(find("rank").params.read({"year": 2024}), "store"),
    }
    assert len(numbers) == 4
    assert question.answer_id(one, "store") == question.answer_id(one, "store")


@pytest.mark.parametrize("kind", [Years.parse, AsOf.parse, ProductRef.parse])
def test_a_monstrous_text_is_refused_in_a_short_message(kind: Any):
    with pytest.raises(ParameterError) as caught:
        kind("x" * 10_000)
    assert len(str(caught.value)) < LONGEST_SHOWN * 4


# --- every question ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda one: one.name)
def test_every_question_is_declared_whole(question: Any):
    assert question.summary.endswith(".")
    assert question.params.__doc__
    assert question.columns
    assert set(question.values) & set(question.columns)
    assert set(question.values) <= set(COLUMNS)
    assert set(question.words) <= set(question.params.model_fields)
    assert question.examples
    for name, info in question.params.model_fields.items():
        assert info.description, f"{question.name}: {name} is not described"


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda one: one.name)
def test_every_example_can_be_asked(question: Any):
    for example in question.examples:
        assert shlex.split(example)[: len(question.command)] == list(question.command)


def test_an_unknown_question_is_told_with_near_names():
    with pytest.raises(UnknownCodeError, match=r"unknown question 'balanc'. Did you mean 'balance'"):
        find("balanc")
