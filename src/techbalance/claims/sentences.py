"""How is a verdict said in one plain sentence, with the vintages and bases that led to it?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Final

from techbalance.claims.compare import compare_numbers, in_unit
from techbalance.claims.measures import MEASURES
from techbalance.claims.reading import by_basis
from techbalance.claims.wording import (
    basis_name,
    dates_text,
    later_text,
    list_text,
    null_text,
    quantity,
    quantity_as_printed,
    stated_in_words,
    value_in_words,
    value_text,
    vintage_text,
    years_text,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from techbalance.claims.figures import Figure, LaterRecord, Outcome, Route
    from techbalance.claims.reading import Reading
    from techbalance.claims.statement import Statement

STATUSES: Final = ("supports", "contradicts", "neutral", "not built", "not covered")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentences are made of.

    Parameters
    ----------
    statement
        The statement.
    figures
        Every figure looked at, those the record does not hold included.
    readings
        The ones it holds.
    current
        The newest of them on each basis.
    dated
        Those of the article's time on each basis, for a record.
    published
        Last day of the article's period, for a record.
    """

    statement: Statement
    figures: tuple[Figure, ...]
    readings: tuple[Reading, ...]
    current: tuple[Reading, ...]
    dated: tuple[Reading, ...]
    published: dt.date | None


def recomputed(statement: Statement, readings: Sequence[Reading]) -> str:
    """Write what the record says, on every basis where there are several."""
    if len(readings) == 1:
        return _value(statement, readings[0].figure)
    return ", ".join(f"{_value(statement, one.figure)} ({one.figure.basis})" for one in readings)


def bracket(statement: Statement, pair: tuple[Figure, Figure]) -> str:
    """Write the two vintages around a stated number: 2025-04-30 (−$298.9bn) and 2026-10-31 (−$294.4bn)."""
    sides = [f"{figure.vintage} ({_value(statement, figure)})" for figure in pair]
    of = f" on {basis_name(pair[0].basis)}" if pair[0].basis else ""
    return " and ".join(sides) + of


def agreement(verdict: str, facts: Facts, shown: Sequence[Reading], later: Sequence[LaterRecord]) -> str:
    """Say why a statement is reproduced, on a vintage, or on some bases."""
    agreeing = [reading for reading in shown if reading.agrees]
    if verdict == "definition-dependent":
        others = [reading for reading in shown if not reading.agrees]
        clauses = [
            f"it depends on the definition: true at {_on_bases(facts.statement, agreeing)}, "
            f"not true at {_on_bases(facts.statement, others)}"
        ]
    elif len(shown) > 1:
        clauses = [f"it holds on every denominator: {_on_bases(facts.statement, shown)}"]
    else:
        clauses = [_opening(facts, shown[0])]
    if verdict == "reproduced-on-vintage":
        clauses.append(f"the newest figures no longer give it: {_on_bases(facts.statement, facts.current)}")
    clauses += _ties(agreeing)
    clauses += _details(agreeing)
    clauses += _reservations(verdict, facts, shown)
    clauses += _remark(facts.statement)
    if later:
        clauses.append(f"later data broke the record, first {later_text(later[0])}")
    return _sentence(clauses)


def difference(facts: Facts, pair: tuple[Figure, Figure] | None) -> str:
    """Say that no vintage gives what is stated, and what each of them gives."""
    statement = facts.statement
    undefined = [reading for reading in facts.readings if reading.figure.value is None]
    if len(undefined) == len(facts.readings):
        why = list_text(dict.fromkeys(null_text(reading.figure) for reading in undefined))
        clauses = [
            f"the measure has no meaning here ({why}), so {stated_in_words(statement)} cannot be right"
        ]
    else:
        found = list_text(_searched(statement, facts.readings))
        clauses = [f"no stored vintage gives {stated_in_words(statement)}: {found}"]
    clauses += _details(facts.current)
    clauses += _ties(facts.current)
    if pair:
        clauses.append(f"the stated figure lies between those of {pair[0].vintage} and {pair[1].vintage}")
    if _only_sign_differs(statement, facts.current):
        clauses.append("its size agrees and its sign does not: a deficit is stated with a minus")
    clauses += _remark(statement)
    return _sentence(clauses)


def absence(
    statement: Statement, figures: Sequence[Figure], routes: Sequence[Route], too_early: dt.date | None
) -> str:
    """Say what the record lacks, and which declared source covers it.

    ``too_early`` is the day asked for, where the record holds figures and all of them are newer.
    """
    years = years_text(statement.filters.years())
    if too_early:
        of = f" for {years}" if years else ""
        clauses = [f"no vintage up to {too_early.isoformat()} is stored{of}; later ones are"]
        return _sentence(clauses)
    notes = dict.fromkeys(null_text(figure) for figure in figures)
    why = f" ({', '.join(notes)})" if notes else ""
    clauses = [f"the record does not hold what is needed{' for ' + years if years else ''}{why}"]
    clauses += dict.fromkeys(figure.detail for figure in figures if figure.detail)
    if routes:
        clauses.append(f"declared to cover it: {list_text(_route(route) for route in routes)}")
    elif years:
        clauses.append("no declared source covers these years")
    clauses += _remark(statement)
    return _sentence(clauses)


def interpretation(statement: Statement, outcomes: Sequence[Outcome]) -> str:
    """List the tests of a statement that no single number decides."""
    clauses = ["no single number decides it"]
    clauses += [
        f"{one.name}: {one.status if one.text == one.status else f'{one.text} ({one.status})'}"
        for one in outcomes
    ]
    clauses += _remark(statement)
    return _sentence(clauses)


