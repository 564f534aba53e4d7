"""What would dearer or cheaper delivery do? Answers ``whatif trade-cost``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.questions.parameters.whatif import TRADE_COST, TradeCostParams
from techbalance.questions.whatif.answering import answer_policy

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.store.catalogue import Store


def run(params: TradeCostParams, store: Store) -> Answer:
    """Answer ``whatif trade-cost``: a row for each outcome, low, central and high first."""
    return answer_policy(TRADE_COST, params, store)
