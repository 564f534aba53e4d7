"""What do the ten-digit products say? Trade by product, group and partner, classified row by row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import ibis

from techbalance.classifications.groups import OUTSIDE
from techbalance.errors import UnknownCodeError
from techbalance.indicators import periods
from techbalance.questions.selection import (
    STORES_REMEMBERED,
    among_partners,
    among_products,
    in_years,
    is_inside,
    labelled_partners,
    spans_by_label,
)

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table
    from ibis.expr.types import DateScalar

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
        rows = self.kept()
        rows = rows.filter(rows.match != "undecided", rows["group"] != OUTSIDE)
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
        """Years of which anything had been published by ``day``, whatever the other filters."""
        return _years(self.store, self.day)

    def years_ever(self) -> tuple[int, ...]:
        """Years of which anything is held, whenever it was published."""
        return replace(self, day=None).years_held()

    def why_nothing(self, what: str) -> str:
        """Why a period has no figures by ``what``: which years are held, or since when."""
        held = self.years_held()
        if held:
            span = str(held[0]) if len(held) == 1 else f"{held[0]} to {held[-1]}"
            return f"not_covered: trade by {what} is held for {span}, by year, imports only"
        (first,) = self.store.fetch_rows(self.store.table("trade").aggregate(day=_first_vintage))
        return f"no_vintage_that_early: trade by {what} is first held as of {first['day']}"

    def grid(self) -> Table:
        """Years held, with ``months`` and ``vintage``: a part without a row in one of them traded nothing.

        Only years in which at least one of the partners asked for is to be there.
        """
        years = self.known().select("year", "months", "vintage").distinct()
        if self.members is None:
            return years
        spans = spans_by_label(self.store, self.members)
        return years.filter(is_inside(years.year, [span for one in spans.values() for span in one]))

    def unlisted(self) -> str | None:
        """Why the products asked for have no figures; None where one of them is on the list.

        Raises
        ------
        UnknownCodeError
            No product code begins so.
        """
        if self.products is None:
            return None
        trade, lists = self.store.table("trade"), self.store.table("membership")
        placed = trade.filter(trade["group"] != OUTSIDE).select("product")
        listed = lists.filter(lists["group"] != OUTSIDE, lists.flow == "import").select(product="code")
        if self._any(placed.union(listed)):
            return None
        if self._any(trade.select("product")):
            return "undecided: the nearest list cannot place these products, so they are in no group"
        if not self._any(self.store.table("products").select(product="code")):
            raise UnknownCodeError(
                f"no product code begins with {' or '.join(self.products)}",
                remedy="Codes are those of the Harmonized Tariff Schedule and of Schedule B",
            )
        return "not_covered: these products are not on the list, and trade outside it is held by partner only"

    def _any(self, codes: Table) -> bool:
        found = codes.filter(among_products(codes, self.products)).limit(1)
        return bool(self.store.fetch(found).num_rows)

    def undecided(self) -> list[tuple[int, int]]:
        """Imports by year in products that could not be put into a group, under the same filters."""
        rows = self.kept().filter(lambda row: row.match == "undecided")
        sums = rows.group_by("year").aggregate(value=rows.general_usd.sum()).order_by("year")
        return [(row["year"], row["value"]) for row in self.store.fetch_rows(sums)]


@lru_cache(maxsize=STORES_REMEMBERED)
def _years(store: Store, day: dt.date | None) -> tuple[int, ...]:
    rows = periods.up_to(store.table("trade"), day)
    return tuple(store.fetch(rows.select("year").distinct().order_by("year"))["year"].to_pylist())


def _first_vintage(trade: Table) -> DateScalar:
    return trade.vintage.min()
