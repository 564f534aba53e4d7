"""What must hold of a stress whatever the flows, the shock and the capacity."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from techbalance.models.price_effect import price_effect
from techbalance.models.stress import SupplierFlows, staged_shares, supplier_loss
from techbalance.models.worst_case import Harm, worst_case

# Relative rounding of sums of up to sixty doubles.
ROUNDING = 1e-12
MANY = settings(max_examples=200, deadline=None)

shares = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]) | st.floats(0, 1)
flow = st.just(0.0) | st.integers(1, 10**11).map(float)


@st.composite
def worlds(draw: st.DrawFn) -> SupplierFlows:
    shape = draw(st.tuples(st.integers(1, 6), st.integers(1, 7)))
    imports = draw(arrays(np.float64, shape, elements=flow))
    world = draw(st.none() | arrays(np.float64, shape, elements=flow))
    labels = [tuple(f"{letter}{n}" for n in range(size)) for letter, size in zip("ps", shape, strict=True)]
    return SupplierFlows(labels[0], labels[1], imports, world)


def shock(data: st.DataObject, flows: SupplierFlows) -> np.ndarray:
    return np.array(data.draw(st.lists(shares, min_size=len(flows.suppliers), max_size=len(flows.suppliers))))


@MANY
@given(worlds(), st.data())
def test_loss_is_recovered_or_short(flows: SupplierFlows, data: st.DataObject) -> None:
    lost = supplier_loss(flows, shock(data, flows), capacity=[0, 0.05, 0.5, 1])
    scale = ROUNDING * lost.imports_usd
    assert (np.abs(lost.recovered_usd + lost.shortfall_usd - lost.loss_usd) <= scale).all()
    assert (lost.recovered_usd >= 0).all()
    assert (lost.shortfall_usd >= 0).all()
    assert (lost.loss_usd <= lost.imports_usd).all()
    assert (lost.shortfall_usd[0] == lost.loss_usd).all()
    whole, recovered, short = lost.in_whole_dollars()
    assert (recovered + short == whole).all()
    assert (short >= 0).all()


@MANY
@given(worlds(), st.data())
def test_a_larger_shock_never_hurts_less(flows: SupplierFlows, data: st.DataObject) -> None:
    small = shock(data, flows)
    large = np.maximum(small, shock(data, flows))
    one, two = (supplier_loss(flows, removed, capacity=[0.05, 0.5]) for removed in (small, large))
    scale = ROUNDING * one.imports_usd
    assert (two.loss_usd >= one.loss_usd - scale).all()
    assert (two.shortfall_usd >= one.shortfall_usd - scale).all()


@MANY
@given(worlds(), st.data(), shares, shares)
def test_more_capacity_never_hurts_more(
    flows: SupplierFlows, data: st.DataObject, one: float, two: float
) -> None:
    low, high = sorted((one, two))
    lost = supplier_loss(flows, shock(data, flows), capacity=[low, high])
    assert (lost.recovered_usd[1] >= lost.recovered_usd[0]).all()
    assert (lost.shortfall_usd[1] <= lost.shortfall_usd[0]).all()


@MANY
@given(worlds(), st.data(), st.sampled_from([0.001, 2.0, 1024.0]), st.randoms(use_true_random=False))
def test_scale_and_labels_do_not_matter(
    flows: SupplierFlows, data: st.DataObject, factor: float, order: object
) -> None:
    removed = shock(data, flows)
    position = list(range(len(flows.suppliers)))
    order.shuffle(position)  # type: ignore[attr-defined]
    base = None if flows.world_exports_usd is None else factor * flows.world_exports_usd[:, position]
    other = SupplierFlows(flows.products, flows.suppliers, factor * flows.imports_usd[:, position], base)
    one, two = supplier_loss(flows, removed), supplier_loss(other, removed[position])
    tolerance = ROUNDING * factor * (one.imports_usd + flows.capacity_base.sum(axis=1))
    assert (np.abs(two.loss_usd - factor * one.loss_usd) <= tolerance).all()
    assert (np.abs(two.shortfall_usd - factor * one.shortfall_usd) <= tolerance).all()


@settings(max_examples=60, deadline=None)
@given(worlds(), st.sampled_from([0.0, 0.05, 0.3, 1.0]), st.data())
def test_the_worst_case_is_the_worst(flows: SupplierFlows, capacity: float, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(flows.suppliers)))
    found = worst_case(flows, count, harm=Harm(capacity=capacity))
    tolerance = ROUNDING * (flows.imports_usd.sum() + flows.capacity_base.sum())
    harms = []
    for chosen in itertools.combinations(range(len(flows.suppliers)), count):
        removed = np.isin(np.arange(len(flows.suppliers)), chosen).astype(float)
        harms.append(float(supplier_loss(flows, removed, capacity=capacity).shortfall_usd.sum()))
    assert found.is_exact
    assert found.value_usd == pytest.approx(max(harms), abs=tolerance)
    if count > 1:
        fewer = worst_case(flows, count - 1, harm=Harm(capacity=capacity))
        assert fewer.value_usd <= found.value_usd + tolerance
    short = worst_case(flows, count, harm=Harm(capacity=capacity), most_sets=1)
    assert short.value_usd <= max(harms) + tolerance
    assert short.bound_usd >= max(harms) - tolerance


@MANY
@given(st.floats(0, 0.999), st.floats(0, 0.999), st.floats(1.1, 100), st.floats(1.1, 100))
def test_prices_rise_with_the_loss_and_fall_with_the_elasticity(
    one: float, two: float, first: float, second: float
) -> None:
    small, large = sorted((one, two))
    tight, loose = sorted((first, second))
    effects = price_effect(np.ma.array([small, large, large]), np.ma.array([tight, tight, loose])).central
    assert 0 <= effects[0] <= effects[1]
    assert effects[2] <= effects[1]


@MANY
@given(st.lists(st.dictionaries(st.sampled_from(["s0", "s1", "s2"]), shares), min_size=1, max_size=5))
def test_the_last_stage_is_the_shock_stated_at_once(stages: list[dict[str, float]]) -> None:
    together: dict[str, float] = {}
    for stage in stages:
        together.update(stage)
    codes = ("s0", "s1", "s2")
    assert staged_shares(codes, stages)[-1].tolist() == [together.get(code, 0.0) for code in codes]
