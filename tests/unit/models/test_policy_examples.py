"""The examples in the policy rooms' docstrings are true."""

import doctest
import importlib

import pytest

ROOMS = (
    "exact_hat.equilibrium",
    "gains",
    "learning.scenario",
    "multi_sector.bounds",
    "partial_equilibrium.equilibrium",
    "uncertainty.draws",
)


@pytest.mark.parametrize("room", ROOMS)
def test_examples(room):
    module = importlib.import_module(f"techbalance.models.{room}")
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
