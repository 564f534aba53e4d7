"""Gravity estimation: recovers what made the data, feeds general equilibrium, and says what it lacks."""

import builtins
import importlib

import numpy as np
import pytest

from techbalance.errors import ModelInputError, QuestionError, UnknownCodeError
from techbalance.models import gravity
from techbalance.models.exact_hat import OneSectorShock, solve_exact_hat
from techbalance.models.gravity import estimate_gravity, fitted_world, gravity_counterfactual

SIZE = 12
NAMES = tuple(f"C{place:02d}" for place in range(SIZE))
EXPORTER, IMPORTER = tuple(np.repeat(NAMES, SIZE)), tuple(np.tile(NAMES, SIZE))


@pytest.fixture(scope="module")
def world():
    rng = np.random.default_rng(4)
    border = 1.0 - np.eye(SIZE)
    distance = rng.normal(size=(SIZE, SIZE)) * border
    pact = ((rng.random((SIZE, SIZE)) < 0.3) * border).astype(float)
    systematic = -1.5 * border - 0.8 * distance + 0.3 * pact
    trade = np.exp(rng.normal(size=SIZE)[:, None] + rng.normal(size=SIZE) + systematic)
    return {"border": border, "distance": distance, "pact": pact}, trade


@pytest.fixture(scope="module")
def needs_pyfixest():
    pytest.importorskip("pyfixest", reason="the optional extra gravity is not installed")


def rows(covariates):
    return {name: values.ravel() for name, values in covariates.items()}


@pytest.mark.usefixtures("needs_pyfixest")
def test_recovers_the_coefficients_that_made_the_data(world):
    covariates, trade = world
    found = estimate_gravity(EXPORTER, IMPORTER, trade.ravel(), rows(covariates))
    assert found.names == ("border", "distance", "pact")
    np.testing.assert_allclose(found.coefficients, [-1.5, -0.8, 0.3], atol=1e-9)
    np.testing.assert_allclose(found.fitted_usd, trade.ravel(), rtol=1e-8)
    assert found.observations == SIZE**2
    assert found.residual < 1e-8


@pytest.mark.usefixtures("needs_pyfixest")
def test_agrees_with_newton_on_the_likelihood(world):
    """The same estimator by hand: dummies for all effects, Newton steps on the Poisson likelihood."""
    covariates, trade = world
    rng = np.random.default_rng(5)
    noisy = trade * rng.lognormal(0, 0.5, trade.shape)
    noisy[rng.random(trade.shape) < 0.1] = 0.0
    found = estimate_gravity(EXPORTER, IMPORTER, noisy.ravel(), rows(covariates))
    dummies = np.hstack(
        [np.kron(np.eye(SIZE), np.ones((SIZE, 1))), np.kron(np.ones((SIZE, 1)), np.eye(SIZE))[:, 1:]]
    )
    design = np.hstack([np.stack([values.ravel() for values in covariates.values()], 1), dummies])
    beta = np.zeros(design.shape[1])
    beta[3 : 3 + SIZE] = np.log(noisy.mean())
    for _ in range(100):
        mean = np.exp(design @ beta)
        beta += np.linalg.solve(design.T @ (design * mean[:, None]), design.T @ (noisy.ravel() - mean))
    np.testing.assert_allclose(found.coefficients, beta[:3], atol=1e-8)
    meat = design.T @ (design * ((noisy.ravel() - mean) ** 2)[:, None])
    bread = np.linalg.inv(design.T @ (design * mean[:, None]))
    robust = np.sqrt(np.diag(bread @ meat @ bread))[:3]
    degrees = SIZE**2 / (SIZE**2 - design.shape[1])
    assert np.all((found.standard_errors / robust > 0.99) & (found.standard_errors / robust < degrees))


