"""Is a statement true, and of which revision and which definition?

all bases agree on the newest vintage       reproduced
some bases agree on the newest vintage      definition-dependent
only an earlier vintage agrees              reproduced-on-vintage
none agrees, or the measure has no meaning  differs
the record holds nothing                    not-covered
no single number decides                    interpretation
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from techbalance.claims import sentences
from techbalance.claims.compare import COMPARISONS, Comparison
from techbalance.claims.reading import (
    Reading,
    bracketing,
    dated_by_basis,
    figures_up_to,
    newest_by_basis,
    read_figures,
)
from techbalance.claims.wording import later_text, stated_text

if TYPE_CHECKING:
    import datetime as dt

    from techbalance.claims.figures import Evidence, Figure, LaterRecord, Outcome
    from techbalance.claims.statement import Statement

Verdict = Literal[
    "reproduced",
    "reproduced-on-vintage",
    "definition-dependent",
    "differs",
    "not-covered",
    "interpretation",
]
RECORD_METRICS: Final = ("record", "ratio_record")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one statement.

    Parameters
    ----------
    claim_id, stated
        The statement, and what it states, with its unit.
    recomputed
        What the record says, with its unit: on ``vintage``, and on every basis where there are several.
    verdict
        See the table above.
    comparison
        ``exact``, ``rounded``, ``truncated`` or ``bound``; the loosest, where bases agree in different ways;
        None unless something agrees.
    vintage
        Day of the vintage that ``recomputed`` is of.
    basis
        Bases on which the statement holds, by name, with commas; empty where there is no choice of basis.
    bracketed_by
        Two vintages between which a stated number lies that none of them gives.
    superseded_by
        The first later period that broke a stated record.
    reason
        The verdict in one sentence.
    recomputed_value
        The one figure behind ``recomputed`` in its base unit; None if there are several, or none.
    figures
        Every figure that was looked at.
    outcomes
        For an interpretation: the results of its tests.
    """

    claim_id: str
    stated: str
    recomputed: str
    verdict: Verdict
    comparison: Comparison | None
    vintage: dt.date | None
    basis: str
    bracketed_by: str
    superseded_by: str
    reason: str
    recomputed_value: float | None = None
    figures: tuple[Figure, ...] = ()
    outcomes: tuple[Outcome, ...] = ()

    def row(self) -> dict[str, Any]:
        """Columns of the command ``claims check``; what does not apply is None."""
        return {
            "claim_id": self.claim_id,
            "stated": self.stated or None,
            "recomputed": self.recomputed or None,
            "verdict": self.verdict,
            "comparison": self.comparison,
            "vintage": self.vintage,
            "basis": self.basis or None,
            "bracketed_by": self.bracketed_by or None,
            "superseded_by": self.superseded_by or None,
            "reason": self.reason,
        }


def judge(
    statement: Statement,
    evidence: Evidence,
    as_of: dt.date | None = None,
    *,
    published: dt.date | None,
) -> Judgement:
    """Judge one statement on its evidence.

    Parameters
    ----------
    statement
        The statement.
    evidence
        Every figure evaluated for it, and what else bears on it.
    as_of
        Look at nothing published after this day.
    published
        Last day of the period in which the article appeared, None if unknown. A record is judged as the
        figures stood then, if a vintage of that time is held, else on the newest.

    Returns
    -------
    Judgement
        The verdict with the figures that led to it.

    Raises
    ------
    SchemaError
        A figure is not in the base unit of the statement's metric.
    """
    if statement.metric == "interpretation":
        return _interpretation(statement, evidence)
    figures = figures_up_to(evidence.figures, as_of)
    readings = read_figures(statement, figures)
    if not readings:
        return _not_covered(statement, evidence, figures, as_of)
    current = newest_by_basis(readings)
    agreeing = [reading for reading in current if reading.agrees]
    later = _broken_by(statement, evidence, as_of)
    is_record = statement.metric in RECORD_METRICS
    dated = dated_by_basis(readings, published) if is_record else ()
    facts = sentences.Facts(statement, figures, readings, current, dated, published if is_record else None)
    if len(agreeing) == len(current):
        as_dated = len(dated) == len(current) and all(reading.agrees for reading in dated)
        return _agreed("reproduced", facts, dated if as_dated else current, later)
    if agreeing:
        return _agreed("definition-dependent", facts, current, later)
    earlier = _on_one_vintage(readings, dated)
    if earlier:
        return _agreed("reproduced-on-vintage", facts, earlier, later)
    return _differs(facts, published)


