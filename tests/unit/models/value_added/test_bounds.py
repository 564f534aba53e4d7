"""Intervals for products that no sector shows, against brute force over shares."""

from itertools import product

import numpy as np
import pytest

from techbalance.errors import ModelInputError, UnknownCodeError
from techbalance.models.value_added.balance import PublishedTable, balance_table
from techbalance.models.value_added.bounds import ProcessingTrade, bound_value_added
from techbalance.models.value_added.industry_mix import FlowKind, IndustryWeights, ProductFlow
from techbalance.models.value_added.leontief import LeontiefSystem, solve_leontief
from techbalance.models.value_added.table import Sector, sectors_of

# Sums of a few dozen doubles.
EXACT = 1e-12
WEIGHTS = IndustryWeights({"i0": (0.1, 0.6), "i1": (0.2, 0.5), "i2": (0.0, 0.7)})
KNOWN = IndustryWeights({"i0": (0.3, 0.3), "i1": (0.5, 0.5), "i2": (0.2, 0.2)})


def flow(kind: FlowKind, partner: str, value: float, weights: IndustryWeights = WEIGHTS) -> ProductFlow:
    return ProductFlow(kind, partner, value, weights)


def allowed_shares(steps: int = 20) -> np.ndarray:
    """All shares on a grid that keep the bounds and sum to 1; corners lie on the grid."""
    grid = [(a / steps, b / steps, 1 - (a + b) / steps) for a, b in product(range(steps + 1), repeat=2)]
    low, high = np.array([0.1, 0.2, 0.0]), np.array([0.6, 0.5, 0.7])
    return np.array(
        [g for g in grid if (np.array(g) >= low - 1e-9).all() and (np.array(g) <= high + 1e-9).all()]
    )


def test_extremes_are_those_of_all_allowed_shares() -> None:
    content = np.array([[0.9, 0.2, 0.5], [0.1, 0.8, 0.5], [0.3, 0.3, 0.3]])
    means = content @ allowed_shares().T
    low, high = WEIGHTS.extremes(content)
    assert low == pytest.approx(means.min(axis=1), rel=EXACT)
    assert high == pytest.approx(means.max(axis=1), rel=EXACT)


def test_known_shares_give_a_point_and_unknown_ones_the_range_of_industries() -> None:
    content = np.array([[0.9, 0.2, 0.5]])
    assert KNOWN.extremes(content) == (pytest.approx([0.47]), pytest.approx([0.47]))
    assert IndustryWeights.unknown(["i0", "i1", "i2"]).extremes(content) == (
        pytest.approx([0.2]),
        pytest.approx([0.9]),
    )


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ({"i0": (0.5, 0.4)}, "share of i0 runs from 0.5 to 0.4"),
        ({"i0": (-0.1, 1.0)}, "share of i0 runs from -0.1 to 1"),
        ({"i0": (0.0, 1.1)}, "share of i0"),
        ({"i0": (0.0, float("nan"))}, "share of i0"),
        ({"i0": (0.6, 0.7), "i1": (0.6, 0.7)}, "sum to 1.2 at least"),
        ({"i0": (0.0, 0.3), "i1": (0.0, 0.3)}, "0.6 at most"),
        ({}, "the shares of no industry"),
    ],
)
def test_shares_that_cannot_be_true_are_refused(shares: dict[str, tuple[float, float]], told: str) -> None:
    with pytest.raises(ModelInputError, match=told):
        IndustryWeights(shares)


def test_known_shares_reproduce_the_multipliers(system: LeontiefSystem) -> None:
    bounds = bound_value_added(system, [flow("import", "C01", 100, KNOWN)], home="C00")
    expected = 100 * system.multipliers[:, system.table.blocks[1]] @ [0.3, 0.5, 0.2]
    for row, value in zip(bounds.rows, expected, strict=True):
        assert row.low == pytest.approx(value, rel=EXACT)
        assert row.high == pytest.approx(value, rel=EXACT)
    assert sum(row.low for row in bounds.rows) == pytest.approx(100, rel=EXACT)


def test_the_balance_in_value_added_is_an_interval_around_every_allowed_point(system: LeontiefSystem) -> None:
    flows = [flow("export", "C01", 80), flow("import", "C01", 100), flow("import", "C02", 50)]
    bounds = bound_value_added(system, flows, home="C00")
    low, high = bounds.balance()
    points = []
    for shares in allowed_shares(10):
        sold = 80 * system.multipliers[0, system.table.blocks[0]] @ shares
        foreign = sum(
            value * (1 - system.multipliers[0, system.table.blocks[place]] @ shares)
            for place, value in ((1, 100), (2, 50))
        )
        points.append(sold - foreign)
    assert low <= min(points) < max(points) <= high
    assert bounds.gross("import") == 150
    assert bounds.gross("export") == 80


def test_partner_balances_add_to_the_balance_where_shares_are_known(system: LeontiefSystem) -> None:
    flows = [
        flow(kind, partner, value, KNOWN)
        for kind, partner, value in (
            ("export", "C01", 80.0),
            ("export", "C02", 10.0),
            ("import", "C01", 100.0),
            ("import", "C03", 50.0),
        )
    ]
    bounds = bound_value_added(system, flows, home="C00")
    partners = [bounds.balance_with(country).low for country in ("C01", "C02", "C03")]
    assert sum(partners) == pytest.approx(bounds.balance().low, rel=1e-10)
    assert bounds.balance_with("C01").low == pytest.approx(
        bounds.content("export", origin="C00", partner="C01").low - bounds.content("import", origin="C01").low
    )


