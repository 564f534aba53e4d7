"""What do many runs of a model say, and which parameter moves them most?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ConvergenceError, ModelInputError, UnknownCodeError
from techbalance.models.uncertainty.parameters import Alternatives, Lognormal, Triangular, Uncertain
from techbalance.models.validation import FloatArray, frozen, unique_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import ArrayLike

LEAST_SOLVED: Final = 0.95
"""Part of the draws that must solve; those that do not are no random sample of all."""
INTERVAL: Final = 0.9
"""Part of the draws between low and high."""
FAILURES_KEPT: Final = 5
"""How many messages of unsolved draws a result carries."""


@dataclass(frozen=True)
class Sample:
    """One value for every uncertain parameter, read by name and kind."""

    values: Mapping[str, FloatArray | str]

    def _get(self, name: str) -> FloatArray | str:
        if name not in self.values:
            raise UnknownCodeError.among("parameter", name, self.values)
        return self.values[name]

    def number(self, name: str) -> float:
        """Return a parameter that is one number."""
        value = self._get(name)
        if isinstance(value, str) or value.size != 1:
            raise ModelInputError(f"{name} is not one number", where=f"parameter {name}")
        return float(value.ravel()[0])

    def vector(self, name: str) -> FloatArray:
        """Return a parameter that has one number per label."""
        value = self._get(name)
        if isinstance(value, str):
            raise ModelInputError(f"{name} is a choice, not numbers", where=f"parameter {name}")
        return value

    def choice(self, name: str) -> str:
        """Return the label that was chosen."""
        value = self._get(name)
        if not isinstance(value, str):
            raise ModelInputError(f"{name} is numbers, not a choice", where=f"parameter {name}")
        return value


@dataclass(frozen=True)
class OfMany:
    """A model that solves several samples together faster than one after the other.

    Parameters
    ----------
    solve
        Takes samples, returns [sample, outcome]; raises ``ConvergenceError`` where one of them does not
        solve, upon which each is solved alone.
    at_once
        How many it is handed together, at most.
    """

    solve: Callable[[Sequence[Sample]], ArrayLike]
    at_once: int

    def __call__(self, sample: Sample) -> FloatArray:
        """Solve one alone."""
        return np.asarray(np.asarray(self.solve([sample]), dtype=np.float64)[0])


Model = Callable[[Sample], "ArrayLike"]


@dataclass(frozen=True, eq=False)
class Lever:
    """What one parameter does alone, all others at their central value: one bar of a tornado.

    Attributes
    ----------
    name, source
        The parameter.
    low_setting, high_setting
        Where it was set, in words: a quantile, or an option.
    low, high
        [outcome], smaller and larger outcome of the settings tried.
    swing
        [outcome], high - low.
    failed
        Settings at which the model did not solve; the bar leaves them out.
    """

    name: str
    source: str
    low_setting: tuple[str, ...]
    high_setting: tuple[str, ...]
    low: FloatArray
    high: FloatArray
    swing: FloatArray
    failed: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class UncertaintyResult:
    """A range before a point, for each outcome.

    Attributes
    ----------
    outcomes
        Labels.
    low, central, high
        [outcome]: quantiles (1 - interval)/2, the median, and (1 + interval)/2 of the draws that solved. Each
        is the outcome of an actual draw, none is interpolated.
    at_central
        [outcome], with every parameter at its central value.
    draws, solved_ratio, seed, interval
        How many were drawn, the part that solved, and what makes the run repeatable.
    sample
        [solved draw, outcome], in the order drawn.
    levers
        One per parameter, as given; ``tornado`` sorts them.
    failures
        First messages of draws that did not solve.
    """

    outcomes: tuple[str, ...]
    low: FloatArray
    central: FloatArray
    high: FloatArray
    at_central: FloatArray
    draws: int
    solved_ratio: float
    seed: int
    interval: float
    sample: FloatArray
    levers: tuple[Lever, ...]
    failures: tuple[str, ...]

    def tornado(self, outcome: str) -> tuple[Lever, ...]:
        """Return the levers for one outcome, the widest first; equal ones by name.

        Raises
        ------
        UnknownCodeError
            No such outcome.
        """
        if outcome not in self.outcomes:
            raise UnknownCodeError.among("outcome", outcome, self.outcomes)
        place = self.outcomes.index(outcome)
        return tuple(sorted(self.levers, key=lambda lever: (-lever.swing[place], lever.name)))


def run_draws(  # noqa: PLR0913, model, labels, parameters and how to draw them
    model: Model,
    outcomes: Sequence[str],
    parameters: Sequence[Uncertain],
    *,
    seed: int,
    draws: int = 1000,
    interval: float = INTERVAL,
) -> UncertaintyResult:
    """Run a model over draws of its parameters and over each parameter alone.

    Draws are stratified: every parameter runs once through each of ``draws`` equal parts of its distribution,
    in an order of its own that depends on the seed and on its name only.

    Parameters
    ----------
    model
        Takes a ``Sample``, returns one number per outcome; or ``OfMany``. It may raise ``ConvergenceError``;
        that draw counts as unsolved. Any other error is a mistake in the scenario and passes through.
    outcomes
        Labels of what ``model`` returns.
    parameters
        At least one.
    seed
        Same seed, same answer.
    draws
        How many, at least 1.
    interval
        Part of the draws between low and high, in (0, 1).

    Raises
    ------
    ConvergenceError
        Fewer than 95 % of the draws solve, or the central case does not.
    ModelInputError
        Parameters doubled or none, an interval outside (0, 1), an outcome of the wrong length or not a
        number.

    Examples
    --------
    >>> from techbalance.models.uncertainty import Alternatives
    >>> choice = Alternatives("x", ("a", "b", "c"), (3.0, 2.0, 7.0))
    >>> found = run_draws(lambda sample: [sample.number("x")], ["y"], [choice], seed=1, draws=3)
    >>> found.low.item(), found.central.item(), found.high.item()
    (2.0, 3.0, 7.0)
    """
    labels = unique_labels("outcomes", outcomes)
    unique_labels("parameters", [one.name for one in parameters])
    if draws < 1 or not 0 < interval < 1:
        raise ModelInputError(
            "draws must be at least 1 and interval between 0 and 1",
            where=f"fields draws and interval, values {draws} and {interval}",
        )
    values = {one.name: _drawn(one, _stratified(one, draws, seed)) for one in parameters}
    samples = [Sample({name: drawn[draw] for name, drawn in values.items()}) for draw in range(draws)]
    settings = [_settings(one, interval) for one in parameters]
    centre = _central(parameters)
    alone = [
        Sample({**centre.values, one.name: value})
        for one, tried in zip(parameters, settings, strict=True)
        for value in tried.values()
    ]
    found = iter(_outcomes(model, [*samples, centre, *alone], labels))
    drawn = [next(found) for _ in samples]
    solved = [one for one in drawn if not isinstance(one, ConvergenceError)]
    failures = [one for one in drawn if isinstance(one, ConvergenceError)]
    ratio = len(solved) / draws
    if ratio < LEAST_SOLVED:
        worst = max(failures, key=lambda error: error.residual)
        raise ConvergenceError(
            f"only {ratio:.1%} of {draws} draws solved, below {LEAST_SOLVED:.0%}",
            residual=worst.residual,
            iterations=worst.iterations,
            where=f"first failure: {failures[0]}",
            remedy="Narrow the parameters, or take a smaller shock",
        )
    at_central = next(found)
    if isinstance(at_central, ConvergenceError):
        raise at_central
    levers = tuple(
        _lever(one, {setting: next(found) for setting in tried})
        for one, tried in zip(parameters, settings, strict=True)
    )
    table = np.stack(solved)
    ends = [(1.0 - interval) / 2.0, 0.5, (1.0 + interval) / 2.0]
    low, central, high = np.quantile(table, ends, axis=0, method="inverted_cdf")
    return UncertaintyResult(
        outcomes=labels,
        low=frozen(low),
        central=frozen(central),
        high=frozen(high),
        at_central=frozen(at_central),
        draws=draws,
        solved_ratio=ratio,
        seed=seed,
        interval=interval,
        sample=frozen(table),
        levers=levers,
        failures=tuple(str(error) for error in failures[:FAILURES_KEPT]),
    )


def _stratified(parameter: Uncertain, draws: int, seed: int) -> FloatArray:
    """Return [draw, entry] uniform numbers, one in each of ``draws`` equal slots of every entry."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, *parameter.name.encode()]))
    slots = np.stack([rng.permutation(draws) for _ in range(parameter.size)], axis=1)
    return np.asarray((slots + rng.random(slots.shape)) / draws, dtype=np.float64)


