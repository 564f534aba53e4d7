"""One year's trade as products by suppliers, and the shocks people name as shares of suppliers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from techbalance.errors import CheckError, NotCoveredError
from techbalance.models.stress import SupplierFlows
from techbalance.questions.parameters.texts import PartnerRef
from techbalance.questions.supply.trade import AMOUNT, chosen_suppliers, labels_of

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.questions.supply.trade import Supply

Cells = dict[tuple[str, str], float]


def supplier_flows(supply: Supply, year: int, *, of_world: bool) -> SupplierFlows:
    """Imports of a year, products x suppliers; exports to the world where the capacity is a share of them.

    Raises
    ------
    NotCoveredError
        Exports to the world are asked for and not held.
    CheckError
        A sum of countries stands among the suppliers.
    """
    if of_world and supply.world is None:
        raise NotCoveredError(
            "what suppliers export to the world, by product, is not held",
            remedy="Leave capacity a share of exports to us (0.05:0.5), or bring a panel of world trade",
        )
    bought = _cells(supply, supply.from_outside, year)
    products = sorted({product for product, _ in bought})
    world: Cells = {}
    if of_world and supply.world is not None:
        sold = _cells(supply, supply.world, year)
        own = supply.reporter
        world = {key: usd for key, usd in sold.items() if key[0] in set(products) and key[1] not in own}
    suppliers = sorted({supplier for _, supplier in (*bought, *world)})
    if sums := sorted(set(suppliers) & supply.totals):
        raise CheckError(
            f"{sums[0]} is a sum of countries and stands among the suppliers",
            where=f"year {year}",
            remedy="Keep countries only, or everything is counted twice",
        )
    places = (
        {name: place for place, name in enumerate(products)},
        {name: place for place, name in enumerate(suppliers)},
    )

    def matrix(cells: Cells) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        filled = np.zeros((len(products), len(suppliers)))
        for (product, supplier), usd in cells.items():
            filled[places[0][product], places[1][supplier]] = usd
        return filled

    return SupplierFlows(
        tuple(products), tuple(suppliers), matrix(bought), matrix(world) if of_world else None
    )


def _cells(supply: Supply, table: Table, year: int) -> Cells:
    rows = table.filter(table.year == year)
    sums = rows.group_by("product", "partner").aggregate(usd=rows[AMOUNT].sum())
    found = supply.store.fetch(sums).to_pydict()
    return dict(
        zip(zip(found["product"], found["partner"], strict=True), map(float, found["usd"]), strict=True)
    )


def suppliers_named(supply: Supply, names: list[str], year: int) -> dict[str, list[str]]:
    """Labels behind each name, members of an area as of the year.

    Raises
    ------
    UnknownCodeError, ParameterError
        A partner nobody knows; or one is named twice, by itself and inside an area; or a sum of partners.
    """
    store, reporter = supply.store, supply.reporter
    chosen_suppliers(store, names, reporter)
    return {
        name: sorted(labels_of(store, chosen_suppliers(store, [name], reporter), year))
        for name in PartnerRef.parse(names)
    }
