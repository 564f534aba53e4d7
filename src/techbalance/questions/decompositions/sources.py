"""Which trade is split? The record's and the store's, a file of the data folder, or a panel a user brings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow.compute as pc

from techbalance.errors import CheckError, NotCoveredError, SchemaError
from techbalance.questions import selection
from techbalance.questions.answer import Lineage
from techbalance.questions.products import Products
from techbalance.questions.supply.trade import WORLD_CODES, chosen_suppliers, labels_of, reporter_codes
from techbalance.store.hs6 import FILE as HS6_FILE
from techbalance.store.hs6 import FLOWS, open_hs6
from techbalance.store.hts10 import FILE as HTS10_FILE
from techbalance.store.hts10 import open_hts10
from techbalance.store.panels import open_panel

if TYPE_CHECKING:
    import datetime as dt

    import pyarrow as pa
    from ibis import Table
    from ibis.expr.types import IntegerValue, NumericValue

    from techbalance.classifications.partners import Member
    from techbalance.questions.parameters.change import ChangeParams
    from techbalance.store.catalogue import Store

HS6, HTS10 = "hs6", "hts10"
KEYS: Final = ("year", "flow", "group", "product", "partner")
# First year in which the file has the codes of each edition of the Harmonized System.
EDITIONS: Final = {2012: "HS2012", 2017: "HS2017", 2022: "HS2022"}
FLOW_NAMES: Final = ("export", "import")
VALUES: Final = {"export": "export_usd", "import": "general_usd"}
QUANTITIES: Final = {"export": "export_qty_1", "import": "general_qty_1"}
UNIT: Final = "unit_1"


@dataclass(frozen=True)
class Trade:
    """Trade by year, flow, product and partner.

    Parameters
    ----------
    store
        What is read.
    rows
        One row per year, flow, product and partner or finer: ``year``, ``flow``, ``product``, ``group`` (null
        where there is none), ``partner``, ``value_usd`` (whole dollars), and, where held, ``quantity`` and
        ``unit``.
    products
        The stored products behind it; None for a file.
    everyone
        Whether a partner without a row in a year that is held traded nothing in it; else it is not held.
    world
        Sales of all sellers to each buyer (``seller``, ``partner``: the buyer), where a panel has them.
    notes
        What has to be known to read it.
    quantities
        Whether ``quantity`` and ``unit`` are held.
    span
        First and last year that is read; None for all.
    priced
        Whether quantities are read.
    """

    store: Store
    rows: Table
    products: Products | None = None
    everyone: bool = False
    world: Table | None = None
    notes: tuple[str, ...] = ()
    quantities: bool = False
    span: tuple[int, int] | None = None
    priced: bool = False

    @cached_property
    def totals(self) -> pa.Table:
        """The rows read, once, added up by year, flow, group, product and partner.

        Raises
        ------
        SchemaError
            A value or year of a file is no number.
        CheckError
            A sum of countries stands among the partners of a file, or a value is below zero.
        """
        rows = self.rows
        if self.span is not None:
            rows = rows.filter(rows.year.between(*self.span) | rows.year.isnull())
        sums = {"value_usd": rows.value_usd.sum(), "unread": rows.value_usd.isnull().sum()}
        if self.priced and self.quantities:
            # A part without its quantity leaves the whole without one: the unit value would be too high.
            unknown = rows.quantity.isnull() | (rows.quantity <= 0) | rows.unit.isnull()
            sums |= {
                "quantity": rows.quantity.sum(),
                "lacking": ((rows.value_usd > 0) & unknown).sum(),
                "unit": rows.unit.min(),
                "last_unit": rows.unit.max(),
            }
        found = self.store.fetch(rows.group_by(*KEYS).aggregate(**sums))
        self._check(found)
        return found

    def _check(self, found: pa.Table) -> None:
        unread = pc.sum(found["unread"]).as_py() or 0
        if unread or found["year"].null_count:
            raise SchemaError(
                f"{unread or found['year'].null_count:,} rows have no value or year that can be read"
            )
        values = found["value_usd"].to_numpy()
        if values.size and values.min() < 0:
            row = found.slice(int(values.argmin()), 1).to_pylist()[0]
            where = ", ".join(str(row[name]) for name in KEYS if row[name] is not None)
            raise CheckError("a value of trade is below zero", where=f"{where}: {row['value_usd']}")
        if self.products is not None:
            return
        areas = self.store.fetch(self.store.table("areas").select("area").distinct())["area"].to_pylist()
        partners = set(pc.unique(found["partner"]).to_pylist())
        if strange := sorted(partners & (WORLD_CODES | set(areas))):
            raise CheckError(
                f"{strange[0]} is a sum of countries and stands among the partners",
                remedy="Keep countries only, or everything is counted twice",
            )

    @cached_property
    def years(self) -> dict[str, tuple[int, ...]]:
        """Years held of each flow, of a file those among the years that are read."""
        if self.products is None:
            pairs = self.totals.group_by(["flow", "year"]).aggregate([]).to_pylist()
        else:
            pairs = self.store.fetch_rows(self.products.known().select("flow", "year").distinct())
        return _by_flow(pairs)

    def why_missing(self, flow: str, years: tuple[int, ...]) -> str:
        """Why years of a flow cannot be compared: what is held, or since when."""
        if self.products is not None and not any(self.years.values()):
            return self.products.why_nothing("product and partner")
        held = _by_flow(self.store.fetch_rows(self.rows.select("flow", "year").distinct()))[flow]
        if not held:
            return f"not_covered: no {flow}s by product and partner are held"
        missing = " and ".join(str(year) for year in years if year not in held)
        span = str(held[0]) if len(held) == 1 else f"{held[0]} to {held[-1]}"
        return f"not_covered: {flow}s by product and partner are held for {span}, not for {missing}"

    def vintages(self, flow: str) -> dict[int, dt.date]:
        """Vintage of each year of a flow; none for a file."""
        if self.products is None:
            return {}
        rows = self.products.known()
        rows = rows.filter(rows.flow == flow)
        found = rows.group_by("year").aggregate(vintage=rows.vintage.max())
        return {int(row["year"]): row["vintage"] for row in self.store.fetch_rows(found)}

    def lineage(self, flows: tuple[str, ...], years: tuple[int, ...], formula: str) -> tuple[Lineage, ...]:
        """Stored rows behind the figures; a file is named in the answer's inputs instead."""
        if self.products is None:
            return ()
        rows = self.products.rows()
        rows = rows.filter(rows.flow.isin(flows), rows.year.isin(years))
        return tuple(
            Lineage("trade", rows.filter(rows.flow == flow), formula, value=VALUES[flow])
            for flow in flows
            if VALUES[flow] in rows.columns
        )


