"""How much do distance, borders or agreements change trade, and what would other ones do to incomes?

Structural gravity by Poisson pseudo-maximum likelihood with exporter and importer effects, through pyfixest
(extra ``gravity``), feeding the one-sector model: ratios of spending to income stay, all wages and prices
adjust.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from techbalance.errors import ConvergenceError, ModelInputError, QuestionError, UnknownCodeError
from techbalance.models.exact_hat import OneSectorResult, OneSectorShock, OneSectorWorld, solve_exact_hat
from techbalance.models.validation import (
    FloatArray,
    MaskedFloats,
    Note,
    frozen,
    name_some,
    numbers,
    refuse_where,
    undefined_where,
    unique_labels,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from numpy.typing import ArrayLike

Errors = Literal["robust", "clustered"]
ERRORS: Final[tuple[Errors, ...]] = get_args(Errors)
WHAT: Final = "the gravity equation: fitted totals are not the actual ones"
STEP_GOAL: Final = 1e-12
"""Relative change at which the iterations and the removal of effects end; a looser one moves digits."""
MAX_STEPS: Final = 200
SWEEPS: Final = 100_000
"""Alternating projections that take the effects out; with one weak link they are slow but sure."""
FITTED_TOLERANCE: Final = 1e-8
"""Poisson with effects fits every exporter's and importer's total exactly, up to this part of it."""


@dataclass(frozen=True, eq=False)
class GravityEstimate:
    """A gravity equation X_ij = exp(Z_ij b + a_i + c_j), estimated.

    Attributes
    ----------
    names, coefficients, standard_errors
        Of the covariates.
    errors
        ``robust`` (to heteroskedasticity) or ``clustered`` (by exporter and by importer).
    exporter, importer
        Labels of each row.
    fitted_usd
        By row; masked for rows that were separated.
    observations
        Rows used.
    deviance
        Of the fit.
    residual
        Largest relative gap between a fitted and an actual total of an exporter or importer; zero in theory.
    notes
        ``separated`` with the rows left out because an effect alone predicts them to be zero.
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    standard_errors: FloatArray
    errors: Errors
    exporter: tuple[str, ...]
    importer: tuple[str, ...]
    fitted_usd: MaskedFloats
    observations: int
    deviance: float
    residual: float
    notes: tuple[Note, ...]


def _pyfixest() -> ModuleType:
    try:
        return import_module("pyfixest")
    except ModuleNotFoundError as error:
        raise QuestionError(
            "estimating gravity needs pyfixest, which is not installed",
            where="optional extra gravity",
            remedy="Install it with: pip install 'techbalance[gravity]'",
        ) from error


def estimate_gravity(
    exporter: Sequence[str],
    importer: Sequence[str],
    trade_usd: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    *,
    errors: Errors = "robust",
) -> GravityEstimate:
    """Estimate a gravity equation by PPML with exporter and importer effects.

    Parameters
    ----------
    exporter, importer
        Labels of each row; a pair may occur once. Own sales belong in the data, with a covariate for the
        border.
    trade_usd
        Of each row, 0 or above; zeros count.
    covariates
        By name, one value per row. May be empty: then the fit is the table with the same totals and no
        pattern.
    errors
        How standard errors are formed.

    Raises
    ------
    QuestionError
        pyfixest is not installed.
    ModelInputError
        Negative trade, a pair twice, a covariate that the effects or other covariates already determine.
    ConvergenceError
        The iterations did not end, or the fitted totals are not the actual ones.

    Notes
    -----
    Santos Silva & Tenreyro 2006 (REStat 88); Anderson & van Wincoop 2003 (AER 93). Separated rows (an
    exporter or importer without any trade, or a covariate that predicts zero perfectly) carry no information;
    they are left out and listed.
    """
    if errors not in ERRORS:
        raise UnknownCodeError.among("kind of standard errors", errors, ERRORS)
    pairs = unique_labels(
        "exporter and importer", [f"{one} to {other}" for one, other in zip(exporter, importer, strict=True)]
    )
    trade = numbers("trade_usd", trade_usd, (pairs,))
    refuse_where(trade < 0, "trade_usd", "must not be negative", (pairs,), values=trade)
    columns = {
        f"z{place}": numbers(f"covariate {name}", values, (pairs,))
        for place, (name, values) in enumerate(covariates.items())
    }
    package = _pyfixest()
    frame = import_module("pandas").DataFrame(
        {"trade": trade, "exporter": list(exporter), "importer": list(importer), **columns}
    )
    with warnings.catch_warnings():
        # Dropped rows are read from the model below; the rest are deprecations inside the package.
        warnings.simplefilter("ignore")
        try:
            model = package.fepois(
                f"trade ~ {' + '.join(columns) or '1'} | exporter + importer",
                frame,
                vcov="hetero" if errors == "robust" else {"CRV1": "exporter + importer"},
                fixef_rm="none",
                iwls_tol=STEP_GOAL,
                iwls_maxiter=MAX_STEPS,
                demeaner=package.MapDemeaner(fixef_tol=STEP_GOAL, fixef_maxiter=SWEEPS),
                separation_check=["fe", "ir"],
            )
            estimate, spread = model.coef(), model.se()
        except ValueError as error:
            raise _undetermined(tuple(covariates)) from error
        except package.errors.NonConvergenceError as error:
            raise ConvergenceError(WHAT, residual=float("inf"), iterations=MAX_STEPS) from error
        fitted = np.asarray(model.predict(type="response"), dtype=np.float64)
    missing = tuple(
        name for name, column in zip(covariates, columns, strict=True) if column not in estimate.index
    )
    if missing:
        raise _undetermined(missing)
    left_out = np.zeros(len(pairs), dtype=np.bool_)
    left_out[np.asarray(model.na_index, dtype=np.int64)] = True
    rows = np.zeros(len(pairs))
    rows[~left_out] = fitted
    gap = max(_total_gap(exporter, rows, trade), _total_gap(importer, rows, trade))
    if gap > FITTED_TOLERANCE or not model.convergence:
        raise ConvergenceError(WHAT, residual=gap, iterations=MAX_STEPS)
    dropped = tuple(pair for pair, out in zip(pairs, left_out, strict=True) if out)
    notes: tuple[Note, ...] = ()
    if dropped:
        notes = (Note("separated", f"predicted to be zero, left out: {name_some(dropped)}", dropped),)
    return GravityEstimate(
        names=tuple(covariates),
        coefficients=frozen(np.array([estimate[column] for column in columns], dtype=np.float64)),
        standard_errors=frozen(np.array([spread[column] for column in columns], dtype=np.float64)),
        errors=errors,
        exporter=tuple(exporter),
        importer=tuple(importer),
        fitted_usd=undefined_where(rows, left_out),
        observations=int((~left_out).sum()),
        deviance=float(model.deviance),
        residual=gap,
        notes=notes,
    )


