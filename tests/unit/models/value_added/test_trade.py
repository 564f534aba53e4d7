"""Trade in value added on tables small enough to recompute term by term."""

import numpy as np
import pytest

from techbalance.errors import CheckError, UnknownCodeError
from techbalance.models.value_added.balance import PublishedTable, balance_table
from techbalance.models.value_added.leontief import LeontiefSystem, solve_leontief
from techbalance.models.value_added.table import InterCountryTable, sectors_of
from techbalance.models.value_added.trade import (
    absorbed_by_sector,
    check_adds_up,
    exports_by_partner,
    foreign_share_by_sector,
    share_of,
    trade_in_value_added,
)

# Sums of a few dozen doubles.
EXACT = 1e-12


def test_the_worked_example(toy: InterCountryTable) -> None:
    measured = trade_in_value_added(solve_leontief(toy))
    assert measured.gross_exports == pytest.approx([17.818182, 14.727273], abs=5e-7)
    assert measured.vax_ratio == pytest.approx((0.785714, 0.740741), abs=5e-7)
    assert measured.foreign_share == pytest.approx((0.109091, 0.127273), abs=5e-7)


def test_exports_are_intermediates_and_final_goods_sold_abroad(system: LeontiefSystem) -> None:
    table = system.table
    exports = exports_by_partner(table)
    for row, sector in enumerate(table.sectors):
        for place, partner in enumerate(table.countries):
            sold = table.intermediate[row, table.blocks[place]].sum() + table.final[row, place]
            assert exports[row, place] == pytest.approx(0 if partner == sector.country else sold, rel=EXACT)


def test_exports_and_imports_are_the_same_flows(system: LeontiefSystem) -> None:
    measured = trade_in_value_added(system)
    assert measured.bilateral_exports.sum(axis=1) == pytest.approx(measured.gross_exports, rel=EXACT)
    assert measured.bilateral_exports.sum(axis=0) == pytest.approx(measured.gross_imports, rel=EXACT)
    assert np.diagonal(measured.bilateral_exports).tolist() == [0] * 4


def test_value_added_absorbed_adds_to_gdp_and_to_final_demand(system: LeontiefSystem) -> None:
    measured, table = trade_in_value_added(system), system.table
    assert measured.absorbed.sum(axis=1) == pytest.approx(table.by_country(table.value_added), rel=EXACT)
    assert measured.absorbed.sum(axis=0) == pytest.approx(table.final.sum(axis=0), rel=EXACT)


def test_value_added_moves_a_balance_between_partners_but_not_its_total(system: LeontiefSystem) -> None:
    measured = trade_in_value_added(system)
    balance = measured.value_added_balance
    assert balance == pytest.approx(-balance.T, abs=EXACT)
    gross = measured.gross_exports - measured.gross_imports
    assert balance.sum(axis=1) == pytest.approx(gross, rel=1e-10)
    bilateral = measured.bilateral_exports - measured.bilateral_exports.T
    assert np.abs(balance - bilateral).max() > 1, "the example must tell the two kinds of balance apart"


def test_contents_add_to_gross_exports(system: LeontiefSystem) -> None:
    measured = trade_in_value_added(system)
    assert measured.domestic_content + measured.foreign_content == pytest.approx(
        measured.gross_exports, rel=EXACT
    )
    assert measured.content_in_partner_exports.sum() == pytest.approx(measured.foreign_content.sum())
    forward, backward = np.array(measured.forward_share), np.array(measured.foreign_share)
    assert measured.participation == pytest.approx(tuple(forward + backward))


def test_where_a_purchase_was_made(system: LeontiefSystem) -> None:
    made = absorbed_by_sector(system, "C02")
    assert made.sum() == pytest.approx(system.table.final[:, 2].sum(), rel=EXACT)
    measured = trade_in_value_added(system)
    assert system.table.by_country(made) == pytest.approx(measured.absorbed[:, 2], rel=EXACT)
    with pytest.raises(UnknownCodeError, match="C09"):
        absorbed_by_sector(system, "C09")


def test_foreign_share_by_sector_averages_to_the_share_of_exports(system: LeontiefSystem) -> None:
    shares = np.array(foreign_share_by_sector(system))
    exports = exports_by_partner(system.table).sum(axis=1)
    foreign = system.table.by_country(shares * exports)
    assert foreign == pytest.approx(trade_in_value_added(system).foreign_content, rel=EXACT)


def test_a_country_without_exports_has_no_ratios() -> None:
    flows, final = np.array([[2.0, 0.0], [0.0, 2.0]]), np.array([[8.0, 0.0], [0.0, 8.0]])
    table = balance_table(
        PublishedTable("closed", "units", sectors_of(["A", "B"], ["x"]), flows, final, np.array([10.0, 10.0]))
    )
    measured = trade_in_value_added(solve_leontief(table))
    assert measured.vax_ratio == (None, None)
    assert measured.participation == (None, None)


def test_a_sector_without_output_has_no_foreign_share() -> None:
    flows, final = np.zeros((2, 2)), np.array([[8.0, 2.0], [0.0, 0.0]])
    table = balance_table(
        PublishedTable("idle", "units", sectors_of(["A", "B"], ["x"]), flows, final, np.array([10.0, 0.0]))
    )
    assert foreign_share_by_sector(solve_leontief(table)) == (0.0, None)


def test_shares_of_nothing_are_none() -> None:
    assert share_of(np.array([1.0, 1.0]), np.array([4.0, 0.0])) == (0.25, None)


def test_an_identity_that_fails_raises(system: LeontiefSystem) -> None:
    table = system.table
    check_adds_up(1e-10 * table.by_country(table.output), table, "the parts")
    with pytest.raises(CheckError, match=r"the parts of C01 miss by 1"):
        check_adds_up(np.array([0.0, 1.0, 0.0, 0.0]), table, "the parts")
