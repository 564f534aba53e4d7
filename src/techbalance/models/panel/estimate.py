"""How sure can a handful of countries make us, and what can they not tell at all?

A regression with country and year effects (METHODS F6), with errors meant for few countries, the estimate
without each country in turn, a placebo outcome, and sentences that say what is not identified.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.stats import t as student  # type: ignore[import-untyped]

from techbalance.errors import ModelInputError
from techbalance.models.panel.inference import (
    SIGNIFICANCE,
    bootstrap_coefficient,
    draw_cluster_weights,
    driscoll_kraay_errors,
)
from techbalance.models.panel.within import fit_within, within_coefficients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.models.panel.observations import Array, Panel
    from techbalance.models.panel.within import WithinFit

FEWEST_COUNTRIES: Final = 3
# Fewer years than this leave the Driscoll-Kraay error, which rests on many years, on thin ground.
FEW_PERIODS: Final = 20


class LeftOut(NamedTuple):
    """Coefficient without one country; None with a reason where it is not defined."""

    country: str
    estimate: float | None
    note: str


class Placebo(NamedTuple):
    """Coefficient on the placebo outcome, and how often chance alone gives as much."""

    estimate: float
    p_value: float


@dataclass(frozen=True)
class Coefficient:
    """One regressor of the panel.

    Attributes
    ----------
    name
        Regressor.
    estimate
        Change of the outcome with one unit of the regressor, within countries and years.
    bootstrap_low, bootstrap_high
        95 % interval of the wild cluster bootstrap by country, the one to quote: the values that it does
        not reject at 5 %. None for an end that does not exist, as happens with very few countries.
    bootstrap_p
        Share of draws under "no association" with at least the t of the data.
    driscoll_kraay_error, driscoll_kraay_low, driscoll_kraay_high
        Standard error robust to dependence over years and across countries, and its 95 % interval.
    leave_one_out
        The estimate without each country in turn.
    placebo
        The same regression on the placebo outcome, if one was given.
    """

    name: str
    estimate: float
    bootstrap_low: float | None
    bootstrap_high: float | None
    bootstrap_p: float
    driscoll_kraay_error: float
    driscoll_kraay_low: float
    driscoll_kraay_high: float
    leave_one_out: tuple[LeftOut, ...]
    placebo: Placebo | None


@dataclass(frozen=True)
class PanelEstimate:
    """A panel regression with what it cannot identify.

    Attributes
    ----------
    coefficients
        One per regressor.
    countries, periods, observations
        What it rests on.
    lags
        Years of serial dependence that the Driscoll-Kraay error allows for.
    weights, draws, seed
        Bootstrap weights (``webb`` or ``rademacher``), number of draws and seed: same seed, same answer.
    cannot_identify
        Sentences that belong beside the numbers.
    """

    coefficients: tuple[Coefficient, ...]
    countries: tuple[str, ...]
    periods: tuple[int, ...]
    observations: int
    lags: int
    weights: str
    draws: int
    seed: int
    cannot_identify: tuple[str, ...]


def estimate_panel(
    panel: Panel, *, draws: int = 999, seed: int = 1, lags: int | None = None
) -> PanelEstimate:
    """Estimate a panel with country and year effects and the errors that few countries allow.

    Parameters
    ----------
    panel
        Observations of at least three countries.
    draws, seed
        Bootstrap draws, and the seed of the generator.
    lags
        Years of serial dependence in the Driscoll-Kraay error; by default ``floor(4 (T / 100)^(2/9))``.

    Returns
    -------
    PanelEstimate

    Raises
    ------
    ModelInputError
        Fewer than three countries; an outcome or regressor without variation within countries and years, or
        one that is a combination of others; no degrees of freedom; fewer than 99 draws or negative lags.

    Notes
    -----
    The bootstrap imposes the null, and its interval inverts its test, so the two never disagree; weights
    are Webb's six points below twelve countries, else Rademacher. Driscoll-Kraay uses Bartlett weights, the
    factor n / (n − parameters) and Student's t with T − 1 degrees of freedom. Leaving out one of three
    countries gives no estimate (``too_few_countries``). Sources: Cameron, Gelbach and Miller 2008 REStat 90;
    Webb 2014; Driscoll and Kraay 1998 REStat 80.
    """
    countries = panel.countries
    if len(countries) < FEWEST_COUNTRIES:
        raise ModelInputError(
            f"a panel needs {FEWEST_COUNTRIES} countries, this has {len(countries)}",
            where=", ".join(countries),
            remedy="Add countries; the arithmetic of two is a difference of differences without an error",
        )
    if draws < 99 or (lags is not None and lags < 0):
        raise ModelInputError(
            f"{draws} draws, {lags} lags", remedy="Give 99 draws or more, lags of 0 or more"
        )
    periods = tuple(sorted(set(panel.periods)))
    used_lags = int(4 * (len(periods) / 100) ** (2 / 9)) if lags is None else lags
    fit = fit_within(panel, panel.outcome)
    weights, scheme = draw_cluster_weights(len(countries), draws, seed)
    evidence = _Evidence(
        fit=fit,
        placebo=None if panel.placebo is None else fit_within(panel, panel.placebo),
        errors=driscoll_kraay_errors(fit, panel, used_lags),
        critical=float(student.ppf(1 - SIGNIFICANCE / 2, len(periods) - 1)),
        clusters=np.asarray([[unit == name for unit in panel.units] for name in countries], np.float64),
        weights=weights,
        left_out=tuple((country, *_leave_out(panel, country)) for country in countries),
    )
    coefficients = tuple(_coefficient(name, place, evidence) for place, name in enumerate(panel.names))
    return PanelEstimate(
        coefficients=coefficients,
        countries=countries,
        periods=periods,
        observations=len(panel.units),
        lags=used_lags,
        weights=scheme,
        draws=draws,
        seed=seed,
        cannot_identify=_limits(coefficients, countries, periods),
    )


class _Evidence(NamedTuple):
    """What the coefficients of one panel share."""

    fit: WithinFit
    placebo: WithinFit | None
    errors: Array
    critical: float
    clusters: Array
    weights: Array
    left_out: tuple[tuple[str, Array | None, str], ...]


def _coefficient(name: str, place: int, evidence: _Evidence) -> Coefficient:
    bootstrap = bootstrap_coefficient(evidence.fit, place, evidence.clusters, evidence.weights)
    low, high = bootstrap.interval()
    error = float(evidence.errors[place])
    placebo = None
    if evidence.placebo is not None:
        chance = bootstrap_coefficient(evidence.placebo, place, evidence.clusters, evidence.weights)
        placebo = Placebo(chance.estimate, chance.p_value())
    return Coefficient(
        name=name,
        estimate=bootstrap.estimate,
        bootstrap_low=low,
        bootstrap_high=high,
        bootstrap_p=bootstrap.p_value(),
        driscoll_kraay_error=error,
        driscoll_kraay_low=bootstrap.estimate - evidence.critical * error,
        driscoll_kraay_high=bootstrap.estimate + evidence.critical * error,
        leave_one_out=tuple(
            LeftOut(country, None if left is None else float(left[place]), note)
            for country, left, note in evidence.left_out
        ),
        placebo=placebo,
    )


def _leave_out(panel: Panel, country: str) -> tuple[Array | None, str]:
    if len(panel.countries) <= FEWEST_COUNTRIES:
        return None, f"too_few_countries: a panel needs {FEWEST_COUNTRIES}"
    try:
        return within_coefficients(panel.without(country)), ""
    except ModelInputError as error:
        return None, f"degenerate: {error.what}"


def _limits(
    coefficients: Sequence[Coefficient], countries: tuple[str, ...], periods: tuple[int, ...]
) -> tuple[str, ...]:
    """Say what the estimate cannot identify: what holds for every such panel, then what this one shows."""
    limits = [
        f"{len(countries)} countries identify nothing causally: the coefficients are associations within "
        "countries over time, and causes may run either way.",
        "Year effects absorb every shock that all countries share (world demand, the oil price, the dollar), "
        "so none of these has a coefficient.",
        "Country effects absorb whatever does not change over the years (size, language, law), so none of "
        "these has a coefficient.",
        f"With {len(countries)} clusters no standard error rests on large numbers: read the bootstrap "
        "interval, and the Driscoll-Kraay error only beside it.",
    ]
    if len(periods) < FEW_PERIODS:
        limits.append(f"The Driscoll-Kraay error rests on many years; here are {len(periods)}.")
    for coefficient in coefficients:
        turned = [
            left.country
            for left in coefficient.leave_one_out
            if left.estimate is not None and left.estimate * coefficient.estimate < 0
        ]
        if turned:
            limits.append(f"The sign of {coefficient.name} turns without {' or without '.join(turned)}.")
        if coefficient.bootstrap_p > SIGNIFICANCE:
            limits.append(
                f"The sign of {coefficient.name} is open: chance alone gives as much in "
                f"{coefficient.bootstrap_p:.0%} of the draws."
            )
        if coefficient.placebo is not None and coefficient.placebo.p_value <= SIGNIFICANCE:
            limits.append(
                f"{coefficient.name} also goes with the placebo outcome, so what it picks up is not "
                "particular to technology trade."
            )
    return tuple(limits)
