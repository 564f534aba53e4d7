"""Which questions are answered without compiling anything? Those whose shape ships compiled.

The answer is the same, row for row; only the way to it is shorter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from techbalance.questions.answer import Answer
from techbalance.store import compiled

if TYPE_CHECKING:
    from techbalance.questions.parameters.declaration import Params, Question
    from techbalance.store.catalogue import Store

# The parameter that becomes a pair of placeholders.
YEARS: Final = "year"


@dataclass(frozen=True, eq=False)
class PreparedAnswer(Answer):
    """An answer that was compiled ahead of time; its lineage is that of the same question asked in full."""

    sources: tuple[str, ...] = ()

    @cached_property
    def source_ids(self) -> tuple[str, ...]:
        """Sources of the rows that went in, sorted."""
        return self.sources


def shape(question: Question, params: Params) -> str:
    """The question with its span of years left open: what is compiled once for all years."""
    texts = {name: text for name, text in params.texts().items() if name != YEARS}
    if getattr(params, YEARS, None) is not None:
        texts[YEARS] = "{years}"
    return question.name + "".join(f"&{name}={text}" for name, text in sorted(texts.items()))


def prepared(question: Question, params: Params, store: Store) -> Answer | None:
    """Answer a question whose shape ships compiled; None for any other."""
    found = compiled.shipped().get(shape(question, params))
    if found is None or not compiled.usable(store, found):
        return None
    years: Any = getattr(params, YEARS, None)
    span = {} if years is None else {"start": years.start, "end": years.end, "after": years.end + 1}
    rows, sources = compiled.run(found, span)
    return PreparedAnswer(question, params, store, rows, found.notes, sources=sources)
