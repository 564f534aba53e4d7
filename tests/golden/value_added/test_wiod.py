"""Real tables: WIOD of two years, chosen for what is odd in them; bench/ goes through all seventeen."""

import csv
import gzip
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from techbalance.models.value_added.bilateral import VARIANTS, BilateralVariant, decompose_bilateral_exports
from techbalance.models.value_added.kww import decompose_gross_exports
from techbalance.models.value_added.leontief import LeontiefSystem, solve_leontief
from techbalance.models.value_added.readers import read_wiod_npz
from techbalance.models.value_added.trade import exports_by_partner, trade_in_value_added

# 1998 has the most negative value-added cells, 2002 a sector without output that has inputs.
YEARS = (1998, 2002)
# The bar of the method, as a share of the output of the country.
BAR = 1e-9
# The stored industry file takes output as published, the table takes the row sum; both round to millions, and
# a row moves by 113 million at most.
LARGEST_ROW_CHANGE = 113


@cache
def solve_year(folder: Path, year: int) -> LeontiefSystem:
    data = (folder / "icio" / "wiod2013_npz" / f"wiot_{year}.npz").read_bytes()
    return solve_leontief(read_wiod_npz(data, name=f"WIOD 2013, {year}"))


@pytest.fixture(params=YEARS)
def year(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def wiod(shared_data: Path, year: int) -> LeontiefSystem:
    return solve_year(shared_data, year)


def test_balancing_says_what_it_changed(wiod: LeontiefSystem, year: int) -> None:
    record = wiod.table.record
    assert len(wiod.table.countries) == 41
    assert len(wiod.table.industries) == 35
    assert record.absolute_change_share == pytest.approx({1998: 0.00093, 2002: 0.00088}[year], abs=5e-6)
    assert record.rows_within_rounding == {1998: 649, 2002: 639}[year]
    assert {cell.label: cell.value for cell in record.negative_value_added} == {
        1998: {"EST.c25": -2, "LVA.c25": -3, "MLT.c8": -2, "POL.c24": -16},
        2002: {"LVA.c24": -1, "SVN.c8": -3},
    }[year]
    assert {cell.label: cell.value for cell in record.negative_output} == {1998: {"MLT.c8": -2}, 2002: {}}[
        year
    ]
    assert [tuple(cell) for cell in record.inputs_moved] == {1998: [], 2002: [("LVA.c24", 1)]}[year]
    assert len(record.zero_output) == {1998: 18, 2002: 21}[year]
    assert record.negative_final_cells == {1998: 27, 2002: 21}[year]
    assert record.negative_intermediate == ()


def test_multipliers_sum_to_one(wiod: LeontiefSystem) -> None:
    sums = wiod.multipliers.sum(axis=0)
    sells = wiod.table.intermediate.any(axis=1) | wiod.table.final.any(axis=1)
    assert np.abs(sums - sells).max() < BAR
    assert {str(s) for s, sold in zip(wiod.table.sectors, sells, strict=True) if not sold} <= set(
        wiod.table.record.zero_output
    )


def test_nine_terms_add_to_gross_exports_of_all_regions(wiod: LeontiefSystem) -> None:
    nine = decompose_gross_exports(wiod)
    output = wiod.table.by_country(wiod.table.output)
    assert (np.abs(nine.terms.sum(axis=1) - nine.gross_exports) / output).max() < BAR
    assert all(0.4 < ratio < 1.0 for ratio in nine.vax_ratio if ratio is not None)
    assert None not in nine.vax_ratio


@pytest.mark.parametrize("variant", VARIANTS)
def test_bilateral_terms_add_to_totals(wiod: LeontiefSystem, variant: BilateralVariant) -> None:
    found, nine = decompose_bilateral_exports(wiod, variant), decompose_gross_exports(wiod)
    output = wiod.table.by_country(wiod.table.output)
    assert (np.abs(found.terms.sum(axis=0) - found.gross_exports).max(axis=1) / output).max() < BAR
    assert (np.abs(found.totals[:, 0] - nine.value_added_exports) / output).max() < BAR
    assert (np.abs(found.totals[:, 1] - nine.returned_home) / output).max() < BAR
    assert (np.abs(found.totals[:, 2] - nine.terms[:, 5]) / output).max() < BAR
    assert (np.abs(found.totals[:, 3:].sum(axis=1) - nine.foreign_content) / output).max() < BAR


def test_value_added_and_exports_agree_with_the_stored_industry_file(
    wiod: LeontiefSystem, year: int, shared_data: Path
) -> None:
    table = wiod.table
    exports = exports_by_partner(table).sum(axis=1)
    with gzip.open(
        shared_data / "icio" / "wiod2013_industry_1995_2011.csv.gz", "rt", encoding="utf-8"
    ) as file:
        rows = [row for row in csv.DictReader(file) if int(row["year"]) == year]
    assert [(row["iso3"], row["industry"]) for row in rows] == [
        (s.country, s.industry) for s in table.sectors
    ]
    stored = np.array([float(row["value_added_musd"]) for row in rows])
    assert np.abs(table.value_added - stored).max() <= LARGEST_ROW_CHANGE
    assert exports == pytest.approx(np.array([float(row["exports_musd"]) for row in rows]), abs=0.5)


def test_value_added_moves_balances_between_partners_only(wiod: LeontiefSystem) -> None:
    measured = trade_in_value_added(wiod)
    output = wiod.table.by_country(wiod.table.output)
    gross = measured.gross_exports - measured.gross_imports
    assert (np.abs(measured.value_added_balance.sum(axis=1) - gross) / output).max() < BAR
    us, china = wiod.table.position("USA"), wiod.table.position("CHN")
    bilateral = measured.bilateral_exports[us, china] - measured.bilateral_exports[china, us]
    assert bilateral < measured.value_added_balance[us, china] < 0, "China's exports hold foreign parts"
