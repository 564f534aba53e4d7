"""What is the same of every table of trade by year and product, whoever reports it?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

from techbalance.questions.supply.trade import partner_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibis import Table

    from techbalance.questions.answer import Lineage
    from techbalance.questions.parameters.texts import Years
    from techbalance.store.catalogue import Store

HTS10: Final = 10


@dataclass(frozen=True, kw_only=True)
class HeldTrade:
    """Trade by year and product, with the other key of whoever reads it.

    Parameters
    ----------
    store
        What is read.
    rows
        One row per year, product and country, or finer: ``year``, ``product``, ``value_usd``.
    digits
        Length of the product codes; 0 where they are no numbers.
    notes
        What must be known to read it.
    lineage
        Stored rows it comes from; none of a user's table.
    editions
        Year and edition of the codes, where the table tells it.
    """

    store: Store
    rows: Table
    digits: int
    notes: tuple[str, ...] = ()
    lineage: tuple[Lineage, ...] = ()
    editions: tuple[tuple[int, str], ...] = ()

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years of which anything is held."""
        return tuple(distinct(self.store, self.rows, "year"))

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

    def asked_years(self, years: Years | None) -> tuple[int, ...]:
        """The years asked for; the newest held when none is."""
        return self.years[-1:] if years is None else tuple(range(years.start, years.end + 1))

    def in_years(self, years: Iterable[int]) -> Self:
        """The same, of these years, with a note where they are of several editions of the codes."""
        span = sorted(years)
        behind = tuple(
            replace(part, rows=part.rows.filter(part.rows.year.isin(span))) for part in self.lineage
        )
        notes = (*self.notes, *edition_notes(self.editions, span))
        return replace(self, rows=self.rows.filter(self.rows.year.isin(span)), lineage=behind, notes=notes)


def distinct(store: Store, rows: Table, column: str) -> list[Any]:
    """Every value of a column, once and in order."""
    found: list[Any] = store.fetch(rows.select(column).distinct().order_by(column))[column].to_pylist()
    return found


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
