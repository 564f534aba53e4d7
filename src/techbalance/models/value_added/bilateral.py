"""What is in the exports of one country to another, counted once?

Total exports have one decomposition; bilateral exports have several, because value added that crosses the
border of its country more than once can be booked in the first crossing (source) or in the last (sink).
Both variants of Borin and Mancini are here, named; both add to the same totals (METHODS E3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.value_added.leontief import local_inverses
from techbalance.models.value_added.table import Array
from techbalance.models.value_added.trade import check_adds_up, exports_by_partner

if TYPE_CHECKING:
    from techbalance.models.value_added.leontief import LeontiefSystem

BilateralVariant = Literal["borin-mancini-source", "borin-mancini-sink"]
VARIANTS: Final[tuple[BilateralVariant, ...]] = ("borin-mancini-source", "borin-mancini-sink")
BILATERAL_TERMS: Final = (
    "value_added_absorbed_abroad",
    "value_added_returned_home",
    "domestic_double_counting",
    "foreign_value_added",
    "foreign_double_counting",
)


@dataclass(frozen=True, eq=False)
class BilateralExportTerms:
    """Five terms of bilateral gross exports, in the unit of the table.

    Attributes
    ----------
    variant
        Which crossing of a border value added is booked in.
    countries
        Order of exporters and of importers.
    gross_exports
        Exporter x importer, 0 on the diagonal.
    terms
        5 x exporter x importer, in the order of ``BILATERAL_TERMS``; the first axis sums to gross exports.
    """

    variant: BilateralVariant
    countries: tuple[str, ...]
    gross_exports: Array
    terms: Array

    @property
    def totals(self) -> Array:
        """Terms of total exports, exporter x 5: the same for both variants."""
        totals: Array = self.terms.sum(axis=2).T
        return totals


class _Exporter(NamedTuple):
    """What both variants need of one exporter: its place, rows, exports, own chain and content per unit."""

    place: int
    rows: slice
    exports: Array
    local: Array
    domestic: Array
    foreign: Array


def decompose_bilateral_exports(system: LeontiefSystem, variant: BilateralVariant) -> BilateralExportTerms:
    """Split the exports of every country to every other into five terms.

    Parameters
    ----------
    system
        A solved table.
    variant
        ``borin-mancini-source`` books value added in the first crossing of its border (the producer's view),
        ``borin-mancini-sink`` in the last (the final buyer's view).

    Returns
    -------
    BilateralExportTerms

    Raises
    ------
    ModelInputError
        No such variant.
    CheckError
        The terms of a pair miss its gross exports by more than 1e-9 of the exporter's output.

    Notes
    -----
    The perimeter of double counting is the exporting country. Summed over importers, the first two terms and
    the third equal terms 1-3, 4-5 and 6 of Koopman, Wang and Wei, and the last two together their terms 7-9;
    the split of foreign content differs from theirs, which is not additive over partners.
    Source: Borin and Mancini 2019, World Bank Policy Research Working Paper 8804, sections 2 and 3.
    """
    if variant not in VARIANTS:
        raise ModelInputError(
            f"no bilateral variant {variant!r}", remedy=f"Choose one of {', '.join(VARIANTS)}"
        )
    table = system.table
    exports = exports_by_partner(table)
    split = _split_at_source if variant == "borin-mancini-source" else _split_at_sink
    terms = np.stack(
        [
            split(
                system,
                _Exporter(
                    place=place,
                    rows=block,
                    exports=exports[block],
                    local=local,
                    domestic=system.multipliers[place, block],
                    foreign=system.multipliers[:, block].sum(axis=0) - system.multipliers[place, block],
                ),
            )
            for place, (block, local) in enumerate(zip(table.blocks, local_inverses(table), strict=True))
        ],
        axis=1,
    )
    gross = np.add.reduceat(exports, table.starts, axis=0)
    check_adds_up(terms.sum(axis=0) - gross, table, f"the {variant} terms of the bilateral exports")
    return BilateralExportTerms(variant, table.countries, gross, terms)


def _split_at_source(system: LeontiefSystem, exporter: _Exporter) -> Array:
    """Book value added in its first crossing: chains that have not left the exporter before."""
    rows, home = exporter.rows, exporter.place
    domestic = system.value_added_share[rows] @ exporter.local
    # Content of a unit of exports that has not passed through the exporter's border before.
    foreign = np.linalg.solve(system.inverse[rows, rows].T, exporter.foreign) @ exporter.local
    through = _exported_inputs(system, exporter, domestic)
    returned = _by_importer(through * system.output_by_absorber[:, home], system, exporter)
    abroad = system.output_by_absorber.sum(axis=1) - system.output_by_absorber[:, home]
    absorbed = domestic @ _exported_final(system, exporter) + _by_importer(through * abroad, system, exporter)
    own_columns = system.inverse[:, rows]
    return np.stack(
        [
            absorbed,
            returned,
            through @ own_columns @ exporter.exports,
            foreign @ exporter.exports,
            _exported_inputs(system, exporter, foreign) @ own_columns @ exporter.exports,
        ]
    )


def _split_at_sink(system: LeontiefSystem, exporter: _Exporter) -> Array:
    """Book value added in its last crossing: what the importer's side makes without coming back."""
    table, rows, home = system.table, exporter.rows, exporter.place
    by_absorber = system.output_by_absorber
    for_home = by_absorber[rows, home]
    for_abroad = by_absorber[rows].sum(axis=1) - for_home
    # Output abroad that depends on further exports of the exporter, by what these are for.
    again = system.inverse[:, rows] @ np.linalg.solve(
        system.inverse[rows, rows],
        np.stack(
            [
                exporter.local @ exporter.exports.sum(axis=1),
                for_home - exporter.local @ table.final[rows, home],
                for_abroad,
            ],
            axis=1,
        ),
    )
    home_last = by_absorber[:, home] - again[:, 1]
    abroad_last = by_absorber.sum(axis=1) - by_absorber[:, home] - again[:, 2]
    domestic = _exported_inputs(system, exporter, exporter.domestic)
    foreign = _exported_inputs(system, exporter, exporter.foreign)
    shipped = _exported_final(system, exporter)
    return np.stack(
        [
            exporter.domestic @ shipped + _by_importer(domestic * abroad_last, system, exporter),
            _by_importer(domestic * home_last, system, exporter),
            _by_importer(domestic * again[:, 0], system, exporter),
            exporter.foreign @ shipped + _by_importer(foreign * (home_last + abroad_last), system, exporter),
            _by_importer(foreign * again[:, 0], system, exporter),
        ]
    )


def _exported_inputs(system: LeontiefSystem, exporter: _Exporter, content: Array) -> Array:
    """Give the content of the exporter's inputs in one unit of output of every foreign sector."""
    inputs = (content @ system.table.intermediate[exporter.rows]) * system.table.per_unit_of_output
    inputs[exporter.rows] = 0.0
    return inputs


def _exported_final(system: LeontiefSystem, exporter: _Exporter) -> Array:
    """Give the exporter's sales to final demand abroad, its sectors x importers."""
    shipped = system.table.final[exporter.rows].copy()
    shipped[:, exporter.place] = 0.0
    return shipped


def _by_importer(flows: Array, system: LeontiefSystem, exporter: _Exporter) -> Array:
    sums = system.table.by_country(flows)
    sums[exporter.place] = 0.0
    return sums