def _broken_by(statement: Statement, evidence: Evidence, as_of: dt.date | None) -> tuple[LaterRecord, ...]:
    """List the later periods that broke a stated record, the first one first."""
    if statement.metric not in RECORD_METRICS:
        return ()
    known = (one for one in evidence.later if as_of is None or one.vintage <= as_of)
    return tuple(sorted(known, key=lambda one: (one.period, one.basis)))


def _on_one_vintage(readings: tuple[Reading, ...], dated: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Take the agreeing readings of one vintage: that of the article's time, else the latest."""
    held = [reading for reading in dated if reading.agrees] or [one for one in readings if one.agrees]
    if not held:
        return ()
    newest = max(held, key=lambda reading: str(reading.figure.vintage or ""))
    same = [reading for reading in held if reading.figure.vintage == newest.figure.vintage]
    return newest_by_basis(same)


def _agreed(
    verdict: Literal["reproduced", "reproduced-on-vintage", "definition-dependent"],
    facts: sentences.Facts,
    shown: tuple[Reading, ...],
    later: tuple[LaterRecord, ...],
) -> Judgement:
    agreeing = [reading for reading in shown if reading.agrees]
    bases = [reading.figure.basis for reading in agreeing]
    relevant = [one for one in later if not one.basis or one.basis in bases]
    reason = sentences.agreement(verdict, facts, shown, relevant)
    loosest = max((reading.comparison for reading in agreeing if reading.comparison), key=COMPARISONS.index)
    return Judgement(
        claim_id=facts.statement.id,
        stated=stated_text(facts.statement),
        recomputed=sentences.recomputed(facts.statement, shown),
        verdict=verdict,
        comparison=loosest,
        vintage=_vintage(agreeing),
        basis=", ".join(basis for basis in bases if basis),
        bracketed_by="",
        superseded_by=later_text(relevant[0]) if relevant else "",
        reason=reason,
        recomputed_value=shown[0].figure.value if len(shown) == 1 else None,
        figures=facts.figures,
    )


def _differs(facts: sentences.Facts, published: dt.date | None) -> Judgement:
    pair = bracketing(facts.statement, facts.readings, published)
    return Judgement(
        claim_id=facts.statement.id,
        stated=stated_text(facts.statement),
        recomputed=sentences.recomputed(facts.statement, facts.current),
        verdict="differs",
        comparison=None,
        vintage=_vintage(facts.current),
        basis="",
        bracketed_by=sentences.bracket(facts.statement, pair) if pair else "",
        superseded_by="",
        reason=sentences.difference(facts, pair),
        recomputed_value=facts.current[0].figure.value if len(facts.current) == 1 else None,
        figures=facts.figures,
    )


def _not_covered(
    statement: Statement, evidence: Evidence, figures: tuple[Figure, ...], as_of: dt.date | None
) -> Judgement:
    years = statement.filters.years()
    routes = tuple(route for route in evidence.routes if route.covers(years))
    too_early = as_of if any(figure.is_held for figure in evidence.figures) else None
    return Judgement(
        claim_id=statement.id,
        stated=stated_text(statement),
        recomputed="",
        verdict="not-covered",
        comparison=None,
        vintage=None,
        basis="",
        bracketed_by="",
        superseded_by="",
        reason=sentences.absence(statement, figures, routes, too_early),
        figures=figures,
    )


def _interpretation(statement: Statement, evidence: Evidence) -> Judgement:
    days = [outcome.vintage for outcome in evidence.outcomes if outcome.vintage]
    return Judgement(
        claim_id=statement.id,
        stated=stated_text(statement),
        recomputed=sentences.outcomes_in_short(evidence.outcomes),
        verdict="interpretation",
        comparison=None,
        vintage=max(days, default=None),
        basis="",
        bracketed_by="",
        superseded_by="",
        reason=sentences.interpretation(statement, evidence.outcomes),
        outcomes=evidence.outcomes,
    )


def _vintage(readings: list[Reading] | tuple[Reading, ...]) -> dt.date | None:
    days = [reading.figure.vintage for reading in readings if reading.figure.vintage]
    return max(days, default=None)
