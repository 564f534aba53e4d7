"""Trade that ships or was ingested, as the rows a decomposition takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from techbalance.outline import ibis
from techbalance.questions import selection
from techbalance.questions.answer import Lineage
from techbalance.questions.parameters.texts import Years
from techbalance.questions.product_lists.naming import chosen_list
from techbalance.questions.product_lists.placing import refuse_groups
from techbalance.questions.products import Products
from techbalance.questions.trade_read import QUANTITIES

if TYPE_CHECKING:
    import datetime as dt

    import pyarrow as pa
    from ibis import Table

    from techbalance.questions.parameters.change import ChangeParams
    from techbalance.store.catalogue import Store

VALUES: Final = {"export": "export_usd", "import": "general_usd"}
AMOUNTS: Final = {"export": "export_qty_1", "import": "general_qty_1"}
KEYS: Final = ("year", "flow", "group", "product", "partner")


def products(params: ChangeParams, store: Store) -> Products:
    """The ten-digit products asked for, of the list asked for.

    Raises
    ------
    UnknownCodeError
        A partner or list nobody knows.
    ParameterError
        Official groups of a list that has its own.
    """
    chosen = chosen_list(store, params.list)
    refuse_groups(chosen, params.group)
    members = selection.chosen_partners(store, params.partner)
    day = params.as_of.day if params.as_of else None
    return Products(store, day, None, members, params.group, params.product, chosen=chosen)


def held(products: Products) -> dict[tuple[str, int], frozenset[str] | None]:
    """Partners known of each flow and year, by label; None for all. Years without the whole list are out."""
    read = products.read
    lacking = {flow: products.open_years(flow) for flow in VALUES}
    return {
        (flow, bucket[0]): None
        if known.partners is None
        else frozenset(read.labels(known.partners, [bucket]))
        for (flow, bucket), known in read.covered.items()
        if bucket[0] not in lacking[flow]
    }


def figures(products: Products, span: tuple[int, int] | None, *, priced: bool) -> pa.Table:
    """Values of the years asked for, and with ``priced`` quantities of every year."""
    if span is not None:
        products = replace(products, years=Years(*span))
    if not priced:
        rows = products.rows()
        return products.store.fetch(_valued(rows))
    rows = products.behind(QUANTITIES)
    amount = ibis.cases(*[(rows.flow == flow, rows[name]) for flow, name in AMOUNTS.items()])
    unknown = amount.isnull() | (amount <= 0) | rows.unit_1.isnull()
    rows = _valued(rows.mutate(amount=amount, unknown=unknown), "amount", "unknown", "unit_1")
    sums = rows.group_by(list(KEYS)).aggregate(
        value_usd=rows.value_usd.sum(),
        amount=rows.amount.sum(),
        lacking=(rows.unknown & (rows.value_usd > 0)).sum(),
        unit=rows.unit_1.min(),
        last_unit=rows.unit_1.max(),
    )
    # A part without its quantity leaves the whole without one: the unit value would be too high.
    whole = (sums.lacking == 0) & (sums.unit == sums.last_unit)
    quantity = ibis.ifelse(whole, sums.amount.cast("float64"), ibis.null("float64"))
    return products.store.fetch(sums.select(*KEYS, "value_usd", "unit", quantity=quantity))


def _valued(rows: Table, *others: str) -> Table:
    value = ibis.cases(*[(rows.flow == flow, rows[name]) for flow, name in VALUES.items()])
    rows = rows.select(*KEYS, *others, value_usd=value)
    return rows.filter(rows.value_usd.notnull())


def vintages(products: Products, flow: str) -> dict[int, dt.date]:
    """Newest vintage read of each year of a flow."""
    return {bucket[0]: known.vintage for (one, bucket), known in products.read.covered.items() if one == flow}


def lineage(
    products: Products, flows: tuple[str, ...], years: tuple[int, ...], formula: str
) -> tuple[Lineage, ...]:
    """Stored rows behind the figures of some years."""
    some = replace(products, years=Years(min(years), max(years)))
    found = (some.lineage(flow) for flow in flows)
    return tuple(
        replace(one, rows=one.rows.filter(one.rows.year.isin(list(years))), formula=formula) for one in found
    )
