"""Who sells what to one country, and how much of it? Each kind of data in one form, named by its level."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import ibis

from techbalance.classifications.groups import GROUPS
from techbalance.classifications.partners import taken_apart
from techbalance.errors import NotCoveredError
from techbalance.questions.answer import Lineage
from techbalance.questions.ladder.baskets import HTS10, edition_notes, editions_of, labels_among
from techbalance.questions.products import Products
from techbalance.questions.selection import among_products, partner_book
from techbalance.questions.supply.trade import partner_names
from techbalance.store import outside
from techbalance.store.hs6 import FILE
from techbalance.store.trade_tables import open_trade_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibis import Table

    from techbalance.questions.parameters.ladder import Market as MarketParams
    from techbalance.questions.parameters.texts import GroupRef, PartnerRef, Years
    from techbalance.store.catalogue import Store

RECORD: Final = "ten-digit record"
HS6: Final = "HS6 with quantities"
DETAIL: Final = "ingested detail"
TABLE: Final = "table of yours"
HS6_DIGITS: Final = 6


@dataclass(frozen=True)
class Market:
    """Imports of one country by supplier.

    Parameters
    ----------
    store
        What is read.
    level
        Which kind of data: ``RECORD``, ``HS6``, ``DETAIL`` or ``TABLE``.
    rows
        One row per year, product and supplier or finer: ``year``, ``product``, ``partner``, ``value_usd``,
        ``quantity`` and ``unit`` (null where not held).
    exports
        The same of what the country sells, the partner being the buyer; None where not held.
    digits
        Length of the product codes; 0 where they are no numbers.
    has_quantity
        Whether quantities are held at all.
    notes
        What must be known to read it.
    lineage
        Stored rows it comes from.
    editions
        Year and edition of the codes, where the table tells it.
    """

    store: Store
    level: str
    rows: Table
    digits: int
    has_quantity: bool
    notes: tuple[str, ...]
    exports: Table | None = None
    lineage: tuple[Lineage, ...] = ()
    editions: tuple[tuple[int, str], ...] = ()

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years of which anything is held."""
        rows = self.rows.select("year").distinct().order_by("year")
        return tuple(self.store.fetch(rows)["year"].to_pylist())

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """Labels of all suppliers."""
        rows = self.rows.select("partner").distinct().order_by("partner")
        return tuple(self.store.fetch(rows)["partner"].to_pylist())

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of each partner by its label, where one is known."""
        return partner_names(self.store)

    @cached_property
    def product_names(self) -> dict[str, str]:
        """Official short text of ten-digit codes; nothing at coarser levels."""
        if self.digits != HTS10:
            return {}
        rows = self.store.table("products").filter(lambda row: row.system == "HTS").select("code", "name")
        columns = self.store.fetch(rows).to_pydict()
        return dict(zip(columns["code"], columns["name"], strict=True))

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
        return tuple(self.store.fetch(self.exports.select("partner").distinct())["partner"].to_pylist())

    def asked_years(self, years: Years | None) -> tuple[int, ...]:
        """The years asked for; the newest held when none is."""
        return self.years[-1:] if years is None else tuple(range(years.start, years.end + 1))

    def in_years(self, years: Iterable[int]) -> Market:
        """The same, of these years, with a note where they are of several editions of the codes."""
        span = sorted(years)
        notes = (*self.notes, *edition_notes(self.editions, span))
        behind = tuple(
            replace(part, rows=part.rows.filter(part.rows.year.isin(span))) for part in self.lineage
        )
        sold = None if self.exports is None else self.exports.filter(self.exports.year.isin(span))
        rows = self.rows.filter(self.rows.year.isin(span))
        return replace(self, rows=rows, exports=sold, lineage=behind, notes=notes)


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
        store,
        RECORD,
        rows.select(
            "year",
            "product",
            "partner",
            value_usd=rows.general_usd,
            quantity=ibis.null("float64"),
            unit=ibis.null("string"),
        ),
        HTS10,
        False,
        ("Ten-digit record: general imports at customs value, no quantities.",),
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
        store,
        HS6,
        bought.select(*columns, partner="exporter"),
        HS6_DIGITS,
        True,
        tuple(notes),
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
        store,
        TABLE,
        bought.filter(bought.exporter != bought.importer).select(*columns, partner="exporter"),
        table.digits,
        has_quantity,
        (f"{table.origin}: imports of {reporter}.", *table.notes),
        exports=sold.filter(sold.exporter != sold.importer).select(*columns, partner="importer"),
        editions=editions_of(store, bought),
    )


def _own_record(store: Store, rows: Table, side: str) -> Table:
    own = rows.filter(rows.side == side)
    return own if store.count(own.limit(1)) else rows
