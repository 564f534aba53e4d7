"""What would a tariff do? Answers ``whatif tariff``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.questions.parameters.whatif import TARIFF, TariffParams
from techbalance.questions.whatif.answering import answer_policy

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.store.catalogue import Store


def run(params: TariffParams, store: Store) -> Answer:
    """Answer ``whatif tariff``: a row for each outcome, low, central and high first."""
    return answer_policy(TARIFF, params, store)