def _undetermined(names: tuple[str, ...]) -> ModelInputError:
    return ModelInputError(
        "covariates are determined by the effects, or by each other",
        where=f"field covariates: {name_some(names)}",
        remedy="Leave out what does not vary by pair: exporter and importer effects hold it already",
    )


def _total_gap(labels: Sequence[str], fitted: FloatArray, actual: FloatArray) -> float:
    _, place = np.unique(np.array(labels), return_inverse=True)
    wanted = np.bincount(place, weights=actual)
    found = np.bincount(place, weights=fitted)
    return float(np.max(np.abs(found - wanted) / np.where(wanted > 0, wanted, 1.0)))


def fitted_world(estimate: GravityEstimate, theta: float) -> OneSectorWorld:
    """Return the fitted trade as a world for the one-sector model.

    Fitted totals equal actual ones, so output and expenditure are those of the data.

    Parameters
    ----------
    estimate
        Must hold every pair of its countries, own sales included.
    theta
        Trade elasticity, sigma - 1.

    Raises
    ------
    ModelInputError
        A pair is missing, or a country's own sales are zero.
    """
    countries = tuple(sorted(set(estimate.exporter) | set(estimate.importer)))
    position = {name: place for place, name in enumerate(countries)}
    matrix = np.full((len(countries), len(countries)), np.nan)
    rows = [position[name] for name in estimate.exporter]
    columns = [position[name] for name in estimate.importer]
    matrix[rows, columns] = np.asarray(estimate.fitted_usd.filled(0.0))
    refuse_where(
        np.isnan(matrix),
        "exporter and importer",
        "must hold every pair of countries, own sales included",
        (countries, countries),
        remedy="Add the missing pairs, with 0 where there is no trade",
    )
    return OneSectorWorld(countries, matrix, theta)


def gravity_counterfactual(
    estimate: GravityEstimate, change: Mapping[str, ArrayLike], *, theta: float
) -> OneSectorResult:
    """Solve for changed covariates in general equilibrium, B = exp(change · b), at given spending ratios.

    Parameters
    ----------
    estimate
        With every pair of countries.
    change
        New less old value of covariates by name, one per row of the estimate (-1 where an agreement ends).
    theta
        Trade elasticity, sigma - 1.

    Returns
    -------
    OneSectorResult
        With multiplicative deficits; the shock is an iceberg trade cost of exp(-change · b / theta).

    Raises
    ------
    UnknownCodeError
        A name that was not estimated.
    ModelInputError, ConvergenceError
        As ``fitted_world`` and ``solve_exact_hat``.

    Notes
    -----
    Yotov, Piermartini, Monteiro & Larch 2016, chapter 2.
    """
    pairs = tuple(
        f"{one} to {other}" for one, other in zip(estimate.exporter, estimate.importer, strict=True)
    )
    effect = np.zeros(len(pairs))
    for name, values in change.items():
        if name not in estimate.names:
            raise UnknownCodeError.among("covariate", name, estimate.names)
        shift = numbers(f"change of {name}", values, (pairs,))
        effect += estimate.coefficients[estimate.names.index(name)] * shift
    world = fitted_world(estimate, theta)
    position = {name: place for place, name in enumerate(world.countries)}
    cost = np.ones((len(world.countries), len(world.countries)))
    rows = [position[name] for name in estimate.exporter]
    columns = [position[name] for name in estimate.importer]
    cost[rows, columns] = np.exp(-effect / world.theta)
    shock = OneSectorShock(trade_cost_hat=cost, label="trade cost from estimated gravity, no revenue")
    return solve_exact_hat(world, shock, closure="multiplicative")
