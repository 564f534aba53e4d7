"""Trade in files: of the data folder, or a panel a user brings, as the rows a decomposition takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from techbalance.outline import ibis
from techbalance.questions import selection
from techbalance.store.hs6 import FILE as HS6_FILE
from techbalance.store.hs6 import FLOWS, read_hs6
from techbalance.store.hts10 import FILE as HTS10_FILE
from techbalance.store.hts10 import read_hts10
from techbalance.store.panels import open_panel

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import IntegerValue, NumericValue

    from techbalance.questions.parameters.texts import ProductRef
    from techbalance.store.catalogue import Store

HS6, HTS10 = "hs6", "hts10"
# First year in which the file of six digits has the codes of each edition of the Harmonized System.
EDITIONS: Final = {2012: "HS2012", 2017: "HS2017", 2022: "HS2022"}
Held = dict[tuple[str, int], frozenset[str] | None]


@dataclass(frozen=True)
class Wanted:
    """What to read of a file.

    Parameters
    ----------
    span
        First and last year; None for all.
    products
        Codes, or beginnings of codes; None for all.
    partners
        Labels; None for all.
    priced
        Whether quantities are needed.
    """

    span: tuple[int, int] | None
    products: ProductRef | None
    partners: set[str] | None
    priced: bool

    def of(self, table: pa.Table) -> pa.Table:
        """Keep the rows that are wanted."""
        keep = pa.scalar(value=True)
        if self.span is not None:
            first, last = self.span
            keep = pc.and_(pc.greater_equal(table["year"], first), pc.less_equal(table["year"], last))
        if self.products is not None:
            among = [pc.starts_with(table["product"], code) for code in self.products]
            for one in among[1:]:
                among[0] = pc.or_(among[0], one)
            keep = pc.and_(keep, among[0])
        if self.partners is not None:
            keep = pc.and_(keep, pc.is_in(table["partner"], pa.array(sorted(self.partners), pa.string())))
        return table if isinstance(keep, pa.Scalar) else table.filter(keep)


@dataclass(frozen=True)
class Read:
    """What was read: the columns of ``Trade``."""

    figures: pa.Table
    held: Held
    notes: tuple[str, ...]
    world: Table | None = None


def hs6(store: Store, wanted: Wanted, years: range) -> Read:
    """The file of six-digit products; a partner without any row in a year is not held in it."""
    file = read_hs6(store)
    flow = pc.if_else(pc.equal(file["flow"], FLOWS["import"]), "import", "export")
    table = pa.table(
        {
            "year": file["year"],
            "flow": flow,
            "group": pa.nulls(file.num_rows, pa.string()),
            "product": file["product"],
            "partner": file["partner"],
            "value_usd": pa.array(np.rint(file["value_usd"].to_numpy()).astype(np.int64)),
            **({"quantity": file["quantity"], "unit": file["unit"]} if wanted.priced else {}),
        }
    )
    used = [EDITIONS[max(first for first in EDITIONS if first <= max(year, min(EDITIONS)))] for year in years]
    notes = [
        f"From {Path(HS6_FILE).name}: imports at c.i.f. value as Comtrade gives them, from Taiwan at customs "
        "value."
    ]
    if len(set(used)) > 1:
        notes.append(
            f"Codes of editions {', '.join(sorted(set(used)))} are compared by number: a product that moved "
            "to another code looks like one that ended and one that began."
        )
    return Read(wanted.of(table), _held(table), tuple(notes))


def _held(table: pa.Table) -> Held:
    """Partners with a row, by flow and year."""
    found: dict[tuple[str, int], set[str]] = {}
    for row in table.group_by(["flow", "year", "partner"]).aggregate([]).to_pylist():
        found.setdefault((row["flow"], int(row["year"])), set()).add(row["partner"])
    return {place: frozenset(partners) for place, partners in found.items()}


def hts10(store: Store, wanted: Wanted) -> Read:
    """The file of ten-digit products; its two years are whole."""
    file = read_hts10(store)
    book = store.fetch(store.table("partners").select("code", "iso3")).to_pylist()
    labels = {row["code"]: row["iso3"] or row["code"] for row in book}
    coded = file["partner"].combine_chunks()
    names = pa.array([labels.get(code, code) for code in coded.dictionary.to_pylist()], pa.string())
    table = pa.table(
        {
            "year": file["year"],
            "flow": pa.DictionaryArray.from_arrays(
                pa.array(np.zeros(file.num_rows, dtype=np.int8)), pa.array(["import"])
            ).cast(pa.string()),
            "group": pa.nulls(file.num_rows, pa.string()),
            "product": file["product"],
            "partner": names.take(coded.indices),
            "value_usd": file["value_usd"],
        }
    )
    held: Held = {("import", int(year)): None for year in pc.unique(file["year"]).to_pylist()}
    note = f"From {Path(HTS10_FILE).name}: general imports of all goods, customs value."
    return Read(wanted.of(table), held, (note,))


def panel(store: Store, name: str, reporter: list[str], wanted: Wanted) -> Read:
    """A panel of trade that a user brings; a partner without any row in a year is not held in it."""
    rows = open_panel(store, name)
    rows = rows.filter(rows.exporter != rows.importer)
    rows = rows.mutate(value_usd=half_even(rows.value_usd))
    held = [column for column in ("quantity", "unit") if column in rows.columns]
    columns = ["year", "product", "value_usd", *held]
    bought, sold = (rows.filter(rows[side].isin(reporter)) for side in ("importer", "exporter"))
    imports = bought.select(*columns, flow=ibis.literal("import"), partner="exporter")
    exports = sold.select(*columns, flow=ibis.literal("export"), partner="importer")
    own = imports.union(exports)
    if "quantity" in held and "unit" not in held:
        own = own.mutate(unit=ibis.literal("unit of the panel"))
    there = store.fetch(own.select("flow", "year", "partner").distinct())
    kept = own.filter(selection.among_products(own, wanted.products))
    if wanted.span is not None:
        kept = kept.filter(kept.year.between(*wanted.span))
    if wanted.partners is not None:
        kept = kept.filter(kept.partner.isin(sorted(wanted.partners)))
    amounts = ["quantity", "unit"] if wanted.priced and "quantity" in held else []
    figures = store.fetch(
        kept.select("year", "flow", "product", "partner", "value_usd", *amounts, group=ibis.null("string"))
    )
    world = rows.filter(selection.among_products(rows, wanted.products))
    note = (
        f"From the panel {Path(name).name}, trade of {', '.join(reporter)}; a partner without any row in a "
        "year is not held in it, a product without a row of a partner that is held was not traded."
    )
    sellers = world.select("year", "product", "value_usd", seller="exporter", partner="importer")
    return Read(figures, _held(there), (note,), sellers)


def half_even(value: NumericValue) -> IntegerValue:
    """Round to whole dollars, halves to the even one (DESIGN, tables)."""
    middle = (value - value.floor()) == 0.5
    return ibis.ifelse(middle, 2 * (value / 2).round(), value.round()).cast("int64")
