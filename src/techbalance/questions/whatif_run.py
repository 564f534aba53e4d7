"""What does a scenario file say? Answers ``whatif run``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.questions.parameters.whatif import RUN, RunParams, check_view
from techbalance.questions.whatif.answering import answer_scenario
from techbalance.questions.whatif.reading import load_scenario

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.store.catalogue import Store


def run(params: RunParams, store: Store) -> Answer:
    """Answer ``whatif run``: the rows of the command that wrote the file."""
    scenario = load_scenario(params.file)
    check_view(params, scenario)
    return answer_scenario(RUN, params, scenario, store)
