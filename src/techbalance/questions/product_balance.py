"""What do ten-digit products leave over, by group, partner or product? Part of the answer to ``balance``.

Imports of a held year are known whole, so a part without a row in it traded nothing and gets a 0. A year
that is not held, or a selection the products cannot answer, gets nulls and the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import ibis

from techbalance.classifications.groups import ALL_GROUPS, OUTSIDE
from techbalance.indicators import accounts, periods
from techbalance.questions.selection import each_partner, partner_book, spans_by_label
from techbalance.questions.wording import money

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import StringValue

    from techbalance.indicators.periods import Freq
    from techbalance.questions.products import Products

KEYS: Final = ("group", "partner", "product")


@dataclass(frozen=True)
class ProductBalance:
    """Rows of a balance that is added up from products.

    Parameters
    ----------
    trade
        The products, with every filter of the question.
    series
        The series asked for; products answer ``atp`` only.
    freq
        The period asked for; products are held by year only.
    keys
        Which of group, partner and product are columns.
    """

    trade: Products
    series: str
    freq: Freq
    keys: tuple[str, ...]

    @property
    def what(self) -> str:
        """What was asked for, in words."""
        return " and ".join(self.keys) or "group, partner or product"

    def reason(self) -> str | None:
        """Why products cannot answer at all; None where they can."""
        if self.series != "atp":
            return f"not_covered: {self.series} is not held by {self.what}"
        if self.freq != "year":
            return self.trade.why_nothing(self.what)
        book = partner_book(self.trade.store)
        if any(book.is_aggregate(member) for member in self.trade.members or ()):
            return "not_covered: products are held by country; name countries, or an area such as EU27"
        return self.trade.unlisted()

    def rows(self) -> Table:
        """One row per period and key, every period asked for among them.

        Returns
        -------
        Table
            Columns of the period, the keys, ``exports_usd``, ``imports_usd``, ``balance_usd``,
            ``coverage_ratio``, ``months``, ``vintage``, ``note``.
        """
        reason = self.reason()
        held, figures = self.trade.grid(), self.trade.figures(self.keys).drop("months", "vintage")
        if reason is not None:
            held, figures = (rows.filter(ibis.literal(value=False)) for rows in (held, figures))
        cells = self._cells(figures)
        on = [name for name in ("year", *self.keys) if name in figures.columns]
        rows = cells.left_join(figures, on).drop(*[f"{name}_right" for name in on])
        rows = rows.left_join(held.mutate(is_held=True), "year").drop("year_right")
        zero = ibis.ifelse(rows.is_held, ibis.literal(0).cast("int64"), ibis.null("int64"))
        rows = rows.mutate(
            imports_usd=ibis.coalesce(rows.imports_usd, zero), printed_balance_usd=ibis.null("int64")
        )
        rows = accounts.trade_balance(rows)
        return rows.mutate(note=self._note(rows, reason)).drop("printed_balance_usd", "is_held")

    def _cells(self, figures: Table) -> Table:
        """Which rows there are: every cell of groups and named partners, or those with trade."""
        asked = self._asked()
        named_partners = self.trade.members is not None
        if "product" in self.keys or ("partner" in self.keys and not named_partners):
            found = figures.select("year", *self.keys)
            lacking = asked.anti_join(found, "year")
            nulls = {key: ibis.null(found[key].type()) for key in self.keys}
            extra = {name: ibis.null("int8") for name in asked.columns if name != "year"}
            return found.mutate(**extra).union(lacking.mutate(**nulls).select(*found.columns, *extra))
        cells = asked
        if "group" in self.keys:
            groups = self.trade.store.table("groups")
            groups = groups.filter(groups.code.notin([OUTSIDE, ALL_GROUPS]))
            if self.trade.groups:
                groups = groups.filter(groups.code.isin(list(self.trade.groups)))
            cells = cells.cross_join(groups.select(group="code"))
        if "partner" in self.keys:
            cells = each_partner(cells, spans_by_label(self.trade.store, self.trade.members or ()))
        return cells

    def _asked(self) -> Table:
        """Every period asked for; without a year those of which anything is held."""
        years, bucket = self.trade.years, periods.BUCKETS[self.freq]
        if years is not None:
            return periods.calendar(years.start, years.end).select(*bucket).distinct()
        ever = self.trade.years_ever()
        span = periods.calendar(min(ever), max(ever)).select(*bucket).distinct()
        return span.filter(span.year.isin(ever))

    def _note(self, rows: Table, reason: str | None) -> StringValue:
        nothing = self.trade.why_nothing(self.what)
        strangers = rows.year.isin(self.trade.years_held() or (0,))
        keyless: ibis.Value = ibis.literal(value=bool(self.keys))
        for key in self.keys:
            keyless &= rows[key].isnull()
        return ibis.cases(
            (ibis.literal(reason is not None), reason or ""),
            (
                rows.imports_usd.isnull() & strangers,
                "not_covered: none of these partners belonged to the selection then",
            ),
            (rows.imports_usd.isnull(), nothing),
            (keyless, "no_trade: nothing of this was imported in a year that is held whole"),
            else_=f"not_covered: exports by {self.what} are not held, so there is no balance",
        )

    def notes(self) -> tuple[str, ...]:
        """How much of each year could not be put into a group."""
        if self.series != "atp" or self.freq != "year":
            return ()
        return tuple(
            f"{year}: {money(value)} of imports are in products the nearest list cannot place; "
            "they are in no group."
            for year, value in self.trade.undecided()
        )
