"""What do the ten-digit products say? Trade by product, group and partner, classified row by row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from techbalance.classifications.groups import OUTSIDE
from techbalance.errors import UnknownCodeError
from techbalance.indicators import periods
from techbalance.outline import ibis
from techbalance.questions.answer import Lineage
from techbalance.questions.product_lists.covering import cover, held_of
from techbalance.questions.product_lists.placing import on_list
from techbalance.questions.selection import (
    among_partners,
    among_products,
    is_inside,
    only_labels,
    spans_by_label,
    with_labels,
)
from techbalance.questions.trade_read import TradeRead, all_blocks

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table
    from ibis.expr.types import BooleanValue, IntegerValue

    from techbalance.classifications.partners import Member
    from techbalance.indicators.periods import Freq
    from techbalance.questions.parameters.texts import GroupRef, ProductRef, Years
    from techbalance.questions.product_lists.covering import Held
    from techbalance.questions.product_lists.naming import ProductList
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
    freq
        The period of a figure; full years by default.
    chosen
        A user's list in place of the one that ships.
    all_goods
        Whether an older revision is read where the newest has part of the goods only. With ``chosen`` one is
        read where the newest lacks goods of the list.
    """

    store: Store
    day: dt.date | None = None
    years: Years | None = None
    members: tuple[Member, ...] | None = None
    groups: GroupRef | None = None
    products: ProductRef | None = None
    freq: Freq = "year"
    chosen: ProductList | None = None
    all_goods: bool = False

    @cached_property
    def read(self) -> TradeRead:
        """The stored trade that answers."""
        newest = TradeRead(self.store, self.day, self.years, self.freq, self.ytd_months)
        if self.chosen is None and not self.all_goods:
            return newest
        lacking = {place for place in newest.ahead_of_own() if self._is_in_part(newest, *place)}
        return replace(newest, left_out=frozenset(lacking)) if lacking else newest

    def _is_in_part(self, read: TradeRead, flow: str, year: int) -> bool:
        held = held_of(self.store, read.rows(), flow, year, read.token)
        if self.chosen is None:
            return not held.everything
        edition = self.chosen.edition(flow, year)
        return edition is not None and not cover(edition, held).is_whole

    def held(self, flow: str, year: int) -> Held:
        """Which products of a flow and year are held one by one, of whatever partner."""
        return held_of(self.store, self.read.rows(), flow, year, self.read.token)

    def older(self) -> tuple[str, ...]:
        """Which figures are of an older revision than the newest, and why."""
        known = self.read.covered
        return tuple(
            f"{year}: {flow}s as of {known[flow, (year,)].vintage}, of which all goods are held; the newer "
            "revision that ships has those of the technology list only."
            for flow, year in sorted(self.read.left_out)
        )

    @cached_property
    def ytd_months(self) -> int:
        """Months of the newest year that has months: what year-to-date means today; 12 without any."""
        selection = TradeRead(self.store, self.day).selection
        for year in reversed(selection.years):
            held = [selection.months(flow, year) for flow in ("export", "import")]
            if any(held):
                return max(max(months, default=0) for months in held)
        return 12

    def known(self, *, by_product: bool = True) -> Table:
        """Rows of the newest revision of each period not after ``day``, before any filter but the years.

        A full year is one row per product and partner, however it came in; other periods are months.
        ``by_product=False`` reads the sums by group, which have no column ``product``.
        """
        rows = self.read.rows(by_product=by_product)
        return periods.with_quarter(rows) if self.freq == "quarter" else rows

    def kept(self, *, by_product: bool = True) -> Table:
        """The known rows of the partners and products asked for, undecided ones too."""
        return self._kept(self.known(by_product=by_product))

    def _kept(self, rows: Table) -> Table:
        # Labels are joined on before anything is left out, so that they are joined on once for all questions.
        rows = self.store.kept(with_labels(rows, self.store))
        if self.products is not None:
            rows = rows.filter(among_products(rows, self.products))
        if self.members is not None:
            rows = rows.filter(among_partners(rows, self.members))
        return only_labels(rows)

    def rows(self, *, by_product: bool = True) -> Table:
        """The rows that count: products of the list, of the groups asked for."""
        return self._listed(self.kept(by_product=by_product))

    def _listed(self, rows: Table) -> Table:
        if self.chosen is not None:
            return on_list(rows, self.chosen)
        rows = rows.filter(rows.match != "undecided", rows["group"] != OUTSIDE)
        return rows if self.groups is None else rows.filter(rows["group"].isin(list(self.groups)))

    def behind(self, further: tuple[str, ...] = ()) -> Table:
        """The stored rows behind ``rows``, as they came in: months where a year was made of months.

        ``further`` columns are null where the record has none.
        """
        return self._listed(self._kept(self.read.stored(further)))

    def lineage(self, flow: str | None = None) -> Lineage:
        """The stored rows behind the figures, and what was done with them."""
        rows = self.behind()
        if flow is not None:
            rows = rows.filter(rows.flow == flow)
        flows = {one for one, _ in self.read.covered} & ({flow} if flow else {"export", "import"})
        if "export" not in flows:
            return Lineage("trade", rows, "imports = sum of general imports, customs value, over products")
        formula = "exports = sum of exports, f.a.s. value"
        if "import" in flows:
            formula += "; imports = sum of general imports, customs value"
        valued = rows.mutate(value_usd=ibis.coalesce(rows.export_usd, rows.general_usd))
        return Lineage("trade", valued, f"{formula}; over products", "value_usd")

    @property
    def bucket(self) -> tuple[str, ...]:
        """Columns of one period."""
        return periods.BUCKETS[self.freq]

    def figures(self, keys: tuple[str, ...]) -> Table:
        """Exports and imports by period and ``keys``.

        Returns
        -------
        Table
            ``exports_usd`` (total exports, f.a.s.), ``imports_usd`` (general imports, customs value), null
            where that flow is not held for the cell; ``months``, ``vintage``. A cell without trade in a held
            period has no row.
        """
        by_product = "product" in keys or self.products is not None or self.chosen is not None
        rows = self.rows(by_product=by_product)
        sums = rows.group_by(*self.bucket, *keys).aggregate(
            exports_usd=rows.export_usd.sum(where=rows.flow == "export"),
            imports_usd=rows.general_usd.sum(where=rows.flow == "import"),
            vintage=rows.vintage.max(),
        )
        months = ibis.literal(periods.months_needed(self.freq, self.ytd_months)).cast("int8")
        sums = sums.mutate(
            exports_usd=self.or_zero(sums, sums.exports_usd, "export"),
            imports_usd=self.or_zero(sums, sums.imports_usd, "import"),
            months=months,
        )
        return sums.select(*self.bucket, *keys, "exports_usd", "imports_usd", "months", "vintage")

    def or_zero(self, rows: Table, value: IntegerValue, flow: str) -> IntegerValue:
        """A value with 0 where nothing was traded in a period that is held, and null where it is not."""
        zero = ibis.coalesce(value, ibis.literal(0).cast("int64"))
        return ibis.ifelse(self.is_held(rows, flow), zero, ibis.null("int64"))

    def is_held(self, rows: Table, flow: str) -> BooleanValue:
        """Whether a flow is held for the period, and the partner, of each row.

        Only in years in which at least one of the partners asked for is to be there.
        """
        held = self.read.is_known(rows, flow, self.members)
        if self.chosen is not None:
            held &= rows.year.notin([0, *self.open_years(flow)])
        if self.members is None:
            return held
        spans = spans_by_label(self.store, self.members)
        return held & is_inside(rows.year, [span for one in spans.values() for span in one])

    def years_held(self, flow: str | None = None) -> tuple[int, ...]:
        """Years of which a period had been published by ``day``, whatever the other filters but partners.

        Parameters
        ----------
        flow
            Of this flow; of either when None.
        """
        found = {
            bucket[0]
            for (one, bucket), held in replace(self, years=None).read.covered.items()
            if flow in (None, one) and self._is_answerable(held.partners)
        }
        return tuple(sorted(found))

    def _is_answerable(self, partners: frozenset[str] | None) -> bool:
        """Whether what is known of some partners says anything about those asked for."""
        if partners is None:
            return True
        return self.members is not None and bool({member.code for member in self.members} & partners)

    def open_years(self, flow: str) -> dict[int, str]:
        """Years in which part of the user's list is not held one by one, and why."""
        if self.chosen is None:
            return {}
        found = {}
        for year in sorted({bucket[0] for one, bucket in self.read.covered if one == flow}):
            edition = self.chosen.edition(flow, year)
            if edition is None:
                found[year] = f"not_covered: the list {self.chosen.name} has no codes for {flow}s"
                continue
            if why := cover(edition, self.held(flow, year)).why_not(self.chosen.name):
                found[year] = why
        return found

    def years_ever(self) -> tuple[int, ...]:
        """Years of which anything is held, whenever it was published."""
        return replace(self, day=None).years_held()

    def has_months(self) -> bool:
        """Whether anything is held by month."""
        return any(not block.is_annual for block in all_blocks(self.store))

    def why_nothing(self, what: str) -> str:
        """Why a period has no figures by ``what``: which years are held, or since when."""
        held = replace(self, freq="year").years_held()
        if held:
            span = str(held[0]) if len(held) == 1 else f"{held[0]} to {held[-1]}"
            flows = "exports and imports" if self._has_exports() else "imports only"
            grain = "by year and month" if self.has_months() else "by year"
            return f"not_covered: trade by {what} is held for {span}, {grain}, {flows}"
        days = [block.vintage for block in all_blocks(self.store)]
        return f"no_vintage_that_early: trade by {what} is first held as of {min(days, default='never')}"

    def _has_exports(self) -> bool:
        return any(block.flow == "export" and block.partners is None for block in all_blocks(self.store))

    def months_known(self, year: int) -> int:
        """How many months of a year are held, of the flow that has more."""
        return max(len(self.read.selection.months(flow, year)) for flow in ("export", "import"))

    def unlisted(self) -> str | None:
        """Why the products asked for have no figures; None where one of them is on the list.

        Raises
        ------
        UnknownCodeError
            No product code begins so.
        """
        if self.products is None or self.chosen is not None:
            return None
        lists = self.store.table("membership")
        flows = sorted({block.flow for block in all_blocks(self.store)})
        listed = lists.filter(lists["group"] != OUTSIDE, lists.flow.isin(flows)).select(product="code")
        if self._any(listed):
            return None
        everything = replace(self, day=None, years=None, freq="month" if self.has_months() else "year")
        trade = everything.known()
        if self._any(trade.filter(trade["group"] != OUTSIDE).select("product")):
            return None
        if self._any(trade.filter(trade.match == "undecided").select("product")):
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
        if self.chosen is not None:
            return []
        rows = self.kept(by_product=self.products is not None)
        rows = rows.filter(rows.match == "undecided", rows.flow == "import")
        sums = rows.group_by("year").aggregate(value=rows.general_usd.sum()).order_by("year")
        return [(row["year"], row["value"]) for row in self.store.fetch_rows(sums)]
