"""The three-country teaching table: decomposed, and compared with what another program printed."""

from pathlib import Path

import numpy as np
import pytest

from techbalance.models.value_added.bilateral import VARIANTS, BilateralVariant, decompose_bilateral_exports
from techbalance.models.value_added.kww import decompose_gross_exports
from techbalance.models.value_added.leontief import LeontiefSystem, solve_leontief
from techbalance.models.value_added.readers import read_wiod_npz
from techbalance.models.value_added.trade import exports_by_partner, trade_in_value_added

# The bar of the method; the table has an output of 937 in all.
BAR = 1e-9

# Value added of the row's industry in the exports of the column's, printed to 7 or 8 digits by decompr
# (bquast/decompr, page "Interpreting the output of the Leontief decomposition"): row, column, value, digit.
PRINTED = [
    (0, 0, 28.52278143, 1e-8),
    (0, 8, 4.1208736, 1e-7),
    (1, 1, 19.12053186, 1e-8),
    (2, 2, 1.06369578, 1e-8),
    (3, 4, 6.9994970, 1e-7),
    (4, 4, 40.1671410, 1e-7),
    (5, 0, 0.03482652, 1e-8),
    (6, 3, 2.31122022, 1e-8),
    (7, 7, 18.95868110, 1e-8),
    (8, 5, 0.56934671, 1e-8),
    (8, 8, 34.7438192, 1e-7),
]


@pytest.fixture
def leather(shared_data: Path) -> LeontiefSystem:
    data = (shared_data / "models" / "leather_icio.npz").read_bytes()
    return solve_leontief(read_wiod_npz(data, name="leather", unit="units"))


def test_three_countries_with_three_industries(leather: LeontiefSystem) -> None:
    assert leather.table.countries == ("Argentina", "Turkey", "Germany")
    assert len(leather.table.industries) == 3
    assert leather.table.record.absolute_change_share < 1e-13


@pytest.mark.parametrize(("row", "column", "printed", "digit"), PRINTED)
def test_origin_of_exports_as_another_program_printed_it(
    leather: LeontiefSystem, row: int, column: int, printed: float, digit: float
) -> None:
    exports = exports_by_partner(leather.table).sum(axis=1)
    origin = leather.value_added_share[:, None] * leather.inverse * exports
    assert origin[row, column] == pytest.approx(printed, abs=digit / 2 * 1.001)


def test_nine_terms_add_up_for_its_three_countries(leather: LeontiefSystem) -> None:
    nine, measured = decompose_gross_exports(leather), trade_in_value_added(leather)
    assert nine.terms.sum(axis=1) == pytest.approx(nine.gross_exports, abs=BAR)
    assert nine.vax_ratio == pytest.approx(measured.vax_ratio, abs=BAR)
    assert nine.foreign_share == pytest.approx(measured.foreign_share, abs=BAR)
    assert (nine.terms > 0).all()


@pytest.mark.parametrize("variant", VARIANTS)
def test_bilateral_terms_add_up(leather: LeontiefSystem, variant: BilateralVariant) -> None:
    found, nine = decompose_bilateral_exports(leather, variant), decompose_gross_exports(leather)
    assert found.terms.sum(axis=0) == pytest.approx(found.gross_exports, abs=BAR)
    assert found.totals.sum(axis=1) == pytest.approx(nine.gross_exports, abs=BAR)
    assert found.totals[:, 0] == pytest.approx(nine.value_added_exports, abs=BAR)


def test_value_added_balances_close(leather: LeontiefSystem) -> None:
    measured = trade_in_value_added(leather)
    gross = measured.gross_exports - measured.gross_imports
    assert measured.value_added_balance.sum(axis=1) == pytest.approx(gross, abs=BAR)
    assert np.abs(gross.sum()) < BAR
