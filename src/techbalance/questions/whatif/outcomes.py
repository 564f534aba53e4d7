"""What is an outcome of a model, and how do many draws of it become a range?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from techbalance.models.uncertainty import (
    Alternatives,
    Lever,
    Model,
    Sample,
    Uncertain,
    UncertaintyResult,
    run_draws,
)
from techbalance.models.validation import FloatArray

Unit = Literal["US dollars", "ratio"]
USD: Final = "US dollars"
RATIO: Final = "ratio"
WHOLE: Final = "all"
WELFARE: Final = "welfare"


@dataclass(frozen=True)
class Outcome:
    """One thing a model says.

    Parameters
    ----------
    name
        Such as ``imports`` or ``price_paid``.
    unit
        Dollars of the base year, or a ratio (0.01 is 1 %).
    part
        What it is about: ``all``, a partner, group, product, country or sector.
    level
        Kind of part; ``all`` for the whole.
    base
        Value before, of which it is the change; None where it is a change by nature.
    is_bound
        ``low`` or ``high`` where it is one end of a bound that no model narrows; the high end comes next.
    note
        What must be known to read it.
    """

    name: str
    unit: str
    part: str = WHOLE
    level: str = WHOLE
    base: float | None = None
    is_bound: Literal["", "low", "high"] = ""
    note: str = ""

    @property
    def key(self) -> str:
        """Label in a run."""
        return f"{self.name} of {self.level} {self.part}{f' ({self.is_bound})' if self.is_bound else ''}"


@dataclass(frozen=True, eq=False)
class Run:
    """One model over all draws.

    Parameters
    ----------
    model
        Which.
    outcomes
        In the order of the columns of ``sample``.
    sample
        [draw, outcome]; of one row where nothing was drawn.
    central
        [outcome], every assumption at its centre.
    levers
        One for each assumption; none where nothing was drawn.
    source, closure
        Elasticity source and what is held fixed, in a few words.
    notes
        What must be known to read it.
    draws
        How many were asked for; 0 for the central case alone.
    """

    model: str
    outcomes: tuple[Outcome, ...]
    sample: FloatArray
    central: FloatArray
    levers: tuple[Lever, ...]
    source: str
    closure: str
    notes: tuple[str, ...] = ()
    draws: int = 0
    failures: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Drawing:
    """How often, and from which seed."""

    draws: int
    seed: int


def run_model(
    model: Model, outcomes: Sequence[Outcome], parameters: Sequence[Uncertain], drawing: Drawing
) -> tuple[FloatArray, FloatArray, tuple[Lever, ...], tuple[str, ...]]:
    """Run a model over its draws, or once at the centre where none are asked for.

    Returns
    -------
    sample, central, levers, failures
        As in ``Run``.

    Raises
    ------
    ConvergenceError
        Fewer than 95 % of the draws solve, or the central case does not.
    """
    if not drawing.draws:
        centre = np.asarray(model(central_sample(parameters)), dtype=np.float64)
        return centre[None, :], centre, (), ()
    found: UncertaintyResult = run_draws(
        model, [one.key for one in outcomes], parameters, seed=drawing.seed, draws=drawing.draws
    )
    return found.sample, found.at_central, found.levers, found.failures


def central_sample(parameters: Sequence[Uncertain]) -> Sample:
    """Every assumption at its centre: the first of alternatives, the middle of a distribution."""
    return Sample(
        {
            one.name: one.at(0) if isinstance(one, Alternatives) else one.value(np.full(one.size, 0.5))
            for one in parameters
        }
    )
