"""Which observations does a panel of countries over years hold?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from techbalance.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Panel:
    """Observations of countries over years; one entry per (country, period), in any order.

    Attributes
    ----------
    units
        Country of each observation.
    periods
        Year of each observation.
    outcome
        What is to be explained, one per observation.
    regressors
        Observations x regressors; lags are the caller's.
    names
        Names of the regressors.
    placebo
        An outcome that the regressors should not explain (trade outside ATP), one per observation.
    """

    units: Sequence[str]
    periods: Sequence[int]
    outcome: Array
    regressors: Array
    names: Sequence[str]
    placebo: Array | None = None

    def __post_init__(self) -> None:
        count = len(self.units)
        shapes = {
            "periods": (np.shape(self.periods), (count,)),
            "outcome": (np.shape(self.outcome), (count,)),
            "regressors": (np.shape(self.regressors), (count, len(self.names))),
            "placebo": (np.shape(self.outcome if self.placebo is None else self.placebo), (count,)),
        }
        for what, (given, needed) in shapes.items():
            if given != needed:
                raise ModelInputError(f"{what} has the shape {given}, not {needed}")
        keys = list(zip(self.units, self.periods, strict=True))
        if len(set(keys)) < count:
            unit, period = next(key for key in keys if keys.count(key) > 1)
            raise ModelInputError(f"{unit} has two observations in {period}")
        columns = {"outcome": self.outcome, "placebo": self.placebo} | {
            name: self.regressors[:, place] for place, name in enumerate(self.names)
        }
        for what, values in columns.items():
            if values is not None and not np.isfinite(values).all():
                unit, period = keys[int(np.flatnonzero(~np.isfinite(values))[0])]
                raise ModelInputError(
                    f"{what} of {unit} in {period} is not a number", remedy="Leave the observation out"
                )

    def without(self, unit: str) -> Panel:
        """Leave one country out."""
        kept = np.asarray([name != unit for name in self.units])
        return Panel(
            [name for name in self.units if name != unit],
            [period for period, keep in zip(self.periods, kept, strict=True) if keep],
            self.outcome[kept],
            self.regressors[kept],
            self.names,
        )

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries in the order in which they are met first."""
        return tuple(dict.fromkeys(self.units))
