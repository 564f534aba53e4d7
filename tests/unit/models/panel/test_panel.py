"""A panel of few countries, against brute force with dummies, and what it refuses."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from techbalance.errors import ModelInputError
from techbalance.models.panel import Panel, estimate_panel, within_coefficients
from techbalance.models.panel.inference import (
    WEBB_WEIGHTS,
    bootstrap_coefficient,
    draw_cluster_weights,
    driscoll_kraay_errors,
)
from techbalance.models.panel.within import fit_within

# Least squares on a hundred observations.
CLOSE = 1e-9
Make = Callable[..., Panel]


@pytest.fixture
def make_panel() -> Make:
    def make(seed: int = 0, countries: int = 5, years: int = 30, effect: float = 0.5, drop: int = 0) -> Panel:
        rng = np.random.default_rng(seed)
        names = [f"C{place}" for place in range(countries)]
        units = [name for name in names for _ in range(years)]
        periods = [1995 + year for _ in names for year in range(years)]
        count = countries * years
        regressors = rng.normal(size=(count, 2))
        levels = np.repeat(rng.normal(size=countries), years) + np.tile(rng.normal(size=years), countries)
        outcome = effect * regressors[:, 0] + levels + rng.normal(size=count)
        placebo = levels + rng.normal(size=count)
        kept = np.sort(rng.permutation(count)[drop:])
        return Panel(
            [units[row] for row in kept],
            [periods[row] for row in kept],
            outcome[kept],
            regressors[kept],
            ["rd", "ip"],
            placebo[kept],
        )

    return make


def dummies_of(panel: Panel) -> np.ndarray:
    columns = [[unit == name for unit in panel.units] for name in panel.countries]
    columns += [[period == year for period in panel.periods] for year in sorted(set(panel.periods))[1:]]
    return np.array(columns, float).T


def test_two_countries_and_two_years_are_a_difference_of_differences() -> None:
    panel = Panel(
        ["A", "A", "B", "B"],
        [1, 2, 1, 2],
        np.array([1.0, 2.0, 1.0, 4.0]),
        np.array([[0.0], [0.0], [0.0], [1.0]]),
        ["x"],
    )
    assert within_coefficients(panel) == pytest.approx([(4 - 1) - (2 - 1)], rel=CLOSE)
    with pytest.raises(ModelInputError, match=r"needs 3 countries, this has 2 \(A, B\)"):
        estimate_panel(panel)


@pytest.mark.parametrize("drop", [0, 17])
def test_effects_are_those_of_dummies(make_panel: Make, drop: int) -> None:
    panel = make_panel(drop=drop)
    design = np.hstack([panel.regressors, dummies_of(panel)])
    expected = np.linalg.lstsq(design, panel.outcome, rcond=None)[0][:2]
    assert within_coefficients(panel) == pytest.approx(expected, rel=CLOSE)


def test_driscoll_kraay_by_its_definition(make_panel: Make) -> None:
    panel = make_panel(drop=11)
    fit = fit_within(panel, panel.outcome)
    years = sorted(set(panel.periods))
    scores = {
        year: sum(
            fit.regressors[row] * fit.residuals[row]
            for row in range(len(panel.units))
            if panel.periods[row] == year
        )
        for year in years
    }
    lags = 2
    middle = sum(
        max(0.0, 1 - abs(one - two) / (lags + 1)) * np.outer(scores[one], scores[two])
        for one in years
        for two in years
    )
    bread = np.linalg.inv(fit.regressors.T @ fit.regressors)
    count = len(panel.units)
    spare = count - 2 - (5 + 30 - 1)
    expected = np.sqrt(np.diagonal(bread @ middle @ bread) * count / spare)
    assert driscoll_kraay_errors(fit, panel, lags) == pytest.approx(expected, rel=CLOSE)


def test_bootstrap_by_its_definition(make_panel: Make) -> None:
    """Every draw is estimated from scratch, with dummies and the null imposed."""
    panel = make_panel(countries=4, years=6, drop=2)
    clusters = np.array([[unit == name for unit in panel.units] for name in panel.countries], float)
    weights, scheme = draw_cluster_weights(4, 99, seed=3)
    assert scheme == "webb"
    null = 0.2
    design, dummies = np.hstack([panel.regressors, dummies_of(panel)]), dummies_of(panel)
    bread = np.linalg.inv(design.T @ design)

    def size_of_t(outcome: np.ndarray) -> float:
        coefficients = bread @ design.T @ outcome
        residuals = outcome - design @ coefficients
        scores = [design[mask == 1].T @ residuals[mask == 1] for mask in clusters]
        variance = bread @ sum(np.outer(score, score) for score in scores) @ bread
        return abs(coefficients[0] - null) / float(np.sqrt(variance[0, 0]))

    restricted = np.hstack([panel.regressors[:, 1:], dummies])
    shifted = panel.outcome - null * panel.regressors[:, 0]
    fitted = restricted @ np.linalg.lstsq(restricted, shifted, rcond=None)[0]
    observed = size_of_t(panel.outcome)
    draws = [
        size_of_t(
            fitted + null * panel.regressors[:, 0] + (clusters.T @ weights[:, draw]) * (shifted - fitted)
        )
        for draw in range(99)
    ]
    expected = (1 + sum(draw >= observed for draw in draws)) / 100
    bootstrap = bootstrap_coefficient(fit_within(panel, panel.outcome), 0, clusters, weights)
    assert bootstrap.p_value(null) == pytest.approx(expected)


def test_webb_weights_have_mean_zero_and_variance_one() -> None:
    assert len(set(WEBB_WEIGHTS)) == 6
    assert sum(WEBB_WEIGHTS) == pytest.approx(0)
    assert np.var(WEBB_WEIGHTS) == pytest.approx(1)
    assert draw_cluster_weights(12, 99, seed=1)[1] == "rademacher"


def test_an_interval_inverts_the_test(make_panel: Make) -> None:
    panel = make_panel(seed=4)
    clusters = np.array([[unit == name for unit in panel.units] for name in panel.countries], float)
    weights, _ = draw_cluster_weights(5, 999, seed=1)
    bootstrap = bootstrap_coefficient(fit_within(panel, panel.outcome), 0, clusters, weights)
    low, high = bootstrap.interval()
    assert low is not None
    assert high is not None
    assert low < bootstrap.estimate < high
    width = high - low
    for inside, outside in (
        (low + 0.01 * width, low - 0.01 * width),
        (high - 0.01 * width, high + 0.01 * width),
    ):
        assert bootstrap.p_value(inside) > 0.05 >= bootstrap.p_value(outside)
    assert bootstrap.p_value(bootstrap.estimate) == 1


def test_an_effect_that_is_there_is_found_and_none_is_not(make_panel: Make) -> None:
    found = estimate_panel(make_panel(seed=2, effect=1.0))
    rd, ip = found.coefficients
    assert rd.bootstrap_low is not None
    assert 0 < rd.bootstrap_low < 1.0 < (rd.bootstrap_high or 0)
    assert rd.driscoll_kraay_low < 1.0 < rd.driscoll_kraay_high
    assert rd.bootstrap_p < 0.05 < ip.bootstrap_p
    assert rd.placebo is not None
    assert rd.placebo.p_value > 0.05
    assert (found.lags, found.weights, found.draws, found.observations) == (3, "webb", 999, 150)
    assert found.periods == tuple(range(1995, 2025))


def test_chance_is_not_taken_for_a_finding(make_panel: Make) -> None:
    """Of 120 panels without any effect one in twenty may be called one; three in twenty would be too many."""
    rejected = sum(
        estimate_panel(make_panel(seed=seed, effect=0.0, years=12), draws=99).coefficients[0].bootstrap_p
        <= 0.05
        for seed in range(120)
    )
    assert rejected <= 18


def test_same_seed_same_answer(make_panel: Make) -> None:
    panel = make_panel()
    one, same, other = (estimate_panel(panel, draws=199, seed=seed) for seed in (5, 5, 6))
    assert one == same
    assert one.coefficients[0].bootstrap_low != other.coefficients[0].bootstrap_low
    assert one.coefficients[0].estimate == other.coefficients[0].estimate


def test_the_order_of_observations_does_not_matter(make_panel: Make) -> None:
    panel = make_panel(drop=9)
    rows = np.arange(len(panel.units))[::-1]
    turned = Panel(
        [panel.units[row] for row in rows],
        [panel.periods[row] for row in rows],
        panel.outcome[rows],
        panel.regressors[rows],
        panel.names,
    )
    one, two = estimate_panel(panel), estimate_panel(turned)
    for first, second in zip(one.coefficients, two.coefficients, strict=True):
        assert first.estimate == pytest.approx(second.estimate, rel=CLOSE)
        assert first.driscoll_kraay_error == pytest.approx(second.driscoll_kraay_error, rel=CLOSE)


def test_each_country_is_left_out_in_turn(make_panel: Make) -> None:
    panel = make_panel()
    estimate = estimate_panel(panel)
    for place in range(2):
        for left in estimate.coefficients[place].leave_one_out:
            expected = within_coefficients(panel.without(left.country))[place]
            assert left.estimate == pytest.approx(expected, rel=CLOSE)
            assert left.note == ""


def test_three_countries_cannot_spare_one(make_panel: Make) -> None:
    left = estimate_panel(make_panel(countries=3)).coefficients[0].leave_one_out
    assert [entry.estimate for entry in left] == [None] * 3
    assert left[0].note.startswith("too_few_countries")


def test_a_country_that_carries_all_variation_is_told(make_panel: Make) -> None:
    panel = make_panel(countries=4)
    lone = panel.regressors.copy()
    lone[[unit != "C2" for unit in panel.units], 0] = 0.0
    left = estimate_panel(dataclasses.replace(panel, regressors=lone)).coefficients[0].leave_one_out
    assert left[2].estimate is None
    assert left[2].note == "degenerate: rd does not vary within countries and years"
    assert all(entry.estimate is not None for entry in left if entry.country != "C2")


def test_the_answer_says_what_it_cannot_identify(make_panel: Make) -> None:
    told = " ".join(estimate_panel(make_panel(effect=0.0, years=8)).cannot_identify)
    assert "5 countries identify nothing causally" in told
    assert "every shock that all countries share" in told
    assert "here are 8" in told
    assert "The sign of ip is open" in told


def test_a_placebo_that_moves_along_is_told(make_panel: Make) -> None:
    panel = make_panel(effect=1.0)
    told = estimate_panel(dataclasses.replace(panel, placebo=panel.outcome * 2)).cannot_identify
    assert any(line.startswith("rd also goes with the placebo") for line in told)
    without = estimate_panel(dataclasses.replace(panel, placebo=None))
    assert without.coefficients[0].placebo is None


def test_an_estimate_that_turns_without_one_country_is_told() -> None:
    rng = np.random.default_rng(2)
    units = [name for name in "ABCD" for _ in range(10)]
    regressor = rng.normal(size=40)
    slope = np.where(np.array(units) == "D", 9.0, -1.0)
    panel = Panel(units, list(range(10)) * 4, slope * regressor, regressor[:, None], ["rd"])
    assert "The sign of rd turns without D." in estimate_panel(panel).cannot_identify


def test_an_interval_without_an_end_is_none_there() -> None:
    """Only one of three countries varies, the same every second year: large values are never rejected."""
    rng = np.random.default_rng(3)
    outcome = rng.normal(size=18)
    regressor = np.array([0.0, 1.0] * 3 + [0.0] * 12)
    panel = Panel(
        [name for name in "ABC" for _ in range(6)], list(range(6)) * 3, outcome, regressor[:, None], ["rd"]
    )
    coefficient = estimate_panel(panel).coefficients[0]
    assert None in (coefficient.bootstrap_low, coefficient.bootstrap_high)
    assert coefficient.bootstrap_p > 0.05


def changed(panel: Panel, **columns: np.ndarray) -> Panel:
    return dataclasses.replace(panel, **columns)  # type: ignore[arg-type]


def test_what_does_not_vary_is_refused_by_name(make_panel: Make) -> None:
    panel = make_panel()
    by_country = panel.regressors.copy()
    by_country[:, 1] = [len(panel.units) + int(unit[1]) for unit in panel.units]
    by_year = panel.regressors.copy()
    by_year[:, 0] = panel.periods
    for regressors, name in ((by_country, "ip"), (by_year, "rd"), (panel.regressors * 0, "rd")):
        with pytest.raises(ModelInputError, match=f"{name} does not vary within countries and years"):
            estimate_panel(changed(panel, regressors=regressors))
    with pytest.raises(ModelInputError, match="outcome does not vary"):
        estimate_panel(changed(panel, outcome=by_country[:, 1]))


def test_combinations_are_refused(make_panel: Make) -> None:
    panel = make_panel()
    twice = np.stack([panel.regressors[:, 0], panel.regressors[:, 0] * 3 + 1], axis=1)
    with pytest.raises(ModelInputError, match="combination of others: rd, ip"):
        estimate_panel(changed(panel, regressors=twice))


def test_too_few_observations_are_refused() -> None:
    rng = np.random.default_rng(0)
    panel = Panel(list("AABBCC"), [1, 2] * 3, rng.normal(size=6), rng.normal(size=(6, 2)), ["x", "y"])
    with pytest.raises(ModelInputError, match="6 observations leave no degree of freedom"):
        estimate_panel(panel)


def test_malformed_panels_are_refused(make_panel: Make) -> None:
    panel = make_panel()
    with pytest.raises(ModelInputError, match=r"outcome has the shape \(3,\), not \(150,\)"):
        changed(panel, outcome=np.zeros(3))
    with pytest.raises(ModelInputError, match="C0 has two observations in 1996"):
        dataclasses.replace(panel, periods=[1996, *panel.periods[1:]])
    broken = panel.regressors.copy()
    broken[31, 1] = np.nan
    with pytest.raises(ModelInputError, match="ip of C1 in 1996 is not a number"):
        changed(panel, regressors=broken)
    with pytest.raises(ModelInputError, match="placebo of C0 in 1995"):
        changed(panel, placebo=np.full(150, np.inf))
    with pytest.raises(ModelInputError, match="98 draws"):
        estimate_panel(panel, draws=98)
    with pytest.raises(ModelInputError, match="-1 lags"):
        estimate_panel(panel, lags=-1)
