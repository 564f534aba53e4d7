"""Where does the value of a country's gross exports end up, and how much of it is counted twice?

The nine terms of Koopman, Wang and Wei for every country of a table (METHODS E2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.models.value_added.leontief import local_inverses
from techbalance.models.value_added.table import Array
from techbalance.models.value_added.trade import check_adds_up, exports_by_partner, share_of

if TYPE_CHECKING:
    from techbalance.models.value_added.leontief import LeontiefSystem

# Names of the nine terms, in the order of the paper (T1 to T9).
KWW_TERMS: Final = (
    "final_goods_absorbed_by_importer",
    "intermediates_absorbed_by_importer",
    "intermediates_absorbed_by_third_countries",
    "returned_home_in_final_goods",
    "returned_home_in_intermediates",
    "domestic_double_counting",
    "foreign_value_added_in_final_goods",
    "foreign_value_added_in_intermediates",
    "foreign_double_counting",
)


@dataclass(frozen=True, eq=False)
class GrossExportTerms:
    """Nine terms of gross exports by country, in the unit of the table.

    Attributes
    ----------
    countries
        Order of the rows.
    gross_exports
        One per country.
    terms
        Countries x 9, in the order of ``KWW_TERMS``; rows sum to gross exports.
    """

    countries: tuple[str, ...]
    gross_exports: Array
    terms: Array

    @property
    def value_added_exports(self) -> Array:
        """Domestic value added absorbed abroad: terms 1 to 3."""
        return np.asarray(self.terms[:, :3].sum(axis=1))

    @property
    def returned_home(self) -> Array:
        """Domestic value added that comes back to be absorbed at home: terms 4 and 5."""
        return np.asarray(self.terms[:, 3:5].sum(axis=1))

    @property
    def foreign_content(self) -> Array:
        """Value of foreign origin, double counting included: terms 7 to 9."""
        return np.asarray(self.terms[:, 6:].sum(axis=1))

    @property
    def vax_ratio(self) -> tuple[float | None, ...]:
        """Terms 1 to 3 over gross exports; None for a country without exports (``no_trade``)."""
        return share_of(self.value_added_exports, self.gross_exports)

    @property
    def foreign_share(self) -> tuple[float | None, ...]:
        """Terms 7 to 9 over gross exports, the foreign share VS; None for a country without exports."""
        return share_of(self.foreign_content, self.gross_exports)


def decompose_gross_exports(system: LeontiefSystem) -> GrossExportTerms:
    """Split the gross exports of every country into the nine terms of Koopman, Wang and Wei.

    Parameters
    ----------
    system
        A solved table.

    Returns
    -------
    GrossExportTerms

    Raises
    ------
    CheckError
        The terms of a country miss its gross exports by more than 1e-9 of its output.

    Notes
    -----
    A country without exports has terms of 0 and null ratios. Terms can be negative where final demand is
    (inventories). Source: Koopman, Wang and Wei 2014 AER 104:459, equation 36.
    """
    table, multipliers = system.table, system.multipliers
    count = len(table.countries)
    exports = exports_by_partner(table).sum(axis=1)
    terms = np.zeros((count, len(KWW_TERMS)))
    _add_final_demand_terms(terms, system)

    # Local chains: output at home for home's own final demand (home) and for all its exports (abroad).
    home, abroad = np.empty(len(table.sectors)), np.empty(len(table.sectors))
    for place, (block, local) in enumerate(zip(table.blocks, local_inverses(table), strict=True)):
        home[block] = local @ table.final[block, place]
        abroad[block] = local @ exports[block]
    inputs_home = table.intermediate @ (home * table.per_unit_of_output)
    inputs_abroad = table.intermediate @ (abroad * table.per_unit_of_output)
    for place, block in enumerate(table.blocks):
        domestic = table.intermediate[block, block] * table.per_unit_of_output[block]
        # Imported inputs that contain the country's own value added, per unit of its output.
        returning = multipliers[place].copy()
        returning[block] = 0.0
        reimported = returning @ (table.intermediate[:, block] * table.per_unit_of_output[block])
        foreign = multipliers[:, block].sum(axis=0) - multipliers[place, block]
        shipped_final = table.final[block].sum(axis=1) - table.final[block, place]
        terms[place, 4] = reimported @ home[block]
        terms[place, 5] = reimported @ abroad[block]
        terms[place, 6] = foreign @ shipped_final
        terms[place, 7] = foreign @ (inputs_home[block] - domestic @ home[block])
        terms[place, 8] = foreign @ (inputs_abroad[block] - domestic @ abroad[block])
    gross = np.add.reduceat(exports, table.starts)
    check_adds_up(terms.sum(axis=1) - gross, table, "the nine terms of the gross exports")
    return GrossExportTerms(table.countries, gross, terms)


def _add_final_demand_terms(terms: Array, system: LeontiefSystem) -> None:
    """Fill terms 1 to 4: by where final goods are made (r) and who buys them (t)."""
    table = system.table
    for maker, block in enumerate(table.blocks):
        absorbed = system.multipliers[:, block] @ table.final[block]
        everywhere = absorbed.sum(axis=1)
        own = absorbed[np.arange(len(absorbed)), np.arange(len(absorbed))]
        others = np.arange(len(absorbed)) != maker
        terms[maker, 0] = everywhere[maker] - own[maker]
        terms[others, 1] += absorbed[others, maker]
        terms[others, 2] += (everywhere - absorbed[:, maker] - own)[others]
        terms[others, 3] += own[others]
