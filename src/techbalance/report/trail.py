"""Who printed a figure, on which basis and at which vintage, and how is it recomputed and traced?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techbalance.charts import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.questions.answer import Answer
    from techbalance.report.inquiry import Inquiry


@dataclass(frozen=True, slots=True)
class Step:
    """One answer behind a figure.

    Parameters
    ----------
    command
        The command line that recomputes it.
    reference
        What ``techbalance trace`` takes.
    answer_id
        Twelve hexadecimal digits for question, parameters and what the store held.
    """

    command: str
    reference: str
    answer_id: str


@dataclass(frozen=True, slots=True)
class Trail:
    """Everything that must be said under a figure.

    Parameters
    ----------
    publisher
        Who published the figures.
    basis
        Concept, valuation and adjustment, in words.
    vintage
        The vintages read, in words.
    steps
        The answers, first the one that gives the figure.
    source_ids
        Sources of the stored rows; each has an entry in the page's list of sources.
    """

    publisher: str
    basis: str
    vintage: str
    steps: tuple[Step, ...]
    source_ids: tuple[str, ...]

    @property
    def credit(self) -> str:
        """Publisher, basis and vintage as one line."""
        return f"{self.publisher}; {self.basis}; {self.vintage}."


def trail_of(inquiry: Inquiry, answers: Sequence[Answer], basis: str) -> Trail:
    """Say where the figures of some answers come from.

    Parameters
    ----------
    inquiry
        Who asked.
    answers
        The answers, first the one that gives the figure.
    basis
        Concept, valuation and adjustment, in words.
    """
    source_ids = tuple(sorted(frozenset[str]().union(*[inquiry.sources(answer) for answer in answers])))
    publishers = dict.fromkeys(str(inquiry.store.sources[one]["publisher"]) for one in source_ids)
    return Trail(
        publisher=text.listing(_distinct(list(publishers))),
        basis=basis,
        vintage=text.vintage(day for answer in answers for day in inquiry.vintages(answer)),
        steps=tuple(Step(answer.command, answer.reference, answer.answer_id) for answer in answers),
        source_ids=source_ids,
    )


def _distinct(publishers: Sequence[str]) -> list[str]:
    """Drop a publisher that another entry already names together with a second one."""
    return [one for one in publishers if not any(one != other and one in other for other in publishers)]
