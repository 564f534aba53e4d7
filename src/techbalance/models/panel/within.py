"""What moves with what within countries and years, once country and year effects are taken out?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ModelInputError

if TYPE_CHECKING:
    from techbalance.models.panel.observations import Array, Panel

# What is left of a column after the effects are taken out, relative to the column: less is rounding.
NO_VARIATION: Final = 1e-10


@dataclass(frozen=True, eq=False)
class WithinFit:
    """Least squares after the effects are taken out.

    Attributes
    ----------
    effects
        Orthonormal basis of the country and year effects, observations x effects.
    regressors, outcome
        What the effects leave of them.
    inverse
        (X'X)⁻¹ of the regressors that are left.
    coefficients, residuals
        The fit.
    """

    effects: Array
    regressors: Array
    outcome: Array
    inverse: Array
    coefficients: Array
    residuals: Array

    def take_out_effects(self, columns: Array) -> Array:
        """Give what the effects leave of ``columns``, observations x any."""
        return columns - self.effects @ (self.effects.T @ columns)


def within_coefficients(panel: Panel) -> Array:
    """Coefficients with country and year effects, without inference.

    With two countries and two years this is the difference of differences: outcomes (1, 2) and (1, 4),
    regressor (0, 0) and (0, 1) give (4 − 1) − (2 − 1) = 2.

    Parameters
    ----------
    panel
        Any panel, complete or not, of two countries or more.

    Returns
    -------
    Array
        One coefficient per regressor.

    Raises
    ------
    ModelInputError
        A regressor does not vary within countries and years, or is a combination of others.
    """
    return fit_within(panel, panel.outcome).coefficients


def fit_within(panel: Panel, outcome: Array) -> WithinFit:
    """Fit ``outcome`` on the regressors of a panel with country and year effects.

    Raises
    ------
    ModelInputError
        As in :func:`within_coefficients`; also an outcome without variation.
    """
    effects = _effects(panel)
    regressors = panel.regressors - effects @ (effects.T @ panel.regressors)
    left = outcome - effects @ (effects.T @ outcome)
    sizes = np.linalg.norm(regressors, axis=0)
    floors = NO_VARIATION * (np.linalg.norm(panel.regressors, axis=0) + np.finfo(float).tiny)
    if (flat := sizes <= floors).any():
        raise ModelInputError(
            f"{panel.names[int(np.flatnonzero(flat)[0])]} does not vary within countries and years",
            remedy="Country and year effects explain it fully; leave it out",
        )
    if np.linalg.norm(left) <= NO_VARIATION * np.linalg.norm(outcome):
        raise ModelInputError("the outcome does not vary within countries and years")
    values = np.linalg.svd(regressors / sizes, compute_uv=False)
    if values[-1] <= NO_VARIATION * values[0]:
        raise ModelInputError(
            f"a regressor is a combination of others: {', '.join(panel.names)}", remedy="Leave one out"
        )
    inverse = np.asarray(np.linalg.inv(regressors.T @ regressors), dtype=np.float64)
    coefficients = inverse @ (regressors.T @ left)
    return WithinFit(effects, regressors, left, inverse, coefficients, left - regressors @ coefficients)


def _effects(panel: Panel) -> Array:
    """Give an orthonormal basis of the country and year effects, also where observations are missing."""
    dummies = [[unit == name for unit in panel.units] for name in dict.fromkeys(panel.units)]
    dummies += [[period == year for period in panel.periods] for year in dict.fromkeys(panel.periods)]
    basis, sizes, _ = np.linalg.svd(np.asarray(dummies, dtype=np.float64).T, full_matrices=False)
    return np.asarray(basis[:, sizes > NO_VARIATION * sizes[0]])