def _drawn(parameter: Uncertain, uniforms: FloatArray) -> Sequence[FloatArray | str]:
    """Return the value of each draw."""
    if isinstance(parameter, (Lognormal, Triangular)):
        return list(parameter.value(uniforms))
    return [parameter.value(one) for one in uniforms]


def _at_quantile(parameter: Uncertain, quantile: float) -> FloatArray | str:
    return parameter.value(np.full(parameter.size, quantile))


def _central_value(parameter: Uncertain) -> FloatArray | str:
    return parameter.at(0) if isinstance(parameter, Alternatives) else _at_quantile(parameter, 0.5)


def _central(parameters: Sequence[Uncertain]) -> Sample:
    return Sample({one.name: _central_value(one) for one in parameters})


def _outcomes(
    model: Model, samples: Sequence[Sample], labels: tuple[str, ...]
) -> Iterator[FloatArray | ConvergenceError]:
    """Run a model over samples; where it does not solve, the error stands in the place of the outcome."""
    if not isinstance(model, OfMany):
        yield from _each_alone(model, samples, labels)
        return
    for start in range(0, len(samples), model.at_once):
        several = samples[start : start + model.at_once]
        try:
            yield from _checked(model.solve(several), (len(several), len(labels)))
        except ConvergenceError:
            # One of them does not solve: which one shows when each is alone.
            yield from _each_alone(model, several, labels)


