"""The publishers' real files, taken in: what must come out is printed elsewhere."""

from pathlib import Path
from typing import Any

import pytest

import techbalance
from techbalance.api import TechBalance

# Printed to the nearest 0.1 million, so a rebuilt total lies within half of that.
PRINTED_STEP_USD = 50_000
# Billions printed with one decimal.
HALF_A_PRINTED_DIGIT_BN = 0.05

IMPORTS = "trade/us_imports_hts10_country_2024_2025.csv.gz"
PARTNERS = {"IRL": "ireland_4190", "CHE": "switzerland_4419", "TUR": "turkey_4890", "VNM": "vietnam_5520"}


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> TechBalance:
    """A store with the real imports by ten-digit product, and the exports to four partners by month."""
    tb = techbalance.open(tmp_path_factory.mktemp("real"))
    names = [f"trade/us_exports_hs10_monthly_{name}.parquet" for name in PARTNERS.values()]
    first = tb.ingest(files=str(shared_data / IMPORTS), vintage="2026-10-31")
    assert [row["rows"] for row in first.rows()] == [690_424]
    then = tb.ingest(files=[str(shared_data / name) for name in names], vintage="2026-02-28")
    assert [row["status"] for row in then.rows()] == ["ingested"] * 4
    assert sum(row["rows"] for row in then.rows()) == 1_930_225
    return tb


@pytest.mark.parametrize("year", [2024, 2025])
@pytest.mark.parametrize("series", ["atp", "goods_census"])
def test_products_add_up_to_the_published_total(real: TechBalance, series: str, year: int):
    answer = real.reconcile(flow="import", year=year, series=series)
    (row,) = answer.rows()
    assert abs(row["residual_usd"]) <= PRINTED_STEP_USD
    assert not answer.failed
    assert row["exact_usd"] == 0
    parts = ("nearest_usd", "parent_usd", "undecided_usd", "not_atp_usd")
    everything = {2024: 3_263_893_254_128, 2025: 3_414_510_592_814}
    assert sum(row[part] for part in parts) == everything[year]


@pytest.mark.parametrize(
    ("year", "order"),
    [
        (2024, {"CHN": 112.3, "MEX": 102.1, "TWN": 79.0, "IRL": 69.3}),
        (2025, {"TWN": 163.0, "MEX": 149.5, "IRL": 103.7, "VNM": 90.4, "CHN": 61.7}),
    ],
)
def test_the_largest_suppliers_are_as_printed(real: TechBalance, year: int, order: dict[str, float]):
    ranked = real.rank(by="partner", year=year, flow="import").rows()
    found = {row["partner"]: row["value_usd"] / 1e9 for row in ranked}
    places = [row["partner"] for row in ranked if row["partner"] in order]
    assert places == list(order)
    for partner, printed in order.items():
        assert abs(found[partner] - printed) <= HALF_A_PRINTED_DIGIT_BN


def test_what_is_ingested_says_what_the_record_says(real: TechBalance, tb: TechBalance):
    """The record holds the technology in the same file, so every figure of it must be the same."""
    for by in ("group", "partner", "product"):
        given: dict[str, Any] = {"by": f"year,{by}", "year": 2025, "top": 5, "series": "atp"}
        mine, record = real.balance(**given).rows(), tb.balance(**given).rows()
        for name in ("imports_usd", by):
            assert [row[name] for row in mine][:1] == [row[name] for row in record][:1]
    whole = real.rank(by="group", year=2025, flow="import").rows()
    assert whole == tb.rank(by="group", year=2025, flow="import").rows()


def test_a_partner_of_whom_both_flows_are_held_has_a_balance(real: TechBalance):
    rows = real.balance(by="group", year=2024, partner="IRL").rows()
    assert len(rows) == 10
    assert all(row["balance_usd"] == row["exports_usd"] - row["imports_usd"] for row in rows)
    world = real.balance(by="group", year=2024).rows()
    assert {row["exports_usd"] for row in world} == {None}


def test_months_of_exports_add_up_to_the_year(real: TechBalance):
    for partner in PARTNERS:
        months = real.balance(by="month,group", year=2024, partner=partner).rows()
        years = real.balance(by="group", year=2024, partner=partner).rows()
        for year in years:
            parts = [row["exports_usd"] for row in months if row["group"] == year["group"]]
            assert len(parts) == 12
            assert sum(parts) == year["exports_usd"]


def test_a_part_of_the_year_is_no_year(real: TechBalance):
    (row,) = real.balance(year=2026, partner="IRL", group="04").rows()
    assert row["exports_usd"] is None
    assert row["note"].startswith("part_year: 1 of 12 months")
    (so_far,) = real.balance(year=2026, partner="IRL", group="04", ytd=True).rows()
    assert so_far["exports_usd"] > 0
    assert so_far["months"] == 1


def test_a_download_of_dataweb_is_held_to_its_own_total(shared_data: Path, tmp_path: Path):
    tb = techbalance.open(tmp_path)
    (row,) = tb.ingest(files=str(shared_data / "trade/usitc_dataweb_taiwan.csv"), partner="TWN").rows()
    assert (row["status"], row["rows"]) == ("ingested", 22_615)
    assert "six" in row["note"] or "6 digits" in row["note"]


def test_the_real_code_lists_become_membership(shared_data: Path, tmp_path: Path):
    tb = techbalance.open(tmp_path)
    names = ("census_imp_code_2022.csv", "hs-10d-2019-exp-code.txt")
    rows = tb.ingest(files=[str(shared_data / "lists" / name) for name in names]).rows()
    assert [row["rows"] for row in rows] == [19_758, 9_356]
    lists = tb.store.table("membership")
    listed = lists.filter(lists["group"] != "00")
    sums = listed.group_by("flow", "year").aggregate(codes=listed.count())
    counts = tb.store.fetch_rows(sums.order_by("flow"))
    assert [(row["flow"], row["year"], row["codes"]) for row in counts] == [
        ("export", 2019, 407),
        ("import", 2022, 644),
    ]
    assert tb.check().exit_code == 0
