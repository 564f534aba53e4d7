"""Stories: what their codes have to be, and which years are comparable."""

import re
from itertools import pairwise

import pytest

from techbalance.classifications.stories import REVISIONS, dotted, first_year_of, revision_of
from techbalance.classifications.story_codes import STORIES

PARTS = [(story, part) for story in STORIES.values() for part in story.parts]
IDS = [f"{story.name}-{part.name}" for story, part in PARTS]


def test_the_seven_stories_are_there():
    assert set(STORIES) == {
        "displays", "solar", "batteries", "semiconductors", "computers", "aircraft", "pharma",
    }  # fmt: skip


@pytest.mark.parametrize(("story", "part"), PARTS, ids=IDS)
def test_eras_begin_with_revisions_and_say_why_they_break(story, part):
    starts = [era.from_year for era in part.eras]
    assert starts == sorted(set(starts))
    assert set(starts) <= set(REVISIONS)
    assert part.eras[0].join == "same"
    for era in part.eras:
        assert era.codes
        assert all(re.fullmatch(r"[0-9]{4}|[0-9]{6}", code) for code in (*era.codes, *era.family))
        assert (era.join == "same") == (not era.why)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_no_code_is_counted_twice_in_a_year(story):
    for year in REVISIONS:
        codes = [code for part in story.counted if (era := part.era(year)) for code in era.codes]
        assert not [
            (one, other) for at, one in enumerate(codes) for other in codes[at + 1 :]
            if one.startswith(other) or other.startswith(one)
        ]  # fmt: skip


@pytest.mark.parametrize(("story", "part"), PARTS, ids=IDS)
def test_the_product_is_among_the_family_it_left(story, part):
    for before, after in pairwise(part.eras):
        if before.family and after.family:
            assert set(after.codes) <= set(after.family)
            assert set(before.codes) == set(before.family)


def test_solar_is_comparable_by_its_family_only():
    (solar, *_) = STORIES["solar"].parts
    assert solar.comparable((2015, 2024)) == {
        2015: ("854140",),
        2024: ("854141", "854142", "854143", "854149"),
    }
    assert solar.comparable((2022, 2024)) == dict.fromkeys((2022, 2024), ("854142", "854143"))


def test_displays_are_comparable_within_their_codes_and_never_across_2022():
    (panels, *_) = STORIES["displays"].parts
    assert panels.comparable((2021, 2022)) == {}
    assert panels.comparable((2015, 2021)) == dict.fromkeys((2015, 2021), ("901380",))
    assert panels.comparable(()) == {}


def test_batteries_are_comparable_as_they_are_from_2012():
    (batteries, *_) = STORIES["batteries"].parts
    assert batteries.comparable((2015, 2024))[2024] == ("850760",)
    assert batteries.comparable((2011, 2012))[2012] == ("850750", "850760", "850780")


def test_a_part_has_no_era_before_its_first():
    drones = STORIES["aircraft"].part("drones")
    assert drones.era(2021) is None
    assert drones.comparable((2021, 2022)) == {}
    assert drones.era(2022).codes == ("8806",)


def test_joins_are_told_between_the_years_shown():
    circuits = STORIES["semiconductors"].part("circuits")
    assert [era.from_year for era in circuits.joins(2006, 2020)] == [2007, 2017]
    assert circuits.joins(2017, 2021) == ()


def test_revisions_by_year_and_name():
    assert [revision_of(year) for year in (1987, 1988, 2016, 2017, 2026)] == [
        None, "HS1992", "HS2012", "HS2017", "HS2022",
    ]  # fmt: skip
    assert first_year_of("H5") == first_year_of("HS2017") == 2017


def test_codes_are_written_with_their_dot():
    assert (dotted("854140"), dotted("8542")) == ("8541.40", "8542")
