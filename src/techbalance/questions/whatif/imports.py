"""Which imports are the base of a scenario, at which duty, and which of them does a shock hit?"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from techbalance import outline
from techbalance.errors import (
    NotCoveredError,
    ParameterError,
    SchemaError,
    TechbalanceError,
    UnknownCodeError,
)
from techbalance.models.validation import BoolArray, FloatArray, IntArray
from techbalance.questions.answer import Lineage
from techbalance.questions.parameters.texts import PartnerRef, ProductRef, Years
from techbalance.questions.parameters.whatif_texts import Rate
from techbalance.questions.product_lists.naming import chosen_list
from techbalance.questions.products import Products
from techbalance.questions.selection import STORES_REMEMBERED, chosen_partners
from techbalance.questions.supply.trade import labels_of, refuse_sums
from techbalance.questions.wording import money, percent
from techbalance.store.userfiles import is_file, read_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from techbalance.outline import Book
    from techbalance.questions.parameters.texts import AsOf
    from techbalance.questions.parameters.whatif_scenario import Shock
    from techbalance.store.catalogue import Store

SCHEDULE_COLUMNS: Final = ("code", "partner", "rate", "add")
FORMULA: Final = (
    "base of the models: imports for consumption, customs value; base duty = calculated duty over them"
)


@dataclass(frozen=True, eq=False)
class Imports:
    """One year's imports of Advanced Technology Products, one row per (product, partner).

    Parameters
    ----------
    store
        What is read.
    year
        The year.
    product, partner, group
        Labels of each row.
    value_usd, duty_usd
        Imports for consumption at customs value, above 0, and the duty calculated on them.
    not_cleared
        Rows of general imports of which nothing was cleared for consumption; they have no base.
    lineage
        The stored rows.
    """

    store: Store
    year: int
    product: tuple[str, ...]
    partner: tuple[str, ...]
    group: tuple[str, ...]
    value_usd: FloatArray
    duty_usd: FloatArray
    not_cleared: int
    lineage: Lineage
    undecided_usd: int

    @cached_property
    def base_rate(self) -> FloatArray:
        """Duty over value: what was collected, after preferences and exclusions."""
        return np.asarray(self.duty_usd / self.value_usd, dtype=np.float64)

    @cached_property
    def codes(self) -> np.ndarray[Any, np.dtype[np.str_]]:
        """Product of each row, for comparisons."""
        return np.array(self.product)

    @cached_property
    def products(self) -> tuple[str, ...]:
        """Distinct products, sorted."""
        return tuple(sorted(set(self.product)))

    @cached_property
    def product_groups(self) -> tuple[str, ...]:
        """Group of each of ``products``."""
        of = dict(zip(self.product, self.group, strict=True))
        return tuple(of[code] for code in self.products)

    @cached_property
    def product_place(self) -> IntArray:
        """Place of each row's product in ``products``."""
        return np.searchsorted(np.array(self.products), self.codes).astype(np.int64)

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """Distinct partners, sorted."""
        return tuple(sorted(set(self.partner)))

    @cached_property
    def partner_place(self) -> IntArray:
        """Place of each row's partner in ``partners``."""
        return np.searchsorted(np.array(self.partners), np.array(self.partner)).astype(np.int64)

    def note(self) -> str:
        """Say what the base is."""
        whole = float(self.value_usd.sum())
        text = (
            f"Base: imports for consumption of {self.year}, {money(whole)} in {len(self.products):,} "
            f"products of the ATP list from {len(self.partners)} partners; the base rate is the duty "
            f"collected over them, {percent(float(self.duty_usd.sum()) / whole, 2)} in all."
        )
        if self.undecided_usd:
            text += f" Left out: {money(self.undecided_usd)} in products the list cannot place."
        return text


