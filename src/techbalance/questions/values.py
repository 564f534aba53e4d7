"""One value per part and year, as rank and change compare them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from techbalance.errors import FlowNeededError
from techbalance.questions import selection
from techbalance.questions.answer import Lineage
from techbalance.questions.parameters.texts import Years
from techbalance.questions.printed_groups import InParts
from techbalance.questions.product_balance import ProductBalance
from techbalance.questions.product_lists.naming import chosen_list
from techbalance.questions.product_lists.placing import refuse_groups
from techbalance.questions.products import Products
from techbalance.questions.published import Published, months_so_far

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.classifications.partners import Member
    from techbalance.indicators.periods import Freq
    from techbalance.questions.parameters.accounts import RankParams
    from techbalance.questions.parameters.change import ChangeParams
    from techbalance.questions.product_lists.naming import ProductList
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

    @cached_property
    def chosen(self) -> ProductList | None:
        """The user's list; None for the one that ships."""
        found = chosen_list(self.store, self.params.list)
        refuse_groups(found, self.params.group)
        return found

    @property
    def what(self) -> str:
        """What makes a part, in words."""
        return " and ".join(self.keys) or "partner or group"

    @property
    def from_products(self) -> bool:
        """Whether ten-digit products answer, rather than printed totals."""
        if set(self.keys) - {"partner"} or self.params.group or self.chosen is not None:
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
        trade = Products(
            self.store, self.day, years, self.members, self.params.group, None, self.freq, self.chosen
        )
        return ProductBalance(trade, self.params.series, self.keys)

    def in_parts(self, years: Years) -> InParts:
        """The products, and printed parts where they do not hold what is asked."""
        return InParts(self.products(years), self.params.flow)

    @cached_property
    def years_held(self) -> tuple[int, ...]:
        """Years the products answer; none for another series, or for part of a year without months."""
        held = self._years(None)
        if not held:
            return ()
        printed = self.in_parts(Years(min(held), max(held))).periods
        return tuple(year for year in held if (year,) not in printed)

    def _years(self, flow: str | None) -> tuple[int, ...]:
        products = Products(self.store, self.day, members=self.members, freq=self.freq)
        if self.params.series != "atp" or (self.params.ytd and not products.has_months()):
            return ()
        held = products.years_held(flow)
        if self.chosen is None:
            return held
        listed = replace(products, chosen=self.chosen)
        flows = (flow,) if flow else ("export", "import")
        return tuple(year for year in held if any(year not in listed.open_years(one) for one in flows))

    @property
    def months(self) -> int:
        """Months that each value covers: 12, or those of the year so far."""
        if not self.params.ytd:
            return 12
        if self.from_products:
            return Products(self.store, self.day).ytd_months
        return self.published.ytd_months

    def demand_flow(self, *years: int) -> None:
        """Refuse a balance of products where only one flow is held.

        Raises
        ------
        FlowNeededError
            The years are held, and one flow of them only.
        """
        if not self.from_products or self.params.flow is not None:
            return
        held = {flow: set(years) <= set(self._years(flow)) for flow in ("export", "import")}
        if set(years) <= set(self.years_held) and not all(held.values()):
            only = next((f"{flow}s" for flow, there in held.items() if there), "parts")
            raise FlowNeededError(
                f"only {only} are held by {self.what}, so there is no balance",
                where=f"series {self.params.series}, year {', '.join(map(str, years))}",
                remedy=f"Add --flow {only.removesuffix('s')}",
            )

    def of(self, *years: int) -> Table:
        """Values of some years: the keys, ``year``, ``value_usd`` (never null), ``vintage``."""
        if self.from_products:
            rows = self.in_parts(Years(min(years), max(years))).sums()
            for key in self.keys:
                rows = rows.filter(rows[key].notnull())
        else:
            rows = self.published.figures()
        rows = rows.filter(rows.year.isin(list(years)))
        rows = rows.select(*self.keys, "year", "vintage", value_usd=rows[f"{self.measure}_usd"])
        return rows.filter(rows.value_usd.notnull())

    def why_missing(self, year: int) -> str:
        """Why a year has no values at all: a part-year first, since it is the commonest error."""
        span = Years(year, year)
        whole = replace(self.published, members=None, by_partner=False)
        for rows in (
            whole.complete(span),
            self.in_parts(span).rows() if self.from_products else self.published.complete(span),
        ):
            nulls = rows.filter(rows[f"{self.measure}_usd"].isnull()).select("note").limit(1)
            for row in self.store.fetch_rows(nulls):
                # By part there are years only, so the same months of other years are no way out.
                return str(row["note"]).partition("; --ytd")[0] if self.from_products else str(row["note"])
        return f"not_covered: {self.params.series} by {self.what} is not held for {year}"

    def lineages(self, *years: int) -> tuple[Lineage, ...]:
        """Stored rows behind the values of these years."""
        span = Years(min(years), max(years))
        if self.from_products:
            return self.in_parts(span).lineages(years)
        rows = self.published.lineage(span).filter(lambda row: row.year.isin(years))
        formula = "balance = exports - imports" if self.measure == "balance" else self.measure
        return (Lineage("headline", rows, formula),)
