"""What must hold of every decomposition, whatever the panel: zeros, entries, exits and changes of sign."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from techbalance.models.decompositions import (
    Cells,
    Items,
    constant_market_share,
    entry_exit,
    logarithmic_mean_effects,
    market_margins,
    price_indices,
    price_quantity,
    product_of_two,
    shift_share,
    whole_dollars,
)

# Dollars by which a sum of effects of up to a trillion may miss before it is rounded: a millionth of a cent.
ROUNDING = 1e-8
PANELS = settings(max_examples=500, deadline=None)
FEWER = settings(max_examples=60, deadline=None)

value = st.just(0) | st.integers(0, 9) | st.integers(0, 10**11)


@st.composite
def flows(draw: st.DrawFn, shape: tuple[int, int] | None = None) -> Cells:
    """Two years of one flow: cells that begin, that end, that never were, among small and huge ones."""
    size = shape or draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    start, end = (draw(arrays(np.int64, size, elements=value)) for _ in range(2))
    product, partner = np.indices(size)
    return Cells(start.ravel(), end.ravel(), product.ravel(), partner.ravel())


def reversed_in_time(cells: Cells) -> Cells:
    return Cells(cells.end, cells.start, cells.product, cells.partner)


def effects_of(way: str, cells: Cells) -> np.ndarray:
    """Every way's effects as columns; those of margins by partner."""
    if way == "shift-share":
        found = shift_share(cells)
        return np.column_stack([found.growth, found.mix, found.entry, found.competitiveness])
    if way == "lmdi":
        means = logarithmic_mean_effects(cells)
        return np.column_stack([means.scale, means.product_mix, means.partner_mix])
    if way == "margins":
        margins = market_margins(cells)
        return np.column_stack([margins.market, margins.extensive_effect, margins.intensive_effect])
    pairs = entry_exit(cells, 5)
    return np.column_stack([pairs.entry, pairs.exit, pairs.shrinking, pairs.below, pairs.growing]).astype(
        float
    )


WAYS = ("shift-share", "lmdi", "margins", "entry-exit")


def change_of(way: str, cells: Cells) -> np.ndarray:
    if way != "margins":
        return cells.change
    return np.bincount(cells.partner, weights=cells.change, minlength=cells.partners).astype(np.int64)


@PANELS
@given(flows())
def test_parts_add_up_to_the_dollar(cells: Cells) -> None:
    for way in WAYS:
        effects, change = effects_of(way, cells), change_of(way, cells)
        assert np.isfinite(effects).all(), way
        dollars = whole_dollars(effects, change)
        assert (dollars.sum(axis=1) == change).all(), way
        assert dollars.sum() == cells.change.sum(), way
        # No effect moves by more than a dollar, the one that takes what is left by one for each other.
        assert (np.abs(dollars - effects)[:, :-1] <= 1 + ROUNDING).all(), way
        assert (np.abs(dollars - effects)[:, -1] <= effects.shape[1]).all(), way


@FEWER
@given(flows(shape=(3, 4)), flows(shape=(3, 4)), st.sampled_from(WAYS))
def test_a_balance_adds_up_whatever_its_sign(exports: Cells, imports: Cells, way: str) -> None:
    sides = [whole_dollars(effects_of(way, side), change_of(way, side)) for side in (exports, imports)]
    before, after = (
        int(getattr(exports, year).sum() - getattr(imports, year).sum()) for year in ("start", "end")
    )
    assert int((sides[0] - sides[1]).sum()) == after - before


@FEWER
@given(flows())
def test_time_turned_round_turns_every_sign(cells: Cells) -> None:
    back = reversed_in_time(cells)
    for way in ("lmdi", "margins"):
        np.testing.assert_allclose(effects_of(way, back), -effects_of(way, cells), rtol=1e-9, atol=1e-3)
    one, other = entry_exit(cells), entry_exit(back)
    assert (one.entry == -other.exit).all()
    assert (one.growing == -other.shrinking).all()


@FEWER
@given(flows(), st.integers(2, 1000))
def test_scaling_scales(cells: Cells, factor: int) -> None:
    larger = Cells(cells.start * factor, cells.end * factor, cells.product, cells.partner)
    for way in WAYS[:3]:
        np.testing.assert_allclose(
            effects_of(way, larger), factor * effects_of(way, cells), rtol=1e-9, atol=1e-2
        )


