"""From products to the industries of two kinds of table."""

import pytest

from techbalance.classifications.industries import industries_of_class, technology_industries

WIOD = tuple(f"c{number}" for number in range(1, 36))
OECD = ("C19", "C20", "C21", "C25", "C26", "C27", "C28", "C29", "C30", "C31T33")
OLDER = ("19", "20T21", "26", "27", "28", "29", "30")


@pytest.mark.parametrize(
    ("isic3", "wiod", "oecd"),
    [
        ("2423", {"c9"}, {"C21"}),
        ("2411", {"c9"}, {"C20"}),
        ("3210", {"c14"}, {"C26"}),
        ("3110", {"c14"}, {"C27"}),
        ("3311", {"c14"}, {"C26", "C31T33"}),
        ("2927", {"c13"}, {"C25", "C30"}),
        ("3410", {"c15"}, {"C29"}),
        ("3530", {"c15"}, {"C30"}),
        ("0111", set(), set()),
    ],
)
def test_a_class_has_the_industries_that_make_it(isic3, wiod, oecd):
    assert industries_of_class(isic3, WIOD) == wiod
    assert industries_of_class(isic3, OECD) == oecd


def test_an_industry_of_two_divisions_holds_both():
    assert industries_of_class("2423", OLDER) == industries_of_class("2411", OLDER) == {"20T21"}


def test_technology_comes_from_few_industries_and_none_of_a_table_that_is_not_known():
    assert technology_industries(WIOD) == ("c9", "c13", "c14", "c15")
    assert technology_industries(OECD) == ("C21", "C26", "C27", "C28", "C30")
    assert technology_industries(("Agriculture", "Leather")) == ()
