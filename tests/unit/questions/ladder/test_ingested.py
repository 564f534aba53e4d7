"""Ten-digit archives with quantities: unit values are those of the detail, and all evidence rests on it."""

from collections import defaultdict

import pyarrow.parquet as pq
import pytest

import techbalance
from tools.census_archives import Plan, write_archives

YEARS = (2023, 2024)
# Ratios of whole numbers, kept to twelve digits.
STEADY = 1e-9


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Two years of imports, the second with other figures for the same keys."""
    folder = tmp_path_factory.mktemp("archives")
    for revision, year in enumerate(YEARS):
        write_archives(folder, Plan(year=year, rows=150, revision=revision), list(range(1, 13)))
    tb = techbalance.open(tmp_path_factory.mktemp("filled"))
    tb.ingest(files=str(folder), vintage="2027-01-31")
    return techbalance.open(tb.store.home)


@pytest.fixture(scope="module")
def detail(filled):
    """Value and quantity by year, product and Census code of the supplier, from the stored detail."""
    sums = defaultdict(lambda: [0, 0])
    for path in filled.store.files("trade_detail"):
        for row in pq.ParquetFile(path).read().to_pylist():
            cell = sums[row["year"], row["product"], row["partner"]]
            cell[0] += row["general_usd"]
            cell[1] += row["general_qty_1"]
    return sums


def test_unit_values_are_those_of_the_detail(filled, detail):
    code = {
        row["iso3"]: row["code"]
        for row in filled.store.fetch_rows(filled.store.table("partners"))
        if row["iso3"] and row["to_year"] is None
    }
    rows = filled.unit_values(by="product", year="2023:2024", top=1000).rows()
    assert {row["year"] for row in rows} == set(YEARS)
    for row in rows:
        value, quantity = detail[row["year"], row["product"], code.get(row["partner"], row["partner"])]
        assert row["value_usd"] == value
        if row["unit_value"] is None:
            assert quantity == 0 or row["note"].startswith("unit_differs")
        else:
            assert abs(row["unit_value"] / (value / quantity) - 1) <= STEADY


def test_all_evidence_of_a_climb_rests_on_what_was_ingested(filled):
    partner = filled.unit_values(year=2024, top=1).rows()[0]["partner"]
    answer = filled.climb(partner=partner)
    levels = {row["evidence_level"] for row in answer.rows() if row["evidence_level"]}
    assert levels == {"ingested detail"}
    assert {row["period"] for row in answer.rows() if row["from_measure"] is not None} == {"2023:2024"}
    assert any(source.startswith("census-imdb") for source in answer.source_ids)
