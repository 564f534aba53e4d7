"""Sentences as they are read by rules: what is understood, what is asked for, and nothing read wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techbalance.claims.load import shipped
from techbalance.claims.prose.draft import Context
from techbalance.claims.prose.marks import Vocabulary
from techbalance.claims.prose.sheet import sentences
from techbalance.claims.prose.understand import understand

NAMES = {
    "china": "CHN", "mexico": "MEX", "malaysia": "MYS", "germany": "DEU", "taiwan": "TWN", "japan": "JPN",
    "south korea": "KOR", "korea, south": "KOR", "ireland": "IRL", "european union": "EU27",
}  # fmt: skip
FIRST_YEARS = {"atp": 1989, "goods_census": 1985, "goods_bop": 1991, "goods_services_bop": 1991}
WORDS = Vocabulary(NAMES, frozenset({"CHN", "MEX", "ASEAN"}), FIRST_YEARS)
# Of the 33 statements in our own words: read alone, and with what their article is about. The others state
# no figure, leave out what they are about, or speak of "it".
READ_ALONE = 12
READ_IN_CONTEXT = 20

_SOME = (
    "the ATP deficit surplus imports exports with China in 2024 2020 $297bn 5% rose fell not record largest "
    "ever of goods from to than and it was more about trade share @ \u2013 , . ( \u2212$3 twice"
)
SOME_WORDS = _SOME.split()


def read(text, **context):
    return understand(text, WORDS, Context(**context))


def is_the_same(mine, theirs):
    return (
        mine.metric == theirs.metric
        and mine.filters == theirs.filters
        and mine.stated == theirs.stated
        and mine.comparator == theirs.comparator
        and mine.unit == theirs.unit
    )


@pytest.mark.parametrize(
    ("context", "expected"),
    [({}, READ_ALONE), ({"series": "atp", "years": (2002, 2007)}, READ_IN_CONTEXT)],
)
def test_statements_that_ship_are_read_right_or_not_at_all(context, expected):
    right = []
    for file in shipped():
        for claim in file.claims:
            for one in read(claim.text, **context):
                if one.statement is None:
                    assert one.asks, claim.id
                    continue
                # Names stand for codes, which the shipped files write.
                assert is_the_same(one.statement, claim), (claim.id, one.statement)
                right.append(claim.id)
    assert len(right) == len(set(right)) == expected


def level(**filters):
    return {"series": "atp", "partner": "WORLD", "group": "all", "flow": "balance"} | filters


@pytest.mark.parametrize(
    ("text", "metric", "filters", "comparator", "stated", "unit"),
    [
        (
            "the deficit with China in advanced technology products was $297 billion in 2020",
            "level", level(year=2020, partner="CHN"), "=", "-297", "usd_billion",
        ),
        (
            "The U.S. surplus in high-tech goods came to more than $4,450 million in 2001.",
            "level", level(year=2001), ">", "4450", "usd_million",
        ),
        (
            "In 2025 imports of ATP from Korea, South reached 20.5 billion dollars.",
            "level", level(year=2025, partner="KOR", flow="import"), "=", "20.5", "usd_billion",
        ),
        (
            "The ATP deficit was over $290bn in 2024.",
            "level", level(year=2024), "<", "-290", "usd_billion",
        ),
        (
            "Imports of advanced technology products rose 27% in 2025.",
            "flow_growth",
            {"from": 2024, "to": 2025, "series": "atp", "partner": "WORLD", "group": "all", "flow": "import"},
            "=", "27", "percent",
        ),
        (
            "The deficit in advanced technology products fell by less than 10 percent between 2022 and 2023.",
            "deficit_growth",
            {"from": 2022, "to": 2023, "series": "atp", "partner": "WORLD", "group": "all"},
            ">", "-10", "percent",
        ),
        (
            "Taiwan supplied about 17 % of imports of advanced technology products in 2025.",
            "flow_share", level(year=2025, partner="TWN", flow="import"), "about", "17", "percent",
        ),
        (
            "ICT made up 54.6% of imports in 2025.",
            "flow_share", level(year=2025, group="04", flow="import"), "=", "54.6", "percent",
        ),
        (
            "Mexico was the second-largest supplier of US imports of advanced technology products in 2025.",
            "rank", level(year=2025, partner="MEX", flow="import", by="partner"), "=", "2", "rank",
        ),
        (
            "The ATP deficit of 2024 was the largest on record.",
            "record",
            level(**{"from": 1989, "to": 2024, "extreme": "lowest"}), "=", "2024", "year",
        ),
    ],
)  # fmt: skip
def test_a_sentence_is_read_as_it_is_meant(text, metric, filters, comparator, stated, unit):  # noqa: PLR0917
    (one,) = read(text)
    assert one.asks == ()
    assert one.statement.metric == metric
    assert one.statement.filters.given() == filters
    assert (one.statement.comparator, one.statement.stated, one.statement.unit) == (comparator, stated, unit)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The deficit in advanced technology products was not $297bn in 2024.", "“not”"),
        ("The average deficit in ATP was $297bn in 2024.", "“average”"),
        ("In July 2026 the ATP deficit was $30bn.", "“july”"),
        ("The real ATP deficit was $297bn in 2024.", "“real”"),
        ("The ATP deficit was €297bn in 2024.", "“€297bn”"),
        ("The ATP deficit was 297 billion in 2024.", "“297”"),
        ("The ATP deficit was $290-297bn in 2024.", "“$290-297bn”"),
        ("The ATP deficit was $297bn.", "the year"),
        ("The ATP deficit was $297bn in 2023 and 2024.", "one year"),
        ("The deficit with China was $297bn in 2024.", "series"),
        ("The trade deficit with China was $297bn in 2024.", "goods"),
        ("China's deficit in ATP was $297bn in 2024.", "partner"),
        ("ATP was $297bn in 2024.", "a deficit, a surplus"),
        ("Imports of aerospace products were $57.3bn in 2025.", "group"),
        ("ATP made up 10% of the goods deficit with China in 2024.", "one series"),
        ("The ATP balance rose 5% in 2024.", "no fixed meaning"),
        ("The balance in ATP widened by $5bn in 2024.", "rose or fell"),
        ("The first deficit in ATP was with China in 2002.", "“first”"),
        ("Taiwan was one of the largest suppliers of imports of ATP in 2025.", "“one”"),
        ("The ATP deficit was between $290bn and $297bn in 2024.", "“between”"),
        ("The ATP deficit equaled 1 % of GDP in 2024.", "“gdp”"),
        ("The ATP deficit rose 5 percentage points in 2024.", "“5”"),
        ("The ATP deficit was the largest since 2008 in 2024.", "“largest”"),
        ("The ATP deficit grew from $294.4bn to $414.7bn in 2025.", "one figure at a time"),
        ("The ATP deficit doubled to $414.7bn in 2025.", "“doubled”"),
        ("China paid the United States $8bn for intellectual property in 2023.", "one country"),
        ("Germany is a friend.", "a figure"),
    ],
)
def test_what_is_not_understood_is_said_and_asked_for(text, asked):
    for one in read(text):
        assert one.statement is None
    assert any(asked in ask for one in read(text) for ask in one.asks), read(text)


def test_a_record_with_its_figure_is_two_statements():
    first, second = read("In 2024 the US had a $297bn deficit in advanced technology products, a record.")
    assert (first.statement.metric, first.statement.stated) == ("level", "-297")
    assert (second.statement.metric, second.statement.stated) == ("record", "2024")


def test_every_figure_of_a_text_has_a_row_of_its_own():
    text = (
        "Imports of advanced technology products rose from $761.0bn in 2024 to $966.0bn in 2025. "
        "Exports were $466.5bn and imports $761.0bn in 2024 in advanced technology products; in 2024 it "
        "snowed."
    )
    found = read(text)
    assert [one.statement and one.statement.stated for one in found] == [
        "761.0", "966.0", "466.5", "761.0", None,
    ]  # fmt: skip
    assert [one.statement.filters.year for one in found[:4]] == [2024, 2025, 2024, 2024]
    assert any("named once" in said for said in found[3].said)


def test_words_that_may_mean_several_series_try_each():
    (goods,) = read("The goods deficit was $1.2 trillion in 2024.")
    assert goods.series == ("goods_census", "goods_bop")
    (trade,) = read("The US trade deficit was $918.4 billion in 2024.")
    assert len(trade.series) == 3
    assert any("each total" in said for said in trade.said)


def test_it_stands_for_the_united_states_only_after_a_sentence_about_them():
    before = "In 1995 the United States had a surplus of $13bn in advanced technology. "
    _, second = read(before + "In 2024 it had a deficit of $297bn in advanced technology.")
    assert second.statement.stated == "-297"
    assert any("it" in said for said in second.said)
    (alone,) = read("In 2024 it had a deficit of $297bn in advanced technology.")
    assert alone.statement is None


def test_what_the_caller_says_fills_gaps_and_overrules_nothing():
    (one,) = read("The deficit with Mexico was $21bn in 2007.", series="atp")
    assert one.statement.filters.series == "atp"
    (other,) = read("The goods deficit with Mexico was $74bn in 2007.", series="atp")
    assert other.statement.filters.series == "goods_census"


def test_a_text_is_taken_apart_into_sentences():
    assert len(sentences("The U.S. deficit was $1.5bn. It grew.\nThen it fell; it rose!")) == 4


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(SOME_WORDS),
        max_size=14,
    )
)
def test_no_order_of_words_breaks_the_reading(words):
    for one in read(" ".join(words)):
        # Either something can be judged, or something is asked for; a "not" is never judged.
        assert (one.statement is None) == bool(one.asks)
        assert one.statement is None or "not" not in words
