"""What do suppliers, buyers and the treasury get once the markets clear?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from techbalance.models.partial_equilibrium.order_book import clear, open_book
from techbalance.models.partial_equilibrium.result import (
    HELD_FIXED,
    PartialEquilibriumResult,
    ProductOutcomes,
)
from techbalance.models.validation import Note, frozen, name_some, undefined_where

if TYPE_CHECKING:
    from techbalance.models.partial_equilibrium.market import Levers, Market, Policy
    from techbalance.models.partial_equilibrium.order_book import Cleared, OrderBook
    from techbalance.models.validation import FloatArray


def solve_partial_equilibrium(market: Market, policy: Policy) -> PartialEquilibriumResult:
    """Solve every product's market under ``policy``.

    P = (sum s_i pc_i^(1-sigma))^(1/(1-sigma)); demand q_i = pc_i^-sigma P^(sigma+eta); supply q_i = shift_i
    (p_i (1+subsidy_i) / cost_i)^epsilon_i; pc_i = p_i (1+tariff_new)/(1+tariff_base), or the price at which
    the quota is demanded where that is higher. All in changes from the base.

    Parameters
    ----------
    market
        Values and elasticities, one row per (product, supplier).
    policy
        Tariffs, subsidies, supply shifts, costs, quotas.

    Returns
    -------
    PartialEquilibriumResult
        Prices, quantities, values, revenue, surpluses, diversion.

    Raises
    ------
    ModelInputError
        A lever out of range; see ``Policy``.
    ConvergenceError
        A market does not clear within the tolerance.

    Notes
    -----
    Hallren & Riker 2017 (USITC Working Paper 2017-07-B), Armington 1969. At sigma = 1 the Cobb-Douglas limit;
    with infinite supply elasticity the price of the supplier stays at its cost.

    Examples
    --------
    >>> import numpy as np
    >>> from techbalance.models.partial_equilibrium import Market, Policy
    >>> market = Market(("chips",) * 3, ("home", "A", "B"), np.array([60.0, 30.0, 10.0]),
    ...     sigma=np.array(4.0), demand_elasticity=np.array(-1.0),
    ...     supply_elasticity=np.array([1.0, 10.0, 10.0]))
    >>> solved = solve_partial_equilibrium(market, Policy(tariff_new=np.array([0.0, 0.25, 0.0])))
    >>> solved.by_product.price_index_hat.round(6).tolist()
    [1.079385]
    """
    levers = policy.against(market)
    if market.valuation == "consumer":
        customs = market.value_usd / (1.0 + levers.tariff_base)
    else:
        customs = market.value_usd
    paid = customs * (1.0 + levers.tariff_base)
    book = open_book(market, levers, paid)
    return _account(market, levers, customs, book, clear(book, market.products))


def _account(
    market: Market, levers: Levers, customs: FloatArray, book: OrderBook, cleared: Cleared
) -> PartialEquilibriumResult:
    """Turn log changes into dollars, row by row. ``customs`` is the base value before tariff."""

    def spread(values: FloatArray) -> FloatArray:
        rows = np.zeros(customs.shape)
        rows[book.order] = values
        return rows

    zero = customs == 0
    price, quantity = spread(cleared.consumer_price), spread(cleared.quantity)
    producer = spread(cleared.producer_price)
    binds = spread(cleared.binds.astype(np.float64)) > 0
    sold = np.where(zero, 0.0, customs * np.exp(producer + quantity))
    paid_base = customs * (1.0 + levers.tariff_base)
    paid_new = np.where(zero, 0.0, paid_base * np.exp(price + quantity))
    rent = np.where(binds, np.maximum(paid_new - sold * (1.0 + levers.tariff_new), 0.0), 0.0)
    border = sold if levers.rent_stays else sold + rent
    received_base = customs * (1.0 + levers.subsidy_base)
    received_new = sold * (1.0 + levers.subsidy_new)
    surplus = (received_new - received_base) / (1.0 + market.supply_elasticity)
    rows = {
        "consumer_value_base_usd": paid_base,
        "consumer_value_new_usd": paid_new,
        "customs_value_base_usd": np.array(customs),
        "customs_value_new_usd": border,
        "revenue_base_usd": levers.tariff_base * customs,
        "revenue_new_usd": levers.tariff_new * sold,
        "subsidy_base_usd": levers.subsidy_base * customs,
        "subsidy_new_usd": levers.subsidy_new * sold,
        "producer_surplus_change_usd": surplus,
        "quota_rent_usd": rent,
        "balance_change_usd": np.where(market.home, 0.0, customs - border),
    }
    volume = np.where(zero, 0.0, customs * np.expm1(quantity))
    notes = []
    if zero.any():
        names = tuple(name for name, none in zip(market.rows, zero, strict=True) if none)
        notes.append(Note("zero_flow", f"no base trade, stays zero: {name_some(names)}", names))
    if binds.any():
        names = tuple(name for name, bound in zip(market.rows, binds, strict=True) if bound)
        notes.append(Note("quota_binds", f"the quota limits {name_some(names)}", names))
    return PartialEquilibriumResult(
        product=market.product,
        supplier=market.supplier,
        home=market.home,
        producer_price_hat=undefined_where(np.exp(producer), zero),
        consumer_price_hat=undefined_where(np.exp(price), zero),
        quantity_hat=undefined_where(np.exp(quantity), zero),
        **{name: frozen(values) for name, values in rows.items()},
        quota_binds=binds,
        zero_flow=zero,
        by_product=_by_product(market, levers, cleared, rows, volume),
        closure=HELD_FIXED,
        residual=cleared.residual,
        iterations=cleared.iterations,
        notes=tuple(notes),
    )


def _by_product(
    market: Market, levers: Levers, cleared: Cleared, rows: dict[str, FloatArray], volume: FloatArray
) -> ProductOutcomes:
    """Add rows up by product; ``volume`` is each row's change of quantity at base customs prices."""
    count = len(market.products)

    def total(values: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(market.row_product, weights=values), dtype=np.float64)

    home, foreign = market.home, ~market.home
    spent = total(rows["consumer_value_base_usd"])
    demand = np.empty(count)
    demand[market.row_product] = market.demand_elasticity
    power = 1.0 + demand
    # (P^(1+eta) - 1)/(1+eta), whose limit at eta = -1 is log P.
    safe = np.where(power == 0, 1.0, power)
    area = np.where(power == 0, cleared.index, np.expm1(power * cleared.index) / safe)
    revenue = total(rows["revenue_new_usd"] - rows["revenue_base_usd"])
    subsidy = total(np.where(home, rows["subsidy_new_usd"] - rows["subsidy_base_usd"], 0.0))
    surplus = rows["producer_surplus_change_usd"]
    home_surplus = total(np.where(home, surplus, 0.0))
    rent = total(rows["quota_rent_usd"])
    kept = rent if levers.rent_stays else total(np.where(home, rows["quota_rent_usd"], 0.0))
    gain = total(np.where(foreign, np.maximum(volume, 0.0), 0.0))
    loss = total(np.where(foreign, np.maximum(-volume, 0.0), 0.0))
    return ProductOutcomes(
        products=market.products,
        price_index_hat=frozen(np.exp(cleared.index)),
        quantity_hat=frozen(np.exp(demand * cleared.index)),
        compensating_variation_usd=frozen(-spent * area),
        revenue_change_usd=frozen(revenue),
        subsidy_cost_change_usd=frozen(subsidy),
        home_surplus_change_usd=frozen(home_surplus),
        foreign_surplus_change_usd=frozen(total(np.where(foreign, surplus, 0.0))),
        quota_rent_usd=frozen(rent),
        national_rent_usd=frozen(np.array(kept)),
        welfare_usd=frozen(-spent * area + revenue - subsidy + home_surplus + kept),
        imports_base_usd=frozen(total(np.where(foreign, rows["customs_value_base_usd"], 0.0))),
        imports_new_usd=frozen(total(np.where(foreign, rows["customs_value_new_usd"], 0.0))),
        trade_creation_usd=frozen(gain - loss),
        trade_diversion_usd=frozen(np.minimum(gain, loss)),
    )
