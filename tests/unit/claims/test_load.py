"""A claim file that does not fit is refused with file, line, key, what was found and what was expected."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techbalance.claims.load import load_claims
from techbalance.errors import SchemaError

GOOD = """\
[article]
title = "My article"
authors = ["A. Author", "B. Author"]
published = "2024-06-15"

[[claims]]
id = "first"
text = "The deficit of 2023 was $218bn."
where = "page 1"
metric = "level"
filters = { year = 2023 }
stated = "-218"
unit = "usd_billion"

[[claims]]
id = "second"
text = "It was more than a fifth of the trade deficit."
where = "page 2"
metric = "deficit_ratio"
filters = { year = 2023, denominator = "goods_census" }
comparator = ">"
stated = 20
unit = "percent"

[[claims]]
id = "third"
text = "From 2002 to 2007 the balance fell by about 45."
where = "page 3"
metric = "change"
filters = { from = 2002, to = 2007 }
stated = "-45"
unit = "usd_billion"

[claims.tolerance]
value = 0.5
reason = "said in whole billions"

[[claims]]
id = "fourth"
text = "It spreads."
where = "page 4"
metric = "interpretation"

[[claims.tests]]
name = "the rest"
measure = "rest_of_change"
filters = { from = 2002, to = 2007, parts = ["third"] }
supports = "< 0"
because = "the rest would fall too"
"""


def load(text=GOOD):
    return load_claims(text, "my.toml")


def refused(old, new):
    assert GOOD.count(old) >= 1, f"the specimen has no {old!r}"
    with pytest.raises(SchemaError) as caught:
        load(GOOD.replace(old, new, 1))
    return str(caught.value)


def test_a_good_file():
    file = load()
    assert file.name == "my.toml"
    assert file.article.authors == ("A. Author", "B. Author")
    assert file.article.authors_text == "A. Author, B. Author"
    assert file.article.published_until == dt.date(2024, 6, 15)
    assert [claim.id for claim in file.claims] == ["first", "second", "third", "fourth"]
    first, second, third, fourth = file.claims
    assert (first.stated, first.unit, first.comparator) == ("-218", "usd_billion", "=")
    assert second.stated == "20"
    assert third.tolerance.value == "0.5"
    assert fourth.tests[0].filters.parts == ("third",)


def test_defaults_are_filled_in():
    filters = load().claims[0].filters
    assert (filters.series, filters.partner, filters.group, filters.flow) == (
        "atp",
        "WORLD",
        "all",
        "balance",
    )
    assert filters.country is None
    assert load().claims[3].tests[0].filters.series == "atp"


def test_a_unit_with_no_choice_need_not_be_written():
    text = GOOD.replace('metric = "level"', 'metric = "rank"').replace(
        "{ year = 2023 }", '{ year = 2023, partner = "MEX" }'
    )
    text = text.replace('stated = "-218"\nunit = "usd_billion"', "stated = 2")
    assert load(text).claims[0].unit == "rank"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('"-218.0"', "-218.0"),
        ("-218.50", "-218.50"),
        ("-218", "-218"),
        ('"−218"', "-218"),
        ('" -218 "', "-218"),
    ],
)
def test_printed_digits_are_kept(written, kept):
    assert load(GOOD.replace('"-218"', written)).claims[0].stated == kept


@pytest.mark.parametrize(
    ("written", "until"),
    [
        ('"2008-03"', dt.date(2008, 3, 31)),
        ('"2024-02"', dt.date(2024, 2, 29)),
        ('"2025"', dt.date(2025, 12, 31)),
        ("2025", dt.date(2025, 12, 31)),
        ("2024-06-15", dt.date(2024, 6, 15)),
        ('"unknown"', None),
    ],
)
def test_a_period_means_its_last_day(written, until):
    assert load(GOOD.replace('"2024-06-15"', written)).article.published_until == until


@pytest.mark.parametrize(
    ("written", "names", "text"),
    [
        ('"unknown"', (), "unknown"),
        ('"C. Author"', ("C. Author",), "C. Author"),
        ('["A", "B"]', ("A", "B"), "A, B"),
    ],
)
def test_authors(written, names, text):
    article = load(GOOD.replace('["A. Author", "B. Author"]', written)).article
    assert (article.authors, article.authors_text) == (names, text)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        # names
        (
            'metric = "level"',
            'metric = "levle"',
            ["claims[0].metric: found 'levle'", "my.toml, line 10, statement first", "Did you mean 'level'"],
        ),
        (
            'stated = "-218"',
            'statd = "-218"',
            ["claims[0].statd: unknown key", "line 12", "Did you mean 'stated'?"],
        ),
        (
            "{ year = 2023 }",
            "{ yer = 2023 }",
            ["claims[0].filters.yer: unknown key", "line 11", "Did you mean 'year'?"],
        ),
        (
            'reason = "said',
            'reasn = "said',
            [
                "claims[2].tolerance.reasn: unknown key",
                "line 36, statement third",
                "Did you mean 'reason'?",
                "Also to mend: claims[2].tolerance.reason",
            ],
        ),
        (
            "[article]",
            "[artcle]",
            ["artcle: unknown key", "Did you mean 'article'?", "Also to mend: article"],
        ),
        (
            'unit = "usd_billion"',
            'unit = "usd_billon"',
            ["claims[0].unit", "line 13", "Did you mean 'usd_billion'"],
        ),
        (
            'denominator = "goods_census"',
            'denominator = "goods_sensus"',
            ["claims[1].filters.denominator", "line 20", "Did you mean 'goods_census'"],
        ),
        (
            'measure = "rest_of_change"',
            'measure = "rest_of_chnge"',
            ["claims[3].tests[0].measure", "line 46, statement fourth", "Did you mean 'rest_of_change'"],
        ),
        (
            "{ year = 2023 }",
            '{ year = 2023, flow = "exports" }',
            ["claims[0].filters.flow: found 'exports'", "Did you mean 'export'?"],
        ),
        # missing
        (
            'where = "page 1"\n',
            "",
            ["claims[0].where: found nothing", "line 6", "where in the article it stands"],
        ),
        (
            'reason = "said in whole billions"\n',
            "",
            ["claims[2].tolerance.reason: found nothing", "line 34", "why this tolerance"],
        ),
        (
            "filters = { year = 2023 }\n",
            "",
            ["claims[0].filters.year: found nothing", "year, which level needs"],
        ),
        ('stated = "-218"\n', "", ["claims[0].stated: found nothing", "as printed"]),
        ('unit = "usd_billion"\n', "", ["claims[0].unit: found nothing", "one of usd_billion, usd_million"]),
        (
            'because = "the rest would fall too"\n',
            "",
            ["claims[3].tests[0].because: found nothing", "line 44"],
        ),
        ('published = "2024-06-15"\n', "", ["article.published: found nothing", "my.toml, line 1"]),
        # wrong form
        (
            'stated = "-218"',
            'stated = "218,5"',
            ["claims[0].stated: found '218,5'", "line 12", "without separators"],
        ),
        ('stated = "-218"', 'stated = "$218bn"', ["claims[0].stated: found '$218bn'"]),
        ('stated = "-218"', "stated = true", ["claims[0].stated: found True"]),
        ("year = 2023 }", 'year = "2023" }', ["claims[0].filters.year: found '2023'", "integer"]),
        ("year = 2023 }", "year = 23 }", ["claims[0].filters.year: found 23", "1800"]),
        (
            "from = 2002, to = 2007 }",
            "from = 2007, to = 2002 }",
            ["claims[2].filters.to: found 2002", "a year after 2007"],
        ),
        ('comparator = ">"', 'comparator = "over"', ["claims[1].comparator: found 'over'", "'>='"]),
        (
            'published = "2024-06-15"',
            'published = "2024-13"',
            ["article.published: found '2024-13'", "line 4"],
        ),
        ('published = "2024-06-15"', 'published = "2024-02-30"', ["article.published: found '2024-02-30'"]),
        (
            'published = "2024-06-15"',
            'published = "spring"',
            ["article.published: found 'spring'", "'2008-03'"],
        ),
        ('supports = "< 0"', 'supports = "falls"', ["claims[3].tests[0].supports: found 'falls'", "'> 0.5'"]),
        ("value = 0.5", 'value = "half"', ["claims[2].tolerance.value: found 'half'", "line 35", "a number"]),
        ("value = 0.5", "value = -0.5", ["claims[2].tolerance.value: found '-0.5'", "zero or more"]),
        ('id = "first"', 'id = "the first one"', ["claims[0].id: found 'the first one'", "letters, digits"]),
        ('text = "It spreads."', 'text = ""', ["claims[3].text: found ''", "at least 1 character"]),
        ('title = "My article"', "title = 7", ["article.title: found 7"]),
        # what does not go together
        (
            "{ year = 2023 }",
            '{ year = 2023, country = "USA" }',
            ["claims[0].filters.country: found 'country'", "a filter that level takes: year"],
        ),
        ('metric = "interpretation"', 'metric = "level"', ["claims[3].filters.year: found nothing"]),
        (
            'parts = ["third"]',
            'parts = ["first"]',
            ["claims[3].tests[0].filters.parts: found 'first'", "ids of change statements"],
        ),
        ('id = "second"', 'id = "first"', ["claims[1].id: found 'first'", "line 16", "claims[0] has it"]),
        (
            'metric = "deficit_ratio"',
            'metric = "deficit_growth"',
            ["claims[1].filters.year: found 'year'", "a filter that deficit_growth takes: from, to"],
        ),
    ],
)
def test_a_wrong_file_is_refused_where_it_is_wrong(old, new, parts):
    message = refused(old, new)
    for part in parts:
        assert part in message


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('title = "My article"', 'title == "My article"', "my.toml, line 2, column 8"),
        ('title = "My article"', 'title = "My article', "my.toml, line 2"),
        ("[article]", "[article]\n[article]", "my.toml, line 2"),
        ('because = "the rest would fall too"\n', 'because = "', "my.toml, end of document"),
    ],
)
def test_text_that_is_not_toml(old, new, where):
    message = refused(old, new)
    assert message.startswith("the file is not TOML: ")
    assert where in message


@pytest.mark.parametrize(
    "text", ["", "claims = 3\n", "[article]\n", "[[article]]\n", "claims = [1]\n", "article = 3\n"]
)
def test_other_contents_are_refused_too(text):
    with pytest.raises(SchemaError, match=r"my\.toml"):
        load(text)


@pytest.mark.parametrize(
    "written", ["1e999999999", "-1e-999999999", "nan", "inf", "9" * 5000, "[" * 5000, "1" * 30, '"1e3"']
)
def test_monstrous_values_are_refused_quickly(written):
    with pytest.raises(SchemaError, match=r"my\.toml"):
        load(GOOD.replace('"-218"', written))


def test_an_exponent_is_written_out():
    assert load(GOOD.replace('"-218"', "-2.18e2")).claims[0].stated == "-218"


TOML_VALUES = st.recursive(
    st.booleans() | st.integers(-9999, 9999) | st.sampled_from(['"x"', '"2007"', "1.5", "2008-03-01", '""']),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


def written(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(written(one) for one in value) + "]"
    return str(value)


@given(
    st.sampled_from(
        ["title", "published", "authors", "id", "metric", "filters", "stated", "unit", "tolerance", "tests"]
    ),
    TOML_VALUES,
)
def test_only_our_own_error_leaves_whatever_a_key_holds(key, value):
    lines = [
        f"{key} = {written(value)}" if line.startswith(f"{key} = ") else line for line in GOOD.splitlines()
    ]
    try:
        load("\n".join(lines))
    except SchemaError as wrong:
        assert "my.toml" in wrong.where