@FEWER
@given(flows(shape=(4, 5)), st.randoms(use_true_random=False), st.sampled_from(WAYS))
def test_other_labels_and_another_order_change_nothing(cells: Cells, chance: object, way: str) -> None:
    order = np.array(chance.sample(range(20), 20))  # type: ignore[attr-defined]
    products, partners = (np.array(chance.sample(range(9), size)) for size in (4, 5))  # type: ignore[attr-defined]
    moved = Cells(
        cells.start[order], cells.end[order], products[cells.product][order], partners[cells.partner][order]
    )
    one, other = effects_of(way, cells), effects_of(way, moved)
    if way == "margins":
        np.testing.assert_allclose(other[partners], one, rtol=1e-9, atol=1e-3)
    else:
        np.testing.assert_allclose(other, one[order], rtol=1e-9, atol=1e-3)


@FEWER
@given(flows(shape=(3, 3)), flows(shape=(3, 3)))
def test_constant_market_share_adds_up_in_both_orders(own: Cells, others: Cells) -> None:
    world = Cells(own.start + others.start, own.end + others.end, own.product, own.partner)
    found = constant_market_share(own, world)
    for middle in ((found.commodity, found.market), (found.commodity_second, found.market_first)):
        dollars = whole_dollars(np.column_stack([found.world, *middle, found.residual]), own.change)
        assert (dollars.sum(axis=1) == own.change).all()


quantity = st.just(0.0) | st.floats(1, 1e4) | st.just(float("nan"))


@st.composite
def priced(draw: st.DrawFn) -> Items:
    size = draw(st.integers(1, 12))
    start, end = (draw(arrays(np.int64, size, elements=value)) for _ in range(2))
    first, last = (draw(arrays(np.float64, size, elements=quantity)) for _ in range(2))
    return Items(start, end, first, last, draw(arrays(np.bool_, size)))


@PANELS
@given(priced())
def test_price_and_quantity_add_up_to_the_dollar(items: Items) -> None:
    found = price_quantity(items)
    effects = np.column_stack([found.price, found.entry, found.exit, found.unmatched, found.quantity])
    dollars = whole_dollars(effects, items.end - items.start)
    assert (dollars.sum(axis=1) == items.end - items.start).all()
    back = price_quantity(
        Items(items.end, items.start, items.end_quantity, items.start_quantity, items.comparable)
    )
    np.testing.assert_allclose(back.price, -found.price, rtol=1e-9, atol=1e-3)
    np.testing.assert_allclose(back.quantity, -found.quantity, rtol=1e-9, atol=1e-3)


@FEWER
@given(priced())
def test_indices_turn_round_and_multiply_to_the_value(items: Items) -> None:
    one = price_indices(items, np.zeros(items.start.size, dtype=np.int64), 1)
    back = Items(items.end, items.start, items.end_quantity, items.start_quantity, items.comparable)
    other = price_indices(back, np.zeros(items.start.size, dtype=np.int64), 1)
    if one.fisher.mask.any():
        assert other.fisher.mask.all()
        return
    assert one.fisher[0] * other.fisher[0] == pytest.approx(1, rel=1e-9)
    assert one.tornqvist[0] * other.tornqvist[0] == pytest.approx(1, rel=1e-9)
    assert one.fisher[0] * one.quantity[0] == pytest.approx(
        one.end_matched[0] / one.start_matched[0], rel=1e-9
    )


signed = st.integers(-(10**12), 10**12)


@FEWER
@given(arrays(np.int64, 4, elements=signed), arrays(np.int64, 4, elements=signed), st.floats(0.1, 10))
def test_constant_dollars_add_up_whatever_the_sign(start: np.ndarray, end: np.ndarray, level: float) -> None:
    ones = np.ones(4)
    real, prices = product_of_two((start * 1.0, ones), (end / level, ones * level))
    dollars = whole_dollars(np.column_stack([prices, real]), end - start)
    assert (dollars.sum(axis=1) == end - start).all()
