"""Who exports what? A table of a user's, or what the United States buys of each supplier, in one form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from techbalance.errors import NotCoveredError, UnknownCodeError
from techbalance.questions.answer import Lineage
from techbalance.questions.products import Products
from techbalance.questions.selection import among_products, partner_book
from techbalance.questions.supply.trade import partner_names
from techbalance.store.trade_tables import open_trade_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibis import Table

    from techbalance.models.validation import FloatArray
    from techbalance.questions.parameters.ladder import Basket
    from techbalance.questions.parameters.texts import Years
    from techbalance.store.catalogue import Store
    from techbalance.store.trade_tables import TradeTable

HTS10: Final = 10
STEADY: Final = 12


@dataclass(frozen=True)
class Baskets:
    """Exports by year, country and product.

    Parameters
    ----------
    store
        What is read.
    rows
        One row per year, country and product or finer: ``year``, ``country``, ``product``, ``value_usd``.
    digits
        Length of the product codes; 0 where they are no numbers.
    notes
        What must be known to read it.
    lineage
        Stored rows it comes from; none of a user's table.
    why_empty
        Why a year has nothing.
    editions
        Year and edition of the codes, where the table tells it.
    """

    store: Store
    rows: Table
    digits: int
    notes: tuple[str, ...]
    lineage: tuple[Lineage, ...] = ()
    why_empty: str = "not_covered: the table has no rows of this year"
    editions: tuple[tuple[int, str], ...] = ()

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years of which anything is held."""
        rows = self.rows.select("year").distinct().order_by("year")
        return tuple(self.store.fetch(rows)["year"].to_pylist())

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Labels of all countries."""
        rows = self.rows.select("country").distinct().order_by("country")
        return tuple(self.store.fetch(rows)["country"].to_pylist())

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of each country by its label, where one is known."""
        return partner_names(self.store)

    @cached_property
    def product_names(self) -> dict[str, str]:
        """Official short text of ten-digit codes; nothing at coarser levels."""
        if self.digits != HTS10:
            return {}
        rows = self.store.table("products").filter(lambda row: row.system == "HTS").select("code", "name")
        columns = self.store.fetch(rows).to_pydict()
        return dict(zip(columns["code"], columns["name"], strict=True))

    def labels(self, names: Iterable[str]) -> list[str]:
        """Find what the table calls these countries.

        Raises
        ------
        UnknownCodeError
            Neither a label of the table nor a name of a country in it.
        """
        return labels_among(self.store, names, self.countries)

    def asked_years(self, years: Years | None) -> tuple[int, ...]:
        """The years asked for; the newest held when none is."""
        return self.years[-1:] if years is None else tuple(range(years.start, years.end + 1))

    def in_years(self, years: tuple[int, ...]) -> Baskets:
        """The same, of these years, with a note where they are of several editions of the codes."""
        behind = tuple(
            replace(part, rows=part.rows.filter(part.rows.year.isin(years))) for part in self.lineage
        )
        notes = (*self.notes, *edition_notes(self.editions, years))
        return replace(self, rows=self.rows.filter(self.rows.year.isin(years)), lineage=behind, notes=notes)


def labels_among(store: Store, names: Iterable[str], held: Iterable[str]) -> list[str]:
    """Find what a table calls these countries: its own labels, else ISO3 codes by name.

    Raises
    ------
    UnknownCodeError
        Neither a label of the table nor a name of a country in it.
    """
    known = set(held)
    book = partner_book(store)
    iso = {row["code"]: row["iso3"] or row["code"] for row in book.partners}
    found = []
    for name in names:
        # A country may have had several codes; several countries are an area, and no label of one.
        labels = {iso[member.code] for member in book.named(name) or ()}
        spelt = (name, name.upper(), *(labels if len(labels) == 1 else ()))
        label = next((one for one in spelt if one in known), None)
        if label is None:
            raise UnknownCodeError.among("country of the table", name, known)
        found.append(label)
    return list(dict.fromkeys(found))


def baskets_of(params: Basket, store: Store) -> Baskets:
    """Read what a question about exports is about.

    Raises
    ------
    NotCoveredError
        There is no such table, or nothing is left of it.
    SchemaError
        The table has none of the shapes, or holds something that cannot be read.
    """
    found = _from_table(params, store) if params.panel is not None else _from_record(params, store)
    rows = found.rows.filter(among_products(found.rows, params.within))
    if params.digits is not None and (found.digits == 0 or params.digits < found.digits):
        rows = rows.mutate(product=rows["product"].substr(0, params.digits))
        found = replace(found, digits=params.digits)
    if not store.count(rows.limit(1)):
        raise NotCoveredError(
            "nothing is left of the table",
            where=params.panel or "the record",
            remedy="Widen within and group",
        )
    return replace(found, rows=rows)