def outcomes_in_short(outcomes: Sequence[Outcome]) -> str:
    """Count the tests by what they say; the figure itself where there is one test."""
    if len(outcomes) == 1 and outcomes[0].status not in ("not built", "not covered"):
        return outcomes[0].text
    counts = Counter(outcome.status for outcome in outcomes)
    parts = []
    for status in STATUSES:
        if counts[status]:
            verb = status.removesuffix("s") if counts[status] > 1 and status.endswith("s") else status
            parts.append(f"{counts[status]} {verb}")
    return ", ".join(parts)


def _value(statement: Statement, figure: Figure) -> str:
    return f"undefined: {null_text(figure)}" if figure.value is None else value_text(statement, figure.value)


def _on_bases(statement: Statement, readings: Sequence[Reading]) -> str:
    """Write the value on each basis, and the vintages once where they are the same."""
    days = [f" as of {day}" if (day := vintage_text(one.figure)) else "" for one in readings]
    same = len(set(days)) == 1
    parts = []
    for reading, day in zip(readings, days, strict=True):
        basis = f" on {basis_name(reading.figure.basis)}" if reading.figure.basis else ""
        parts.append(f"{_value(statement, reading.figure)}{basis}{'' if same else day}")
    return list_text(parts) + (days[0] if same else "")


def _opening(facts: Facts, reading: Reading) -> str:
    """Name the vintage, the value, and how it agrees."""
    figure = reading.figure
    value = value_in_words(facts.statement, figure)
    how = _how(facts.statement, reading)
    basis = f" on {basis_name(figure.basis)}" if figure.basis else ""
    if figure.vintage is None:
        return f"it is {value}{basis}{how}"
    vintage = "newest vintage" if reading in facts.current else "vintage"
    if reading in facts.dated:
        vintage = "vintage of the article's time"
    return f"the {vintage}, {vintage_text(figure)}, gives {value}{basis}{how}"


def _how(statement: Statement, reading: Reading) -> str:
    stated = stated_in_words(statement)
    if reading.comparison == "rounded" and statement.tolerance:
        margin = quantity_as_printed(statement.tolerance.value, statement)
        return f", within {margin} of the stated {stated} ({statement.tolerance.reason})"
    if reading.comparison == "rounded" and statement.comparator == "=":
        return f", which rounds to the stated {stated}"
    if reading.comparison == "truncated":
        return f", which becomes {stated} only by cutting digits off, not by rounding"
    if MEASURES[statement.metric].states == "number" and reading.comparison != "exact":
        return f", which is {stated} as stated"
    return ", as stated"


def _reservations(verdict: str, facts: Facts, shown: Sequence[Reading]) -> list[str]:
    """Say what was not looked at, and what other vintages say."""
    clauses = []
    evaluated = {reading.figure.basis for reading in facts.readings}
    missing = dict.fromkeys(one.basis for one in facts.figures if one.basis and one.basis not in evaluated)
    if missing:
        clauses.append(f"not covered on {list_text(basis_name(basis) for basis in missing)}")
    if facts.published and not facts.dated:
        clauses.append(f"no vintage up to {facts.published.isoformat()}, its own time, is stored")
    if verdict == "reproduced":
        others = [one for one in facts.readings if not one.agrees and one not in shown]
        if others:
            clauses.append(f"other vintages differ: {list_text(_searched(facts.statement, others))}")
    return clauses


def _searched(statement: Statement, readings: Sequence[Reading]) -> list[str]:
    """Write every value found, with the vintages and the basis that gave it."""
    found: dict[tuple[str, str], list[Figure]] = {}
    for reading in chain.from_iterable(by_basis(readings).values()):
        key = (_value(statement, reading.figure), reading.figure.basis)
        found.setdefault(key, []).append(reading.figure)
    texts = []
    for (value, basis), figures in found.items():
        days = [figure.vintage for figure in figures if figure.vintage]
        of = f" on {basis_name(basis)}" if basis else ""
        texts.append(f"{value}{of} ({dates_text(days)})" if days else f"{value}{of}")
    return texts


def _only_sign_differs(statement: Statement, current: Sequence[Reading]) -> bool:
    measure = MEASURES[statement.metric]
    if measure.base != "usd" or statement.comparator not in ("=", "about"):
        return False
    stated = statement.stated or "0"
    turned = stated[1:] if stated.startswith("-") else f"-{stated.lstrip('+')}"
    tolerance = Decimal(statement.tolerance.value) if statement.tolerance else None
    unit = statement.unit or measure.units[0]
    return any(
        compare_numbers(in_unit(one.figure.value, unit), turned, statement.comparator, tolerance)
        for one in current
        if one.figure.value
    )


def _details(readings: Sequence[Reading]) -> list[str]:
    return list(dict.fromkeys(one.figure.detail for one in readings if one.figure.detail))


def _remark(statement: Statement) -> list[str]:
    return [statement.remark] if statement.remark else []


def _ties(readings: Sequence[Reading]) -> list[str]:
    shared = {year for reading in readings for year in reading.figure.ties}
    if not shared:
        return []
    years = list_text(quantity(year, "year") for year in sorted(shared))
    return [f"{years} {'has' if len(shared) == 1 else 'have'} the same value, and the first year counts"]


def _route(route: Route) -> str:
    last = str(route.covers_to) if route.covers_to else "today"
    seen = "" if route.verified else ", not verified"
    command = f", `{route.command}`" if route.command else ""
    return f"{route.source_id} ({route.covers_from} to {last}{seen}{command})"


def _sentence(clauses: Sequence[str]) -> str:
    text = "; ".join(clause.strip().rstrip(".") for clause in clauses)
    return f"{text[0].upper()}{text[1:]}."
