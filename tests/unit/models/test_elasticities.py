"""Elasticities: found by which step, and drawn so that the seed decides."""

from __future__ import annotations

import numpy as np
import pytest

from techbalance.errors import ModelInputError, ParameterError
from techbalance.models.elasticities import (
    ElasticitySource,
    draw_elasticities,
    match_elasticities,
    substitution_elasticity,
)

SOURCE = ElasticitySource(
    "example",
    ("8507600020", "8507600030", "850780", "8541", "847130", "9013800000"),
    np.array([3.0, 5.0, 6.0, 4.0, np.nan, 9.0]),
    np.array([False, True, False, False, False, False]),
)


@pytest.mark.parametrize(
    ("product", "sigma", "step"),
    [
        ("8507600020", 3.0, "exact"),
        ("8507600030", 5.0, "replaced"),
        ("8507600090", 4.0, "mean-8"),
        ("8507609999", 4.0, "mean-6"),
        ("8507800000", 6.0, "parent-6"),
        ("8507100000", 14 / 3, "mean-4"),
        ("8541430010", 4.0, "parent-4"),
        ("8599000000", 4.5, "mean-2"),
        ("9013700000", 9.0, "mean-4"),
        ("8471300100", None, None),
        ("7000000000", None, None),
    ],
)
def test_each_step_is_named(product: str, sigma: float | None, step: str | None) -> None:
    found = match_elasticities([product], SOURCE)
    assert found.matched == (step,)
    assert found.sigma.tolist() == [sigma if sigma is None else pytest.approx(sigma)]
    assert found.source == "example"


def test_the_group_comes_last_and_only_from_its_own_products() -> None:
    products = ["8507600020", "8541430010", "7000000000", "6000000000"]
    found = match_elasticities(products, SOURCE, groups=["04", "04", "04", "05"])
    assert found.matched == ("exact", "parent-4", "group", None)
    assert found.sigma.tolist() == [3.0, 4.0, 3.5, None]


def test_the_median_withstands_a_heavy_tail() -> None:
    tail = ElasticitySource("tail", ("84710001", "84710002", "84710003"), np.array([2.0, 3.0, 16_000.0]))
    assert match_elasticities(["84719999"], tail, average="median").sigma.tolist() == [3.0]


def test_theta_and_sigma() -> None:
    assert substitution_elasticity([4.0, np.nan]).tolist() == [5.0, pytest.approx(np.nan, nan_ok=True)]
    with pytest.raises(ModelInputError, match=r"trade elasticity must be above 0 .*value -12.11"):
        substitution_elasticity([4.0, -12.11])


def test_sources_are_checked() -> None:
    with pytest.raises(ModelInputError, match=r"sigma must be above 0 and finite .*at 8471, value -3"):
        ElasticitySource("wrong", ("8471",), np.array([-3.0]))
    with pytest.raises(ModelInputError, match="2 codes need as many elasticities"):
        ElasticitySource("short", ("8471", "8541"), np.array([3.0]))
    with pytest.raises(ModelInputError, match="'8471' is there twice"):
        ElasticitySource("twice", ("8471", "8471"), np.array([3.0, 3.0]))
    with pytest.raises(ModelInputError, match="2 products need as many groups"):
        match_elasticities(["8471", "8541"], SOURCE, groups=["04"])


def masked(values: list[float | None]) -> np.ma.MaskedArray:
    return np.ma.MaskedArray(
        [0.0 if value is None else value for value in values], mask=[value is None for value in values]
    )


def test_the_seed_decides() -> None:
    estimates = [masked([3.0, 5.0])]
    first = draw_elasticities(estimates, log_spread=0.5, seed=7)
    again = draw_elasticities(estimates, log_spread=0.5, seed=7)
    other = draw_elasticities(estimates, log_spread=0.5, seed=8)
    assert first.sigma.shape == (1000, 2)
    assert (first.sigma == again.sigma).all()
    assert not (first.sigma == other.sigma).all()
    assert first.seed == 7


def test_a_draw_takes_one_source_for_all_products() -> None:
    drawn = draw_elasticities([masked([2.0, 3.0, None]), masked([20.0, 30.0, 40.0])], seed=1).sigma
    pairs = {tuple(row) for row in drawn.tolist()}
    assert pairs == {(2.0, 3.0, 40.0), (20.0, 30.0, 40.0)}


def test_the_median_of_the_draws_is_the_estimate() -> None:
    drawn = draw_elasticities([masked([4.0])], log_spread=0.3, draws=20_001, seed=3).sigma
    # Standard error of a median of n draws: 1.2533 x spread / sqrt(n) = 0.0027 in logs, times 3; take four.
    assert float(np.ma.median(drawn)) == pytest.approx(4.0, abs=0.035)
    assert float(drawn.min()) > 1
    assert float(np.log(drawn - 1).std()) == pytest.approx(0.3, abs=0.01)


def test_what_is_not_known_is_not_drawn_and_what_is_below_one_stays() -> None:
    drawn = draw_elasticities([masked([None, 0.9])], log_spread=1.0, draws=5, seed=3).sigma
    assert drawn.tolist() == [[None, 0.9]] * 5


def test_draws_are_checked() -> None:
    with pytest.raises(ParameterError, match="0 draws"):
        draw_elasticities([masked([3.0])], draws=0, seed=1)
    with pytest.raises(ModelInputError, match="one array per source"):
        draw_elasticities([], seed=1)
    with pytest.raises(ModelInputError, match="one array per source"):
        draw_elasticities([masked([3.0]), masked([3.0, 4.0])], seed=1)
    with pytest.raises(ModelInputError, match="log_spread must be 0 or more"):
        draw_elasticities([masked([3.0])], log_spread=-0.1, seed=1)
