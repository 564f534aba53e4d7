"""Are figures written as the design asks: true minus, units, percent and percentage points told apart?"""

import datetime

import pytest

from techbalance.charts import text


@pytest.mark.parametrize(
    ("usd", "written"),
    [
        (294_429_400_000, "$294.4bn"),
        (-294_429_400_000, "−$294.4bn"),
        (3_263_893_254_128, "$3,263.9bn"),
        (72_755_483, "$72.8m"),
        (950_000_000, "$950.0m"),
        (999_960_000, "$1.0bn"),
        (804_000, "$804,000"),
        (999_949, "$999,949"),
        (0, "$0"),
        (-12, "−$12"),
        (0.4, "$0"),
        (-0.4, "$0"),
    ],
)
def test_money_names_its_unit_and_has_a_true_minus(usd, written):
    assert text.money(usd) == written


def test_money_rounds_half_to_even_on_the_decimal_figure():
    assert text.money(150_000_000_000 + 50_000_000) == "$150.0bn"
    assert text.money(150_000_000_000 + 150_000_000) == "$150.2bn"


def test_change_carries_its_sign_and_no_change_none():
    assert [text.signed(usd) for usd in (4_500_000_000, -4_500_000_000, 0)] == ["+$4.5bn", "−$4.5bn", "$0"]
    assert [text.signed_billions(usd) for usd in (172_734_399_181, -8_400_000_000, 1_000)] == [
        "+172.7",
        "−8.4",
        "0.0",
    ]


def test_a_figure_that_rounds_to_zero_has_no_minus():
    assert text.number(-0.04) == "0.0"


def test_percent_and_percentage_points_are_told_apart():
    assert text.percent(0.33591) == "33.6%"
    assert text.percent(-0.1667) == "−16.7%"
    assert text.points(0.03) == "3.0 percentage points"
    assert text.points(-0.01) == "−1.0 percentage point"


def test_side_is_the_sign_in_words():
    assert [text.side(usd) for usd in (-1, 0, 1)] == ["deficit", "balance", "surplus"]


@pytest.mark.parametrize(
    ("years", "written"),
    [
        ([2002, 2003, 2004, 2007], "2002–2004, 2007"),
        ([2007, 2002, 2007], "2002, 2007"),
        ([2024], "2024"),
        ([], ""),
    ],
)
def test_years_are_written_as_ranges(years, written):
    assert text.years(years) == written


@pytest.mark.parametrize(
    ("rank", "written"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (21, "21st"), (112, "112th")],
)
def test_ordinals(rank, written):
    assert text.ordinal(rank) == written


def test_vintages_are_named_by_month_and_a_range_by_its_ends():
    august, october = datetime.date(2024, 8, 31), datetime.date(2026, 10, 31)
    assert text.vintage([october, october]) == "vintage October 2026"
    assert text.vintage([october, august]) == "vintages August 2024 to October 2026"
    assert text.vintage([]) == "vintage not stated"


def test_lists_are_joined_as_prose_and_long_ones_counted():
    assert text.listing(["a"]) == "a"
    assert text.listing(["a", "b", "c"]) == "a, b and c"
    assert text.brief(["a", "b", "c", "d"]) == "a, b, c and d"
    assert text.brief(["a", "b", "c", "d", "e"]) == "a, b, c and 2 others"
    assert text.brief([]) == ""


def test_counts_agree_with_their_noun():
    assert text.counted(1, "month") == "1 month"
    assert text.counted(1200, "country", "countries") == "1,200 countries"
    assert [text.spelled(count) for count in (1, 10, 13)] == ["One", "Ten", "13"]


def test_countries_take_their_article():
    assert text.country("United States", opening=True) == "The United States"
    assert text.country("Netherlands") == "the Netherlands"
    assert text.country("Japan") == "Japan"


def test_official_descriptions_in_capitals_become_sentences_and_keep_acronyms():
    given = "MACHINES WITH LCD,WEIGHT < 10 KG ,EPA-RATED, NESOI"
    assert text.sentence(given) == "Machines with LCD, weight < 10 kg, EPA-rated, NESOI"
    assert text.sentence("Already Written") == "Already Written"


@pytest.mark.parametrize(
    ("given", "short"),
    [
        ("DIGITAL PROCESSING UNITS EXCLUDE SUBHEADING 8471.41 OR 8471.49", "Digital processing units"),
        ("SMARTPHONES", "Smartphones"),
        (
            "POLYPEPTIDE, PROTEIN AND GLYCOPROTEIN HORMONES, THEIR DERIVATIVES AND ANALOGUES",
            "Polypeptide, protein and glycoprotein hormones",
        ),
        (
            "MACHINES FOR THE RECEPTION, CONVERSION AND TRANSMISSION OR REGENERATION OF VOICE",
            "Machines for the reception, conversion and transmission or…",
        ),
    ],
)
def test_a_clause_ends_where_a_description_starts_to_qualify(given, short):
    assert text.clause(given) == short


def test_tariff_codes_get_their_dots_and_other_codes_none():
    assert text.tariff_code("8471500150") == "8471.50.0150"
    assert text.tariff_code("84715001") == "8471.50.01"
    assert text.tariff_code("8471.50") == "8471.50"


def test_texts_are_cut_at_a_word():
    assert text.shorten("Korea, South", 20) == "Korea, South"
    assert text.shorten("Parts and accessories, of machines", 24) == "Parts and accessories…"


def test_wrapped_lines_fit_and_lose_no_word():
    title = "The deficit in advanced technology products reached $414.7bn in 2025, the largest since 1989"
    for wrapped in (text.wrap(title, 340, 17, bold=True), text.balance_lines(title, 340, 17, bold=True)):
        assert " ".join(wrapped) == title
        assert all(text.pixels(line, 17, bold=True) <= 340 for line in wrapped)


def test_balanced_lines_are_as_many_and_more_equal():
    title = "Taiwan became the largest supplier in 2025, at $163.0bn; China fell from 1st to 5th"
    plain, even = text.wrap(title, 340, 17), text.balance_lines(title, 340, 17)
    assert len(plain) == len(even)
    assert min(map(len, even)) > min(map(len, plain))


def test_a_word_longer_than_the_line_stands_alone():
    assert text.wrap("an unbreakablylongword here", 40, 12) == ["an", "unbreakablylongword", "here"]
