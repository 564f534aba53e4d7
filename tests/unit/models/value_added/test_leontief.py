"""Multipliers, and tables that have none."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from techbalance.errors import CheckError, ModelInputError
from techbalance.models.value_added import leontief
from techbalance.models.value_added.balance import PublishedTable, balance_table
from techbalance.models.value_added.leontief import LeontiefSystem, local_inverses, solve_leontief
from techbalance.models.value_added.table import InterCountryTable, sectors_of

# Sums of a few dozen doubles.
EXACT = 1e-12


def solve_of(
    intermediate: list[list[float]], final: list[list[float]], *, printed_unit: float = 0.0
) -> LeontiefSystem:
    flows, demand = np.array(intermediate), np.array(final)
    countries = [f"C{place}" for place in range(demand.shape[1])]
    sectors = sectors_of(countries, [f"i{place}" for place in range(len(flows) // len(countries))])
    output = flows.sum(axis=1) + demand.sum(axis=1)
    return solve_leontief(
        balance_table(PublishedTable("made", "units", sectors, flows, demand, output, printed_unit))
    )


def test_multipliers_of_the_worked_example(toy: InterCountryTable) -> None:
    system = solve_leontief(toy)
    assert system.multipliers == pytest.approx(
        np.array([[0.890909, 0.127273], [0.109091, 0.872727]]), abs=5e-7
    )
    assert system.value_added_share == pytest.approx([0.7, 0.6])


def test_the_inverse_is_the_inverse(system: LeontiefSystem) -> None:
    table = system.table
    matrix = np.eye(len(table.sectors)) - table.intermediate * table.per_unit_of_output
    assert matrix @ system.inverse == pytest.approx(np.eye(len(matrix)), abs=EXACT)
    assert system.output_by_absorber.sum(axis=1) == pytest.approx(table.output, rel=EXACT)


def test_local_inverses_know_only_domestic_inputs(system: LeontiefSystem) -> None:
    table = system.table
    for block, local in zip(table.blocks, local_inverses(table), strict=True):
        own = table.intermediate[block, block] / table.output[block]
        assert local == pytest.approx(np.linalg.inv(np.eye(3) - own), rel=EXACT)


def test_a_sector_without_output_has_no_coefficients() -> None:
    system = solve_of([[2.0, 0.0], [0.0, 0.0]], [[4.0, 4.0], [0.0, 0.0]])
    assert system.multipliers[:, 1].tolist() == [0, 0]
    assert system.value_added_share[1] == 0


def test_sales_that_cancel_out_count_as_own_value_added() -> None:
    system = solve_of([[2.0, 0.0], [0.0, 0.0]], [[4.0, 4.0], [11.0, -11.0]])
    assert system.multipliers[:, 1].tolist() == [0, 1]


def test_a_sector_that_passes_on_all_it_makes_is_singular_and_named() -> None:
    with pytest.raises(ModelInputError, match=r"I − A is singular: C1\.i0 passes on all") as refused:
        solve_of([[2.0, 0.0], [0.0, 5.0]], [[4.0, 4.0], [0.0, 0.0]])
    assert "row C1.i0" in refused.value.where


def test_a_nearly_singular_table_is_refused() -> None:
    with pytest.raises(ModelInputError, match=r"reciprocal condition .* C1\.i0"):
        solve_of([[2.0, 0.0], [0.0, 5.0]], [[4.0, 4.0], [0.0, 1e-12]])


def test_a_closed_group_of_countries_is_singular() -> None:
    flows = [[0.0, 5.0, 0.0], [5.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    with pytest.raises(ModelInputError, match=r"I − A is singular"):
        solve_of(flows, [[0.0] * 3, [0.0] * 3, [1.0, 1.0, 1.0]])


def test_a_table_that_needs_more_than_it_makes_is_refused() -> None:
    # Both sectors use 6 to make 5 within rounding; together they cannot feed themselves.
    with pytest.raises(ModelInputError, match=r"C1\.i0 has a negative output multiplier") as refused:
        solve_of([[2.0, 0.0], [0.0, 6.0]], [[4.0, 4.0], [0.0, -1.0]], printed_unit=2.0)
    assert "C1.i0" in refused.value.remedy


def test_a_singular_domestic_block_is_named(make_table: Callable[..., InterCountryTable]) -> None:
    table = make_table()
    flows = table.intermediate.copy()
    flows[:3, :3] = np.diag(table.output[:3])
    with pytest.raises(ModelInputError, match="domestic inputs of C00"):
        local_inverses(dataclasses.replace(table, intermediate=flows))


def test_a_broken_identity_raises(system: LeontiefSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = leontief.by_country_of_origin
    monkeypatch.setattr(leontief, "by_country_of_origin", lambda *given: exact(*given) * 1.001)
    with pytest.raises(CheckError, match=r"multipliers of C\d\d\.i\d miss 1 by 1\.0e-03"):
        solve_leontief(system.table)


def test_output_that_final_demand_does_not_explain_raises(system: LeontiefSystem) -> None:
    table = dataclasses.replace(system.table, final=system.table.final * 1.01)
    with pytest.raises(CheckError, match="explains the output"):
        solve_leontief(table)
