"""How large is a country's part of the world's charges for intellectual property, and of another's?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techbalance.classifications.conduits import CONDUITS
from techbalance.errors import UnknownCodeError
from techbalance.indicators import accounts, intellectual_property, periods
from techbalance.outline import ibis
from techbalance.questions.answer import Lineage
from techbalance.questions.notes import together

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table
    from ibis.expr.types import NumericValue

    from techbalance.questions.countries import CountryBook
    from techbalance.questions.parameters.texts import PartnerRef
    from techbalance.store.catalogue import Store

WORLD_AREA = "WLD"
SHARE_COLUMNS = ("receipts_rank", "receipts_share", "payments_share", "world_vintage")
RATIO_COLUMNS = ("against", "against_receipts_usd", "receipts_ratio")


@dataclass(frozen=True)
class World:
    """Charges of every country as known on one day, and the world they add to.

    Parameters
    ----------
    store
        Where they are read from.
    day
        Read what was known on this day; None for the newest of all.
    without_conduits
        Whether conduit economies are left out of ranks and of the world.
    """

    store: Store
    day: dt.date | None
    without_conduits: bool = False

    def stored(self, name: str = "ip_charges") -> Table:
        """Stored rows, the newest vintage of each country, flow and year."""
        rows = periods.up_to(self.store.table(name), self.day)
        keys = ["country", "year", "flow"]
        newest = rows.group_by(keys).aggregate(vintage=rows.vintage.max())
        return rows.semi_join(newest, [*keys, "vintage"])

    def countries(self) -> Table:
        """Receipts, payments and balance of every country and year; see ``intellectual_property.charges``."""
        rows = intellectual_property.charges(self.stored())
        return rows.filter(~rows.country.isin(list(CONDUITS))) if self.without_conduits else rows

    def totals(self) -> Table:
        """World by year: ``world_receipts_usd``, ``world_payments_usd``, ``world_vintage``, ``world_note``.

        The publisher's aggregate adds the countries it holds; where none is held at the vintage, the same
        sum is made here. Without conduits it is always the sum of the others.
        """
        rows = self.countries()
        summed = rows.group_by("year").aggregate(
            world_receipts_usd=rows.receipts_usd.sum(),
            world_payments_usd=rows.payments_usd.sum(),
            world_vintage=rows.vintage.max(),
            receivers=rows.receipts_usd.count(),
        )
        note = ibis.literal("shares of the ") + summed.receivers.cast("string") + " receiving countries held"
        if self.without_conduits:
            return summed.mutate(world_note=note + ", without conduits").drop("receivers")
        area = intellectual_property.charges(self.stored("ip_charges_areas"))
        area = area.filter(area.country == WORLD_AREA).select(
            "year", area_receipts="receipts_usd", area_payments="payments_usd", area_vintage="vintage"
        )
        both = summed.left_join(area, "year")
        whole = both.area_receipts.notnull() & both.area_payments.notnull()
        return both.select(
            year=both.year,
            world_receipts_usd=ibis.ifelse(whole, both.area_receipts, both.world_receipts_usd),
            world_payments_usd=ibis.ifelse(whole, both.area_payments, both.world_payments_usd),
            world_vintage=ibis.ifelse(whole, both.area_vintage, both.world_vintage),
            world_note=ibis.ifelse(whole, ibis.null("string"), note),
        )

    def with_shares(self, table: Table) -> Table:
        """Add rank by receipts among all countries of the year, and shares of the world."""
        everyone = self.countries()
        held = everyone.filter(everyone.receipts_usd.notnull())
        place = ibis.rank().over(ibis.window(group_by="year", order_by=ibis.desc(held.receipts_usd)))
        ranks = held.select("country", "year", receipts_rank=place.cast("int64") + 1)
        rows = table.left_join(ranks, ["country", "year"]).drop("country_right", "year_right")
        rows = rows.left_join(self.totals(), "year").drop("year_right")
        return rows.mutate(
            receipts_share=_share(rows.receipts_usd, rows.world_receipts_usd),
            payments_share=_share(rows.payments_usd, rows.world_payments_usd),
            note=together(rows.note, rows.world_note),
        ).drop("world_note", "world_receipts_usd", "world_payments_usd")

    def with_ratio(self, table: Table, other: str) -> Table:
        """Add receipts over the receipts of ``other`` in the same year."""
        everyone = intellectual_property.charges(self.stored())
        beside = everyone.filter(everyone.country == other)
        beside = beside.select("year", against_receipts_usd="receipts_usd")
        rows = table.left_join(beside, "year").drop("year_right")
        why = ibis.cases(
            (rows.against_receipts_usd.isnull(), f"not_covered: receipts of {other} are not held"),
            (rows.against_receipts_usd == 0, f"zero_denominator: receipts of {other} are zero"),
            else_=ibis.null("string"),
        )
        return rows.mutate(
            against=ibis.literal(other),
            receipts_ratio=_share(rows.receipts_usd, rows.against_receipts_usd),
            note=together(rows.note, why),
        )

    def lineage(self, table: Table, other: str | None, *, shares: bool) -> list[Lineage]:
        """Stored rows of the others that went in: those of the world, and of the country divided by."""
        parts = []
        if shares:
            names = ("ip_charges",) if self.without_conduits else ("ip_charges", "ip_charges_areas")
            for name in names:
                rows = self.stored(name).semi_join(table, "year")
                kept = rows.country == WORLD_AREA if name.endswith("areas") else self._counted(rows)
                parts.append(Lineage(name, rows.filter(kept), "share = value / value of the world"))
        if other is not None:
            rows = self.stored().semi_join(table, "year")
            rows = rows.filter(rows.country == other, rows.flow == "receipts")
            parts.append(Lineage("ip_charges", rows, f"ratio = receipts / receipts of {other}"))
        return parts

    def _counted(self, rows: Table) -> ibis.Value:
        return ~rows.country.isin(list(CONDUITS)) if self.without_conduits else ibis.literal(value=True)


def one_country(book: CountryBook, ref: PartnerRef) -> str:
    """Look up the one country to divide by.

    Raises
    ------
    UnknownCodeError
        None or several are named, or the table does not hold it.
    """
    codes = list(book.spans(ref))
    if len(codes) != 1:
        raise UnknownCodeError(
            f"against: one country is needed, these are {len(codes)}", remedy="Name one, for example DEU"
        )
    return book.one(codes[0])


def _share(part: NumericValue, whole: NumericValue) -> NumericValue:
    return accounts.ratio(part, whole)
