"""Decompositions on tables small enough to check by hand: zeros, refusals, rounding, outliers, spells."""

import numpy as np
import pytest

from techbalance.errors import CheckError, ModelInputError
from techbalance.models.decompositions import (
    Cells,
    Items,
    constant_market_share,
    entry_exit,
    logarithmic_mean_effects,
    market_margins,
    outlying,
    price_indices,
    price_quantity,
    product_of_two,
    shift_share,
    spells,
    survival,
    two_factors,
    whole_dollars,
)

NAN = float("nan")


def cells(start, end) -> Cells:
    start, end = (np.array(one, dtype=np.int64) for one in (start, end))
    product, partner = np.indices(start.shape)
    return Cells(start.ravel(), end.ravel(), product.ravel(), partner.ravel())


def whole(values) -> list[int]:
    return np.rint(values).astype(int).tolist()


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ([-1], [1], "must not be negative.*entry 0, value -1.*Decompose exports and imports apart"),
        ([1.5], [1], "must be whole numbers"),
        ([2**52, 2**52], [1, 1], "more than can be held exactly"),
        ([1, 2], [1], "different lengths"),
    ],
)
def test_what_is_no_flow_is_refused(start, end, words):
    size = len(start)
    with pytest.raises(ModelInputError, match=words):
        Cells(np.array(start), np.array(end), np.arange(size), np.zeros(size, dtype=int))


def test_a_pair_that_is_there_twice_is_refused():
    with pytest.raises(ModelInputError, match="there twice"):
        Cells(np.array([1, 2]), np.array([1, 2]), np.array([0, 0]), np.array([1, 1]))


def test_an_empty_flow_has_no_effects():
    nothing = cells(np.zeros((0, 0)), np.zeros((0, 0)))
    assert shift_share(nothing).growth.size == logarithmic_mean_effects(nothing).scale.size == 0


# --- zeros as analytic limits ------------------------------------------------------------


def test_a_new_partner_of_an_old_product_is_partner_mix():
    found = logarithmic_mean_effects(cells([[10, 0], [5, 5]], [[10, 7], [5, 5]]))
    assert found.partner_mix[1] == 7
    assert found.scale[1] == found.product_mix[1] == 0


def test_a_new_product_is_product_mix():
    found = logarithmic_mean_effects(cells([[10], [0]], [[10], [7]]))
    assert found.product_mix[1] == 7
    assert found.scale[1] == found.partner_mix[1] == 0


def test_a_flow_out_of_nothing_is_scale_and_back_again():
    found = logarithmic_mean_effects(cells([[0], [0]], [[3], [4]]))
    assert found.scale.tolist() == [3, 4]
    back = logarithmic_mean_effects(cells([[3], [4]], [[0], [0]]))
    assert back.scale.tolist() == [-3, -4]


def test_the_limit_is_what_small_numbers_lead_to():
    """A dollar in place of a zero, beside ever larger values, comes as near to the limit as one likes."""
    near = []
    for scale in (10**3, 10**6, 10**12):
        one = np.array([[1, 6 * scale], [5 * scale, 5 * scale]])
        other = np.array([[7 * scale, 6 * scale], [5 * scale, 5 * scale]])
        near.append(logarithmic_mean_effects(cells(one, other)).partner_mix[0] / (7 * scale))
    limit = logarithmic_mean_effects(cells([[0, 6], [5, 5]], [[7, 6], [5, 5]])).partner_mix[0] / 7
    assert limit == 1
    assert near == sorted(near)
    assert near[-1] > 0.95


def test_values_close_to_each_other_lose_no_digits():
    start, end = np.array([[10**15, 10**15]]), np.array([[10**15 + 1, 10**15 + 3]])
    found = logarithmic_mean_effects(cells(start, end))
    together = found.scale + found.product_mix + found.partner_mix
    assert together == pytest.approx([1, 3], abs=1e-9)


def test_entries_have_nothing_to_grow_from():
    found = shift_share(cells([[10, 0], [0, 0]], [[5, 5], [7, 0]]))
    assert found.entry.tolist() == [0, 5, 7, 0]
    assert (
        found.growth[1:].tolist() == found.mix[1:].tolist() == found.competitiveness[1:].tolist() == [0, 0, 0]
    )
    assert found.growth[0] + found.mix[0] + found.competitiveness[0] == pytest.approx(-5, abs=1e-12)


def test_all_is_entry_where_the_total_was_nothing():
    found = shift_share(cells([[0, 0]], [[5, 6]]))
    assert found.entry.tolist() == [5, 6]
    assert not found.growth.any()


# --- constant market share ------------------------------------------------------------


def test_what_the_world_did_not_trade_goes_to_the_residual():
    own, world = cells([[5, 0]], [[9, 4]]), cells([[50, 0]], [[60, 4]])
    found = constant_market_share(own, world)
    assert found.without_base.tolist() == [False, True]
    assert found.residual[1] == 4
    assert found.world[1] == found.commodity[1] == found.market[1] == 0


def test_sales_and_world_of_other_cells_are_refused():
    with pytest.raises(ModelInputError, match="same products and markets"):
        constant_market_share(cells([[1, 2]], [[1, 2]]), cells([[1], [2]], [[1], [2]]))


# --- price and quantity ------------------------------------------------------------


def items(*rows) -> Items:
    columns = list(zip(*rows, strict=True))
    return Items(
        *(np.array(one) for one in columns[:2]), *(np.array(one, float) for one in columns[2:4]), columns[4]
    )


