"""Which parameters are not known exactly, and how are they drawn?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.special import ndtr, ndtri  # type: ignore[import-untyped]

from techbalance.errors import ModelInputError
from techbalance.models.validation import FloatArray, frozen, numbers, unique_labels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Uncertain(Protocol):
    """A parameter that is not known exactly.

    ``size`` is how many independent draws it takes: 1 where all its entries move together.
    """

    @property
    def name(self) -> str:
        """What the model calls it."""

    @property
    def source(self) -> str:
        """Where the estimate comes from."""

    @property
    def size(self) -> int:
        """Return how many uniform numbers make one value."""

    def value(self, uniform: FloatArray) -> FloatArray | str:
        """Return the value at quantiles ``uniform`` (one entry per independent draw)."""


@dataclass(frozen=True, eq=False)
class Lognormal:
    """An elasticity with a relative standard error, cut off outside [lowest, highest].

    Parameters
    ----------
    name, source
        For messages, the tornado and the caption.
    median
        A number or one per label, above 0.
    log_sd
        Standard deviation of the log, 0 or above; a relative standard error of 0.3 is about 0.29.
    lowest, highest
        Where the model has no meaning beyond, such as sigma at 1.05.
    together
        Whether all entries move up and down together, or each for itself.
    """

    name: str
    median: FloatArray
    log_sd: FloatArray
    source: str = ""
    lowest: float = 0.0
    highest: float = float("inf")
    together: bool = True

    def __post_init__(self) -> None:
        median = np.atleast_1d(np.asarray(self.median, dtype=np.float64))
        labels = [str(place) for place in range(median.size)]
        spread = numbers(f"log_sd of {self.name}", self.log_sd, (labels,))
        inside = (median > 0) & (median >= self.lowest) & (median <= self.highest) & (spread >= 0)
        if not np.all(inside):
            raise ModelInputError(
                f"{self.name} needs medians above 0 and inside [lowest, highest], and log_sd not below 0",
                where=f"parameter {self.name}, entry {int(np.argmin(inside))}",
            )
        object.__setattr__(self, "median", frozen(median))
        object.__setattr__(self, "log_sd", spread)

    @classmethod
    def from_estimate(  # noqa: PLR0913, the fields of the record
        cls,
        name: str,
        estimate: ArrayLike,
        standard_error: ArrayLike,
        *,
        source: str = "",
        lowest: float = 0.0,
        together: bool = True,
    ) -> Lognormal:
        """Take a published estimate as the median and turn its standard error into one of the log."""
        centre = np.asarray(estimate, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.asarray(standard_error, dtype=np.float64) / centre
        log_sd = np.sqrt(np.log1p(np.where(np.isfinite(relative), relative, 0.0) ** 2))
        return cls(name, centre, log_sd, source=source, lowest=lowest, together=together)

    @property
    def size(self) -> int:
        """Return 1 if all entries move together, else one per entry."""
        return 1 if self.together else int(self.median.size)

    def value(self, uniform: FloatArray) -> FloatArray:
        """Return the quantiles of the cut-off distribution; of many draws, a row each: [draw, entry]."""
        spread = np.where(self.log_sd > 0, self.log_sd, 1.0)
        with np.errstate(divide="ignore"):
            below = ndtr((np.log(self.lowest) - np.log(self.median)) / spread)
            above = ndtr((np.log(self.highest) - np.log(self.median)) / spread)
        scores = ndtri(below + (above - below) * uniform)
        moved = self.median * np.exp(np.where(self.log_sd > 0, self.log_sd * scores, 0.0))
        return np.asarray(np.clip(moved, self.lowest, self.highest), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Triangular:
    """A parameter known as a range with a most likely value, such as a share that is declared, not measured.

    Parameters
    ----------
    name, source
        As for ``Lognormal``.
    low, mode, high
        Numbers or one per label, low <= mode <= high.
    together
        As for ``Lognormal``.
    """

    name: str
    low: FloatArray
    mode: FloatArray
    high: FloatArray
    source: str = ""
    together: bool = True

    def __post_init__(self) -> None:
        mode = np.atleast_1d(np.asarray(self.mode, dtype=np.float64))
        labels = [str(place) for place in range(mode.size)]
        low = numbers(f"low of {self.name}", self.low, (labels,))
        high = numbers(f"high of {self.name}", self.high, (labels,))
        ordered = (low <= mode) & (mode <= high)
        if not np.all(ordered):
            raise ModelInputError(
                f"{self.name} needs low <= mode <= high",
                where=f"parameter {self.name}, entry {int(np.argmin(ordered))}",
            )
        for name, values in (("low", low), ("mode", frozen(mode)), ("high", high)):
            object.__setattr__(self, name, values)

    @property
    def size(self) -> int:
        """Return 1 if all entries move together, else one per entry."""
        return 1 if self.together else int(self.mode.size)

    def value(self, uniform: FloatArray) -> FloatArray:
        """Return the quantiles; of many draws, a row each: [draw, entry]."""
        width = self.high - self.low
        safe = np.where(width > 0, width, 1.0)
        turn = np.where(width > 0, (self.mode - self.low) / safe, 0.0)
        rising = self.low + np.sqrt(uniform * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1.0 - uniform) * width * (self.high - self.mode))
        return np.asarray(np.where(uniform < turn, rising, falling), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Alternatives:
    """A choice among sources, models or closures, each as likely as the other.

    Parameters
    ----------
    name, source
        As for ``Lognormal``.
    options
        Labels; the first is the central one.
    values
        One number or array per option; None where the label itself is the value (a closure, a model).
    """

    name: str
    options: tuple[str, ...]
    values: tuple[FloatArray, ...] | None = None
    source: str = ""

    def __post_init__(self) -> None:
        options = unique_labels(self.name, self.options)
        if self.values is not None and len(self.values) != len(options):
            raise ModelInputError(
                f"{self.name} has {len(options)} options and {len(self.values)} values",
                where=f"parameter {self.name}",
            )
        object.__setattr__(self, "options", options)

    @property
    def size(self) -> int:
        """Return 1: one option is drawn."""
        return 1

    def at(self, place: int) -> FloatArray | str:
        """Return one option's value."""
        if self.values is None:
            return self.options[place]
        return np.atleast_1d(np.asarray(self.values[place], dtype=np.float64))

    def value(self, uniform: FloatArray) -> FloatArray | str:
        """Return the option whose slot of [0, 1) the number falls in."""
        return self.at(min(int(uniform[0] * len(self.options)), len(self.options) - 1))
