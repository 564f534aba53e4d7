"""What did the publisher print? Exports and imports of a series, by period and partner, as once known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from techbalance.classifications.groups import ALL_GROUPS
from techbalance.classifications.partners import WORLD
from techbalance.indicators import accounts, periods
from techbalance.outline import ibis
from techbalance.questions.selection import (
    REST,
    among_partners,
    each_partner,
    in_years,
    is_inside,
    labelled_partners,
    spans_by_label,
)

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table
    from ibis.expr.types import IntegerValue, StringValue

    from techbalance.classifications.partners import Member
    from techbalance.indicators.periods import Freq
    from techbalance.questions.parameters.texts import Years
    from techbalance.store.catalogue import Store

FIGURES = ("exports_usd", "imports_usd", "balance_usd", "coverage_ratio", "months", "vintage", "basis")


@dataclass(frozen=True)
class Published:
    """One published series, for the world or by partner.

    Parameters
    ----------
    store
        Where it is read from.
    series
        ``atp``, ``goods_census``, ``goods_bop``, ``services_bop`` or ``goods_services_bop``.
    freq
        Period wanted.
    day
        Read what was known on this day; None for the newest of all.
    members
        Partners to keep; None for the world.
    by_partner
        Whether each partner is a row of its own.
    ytd_months
        For year-to-date: January to this month.
    group
        A technology group, where the publisher printed it; all of them together by default.
    """

    store: Store
    series: str
    freq: Freq
    day: dt.date | None = None
    members: tuple[Member, ...] | None = None
    by_partner: bool = False
    ytd_months: int = 12
    group: str = ALL_GROUPS

    @property
    def bucket(self) -> tuple[str, ...]:
        """Columns of one period."""
        return periods.BUCKETS[self.freq]

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns of one row of ``figures``."""
        return (*self.bucket, "partner") if self.by_partner else self.bucket

    @property
    def seasonal(self) -> str:
        """Balance-of-payments months are published seasonally adjusted only; all else is read unadjusted."""
        monthly = self.freq in ("month", "quarter", "ytd")
        return "sa" if monthly and self.series.endswith("_bop") else "nsa"

    @property
    def is_world(self) -> bool:
        """Whether the published world total answers, rather than partners."""
        return self.members is None and not self.by_partner

    def rows(self) -> Table:
        """Stored rows of the series, every revision."""
        headline = self.store.table("headline")
        rows = headline.filter(
            headline.series == self.series,
            headline["group"] == self.group,
            headline.seasonal == self.seasonal,
        )
        if self.is_world:
            return rows.filter(rows.partner == WORLD)
        if self.members is None:
            # Unidentified partners are kept with the countries: without them the parts miss the total.
            single = self.store.table("partners").filter(lambda row: row.kind != "area")
            rows = rows.semi_join(single, rows.partner == single.code)
        else:
            rows = rows.filter(among_partners(rows, self.members))
        return labelled_partners(rows, self.store)

    def group_rows(self) -> Table:
        """Stored rows of the series by technology group, for the world, every revision."""
        headline = self.store.table("headline")
        return headline.filter(
            headline.series == self.series,
            headline["group"] != ALL_GROUPS,
            headline.partner == WORLD,
            headline.seasonal == self.seasonal,
        )

    @property
    def _place(self) -> str:
        return "" if self.is_world else "partner and "

    def revisions(self) -> Table:
        """Every revision of every period: see ``indicators.periods.figures``."""
        return self._kept(accounts.trade_balance(periods.figures(self.rows(), self.freq, self.ytd_months)))

    def _kept(self, rows: Table) -> Table:
        """Keep what questions about the same series share; a choice of partners is seldom shared."""
        return rows if self.members is not None else self.store.kept(rows)

    def chosen(self) -> Table:
        """One revision per period and partner, the one read on ``day``."""
        keys = (*periods.SERIES_KEYS, *self.bucket)
        figures = periods.figures(self.rows(), self.freq, self.ytd_months)
        return self._kept(periods.newest(figures, keys, self.day))

    def figures(self) -> Table:
        """One row per period (and partner): exports, imports, balance, coverage, months, vintage, basis.

        The figure of an area is null unless every member is held: a missing one is no zero.
        """
        return self._totals().select(*self.keys, *FIGURES)

    def _totals(self) -> Table:
        """Figures, with how many partners are held and wanted, and the oldest vintage among them."""
        chosen = accounts.trade_balance(self.chosen())
        if self.is_world:
            return self._kept(
                chosen.mutate(
                    partners_held=ibis.literal(1), partners_wanted=ibis.literal(1), oldest=chosen.vintage
                )
            )
        rows = chosen.group_by(self.keys).aggregate(
            exports_usd=chosen.exports_usd.sum(),
            imports_usd=chosen.imports_usd.sum(),
            printed_balance_usd=chosen.balance_usd.sum(),
            exporters=chosen.exports_usd.count(),
            importers=chosen.imports_usd.count(),
            balances=chosen.balance_usd.count(),
            months=chosen.months.min(),
            vintage=chosen.vintage.max(),
            oldest=chosen.vintage.min(),
            basis=chosen.basis.max(),
            partners_held=chosen.partner.nunique(),
        )
        rows = rows.mutate(partners_wanted=self.partners_wanted(rows))
        for count, column in (
            ("exporters", "exports_usd"),
            ("importers", "imports_usd"),
            ("balances", "printed_balance_usd"),
            ("partners_held", "months"),
            ("partners_held", "vintage"),
        ):
            whole = rows[count] >= rows.partners_wanted
            rows = rows.mutate(**{column: ibis.ifelse(whole, rows[column], ibis.null(rows[column].type()))})
        return self._kept(accounts.trade_balance(rows))

    def partners_wanted(self, rows: Table) -> IntegerValue:
        """How many partners a sum has to have in a year; 1 where each partner is a row of its own."""
        wanted: IntegerValue = ibis.literal(0)
        if self.by_partner or self.members is None:
            return wanted + 1
        for spans in spans_by_label(self.store, self.members).values():
            wanted += is_inside(rows.year, spans).cast("int64")
        return wanted

    def held(self) -> Table:
        """What is held of each period: ``months_held`` by ``day`` and ``first_vintage`` of all."""
        held = periods.held(self.rows(), self.freq, self.day)
        for key in self.bucket:
            # A printed year has no month and no quarter: it is no period of those.
            held = held.filter(held[key].notnull())
        held = held.group_by(self.bucket).aggregate(
            months_held=held.months_held.max(), first_vintage=held.first_vintage.min()
        )
        return self._kept(held)

    def complete(self, years: Years | None) -> Table:
        """Figures of every period asked for: a missing one has a row too, and ``note`` says why.

        Parameters
        ----------
        years
            The span asked for; None for every period of which anything is held, and one row without a
            period where that is none.
        """
        held, keys = self.held(), list(self.bucket)
        if years is None:
            grid = held.select(keys)
            nowhere = periods.calendar(1, 1).limit(1).filter(held.count().as_scalar() == 0)
            grid = grid.union(nowhere.select(**{key: ibis.null(grid[key].type()) for key in keys}))
        else:
            grid = periods.every(self.freq, years.start, years.end)
        figures = self._totals()
        if self.by_partner and self.members is not None:
            grid = each_partner(grid, spans_by_label(self.store, self.members))
        both = [key for key in self.keys if key in grid.columns]
        rows = grid.left_join(figures, both).drop(*[f"{key}_right" for key in both])
        rows = rows.left_join(held, keys).drop(*[f"{key}_right" for key in keys])
        rows = rows.mutate(partners_wanted=self.partners_wanted(rows))
        return rows.mutate(note=self._why_missing(rows)).select(*self.keys, *FIGURES, "note")

    def rest(self, rows: Table) -> Table:
        """What the partners of each period leave of the world total: the columns of ``complete``.

        Parameters
        ----------
        rows
            ``complete`` by partner, without a choice of partners.

        Returns
        -------
        Table
            One row per period in which the world and at least one partner are held; ``partner`` is ``REST``.
        """
        itemised = rows.group_by(self.bucket).aggregate(
            itemised_exports=rows.exports_usd.sum(),
            itemised_imports=rows.imports_usd.sum(),
            itemised_balance=rows.balance_usd.sum(),
            halves=rows.balance_usd.count() - rows.exports_usd.count(),
        )
        world = replace(self, by_partner=False).figures().inner_join(itemised, list(self.bucket))
        world = world.filter(world.itemised_balance.notnull())
        # Where of a partner only the balance was printed, its flows are not in the sums.
        whole = world.halves == 0
        nothing = ibis.null("int64")
        rest = world.mutate(
            partner=ibis.literal(REST),
            exports_usd=ibis.ifelse(whole, world.exports_usd - world.itemised_exports, nothing),
            imports_usd=ibis.ifelse(whole, world.imports_usd - world.itemised_imports, nothing),
            printed_balance_usd=world.balance_usd - world.itemised_balance,
            note=ibis.literal("the world total less the partners itemised at their own vintage"),
        )
        return accounts.trade_balance(rest).select(rows.columns)

    def _why_missing(self, rows: Table) -> StringValue:
        need = periods.months_needed(self.freq, self.ytd_months)
        part = (rows.months_held > 0) & (rows.months_held != need)
        remedy = "; --ytd compares the same months of other years" if self.freq == "year" else ""
        early = rows.first_vintage > ibis.literal(self.day) if self.day else ibis.literal(value=False)
        there = rows.balance_usd.notnull()
        nothing = ibis.null("string")
        return ibis.cases(
            (
                there & (rows.basis == periods.SUMMED) & (self.freq == "year"),
                "sum of 12 months; no annual figure was printed at this vintage",
            ),
            (there & rows.exports_usd.isnull(), "only the balance was printed"),
            (
                there & (rows.oldest < rows.vintage),
                ibis.literal("partners of vintages from ") + rows.oldest.cast("string"),
            ),
            (there, nothing),
            (rows.partners_wanted == 0, "not_covered: none of these partners belonged to the selection then"),
            (
                rows.partners_held < rows.partners_wanted,
                ibis.literal("not_covered: ")
                + rows.partners_held.cast("string")
                + " of "
                + rows.partners_wanted.cast("string")
                + " partners are held; --by partner shows which",
            ),
            (
                rows.exports_usd.isnull() != rows.imports_usd.isnull(),
                "not_covered: one flow was not published at this vintage",
            ),
            (
                part,
                ibis.literal("part_year: ")
                + rows.months_held.cast("string")
                + f" of {need} months are held{remedy}",
            ),
            (
                early,
                ibis.literal("no_vintage_that_early: first held as of ") + rows.first_vintage.cast("string"),
            ),
            else_=ibis.literal(f"not_covered: {self.series} is not held for this {self._place}period"),
        )

    def lineage(self, years: Years | None) -> Table:
        """Stored rows behind the figures read: printed figures, or the months that were added up."""
        return in_years(self._kept(self.behind(self.chosen())), years)

    def behind(self, chosen: Table) -> Table:
        """Stored rows behind revisions: of ``chosen`` its keys, ``vintage`` and ``basis`` count."""
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
        return straight.select(columns).union(added.select(columns))


def months_so_far(store: Store, series: str, day: dt.date | None) -> int:
    """Months of the newest year with months, as known on ``day``: what year-to-date means today.

    Returns
    -------
    int
        1 to 12; 12 where no monthly figure is known.
    """
    held = Published(store, series, "ytd", day).held()
    newest = store.fetch_rows(held.filter(held.months_held > 0).order_by(ibis.desc("year")).limit(1))
    return int(newest[0]["months_held"]) if newest else 12