@pytest.mark.usefixtures("needs_pyfixest")
def test_separated_rows_are_left_out_and_listed(world):
    covariates, trade = world
    silent = trade.copy()
    silent[3] = 0.0
    found = estimate_gravity(EXPORTER, IMPORTER, silent.ravel(), rows(covariates), errors="clustered")
    (note,) = found.notes
    assert note.reason == "separated"
    assert set(note.labels) == {f"C03 to {name}" for name in NAMES}
    assert found.fitted_usd.mask.sum() == SIZE
    with pytest.raises(ModelInputError, match="must be positive on the diagonal"):
        fitted_world(found, 4.0)


@pytest.mark.usefixtures("needs_pyfixest")
def test_feeds_the_one_sector_model(world):
    covariates, trade = world
    found = estimate_gravity(EXPORTER, IMPORTER, trade.ravel(), rows(covariates))
    end = {"pact": -covariates["pact"].ravel()}
    solved = gravity_counterfactual(found, end, theta=4.0)
    assert solved.shocks == ("trade cost from estimated gravity, no revenue",)
    assert solved.closure == "multiplicative"
    shock = OneSectorShock(trade_cost_hat=np.exp(0.3 * covariates["pact"] / 4.0))
    by_hand = solve_exact_hat(fitted_world(found, 4.0), shock, closure="multiplicative")
    np.testing.assert_allclose(solved.welfare_hat, by_hand.welfare_hat, rtol=1e-9)
    members = covariates["pact"].any(axis=0) | covariates["pact"].any(axis=1)
    assert np.all(solved.welfare_hat[members].mean() < 1)
    with pytest.raises(UnknownCodeError, match="Did you mean 'pact'"):
        gravity_counterfactual(found, {"pacts": 0.0}, theta=4.0)


@pytest.mark.usefixtures("needs_pyfixest")
def test_what_the_effects_hold_already_is_refused(world):
    covariates, trade = world
    by_exporter = np.repeat(np.arange(SIZE, dtype=float), SIZE)
    with pytest.raises(ModelInputError, match=r"determined by the effects.*size"):
        estimate_gravity(EXPORTER, IMPORTER, trade.ravel(), {"size": by_exporter})
    with pytest.raises(ModelInputError, match=r"determined by the effects.*size"):
        estimate_gravity(EXPORTER, IMPORTER, trade.ravel(), {**rows(covariates), "size": by_exporter})


@pytest.mark.usefixtures("needs_pyfixest")
def test_a_missing_pair_is_refused_for_general_equilibrium(world):
    covariates, trade = world
    some = {name: values.ravel()[1:] for name, values in covariates.items()}
    found = estimate_gravity(EXPORTER[1:], IMPORTER[1:], trade.ravel()[1:], some)
    with pytest.raises(ModelInputError, match=r"must hold every pair.*C00, C00"):
        fitted_world(found, 4.0)


def test_bad_rows_are_refused():
    with pytest.raises(ModelInputError, match=r"trade_usd must not be negative.*a to b"):
        estimate_gravity(["a", "b"], ["b", "a"], [-1.0, 1.0], {})
    with pytest.raises(ModelInputError, match="'a to b' is there twice"):
        estimate_gravity(["a", "a"], ["b", "b"], [1.0, 1.0], {})
    with pytest.raises(UnknownCodeError, match="kind of standard errors"):
        estimate_gravity(["a"], ["b"], [1.0], {}, errors="naive")


def test_without_the_extra_the_message_names_it(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(gravity, "import_module", missing)
    with pytest.raises(QuestionError, match=r"pip install 'techbalance\[gravity\]'"):
        estimate_gravity(["a", "b"], ["b", "a"], [1.0, 1.0], {})


def test_importing_the_room_does_not_import_the_extra(monkeypatch):
    real = builtins.__import__

    def guarded(name, *rest):
        assert name.split(".")[0] not in {"pyfixest", "pandas"}, name
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", guarded)
    assert importlib.reload(gravity).STEP_GOAL > 0
