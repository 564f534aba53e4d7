"""What must hold for any changes of codes, and for any weights."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from techbalance.classifications.families import Link, families_of, guessed_links
from techbalance.models.correspondence import estimate_weights, measure_drift

# Weights come from a linear solver with a penalty of 1e4 on their sums.
SOLVED = 1e-6

codes = st.text("abcdefgh", min_size=1, max_size=2)
links = st.lists(st.builds(Link, codes, codes, st.integers(2010, 2025)), max_size=15)
universe = st.lists(codes, max_size=15)


def partition(families):
    return {frozenset(family.members) for family in families}


@given(universe, universe, links)
def test_every_code_is_in_exactly_one_family(old, new, changes):
    families = families_of(old, new, changes)
    members = [code for family in families for code in family.members]
    ends = {code for link in changes for code in (link.old, link.new)}
    assert sorted(members) == sorted({*old, *new, *ends})
    assert all(set(family.old) == set(family.members) & set(old) for family in families)


@given(universe, universe, links)
def test_other_names_give_the_same_families(old, new, changes):
    def renamed(code):
        return code[::-1] + "x"

    again = families_of(
        map(renamed, old),
        map(renamed, new),
        [Link(renamed(link.old), renamed(link.new), link.year) for link in changes],
    )
    assert partition(again) == {
        frozenset(map(renamed, members)) for members in partition(families_of(old, new, changes))
    }


@given(universe, universe, links)
def test_order_and_repeats_change_nothing(old, new, changes):
    assert families_of(old[::-1] * 2, new, changes[::-1] * 2) == families_of(old, new, changes)


@given(universe, universe, links)
def test_linking_what_hangs_together_already_changes_nothing(old, new, changes):
    families = families_of(old, new, changes)
    more = [Link(family.name, code, 2020) for family in families for code in family.members]
    assert partition(families_of(old, new, [*changes, *more])) == partition(families)


@given(universe, universe, links, links)
def test_families_of_both_are_families_of_the_families(old, new, one, other):
    """Joining changes in two steps gives what joining them at once gives."""
    first = families_of(old, new, one)
    as_links = [Link(family.name, code, 2020) for family in first for code in family.members]
    assert partition(families_of(old, new, [*as_links, *other])) == partition(
        families_of(old, new, [*one, *other])
    )


@given(universe, universe, links, links)
def test_more_changes_only_join(old, new, one, other):
    coarse = partition(families_of(old, new, [*one, *other]))
    for family in partition(families_of(old, new, one)):
        assert sum(family <= whole for whole in coarse) == 1


ten = st.builds("{:06d}{:02d}{:02d}".format, st.integers(1, 3), st.integers(0, 2), st.integers(0, 3))


@given(st.lists(ten, max_size=12), st.lists(ten, max_size=12))
def test_guesses_link_the_dead_with_the_born_under_one_parent(old, new):
    for link in guessed_links(old, new, 2020):
        assert link.old in set(old) - set(new)
        assert link.new in set(new) - set(old)
        assert link.old[: int(link.basis[-1])] == link.new[: int(link.basis[-1])]


trade = st.floats(0, 1e9, allow_nan=False)


@st.composite
def switches(draw):
    """Trade on both sides of a switch, something of it on both, and what may have gone where."""
    count, old, new = draw(st.integers(1, 5)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    sides = [
        np.array(draw(st.lists(st.lists(trade, min_size=n, max_size=n), min_size=count, max_size=count)))
        for n in (old, new)
    ]
    for side in sides:
        side[0, 0] += 1000
    allowed = np.array(
        draw(st.lists(st.lists(st.booleans(), min_size=new, max_size=new), min_size=old, max_size=old))
    )
    allowed[:, 0] |= ~allowed.any(axis=1)
    return sides[0], sides[1], allowed


@settings(max_examples=40, deadline=None)
@given(switches())
def test_weights_conserve_value_and_lie_in_their_band(switch):
    before, after, allowed = switch
    found = estimate_weights(before, after, allowed, folds=range(len(before)), draws=20)
    assert np.allclose(found.central.sum(axis=1), 1, atol=SOLVED)
    assert np.allclose((before @ found.central).sum(), before.sum())
    assert (found.central[~allowed] == 0).all()
    assert (found.low <= found.central + SOLVED).all()
    assert (found.central <= found.high + SOLVED).all()
    assert found.low.min() >= 0
    assert found.high.max() <= 1 + SOLVED
    assert found.heldout_error is None or 0 <= found.heldout_error <= 1 + SOLVED


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(trade, trade), min_size=1, max_size=6), st.floats(1e-3, 1e3))
def test_weights_do_not_depend_on_the_currency(pairs, rate):
    after = np.array([[left + 1, right] for left, right in pairs])
    before = after.sum(axis=1, keepdims=True)
    allowed = np.ones((1, 2), dtype=bool)
    one, other = (
        estimate_weights(scale * before, scale * after, allowed, folds=range(len(before)), draws=20)
        for scale in (1.0, rate)
    )
    assert np.allclose(one.central, other.central, atol=SOLVED)


share = st.floats(0, 1)


@given(st.lists(st.lists(share, min_size=2, max_size=5), min_size=1, max_size=4), share, st.integers(1, 5))
def test_a_cast_share_stays_between_nothing_and_all_and_holds_what_was_cast(shares, one, years):
    low, high = measure_drift(shares).band(one, years)
    kept = min(max(one, 0.0005), 0.9995)
    assert 0 <= low <= kept * (1 + 1e-9)
    assert kept * (1 - 1e-9) <= high <= 1
