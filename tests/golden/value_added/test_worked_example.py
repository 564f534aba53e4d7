"""METHODS E1 to E3, the worked example to the last stored digit."""

import json
from pathlib import Path

import numpy as np
import pytest

from techbalance.models.value_added.balance import PublishedTable, balance_table
from techbalance.models.value_added.kww import decompose_gross_exports
from techbalance.models.value_added.leontief import LeontiefSystem, solve_leontief
from techbalance.models.value_added.table import sectors_of
from techbalance.models.value_added.trade import trade_in_value_added

# Sixteen stored digits, a handful of operations.
EXACT = 1e-12


@pytest.fixture
def worked(shared_reference: Path) -> dict[str, object]:
    vectors = json.loads((shared_reference / "golden_vectors.json").read_text(encoding="utf-8"))
    return vectors["worked"]["E"]


@pytest.fixture
def solved(worked: dict[str, object]) -> LeontiefSystem:
    output = np.array(worked["x"])
    table = balance_table(
        PublishedTable(
            "worked example",
            "units",
            sectors_of(["1", "2"], ["all"]),
            np.array(worked["A"]) * output,
            np.array(worked["Y"]),
            output,
        )
    )
    return solve_leontief(table)


def test_e1_multipliers(worked: dict[str, object], solved: LeontiefSystem) -> None:
    assert solved.multipliers == pytest.approx(np.array(worked["VB"]), rel=EXACT)
    assert solved.multipliers.sum(axis=0) == pytest.approx(np.array(worked["colsum"]), rel=EXACT)
    assert solved.value_added_share == pytest.approx(np.array(worked["v"]), rel=EXACT)


@pytest.mark.parametrize(("place", "key"), [(0, "kww_1"), (1, "kww_2")])
def test_e2_nine_terms(worked: dict, solved: LeontiefSystem, place: int, key: str) -> None:
    expected, found = worked[key], decompose_gross_exports(solved)
    assert found.gross_exports[place] == pytest.approx(expected["exports"], rel=EXACT)
    assert found.terms[place] == pytest.approx(np.array(expected["terms"]), rel=EXACT)
    assert found.terms[place].sum() == pytest.approx(expected["total"], rel=EXACT)
    assert found.vax_ratio[place] == pytest.approx(expected["vax_ratio"], rel=EXACT)


@pytest.mark.parametrize(("place", "key"), [(0, "kww_1"), (1, "kww_2")])
def test_e3_foreign_share(worked: dict, solved: LeontiefSystem, place: int, key: str) -> None:
    share = trade_in_value_added(solved).foreign_share[place]
    assert share == pytest.approx(worked[key]["fva_share"], rel=EXACT)
