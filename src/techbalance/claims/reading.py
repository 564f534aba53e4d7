"""Which figure counts: the newest on each basis, the one of the article's time, the two on either side?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from techbalance.claims.compare import Comparison, compare, in_unit
from techbalance.claims.measures import MEASURES
from techbalance.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techbalance.claims.figures import Figure
    from techbalance.claims.statement import Statement

# Between two ranks, years or signs there is nothing a third could be missing from.
_CONTINUOUS: Final = ("usd", "ratio")


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure the record holds, and how it agrees with the statement; None if it does not."""

    figure: Figure
    comparison: Comparison | None

    @property
    def agrees(self) -> bool:
        """Whether it agrees in any sense."""
        return self.comparison is not None


def figures_up_to(figures: Iterable[Figure], day: dt.date | None) -> tuple[Figure, ...]:
    """Keep the figures all of whose inputs were current on ``day`` or before; all of them if it is None."""
    if day is None:
        return tuple(figures)
    return tuple(
        figure
        for figure in figures
        if all(vintage is None or vintage <= day for vintage in (figure.vintage, figure.basis_vintage))
    )


def read_figures(statement: Statement, figures: Iterable[Figure]) -> tuple[Reading, ...]:
    """Compare every figure the record holds with the statement; an undefined one does not agree.

    Raises
    ------
    SchemaError
        A figure is not in the base unit of the statement's metric.
    """
    base = MEASURES[statement.metric].base
    readings = []
    for figure in figures:
        if figure.unit != base:
            raise SchemaError(
                f"a figure for metric {statement.metric} is in {figure.unit!r}",
                where=f"statement {statement.id}",
                remedy=f"Give it in {base!r}",
            )
        if figure.is_held:
            comparison = None if figure.value is None else compare(statement, figure.value)
            readings.append(Reading(figure, comparison))
    return tuple(readings)


def by_basis(readings: Iterable[Reading]) -> dict[str, list[Reading]]:
    """Sort readings into their bases, each from the oldest vintage to the newest."""
    bases: dict[str, list[Reading]] = {}
    for reading in readings:
        bases.setdefault(reading.figure.basis, []).append(reading)
    return {basis: sorted(held, key=_age) for basis, held in bases.items()}


def newest_by_basis(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Take one reading per basis: the one marked as newest, else that of the latest vintage."""
    return tuple(
        max(held, key=lambda reading: (reading.figure.newest, *_age(reading)))
        for held in by_basis(readings).values()
    )


def dated_by_basis(readings: Iterable[Reading], published: dt.date | None) -> tuple[Reading, ...]:
    """Take one reading per basis as the figures stood on ``published``; empty if none is that old.

    The denominator may be of a later day: only its nearest vintage is known, not the one of that day.
    """
    if published is None:
        return ()
    of_then = [
        reading
        for reading in readings
        if reading.figure.vintage and reading.figure.vintage <= published and reading.figure.value is not None
    ]
    return tuple(max(held, key=_age) for held in by_basis(of_then).values())


def bracketing(
    statement: Statement, readings: Sequence[Reading], published: dt.date | None
) -> tuple[Figure, Figure] | None:
    """Find two neighbouring vintages of one basis between whose values the stated number lies.

    Parameters
    ----------
    statement
        Its metric must give dollars or a ratio, compared as equal or about equal; else there is no bracket.
    readings
        All readings.
    published
        A pair around this day is preferred, then the latest pair.
    """
    measure = MEASURES[statement.metric]
    if measure.base not in _CONTINUOUS or statement.comparator not in ("=", "about"):
        return None
    stated = Decimal(statement.stated or "0")
    unit = statement.unit or measure.units[0]
    pairs = []
    for held in by_basis(readings).values():
        for older, newer in pairwise(_one_per_vintage(held)):
            sides = [in_unit(side.value or 0, unit) - stated for side in (older, newer)]
            if min(sides) < 0 < max(sides):
                pairs.append((older, newer))
    return max(pairs, key=lambda pair: (_around(pair, published), _day(pair[1].vintage)), default=None)


def _one_per_vintage(held: list[Reading]) -> list[Figure]:
    """Keep the figures with a value, one per vintage: that of the latest denominator."""
    latest = {reading.figure.vintage: reading.figure for reading in held if reading.figure.value is not None}
    return list(latest.values())


def _around(pair: tuple[Figure, Figure], published: dt.date | None) -> bool:
    return published is not None and _day(pair[0].vintage) <= published <= _day(pair[1].vintage)


def _age(reading: Reading) -> tuple[dt.date, dt.date]:
    return _day(reading.figure.vintage), _day(reading.figure.basis_vintage)


def _day(vintage: dt.date | None) -> dt.date:
    return vintage or dt.date.min