def _by_flow(pairs: list[dict[str, Any]]) -> dict[str, tuple[int, ...]]:
    return {
        flow: tuple(sorted(int(row["year"]) for row in pairs if row["flow"] == flow)) for flow in FLOW_NAMES
    }


def trade_of(params: ChangeParams, store: Store) -> Trade:
    """Read the trade a decomposition is about; with prices every year, by which outliers are told.

    Raises
    ------
    UnknownCodeError, ParameterError
        A partner or reporter nobody knows.
    NotCoveredError, SchemaError, CheckError
        A file is not there, has another layout, or holds sums of countries among the partners.
    """
    priced = is_priced(params)
    span = None if priced else (params.from_.start, params.to.start)
    return replace(_source(params, store), span=span, priced=priced)


def is_priced(params: ChangeParams) -> bool:
    """Whether the way needs quantities."""
    own = params.how == "constant-dollars" and params.deflator == "fisher"
    return own or params.how == "price-quantity"


def _source(params: ChangeParams, store: Store) -> Trade:
    if params.panel is None:
        return _stored(params, store)
    reporter = frozenset(reporter_codes(store, params.reporter))
    members = None if params.partner is None else chosen_suppliers(store, params.partner, reporter)
    if params.panel == HS6:
        return _of_members(_hs6(params, store), store, members)
    if params.panel == HTS10:
        return _of_members(_hts10(params, store), store, members)
    return _of_members(_panel(params, store, sorted(reporter)), store, members)


