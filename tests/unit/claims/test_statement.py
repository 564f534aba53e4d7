"""What a statement says must fit what it is measured by."""

import datetime as dt

import pytest

from techbalance.claims.load import load_claims
from techbalance.claims.measures import BASIS_NAMES, DENOMINATORS, MEASURES, METRICS, UNITS, WITHOUT_FIGURE
from techbalance.claims.statement import Article, Filters, Statement, end_of_period
from techbalance.errors import SchemaError

HEAD = """\
[article]
title = "t"
authors = "unknown"
published = 2025
[[claims]]
id = "X"
text = "t"
where = "w"
"""
SPAN = "filters = { from = 1989, to = 2001 }\n"
RECORD = 'metric = "record"\nfilters = { from = 1989, to = 2007, extreme = "lowest" }\nstated = "2007"\n'
LEVEL = 'metric = "level"\nfilters = { year = 2007 }\nunit = "usd_billion"\nstated = "-21"\n'
QUALITATIVE = 'metric = "interpretation"\n'
TEST = '[[claims.tests]]\nname = "n"\nbecause = "b"\n'
MARGIN = 'tolerance = { value = "1", reason = "r" }\n'


@pytest.mark.parametrize(
    ("statement", "parts"),
    [
        (
            'metric = "rank"\nfilters = { year = 2007 }\nstated = 2',
            ["filters.partner", "whose rank is stated"],
        ),
        ('metric = "rank"\nfilters = { year = 2007, by = "group" }\nstated = 2', ["filters.group"]),
        ('metric = "sign"\nstated = "postive"\n' + SPAN, ["stated", "Did you mean 'positive'?"]),
        ('metric = "overtaking"\nstated = "maybe"', ["filters.from", "which overtaking needs"]),
        (
            'metric = "sign"\nstated = "positive"\nfilters = { from = 2001, to = 1989 }',
            ["filters.to: found 1989", "not before 2001"],
        ),
        (
            'metric = "sign"\nstated = "positive"\nunit = "percent"\n' + SPAN,
            ["unit: found 'percent'", "no unit with metric sign"],
        ),
        (RECORD + 'comparator = ">"', ["comparator: found '>'", "'=' with metric record"]),
        (RECORD + MARGIN, ["tolerance", "no margin"]),
        (LEVEL + MARGIN + 'comparator = "<"', ["tolerance", "no margin"]),
        (LEVEL.replace("usd_billion", "percent"), ["unit: found 'percent'", "usd_billion"]),
        (
            'metric = "ip_level"\nfilters = { year = 2023, country = "USA", flow = "export" }',
            ["filters.flow: found 'export'", "receipts, payments, balance"],
        ),
        (
            'metric = "ip_ratio"\n'
            'filters = { year = 2023, country = "USA", other_country = "DEU", flow = "balance" }',
            ["filters.flow: found 'balance'", "receipts, payments"],
        ),
        (QUALITATIVE, ["tests: found nothing", "not_built"]),
        (QUALITATIVE + 'filters = { partner = "MEX" }', ["filters.partner", "only year, or from and to"]),
        (
            LEVEL + TEST + 'measure = "not_built"\nneeds = "x"',
            ["tests: found 1 tests", "metric interpretation"],
        ),
        (QUALITATIVE + TEST + 'measure = "not_built"', ["tests[0].needs: found nothing"]),
        (
            QUALITATIVE + TEST + 'measure = "not_held"\nneeds = "x"\nsupports = "> 0"',
            ["tests[0].supports", "none with measure not_held"],
        ),
        (
            QUALITATIVE + TEST + 'measure = "span"\nneeds = "x"\nfilters = { from = 1995, to = 2024 }',
            ["tests[0].needs", "no such key with measure span"],
        ),
        (
            QUALITATIVE + TEST + 'measure = "interpretation"',
            ["tests[0].measure: found 'interpretation'"],
        ),
        (
            QUALITATIVE
            + TEST
            + 'measure = "dollar_change"\nfilters = { from = 2006, to = 2007, countries = [] }',
            ["tests[0].filters.countries: found an empty list", "at least one name"],
        ),
        (
            QUALITATIVE + TEST + 'measure = "concentrated_share"\nfilters = { year = 2024, threshold = 40 }',
            ["tests[0].filters.threshold: found 40", "between 0 and 1"],
        ),
        ('metric = "not_built"\nneeds = "x"', ["needs: unknown key"]),
        ('metric = "supplier_hhi"\nfilters = { year = 2024 }', ["metric: found 'supplier_hhi'"]),
    ],
)
def test_a_statement_must_fit_its_metric(statement, parts):
    with pytest.raises(SchemaError) as caught:
        load_claims(HEAD + statement, "my.toml")
    for part in parts:
        assert part in str(caught.value)


def test_statements_are_frozen(statement):
    claim = statement("level", "13")
    with pytest.raises(ValueError, match="frozen"):
        claim.stated = "14"
    with pytest.raises(ValueError, match="frozen"):
        claim.filters.year = 1996


def test_making_a_statement_leaves_the_given_table_alone():
    given = {"id": "X", "text": "t", "where": "w", "metric": "rank", "stated": "2",
             "filters": {"year": 2007, "partner": "MEX"}}  # fmt: skip
    Statement.model_validate(given)
    assert given["filters"] == {"year": 2007, "partner": "MEX"}
    assert "unit" not in given


def test_a_binary_fraction_is_no_printed_figure(statement):
    with pytest.raises(ValueError, match="as text"):
        statement("level", 21.5)


def test_filters_name_their_years():
    assert Filters.model_validate({"from": 2002, "to": 2007}).years() == (2002, 2007)
    assert Filters.model_validate({"year": 2007}).years() == (2007,)
    assert Filters.model_validate({}).years() == ()
    assert Filters.model_validate({"from": 2002, "to": 2007}).given() == {"from": 2002, "to": 2007}


@pytest.mark.parametrize("text", ["2024-00", "2024-13", "2023-02-29", "24", "2024-1", "2024-06-15T00:00", ""])
def test_no_day_of_the_calendar(text):
    with pytest.raises(ValueError):
        end_of_period(text)


def test_an_article_of_unknown_date():
    article = Article(title="t", authors=(), published="unknown")
    assert article.published_until is None
    assert end_of_period("2024-02") == dt.date(2024, 2, 29)


# --- the list of measures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_complete(name):
    measure = MEASURES[name]
    assert measure.says
    assert measure.figure
    known = {info.alias or key for key, info in Filters.model_fields.items()}
    assert set(measure.filters) <= known
    assert ("flow" in measure.filters) == bool(measure.flows)
    assert len(set(measure.filters)) == len(measure.filters)
    assert all(UNITS[unit].base == measure.base for unit in measure.units)
    if measure.metric and measure.states == "number":
        assert measure.units
    if not measure.metric and name not in WITHOUT_FIGURE:
        assert UNITS[measure.shown_as].base == measure.base


def test_every_measure_with_a_number_can_be_written_as_a_test_result():
    for name, measure in MEASURES.items():
        if measure.states == "number":
            assert measure.shown_as or measure.units, name


def test_metrics_and_denominators():
    assert "interpretation" in METRICS
    assert not {"not_built", "not_held", "supplier_hhi"} & set(METRICS)
    assert set(BASIS_NAMES) == set(DENOMINATORS)
