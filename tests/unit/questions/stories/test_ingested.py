"""A year of archives: a story is the sum of the stored detail, of every product, with quantities."""

from collections import defaultdict

import pyarrow.parquet as pq
import pytest

import techbalance
from tools.census_archives import Plan, write_archives

YEAR = 2023
LAPTOPS = "847130"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Twelve months of imports."""
    folder = tmp_path_factory.mktemp("archives")
    write_archives(folder, Plan(year=YEAR, rows=150), list(range(1, 13)))
    tb = techbalance.open(tmp_path_factory.mktemp("filled"))
    tb.ingest(files=str(folder), vintage="2027-01-31")
    return techbalance.open(tb.store.home)


@pytest.fixture(scope="module")
def detail(filled):
    """Value, quantity and value with a quantity of laptops by Census code of the supplier."""
    sums = defaultdict(lambda: [0, 0, 0])
    for path in filled.store.files("trade_detail"):
        for row in pq.ParquetFile(path).read().to_pylist():
            if row["product"].startswith(LAPTOPS):
                cell = sums[row["partner"]]
                cell[0] += row["general_usd"]
                cell[1] += row["general_qty_1"]
                cell[2] += row["general_usd"] if row["general_qty_1"] else 0
    return sums


def test_a_story_is_the_sum_of_the_detail(filled, detail):
    rows = filled.story(name="computers", part="laptops", year=YEAR, top=1000).rows()
    code = {
        row["iso3"]: row["code"]
        for row in filled.store.fetch_rows(filled.store.table("partners"))
        if row["iso3"] and row["to_year"] is None
    }
    own = {row["partner"]: row for row in rows if row["partner"] not in ("WORLD", "-") and row["value_usd"]}
    assert own
    assert {code.get(one, one): row["value_usd"] for one, row in own.items()} == {
        partner: cell[0] for partner, cell in detail.items() if cell[0]
    }
    whole = next(row for row in rows if row["partner"] == "WORLD")
    assert whole["value_usd"] == sum(cell[0] for cell in detail.values())
    assert "partial" not in (whole["note"] or "")
    for one, row in own.items():
        if row["unit_value"] is not None:
            value, quantity, told = detail[code.get(one, one)]
            assert row["quantity_unit"] == "NO"
            assert row["quantity_share"] <= 1
            assert told <= value
            # Rows of a month are added up before a quantity is looked for, so a little more may be told.
            assert row["unit_value"] <= value / quantity * (1 + 1e-9)


def test_products_off_the_list_are_held_too(filled):
    answer = filled.story(name="batteries", year=YEAR)
    assert not any("not on the list" in (row["note"] or "") for row in answer.rows())
    assert not any("Off that list" in note for note in answer.notes)


def test_the_years_that_ship_stand_beside_it(filled):
    periods = {row["period"] for row in filled.story(name="solar", partner="CHN").rows()}
    assert {"2023", "2024", "2025"} <= periods


def test_codes_of_an_ingested_year_are_compared_with_those_that_ship(filled):
    answer = filled.concordance(**{"from": YEAR, "to": 2024}, top=5)
    # An archive brings the code list of its year.
    assert answer.notes[0].startswith(f"Codes of {YEAR}: the list held, ")
    assert answer.source_ids
