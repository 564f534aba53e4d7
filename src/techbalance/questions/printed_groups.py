"""What did the publisher print by technology group and by partner? Exhibits, and the group endpoints.

Trade in Advanced Technology Products is held in parts in up to four forms: added up from ten-digit products,
printed by group for the world, printed by partner for all groups together, or given by group and partner.
This module answers from the printed ones, and says for which periods it can.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from techbalance.classifications.groups import ALL_GROUPS
from techbalance.classifications.partners import WORLD
from techbalance.indicators import accounts, periods
from techbalance.outline import ibis
from techbalance.questions.answer import Lineage
from techbalance.questions.published import months_so_far
from techbalance.questions.selection import (
    among_partners,
    in_years,
    is_inside,
    labelled_partners,
    spans_by_label,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from ibis import Table
    from ibis.expr.types import BooleanValue

    from techbalance.classifications.partners import Member
    from techbalance.indicators.periods import Freq
    from techbalance.questions.parameters.texts import GroupRef, Years
    from techbalance.questions.product_balance import ProductBalance
    from techbalance.store.catalogue import Store

SERIES: Final = "atp"
FORMULA: Final = "balance = exports - imports, as printed by group or partner"
Period = tuple[int, ...]


@dataclass(frozen=True)
class PrintedParts:
    """Printed parts of trade in Advanced Technology Products.

    Parameters
    ----------
    store
        Where they are read from.
    freq
        Period wanted.
    keys
        Which of ``group`` and ``partner`` are columns.
    day
        Read what was known on this day; None for the newest of all.
    years, members, groups
        What to keep; None keeps all.
    ytd_months
        For year-to-date: January to this month.
    """

    store: Store
    freq: Freq
    keys: tuple[str, ...]
    day: dt.date | None = None
    years: Years | None = None
    members: tuple[Member, ...] | None = None
    groups: GroupRef | None = None
    ytd_months: int = 12

    @property
    def bucket(self) -> tuple[str, ...]:
        """Columns of one period."""
        return periods.BUCKETS[self.freq]

    @property
    def by_group(self) -> bool:
        """Whether figures of single groups are needed."""
        return "group" in self.keys or self.groups is not None

    @property
    def by_partner(self) -> bool:
        """Whether figures of single partners are needed."""
        return "partner" in self.keys or self.members is not None

    def rows(self) -> Table:
        """Stored rows of the parts asked for, every revision."""
        headline = self.store.table("headline")
        rows = headline.filter(headline.series == SERIES, headline.seasonal == "nsa")
        rows = in_years(rows, self.years)
        rows = rows.filter(rows["group"] != ALL_GROUPS if self.by_group else rows["group"] == ALL_GROUPS)
        if self.groups is not None:
            rows = rows.filter(rows["group"].isin(list(self.groups)))
        if not self.by_partner:
            return rows.filter(rows.partner == WORLD)
        if self.members is not None:
            rows = rows.filter(among_partners(rows, self.members))
        else:
            single = self.store.table("partners").filter(lambda row: row.kind != "area")
            rows = rows.semi_join(single, rows.partner == single.code)
        return labelled_partners(rows, self.store)

    @property
    def is_held(self) -> bool:
        """Whether anything of the kind is printed at all, of whomever and whenever."""
        rows = self.store.table("headline")
        rows = rows.filter(rows.series == SERIES, rows.seasonal == "nsa")
        rows = rows.filter(rows["group"] != ALL_GROUPS if self.by_group else rows["group"] == ALL_GROUPS)
        rows = rows.filter(rows.partner != WORLD if self.by_partner else rows.partner == WORLD)
        return bool(self.store.fetch(rows.select("period").limit(1)).num_rows)

    def chosen(self) -> Table:
        """One revision of each part and period: the one read on ``day``."""
        keys = (*periods.SERIES_KEYS, *self.bucket)
        return periods.newest(periods.figures(self.rows(), self.freq, self.ytd_months), keys, self.day)

    def figures(self) -> Table:
        """Exports and imports by period and key.

        Returns
        -------
        Table
            Columns of the period, the keys, ``exports_usd``, ``imports_usd``, ``balance_usd``,
            ``coverage_ratio``, ``months``, ``vintage``, ``note``. A sum over several partners is null unless
            each of them is held: one that was not itemised is no zero.
        """
        chosen = accounts.trade_balance(self.chosen())
        parts = chosen.count()
        rows = chosen.group_by(*self.bucket, *self.keys).aggregate(
            exports_usd=chosen.exports_usd.sum(),
            imports_usd=chosen.imports_usd.sum(),
            exporters=chosen.exports_usd.count(),
            importers=chosen.imports_usd.count(),
            parts=parts,
            partners=chosen.partner.nunique(),
            months=chosen.months.min(),
            vintage=chosen.vintage.max(),
        )
        whole = rows.partners >= self._partners_wanted(rows)
        nothing = ibis.null("int64")
        rows = rows.mutate(
            exports_usd=ibis.ifelse(whole & (rows.exporters == rows.parts), rows.exports_usd, nothing),
            imports_usd=ibis.ifelse(whole & (rows.importers == rows.parts), rows.imports_usd, nothing),
            printed_balance_usd=nothing,
            note=ibis.ifelse(
                whole, ibis.null("string"), "not_covered: some of these partners were not itemised in print"
            ),
        )
        rows = accounts.trade_balance(rows)
        return rows.select(*self.bucket, *self.keys, *_FIGURES)

    def _partners_wanted(self, rows: Table) -> Any:  # noqa: ANN401 - an expression
        wanted = ibis.literal(0)
        if self.members is None or "partner" in self.keys:
            return wanted + 1
        for spans in spans_by_label(self.store, self.members).values():
            wanted += is_inside(rows.year, spans).cast("int64")
        return wanted

    @cached_property
    def periods_held(self) -> dict[Period, frozenset[str]]:
        """Periods with a printed figure of any part asked for, and which flows they have."""
        if not self.is_held:
            return {}
        rows = periods.up_to(periods.figures(self.rows(), self.freq, self.ytd_months), self.day)
        held = rows.group_by(list(self.bucket)).aggregate(
            exports=rows.exports_usd.count(), imports=rows.imports_usd.count()
        )
        found = {}
        for row in self.store.fetch_rows(held):
            flows = {"export" if row["exports"] else "", "import" if row["imports"] else ""} - {""}
            if flows:
                found[tuple(int(row[key]) for key in self.bucket)] = frozenset(flows)
        return found

    def lineage(self, held: Collection[Period], flow: str | None = None) -> Lineage:
        """Stored rows behind the figures of some periods."""
        chosen = self.chosen()
        chosen = chosen.filter(among_periods(chosen, self.bucket, held))
        keys = [*periods.SERIES_KEYS, *self.bucket]
        printed = chosen.filter(chosen.basis == periods.PRINTED).select(*keys, "vintage")
        stored = periods.with_quarter(self.rows())
        if self.freq == "ytd":
            stored = stored.filter((stored.freq != "ytd") | (stored.months == self.ytd_months))
        straight = stored.filter(stored.freq == self.freq).semi_join(printed, [*keys, "vintage"])
        months = periods.months_known(self.rows(), self.freq, self.ytd_months)
        summed = chosen.filter(chosen.basis == periods.SUMMED).select(*keys, known_on="vintage")
        added = months.semi_join(summed, [*keys, "known_on"])
        columns = self.store.table("headline").columns
        rows = straight.select(columns).union(added.select(columns))
        return Lineage("headline", rows if flow is None else rows.filter(rows.flow == flow), FORMULA)


_FIGURES: Final = ("exports_usd", "imports_usd", "balance_usd", "coverage_ratio", "months", "vintage", "note")


def among_periods(rows: Table, bucket: tuple[str, ...], held: Collection[Period]) -> BooleanValue:
    """Keep rows of some periods."""
    numbers = [_number(period, bucket) for period in sorted(held)]
    if not numbers:
        return ibis.literal(value=False)
    place = rows[bucket[0]].cast("int64")
    if len(bucket) > 1:
        place = place * 100 + rows[bucket[1]].cast("int64")
    return place.isin(numbers)


def _number(period: Period, bucket: tuple[str, ...]) -> int:
    return period[0] if len(bucket) == 1 else period[0] * 100 + period[1]


@dataclass(frozen=True)
class InParts:
    """Rows of a balance in parts, from products where they hold it and from print where they do not.

    Parameters
    ----------
    parts
        The ten-digit products, with every filter of the question.
    flow
        The one flow that is asked for; None for the balance, which needs both.
    """

    parts: ProductBalance
    flow: str | None = None

    @cached_property
    def printed(self) -> PrintedParts | None:
        """The printed parts; None where nothing of the kind is ever printed."""
        trade = self.parts.trade
        if (
            self.parts.series != SERIES
            or trade.products is not None
            or trade.chosen is not None
            or "product" in self.parts.keys
        ):
            return None
        dated = trade.freq == "ytd" and not trade.has_months()
        return PrintedParts(
            trade.store,
            trade.freq,
            self.parts.keys,
            trade.day,
            trade.years,
            trade.members,
            trade.groups,
            months_so_far(trade.store, SERIES, trade.day) if dated else trade.ytd_months,
        )

    @cached_property
    def periods(self) -> frozenset[Period]:
        """Periods that print answers: it has their flows and the products, which are finer, have not."""
        if self.printed is None:
            return frozenset()
        needed = {"export", "import"} if self.flow is None else {self.flow}
        return frozenset(
            period
            for period, flows in self.printed.periods_held.items()
            if needed <= flows and not all(period in self.held_by_products(flow) for flow in needed)
        )

    def held_by_products(self, flow: str) -> set[Period]:
        """Periods of which the products hold a flow."""
        if self.parts.reason() is not None:
            return set()
        trade = self.parts.trade
        codes = None if trade.members is None else {member.code for member in trade.members}
        return {
            bucket
            for (one, bucket), held in trade.read.covered.items()
            if one == flow and (held.partners is None or (codes is not None and codes & held.partners))
        }

    def rows(self) -> Table:
        """The rows of ``ProductBalance``, with printed figures in the place of what products do not hold."""
        return self._filled(self.parts.rows())

    def sums(self) -> Table:
        """The same for its ``sums``."""
        return self._filled(self.parts.sums())

    def _filled(self, rows: Table) -> Table:
        if self.printed is None or not self.periods:
            return rows
        on = [*self.printed.bucket, *self.parts.keys]
        figures = self.printed.figures()
        figures = figures.filter(among_periods(figures, self.printed.bucket, self.periods))
        elsewhere = ~among_periods(rows, self.printed.bucket, self.periods)
        # A period that has parts in print needs no line that says there are none.
        whole: BooleanValue = ibis.literal(value=True)
        for key in self.parts.keys:
            whole &= rows[key].notnull()
        kept = rows.filter(elsewhere | whole).anti_join(figures, on)
        return kept.union(figures.select(kept.columns).cast(kept.schema()))

    def lineages(self, years: Collection[int] | None = None) -> tuple[Lineage, ...]:
        """Stored rows behind the rows of some years, or of all."""
        found = []
        held = {period for period in self.periods if years is None or period[0] in years}
        behind = self.parts.trade.lineage(self.flow)
        rows = behind.rows
        if held:
            # Of a year that print answers in part, the products answer the other months.
            whole = {period[0] for period in held} if self.parts.freq in ("year", "ytd") else set()
            rows = rows.filter(rows.year.notin([0, *whole]))
        if years is not None:
            rows = rows.filter(rows.year.isin(list(years)))
        if not held or years is None or set(years) - {period[0] for period in held}:
            found.append(replace(behind, rows=rows))
        if held and self.printed is not None:
            found.append(self.printed.lineage(held, self.flow))
        return tuple(found)
