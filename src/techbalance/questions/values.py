"""One value per part and year, as rank and change compare them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from techbalance.errors import FlowNeededError
from techbalance.questions import selection
from techbalance.questions.answer import Lineage
from techbalance.questions.parameters.texts import Years
from techbalance.questions.product_balance import ProductBalance
from techbalance.questions.products import Products
from techbalance.questions.published import Published, months_so_far

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.classifications.partners import Member
    from techbalance.indicators.periods import Freq
    from techbalance.questions.parameters.accounts import RankParams
    from techbalance.questions.parameters.change import ChangeParams
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
    keys
        Which of ``group``, ``partner`` and ``product`` make a part; none for the whole.
    """

    params: RankParams | ChangeParams
    store: Store
    keys: tuple[str, ...]

    @property
    def day(self) -> dt.date | None:
        """The day whose knowledge is read."""
        return self.params.as_of.day if self.params.as_of else None

    @property
    def measure(self) -> str:
        """``balance``, ``exports`` or ``imports``."""
        return MEASURES[self.params.flow]

    @cached_property
    def members(self) -> tuple[Member, ...] | None:
        """The partners chosen; None for the world."""
        return selection.chosen_partners(self.store, self.params.partner)

    @property
    def what(self) -> str:
        """What makes a part, in words."""
        return " and ".join(self.keys) or "partner or group"

    @property
    def from_products(self) -> bool:
        """Whether ten-digit products answer, rather than printed totals."""
        if set(self.keys) - {"partner"} or self.params.group:
            return True
        return self.params.series == "atp" and (bool(self.keys) or self.members is not None)

    @property
    def freq(self) -> Freq:
        """Full years, or the months of the year so far."""
        return "ytd" if self.params.ytd else "year"

    @cached_property
    def published(self) -> Published:
        """The printed totals."""
        so_far = months_so_far(self.store, self.params.series, self.day) if self.params.ytd else 12
        return Published(
            self.store, self.params.series, self.freq, self.day, self.members, bool(self.keys), so_far
        )

    def products(self, years: Years) -> ProductBalance:
        """The ten-digit products."""
        trade = Products(self.store, self.day, years, self.members, self.params.group)
        return ProductBalance(trade, self.params.series, self.freq, self.keys)

    @cached_property
    def years_held(self) -> tuple[int, ...]:
        """Years the products can answer; none for another series, or for part of a year."""
        if self.params.series != "atp" or self.params.ytd:
            return ()
        return Products(self.store, self.day).years_held()

    @property
    def months(self) -> int:
        """Months that each value covers: 12, or those of the year so far."""
        return self.published.ytd_months if self.params.ytd else 12

    def demand_flow(self, *years: int) -> None:
        """Refuse a balance of products where only imports are held.

        Raises
        ------
        FlowNeededError
            The years are held, and one flow of them only.
        """
        if self.from_products and self.params.flow is None and all(year in self.years_held for year in years):
            raise FlowNeededError(
                f"only imports are held by {self.what}, so there is no balance",
                where=f"series {self.params.series}, year {', '.join(map(str, years))}",
                remedy="Add --flow import",
            )

    def of(self, year: int) -> Table:
        """Values of one year: the keys, ``value_usd`` (never null), ``vintage``."""
        if self.from_products:
            rows = self.products(Years(year, year)).rows()
            for key in self.keys:
                rows = rows.filter(rows[key].notnull())
        else:
            rows = self.published.figures().filter(lambda row: row.year == year)
        rows = rows.select(*self.keys, "vintage", value_usd=rows[f"{self.measure}_usd"])
        return rows.filter(rows.value_usd.notnull())

    def why_missing(self, year: int) -> str:
        """Why a year has no values at all: a part-year first, since it is the commonest error."""
        span = Years(year, year)
        whole = replace(self.published, members=None, by_partner=False)
        for rows in (
            whole.complete(span),
            self.products(span).rows() if self.from_products else self.published.complete(span),
        ):
            nulls = rows.filter(rows[f"{self.measure}_usd"].isnull()).select("note").limit(1)
            for row in self.store.fetch_rows(nulls):
                # By part there are years only, so the same months of other years are no way out.
                return str(row["note"]).partition("; --ytd")[0] if self.from_products else str(row["note"])
        return f"not_covered: {self.params.series} by {self.what} is not held for {year}"

    def lineage(self, *years: int) -> Lineage:
        """Stored rows behind the values of these years."""
        span = Years(min(years), max(years))
        if self.from_products:
            rows = self.products(span).trade.rows().filter(lambda row: row.year.isin(years))
            return Lineage(
                "trade", rows, f"{self.measure} = sum of general imports, customs value, over products"
            )
        rows = self.published.lineage(span).filter(lambda row: row.year.isin(years))
        return Lineage(
            "headline", rows, "balance = exports - imports" if self.measure == "balance" else self.measure
        )
