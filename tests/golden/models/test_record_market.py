"""The partial equilibrium on the shipped imports: all products and suppliers of 2024, nothing lost."""

from importlib import resources

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from techbalance.models.partial_equilibrium import (
    Market,
    Policy,
    add_home_variety,
    solve_partial_equilibrium,
)

ROUNDING = 1e-12
"""Sums of some sixteen thousand products of rounded numbers."""


@pytest.fixture(scope="module")
def imports():
    """Advanced technology imports of 2024: product, partner, customs value, duty."""
    with resources.as_file(resources.files("techbalance.record") / "trade.parquet") as path:
        table = pq.read_table(path)
    table = table.filter((pc.field("year") == 2024) & (pc.field("group") != "00"))
    product, value = np.array(table["product"].to_pylist()), table["consumption_usd"].to_numpy().astype(float)
    names, place = np.unique(product, return_inverse=True)
    entered = np.bincount(place, weights=value)[place] > 0
    assert names.size > 500
    return (
        tuple(product[entered]),
        tuple(np.array(table["partner"].to_pylist())[entered]),
        value[entered],
        table["duty_usd"].to_numpy().astype(float)[entered],
    )


@pytest.fixture(scope="module")
def market(imports):
    product, partner, value, duty = imports
    rate = np.divide(duty, value, out=np.zeros_like(value), where=value > 0)
    foreign = Market(
        product,
        partner,
        value,
        sigma=np.array(4.0),
        demand_elasticity=np.array(-1.0),
        supply_elasticity=np.array(5.0),
        valuation="customs",
    )
    whole = add_home_variety(foreign, 0.4, supply_elasticity=1.5, tariff_base=rate)
    return whole, np.append(rate, np.zeros(len(whole.rows) - rate.size))


def test_a_tariff_on_everything(imports, market):
    _, partner, value, duty = imports
    whole, rate = market
    new = np.where(whole.home, 0.0, rate + 0.25)
    solved = solve_partial_equilibrium(whole, Policy(tariff_base=rate, tariff_new=new))
    assert solved.residual < 1e-10
    assert solved.customs_value_base_usd[~whole.home].sum() == pytest.approx(value.sum(), rel=ROUNDING)
    assert solved.revenue_base_usd.sum() == pytest.approx(duty[value > 0].sum(), rel=ROUNDING)
    paid = solved.customs_value_new_usd + solved.revenue_new_usd
    np.testing.assert_allclose(solved.consumer_value_new_usd, paid, rtol=1e-9)
    spent = solved.by_product.price_index_hat * solved.by_product.quantity_hat
    spent *= np.bincount(whole.row_product, weights=solved.consumer_value_base_usd)
    assert paid.sum() == pytest.approx(spent.sum(), rel=ROUNDING * 100)
    assert np.all(solved.by_product.trade_creation_usd <= 0)
    totals = solved.by_supplier()
    assert set(totals.suppliers) == {*partner, "home"}
    assert totals.balance_change_usd.sum() == pytest.approx(
        value.sum() - solved.by_product.imports_new_usd.sum(), rel=1e-9
    )


def test_keeping_the_tariffs_changes_nothing(market):
    whole, rate = market
    solved = solve_partial_equilibrium(whole, Policy(tariff_base=rate))
    np.testing.assert_allclose(solved.quantity_hat.compressed(), 1.0, atol=1e-13)
    assert {note.reason for note in solved.notes} == {"zero_flow"}
