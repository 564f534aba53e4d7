"""What would a country's higher productivity do? Answers ``whatif productivity``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.questions.parameters.whatif import PRODUCTIVITY, ProductivityParams
from techbalance.questions.whatif.answering import answer_policy

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.store.catalogue import Store


def run(params: ProductivityParams, store: Store) -> Answer:
    """Answer ``whatif productivity``: a row for each outcome, low, central and high first."""
    return answer_policy(PRODUCTIVITY, params, store)