def read_imports(store: Store, year: Years | None, as_of: AsOf | None) -> Imports:
    """Read the base of a scenario.

    Raises
    ------
    NotCoveredError
        The year is not held by product and partner.
    """
    return _held(store, year.start if year else None, as_of.day if as_of else None, outline.current())


@lru_cache(maxsize=STORES_REMEMBERED)
def _held(store: Store, year: int | None, day: dt.date | None, _: Book | None) -> Imports:
    """Read them once for all rates that are tried; expressions noted the short way serve that way alone."""
    held = Products(store, day).years_held()
    chosen = year or max(held, default=0)
    products = Products(store, day, Years(chosen, chosen) if chosen else None)
    if chosen not in held:
        raise NotCoveredError(
            products.why_nothing("product and partner").partition(": ")[2],
            where=f"year {chosen}" if chosen else "",
            remedy="Choose a year that is held",
        )
    rows = products.rows().filter(lambda row: row.flow == "import")
    keys = ("product", "partner", "group")
    sums = rows.group_by(*keys).aggregate(value=rows.consumption_usd.sum(), duty=rows.duty_usd.sum())
    table = store.fetch(sums.order_by(*keys))
    value = table["value"].to_numpy().astype(np.float64)
    kept = value > 0
    undecided = products.kept().filter(lambda row: (row.flow == "import") & (row.match == "undecided"))
    (rest,) = store.fetch_rows(undecided.aggregate(usd=undecided.consumption_usd.sum()))
    labels = {key: tuple(np.array(table[key].to_pylist())[kept].tolist()) for key in keys}
    return Imports(
        store=store,
        year=chosen,
        **labels,
        value_usd=value[kept],
        duty_usd=table["duty"].to_numpy().astype(np.float64)[kept],
        not_cleared=int((~kept).sum()),
        lineage=Lineage("trade", rows, FORMULA, value="consumption_usd"),
        undecided_usd=int(rest["usd"] or 0),
    )


@dataclass(frozen=True, eq=False)
class Hit:
    """The rows one part of a shock hits, and what it asks of them.

    Parameters
    ----------
    rows
        Which rows of the imports.
    rate, add
        New rate, or rate on top; None where it is not a tariff.
    words
        What is hit, for messages and notes.
    """

    rows: BoolArray
    words: str
    rate: Rate | None = None
    add: Rate | None = None


def hits(shock: Shock, imports: Imports) -> tuple[list[Hit], list[str]]:
    """Find the rows a shock hits, with notes on what of it the record does not cover.

    Raises
    ------
    UnknownCodeError
        A partner, product or list nobody knows.
    NotCoveredError
        Nothing of what is hit was imported, or it lies outside the list.
    SchemaError
        A schedule that is no such file.
    """
    if shock.schedule:
        return _scheduled(shock.schedule, imports)
    notes: list[str] = []
    rows: BoolArray = np.ones(imports.value_usd.shape, dtype=np.bool_)
    words = []
    if shock.group:
        rows &= np.isin(np.array(imports.group), list(shock.group))
        words.append(f"group {', '.join(shock.group)}")
    if shock.product:
        rows &= _of_products(shock.product, imports, notes)
        words.append(f"products {', '.join(shock.product)}")
    if shock.list:
        rows &= _of_list(shock.list, imports)
        words.append(f"list {shock.list}")
    if shock.partner:
        rows &= _of_partners(shock.partner, imports)
        words.append("from " + ", ".join(shock.partner))
    what = " ".join(words) or "all products and partners"
    if not rows.any():
        raise NotCoveredError(
            f"no_trade: nothing of this was imported in {imports.year}",
            where=what,
            remedy="Name other products",
        )
    return [Hit(rows, what, shock.rate, shock.add)], notes


def _of_partners(ref: PartnerRef, imports: Imports) -> BoolArray:
    members = chosen_partners(imports.store, ref)
    if members is None:
        return np.ones(imports.value_usd.shape, dtype=np.bool_)
    refuse_sums(imports.store, members)
    labels = labels_of(imports.store, members, imports.year)
    return np.isin(np.array(imports.partner), sorted(labels))


