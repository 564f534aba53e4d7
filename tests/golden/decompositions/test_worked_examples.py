"""The worked examples of decompositions that anyone can recompute by hand (METHODS B)."""

import json
from pathlib import Path

import numpy as np
import pytest

from techbalance.models.decompositions import (
    Cells,
    Items,
    constant_market_share,
    entry_exit,
    logarithmic_mean_effects,
    market_margins,
    price_indices,
    price_quantity,
    shift_share,
    survival,
    whole_dollars,
)

WORKED = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
# The bar of the issue; what is left is the rounding of doubles.
TEN_DIGITS = 1e-10


def near(value):
    return pytest.approx(value, abs=TEN_DIGITS)


def cells(start, end) -> Cells:
    start, end = (np.array(one).astype(np.int64) for one in (start, end))
    product, partner = np.indices(start.shape)
    return Cells(start.ravel(), end.ravel(), product.ravel(), partner.ravel())


def test_logarithmic_means():
    told = WORKED["lmdi"]
    found = logarithmic_mean_effects(cells(told["V0"], told["V1"]))
    assert found.scale.sum() == near(told["scale"])
    assert found.product_mix.sum() == near(told["product_mix"])
    assert found.partner_mix.sum() == near(told["partner_mix"])
    together = found.scale + found.product_mix + found.partner_mix
    assert together.sum() == near(told["total"])


def test_shift_share_by_partner():
    told = WORKED["shift_share"]
    found = shift_share(cells(told["m0"], told["m1"]))
    for name, key in (("growth", "growth"), ("mix", "mix"), ("competitiveness", "competitiveness")):
        assert getattr(found, name).reshape(2, 2).sum(axis=0) == near(told[key])
    assert not found.entry.any()


def test_constant_market_share():
    told = WORKED["constant_market_share"]
    found = constant_market_share(cells(told["X0"], told["X1"]), cells(told["W0"], told["W1"]))
    for name, key in (("world",) * 2, ("commodity",) * 2, ("market",) * 2, ("residual",) * 2):
        assert getattr(found, name).sum() == near(told[key])
    turned = found.world + found.market_first + found.commodity_second + found.residual
    assert turned.sum() == near(told["dX"])
    assert found.market_first.sum() != near(told["market"])


def items() -> Items:
    told = WORKED["indices"]
    p0, p1, q0, q1 = (np.array(told[name]) for name in ("p0", "p1", "q0", "q1"))
    start, end = (np.rint(one).astype(np.int64) for one in (p0 * q0, p1 * q1))
    return Items(start, end, q0, q1, np.ones(3, dtype=bool))


def test_price_indices():
    told = WORKED["indices"]
    found = price_indices(items(), np.zeros(3, dtype=np.int64), 1)
    for name in ("laspeyres", "paasche", "fisher", "tornqvist"):
        assert getattr(found, name)[0] == near(told[name])
    assert found.quantity[0] == near(told["fisher_q"])
    assert found.fisher[0] * found.quantity[0] == near(told["value_ratio"])


def test_bennet():
    found, told = price_quantity(items()), WORKED["bennet"]
    assert (found.price.sum(), found.quantity.sum()) == near((told["price"], told["quantity"]))
    split = whole_dollars(
        np.array([[found.price.sum(), found.quantity.sum()]]), np.array([told["total"]]).astype(int)
    )
    assert split.tolist() == [[told["price"], told["quantity"]]]


def test_margins():
    told = WORKED["margins"]
    # The reference is the whole market: the seller, and one other who sells what is left of it.
    own, rest = np.array(told["own"]), np.array(told["ref"]) - np.array(told["own"])
    both = np.column_stack([own, rest]).astype(np.int64)
    found = market_margins(cells(both, 2 * both))
    assert found.extensive[0][0] == near(told["EM"])
    assert found.intensive[0][0] == near(told["IM"])
    assert found.extensive[0][0] * found.intensive[0][0] == near(told["share"])
    # All doubled: no margin moved.
    assert found.market[0] == near(own.sum())
    assert (found.extensive_effect[0], found.intensive_effect[0]) == near((0.0, 0.0))


def test_entry_and_exit():
    told = WORKED["entry_exit"]
    names = sorted({*told["v0"], *told["v1"]})
    start, end = ([[told[year].get(name, 0)] for name in names] for year in ("v0", "v1"))
    found = entry_exit(cells(start, end))
    assert found.entry.sum() == told["entry"]
    assert found.exit.sum() == told["exit"]
    assert found.growing.sum() + found.shrinking.sum() == told["continuing"]
    assert found.entry.sum() / np.sum(end) == near(told["entrant_share"])


def test_survival():
    found = survival(np.array([1, 2, 3]), np.array([True, True, False]))
    km = WORKED["entry_exit"]["km"]
    # The third spell is censored: it ends nothing.
    assert found.share == near([*km[:2], km[-1]])
    assert (found.at_risk.tolist(), found.ended.tolist()) == ([3, 2, 1], [1, 1, 0])
