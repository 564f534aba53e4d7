"""What did the publisher print? Exports and imports of a series, by period and partner, as once known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from techbalance.classifications.groups import ALL_GROUPS
from techbalance.classifications.partners import WORLD
from techbalance.indicators import accounts, periods
from techbalance.questions.selection import among_partners, in_years, labelled_partners

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table
    from ibis.expr.types import StringValue

    from techbalance.classifications.partners import Member
    from techbalance.indicators.periods import Freq
    from techbalance.questions.parameters.texts import Years
    from techbalance.store.catalogue import Store


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
    """

    store: Store
    series: str
    freq: Freq
    day: dt.date | None = None
    members: tuple[Member, ...] | None = None
    by_partner: bool = False
    ytd_months: int = 12

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
            headline["group"] == ALL_GROUPS,
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

    def revisions(self) -> Table:
        """Every revision of every period: see ``indicators.periods.figures``."""
        return accounts.trade_balance(periods.figures(self.rows(), self.freq, self.ytd_months))

    def chosen(self) -> Table:
        """One revision per period and partner, the one read on ``day``."""
        keys = (*periods.SERIES_KEYS, *self.bucket)
        return periods.newest(periods.figures(self.rows(), self.freq, self.ytd_months), keys, self.day)

    def figures(self) -> Table:
        """One row per period (and partner): exports, imports, balance, coverage, months, vintage, basis."""
        chosen = self.chosen()
        if not self.is_world:
            chosen = chosen.group_by(self.keys).aggregate(
                exports_usd=chosen.exports_usd.sum(),
                imports_usd=chosen.imports_usd.sum(),
                printed_balance_usd=chosen.printed_balance_usd.sum(),
                months=chosen.months.min(),
                vintage=chosen.vintage.max(),
                basis=chosen.basis.max(),
            )
        return accounts.trade_balance(chosen).select(
            *self.keys,
            "exports_usd",
            "imports_usd",
            "balance_usd",
            "coverage_ratio",
            "months",
            "vintage",
            "basis",
        )

    def held(self) -> Table:
        """What is held of each period: ``months_held`` by ``day`` and ``first_vintage`` of all."""
        held = periods.held(self.rows(), self.freq, self.day)
        return held.group_by(self.bucket).aggregate(
            months_held=held.months_held.max(), first_vintage=held.first_vintage.min()
        )

    def complete(self, years: Years | None) -> Table:
        """Figures of every period asked for: a missing one has a row too, and ``note`` says why.

        Parameters
        ----------
        years
            The span asked for; None for every period of which anything is held.
        """
        held, keys = self.held(), list(self.bucket)
        if years is None:
            grid = held.select(keys)
        else:
            calendar = periods.with_quarter(self.store.table("calendar"))
            grid = in_years(calendar, years).select(keys).distinct()
        figures = self.figures()
        rows = grid.left_join(figures, keys).drop(*[f"{key}_right" for key in keys])
        rows = rows.left_join(held, keys).drop(*[f"{key}_right" for key in keys])
        return rows.mutate(note=self._why_missing(rows)).drop("months_held", "first_vintage")

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
            (there, nothing),
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
            else_=ibis.literal(f"not_covered: {self.series} is not held for this period"),
        )

    def lineage(self, years: Years | None) -> Table:
        """Stored rows behind the figures read: printed figures, or the months that were added up."""
        chosen = in_years(self.chosen(), years)
        keys = [*periods.SERIES_KEYS, *self.bucket]
        printed = chosen.filter(chosen.basis == periods.PRINTED).select(*keys, "vintage")
        stored = periods.with_quarter(self.rows())
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
