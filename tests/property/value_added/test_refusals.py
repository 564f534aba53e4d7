"""A table with one fault is refused and the row is named, wherever the fault sits."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from techbalance.errors import ModelInputError
from techbalance.models.value_added.balance import PublishedTable, balance_table

Make = Callable[[int, int, int], PublishedTable]
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
places = {"seed": st.integers(0, 2**32 - 1), "place": st.integers(0, 11)}


def made(make_published: Make, seed: int, place: int) -> tuple[PublishedTable, str]:
    published = make_published(seed, 4, 3)
    assume((published.output >= 0).all() and published.output[place] > 1)
    return published, str(published.sectors[place])


@few
@given(**places, miss=st.floats(0.0051, 10))
def test_a_row_out_of_balance(make_published: Make, seed: int, place: int, miss: float) -> None:
    published, label = made(make_published, seed, place)
    output = np.array(published.output)
    output[place] *= 1 + miss
    with pytest.raises(ModelInputError, match=f"row of {label} sums to"):
        balance_table(dataclasses.replace(published, output=output))


@few
@given(**places, cost=st.floats(1.01, 10))
def test_a_sector_that_costs_more_than_it_makes(
    make_published: Make, seed: int, place: int, cost: float
) -> None:
    published, label = made(make_published, seed, place)
    inputs = np.array(published.intermediate)
    assume(inputs[:, place].sum() > 0)
    before = inputs[:, place].copy()
    # Own use would raise the sector's own output along with its cost.
    before[place] = 0.0
    assume(before.sum() > 0)
    missing = published.output[place] * cost - inputs[:, place].sum()
    inputs[:, place] += before / before.sum() * missing
    final = published.final
    output = inputs.sum(axis=1) + final.sum(axis=1)
    with pytest.raises(ModelInputError, match=f"value added of {label} is negative"):
        balance_table(dataclasses.replace(published, intermediate=inputs, output=output))


@few
@given(**places, value=st.sampled_from([np.nan, np.inf, -np.inf]))
def test_a_cell_that_is_not_a_number(make_published: Make, seed: int, place: int, value: float) -> None:
    published, label = made(make_published, seed, place)
    final = np.array(published.final)
    final[place, 0] = value
    with pytest.raises(ModelInputError, match=f"row {label}"):
        balance_table(dataclasses.replace(published, final=final))
