"""Small tables whose every number can be checked by hand or by brute force."""

from collections.abc import Callable

import numpy as np
import pytest

from techbalance.models.value_added.balance import PublishedTable, balance_table
from techbalance.models.value_added.leontief import LeontiefSystem, solve_leontief
from techbalance.models.value_added.table import InterCountryTable, sectors_of


@pytest.fixture
def toy() -> InterCountryTable:
    """Two countries with one sector each: the worked example of the method."""
    coefficients = np.array([[0.2, 0.1], [0.1, 0.3]])
    final = np.array([[60.0, 10.0], [5.0, 40.0]])
    output = np.linalg.solve(np.eye(2) - coefficients, final.sum(axis=1))
    return balance_table(
        PublishedTable("toy", "units", sectors_of(["A", "B"], ["x"]), coefficients * output, final, output)
    )


@pytest.fixture
def make_table() -> Callable[..., InterCountryTable]:
    """Make a random table that balances, from a seed and its size."""

    def make(seed: int = 0, countries: int = 3, industries: int = 3) -> InterCountryTable:
        rng = np.random.default_rng(seed)
        size = countries * industries
        coefficients = rng.random((size, size)) ** 3
        coefficients *= rng.uniform(0.2, 0.8, size) / coefficients.sum(axis=0)
        final = rng.random((size, countries)) * 100
        output = np.linalg.solve(np.eye(size) - coefficients, final.sum(axis=1))
        names = [f"C{place:02d}" for place in range(countries)]
        sectors = sectors_of(names, [f"i{place}" for place in range(industries)])
        return balance_table(
            PublishedTable(f"random {seed}", "units", sectors, coefficients * output, final, output)
        )

    return make


@pytest.fixture
def system(make_table: Callable[..., InterCountryTable]) -> LeontiefSystem:
    """A solved table of four countries with three industries each."""
    return solve_leontief(make_table(seed=7, countries=4, industries=3))
