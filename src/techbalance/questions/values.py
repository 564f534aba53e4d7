"""One value per part and year, as rank and change compare them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import ibis

from techbalance.errors import FlowNeededError
from techbalance.questions import selection
from techbalance.questions.answer import Lineage
from techbalance.questions.parameters.texts import Years
from techbalance.questions.products import Products
from techbalance.questions.published import Published, months_so_far

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.indicators.periods import Freq
    from techbalance.questions.parameters.accounts import ChangeParams, RankParams
    from techbalance.store.catalogue import Store

MEASURES = {None: "balance", "export": "exports", "import": "imports"}


@dataclass(frozen=True)
class Values:
    """Values of the parts of one measure.

    Parameters
    ----------
    params
        Parameters of ``rank`` or ``change``.
    store
        What is asked.
    key
        ``partner``, ``group`` or ``product``; None for the whole.
    """

    params: RankParams | ChangeParams
    store: Store
    key: str | None

    @property
    def day(self) -> dt.date | None:
        """The day whose knowledge is read."""
        return self.params.as_of.day if self.params.as_of else None

    @property
    def measure(self) -> str:
        """``balance``, ``exports`` or ``imports``."""
        return MEASURES[self.params.flow]

    @property
    def from_products(self) -> bool:
        """Whether ten-digit products answer, rather than printed totals."""
        if self.key in ("group", "product") or self.params.group:
            return True
        return self.params.series == "atp" and bool(self.key or self.params.partner)

    @cached_property
    def published(self) -> Published:
        """The printed totals."""
        freq: Freq = "ytd" if self.params.ytd else "year"
        so_far = months_so_far(self.store, self.params.series, self.day) if self.params.ytd else 12
        members = selection.chosen_partners(self.store, self.params.partner)
        return Published(
            self.store, self.params.series, freq, self.day, members, self.key == "partner", so_far
        )

    def products(self, years: Years) -> Products:
        """The ten-digit products."""
        members = selection.chosen_partners(self.store, self.params.partner)
        return Products(self.store, self.day, years, members, self.params.group)

    @cached_property
    def years_held(self) -> tuple[int, ...]:
        """Years the products can answer; none for another series, or for part of a year."""
        if self.params.series != "atp" or self.params.ytd:
            return ()
        return self.products(Years(0, 0)).years_held()

    def demand_flow(self, *years: int) -> None:
        """Refuse a balance of products where only imports are held.

        Raises
        ------
        FlowNeededError
            The years are held, and one flow of them only.
        """
        if self.from_products and self.params.flow is None and all(year in self.years_held for year in years):
            part = self.key or "partner or group"
            raise FlowNeededError(
                f"only imports are held by {part}, so there is no balance",
                where=f"series {self.params.series}, year {', '.join(map(str, years))}",
                remedy="Add --flow import",
            )

    def of(self, year: int) -> Table:
        """Values of one year: ``key``, ``value_usd`` (never null), ``vintage``."""
        column = f"{self.measure}_usd"
        if self.from_products:
            held = year in self.years_held
            rows = self.products(Years(year, year)).figures((self.key,) if self.key else ())
            rows = rows if held else rows.filter(ibis.literal(value=False))
            rows = rows.mutate(balance_usd=ibis.null("int64"))
        else:
            rows = self.published.figures().filter(lambda row: row.year == year)
        rows = rows.select(*([self.key] if self.key else []), "vintage", value_usd=rows[column])
        return rows.filter(rows.value_usd.notnull())

    def why_missing(self, year: int) -> str:
        """Why a year has no values at all."""
        whole = Published(
            self.store,
            self.params.series,
            self.published.freq,
            self.day,
            ytd_months=self.published.ytd_months,
        )
        found = self.store.fetch_rows(whole.complete(Years(year, year)).select("balance_usd", "note"))
        note = found[0]["note"] if found else None
        if note and (found[0]["balance_usd"] is None):
            return str(note)
        what = self.key or "partner or group"
        if self.from_products and year in self.years_held:
            return f"not_covered: {self.measure} by {what} are not held, imports only"
        return f"not_covered: {self.params.series} by {what} is not held for {year}"

    def lineage(self, *years: int) -> Lineage:
        """Stored rows behind the values of these years."""
        span = Years(min(years), max(years))
        if self.from_products:
            rows = self.products(span).rows().filter(lambda row: row.year.isin(years))
            return Lineage(
                "trade", rows, f"{self.measure} = sum of general imports, customs value, over products"
            )
        rows = self.published.lineage(span).filter(lambda row: row.year.isin(years))
        return Lineage(
            "headline", rows, "balance = exports - imports" if self.measure == "balance" else self.measure
        )
