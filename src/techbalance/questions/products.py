"""What do the ten-digit products say? Trade by product, group and partner, classified row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from techbalance.indicators import periods
from techbalance.questions.selection import among_partners, among_products, in_years, labelled_partners

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.classifications.partners import Member
    from techbalance.questions.parameters.texts import GroupRef, ProductRef, Years
    from techbalance.store.catalogue import Store


@dataclass(frozen=True)
class Products:
    """Trade in the products of a list.

    Parameters
    ----------
    store
        Where it is read from.
    day
        Read what was known on this day; None for the newest of all.
    years, members, groups, products
        What to keep; None keeps all.
    """

    store: Store
    day: dt.date | None = None
    years: Years | None = None
    members: tuple[Member, ...] | None = None
    groups: GroupRef | None = None
    products: ProductRef | None = None

    def known(self) -> Table:
        """Rows of the newest revision of each year not after ``day``, before any filter but the years."""
        rows = in_years(periods.up_to(self.store.table("trade"), self.day), self.years)
        newest = rows.group_by("flow", "year").aggregate(vintage=rows.vintage.max())
        return rows.semi_join(newest, ["flow", "year", "vintage"])

    def kept(self) -> Table:
        """The known rows of the partners and products asked for, undecided ones too."""
        rows = self.known()
        rows = rows.filter(among_products(rows, self.products))
        if self.members is not None:
            rows = rows.filter(among_partners(rows, self.members))
        return labelled_partners(rows, self.store)

    def rows(self) -> Table:
        """The rows that count: products of the list, of the groups asked for."""
        rows = self.kept().filter(lambda row: row.match != "undecided")
        return rows if self.groups is None else rows.filter(rows["group"].isin(list(self.groups)))

    def figures(self, keys: tuple[str, ...]) -> Table:
        """Exports and imports by year and ``keys``.

        Returns
        -------
        Table
            ``exports_usd`` (null: no exports by product are held), ``imports_usd`` (general imports,
            customs value), ``months``, ``vintage``. A cell without trade in a held year has no row.
        """
        rows = self.rows()
        return rows.group_by("year", *keys).aggregate(
            exports_usd=ibis.null("int64"),
            imports_usd=rows.general_usd.sum(where=rows.flow == "import"),
            months=rows.months.min(),
            vintage=rows.vintage.max(),
        )

    def years_held(self) -> tuple[int, ...]:
        """Years of which anything is held, whatever the filters."""
        years = self.store.table("trade").select("year").distinct().order_by("year")
        return tuple(self.store.fetch(years)["year"].to_pylist())

    def undecided(self) -> list[tuple[int, int]]:
        """Imports by year in products that could not be put into a group, under the same filters."""
        rows = self.kept().filter(lambda row: row.match == "undecided")
        sums = rows.group_by("year").aggregate(value=rows.general_usd.sum()).order_by("year")
        return [(row["year"], row["value"]) for row in self.store.fetch_rows(sums)]
