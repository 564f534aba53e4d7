"""The worst case: exact against brute force, and an honest bound where it is not proven."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from techbalance.errors import ModelInputError, ParameterError, UnknownCodeError
from techbalance.models.stress import SupplierFlows, supplier_loss
from techbalance.models.worst_case import Harm, worst_case

# Sums of the same dollars in another order.
ROUNDING = 1e-9


def flows_of(imports: np.ndarray, world: np.ndarray | None = None) -> SupplierFlows:
    products, suppliers = imports.shape
    return SupplierFlows(
        tuple(f"p{n}" for n in range(products)), tuple(f"s{n}" for n in range(suppliers)), imports, world
    )


def brute_force(flows: SupplierFlows, count: int, harm: Harm) -> float:
    worst = 0.0
    for chosen in itertools.combinations(range(len(flows.suppliers)), count):
        removed = np.zeros(len(flows.suppliers))
        removed[list(chosen)] = harm.share
        lost = supplier_loss(flows, removed, capacity=harm.capacity)
        found = lost.loss_usd.sum() if harm.objective == "loss" else lost.shortfall_usd.sum()
        worst = max(worst, float(found))
    return worst


def random_flows(generator: np.random.Generator) -> SupplierFlows:
    shape = generator.integers(1, 7), generator.integers(3, 8)
    traded = generator.random(shape) < 0.6
    imports = np.where(traded, generator.integers(0, 40, shape), 0).astype(float)
    world = imports * generator.integers(1, 5, shape) if generator.random() < 0.5 else None
    return flows_of(imports, world)


@pytest.mark.parametrize("seed", range(40))
def test_the_search_finds_what_brute_force_finds(seed: int) -> None:
    generator = np.random.default_rng(seed)
    flows = random_flows(generator)
    count = int(generator.integers(1, len(flows.suppliers) + 1))
    harm = Harm(
        objective=["loss", "shortfall"][seed % 2],
        capacity=float(generator.choice([0, 0.05, 0.3, 0.8])),
        share=float(generator.choice([0.5, 1.0])),
    )
    found = worst_case(flows, count, harm=harm)
    assert found.is_exact
    assert found.bound_usd == found.value_usd
    assert found.value_usd == pytest.approx(brute_force(flows, count, harm), abs=ROUNDING)
    assert len(set(found.suppliers)) == count
    removed = [harm.share if code in found.suppliers else 0.0 for code in flows.suppliers]
    lost = supplier_loss(flows, removed, capacity=harm.capacity)
    again = lost.loss_usd if harm.objective == "loss" else lost.shortfall_usd
    assert found.value_usd == pytest.approx(float(again.sum()), abs=ROUNDING)


@pytest.mark.parametrize("seed", range(20))
def test_a_search_cut_short_still_bounds_every_set(seed: int) -> None:
    generator = np.random.default_rng(1000 + seed)
    flows = flows_of(generator.random((6, 9)))
    harm = Harm(capacity=0.1)
    best = brute_force(flows, 4, harm)
    for most_sets in (1, 3, 10):
        found = worst_case(flows, 4, harm=harm, most_sets=most_sets)
        assert found.value_usd <= best + ROUNDING
        assert found.bound_usd >= best - ROUNDING
        assert found.is_exact == (found.bound_usd == found.value_usd)


def test_two_replaceable_suppliers_that_are_not_together() -> None:
    """Greedy takes the large one first; alone neither of the other two costs anything."""
    imports = np.array([[0.0, 50.0, 50.0], [10.0, 0.0, 0.0]])
    flows = flows_of(imports, np.array([[0.0, 50.0, 50.0], [10.0, 0.0, 0.0]]))
    alone = worst_case(flows, 1, harm=Harm(capacity=1.0))
    together = worst_case(flows, 2, harm=Harm(capacity=1.0))
    assert (alone.suppliers, alone.value_usd) == (("s0",), 10)
    assert (set(together.suppliers), together.value_usd) == ({"s1", "s2"}, 100)


def test_suppliers_come_in_the_order_of_what_they_add() -> None:
    flows = flows_of(np.array([[5.0, 30.0, 20.0, 1.0]]))
    found = worst_case(flows, 3, harm=Harm(objective="loss"))
    assert found.suppliers == ("s1", "s2", "s0")


def test_candidates_limit_who_fails_but_not_who_expands() -> None:
    flows = flows_of(np.array([[60.0, 30.0, 10.0]]))
    found = worst_case(flows, 1, harm=Harm(capacity=0.1), candidates=["s1", "s2"])
    # 30 lost, of which a tenth of 60 + 10 is made good.
    assert (found.suppliers, found.value_usd) == (("s1",), 23)


def test_refusals() -> None:
    flows = flows_of(np.ones((2, 3)))
    for count in (0, 4):
        with pytest.raises(ParameterError, match="from 1 to 3"):
            worst_case(flows, count)
    with pytest.raises(UnknownCodeError, match="unknown supplier 's9'"):
        worst_case(flows, 1, candidates=["s9"])
    with pytest.raises(ParameterError, match="share of 0 cannot be lost"):
        Harm(share=0)
    with pytest.raises(ModelInputError, match="capacity must lie from 0 to 1"):
        Harm(capacity=2)
