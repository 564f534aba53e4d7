"""Which answer is meant by a number or a reference? Shared by ``trace`` and ``cite``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.errors import ParameterError
from techbalance.questions import registry
from techbalance.questions.parameters.declaration import split_reference
from techbalance.store import answers

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.store.catalogue import Store


def answer_of(what: str, store: Store) -> Answer:
    """Ask the question behind a number or a reference again.

    Parameters
    ----------
    what
        ``balance?year=2024``; a command line after ``techbalance``; or the number of an answer that was
        given on this machine.

    Raises
    ------
    UnknownCodeError
        No answer has this number, or no question this name.
    ParameterError
        An answer without lineage was meant: a trace cannot be traced.
    """
    text = what.strip()
    if answers.IDENTITY.match(text):
        text = answers.recall(store, text)
    name, given = split_reference(text)
    question = registry.find(name)
    if name in ("trace", "cite"):
        raise ParameterError(f"{name} is about another answer", remedy="Give that answer's reference")
    return registry.ask(question, given, store)
