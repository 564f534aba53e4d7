"""Which statements have another verdict on one day than on another?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from techbalance.claims.judge import judge
from techbalance.claims.measures import DENOMINATORS
from techbalance.classifications.groups import ALL_GROUPS, group_code
from techbalance.questions.claims_check import chosen_statements
from techbalance.questions.evidence.gather import evidence
from techbalance.questions.evidence.held import Held, Place

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from techbalance.claims.judge import Judgement
    from techbalance.claims.statement import ClaimFile, Filters, Statement
    from techbalance.store.catalogue import Store

_RATIOS = ("deficit_ratio", "ratio_record")


@dataclass(frozen=True, slots=True)
class Changed:
    """A statement with two verdicts.

    Parameters
    ----------
    statement
        The statement.
    before, after
        How it was judged on the earlier and on the later day.
    """

    statement: Statement
    before: Judgement
    after: Judgement

    @property
    def text(self) -> str:
        """In short: ``INN02: reproduced, then differs``."""
        return f"{self.statement.id}: {self.before.verdict}, then {self.after.verdict}"


@dataclass
class Verdicts:
    """Statements as judged on any day.

    Parameters
    ----------
    store
        What is held.
    what
        A claim file, or ids; None for the statements that ship.
    """

    store: Store
    what: str | None = None
    _held: dict[dt.date, Held] = field(default_factory=dict)
    _judged: dict[tuple[str, str, dt.date], Judgement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # What no single number decides is an interpretation on every day.
        self.statements = [
            (file, claim)
            for file, claim in chosen_statements(self.what)
            if claim.metric not in ("interpretation", "span")
        ]

    def changed(
        self, before: dt.date, after: dt.date, among: Callable[[Statement], bool] = lambda _: True
    ) -> list[Changed]:
        """Statements whose verdict on one day is not that on the other, in the order of their files."""
        found = []
        for file, claim in self.statements:
            if not among(claim):
                continue
            one, other = self.on(file, claim, before), self.on(file, claim, after)
            if one.verdict != other.verdict:
                found.append(Changed(claim, one, other))
        return found

    def on(self, file: ClaimFile, claim: Statement, day: dt.date) -> Judgement:
        """Judge as ``claims check --as-of`` that day does."""
        key = (file.name, claim.id, day)
        if key not in self._judged:
            held = self._held.setdefault(day, Held(self.store, day))
            self._judged[key] = judge(
                claim, evidence(held, claim, file), day, published=file.article.published_until
            )
        return self._judged[key]


def about(place: Place, flow: str, year: int, held: Held) -> Callable[[Statement], bool]:
    """Whether a statement is about a figure: its series, partner, group and year, or divides by it."""

    def is_about(claim: Statement) -> bool:
        filters = claim.filters
        if claim.metric.startswith("ip_"):
            return False
        years = filters.years()
        if not years or not years[0] <= year <= years[-1]:
            return False
        if place.is_whole and place.series in DENOMINATORS and claim.metric in _RATIOS:
            return filters.denominator in (None, place.series)
        if (filters.series or "atp") != place.series or flow not in ("balance", filters.flow or "balance"):
            return False
        return _same_place(claim.metric, filters, place, held)

    return is_about


def _same_place(metric: str, filters: Filters, place: Place, held: Held) -> bool:
    # A rank, or an order, turns on every partner's figure.
    group = ALL_GROUPS if filters.group in (None, ALL_GROUPS) else group_code(filters.group or "")
    if metric == "rank" and not place.is_whole:
        return True
    named = {held.label(name) for name in (filters.partner, filters.other_partner) if name}
    partners = named or {held.label(place.partner)} if place.is_whole and not named else named
    return group == place.group and held.label(place.partner) in partners
