"""The questions from Python: ``tb = techbalance.open()``, then ``tb.balance(year="2002:2007")``."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techbalance.errors import UnknownCodeError
from techbalance.questions.parameters.declaration import split_reference
from techbalance.questions.registry import QUESTIONS, ask, find
from techbalance.store.catalogue import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.questions.answer import Answer
    from techbalance.questions.parameters.declaration import Question


class TechBalance:
    """Every question as a method.

    Parameters
    ----------
    home
        The user's store; the platform's folder, or ``TECHBALANCE_HOME``, when left out.

    Examples
    --------
    >>> import techbalance
    >>> tb = techbalance.open()
    >>> tb.balance(year=2024).rows()[0]["balance_usd"]
    -294429400000
    """

    def __init__(self, home: Path | str | None = None) -> None:
        self.store = Store(None if home is None else Path(home))

    def __getattr__(self, name: str) -> Callable[..., Answer]:
        if name not in QUESTIONS:
            raise AttributeError(str(UnknownCodeError.among("question", name, QUESTIONS)))
        return _method(QUESTIONS[name], self._put)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *QUESTIONS]

    def ask(self, reference: str) -> Answer:
        """Ask by reference, the one line every answer carries: ``balance?year=2024``."""
        name, given = split_reference(reference)
        return self._put(find(name), given)

    def _put(self, question: Question, given: dict[str, Any]) -> Answer:
        answer = ask(question, given, self.store)
        if question.writes:
            # What was held when the store was opened is held no more.
            self.store = Store(self.store.home)
        return answer


def _method(
    question: Question, ask_it: Callable[[Question, dict[str, Any]], Answer]
) -> Callable[..., Answer]:
    def put(**given: Any) -> Answer:  # noqa: ANN401 - any text form or plain value of a parameter
        return ask_it(question, given)

    fields = question.params.model_fields
    put.__name__ = put.__qualname__ = question.name
    put.__doc__ = "\n".join(
        [question.summary, "", "Parameters", "----------"]
        + [f"{name}\n    {info.description}" for name, info in fields.items()]
        + ["", "Returns", "-------", f"Answer\n    {', '.join(question.columns)}"]
    )
    put.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if info.is_required() else info.default,
            )
            for name, info in fields.items()
        ]
    )
    return put
