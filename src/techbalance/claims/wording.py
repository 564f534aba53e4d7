"""How is a figure written in a verdict? Dollars as $294.4bn, a true minus, and never a zero with a sign."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from techbalance.claims.compare import as_decimal, in_unit
from techbalance.claims.measures import BASIS_NAMES, MEASURES, UNITS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from techbalance.claims.figures import Figure, LaterRecord
    from techbalance.claims.statement import Statement

# A figure that differs from the stated one only far behind the point is written out no further than this.
MOST_DECIMALS: Final = 6
# A trade figure is at home in billions; trillions would cost it digits.
_MAGNITUDES: Final = ((9, "usd_billion"), (6, "usd_million"))
_COMPARED: Final = {"=": "", "about": "about ", "<": "< ", "<=": "<= ", ">": "> ", ">=": ">= "}
_IN_WORDS: Final = {
    "=": "",
    "about": "about ",
    "<": "below ",
    "<=": "at most ",
    ">": "above ",
    ">=": "at least ",
}
_SIGNS: Final = {1: "positive", -1: "negative", 0: "not one sign"}


def _least_decimals(unit: str, stated: str) -> int:
    """One digit more than stated, and no fewer than a reader expects of the unit."""
    base = UNITS[unit].base
    if base == "count" and "." in stated:
        return len(stated.partition(".")[2]) + 1
    if base not in ("usd", "ratio"):
        return 0
    least = 2 if base == "ratio" else int(unit != "usd")
    return max(least, len(stated.partition(".")[2]) + (unit != "usd"))


def _digits(value: Decimal, decimals: int, distinct_from: Decimal | None) -> str:
    """Write with as many decimals as keep it from looking like zero, or like a bound it is not at."""
    for places in range(decimals, max(decimals, MOST_DECIMALS) + 1):
        text = f"{abs(value):,.{places}f}"
        seen = Decimal(text.replace(",", "")) * (-1 if value < 0 else 1)
        if (seen or not value) and (distinct_from is None or value == distinct_from or seen != distinct_from):
            return text
    return text


def quantity(value: float, unit: str, *, stated: str = "", distinct: bool = False) -> str:
    """Write a value of the base unit in a printed unit.

    Parameters
    ----------
    value
        In the base unit: dollars, plain ratio, year, ...
    unit
        A key of ``UNITS``.
    stated
        The printed number it stands beside; one more digit than that is shown.
    distinct
        Show enough digits to tell it from the stated number.
    """
    printed = in_unit(value, unit)
    form = UNITS[unit]
    if form.base == "year":
        return f"{int(printed)}"
    target = Decimal(stated) if distinct and stated else None
    digits = _digits(printed, _least_decimals(unit, stated), target)
    sign = "\N{MINUS SIGN}" if printed < 0 and Decimal(digits.replace(",", "")) else ""
    return f"{sign}{form.before}{digits}{form.after}"


def money(value: float) -> str:
    """Write dollars in the magnitude that suits them: $294.4bn, $3.2m, $870."""
    size = abs(as_decimal(value))
    unit = next((name for power, name in _MAGNITUDES if size >= Decimal(10) ** power), "usd")
    return quantity(value, unit)


def stated_text(statement: Statement) -> str:
    """Write what the article states, with its unit: < 4 %, −$297bn."""
    return _stated(statement, _COMPARED)


def stated_in_words(statement: Statement) -> str:
    """Write what the article states for a sentence: below 4 %, −$297bn, above zero."""
    return _stated(statement, _IN_WORDS, zero="zero")


def quantity_as_printed(number: str, statement: Statement) -> str:
    """Write a printed number in the unit of a statement, digits as they are."""
    form = UNITS[statement.unit or MEASURES[statement.metric].units[0]]
    sign = "\N{MINUS SIGN}" if number.startswith("-") else ""
    return f"{sign}{form.before}{number.lstrip('+-')}{form.after}"


def _stated(statement: Statement, compared: dict[str, str], zero: str = "0") -> str:
    stated = statement.stated or ""
    if statement.unit is None:
        return stated
    if not Decimal(stated):
        return compared[statement.comparator] + zero
    return compared[statement.comparator] + quantity_as_printed(stated, statement)


def value_text(statement: Statement, value: float) -> str:
    """Write a recomputed value the way the statement is written."""
    kind = MEASURES[statement.metric].states
    if kind == "sign":
        return _SIGNS[int(value)]
    if kind == "yes_no":
        return "yes" if value else "no"
    if kind == "order":
        return "equal" if not value else "greater" if value > 0 else "smaller"
    bound = statement.comparator not in ("=", "about")
    unit = statement.unit or MEASURES[statement.metric].units[0]
    return quantity(value, unit, stated=statement.stated or "", distinct=bound)


def value_in_words(statement: Statement, figure: Figure) -> str:
    """Write a recomputed figure for a sentence, its reason where it is null."""
    if figure.value is None:
        return f"nothing ({null_text(figure)})"
    text = value_text(statement, figure.value)
    if statement.metric == "sign":
        return f"a {text} balance in every year" if figure.value else "balances not all of one sign"
    if statement.metric in ("record", "ratio_record"):
        return f"{text} as the year of the record"
    if statement.metric == "growth_order":
        return f"growth that is {text}"
    return text


def null_text(figure: Figure) -> str:
    """Write the reason of a null in words."""
    return figure.note.replace("_", " ")


def basis_name(basis: str) -> str:
    """Name of a denominator for a reader; any other basis is its own name."""
    return BASIS_NAMES.get(basis, basis)


def vintage_text(figure: Figure) -> str:
    """Day a figure was current, and that of its denominator where it is another; empty if it has none."""
    day = figure.vintage.isoformat() if figure.vintage else ""
    if figure.basis_vintage and figure.basis_vintage != figure.vintage:
        return f"{day} (denominator of {figure.basis_vintage.isoformat()})"
    return day


def later_text(later: LaterRecord) -> str:
    """Write the period that broke a record: 2025 (−$414.7bn, vintage 2026-10-31)."""
    value = money(later.value) if later.unit == "usd" else quantity(later.value, "percent")
    of = f" of {later.basis}" if later.basis else ""
    return f"{later.period} ({value}{of}, vintage {later.vintage.isoformat()})"


def years_text(years: tuple[int, ...]) -> str:
    """Write the years a statement is about: 2002 and 2007."""
    return " and ".join(str(year) for year in years)


def list_text(parts: Iterable[str]) -> str:
    """Join with commas and a last "and"."""
    *rest, last = list(parts)
    return f"{', '.join(rest)} and {last}" if rest else last


def dates_text(days: Iterable[dt.date]) -> str:
    """List vintages, oldest first."""
    return list_text(day.isoformat() for day in sorted(set(days)))
