"""Whose value added is in what a country exports, and in what it finally buys?

The indicators of trade in value added: gross exports, value-added exports and their ratio, vertical
specialisation in both directions, and the value added of one country in another's final demand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from techbalance.errors import CheckError
from techbalance.models.value_added.table import IDENTITY_TOLERANCE, Array, InterCountryTable

if TYPE_CHECKING:
    from techbalance.models.value_added.leontief import LeontiefSystem


@dataclass(frozen=True, eq=False)
class TradeInValueAdded:
    """Trade of every country measured in value added; flows in the unit of the table.

    Attributes
    ----------
    countries
        Order of every axis of length ``len(countries)``.
    bilateral_exports
        Gross exports of the row's country to the column's, intermediates and final goods; 0 on the diagonal.
    gross_exports, gross_imports
        Sums of its rows and of its columns.
    absorbed
        Value added of the row's country in the final demand of the column's; rows sum to value added (GDP
        at the table's prices), columns to final demand.
    exports_by_origin
        Value added of the row's country in the gross exports of the column's, double counting included;
        columns sum to gross exports.
    """

    countries: tuple[str, ...]
    bilateral_exports: Array
    gross_exports: Array
    gross_imports: Array
    absorbed: Array
    exports_by_origin: Array

    @property
    def value_added_exports(self) -> Array:
        """Value added absorbed abroad, origin x absorber, 0 on the diagonal (Johnson and Noguera 2012)."""
        return _off_diagonal(self.absorbed)

    @property
    def value_added_balance(self) -> Array:
        """Value added sold to the column's country less bought from it; antisymmetric, deficits negative.

        Summed over partners it equals gross exports less gross imports: value-added accounting moves a
        balance between partners and leaves its total.
        """
        exports = self.value_added_exports
        return exports - exports.T

    @property
    def domestic_content(self) -> Array:
        """Own value added in gross exports, double counting included."""
        return np.diagonal(self.exports_by_origin).copy()

    @property
    def foreign_content(self) -> Array:
        """Value added of others in gross exports: vertical specialisation VS in value."""
        return np.asarray(_off_diagonal(self.exports_by_origin).sum(axis=0))

    @property
    def content_in_partner_exports(self) -> Array:
        """Own value added in the exports of others: vertical specialisation VS1 in value."""
        return np.asarray(_off_diagonal(self.exports_by_origin).sum(axis=1))

    @property
    def vax_ratio(self) -> tuple[float | None, ...]:
        """Value added absorbed abroad over gross exports; None without exports (``no_trade``)."""
        return share_of(self.value_added_exports.sum(axis=1), self.gross_exports)

    @property
    def foreign_share(self) -> tuple[float | None, ...]:
        """Foreign content over gross exports, VS, in [0, 1]; None without exports (METHODS E3)."""
        return share_of(self.foreign_content, self.gross_exports)

    @property
    def forward_share(self) -> tuple[float | None, ...]:
        """Own value added in the exports of others over own gross exports, VS1; None without exports."""
        return share_of(self.content_in_partner_exports, self.gross_exports)

    @property
    def participation(self) -> tuple[float | None, ...]:
        """Backward plus forward share, the index of taking part in value chains; None without exports."""
        return share_of(self.foreign_content + self.content_in_partner_exports, self.gross_exports)


def trade_in_value_added(system: LeontiefSystem) -> TradeInValueAdded:
    """Measure the trade of every country in value added.

    Parameters
    ----------
    system
        A solved table.

    Returns
    -------
    TradeInValueAdded

    Raises
    ------
    CheckError
        The origins of exports do not add to gross exports within 1e-9 of output.

    Notes
    -----
    Value added includes net taxes on products where the table has no row for them. A country without exports
    has null ratios. Source: METHODS E1 to E3; Hummels, Ishii and Yi 2001 JIE 54; Johnson and Noguera 2012.
    """
    table = system.table
    exports = exports_by_partner(table)
    bilateral = np.add.reduceat(exports, table.starts, axis=0)
    gross = bilateral.sum(axis=1)
    by_origin = table.by_country(system.multipliers * exports.sum(axis=1))
    _check_origins(by_origin, gross, table)
    absorbed = system.multipliers @ table.final
    return TradeInValueAdded(
        countries=table.countries,
        bilateral_exports=bilateral,
        gross_exports=gross,
        gross_imports=bilateral.sum(axis=0),
        absorbed=absorbed,
        exports_by_origin=by_origin,
    )


def exports_by_partner(table: InterCountryTable) -> Array:
    """Give gross exports of each sector to each country, sectors x countries; 0 to its own country."""
    return table.exports_by_partner


def absorbed_by_sector(system: LeontiefSystem, absorber: str) -> Array:
    """Give the value added of each sector in the final demand of ``absorber``: where a purchase was made.

    Returns
    -------
    Array
        One value per sector in the order of ``table.sectors``; sums to the final demand of the country.

    Raises
    ------
    UnknownCodeError
        The table has no such country.
    """
    return system.value_added_share * system.output_by_absorber[:, system.table.position(absorber)]


def foreign_share_by_sector(system: LeontiefSystem) -> tuple[float | None, ...]:
    """Give the share of foreign value added in one unit of each sector; None for a sector without output."""
    table = system.table
    foreign = system.multipliers.sum(axis=0)
    for place, block in enumerate(table.blocks):
        foreign[block] -= system.multipliers[place, block]
    return tuple(
        float(share) if produced else None for share, produced in zip(foreign, table.output != 0, strict=True)
    )


def share_of(part: Array, whole: Array) -> tuple[float | None, ...]:
    """Divide entry by entry; None where the whole is 0."""
    return tuple(float(p) / float(w) if w else None for p, w in zip(part, whole, strict=True))


def check_adds_up(error: Array, table: InterCountryTable, what: str) -> None:
    """Refuse an error, one row per country, above 1e-9 of the output of the country.

    Raises
    ------
    CheckError
        Naming the country, the error and what does not add up.
    """
    worst = np.abs(error).reshape(len(table.countries), -1).max(axis=1)
    allowed = IDENTITY_TOLERANCE * np.abs(table.by_country(table.output))
    if (wrong := worst > allowed).any():
        place = int(np.flatnonzero(wrong)[0])
        raise CheckError(
            f"{what} of {table.countries[place]} miss by {worst[place]:.3g}",
            where=table.name,
            remedy="The table is too badly scaled to be decomposed in double precision",
        )


def _check_origins(by_origin: Array, gross: Array, table: InterCountryTable) -> None:
    check_adds_up(by_origin.sum(axis=0) - gross, table, "the origins of the gross exports")


def _off_diagonal(matrix: Array) -> Array:
    off = matrix.copy()
    np.fill_diagonal(off, 0.0)
    return off
