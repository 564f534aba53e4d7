"""What does an inter-country input-output table hold, and which industry of which country is a row?

A table that reached this form adds up: every row sums to output, every column to output as well once value
added is counted. :func:`techbalance.models.value_added.balance.balance_table` makes it from published arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from techbalance.errors import ModelInputError, UnknownCodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.models.value_added.balance import BalanceRecord

Array: TypeAlias = NDArray[np.float64]

# The bar of the method: every accounting identity holds to this share of output.
IDENTITY_TOLERANCE: Final = 1e-9


class Sector(NamedTuple):
    """One row of a table: an industry of a country, and the part of it where the publisher splits one.

    ``variant`` is empty, or the publisher's name of the part, for example ``CN2`` (China's processing
    exporters in the extended OECD tables).
    """

    country: str
    industry: str
    variant: str = ""

    def __str__(self) -> str:
        """Name the row as messages do, for example ``CHN.c14``."""
        name = f"{self.country}.{self.industry}"
        return f"{name} ({self.variant})" if self.variant else name


@dataclass(frozen=True, eq=False)
class InterCountryTable:
    """A balanced inter-country input-output table of one year; rows sell, columns buy.

    Attributes
    ----------
    name
        What messages call it, for example ``WIOD 2013, 2007``.
    unit
        Unit of every flow, for example ``million US dollars``.
    sectors
        One per row, the sectors of one country side by side.
    intermediate
        Sales of the row's sector to the column's sector, sectors x sectors.
    final
        Sales of the row's sector to the final demand of a country, sectors x countries, countries in the
        order of ``countries``. A negative cell is a draw on inventories.
    output
        Gross output: the sum of the row.
    value_added
        Output minus the column of intermediates; net taxes on products and margins are in it.
    record
        What balancing changed, and what it kept and names.
    """

    name: str
    unit: str
    sectors: tuple[Sector, ...]
    intermediate: Array
    final: Array
    output: Array
    value_added: Array
    record: BalanceRecord

    def __post_init__(self) -> None:
        for array in (self.intermediate, self.final, self.output, self.value_added):
            array.flags.writeable = False

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Countries in the order of the rows."""
        return tuple(dict.fromkeys(sector.country for sector in self.sectors))

    @cached_property
    def industries(self) -> tuple[str, ...]:
        """Industries in the order in which they are met first."""
        return tuple(dict.fromkeys(sector.industry for sector in self.sectors))

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """First row of each country."""
        return country_starts(self.sectors)

    @cached_property
    def blocks(self) -> tuple[slice, ...]:
        """Rows of each country, in the order of ``countries``."""
        return tuple(
            slice(int(start), int(end))
            for start, end in zip(self.starts, [*self.starts[1:], len(self.sectors)], strict=True)
        )

    @cached_property
    def per_unit_of_output(self) -> Array:
        """One over output, and 0 for a sector without output: what turns flows into coefficients."""
        return np.divide(1.0, self.output, out=np.zeros_like(self.output), where=self.output != 0)

    @cached_property
    def exports_by_partner(self) -> Array:
        """Gross exports of each sector to each country, sectors x countries; 0 to its own country."""
        exports = self.by_country(self.intermediate) + self.final
        for place, block in enumerate(self.blocks):
            exports[block, place] = 0.0
        exports.flags.writeable = False
        return exports

    def position(self, country: str) -> int:
        """Give the place of ``country`` in ``countries``.

        Raises
        ------
        UnknownCodeError
            The table has no such country; the message names near misses.
        """
        if country not in self.countries:
            raise UnknownCodeError.among(f"country of {self.name}", country, self.countries)
        return self.countries.index(country)

    def rows_of(self, country: str, industry: str) -> NDArray[np.intp]:
        """Give the rows of one industry of one country: one, or several where the publisher splits it.

        Raises
        ------
        UnknownCodeError
            The table has no such country or industry.
        """
        self.position(country)
        found = [
            row
            for row, sector in enumerate(self.sectors)
            if sector.country == country and sector.industry == industry
        ]
        if not found:
            raise UnknownCodeError.among(f"industry of {self.name}", industry, self.industries)
        return np.asarray(found, dtype=np.intp)

    def by_country(self, flows: Array) -> Array:
        """Sum the last axis, one entry per sector, within each country."""
        return np.add.reduceat(flows, self.starts, axis=-1)


def sectors_of(countries: Sequence[str], industries: Sequence[str]) -> tuple[Sector, ...]:
    """Give the rows of a table in which every country has the same industries, country by country."""
    return tuple(Sector(country, industry) for country in countries for industry in industries)


def country_starts(sectors: Sequence[Sector]) -> NDArray[np.intp]:
    """Give the first row of each country."""
    names = [sector.country for sector in sectors]
    return np.asarray(
        [row for row, name in enumerate(names) if row == 0 or name != names[row - 1]], dtype=np.intp
    )


def check_labels(sectors: Sequence[Sector], rows: int, name: str) -> None:
    """Refuse labels that are missing, repeated, not one per row, or whose countries are scattered.

    Raises
    ------
    ModelInputError
        Naming the first row that is wrong.
    """
    if len(sectors) != rows or not rows:
        raise ModelInputError(
            f"{len(sectors)} labels for {rows} rows", where=name, remedy="Give one label per row"
        )
    for row, sector in enumerate(sectors):
        if not sector.country or not sector.industry:
            raise ModelInputError(
                "a row has no label",
                where=f"{name}, row {row}, country {sector.country!r}, industry {sector.industry!r}",
                remedy="Give every row a country and an industry",
            )
    seen: set[Sector] = set()
    for row, sector in enumerate(sectors):
        if sector in seen:
            raise ModelInputError(f"two rows are labelled {sector}", where=f"{name}, row {row}")
        seen.add(sector)
    firsts = [sectors[start].country for start in country_starts(sectors)]
    if len(set(firsts)) < len(firsts):
        scattered = next(country for country in firsts if firsts.count(country) > 1)
        raise ModelInputError(
            f"the rows of {scattered} are not side by side", where=name, remedy="Sort the rows by country"
        )