def assembler(domestic_inputs: float = 30.0) -> LeontiefSystem:
    """China makes 100 of electronics from inputs of its own and 20 of American ones, and exports 60."""
    flows = np.array([[20.0, 20.0], [5.0, domestic_inputs]])
    final = np.array([[155.0, 5.0], [55.0, 10.0]])
    return solve_leontief(
        balance_table(
            PublishedTable(
                "assembly",
                "units",
                sectors_of(["USA", "CHN"], ["c14"]),
                flows,
                final,
                flows.sum(axis=1) + final.sum(axis=1),
            )
        )
    )


ONE = IndustryWeights({"c14": (1.0, 1.0)})


def test_the_telephone_that_is_counted_as_chinese() -> None:
    """Xing and Detert 2010: of $178.96 at the border, $6.50 is work done in China, 3.63 %."""
    phone = ProcessingTrade("CHN", (1.0, 1.0), (6.50 / 178.96, 6.50 / 178.96), "Xing and Detert 2010")
    bounds = bound_value_added(assembler(), [flow("import", "CHN", 178.96, ONE)], processing=[phone])
    china = bounds.content("import", origin="CHN")
    assert china == (pytest.approx(6.50), pytest.approx(6.50))
    assert china.low / 178.96 == pytest.approx(0.0363, abs=5e-5)
    assert bounds.content("import", origin="USA").low == pytest.approx(172.46)
    assert bounds.rows[0].processing == "processing_corrected"
    assert bounds.sources == ("Xing and Detert 2010",)


def test_a_correction_widens_to_its_own_bounds() -> None:
    system = assembler()
    own = system.multipliers[1, 1]
    correction = ProcessingTrade("CHN", (0.5, 0.9), (0.2, 0.3), "made up for this test")
    bounds = bound_value_added(system, [flow("import", "CHN", 1, ONE)], processing=[correction])
    points = [p * d + (1 - p) * own for p in (0.5, 0.9) for d in (0.2, 0.3)]
    assert bounds.content("import", origin="CHN") == (pytest.approx(min(points)), pytest.approx(max(points)))
    both = bounds.content("import", origin="USA")
    assert both == (pytest.approx(1 - max(points)), pytest.approx(1 - min(points)))


def test_a_correction_without_processing_changes_nothing() -> None:
    system = assembler()
    none = ProcessingTrade("CHN", (0.0, 0.0), (0.1, 0.2), "made up for this test")
    plain = bound_value_added(system, [flow("import", "CHN", 10, ONE)])
    corrected = bound_value_added(system, [flow("import", "CHN", 10, ONE)], processing=[none])
    assert [row.low for row in corrected.rows] == pytest.approx([row.low for row in plain.rows])
    assert plain.rows[0].processing == "processing_unknown"


def test_exporters_without_a_processing_regime_carry_no_flag(system: LeontiefSystem) -> None:
    assert bound_value_added(system, [flow("import", "C01", 1)], home="C00").rows[0].processing == ""


def test_a_split_table_weighs_its_parts_by_what_they_ship() -> None:
    sectors = (Sector("USA", "26"), Sector("CHN", "26", "CN1"), Sector("CHN", "26", "CN2"))
    flows = np.array([[10.0, 5.0, 30.0], [0.0, 10.0, 5.0], [0.0, 0.0, 0.0]])
    final = np.array([[100.0, 5.0], [10.0, 60.0], [40.0, 0.0]])
    system = solve_leontief(
        balance_table(
            PublishedTable("split", "units", sectors, flows, final, flows.sum(axis=1) + final.sum(axis=1))
        )
    )
    bounds = bound_value_added(system, [flow("import", "CHN", 50, IndustryWeights({"26": (1.0, 1.0)}))])
    expected = system.multipliers[:, 1] * 10 + system.multipliers[:, 2] * 40
    assert [row.low for row in bounds.rows] == pytest.approx(expected.tolist())
    assert bounds.rows[0].processing == "processing_split"


def test_what_cannot_be_measured_is_refused(system: LeontiefSystem) -> None:
    with pytest.raises(UnknownCodeError, match="C99"):
        bound_value_added(system, [flow("import", "C99", 1)], home="C00")
    with pytest.raises(UnknownCodeError, match="c14"):
        bound_value_added(system, [flow("import", "C01", 1, ONE)], home="C00")
    with pytest.raises(ModelInputError, match=r"import value is -1.*partner C01, group all"):
        bound_value_added(system, [flow("import", "C01", -1)], home="C00")
    twice = ProcessingTrade("CHN", (0.0, 1.0), (0.0, 1.0), "x")
    with pytest.raises(ModelInputError, match="same country"):
        bound_value_added(system, [], processing=[twice, twice])
    with pytest.raises(ModelInputError, match=r"processing exports of CHN runs from 0\.9 to 0\.1"):
        ProcessingTrade("CHN", (0.9, 0.1), (0.0, 1.0), "x")


def test_a_correction_needs_foreign_inputs_to_assign() -> None:
    flows, final = np.zeros((2, 2)), np.array([[10.0, 0.0], [5.0, 5.0]])
    system = solve_leontief(
        balance_table(
            PublishedTable(
                "closed", "units", sectors_of(["USA", "CHN"], ["c14"]), flows, final, np.array([10.0, 10.0])
            )
        )
    )
    correction = ProcessingTrade("CHN", (0.5, 0.5), (0.2, 0.2), "x")
    with pytest.raises(ModelInputError, match="no foreign inputs of CHN"):
        bound_value_added(system, [flow("import", "CHN", 1, ONE)], processing=[correction])
