"""Measures of the value chain against the reference vectors, and the index against an independent program."""

import json

import ibis
import numpy as np
import pyarrow as pa
import pytest

from techbalance.indicators.value_chain.advantage import (
    country_sophistication,
    product_sophistication,
    revealed_advantage,
)
from techbalance.indicators.value_chain.intra_industry import intra_industry_trade, two_way_trade
from techbalance.indicators.value_chain.similarity import export_similarity
from techbalance.indicators.value_chain.unit_values import income_slope, quality_of, unit_values
from techbalance.models.complexity import complexity, density, proximity
from techbalance.questions.ladder.evidence import Measured

# The reference is printed to ten decimals or in full; incomes are some ten thousands.
VECTOR = 1e-10
INCOME = 1e-10 * 40_000
# The independent program's figures are good to this (METHODS C3).
INDEX = 1e-6
KINDS = {"H": "horizontal", "V-high": "vertical-high", "V-low": "vertical-low", "n/a": "n/a"}


@pytest.fixture(scope="module")
def vectors(shared_reference):
    return json.loads((shared_reference / "golden_vectors.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def block(vectors):
    return vectors["C"]


@pytest.fixture(scope="module")
def trade(block):
    rows = [
        {"year": 2020, "country": "ABCDE"[at], "product": f"p{place}", "value_usd": value}
        for at, row in enumerate(block["X"])
        for place, value in enumerate(row)
    ]
    return ibis.memtable(pa.Table.from_pylist(rows))


@pytest.fixture(scope="module")
def income(block):
    return ibis.memtable(pa.table({"year": [2020] * 5, "country": list("ABCDE"), "income": block["Y"]}))


def test_advantage_and_its_symmetric_form(block, trade):
    found = revealed_advantage(trade).order_by("country", "product").to_pyarrow()
    for column, name in (("rca", "RCA"), ("rsca", "RSCA")):
        values = np.array(found[column]).reshape(5, 5)
        assert np.abs(values - block[name]).max() <= VECTOR


def test_sophistication_of_products_and_countries(block, trade, income):
    products = product_sophistication(trade, income).order_by("product").to_pyarrow()
    countries = country_sophistication(trade, income).order_by("country").to_pyarrow()
    assert np.abs(np.array(products["prody"]) - block["PRODY"]).max() <= INCOME
    assert np.abs(np.array(countries["expy"]) - block["EXPY"]).max() <= INCOME


def test_similarity_both_ways(block, trade):
    (one,) = export_similarity(trade, of=["A"], against=["B"]).to_pyarrow().to_pylist()
    (other,) = export_similarity(trade, of=["B"], against=["A"]).to_pyarrow().to_pylist()
    assert abs(one["similarity"] - block["ESI_AB"]) <= VECTOR
    assert abs(other["similarity"] - block["ESI_AB_alt"]) <= VECTOR


@pytest.mark.parametrize(("spread", "name"), [(0.15, "type15"), (0.25, "type25")])
def test_intra_industry_trade(vectors, spread, name):
    given = vectors["C_GL"]
    quantities = {
        side: [
            value / unit if unit else None
            for value, unit in zip(given[flow], given[unit_values_], strict=True)
        ]
        for side, flow, unit_values_ in (("export", "x", "uvx"), ("import", "m", "uvm"))
    }
    flows = ibis.memtable(
        pa.table(
            {
                "year": [2020] * 4,
                "partner": ["P"] * 4,
                "product": list("abcd"),
                "exports_usd": given["x"],
                "imports_usd": given["m"],
                "export_quantity": quantities["export"],
                "import_quantity": quantities["import"],
                "is_same_unit": [True] * 4,
            }
        )
    )
    typed = two_way_trade(flows, spread=spread)
    rows = typed.order_by("product").to_pyarrow().to_pylist()
    assert np.abs(np.array([row["gl"] for row in rows]) - given["GL_i"]).max() <= VECTOR
    assert np.abs(np.array([row["overlap"] for row in rows]) - given["FF_overlap"]).max() <= VECTOR
    assert [row["trade_type"] for row in rows] == [KINDS[kind] for kind in given[name]]
    for row, expected in zip(rows, given["uv_ratio"], strict=True):
        assert (row["uv_ratio"] is None) == (expected is None)
        assert expected is None or abs(row["uv_ratio"] - expected) <= VECTOR
    (whole,) = intra_industry_trade(typed).to_pyarrow().to_pylist()
    assert abs(whole["gl"] - given["GL"]) <= VECTOR


def test_relative_unit_value_and_quality(vectors):
    given = vectors["worked"]["C7"]
    # The median of three suppliers is the one in the middle.
    rows = {
        "year": [2020] * 3,
        "product": ["p"] * 3,
        "partner": list("ABC"),
        "value_usd": [given["uv"], given["median"], 1],
        "quantity": [1.0] * 3,
        "unit": ["no"] * 3,
    }
    found = unit_values(ibis.memtable(pa.table(rows)))
    (own,) = found.filter(found.partner == "A").to_pyarrow().to_pylist()
    assert abs(own["relative_unit_value"] - given["ruv"]) <= VECTOR
    one = ibis.memtable(pa.table({name: [float(given[name])] for name in ("q", "p", "sigma", "fe")}))
    value = one.select(value=quality_of(one.q, one.p, one.sigma, one.fe)).to_pyarrow()["value"][0].as_py()
    assert abs(value - given["quality"]) <= VECTOR


def test_slope_of_unit_values_on_income(vectors):
    given = vectors["worked"]["B6"]
    rows = {
        "year": [2020] * 2,
        "product": ["p"] * 2,
        "partner": ["A", "B"],
        "value_usd": given["uv"],
        "quantity": [1.0] * 2,
        "unit": ["no"] * 2,
    }
    rich = ibis.memtable(pa.table({"year": [2020] * 2, "partner": ["A", "B"], "income": given["gdppc"]}))
    (found,) = income_slope(unit_values(ibis.memtable(pa.table(rows))), rich).to_pyarrow().to_pylist()
    assert abs(found["slope"] - given["beta"]) <= VECTOR


def test_complexity_against_an_independent_program(shared_reference):
    given = json.loads((shared_reference / "golden_eci.json").read_text("utf-8"))
    found = complexity(given["X"], "ABCDE", "pqrstu")
    assert found.specialisation.is_specialised.astype(int).tolist() == given["M"]
    assert np.abs(found.eci - given["ECI_ddof0"]).max() <= INDEX
    assert np.abs(found.pci - given["PCI_eciscale"]).max() <= INDEX
    assert np.abs(found.eigenvalues - given["eigs"]).max() <= INDEX
    assert found.reason is None


def test_the_degenerate_case_has_no_index(block):
    found = complexity(block["X"], "ABCDE", "pqrst")
    assert found.reason.startswith("degenerate: all 5 countries have the same diversity")
    assert found.eci.mask.all()
    assert found.pci.mask.all()
    assert found.specialisation.diversity.tolist() == block["diversity"]
    assert found.specialisation.ubiquity.tolist() == block["ubiquity"]
    assert np.abs(found.eigenvalues - block["degenerate_eigenvalues"]).max() <= VECTOR


def test_proximity_and_density_with_and_without_the_self_term(block):
    of = complexity(block["X"], "ABCDE", "pqrst").specialisation
    assert np.abs(proximity(of).values - block["proximity"]).max() <= VECTOR
    assert np.abs(density(of) - block["density_with_self"]).max() <= VECTOR
    assert np.abs(density(of, self_term=False) - block["density_no_self"]).max() <= VECTOR


def test_a_row_of_the_ladder_keeps_what_is_known_where_a_part_is_not():
    """METHODS C8: similarity .40 to .46, relative unit value .8 to .9, value added not held."""
    alike = Measured("similarity", (0.40, 0.46)).row("level", (2015, 2024))
    dear = Measured("relative unit value", (0.8, 0.9)).row("level", (2015, 2024))
    added = Measured("value added at home", (None, None), note="not_covered: x").row(None, None)
    assert abs(alike["change_measure"] - 0.06) <= VECTOR
    assert abs(dear["change_measure"] - 0.1) <= VECTOR
    assert (alike["reads"], dear["reads"]) == ("for", "for")
    assert (added["change_measure"], added["reads"], added["note"]) == (None, None, "not_covered: x")
