"""What do ten-digit products leave over, by group, partner or product? Part of the answer to ``balance``.

A flow of a held period is known whole, so a part without a row in it traded nothing and gets a 0. A period
that is not held, or a selection the products cannot answer, gets nulls and the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from techbalance.classifications.groups import ALL_GROUPS, OUTSIDE
from techbalance.errors import NotCoveredError
from techbalance.indicators import accounts, periods
from techbalance.outline import ibis
from techbalance.questions.selection import each_partner, partner_book, spans_by_label
from techbalance.questions.wording import money

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import BooleanValue, StringValue

    from techbalance.indicators.periods import Freq
    from techbalance.questions.products import Products

KEYS: Final = ("group", "partner", "product")


@dataclass(frozen=True)
class ProductBalance:
    """Rows of a balance that is added up from products.

    Parameters
    ----------
    trade
        The products, with every filter of the question, and the period asked for.
    series
        The series asked for; products answer ``atp`` only.
    keys
        Which of group, partner and product are columns.
    """

    trade: Products
    series: str
    keys: tuple[str, ...]

    @property
    def freq(self) -> Freq:
        """The period asked for."""
        return self.trade.freq

    @property
    def what(self) -> str:
        """What was asked for, in words."""
        return " and ".join(self.keys) or "group, partner or product"

    def reason(self) -> str | None:
        """Why products cannot answer at all; None where they can."""
        if self.series != "atp":
            return f"not_covered: {self.series} is not held by {self.what}"
        if self.freq != "year" and not self.trade.has_months():
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
        reason, trade = self.reason(), self.trade
        rows = self._sums(reason)
        held = rows.exports_usd.notnull() | rows.imports_usd.notnull()
        months = ibis.literal(periods.months_needed(self.freq, trade.ytd_months)).cast("int8")
        rows = rows.mutate(
            months=ibis.ifelse(held, months, ibis.null("int8")),
            vintage=ibis.ifelse(held, rows.vintage, ibis.null("date")),
            printed_balance_usd=ibis.null("int64"),
        )
        rows = accounts.trade_balance(rows)
        return rows.mutate(note=self._note(rows, reason)).drop("printed_balance_usd")

    def sums(self) -> Table:
        """The rows in short, for who compares them: ``rows`` without ratio, months and reasons.

        Returns
        -------
        Table
            Columns of the period, the keys, ``exports_usd``, ``imports_usd``, ``balance_usd`` and
            ``vintage``, which may be there where neither flow is.
        """
        rows = self._sums(self.reason())
        return rows.mutate(balance_usd=rows.exports_usd - rows.imports_usd)

    def _sums(self, reason: str | None) -> Table:
        trade = self.trade
        figures = trade.figures(self.keys).drop("months", "vintage")
        if reason is not None:
            nothing = ibis.null("int64")
            figures = figures.filter(ibis.literal(value=False))
            rows = self._joined(figures)
            return rows.mutate(exports_usd=nothing, imports_usd=nothing, vintage=ibis.null("date"))
        rows = self._joined(figures)
        return rows.mutate(
            exports_usd=trade.or_zero(rows, rows.exports_usd, "export"),
            imports_usd=trade.or_zero(rows, rows.imports_usd, "import"),
            vintage=trade.read.newest(rows),
        )

    def _joined(self, figures: Table) -> Table:
        """The figures, and a row for every period or cell asked for that has none."""
        asked, on = self._asked(), list(self.trade.bucket)
        named_partners = self.trade.members is not None
        if "product" in self.keys or ("partner" in self.keys and not named_partners):
            cells = asked
        else:
            cells = self._grid(asked)
            on += self.keys
        return cells.left_join(figures, on).drop(*[f"{name}_right" for name in on])

    def _grid(self, asked: Table) -> Table:
        """Every group and named partner in every period."""
        cells = asked
        if "group" in self.keys and self.trade.chosen is not None:
            listed = self.trade.chosen.of_flow("import") + self.trade.chosen.of_flow("export")
            names = sorted({one.groups[code] for one in listed for code in one.listed})
            parts = [cells.mutate(group=ibis.literal(name)) for name in names]
            cells = ibis.union(*parts) if len(parts) > 1 else parts[0]
        elif "group" in self.keys:
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
        years = self.trade.years
        if years is not None:
            return periods.every(self.freq, years.start, years.end)
        ever = self.trade.years_ever()
        if not ever:
            raise NotCoveredError(
                f"no {self.freq} of trade by {self.what} is held",
                remedy="Ask by year, or name a year to see what is held of it",
            )
        span = periods.every(self.freq, min(ever), max(ever))
        return span.filter(span.year.isin(ever))

    def _note(self, rows: Table, reason: str | None) -> StringValue:
        trade = self.trade
        nothing = trade.why_nothing(self.what)
        strangers = rows.year.isin(trade.years_held() or (0,))
        exports, imports = rows.exports_usd.isnull(), rows.imports_usd.isnull()
        keyless: ibis.Value = ibis.literal(value=bool(self.keys))
        for key in self.keys:
            keyless &= rows[key].isnull()
        return ibis.cases(
            (ibis.literal(reason is not None), reason or ""),
            *self._part_years(rows, exports & imports),
            *[
                (missing & exports & imports & (rows.year == year), why)
                for flow, missing in (("import", imports), ("export", exports))
                for year, why in trade.open_years(flow).items()
            ],
            (
                exports & imports & strangers & ibis.literal(value=trade.members is not None),
                "not_covered: none of these partners belonged to the selection then",
            ),
            (exports & imports, nothing),
            (keyless, "no_trade: nothing of this was imported in a year that is held whole"),
            (exports, f"not_covered: exports by {self.what} are not held, so there is no balance"),
            (imports, f"not_covered: imports by {self.what} are not held, so there is no balance"),
            else_=ibis.null("string"),
        )

    def _part_years(self, rows: Table, missing: BooleanValue) -> list[tuple[BooleanValue, str]]:
        """Years of which some months are held and not all."""
        if self.freq != "year":
            return []
        known = {year: self.trade.months_known(year) for year in self.trade.read.wanted_years}
        return [
            (
                missing & (rows.year == year),
                f"part_year: {months} of 12 months are held; --ytd compares the same months of other years",
            )
            for year, months in known.items()
            if 0 < months < 12
        ]

    def notes(self) -> tuple[str, ...]:
        """How much of each year could not be put into a group, and what is of an older revision."""
        if self.series != "atp" or self.freq != "year":
            return ()
        undecided = (
            f"{year}: {money(value)} of imports are in products the nearest list cannot place; "
            "they are in no group."
            for year, value in self.trade.undecided()
        )
        return (*undecided, *self.trade.older())
