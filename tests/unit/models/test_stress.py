"""Loss, recovery and shortfall on tables small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from techbalance.errors import ModelInputError, ParameterError, UnknownCodeError
from techbalance.models.stress import (
    CAPACITY_RANGE,
    SupplierFlows,
    removed_shares,
    staged_shares,
    supplier_loss,
)

SUPPLIERS = ("CHN", "DEU", "JPN")
IMPORTS = np.array([[60.0, 30.0, 10.0], [0.0, 8.0, 2.0], [5.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
FLOWS = SupplierFlows(("p1", "p2", "p3", "p4"), SUPPLIERS, IMPORTS)
EU = {"EU27": ("DEU", "FRA"), "G7": ("DEU", "JPN")}


def test_loss_recovery_and_shortfall_over_a_range_of_capacity() -> None:
    lost = supplier_loss(FLOWS, [1, 0, 0])
    assert lost.capacity.tolist() == list(CAPACITY_RANGE)
    assert lost.loss_usd.tolist() == [60, 0, 5, 0]
    assert lost.recovered_usd.tolist() == [[2, 0, 0, 0], [20, 0, 0, 0]]
    assert lost.shortfall_usd.tolist() == [[58, 0, 5, 0], [40, 0, 5, 0]]
    assert lost.capacity_basis == "exports to us"


def test_nothing_imported_has_no_lost_share() -> None:
    lost = supplier_loss(FLOWS, [1, 0, 0])
    assert lost.lost_share.tolist() == [0.6, 0.0, 1.0, None]


def test_all_that_was_bought_is_lost_exactly() -> None:
    odd = SupplierFlows(("p",), ("a", "b", "c"), np.array([[0.1, 0.2, 0.3]]))
    lost = supplier_loss(odd, [1, 1, 1])
    assert lost.loss_usd[0] == lost.imports_usd[0]
    assert lost.lost_share.tolist() == [1.0]


def test_partly_removed_suppliers_do_not_expand() -> None:
    lost = supplier_loss(FLOWS, [0.5, 0, 0], capacity=0.5)
    assert (lost.loss_usd[0], lost.recovered_usd[0, 0]) == (30, 20)


def test_recovery_stops_at_the_loss() -> None:
    lost = supplier_loss(FLOWS, [0, 0, 1], capacity=1)
    assert (lost.recovered_usd[0, 0], lost.shortfall_usd[0, 0]) == (10, 0)


def test_capacity_of_the_world_is_named() -> None:
    world = SupplierFlows(FLOWS.products, SUPPLIERS, IMPORTS, IMPORTS * 10)
    lost = supplier_loss(world, [1, 0, 0], capacity=0.05)
    assert lost.capacity_basis == "exports to the world"
    assert lost.recovered_usd[0, 0] == 20


def test_hardest_hit_by_shortfall_then_loss_then_label() -> None:
    imports = np.array([[4.0, 4.0], [4.0, 0.0], [9.0, 200.0], [4.0, 0.0], [0.0, 1.0], [8.0, 200.0]])
    flows = SupplierFlows(("e", "d", "c", "b", "a", "f"), ("x", "y"), imports)
    lost = supplier_loss(flows, [1, 0], capacity=0.5)
    order = [flows.products[position] for position in lost.hardest_hit()]
    assert order == ["b", "d", "e", "c", "f"]
    assert lost.hardest_hit(2) == (3, 1)


def test_whole_dollars_add_up() -> None:
    flows = SupplierFlows(("p", "q"), ("x", "y"), np.array([[5.0, 3.0], [1.0, 1.0]]))
    loss, recovered, shortfall = supplier_loss(flows, [0.5, 0], capacity=[0.25, 0.5]).in_whole_dollars()
    assert loss.tolist() == [2, 0]
    assert recovered.tolist() == [[1, 0], [2, 0]]
    assert (recovered + shortfall == loss).all()
    assert loss.dtype == recovered.dtype == shortfall.dtype == np.int64


def test_shares_by_supplier_and_area() -> None:
    assert removed_shares(SUPPLIERS, {"EU27": 0.5, "CHN": 1}, EU).tolist() == [1, 0.5, 0]
    assert removed_shares(SUPPLIERS, {}).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("shocks", "error", "words"),
    [
        ({"CHNA": 1}, UnknownCodeError, "unknown supplier 'CHNA'. Did you mean 'CHN'"),
        ({"EU28": 1}, UnknownCodeError, "Did you mean 'EU27'"),
        ({"EU27": 1, "DEU": 1}, ParameterError, "DEU would be removed twice, as EU27 and as DEU"),
        ({"FRA": 1}, UnknownCodeError, "unknown supplier 'FRA'"),
        ({"EU27": 1, "G7": 1}, ParameterError, "DEU would be removed twice, as EU27 and as G7"),
        ({"CHN": 1.5}, ParameterError, "share of 1.5 of CHN .* from 0 to 1"),
        ({"CHN": -0.1}, ParameterError, "share of -0.1"),
        ({"CHN": float("nan")}, ParameterError, "share of nan"),
    ],
)
def test_shocks_that_cannot_be(shocks: dict[str, float], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=f"(?s){words}"):
        removed_shares(SUPPLIERS, shocks, EU)


def test_stages_hold_until_restated() -> None:
    stages = staged_shares(SUPPLIERS, [{"CHN": 0.5}, {"EU27": 1}, {"CHN": 1, "DEU": 0}], EU)
    assert stages.tolist() == [[0.5, 0, 0], [0.5, 1, 0], [1, 0, 0]]
    with pytest.raises(ParameterError, match="needs a stage"):
        staged_shares(SUPPLIERS, [])
    with pytest.raises(ParameterError, match="share of 2"):
        staged_shares(SUPPLIERS, [{"CHN": 2}])


@pytest.mark.parametrize(
    ("removed", "capacity", "words"),
    [
        ([1, 0], 0.1, "removed is not an array of numbers of shape"),
        ([2, 0, 0], 0.1, "removed must lie from 0 to 1 .*at CHN, value 2"),
        ([1, 0, 0], 1.5, "capacity must lie from 0 to 1"),
        ([1, 0, 0], -0.1, "capacity must lie from 0 to 1"),
        ([1, 0, 0], [], "no capacity is given"),
    ],
)
def test_bad_assumptions_are_refused(removed: list[float], capacity: list[float] | float, words: str) -> None:
    with pytest.raises(ModelInputError, match=words):
        supplier_loss(FLOWS, removed, capacity=capacity)


def test_bad_flows_are_refused_with_their_place() -> None:
    with pytest.raises(ModelInputError, match=r"imports_usd must be 0 or more .*at p, b, value -1"):
        SupplierFlows(("p",), ("a", "b"), np.array([[1.0, -1.0]]))
    with pytest.raises(ModelInputError, match="world_exports_usd must be a finite number"):
        SupplierFlows(("p",), ("a", "b"), np.ones((1, 2)), np.array([[1.0, np.nan]]))
    with pytest.raises(ModelInputError, match="'a' is there twice"):
        SupplierFlows(("p",), ("a", "a"), np.ones((1, 2)))
