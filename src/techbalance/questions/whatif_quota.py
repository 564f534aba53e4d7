"""What would a limit on quantities do? Answers ``whatif quota``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.questions.parameters.whatif import QUOTA, QuotaParams
from techbalance.questions.whatif.answering import answer_policy

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.store.catalogue import Store


def run(params: QuotaParams, store: Store) -> Answer:
    """Answer ``whatif quota``: a row for each outcome, low, central and high first."""
    return answer_policy(QUOTA, params, store)