def _of_products(ref: ProductRef, imports: Imports, notes: list[str]) -> BoolArray:
    """Rows of product codes; of several codes, those outside the list are noted, all of them refused."""
    rows: BoolArray = np.zeros(imports.value_usd.shape, dtype=np.bool_)
    outside = []
    for code in ref:
        found = np.char.startswith(imports.codes, code)
        if not found.any():
            reason = Products(imports.store, products=ProductRef((code,))).unlisted()
            outside.append((code, reason or f"no_trade: nothing was imported in {imports.year}"))
        rows |= found
    if len(outside) == len(ref.names):
        raise NotCoveredError(outside[0][1].partition(": ")[2], where=f"product {', '.join(ref)}")
    if outside:
        notes.append(f"Not in the base: {'; '.join(f'{code} ({reason})' for code, reason in outside)}.")
    return rows


def _of_list(name: str, imports: Imports) -> BoolArray:
    chosen = chosen_list(imports.store, name)
    if chosen is None:
        return np.ones(imports.value_usd.shape, dtype=np.bool_)
    placed = [code for codes in chosen.placed(imports.products, imports.year).values() for code in codes]
    if not placed:
        raise NotCoveredError(
            f"no product of the list {chosen.name} is among the imports held by product", where=name
        )
    return np.isin(imports.codes, placed)


def _scheduled(name: str, imports: Imports) -> tuple[list[Hit], list[str]]:
    """Read an announcement: one line per code (and partner) with its rate."""
    if not is_file(name):
        raise NotCoveredError(
            f"there is no schedule {name!r}", remedy="Name a CSV file with code and rate or add"
        )
    reader = csv.DictReader(read_text(name).splitlines())
    reader.fieldnames = heads = [str(head).strip() for head in reader.fieldnames or ()]
    if strange := [head for head in heads if head not in SCHEDULE_COLUMNS]:
        near = UnknownCodeError.among("column", strange[0], SCHEDULE_COLUMNS)
        raise SchemaError(f"a schedule has no column {strange[0]!r}", where=name, remedy=near.remedy)
    if "code" not in heads or len({"rate", "add"} & set(heads)) != 1:
        raise SchemaError("a schedule needs the columns code and one of rate and add", where=name)
    found: list[Hit] = []
    notes: list[str] = []
    missing: list[str] = []
    for row in reader:
        where = f"{name}, line {reader.line_num}"
        try:
            one = _line(row, imports, missing)
        except TechbalanceError as wrong:
            raise SchemaError(wrong.what, where=where, remedy=wrong.remedy) from wrong
        if one is not None:
            found.append(one)
    if not found:
        raise NotCoveredError("no line of the schedule is among the imports held by product", where=name)
    if missing:
        notes.append(
            f"Schedule {name}: {len(missing):,} lines are not in the base (outside the list, or not "
            f"imported): {_some(missing)}."
        )
    return found, notes


def _line(row: dict[str, str], imports: Imports, missing: list[str]) -> Hit | None:
    code = ProductRef.one((row.get("code") or "").strip())
    kind = "rate" if "rate" in row else "add"
    rate = Rate.parse(row.get(kind) or "")
    if rate.value <= -1:
        raise ParameterError(f"{kind} must be above -1 (a rate above -100 %)")
    rows = np.char.startswith(imports.codes, code)
    words = code
    if who := (row.get("partner") or "").strip():
        rows &= _of_partners(PartnerRef((who,)), imports)
        words += f" from {who}"
    if not rows.any():
        # Raises for a code that does not exist; what exists and is not imported is only noted.
        Products(imports.store, products=ProductRef((code,))).unlisted()
        missing.append(words)
        return None
    return Hit(rows, words, **{kind: rate})


def _some(words: Iterable[str]) -> str:
    listed = list(words)
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")
