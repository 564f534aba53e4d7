"""Families of codes: the worked example, every kind, and guesses from lists."""

import pytest

from techbalance.classifications.families import Link, families_of, guessed_links


def only(old, new, links):
    (family,) = families_of(old, new, links)
    return family


def test_the_worked_example_is_one_family():
    links = [Link("a", "b", 2022), Link("a", "c", 2022), Link("d", "c", 2022)]
    family = only(["a", "d"], ["b", "c"], links)
    assert (family.members, family.old, family.new) == (("a", "b", "c", "d"), ("a", "d"), ("b", "c"))
    assert (family.name, family.kind, family.basis) == ("a", "mixed", "notice")


@pytest.mark.parametrize(
    ("old", "new", "links", "kind"),
    [
        ("a", "a", [], "same"),
        ("a", "b", ["ab"], "renamed"),
        ("a", "bc", ["ab", "ac"], "split"),
        ("a", "ab", ["ab"], "split"),
        ("ab", "c", ["ac", "bc"], "merge"),
        ("ab", "cd", ["ac", "bc", "bd"], "mixed"),
        ("a", "", [], "died"),
        ("", "a", [], "born"),
    ],
)
def test_every_kind(old, new, links, kind):
    assert only(old, new, [Link(*pair, 2022) for pair in links]).kind == kind


def test_a_code_born_and_dead_in_between_joins_what_it_passed_on():
    family = only(["a"], ["c"], [Link("a", "b", 2020), Link("b", "c", 2021)])
    assert family.members == ("a", "b", "c")
    assert family.kind == "renamed"


def test_the_basis_is_the_weakest_link():
    links = [Link("a", "b", 2022), Link("a", "c", 2022, "parent6"), Link("a", "d", 2022, "parent8")]
    assert only("a", "bcd", links).basis == "parent6"
    assert only("a", "a", []).basis == "none"


def test_no_codes_are_no_families():
    assert families_of([], [], []) == ()


def test_guesses_take_the_longest_parent_and_nothing_beyond():
    old = ["8507600020", "8541400000", "9999990000", "1111110000"]
    new = ["8507600030", "8507600090", "8541410000", "1111110000"]
    assert guessed_links(old, new, 2026) == (
        Link("8507600020", "8507600030", 2026, "parent8"),
        Link("8507600020", "8507600090", 2026, "parent8"),
    )


def test_guesses_fall_back_to_six_digits():
    (link,) = guessed_links(["8507600020"], ["8507609999"], 2026)
    assert link.basis == "parent6"


def test_a_birth_is_linked_to_deaths_even_where_they_have_nearer_heirs():
    old, new = ["8507600020"], ["8507600030", "8507609900"]
    assert {(link.new, link.basis) for link in guessed_links(old, new, 2026)} == {
        ("8507600030", "parent8"),
        ("8507609900", "parent6"),
    }


def test_lists_without_change_give_no_guess():
    assert guessed_links(["8507600020"], ["8507600020"], 2026) == ()