def _each_alone(
    model: Model, samples: Sequence[Sample], labels: tuple[str, ...]
) -> Iterator[FloatArray | ConvergenceError]:
    for sample in samples:
        try:
            yield _checked(model(sample), (len(labels),))
        except ConvergenceError as error:
            yield error


def _checked(given: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    found = np.atleast_1d(np.asarray(given, dtype=np.float64))
    if found.shape != shape or not np.all(np.isfinite(found)):
        raise ModelInputError(
            f"a model must return {shape[-1]} finite numbers, one per outcome; got shape {found.shape}",
            where="field model",
            remedy="Leave outcomes that may be undefined out of the draws",
        )
    return found


def _settings(moved: Uncertain, interval: float) -> dict[str, FloatArray | str]:
    """Name the settings at which a parameter is tried alone."""
    if isinstance(moved, Alternatives):
        return {option: moved.at(place) for place, option in enumerate(moved.options)}
    quantiles = ((1.0 - interval) / 2.0, 0.5, (1.0 + interval) / 2.0)
    return {f"quantile {quantile:.3g}": _at_quantile(moved, quantile) for quantile in quantiles}


def _lever(moved: Uncertain, tried: dict[str, FloatArray | ConvergenceError]) -> Lever:
    """Say what a parameter does alone, from the outcomes at its settings."""
    found = {setting: one for setting, one in tried.items() if not isinstance(one, ConvergenceError)}
    if not found:
        raise ConvergenceError(
            f"no setting of {moved.name} solves with the other parameters central",
            residual=float("inf"),
            iterations=len(tried),
        )
    names, table = tuple(found), np.stack(list(found.values()))
    return Lever(
        name=moved.name,
        source=moved.source,
        low_setting=tuple(names[place] for place in np.argmin(table, axis=0)),
        high_setting=tuple(names[place] for place in np.argmax(table, axis=0)),
        low=frozen(table.min(axis=0)),
        high=frozen(table.max(axis=0)),
        swing=frozen(np.ptp(table, axis=0)),
        failed=tuple(setting for setting in tried if setting not in found),
    )
