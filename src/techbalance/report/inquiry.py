"""Which answers does a document rest on? Each question is asked once, of one store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from techbalance.questions.registry import ask, find

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable

    from techbalance.questions.answer import Answer, Lineage
    from techbalance.store.catalogue import Store


class Origin(NamedTuple):
    """Where stored rows come from.

    Parameters
    ----------
    source_id
        The source's record.
    vintage
        Day on which the publisher's figure was current.
    """

    source_id: str
    vintage: dt.date


class Inquiry:
    """Asks questions of a store and keeps the answers.

    Parameters
    ----------
    store
        What is asked.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: dict[str, Answer] = {}
        self._origins: dict[Hashable, frozenset[Origin]] = {}

    def ask(self, name: str, **given: Any) -> Answer:  # noqa: ANN401 - any form a parameter takes
        """Ask a question by name, or return the answer it had before.

        Parameters
        ----------
        name
            Name of the question, for example ``balance``.
        given
            Its parameters, in text form or as Python values.

        Raises
        ------
        ParameterError, UnknownCodeError, FlowNeededError
            The question cannot be put like this.
        """
        question = find(name)
        params = question.params.read(given)
        reference = question.reference(params)
        if reference not in self._kept:
            self._kept[reference] = ask(question, params, self.store)
        return self._kept[reference]

    def origins(self, answer: Answer) -> frozenset[Origin]:
        """Return source and vintage of every stored row behind an answer.

        Answers often rest on the same rows; those are looked up once.
        """
        found: set[Origin] = set()
        for part in answer.lineage:
            key = (part.table, part.rows.op())
            if key not in self._origins:
                self._origins[key] = self._looked_up(part)
            found |= self._origins[key]
        return frozenset(found)

    def _looked_up(self, part: Lineage) -> frozenset[Origin]:
        rows = self.store.fetch(part.rows.select("source_id", "vintage").distinct())
        return frozenset(Origin(row["source_id"], row["vintage"]) for row in rows.to_pylist())

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Every source looked up so far, sorted."""
        return tuple(sorted({origin.source_id for found in self._origins.values() for origin in found}))
