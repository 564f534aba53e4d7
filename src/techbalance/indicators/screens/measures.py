"""What does a screen look at? One row per item and year with every measure a criterion can name.

What is not held stays null, with a note; it never becomes a zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from techbalance.errors import SchemaError, UnknownCodeError
from techbalance.indicators.concentration import SupplierColumns, supplier_concentration
from techbalance.indicators.screens.declaration import INPUT_WORDS, SIDE_INPUT, Input, Screen, Side
from techbalance.outline import ibis

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import NumericValue, Value

YEAR: Final = "year"
# Measures of concentration.supplier_concentration that a criterion may name, with their types.
CONCENTRATION_TYPES: Final = {
    "suppliers": "int64",
    "hhi": "float64",
    "hhi_normalised": "float64",
    "effective_suppliers": "float64",
    "top_share": "float64",
    "top3_share": "float64",
}
SIDE_COLUMNS: Final = frozenset(f"{side}_{name}" for side in SIDE_INPUT for name in CONCENTRATION_TYPES)


@dataclass(frozen=True)
class ScreenFlows:
    """The flows a screen is judged on, all with the same column names.

    Parameters
    ----------
    columns
        Keys of an item without the year (``("product",)`` say), value, partner. Every table has ``year`` too.
    imports
        Imports by partner.
    exports
        Our exports; by partner, or totals without that column.
    world
        Exports of every exporter (in the partner's column) to the world.
    production
        Domestic production, without partner.
    members
        Partners inside the reporting area; empty for a single country.

    Notes
    -----
    A row that is absent is unknown, not zero: where a source leaves zero flows out, complete it first.
    """

    columns: SupplierColumns
    imports: Table
    exports: Table | None = None
    world: Table | None = None
    production: Table | None = None
    members: frozenset[str] = frozenset()

    @property
    def held(self) -> frozenset[Input]:
        """Which inputs are there."""
        given: dict[Input, object] = {
            "imports": True,
            "exports": self.exports is not None,
            "world": self.world is not None,
            "production": self.production is not None,
            "members": bool(self.members),
        }
        return frozenset(name for name, there in given.items() if there)


def import_reliance(
    imports: NumericValue,
    exports: NumericValue,
    production: NumericValue,
    stock_drawdown: NumericValue | None = None,
) -> tuple[NumericValue, NumericValue]:
    """Import penetration and net import reliance.

    ``M / (Y + M - X)`` and ``(M - X + S) / (Y + M - X + S)`` with S the draw-down of stocks.

    Parameters
    ----------
    imports, exports, production
        Columns of the same unit.
    stock_drawdown
        How far stocks fell; 0 if not given.

    Returns
    -------
    tuple
        Penetration (>= 0) and net reliance (negative for a net exporter); null where an input is null or
        the denominator, apparent consumption, is not above zero.

    Notes
    -----
    USGS, Mineral Commodity Summaries.
    """
    drawn: NumericValue = ibis.literal(0) if stock_drawdown is None else stock_drawdown
    used = (production + imports - exports).cast("float64")
    used_with_stocks = used + drawn
    penetration = imports.cast("float64") / ibis.ifelse(used > 0, used, ibis.null("float64"))
    net = (imports - exports + drawn).cast("float64")
    return penetration, net / ibis.ifelse(used_with_stocks > 0, used_with_stocks, ibis.null("float64"))


def screen_measures(flows: ScreenFlows, screen: Screen | None = None) -> Table:
    """Every measure a criterion can name, for each item and year.

    Parameters
    ----------
    flows
        The flows held.
    screen
        Leaves out the measures of concentration that this screen does not name, for a shorter query.

    Returns
    -------
    Table
        One row per (keys, year) of imports or exports, ordered so. For each side ``import`` (from outside
        the area's members), ``export``, ``world``: ``<side>_total`` (unit of the value), ``_suppliers``,
        ``_hhi``, ``_hhi_normalised``, ``_effective_suppliers``, ``_top_share``, ``_top3_share``, ``_note``;
        and ``imports_to_exports`` (null at zero exports), ``outside_share`` (imports from outside / all
        imports; null for a single country), ``penetration`` (null without production).

    Raises
    ------
    SchemaError
        A table lacks a column or has no numbers in it.

    Notes
    -----
    Methods D1 to D4.
    """
    yearly = replace(flows.columns, keys=(*flows.columns.keys, YEAR))
    keys = list(yearly.keys)
    named = None if screen is None else {criterion.column for criterion in screen.criteria}
    wanted = SIDE_COLUMNS if named is None else SIDE_COLUMNS & named
    rows = _side("import", flows.imports, yearly, wanted)
    if flows.members:
        outside = flows.imports.filter(~flows.imports[yearly.partner].isin(sorted(flows.members)))
        bought = rows.select(*keys, all_imports=rows.import_total)
        rows = _joined(bought, _side("import", outside, yearly, wanted), keys, "left")
    else:
        rows = rows.mutate(all_imports=rows.import_total)
    if flows.exports is not None:
        rows = _joined(rows, _side("export", flows.exports, yearly, wanted), keys, "outer")
    if flows.world is not None:
        rows = _joined(rows, _side("world", flows.world, yearly, wanted), keys, "left")
    if flows.production is not None:
        rows = _joined(rows, _totals(flows.production, yearly, "production"), keys, "left")
    rows = _completed(rows, flows, wanted)
    ratio = rows.import_total.cast("float64") / rows.export_total.nullif(0).cast("float64")
    outside_share = rows.import_total.cast("float64") / rows.all_imports.nullif(0).cast("float64")
    penetration, _ = import_reliance(rows.all_imports, rows.export_total, rows.production)
    return rows.mutate(
        imports_to_exports=ratio,
        outside_share=outside_share if flows.members else ibis.null("float64"),
        penetration=penetration,
    ).order_by(keys)


def _side(side: Side, table: Table, columns: SupplierColumns, wanted: frozenset[str]) -> Table:
    """A side's total and measures per key, and the reason why they are null."""
    if columns.partner not in table.columns and side == "export":
        sums = _totals(table, columns, "export_total")
        nulls = {f"export_{name}": ibis.null(kind) for name, kind in _kept("export", wanted).items()}
        return sums.mutate(**nulls, export_note=ibis.literal("not_covered: held as totals, not by partner"))
    measured = supplier_concentration(table, columns)
    return measured.select(
        *columns.keys,
        **{f"{side}_total": measured[columns.value]},
        **{f"{side}_{name}": measured[name] for name in _kept(side, wanted)},
        **{f"{side}_note": measured.note},
    )


def _kept(side: Side, wanted: frozenset[str]) -> dict[str, str]:
    return {name: kind for name, kind in CONCENTRATION_TYPES.items() if f"{side}_{name}" in wanted}


def _totals(table: Table, columns: SupplierColumns, name: str) -> Table:
    """Sum per key; null where a part of it is."""
    if missing := [key for key in (*columns.keys, columns.value) if key not in table.columns]:
        near = UnknownCodeError.among("column", missing[0], table.columns)
        raise SchemaError(near.what, where=f"table of {name}", remedy=near.remedy)
    value = table[columns.value]
    whole = ibis.ifelse(value.isnull().any(), ibis.null(value.type()), value.sum())
    return table.aggregate(by=list(columns.keys), **{name: whole})


def _joined(rows: Table, more: Table, keys: list[str], how: Literal["left", "outer"]) -> Table:
    kept = [name for name in (*rows.columns, *more.columns) if name not in keys]
    if how == "left":
        return rows.left_join(more, keys).select(*keys, *kept)
    # Two steps, because a later join cannot be chained to keys computed in this one.
    both = rows.outer_join(more, keys, rname="{name}_there")
    both = both.select(*keys, *(f"{key}_there" for key in keys), *kept)
    whole = {key: ibis.coalesce(both[key], both[f"{key}_there"]) for key in keys}
    return both.select(**whole, **{name: both[name] for name in kept})


def _completed(rows: Table, flows: ScreenFlows, wanted: frozenset[str]) -> Table:
    """Fill what is not held with typed nulls, and say of every side why it is null."""
    held: dict[Side, bool] = {
        "import": True,
        "export": flows.exports is not None,
        "world": flows.world is not None,
    }
    columns: dict[str, Value] = {} if flows.production is not None else {"production": ibis.null("float64")}
    for side, there in held.items():
        if there:
            absent = rows[f"{side}_total"].isnull() & rows[f"{side}_note"].isnull()
            gap = ibis.literal("not_covered: no row of this item and year")
            columns[f"{side}_note"] = ibis.ifelse(absent, gap, rows[f"{side}_note"])
        else:
            columns[f"{side}_total"] = ibis.null("float64")
            columns |= {f"{side}_{name}": ibis.null(kind) for name, kind in _kept(side, wanted).items()}
            words = INPUT_WORDS[SIDE_INPUT[side]]
            columns[f"{side}_note"] = ibis.literal(f"not_covered: {words} are not held")
    if flows.members:
        # Bought, but only from members: what came from outside is zero, not unknown.
        inside = rows.import_total.isnull() & rows.import_note.isnull() & rows.all_imports.notnull()
        nothing = ibis.literal("no_trade: nothing came from outside the area")
        columns["import_total"] = ibis.ifelse(inside, 0, rows.import_total)
        if "import_suppliers" in wanted:
            columns["import_suppliers"] = ibis.ifelse(inside, 0, rows.import_suppliers)
        columns["import_note"] = ibis.ifelse(inside, nothing, columns["import_note"])
    return rows.mutate(**columns)