def test_each_way_of_not_matching_has_its_line():
    found = price_quantity(
        items(
            (100, 180, 10, 12, True),  # matched
            (0, 50, NAN, 5, True),  # began
            (30, 0, 3, NAN, True),  # ended
            (40, 44, NAN, 4, True),  # no quantity
            (40, 45, 0, 4, True),  # a quantity of zero
            (60, 66, 6, 6, False),  # another unit, or an outlier
        )
    )
    assert found.matched.tolist() == [True, False, False, False, False, False]
    # Mean quantity 11, unit value from 10 to 15; mean unit value 12.5, quantity up by 2.
    assert (found.price[0], found.quantity[0]) == (55, 25)
    assert (found.entry.tolist(), found.exit.tolist()) == ([0, 50, 0, 0, 0, 0], [0, 0, -30, 0, 0, 0])
    assert found.unmatched.tolist() == [0, 0, 0, 4, 5, 6]


def test_nothing_matched_has_no_index():
    found = price_indices(items((10, 10, NAN, 1, True), (10, 30, 1, 2, True)), np.array([0, 1]), 2)
    assert found.fisher.mask.tolist() == [True, False]
    assert found.quantity.mask.tolist() == [True, False]
    assert found.fisher[1] == pytest.approx(1.5)


@pytest.mark.parametrize("quantity", [-1.0, float("inf")])
def test_a_quantity_that_is_none_is_refused(quantity):
    with pytest.raises(ModelInputError, match="finite and not negative"):
        items((1, 1, quantity, 1, True))


def test_outliers_stand_apart_from_their_own_series():
    unit_value = np.array([10, 11, 9.5, 10.5, 100, 1, 100, 0, 5, 5, 5, 50, NAN])
    series = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 0])
    found = outlying(unit_value, series)
    # Two observations say nothing, and in a series that is mostly one value nothing can be judged.
    assert np.flatnonzero(found).tolist() == [4]
    assert not outlying(np.array([1.0, 2.0]), np.array([0, 0])).any()
    assert not outlying(np.array([]), np.array([], dtype=int)).any()


def test_a_steady_rise_is_no_outlier():
    assert not outlying(np.exp(np.arange(11) / 3), np.zeros(11, dtype=int)).any()


# --- margins, entry and exit, survival ------------------------------------------------------------


def test_a_partner_that_came_in_is_all_extensive():
    found = market_margins(cells([[10, 0], [10, 0]], [[10, 5], [10, 0]]))
    assert found.extensive_effect[1] == 5
    assert found.intensive[0].mask.tolist() == [False, True]
    assert found.extensive[1][1] == pytest.approx(15 / 25)


def test_a_market_out_of_nothing_is_the_market():
    found = market_margins(cells([[0, 0]], [[3, 4]]))
    assert found.market.tolist() == [3, 4]
    assert not found.extensive_effect.any()


def test_what_is_below_the_threshold_has_its_line():
    found = entry_exit(cells([[0, 9, 20, 5, 30]], [[12, 30, 4, 8, 31]]), threshold=10)
    assert found.entry.tolist() == [12, 21, 0, 0, 0]
    assert found.exit.tolist() == [0, 0, -16, 0, 0]
    assert found.below.tolist() == [0, 0, 0, 3, 0]
    assert found.growing.tolist() == [0, 0, 0, 0, 1]
    with pytest.raises(ModelInputError, match="without value"):
        entry_exit(cells([[1]], [[1]]), threshold=0)


def test_spells_open_at_the_start_are_left_out_and_at_the_end_censored():
    traded = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 0, 1], [0, 0, 0, 0, 0], [0, 0, 1, 1, 1]], dtype=bool)
    length, ended = spells(traded)
    assert sorted(zip(length.tolist(), ended.tolist(), strict=True)) == [
        (1, False),
        (1, True),
        (2, True),
        (3, False),
    ]


def test_no_spell_has_no_survival():
    found = survival(*spells(np.ones((2, 3), dtype=bool)))
    assert found.years.size == found.share.size == 0


# --- two factors, and whole dollars ------------------------------------------------------------


def test_a_product_of_two_factors_of_any_sign():
    first, second = product_of_two((np.array([-10.0]), np.array([1.0])), (np.array([-30.0]), np.array([1.5])))
    assert first[0] + second[0] == -30 * 1.5 + 10
    assert (first[0], second[0]) == (-25, -10)


def test_a_factor_that_moved_far_has_a_bounded_effect():
    first, second = two_factors(np.array([100.0, 0.0]), np.array([200.0, 50.0]), np.array([1e6, 2.0]))
    assert second[0] == pytest.approx(100 / np.log(2) * np.log(1e6))
    assert (first + second).tolist() == pytest.approx([100, 50])
    assert (first[1], second[1]) == (50, 0)


def test_whole_dollars_add_up_down_and_across():
    effects = np.array([[0.4, 0.6], [0.4, 0.6], [0.4, 0.6], [3.0, -3.0], [0.0, 0.0]])
    found = whole_dollars(effects, np.array([1, 1, 1, 0, 0]))
    assert found.sum(axis=1).tolist() == [1, 1, 1, 0, 0]
    assert found[:, 0].sum() == round(0.4 * 3 + 3)
    assert np.abs(found - effects).max() < 1
    assert found[3:].tolist() == [[3, -3], [0, 0]]


@pytest.mark.parametrize("wrong", [0.5, NAN])
def test_rounding_hides_nothing(wrong):
    with pytest.raises(CheckError, match=r"do not add up to the change.*part 1"):
        whole_dollars(np.array([[1.0, 2.0], [1.0, 2.0 + wrong]]), np.array([3, 3]))
