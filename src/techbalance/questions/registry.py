"""Which questions are there, and how is one asked by name?

Every surface reads this list; a question that is declared here appears on all of them.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import ParameterError, UnknownCodeError
from techbalance.questions.callers import is_elsewhere
from techbalance.questions.parameters import (
    accounts,
    change,
    claims,
    dependence,
    fetching,
    ideas,
    ingest,
    intellectual_property,
    ladder,
    lists,
    provenance,
    six_digit,
    stories,
    value_chains,
    vintages,
    whatif,
    whatif_studies,
)
from techbalance.questions.parameters.declaration import Params, Question, split_reference
from techbalance.questions.parameters.files import refuse_files
from techbalance.store.reading import listening

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.store.catalogue import Store

QUESTIONS: Final[dict[str, Question]] = {
    question.name: question
    for question in (
        accounts.BALANCE,
        accounts.RANK,
        change.CHANGE,
        accounts.RECORDS,
        accounts.RECONCILE,
        lists.LISTS,
        lists.LISTS_DIFF,
        lists.LIST_EFFECT,
        vintages.REVISIONS,
        vintages.RELEASE,
        six_digit.SIX_DIGIT,
        intellectual_property.IP,
        ideas.COMPARE,
        ideas.GAP,
        ideas.QUOTIENT,
        ideas.PANEL,
        value_chains.VALUE_ADDED,
        value_chains.WORK_CONTENT,
        ladder.CLIMB,
        ladder.COMPLEXITY,
        ladder.ADVANTAGE,
        ladder.SIMILARITY,
        ladder.INTRA_INDUSTRY,
        ladder.UNIT_VALUES,
        stories.STORY,
        stories.CONCORDANCE,
        dependence.DEPENDENCE,
        dependence.STRESS,
        dependence.EXPOSURE,
        dependence.DIVERSION,
        whatif.TARIFF,
        whatif.SUBSIDY,
        whatif.TRADE_COST,
        whatif.QUOTA,
        whatif.PRODUCTIVITY,
        whatif_studies.LEARNING,
        whatif_studies.GAINS,
        whatif_studies.GRAVITY,
        whatif.RUN,
        whatif.DIFF,
        claims.CLAIMS_LIST,
        claims.CLAIMS_CHECK,
        claims.CLAIMS_JUDGE,
        provenance.TRACE,
        provenance.CITE,
        provenance.SOURCES,
        provenance.STATUS,
        provenance.CHECK,
        fetching.FETCH,
        ingest.INGEST,
    )
}


def find(name: str) -> Question:
    """Look a question up by name.

    Raises
    ------
    UnknownCodeError
        No question has this name; near misses are named.
    """
    if name not in QUESTIONS:
        raise UnknownCodeError.among("question", name, QUESTIONS)
    return QUESTIONS[name]


def ask(question: Question, given: dict[str, Any] | Params, store: Store) -> Answer:
    """Ask a question.

    Parameters
    ----------
    question
        Which.
    given
        Its parameters, in text form or as Python values.
    store
        What it is asked of.

    Raises
    ------
    ParameterError, UnknownCodeError, FlowNeededError
        The question cannot be put like this; or not from elsewhere.
    """
    params = given if isinstance(given, Params) else question.params.read(given)
    if is_elsewhere():
        refuse_files(question, params)
        if question.writes:
            raise ParameterError(f"{question.name} changes the store", remedy="Ask where the store is")
    with listening() as read:
        answer: Answer = import_module(question.module).run(params, store)
    if read:
        answer = replace(answer, inputs=tuple(sorted(read.items())))
    return answer


def ask_reference(reference: str, store: Store) -> Answer:
    """Ask what a reference such as ``balance?year=2024`` says."""
    name, given = split_reference(reference)
    return ask(find(name), given, store)
