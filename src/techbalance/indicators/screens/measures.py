"""What does a screen look at? One row per item and year with every measure a criterion can name.

What is not held stays null, with a note; it never becomes a zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import ibis

from techbalance.errors import SchemaError, UnknownCodeError
from techbalance.indicators.concentration import SupplierColumns, supplier_concentration
from techbalance.indicators.screens.declaration import INPUT_WORDS, SIDE_INPUT, Input, Side

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import NumericValue, StringValue

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


def screen_measures(flows: ScreenFlows) -> Table:
    """Every measure a criterion can name, for each item and year.

    Parameters
    ----------
    flows
        The flows held.

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
    every_supplier = supplier_concentration(flows.imports, yearly)
    bought = every_supplier.select(*keys, all_imports=every_supplier[yearly.value])
    tables: dict[Side, Table | None] = {
        "import": flows.imports.filter(~flows.imports[yearly.partner].isin(sorted(flows.members)))
        if flows.members
        else flows.imports,
        "export": flows.exports,
        "world": flows.world,
    }
    items = bought.select(*keys)
    if flows.exports is not None:
        sold = _totals(flows.exports, yearly, "exports")
        items = ibis.union(items, sold.select(*keys), distinct=True)
    rows = _attached(items, bought, keys)
    for side, table in tables.items():
        rows = _with_side(rows, side, table, yearly)
    # Bought, but only from members: what came from outside is zero, not unknown.
    none_outside = rows.import_suppliers.isnull() & rows.import_note.isnull() & rows.all_imports.notnull()
    rows = rows.mutate(
        import_total=ibis.ifelse(none_outside, 0, rows.import_total),
        import_suppliers=ibis.ifelse(none_outside, 0, rows.import_suppliers),
        import_note=ibis.ifelse(
            none_outside, "no_trade: nothing came from outside the area", rows.import_note
        ),
    )
    if flows.production is None:
        rows = rows.mutate(production=ibis.null("float64"))
    else:
        rows = _attached(rows, _totals(flows.production, yearly, "production"), keys)
    penetration, _ = import_reliance(rows.all_imports, rows.export_total, rows.production)
    outside = rows.import_total.cast("float64") / rows.all_imports.nullif(0).cast("float64")
    return rows.mutate(
        **{f"{side}_note": _noted(rows, side, held=table is not None) for side, table in tables.items()},
        imports_to_exports=rows.import_total.cast("float64") / rows.export_total.nullif(0).cast("float64"),
        outside_share=outside if flows.members else ibis.null("float64"),
        penetration=penetration,
    ).order_by(keys)


def _totals(table: Table, columns: SupplierColumns, name: str) -> Table:
    """Sum per key; null where a part of it is."""
    if missing := [key for key in (*columns.keys, columns.value) if key not in table.columns]:
        near = UnknownCodeError.among("column", missing[0], table.columns)
        raise SchemaError(near.what, where=f"table of {name}", remedy=near.remedy)
    value = table[columns.value]
    whole = ibis.ifelse(value.isnull().any(), ibis.null(value.type()), value.sum())
    return table.aggregate(by=list(columns.keys), **{name: whole})


def _attached(rows: Table, more: Table, keys: list[str]) -> Table:
    joined = rows.left_join(more, keys)
    return joined.select(*rows.columns, *(name for name in more.columns if name not in keys))


def _with_side(rows: Table, side: Side, table: Table | None, columns: SupplierColumns) -> Table:
    """Add a side's total, measures and the reason why they are null; typed nulls where it is not held."""
    nulls = {f"{side}_{name}": ibis.null(kind) for name, kind in CONCENTRATION_TYPES.items()}
    if table is None:
        return rows.mutate(
            **nulls, **{f"{side}_total": ibis.null("float64"), f"{side}_note": ibis.null("string")}
        )
    keys = list(columns.keys)
    if columns.partner not in table.columns:
        sums = _totals(table, columns, f"{side}_total").mutate(
            **nulls, **{f"{side}_note": ibis.literal("not_covered: held as totals, not by partner")}
        )
        return _attached(rows, sums, keys)
    measured = supplier_concentration(table, columns)
    return _attached(
        rows,
        measured.select(
            *keys,
            **{f"{side}_total": measured[columns.value], f"{side}_note": measured.note},
            **{f"{side}_{name}": measured[name] for name in CONCENTRATION_TYPES},
        ),
        keys,
    )


def _noted(rows: Table, side: Side, *, held: bool) -> StringValue:
    if not held:
        return ibis.literal(f"not_covered: {INPUT_WORDS[SIDE_INPUT[side]]} are not held")
    return ibis.ifelse(
        rows[f"{side}_total"].isnull() & rows[f"{side}_note"].isnull(),
        ibis.literal("not_covered: no row of this item and year"),
        rows[f"{side}_note"],
    )
