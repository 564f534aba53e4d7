"""Screens as files: what is read, and how a wrong file is refused."""

from __future__ import annotations

import pytest

from techbalance.errors import NotCoveredError, ParameterError, SchemaError, UnknownCodeError
from techbalance.indicators.screens.declaration import read_screen, shipped_screen, shipped_screens

HEAD = 'name = "mine"\ntitle = "One supplier"\n'
CRITERION = '[[criteria]]\nid = "C1"\nmeasure = "hhi"\ncomparator = ">"\nthreshold = 0.4\n'


def test_the_shipped_screens_are_those_of_the_methods() -> None:
    assert shipped_screens() == ("eu", "eu-single-country", "geodep")
    geodep = shipped_screen("geodep")
    assert [(c.id, c.column, c.comparator, c.threshold) for c in geodep.criteria] == [
        ("C1", "import_hhi", ">", 0.4),
        ("C2", "world_hhi", ">", 0.4),
        ("C3", "imports_to_exports", ">", 1.0),
    ]
    assert (geodep.window, geodep.minimum_years) == (3, 2)
    assert {c.status for c in geodep.criteria} == {"read"}
    for name in ("eu", "eu-single-country"):
        assert {c.status for c in shipped_screen(name).criteria} == {"unverified"}


def test_a_single_country_is_screened_by_penetration_under_its_own_name() -> None:
    ids = {c.id: c.measure for c in shipped_screen("eu-single-country").criteria}
    assert ids == {"CDI1": "hhi", "penetration": "penetration", "CDI3": "imports_to_exports"}


def test_a_screen_of_a_user() -> None:
    screen = read_screen(HEAD + 'years = "2022:2024"\nminimum_years = 2\n' + CRITERION)
    assert (screen.fixed_years, screen.window, screen.minimum_years) == ((2022, 2023, 2024), 3, 2)
    assert screen.criteria[0].inputs == ("imports",)
    assert read_screen(HEAD + 'years = "2024"\n' + CRITERION).fixed_years == (2024,)
    assert read_screen(HEAD + CRITERION).fixed_years is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD, r"key 'criteria' is missing .*Add it"),
        (HEAD + "criteria = []", "at least one criterion"),
        (HEAD + CRITERION + CRITERION, "'C1' is used twice"),
        (HEAD + CRITERION.replace("threshold", "treshold"), r"criterion 1, key treshold.*mean 'threshold'"),
        (HEAD.replace("title", "titel") + CRITERION, r"key titel.*Did you mean 'title'"),
        (HEAD + "colour = 1\n" + CRITERION, "Known keys: name, title"),
        (HEAD + CRITERION.replace('"hhi"', '"hii"'), r"criterion 1, key measure"),
        (HEAD + CRITERION.replace('"hhi"', '"hii"'), "did you mean 'hhi'"),
        (HEAD + CRITERION.replace('"hhi"', '"xyz"'), "known: effective_suppliers, hhi"),
        (HEAD + CRITERION.replace('">"', '"=>"'), "should be '>', '>=', '<' or '<='"),
        (HEAD + CRITERION + 'side = "wrld"\n', "should be 'import', 'export' or 'world'"),
        (HEAD + CRITERION.replace("hhi", "penetration") + 'side = "world"\n', "only"),
        (HEAD + CRITERION.replace("0.4", "4000"), "can never be reached.*4,200 points is 0.42"),
        (HEAD + CRITERION.replace("0.4", "nan"), "finite number"),
        (HEAD + CRITERION.replace("0.4", '"0.4"'), "valid number"),
        (HEAD + CRITERION.replace("0.4", "-1"), "greater than or equal to 0"),
        (HEAD + CRITERION.replace('"C1"', '"C 1"'), "criterion 1, key id"),
        (HEAD + 'years = "2022-2024"\n' + CRITERION, "nor a range such as '2019:2022'"),
        (HEAD + 'years = "2024:2022"\n' + CRITERION, "nor a range such as '2019:2022'"),
        (HEAD + "years = 0\n" + CRITERION, "neither a number of years"),
        (HEAD + "years = true\n" + CRITERION, "neither a number of years"),
        (HEAD + "years = 2\nminimum_years = 3\n" + CRITERION, "minimum_years is 3 but years covers 2"),
        (HEAD + "x", "not a TOML file"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(SchemaError, match=f"(?s){words}") as caught:
        read_screen(text, origin="mine.toml")
    assert "mine.toml" in str(caught.value)


def test_thresholds_are_parameters() -> None:
    screen = shipped_screen("geodep")
    changed = screen.with_thresholds({"C1": 0.5})
    assert [c.threshold for c in changed.criteria] == [0.5, 0.4, 1.0]
    assert [c.threshold for c in screen.criteria] == [0.4, 0.4, 1.0]
    with pytest.raises(UnknownCodeError, match="Known: C1, C2, C3"):
        screen.with_thresholds({"C9": 0.5})
    with pytest.raises(ParameterError, match="can never be reached"):
        screen.with_thresholds({"C1": 40})


def test_an_unknown_screen_gets_a_hint() -> None:
    with pytest.raises(UnknownCodeError, match="Did you mean 'geodep'"):
        shipped_screen("geodp")


def test_a_screen_nothing_of_which_is_held_is_refused_with_the_choices() -> None:
    world = read_screen(HEAD + CRITERION + 'side = "world"\n')
    with pytest.raises(NotCoveredError, match=r"exports of every country.*can be judged: import effective"):
        world.check_answerable({"imports"}, [2024, 2025])
    early = read_screen(HEAD + 'years = "2010:2011"\n' + CRITERION)
    with pytest.raises(NotCoveredError, match=r"2010:2011, which is not held\. Years held: 2024, 2025"):
        early.check_answerable({"imports"}, [2025, 2024])


def test_a_screen_that_can_be_judged_in_part_is_not_refused() -> None:
    assert shipped_screen("geodep").check_answerable({"imports"}, [2024, 2025]) is None
