"""Do labels keep their distance, and do years get as many labels as there is room for?"""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techbalance.charts import layout

# Places are sums of a few floating-point numbers below 1,000.
ROUNDING = 1e-9


@given(st.lists(st.floats(0, 900), min_size=1, max_size=6))
def test_dodged_labels_keep_their_distance_order_and_bounds(places):
    moved = layout.dodge(places, 20, 0, 1000)
    ordered = sorted(moved)
    assert all(b - a >= 20 - ROUNDING for a, b in pairwise(ordered))
    assert ordered[0] >= -ROUNDING
    assert ordered[-1] <= 1000 + ROUNDING
    by_place = sorted(range(len(places)), key=lambda i: places[i])
    assert [moved[i] for i in by_place] == ordered


def test_labels_with_room_stay_where_they_are():
    assert layout.dodge([300, 100, 200], 20, 0, 1000) == [300, 100, 200]


def test_two_labels_at_one_place_share_the_move():
    assert layout.dodge([100, 100], 20, 0, 1000) == [90, 110]


def test_labels_at_the_upper_bound_move_down():
    assert layout.dodge([1000, 990], 20, 0, 1000) == [1000, 980]


def test_upper_bound_gives_way_where_labels_do_not_fit():
    assert layout.dodge([5, 5, 5], 20, 0, 30) == pytest.approx([0, 20, 40])


def test_year_axis_is_a_band_per_year_and_leaves_room_at_the_right():
    axis, scale = layout.year_axis([2023, 2024, 2025], right=90)
    assert scale.to_dict()["domain"] == [2023, 2024, 2025]
    assert scale.to_dict()["range"] == [0, {"expr": "width - 90"}]
    assert "(width - 90) * 1 / 3 >= 38 ? 1" in axis.to_dict()["labelExpr"]
