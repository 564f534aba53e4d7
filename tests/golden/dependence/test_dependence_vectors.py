"""The printed examples of METHODS D1 to D7 and G6, recomputed."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest

from techbalance.indicators.concentration import (
    SupplierColumns,
    share_without_largest,
    supplier_concentration,
)
from techbalance.indicators.screens.declaration import shipped_screen
from techbalance.indicators.screens.judgement import judge_items, judge_years
from techbalance.indicators.screens.measures import ScreenFlows, import_reliance, screen_measures
from techbalance.models.elasticities import substitution_elasticity
from techbalance.models.lookthrough import origin_exposure
from techbalance.models.price_effect import price_effect
from techbalance.models.stress import SupplierFlows, supplier_loss

# The bar of the issue; sums of a few doubles differ by less.
VECTOR = 1e-12
# .65² + .15² + .05² + .15² = .47
WORLD = (65, 15, 5, 15)
COLUMNS = SupplierColumns(("item",), "usd")


@pytest.fixture(scope="module")
def vectors(shared_reference: Path) -> dict[str, Any]:
    return json.loads((shared_reference / "golden_vectors.json").read_text("utf-8"))


def memtable(columns: dict[str, Any]) -> ibis.Table:
    return ibis.memtable(pa.table(columns))


def sales(shares: list[float]) -> ibis.Table:
    """Whole dollars in the proportion of decimal shares."""
    whole = [int(Fraction(str(share)) * 1000) for share in shares]
    return memtable({"item": ["p"] * len(whole), "partner": list("ABCDEFGH")[: len(whole)], "usd": whole})


def answer(table: ibis.Table) -> list[dict[str, Any]]:
    return ibis.duckdb.connect().to_pyarrow(table).to_pylist()


def test_block_d(vectors: dict[str, Any]) -> None:
    expected = vectors["D"]
    (row,) = answer(supplier_concentration(sales(expected["s"]), COLUMNS))
    assert row["hhi"] == pytest.approx(expected["HHI"], abs=VECTOR)
    assert row["hhi"] * 10_000 == pytest.approx(expected["HHI_10000"], abs=10_000 * VECTOR)
    assert row["effective_suppliers"] == pytest.approx(expected["n_eff"], abs=VECTOR)
    assert row["hhi_normalised"] == pytest.approx(expected["HHI_norm"], abs=VECTOR)
    assert row["top_share"] == pytest.approx(expected["top"], abs=VECTOR)


def test_d4_reliance(vectors: dict[str, Any]) -> None:
    expected = vectors["worked"]["D4"]
    flows = memtable({"m": [expected["M"]], "x": [expected["X"]], "y": [expected["Y"]]})
    penetration, reliance = import_reliance(flows.m, flows.x, flows.y)
    (row,) = answer(flows.select(penetration=penetration, reliance=reliance))
    assert row["penetration"] == pytest.approx(expected["penetration"], abs=VECTOR)
    assert row["reliance"] == pytest.approx(expected["nir"], abs=VECTOR)


def test_d5_profile(vectors: dict[str, Any]) -> None:
    expected = vectors["worked"]["D5"]
    (row,) = answer(supplier_concentration(sales(expected["s"]), COLUMNS))
    profile = answer(share_without_largest(sales(expected["s"]), COLUMNS, removed=(1, 2)))
    assert row["top3_share"] == pytest.approx(expected["cr3"], abs=VECTOR)
    assert [one["remaining_share"] for one in profile] == pytest.approx(
        [expected["v1"], expected["v2"]], abs=VECTOR
    )


def test_d6_loss(vectors: dict[str, Any]) -> None:
    expected = vectors["worked"]["D6"]
    flows = SupplierFlows(
        ("p",), ("A", "B", "C", "D"), np.array([[60.0, 20, 10, 10]]), np.array([[0.0, 400, 100, 50]])
    )
    lost = supplier_loss(flows, [1, 0, 0, 0], capacity=0.05)
    # Shares so small that nothing to speak of is lost leave one supplier at a time to expand.
    touched = [np.where(np.arange(3) == only, 0, 1e-9) for only in range(3)]
    spare = [supplier_loss(flows, [1, *shares], capacity=0.05).recovered_usd[0, 0] for shares in touched]
    price = price_effect(lost.lost_share, np.ma.array([4.0]))
    assert lost.loss_usd[0] == pytest.approx(expected["loss"], abs=VECTOR)
    assert lost.recovered_usd[0, 0] == pytest.approx(expected["recovered"], abs=VECTOR)
    assert lost.shortfall_usd[0, 0] == pytest.approx(expected["shortfall"], abs=VECTOR)
    assert spare == pytest.approx(expected["spare"], abs=VECTOR)
    assert float(price.central[0]) == pytest.approx(expected["price_log"], abs=VECTOR)


def test_d7_lookthrough(vectors: dict[str, Any]) -> None:
    expected = vectors["worked"]["D7"]
    found = origin_exposure(expected["A"], ["1", "2"], sectors=["1.all", "2.all"], columns=["1.all"])
    assert found.origins == ("1", "2")
    assert float(found.face[1, 0]) == pytest.approx(expected["face"], abs=VECTOR)
    assert float(found.gross_output[1, 0]) == pytest.approx(expected["look_gross"], abs=VECTOR)
    assert float(found.inputs[1, 0]) == pytest.approx(expected["look_inputs"], abs=VECTOR)


def test_g6_sigma_from_theta() -> None:
    assert float(substitution_elasticity(4.0)) == 5.0


def flows_of_years(shares: dict[int, list[int]]) -> ScreenFlows:
    """Imports of 300 against exports of 200, and world exports with an index above 0.4."""
    columns = SupplierColumns(("product",), "usd")

    def table(rows: list[tuple[int, str, int]]) -> ibis.Table:
        years, partners, values = zip(*rows, strict=True)
        return memtable({"product": ["p"] * len(rows), "year": years, "partner": partners, "usd": values})

    imports = [
        (year, code, 3 * value)
        for year, split in shares.items()
        for code, value in zip("ABCD", split, strict=True)
    ]
    exports = [(year, "Z", 200) for year in shares]
    world = [(year, code, value) for year in shares for code, value in zip("ABCD", WORLD, strict=True)]
    return ScreenFlows(columns, table(imports), exports=table(exports), world=table(world))


def test_d2_geodep_two_of_three_years() -> None:
    flows = flows_of_years({2020: [60, 20, 10, 10], 2021: [25, 25, 25, 25], 2022: [60, 20, 10, 10]})
    screen = shipped_screen("geodep")
    judged = judge_years(screen_measures(flows), screen, keys=["product"])
    years = answer(judged)
    (item,) = answer(judge_items(judged, screen, keys=["product"]))
    assert [row["flag"] for row in years] == [True, False, True]
    assert [row["criteria_met"] for row in years] == ["3 of 3 judged", "2 of 3 judged", "3 of 3 judged"]
    assert years[0]["C1_value"] == pytest.approx(0.42, abs=VECTOR)
    assert years[0]["C2_value"] == pytest.approx(0.47, abs=VECTOR)
    assert years[0]["C3_value"] == pytest.approx(1.5, abs=VECTOR)
    assert (item["flag"], item["persistence"]) == (True, "2 of 3 years")


def test_d3_eu_form_flagged() -> None:
    """.42 outside the area, .7 of all imports from outside, 1.5 times the exports."""
    columns = SupplierColumns(("product",), "usd")
    outside = [("A", 180), ("B", 60), ("C", 30), ("D", 30)]
    rows = [*outside, ("IN", 128), ("IN", 1)]
    imports = memtable(
        {
            "product": ["p"] * len(rows),
            "year": [2024] * len(rows),
            "partner": [code for code, _ in rows],
            "usd": [value for _, value in rows],
        }
    )
    exports = memtable({"product": ["p"], "year": [2024], "partner": ["A"], "usd": [200]})
    screen = shipped_screen("eu")
    measures = screen_measures(
        ScreenFlows(columns, imports, exports=exports, members=frozenset({"IN", "OTHER"}))
    )
    (row,) = answer(judge_years(measures, screen, keys=["product"]))
    assert row["flag"] is True
    assert row["CDI1_value"] == pytest.approx(0.42, abs=VECTOR)
    assert row["CDI2_value"] == pytest.approx(300 / 429, abs=VECTOR)
    assert row["CDI3_value"] == pytest.approx(1.5, abs=VECTOR)
    assert {criterion.status for criterion in screen.criteria} == {"unverified"}