def _stored(params: ChangeParams, store: Store) -> Trade:
    """What ships and what the user ingested."""
    day = params.as_of.day if params.as_of else None
    members = selection.chosen_partners(store, params.partner)
    products = Products(store, day, None, members, params.group, params.product)
    rows = products.rows()
    held = [flow for flow in FLOW_NAMES if VALUES[flow] in rows.columns]
    value = ibis.cases(*[(rows.flow == flow, rows[VALUES[flow]]) for flow in held])
    columns = {"value_usd": value}
    quantities = UNIT in rows.columns
    if quantities:
        columns["quantity"] = ibis.cases(
            *[(rows.flow == flow, rows[QUANTITIES[flow]].cast("float64")) for flow in held]
        )
        columns["unit"] = rows[UNIT]
    kept = rows.select("year", "flow", "product", "group", "partner", **columns)
    return Trade(store, kept.filter(kept.value_usd.notnull()), products, everyone=True, quantities=quantities)


def _hs6(params: ChangeParams, store: Store) -> Trade:
    file = _of_usa(params, open_hs6(store))
    flow = ibis.cases(*[(file.flow == code, name) for name, code in FLOWS.items()])
    rows = file.select(
        "year",
        "product",
        "partner",
        "quantity",
        "unit",
        flow=flow,
        group=ibis.null("string"),
        value_usd=half_even(file.value_usd),
    )
    years = range(params.from_.start, params.to.start + 1)
    used = {
        EDITIONS[max(first for first in EDITIONS if first <= year)] for year in years if year >= min(EDITIONS)
    }
    notes = [
        f"From {Path(HS6_FILE).name}: imports at c.i.f. value as Comtrade gives them, from Taiwan at customs "
        "value."
    ]
    if len(used) > 1:
        notes.append(
            f"Codes of editions {', '.join(sorted(used))} are compared by number: a product that moved to "
            "another code looks like one that ended and one that began."
        )
    rows = rows.filter(_among(rows, params))
    return Trade(store, rows, notes=tuple(notes), quantities=True)


def _hts10(params: ChangeParams, store: Store) -> Trade:
    file = selection.labelled_partners(_of_usa(params, open_hts10(store)), store)
    rows = file.select(
        "year", "product", "partner", "value_usd", flow=ibis.literal("import"), group=ibis.null("string")
    )
    note = f"From {Path(HTS10_FILE).name}: general imports of all goods, customs value."
    return Trade(store, rows.filter(_among(rows, params)), everyone=True, notes=(note,))


def _of_usa(params: ChangeParams, file: Table) -> Table:
    if params.reporter != "USA":
        raise NotCoveredError(
            f"the file {params.panel} holds trade of the United States only", remedy="Leave reporter out"
        )
    return file


def _panel(params: ChangeParams, store: Store, inside: list[str]) -> Trade:
    name = str(params.panel)
    panel = open_panel(store, name)
    panel = panel.filter(panel.exporter != panel.importer)
    panel = panel.mutate(value_usd=half_even(panel.value_usd))
    panel = panel.filter(_among(panel, params))
    held = [column for column in ("quantity", "unit") if column in panel.columns]
    columns = ["year", "product", "value_usd", *held]
    nothing = ibis.null("string")
    bought, sold = (panel.filter(panel[side].isin(inside)) for side in ("importer", "exporter"))
    imports = bought.select(*columns, flow=ibis.literal("import"), group=nothing, partner="exporter")
    exports = sold.select(*columns, flow=ibis.literal("export"), group=nothing, partner="importer")
    rows = imports.union(exports)
    if "quantity" in held and "unit" not in held:
        rows = rows.mutate(unit=ibis.literal("unit of the panel"))
    world = panel.select("year", "product", "value_usd", seller="exporter", partner="importer")
    note = (
        f"From the panel {Path(name).name}, trade of {params.reporter}; a partner without any row in a year "
        "is not held in it, a product without a row of a partner that is held was not traded."
    )
    return Trade(store, rows, notes=(note,), quantities="quantity" in held, world=world)


def _of_members(trade: Trade, store: Store, members: tuple[Member, ...] | None) -> Trade:
    """Keep the partners asked for."""
    if members is None:
        return trade
    labels = sorted(labels_of(store, members))
    return replace(trade, rows=trade.rows.filter(trade.rows.partner.isin(labels)))


def _among(rows: Table, params: ChangeParams) -> ibis.expr.types.BooleanValue:
    return selection.among_products(rows, params.product)


def half_even(value: NumericValue) -> IntegerValue:
    """Round to whole dollars, halves to the even one (DESIGN, tables)."""
    middle = (value - value.floor()) == 0.5
    return ibis.ifelse(middle, 2 * (value / 2).round(), value.round()).cast("int64")
