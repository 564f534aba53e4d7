"""How far could chance alone move a coefficient, with a handful of countries and dependent years?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ModelInputError

if TYPE_CHECKING:
    from techbalance.models.panel.observations import Array, Panel
    from techbalance.models.panel.within import WithinFit

SIGNIFICANCE: Final = 0.05
# Below this number of clusters two-point weights give too few distinct draws (Webb 2014).
WEBB_BELOW: Final = 12
WEBB_WEIGHTS: Final = tuple(sign * (half / 2) ** 0.5 for sign in (-1, 1) for half in (1, 2, 3))
# An interval that is still open a million standard errors away has no end.
FARTHEST: Final = 1e6
# Halvings of the bracket of an interval's end: 2^-40 of it is far below what 999 draws can tell.
HALVINGS: Final = 40


@dataclass(frozen=True, eq=False)
class WildClusterBootstrap:
    """Wild cluster bootstrap of one coefficient with the null imposed, for any value of the null.

    Under the null "the coefficient is b" the residuals are linear in b, so every draw is kept as the part
    that belongs to the outcome and the part that belongs to the regressor.

    Attributes
    ----------
    estimate, error
        The coefficient and its cluster-robust standard error, up to a constant that cancels.
    outcome_coefficients, regressor_coefficients
        Coefficient of each draw, in two parts.
    outcome_scores, regressor_scores
        Scores of each cluster and draw, in two parts, clusters x draws.
    """

    estimate: float
    error: float
    outcome_coefficients: Array
    regressor_coefficients: Array
    outcome_scores: Array
    regressor_scores: Array

    def p_value(self, null: float = 0.0) -> float:
        """Give the share of draws, the data among them, whose t is at least that of the data."""
        errors = np.sqrt(((self.outcome_scores - null * self.regressor_scores) ** 2).sum(axis=0))
        distances = np.abs(self.outcome_coefficients - null * self.regressor_coefficients)
        observed = abs(self.estimate - null)
        # t* >= t without a division, so that a draw without error counts as extreme.
        extreme = distances * self.error >= observed * errors
        return float((1 + extreme.sum()) / (1 + extreme.size))

    def interval(self) -> tuple[float | None, float | None]:
        """Give the values of the null that are not rejected; an end that does not exist is None."""
        return self._end(-1.0), self._end(1.0)

    def _end(self, direction: float) -> float | None:
        inside, step = 0.0, 1.0
        while self._holds(direction * step):
            inside, step = step, 2 * step
            if step > FARTHEST:
                return None
        outside = step
        for _ in range(HALVINGS):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if self._holds(direction * middle) else (inside, middle)
        return self.estimate + direction * inside * self.error

    def _holds(self, errors_away: float) -> bool:
        return self.p_value(self.estimate + errors_away * self.error) > SIGNIFICANCE


def draw_cluster_weights(clusters: int, draws: int, seed: int) -> tuple[Array, str]:
    """Draw one weight per cluster and draw, and name the distribution: ``webb`` or ``rademacher``."""
    webb = clusters < WEBB_BELOW
    points = np.asarray(WEBB_WEIGHTS if webb else (-1.0, 1.0))
    drawn = np.random.default_rng(seed).choice(points, size=(clusters, draws))
    return drawn, "webb" if webb else "rademacher"


def bootstrap_coefficient(
    fit: WithinFit, place: int, clusters: Array, weights: Array
) -> WildClusterBootstrap:
    """Bootstrap one coefficient of a fit.

    Parameters
    ----------
    fit
        The regression.
    place
        Which regressor.
    clusters
        1 where the row's cluster holds the column's observation, clusters x observations.
    weights
        Weight of each cluster and draw, clusters x draws.
    """
    others = np.delete(fit.regressors, place, axis=1)
    influence = clusters * (fit.regressors @ fit.inverse[:, place])

    def split(column: Array) -> tuple[Array, Array]:
        left = column - others @ np.linalg.lstsq(others, column, rcond=None)[0]
        drawn = (clusters.T @ weights) * left[:, None]
        coefficients = fit.inverse @ (fit.regressors.T @ drawn)
        residuals = fit.take_out_effects(drawn) - fit.regressors @ coefficients
        return coefficients[place], influence @ residuals

    by_outcome, by_regressor = split(fit.outcome), split(fit.regressors[:, place])
    return WildClusterBootstrap(
        estimate=float(fit.coefficients[place]),
        error=float(np.linalg.norm(influence @ fit.residuals)),
        outcome_coefficients=by_outcome[0],
        regressor_coefficients=by_regressor[0],
        outcome_scores=by_outcome[1],
        regressor_scores=by_regressor[1],
    )


def driscoll_kraay_errors(fit: WithinFit, panel: Panel, lags: int) -> Array:
    """Give standard errors that allow dependence across countries and over ``lags`` years.

    Raises
    ------
    ModelInputError
        The observations leave no degree of freedom.
    """
    spare = len(fit.outcome) - fit.effects.shape[1] - fit.regressors.shape[1]
    if spare <= 0:
        raise ModelInputError(
            f"{len(fit.outcome)} observations leave no degree of freedom", remedy="Add years or countries"
        )
    years = np.asarray(panel.periods)
    scores = fit.regressors * fit.residuals[:, None]
    by_year = {int(year): scores[years == year].sum(axis=0) for year in np.unique(years)}
    middle = np.zeros_like(fit.inverse)
    for year, score in by_year.items():
        middle += np.outer(score, score)
        for lag in range(1, lags + 1):
            if (earlier := by_year.get(year - lag)) is not None:
                cross = np.outer(score, earlier)
                middle += (1 - lag / (lags + 1)) * (cross + cross.T)
    variance = np.diagonal(fit.inverse @ middle @ fit.inverse) * len(fit.outcome) / spare
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)))
