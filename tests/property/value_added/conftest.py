"""Random tables that balance."""

from collections.abc import Callable

import numpy as np
import pytest

from techbalance.models.value_added.balance import PublishedTable
from techbalance.models.value_added.table import sectors_of


@pytest.fixture(scope="session")
def make_published() -> Callable[[int, int, int], PublishedTable]:
    """Make a random published table from a seed, a number of countries and one of industries.

    Some cells are zero, some sectors idle, and some final demand negative, as in real tables.
    """

    def make(seed: int, countries: int, industries: int) -> PublishedTable:
        rng = np.random.default_rng(seed)
        size = countries * industries
        coefficients = rng.random((size, size)) ** 4 * (rng.random((size, size)) < 0.8)
        sums = coefficients.sum(axis=0)
        coefficients *= rng.uniform(0.1, 0.9, size) / np.where(sums > 0, sums, 1.0)
        final = rng.random((size, countries)) * 100
        # An idle sector buys and sells nothing; inventories are drawn down by less than others buy.
        idle = rng.random(size) < 0.1
        idle[0] = False
        coefficients[idle], coefficients[:, idle], final[idle] = 0.0, 0.0, 0.0
        drawn = rng.random((size, countries)) < 0.05
        final[drawn] *= -0.1
        output = np.linalg.solve(np.eye(size) - coefficients, final.sum(axis=1))
        names = [f"C{place:02d}" for place in range(countries)]
        return PublishedTable(
            name=f"random {seed}",
            unit="units",
            sectors=sectors_of(names, [f"i{place}" for place in range(industries)]),
            intermediate=coefficients * output,
            final=final,
            output=output,
        )

    return make
