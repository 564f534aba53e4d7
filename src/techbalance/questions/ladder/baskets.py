"""Who exports what? A table of a user's, or what the United States buys of each supplier, in one form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from techbalance.errors import NotCoveredError, UnknownCodeError
from techbalance.questions.answer import Lineage
from techbalance.questions.ladder.held import HTS10, HeldTrade, distinct, editions_of
from techbalance.questions.products import Products
from techbalance.questions.selection import among_products, partner_book
from techbalance.store.trade_tables import open_trade_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibis import Table

    from techbalance.models.validation import FloatArray
    from techbalance.questions.parameters.ladder import Basket
    from techbalance.store.catalogue import Store
    from techbalance.store.trade_tables import TradeTable

STEADY: Final = 12


@dataclass(frozen=True, kw_only=True)
class Baskets(HeldTrade):
    """Exports by year, country and product: one row of each, or finer, with ``country`` a label.

    Parameters
    ----------
    why_empty
        Why a year has nothing.
    """

    why_empty: str = "not_covered: the table has no rows of this year"

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Labels of all countries."""
        return tuple(distinct(self.store, self.rows, "country"))

    def labels(self, names: Iterable[str]) -> list[str]:
        """Find what the table calls these countries.

        Raises
        ------
        UnknownCodeError
            Neither a label of the table nor a name of a country in it.
        """
        return labels_among(self.store, names, self.countries)


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
        store=store,
        rows=rows.select("year", "product", country="partner", value_usd=rows.general_usd),
        digits=HTS10,
        notes=(
            "What the United States buys of Advanced Technology Products, by supplier: what suppliers sell "
            "to others is not in it. A table of world exports (--panel) measures countries as a whole.",
        ),
        lineage=(Lineage("trade", behind, formula, value="general_usd"),),
        why_empty=trade.why_nothing("product and partner"),
    )


def _from_table(params: Basket, store: Store) -> Baskets:
    table = open_trade_table(store, str(params.panel), country_codes=params.country_codes)
    rows, said = one_side(store, table, params.side)
    return Baskets(
        store=store,
        rows=rows.select("year", "product", country="exporter", value_usd="value_usd"),
        digits=table.digits,
        notes=(f"{table.origin}; {said}", *table.notes),
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
