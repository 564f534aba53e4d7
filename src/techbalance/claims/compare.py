"""Does a recomputed figure agree with a stated one, and in which sense?

Everything is decimal: a stated figure is the digits that were printed, and a computed fraction is the decimal
its shortest text stands for, so that 0.07 is seven percent and not a little more.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal, cast

from techbalance.claims.measures import MEASURES, UNITS, Comparator
from techbalance.claims.statement import CONDITION, Statement
from techbalance.errors import SchemaError

Comparison = Literal["exact", "rounded", "truncated", "bound"]
# From the closest agreement to the loosest, for naming several at once by the loosest.
COMPARISONS: Final[tuple[Comparison, ...]] = ("exact", "bound", "rounded", "truncated")
WORD_VALUES: Final = {"positive": 1, "negative": -1, "yes": 1, "no": 0}


def as_decimal(value: float) -> Decimal:
    """Turn a computed value into the decimal its shortest text stands for; a negative zero loses its sign."""
    decimal = Decimal(value) if isinstance(value, int) else Decimal(repr(float(value)))
    return decimal if decimal else Decimal(0)


def in_unit(value: float, unit: str) -> Decimal:
    """Express a value of the base unit in a printed one: dollars in billions, a plain ratio in percent."""
    return as_decimal(value).scaleb(UNITS[unit].power)


def printed_step(stated: str) -> Decimal:
    """One unit of the last printed digit: 1 for ``13``, 0.1 for ``13.0``, 1 for ``300``."""
    return Decimal(1).scaleb(-len(stated.partition(".")[2]))


def loose_step(stated: str) -> Decimal:
    """One unit of the last digit that carries meaning after "about": 100 for ``300``, 1 for ``3``."""
    whole, point, _ = stated.partition(".")
    if point:
        return printed_step(stated)
    digits = whole.lstrip("+-")
    zeros = len(digits) - len(digits.rstrip("0"))
    return Decimal(1).scaleb(min(zeros, len(digits) - 1))


def rounds_to(value: Decimal, stated: Decimal, step: Decimal) -> bool:
    """Whether ``value`` rounds to ``stated``, which is a multiple of ``step``.

    A value exactly between two multiples may go to the even one or away from zero; both are usual.
    """
    distance = abs(value - stated)
    if distance * 2 != step:
        return distance * 2 < step
    return abs(stated) > abs(value) or (stated / step) % 2 == 0


def cuts_to(value: Decimal, stated: Decimal, step: Decimal) -> bool:
    """Whether ``value`` becomes ``stated`` when the digits after ``step`` are dropped (towards zero).

    Never when ``stated`` is zero: nothing of the value would be left, not even its sign.
    """
    if not stated:
        return False
    beyond = value - stated if stated > 0 else stated - value
    return 0 <= beyond < step


def compare_numbers(
    value: Decimal, stated: str, comparator: Comparator = "=", tolerance: Decimal | None = None
) -> Comparison | None:
    """Compare a value with a printed number.

    Parameters
    ----------
    value
        In the unit of the stated number.
    stated
        The number as printed.
    comparator
        ``=`` tries exact, then rounded, then truncated; ``about`` rounds to the digits that carry meaning and
        never truncates; the others are bounds, which the value must meet itself, unrounded.
    tolerance
        Replaces rounding and truncation by this distance, both ends in it.

    Returns
    -------
    str or None
        ``exact``, ``rounded``, ``truncated`` or ``bound``; None if they do not agree.
    """
    target = Decimal(stated)
    bounds = {
        "<": value < target,
        "<=": value <= target,
        ">": value > target,
        ">=": value >= target,
    }
    if comparator in bounds:
        return "bound" if bounds[comparator] else None
    if value == target:
        return "exact"
    if tolerance is not None:
        return "rounded" if abs(value - target) <= tolerance else None
    step = loose_step(stated) if comparator == "about" else printed_step(stated)
    if rounds_to(value, target, step):
        return "rounded"
    return "truncated" if comparator == "=" and cuts_to(value, target, step) else None


def compare(statement: Statement, value: float) -> Comparison | None:
    """Compare a recomputed value, in the base unit of the metric, with what a statement states.

    A sign and an order are bounds on zero; yes and no are exact.
    """
    stated = statement.stated or ""
    kind = MEASURES[statement.metric].states
    if kind == "number":
        tolerance = Decimal(statement.tolerance.value) if statement.tolerance else None
        unit = statement.unit or MEASURES[statement.metric].units[0]
        return compare_numbers(in_unit(value, unit), stated, statement.comparator, tolerance)
    if kind == "order":
        holds = value > 0 if stated == "greater" else value < 0
        return "bound" if holds else None
    if value != WORD_VALUES[stated]:
        return None
    return "bound" if kind == "sign" else "exact"


def meets(value: float, condition: str) -> bool:
    """Whether a value in its base unit meets a condition such as ``> 0.5`` or ``about 30``."""
    found = CONDITION.fullmatch(condition)
    if found is None:
        raise SchemaError(f"{condition!r} is no comparison", remedy="Write one such as '> 0.5'")
    return compare_numbers(as_decimal(value), found[2], cast("Comparator", found[1])) is not None
