"""What was traded of each product in one year? The same trade, whichever list looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from techbalance.outline import ibis
from techbalance.questions.answer import Lineage
from techbalance.questions.parameters.texts import Years
from techbalance.questions.product_lists.covering import Held
from techbalance.questions.products import Products

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.store.catalogue import Store


@dataclass(frozen=True, eq=False)
class YearOfTrade:
    """Trade of one flow and year, by product.

    Parameters
    ----------
    store
        What is read.
    flow, year
        Which.
    day
        What was known on this day; None for the newest of all.
    """

    store: Store
    flow: str
    year: int
    day: dt.date | None = None

    @cached_property
    def products(self) -> Products:
        """The products of the year."""
        return Products(self.store, self.day, Years(self.year, self.year), all_goods=True)

    @cached_property
    def rows(self) -> Table:
        """Known rows of the flow, every product that is held, with ``value_usd``."""
        rows = self.products.known()
        rows = rows.filter(rows.flow == self.flow)
        return rows.mutate(value_usd=ibis.coalesce(rows.export_usd, rows.general_usd))

    @cached_property
    def values(self) -> dict[str, int]:
        """US dollars of each product with trade: general imports at customs value, or total exports."""
        rows = self.rows
        sums = rows.group_by("product").aggregate(value_usd=rows.value_usd.sum())
        columns = self.store.fetch(sums).to_pydict()
        return dict(zip(columns["product"], columns["value_usd"], strict=True))

    @cached_property
    def held(self) -> Held:
        """Which products are held one by one."""
        return self.products.held(self.flow, self.year)

    def is_held(self) -> bool:
        """Whether anything of the year is."""
        return self.year in Products(self.store, self.day).years_held(self.flow)

    def why_nothing(self) -> str:
        """Why nothing of the year is held."""
        return self.products.why_nothing("product")

    def lineage(self, formula: str) -> Lineage:
        """The stored rows behind the values."""
        rows = self.products.read.stored()
        rows = rows.filter(rows.flow == self.flow)
        rows = rows.mutate(value_usd=ibis.coalesce(rows.export_usd, rows.general_usd))
        return Lineage("trade", rows, formula, "value_usd")


def newest_year(store: Store, flow: str, day: dt.date | None) -> int | None:
    """The newest year of which trade by product is held of a flow, full years only."""
    return max(Products(store, day).years_held(flow), default=None)
