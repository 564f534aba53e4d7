"""What would a subsidy or new capacity at home do? Answers ``whatif subsidy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.questions.parameters.whatif import SUBSIDY, SubsidyParams
from techbalance.questions.whatif.answering import answer_policy

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.store.catalogue import Store


def run(params: SubsidyParams, store: Store) -> Answer:
    """Answer ``whatif subsidy``: a row for each outcome, low, central and high first."""
    return answer_policy(SUBSIDY, params, store)
