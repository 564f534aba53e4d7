"""How much value added, of which country, is in one unit of what an industry delivers?

One factorisation of I − A answers every question of this package: the inverse, the value-added multipliers
and the output that each country's final demand calls for (METHODS E1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.linalg import lapack  # type: ignore[import-untyped]

from techbalance.errors import CheckError, ModelInputError
from techbalance.models.value_added.table import IDENTITY_TOLERANCE, Array, InterCountryTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Below this reciprocal condition number fewer than four of sixteen digits survive an inversion.
SINGULAR: Final = 1e-12


@dataclass(frozen=True, eq=False)
class Factorisation:
    """I − A of a table, factorised: one decomposition serves every right-hand side.

    Attributes
    ----------
    factors, pivots
        LU factors of the transpose, as LAPACK keeps them.
    """

    factors: Array
    pivots: NDArray[np.int32]

    def output_for(self, demand: Array) -> Array:
        """Give B F: the output of each sector that final demand, sectors x any, calls for."""
        return np.ascontiguousarray(lapack.dgetrs(self.factors, self.pivots, demand, trans=1)[0])

    def content_of(self, per_output: Array) -> Array:
        """Give w B for each row w of a factor per unit of output, any x sectors."""
        return np.ascontiguousarray(lapack.dgetrs(self.factors, self.pivots, per_output.T)[0].T)

    @cached_property
    def inverse(self) -> Array:
        """B = (I − A)⁻¹, sectors x sectors: output of the row per unit of final use of the column."""
        # Solving for the identity takes two long triangular solves, where dgetri takes thousands of short
        # steps: as fast on an idle machine, and up to ten times as fast where cores are shared.
        identity = np.eye(len(self.factors), order="F")
        return np.asarray(lapack.dgetrs(self.factors, self.pivots, identity, overwrite_b=True)[0].T)


@dataclass(frozen=True, eq=False)
class LeontiefSystem:
    """A solved table; every measure of this package is derived from these arrays.

    Attributes
    ----------
    table
        The balanced table.
    solver
        I − A, factorised.
    value_added_share
        v, value added per unit of output, one per sector. Below 0 only where the table's record names it.
    multipliers
        VB by country of origin, countries x sectors: value added of the row's country in one unit of the
        column's sector. Each column sums to 1, and to 0 for a sector that neither produces nor sells.
    output_by_absorber
        B F, sectors x countries: output that the final demand of the column's country calls for; its rows
        sum to output.
    """

    table: InterCountryTable
    solver: Factorisation
    value_added_share: Array
    multipliers: Array
    output_by_absorber: Array

    @property
    def inverse(self) -> Array:
        """The Leontief inverse, made when it is first asked for; most measures do not need it."""
        return self.solver.inverse


def solve_leontief(table: InterCountryTable) -> LeontiefSystem:
    """Factorise I − A and derive the value-added multipliers VB = v̂ (I − A)⁻¹.

    Parameters
    ----------
    table
        A balanced table.

    Returns
    -------
    LeontiefSystem

    Raises
    ------
    ModelInputError
        I − A is singular, or the table is not productive (a sector needs, directly and indirectly, more than
        it makes); the sector is named.
    CheckError
        Multipliers that do not sum to 1, or output that final demand does not explain, within 1e-9.

    Notes
    -----
    A sector without output has no inputs, so its coefficients are 0. If it still has sales that cancel out,
    its value-added share is 1, for what it sells is then its own and exports stay fully explained.
    Source: Leontief 1936 REStat 18; Johnson and Noguera 2012 JIE 86.
    """
    solver = _factorise(table)
    _refuse_unproductive(solver, table)
    share = table.value_added * table.per_unit_of_output
    empty = _empty(table)
    share[(table.output == 0) & ~empty] = 1.0
    multipliers = solver.content_of(by_country_of_origin(table, share))
    _check_multipliers(multipliers, empty, table)
    by_absorber = solver.output_for(table.final)
    _check_output(by_absorber, table)
    return LeontiefSystem(table, solver, share, multipliers, by_absorber)


def by_country_of_origin(table: InterCountryTable, per_output: Array) -> Array:
    """Lay out a factor per unit of output in one row per country, countries x sectors."""
    laid_out = np.zeros((len(table.countries), len(table.sectors)))
    for place, block in enumerate(table.blocks):
        laid_out[place, block] = per_output[block]
    return laid_out


def local_inverses(table: InterCountryTable) -> tuple[Array, ...]:
    """Give (I − A_ss)⁻¹ of each country: its own supply chain, without imported inputs.

    Raises
    ------
    ModelInputError
        The block of a country is singular.
    """
    inverses: list[Array] = []
    for country, block in zip(table.countries, table.blocks, strict=True):
        coefficients = table.intermediate[block, block] * table.per_unit_of_output[block]
        try:
            inverses.append(np.asarray(np.linalg.inv(np.eye(len(coefficients)) - coefficients), np.float64))
        except np.linalg.LinAlgError as error:
            raise ModelInputError(
                f"the domestic inputs of {country} leave nothing: I − A of the country is singular",
                where=table.name,
            ) from error
    return tuple(inverses)


def _factorise(table: InterCountryTable) -> Factorisation:
    # Laid out in rows, I − A is its own transpose to LAPACK, so it is factorised in place: no copy of a
    # matrix of a hundred megabytes.
    matrix = table.intermediate * -table.per_unit_of_output
    matrix.flat[:: len(matrix) + 1] += 1.0
    norm = float(np.abs(matrix).sum(axis=1).max())
    factors, pivots, info = lapack.dgetrf(matrix.T, overwrite_a=True)
    pivot_sizes = np.abs(np.diagonal(factors))
    if info > 0 or (condition := float(lapack.dgecon(factors, norm)[0])) < SINGULAR:
        worst = int(info) - 1 if info > 0 else int(pivot_sizes.argmin())
        told = "" if info > 0 else f" (reciprocal condition {condition:.1e})"
        raise ModelInputError(
            f"I − A is singular{told}: {table.sectors[worst]} passes on all it makes as inputs",
            where=f"{table.name}, row {table.sectors[worst]}",
            remedy="Check that the sector, or the group of sectors it trades with, has value added",
        )
    return Factorisation(factors, pivots)


def _refuse_unproductive(solver: Factorisation, table: InterCountryTable) -> None:
    # For A >= 0 the row 1'(I − A)⁻¹ is non-negative exactly if the spectral radius of A is below 1.
    multipliers = solver.content_of(np.ones((1, len(table.sectors))))[0]
    worst = int(multipliers.argmin())
    if multipliers[worst] < 0:
        raise ModelInputError(
            f"{table.sectors[worst]} has a negative output multiplier: more goes in than comes out",
            where=f"{table.name}, column {table.sectors[worst]}",
            remedy="Check the sectors whose inputs exceed their output: "
            + (", ".join(cell.label for cell in table.record.negative_value_added) or "none is named"),
        )


def _empty(table: InterCountryTable) -> NDArray[np.bool_]:
    """Tell which sectors neither produce nor sell anything, not even sales that cancel out."""
    sells = table.final.any(axis=1) | table.intermediate.any(axis=1)
    return np.asarray((table.output == 0) & ~sells)


def _check_multipliers(multipliers: Array, empty: NDArray[np.bool_], table: InterCountryTable) -> None:
    error = np.abs(multipliers.sum(axis=0) - ~empty)
    if (worst := float(error.max())) > IDENTITY_TOLERANCE:
        raise CheckError(
            f"value-added multipliers of {table.sectors[int(error.argmax())]} miss 1 by {worst:.1e}",
            where=table.name,
            remedy="The table is too badly scaled to be inverted in double precision",
        )


def _check_output(by_absorber: Array, table: InterCountryTable) -> None:
    error = np.abs(by_absorber.sum(axis=1) - table.output)
    if (worst := float(error.max())) > IDENTITY_TOLERANCE * float(np.abs(table.output).sum()):
        raise CheckError(
            f"final demand explains the output of {table.sectors[int(error.argmax())]} only to {worst:.1e}",
            where=table.name,
            remedy="The table is too badly scaled to be inverted in double precision",
        )