def _from_record(params: Basket, store: Store) -> Baskets:
    day = params.as_of.day if params.as_of else None
    trade = Products(store, day, None, None, params.group, None)
    rows = trade.rows()
    rows = rows.filter(rows.flow == "import")
    behind = trade.behind().filter(lambda row: row.flow == "import")
    formula = "general imports, customs value, by supplier and product"
    return Baskets(
        store,
        rows.select("year", "product", country="partner", value_usd=rows.general_usd),
        HTS10,
        (
            "What the United States buys of Advanced Technology Products, by supplier: what suppliers sell "
            "to others is not in it. A table of world exports (--panel) measures countries as a whole.",
        ),
        (Lineage("trade", behind, formula, value="general_usd"),),
        trade.why_nothing("product and partner"),
    )


def _from_table(params: Basket, store: Store) -> Baskets:
    table = open_trade_table(store, str(params.panel), country_codes=params.country_codes)
    rows, said = one_side(store, table, params.side)
    return Baskets(
        store,
        rows.select("year", "product", country="exporter", value_usd="value_usd"),
        table.digits,
        (f"{table.origin}; {said}", *table.notes),
        editions=editions_of(store, rows),
    )


def one_side(store: Store, table: TradeTable, side: str | None) -> tuple[Table, str]:
    """The rows of one reporting side, and in words which: both sides tell the same trade.

    Raises
    ------
    NotCoveredError
        The table has no rows of the side asked for.
    """
    rows = table.rows
    sides = set(store.fetch(rows.select("side").distinct())["side"].to_pylist())
    if sides == {None}:
        return rows, "exports as the table has them."
    chosen = side or ("export" if "export" in sides else "import")
    if chosen not in sides:
        raise NotCoveredError(
            f"the table has no flows as {chosen}ers report them", where=table.name, remedy="Leave side out"
        )
    words = "exports as exporters report them." if chosen == "export" else "exports as importers report them."
    return rows.filter(rows.side == chosen), words


def editions_of(store: Store, rows: Table) -> tuple[tuple[int, str], ...]:
    """Year and edition of the codes, where the rows tell it."""
    found = rows.filter(rows.edition.notnull()).select("year", "edition").distinct()
    return tuple(sorted((row["year"], row["edition"]) for row in store.fetch_rows(found)))


def edition_notes(editions: Iterable[tuple[int, str]], years: Iterable[int]) -> list[str]:
    """Say where years are in different editions of the codes."""
    span = set(years)
    found = sorted({edition for year, edition in editions if year in span})
    if len(found) < 2:
        return []
    return [
        f"Codes of several editions ({', '.join(found)}): products of one year are compared with each other; "
        "between years a code may hold other goods."
    ]


def matrix_of(found: Baskets, year: int) -> tuple[list[str], list[str], FloatArray]:
    """Exports of one year as countries x products; a cell without a row is 0.

    Returns
    -------
    list, list, ndarray
        Labels of rows and columns, sorted, and the values.
    """
    import numpy as np

    rows = found.rows.filter(found.rows.year == year)
    sums = rows.group_by("country", "product").aggregate(value=rows.value_usd.cast("float64").sum())
    fetched = found.store.fetch(sums)
    axes = []
    for name in ("country", "product"):
        coded = fetched[name].combine_chunks().dictionary_encode()
        labels = coded.dictionary.to_pylist()
        order = sorted(range(len(labels)), key=labels.__getitem__)
        place = np.empty(len(labels), dtype=np.int64)
        place[order] = np.arange(len(labels))
        axes.append(([labels[one] for one in order], place[coded.indices.to_numpy()]))
    (countries, at_country), (products, at_product) = axes
    values = np.zeros((len(countries), len(products)))
    values[at_country, at_product] = fetched["value"].to_numpy()
    return countries, products, values


def typed(rows: list[dict[str, object]], types: dict[str, pa.DataType], names: list[str]) -> pa.Table:
    """Rows as an Arrow table with these columns; what a row lacks is null.

    Figures keep twelve digits: the rest of a sum depends on the order in which an engine added it up.
    """
    steady = [
        {
            name: float(f"{row[name]:.{STEADY}g}") if isinstance(row.get(name), float) else row.get(name)
            for name in names
        }
        for row in rows
    ]
    return pa.Table.from_pylist(steady, schema=pa.schema([(name, types[name]) for name in names]))
