"""Who sells what to one country, and how much of it? Each kind of data in one form, named by its level."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self

from techbalance.classifications.groups import GROUPS
from techbalance.classifications.partners import taken_apart
from techbalance.errors import NotCoveredError
from techbalance.outline import ibis
from techbalance.questions.answer import Lineage
from techbalance.questions.ladder.baskets import labels_among
from techbalance.questions.ladder.held import HTS10, HeldTrade, distinct, editions_of
from techbalance.questions.products import Products
from techbalance.questions.selection import among_products, partner_book
from techbalance.store import outside
from techbalance.store.hs6 import FILE
from techbalance.store.trade_tables import open_trade_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibis import Table

    from techbalance.questions.parameters.ladder import Market as MarketParams
    from techbalance.questions.parameters.texts import GroupRef, PartnerRef
    from techbalance.store.catalogue import Store

RECORD: Final = "ten-digit record"
HS6: Final = "HS6 with quantities"
DETAIL: Final = "ingested detail"
TABLE: Final = "table of yours"
HS6_DIGITS: Final = 6


@dataclass(frozen=True, kw_only=True)
class Market(HeldTrade):
    """Imports of one country by supplier, with ``partner``, ``quantity`` and ``unit`` (null where not held).

    Parameters
    ----------
    level
        Which kind of data: ``RECORD``, ``HS6``, ``DETAIL`` or ``TABLE``.
    has_quantity
        Whether quantities are held at all.
    exports
        The same of what the country sells, the partner being the buyer; None where not held.
    """

    level: str
    has_quantity: bool
    exports: Table | None = None

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """Labels of all suppliers."""
        return tuple(distinct(self.store, self.rows, "partner"))

    def labels(self, ref: PartnerRef, *, all_known: bool = False) -> list[str]:
        """Find what the table calls these partners; with ``all_known`` also those it does not hold.

        Raises
        ------
        UnknownCodeError
            Neither a label of the table nor a name of a partner in it.
        """
        book = partner_book(self.store)
        held = set(self.partners) | ({*self._buyers} if self.exports is not None else set())
        names: list[str] = []
        for text in ref:
            parts = [part.strip() for part in text.split(",")]
            own = [text] if text in held else parts if held.issuperset(parts) else None
            names += own or taken_apart(text, book.named)
        return labels_among(self.store, names, held | set(self.names) if all_known else held)

    @cached_property
    def _buyers(self) -> tuple[str, ...]:
        if self.exports is None:
            return ()
        return tuple(distinct(self.store, self.exports, "partner"))

    def in_years(self, years: Iterable[int]) -> Self:
        """The same, of these years, with a note where they are of several editions of the codes."""
        span = sorted(years)
        found = super().in_years(span)
        sold = None if self.exports is None else self.exports.filter(self.exports.year.isin(span))
        return replace(found, exports=sold)


def quantity_market(params: MarketParams, store: Store) -> Market:
    """The finest data with quantities that is held: a table of yours, ingested detail, or HS6.

    Raises
    ------
    NotCoveredError
        None is held; the message says where to put one.
    """
    if params.panel is not None:
        return table_market(params, store)
    from techbalance.questions.ladder.detail import detail_market

    try:
        return detail_market(params, store)
    except NotCoveredError:
        return hs6_market(params, store)


def record_market(params: MarketParams, store: Store) -> Market:
    """General imports of the United States by ten-digit product and supplier, as the record has them."""
    day = params.as_of.day if params.as_of else None
    trade = Products(store, day, None, None, params.group, params.product)
    rows = trade.rows()
    rows = rows.filter(rows.flow == "import")
    behind = trade.behind().filter(lambda row: row.flow == "import")
    return Market(
        store=store,
        level=RECORD,
        rows=rows.select(
            "year",
            "product",
            "partner",
            value_usd=rows.general_usd,
            quantity=ibis.null("float64"),
            unit=ibis.null("string"),
        ),
        digits=HTS10,
        has_quantity=False,
        notes=("Ten-digit record: general imports at customs value, no quantities.",),
        lineage=(Lineage("trade", behind, "general imports by supplier and product", value="general_usd"),),
    )


def hs6_market(params: MarketParams, store: Store, groups: GroupRef | None = None) -> Market:
    """Yearly trade of the United States with a few partners by six-digit product, with quantities.

    Parameters
    ----------
    params
        What is asked; its group where ``groups`` is left out.
    store
        Where the file is looked for.
    groups
        Only headings of these groups.

    Raises
    ------
    NotCoveredError
        The file is not held.
    """
    groups = groups or params.group
    path = outside.find(store, FILE, what="figures of trade by six-digit product")
    table = open_trade_table(store, str(path)).rows
    table = table.filter(among_products(table, params.product))
    notes = [
        "HS6 table: imports at c.i.f. value (of Taiwan at customs value, no quantities); shares and unit "
        "values are among the suppliers of that table only.",
    ]
    if groups is not None:
        codes, left_out = headings_of(store, groups)
        table = table.filter(table["product"].isin(codes))
        notes.append(
            f"{_words(groups)} at six digits: {len(codes)} headings whose every ten-digit code is in it; "
            f"{left_out} headings that mix it with others are left out."
        )
    bought = table.filter(table.side == "import", table.importer == "USA")
    sold = table.filter(table.side == "export", table.exporter == "USA")
    columns = ("year", "product", "value_usd", "quantity", "unit")
    return Market(
        store=store,
        level=HS6,
        rows=bought.select(*columns, partner="exporter"),
        digits=HS6_DIGITS,
        has_quantity=True,
        notes=tuple(notes),
        exports=sold.select(*columns, partner="importer"),
        editions=editions_of(store, bought),
    )


def _words(groups: GroupRef) -> str:
    return "The ATP list" if len(groups.names) == len(GROUPS) else f"Group {groups}"


def headings_of(store: Store, groups: GroupRef) -> tuple[list[str], int]:
    """Six-digit headings all of whose ten-digit codes are in the groups, and how many are so in part only."""
    lists = store.table("membership").filter(lambda row: row.flow == "import")
    newest = lists.filter(lists.year == lists.year.max().as_scalar())
    marked = newest.mutate(
        _inside=newest["group"].isin(list(groups)), heading=newest.code.substr(0, HS6_DIGITS)
    )
    counts = marked.group_by("heading").aggregate(every=marked.count(), inside=marked._inside.sum())
    rows = store.fetch_rows(counts.filter(counts.inside > 0))
    whole = sorted(row["heading"] for row in rows if row["inside"] == row["every"])
    return whole, len(rows) - len(whole)


def table_market(params: MarketParams, store: Store) -> Market:
    """Imports and exports of the reporter in a table of the user's.

    Raises
    ------
    NotCoveredError
        The table does not tell buyers, or holds no imports of the reporter.
    """
    table = open_trade_table(store, str(params.panel), country_codes=params.country_codes)
    rows = table.rows.filter(among_products(table.rows, params.product))
    sellers = store.fetch(table.rows.select("importer").distinct())["importer"].to_pylist()
    if set(sellers) == {None}:
        raise NotCoveredError(
            "the table does not tell who buys, so suppliers of one country cannot be compared",
            where=table.name,
            remedy="Bring a table with exporter and importer",
        )
    (reporter,) = labels_among(store, [params.reporter], [one for one in sellers if one is not None])
    bought, sold = rows.filter(rows.importer == reporter), rows.filter(rows.exporter == reporter)
    # Of a flow that both sides report, the reporter's own record is read.
    bought = _own_record(store, bought, "import")
    sold = _own_record(store, sold, "export")
    columns = ("year", "product", "value_usd", "quantity", "unit")
    has_quantity = bool(store.count(bought.filter(bought.quantity.notnull()).limit(1)))
    return Market(
        store=store,
        level=TABLE,
        rows=bought.filter(bought.exporter != bought.importer).select(*columns, partner="exporter"),
        digits=table.digits,
        has_quantity=has_quantity,
        notes=(f"{table.origin}: imports of {reporter}.", *table.notes),
        exports=sold.filter(sold.exporter != sold.importer).select(*columns, partner="importer"),
        editions=editions_of(store, bought),
    )


def _own_record(store: Store, rows: Table, side: str) -> Table:
    own = rows.filter(rows.side == side)
    return own if store.count(own.limit(1)) else rows
