"""Dependence on the shipped record and on the shared files: published totals, and a second way to compute."""

from __future__ import annotations

import csv
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from techbalance.models.elasticities import (
    ElasticitySource,
    match_elasticities,
    substitution_elasticity,
)
from techbalance.models.lookthrough import origin_exposure
from techbalance.models.stress import SupplierFlows, removed_shares, supplier_loss
from techbalance.models.worst_case import Harm, worst_case

# Supplies are known in billions to one decimal.
HALF_DIGIT = 0.05e9
# Where the power series below is cut: the spectral radius of the table is 0.61, and 0.61^80 < 1e-17.
TERMS = 80
SERIES = 1e-10


@pytest.fixture(scope="module")
def record() -> SupplierFlows:
    """General imports of ATP in 2025, products x Census partners."""
    with resources.as_file(resources.files("techbalance.record") / "trade.parquet") as path:
        if not path.is_file():
            pytest.skip("the record is not built")
        names = ["product", "partner", "general_usd"]
        table = pq.read_table(path, columns=names, filters=[("year", "=", 2025), ("group", "!=", "00")])
    columns = table.to_pydict()
    products, row = np.unique(np.array(columns["product"]), return_inverse=True)
    partners, column = np.unique(np.array(columns["partner"]), return_inverse=True)
    imports = np.zeros((products.size, partners.size))
    np.add.at(imports, (row, column), columns["general_usd"])
    return SupplierFlows(tuple(products.tolist()), tuple(partners.tolist()), imports)


@pytest.mark.parametrize(
    ("partner", "billions"),
    [("5830", 163.0), ("2010", 149.5), ("4190", 103.7), ("5520", 90.4), ("5700", 61.7)],
)
def test_losing_a_partner_loses_what_it_sold(record: SupplierFlows, partner: str, billions: float) -> None:
    lost = supplier_loss(record, removed_shares(record.suppliers, {partner: 1.0}))
    assert lost.loss_usd.sum() == pytest.approx(billions * 1e9, abs=HALF_DIGIT)
    whole, recovered, short = lost.in_whole_dollars()
    assert (recovered + short == whole).all()
    assert (short[0] >= short[1]).all()


def test_the_three_largest_losses_are_the_three_largest_suppliers(record: SupplierFlows) -> None:
    found = worst_case(record, 3, harm=Harm(objective="loss"))
    assert (found.suppliers, found.is_exact) == (("5830", "2010", "4190"), True)
    short = worst_case(record, 3, harm=Harm(capacity=0.5))
    assert short.is_exact
    # Ireland sells more than Vietnam, but what it sells is easier to find elsewhere.
    assert set(short.suppliers) == {"5830", "2010", "5520"}


def read(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_product_of_the_record_has_a_flagged_elasticity(
    record: SupplierFlows, shared_data: Path
) -> None:
    rows = read(shared_data / "elasticities" / "elasticity_protee_hs6.csv")
    tariff = np.array([float(row["sigma"] or "nan") for row in rows])
    marked = np.array([row["zero"] == "1" or row["positive"] == "1" for row in rows])
    codes = tuple(row["hs6_2007"] for row in rows)
    source = ElasticitySource("ProTEE 0.1", codes, substitution_elasticity(-tariff), marked)
    found = match_elasticities(record.products, source)
    assert set(found.matched) <= {"parent-6", "mean-4", "mean-2", None}
    # HS6 of 2007 under codes of 2025: most headings live on, and the rest is said to be an average.
    assert found.matched.count("parent-6") > len(record.products) / 2
    assert found.matched.count(None) < len(record.products) / 50
    assert float(found.sigma.min()) > 1


def test_looking_through_is_the_sum_of_all_rounds_of_purchases(shared_data: Path) -> None:
    with np.load(shared_data / "icio" / "wiod2013_npz" / "wiot_2011.npz") as table:
        between, final = table["inter"].astype(float), table["final"].astype(float)
        countries, industries = table["countries"].tolist(), table["industries"].tolist()
    output = between.sum(axis=1) + final.sum(axis=1)
    coefficients = between / np.where(output > 0, output, 1.0)
    sectors = [f"{country}.{industry}" for country in countries for industry in industries]
    origin = [country for country in countries for _ in industries]
    asked = [f"USA.{industry}" for industry in industries if f"USA.{industry}" in sectors][:15]
    found = origin_exposure(coefficients, origin, sectors=sectors, columns=asked)
    rounds = coefficients[:, [sectors.index(name) for name in asked]]
    total = rounds.copy()
    for _ in range(TERMS):
        rounds = coefficients @ rounds
        total += rounds
    from_china = [position for position, country in enumerate(origin) if country == "CHN"]
    expected = total[from_china].sum(axis=0) / total.sum(axis=0)
    china = found.origins.index("CHN")
    assert found.inputs[china].tolist() == pytest.approx(expected.tolist(), abs=SERIES)
    assert (found.inputs[china] > found.face[china]).all()
