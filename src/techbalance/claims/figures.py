"""What does the record say about a statement? Every figure evaluated for it, on each vintage and basis."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final, Literal

from techbalance.errors import CheckError

# Reasons for a null that mean "the record does not hold it"; any other reason means "it has no meaning here".
NOT_HELD: Final = frozenset({"not_covered", "no_vintage_that_early", "part_year", "no_vintage"})

Status = Literal["supports", "contradicts", "neutral", "not built", "not covered"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of a measure, on one vintage and one basis.

    Parameters
    ----------
    value
        In the base unit of the measure (dollars, plain ratio, year, ...); None if it cannot be given.
    unit
        That base unit.
    vintage
        Day on which the newest input was current; None where no data enter (a span of years).
    basis
        Denominator series or concept, empty if there is no choice.
    basis_vintage
        Day on which the denominator was current.
    period
        Year or span the value is of, as text.
    newest
        Whether it is the newest evaluation on its basis.
    note
        Why the value is None: ``not_covered``, ``sign_differs``, ``from_zero``, ...
    detail
        What a reader may want beside the value, such as the values by year.
    ties
        Other values as good as this one: years that share a record.
    """

    value: float | None
    unit: str
    vintage: dt.date | None = None
    basis: str = ""
    basis_vintage: dt.date | None = None
    period: str = ""
    newest: bool = False
    note: str = ""
    detail: str = ""
    ties: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.value is None and not self.note:
            raise CheckError("a figure without a value needs a note", where=f"{self.period} {self.basis}")
        if self.value is not None and not math.isfinite(self.value):
            raise CheckError(f"{self.value} is no figure", where=f"{self.period} {self.basis}")

    @property
    def is_held(self) -> bool:
        """Whether the record covers it, be it with a value or with one that is undefined."""
        return self.value is not None or self.note not in NOT_HELD


@dataclass(frozen=True, slots=True)
class Route:
    """A declared source that could give what the record lacks.

    Parameters
    ----------
    source_id
        The source.
    covers_from, covers_to
        First and last year of its declared coverage; None as the last means up to now.
    verified
        Whether that coverage has been seen, and is not only declared.
    command
        The command that would fetch it, empty if there is none.
    """

    source_id: str
    covers_from: int
    covers_to: int | None = None
    verified: bool = False
    command: str = ""

    def covers(self, years: tuple[int, ...]) -> bool:
        """Whether every one of the years is inside the declared coverage."""
        return all(
            self.covers_from <= year and (self.covers_to is None or year <= self.covers_to) for year in years
        )


@dataclass(frozen=True, slots=True)
class LaterRecord:
    """A later period that broke a stated record.

    Parameters
    ----------
    period
        The year.
    value
        Its value: dollars, or a plain ratio.
    unit
        ``usd`` or ``ratio``.
    vintage
        Day on which that value was current.
    basis
        Denominator, for a record of a ratio.
    """

    period: int
    value: float
    unit: str
    vintage: dt.date
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one test that bears on an interpretation.

    Parameters
    ----------
    name, measure
        The test.
    status
        What it says about the statement.
    text
        The figure in words, or what is missing.
    vintage
        Day on which the newest input was current.
    """

    name: str
    measure: str
    status: Status
    text: str
    vintage: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the record gives for one statement.

    Parameters
    ----------
    figures
        One for every stored vintage and every denominator, those that are null included.
    routes
        Declared sources of what is missing, whatever years they cover.
    later
        Later periods that broke a stated record, in any order.
    outcomes
        For an interpretation: the result of each of its tests.
    """

    figures: tuple[Figure, ...] = ()
    routes: tuple[Route, ...] = ()
    later: tuple[LaterRecord, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
