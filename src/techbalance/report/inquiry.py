"""Which answers does a document rest on? Each question is asked once, of one store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from techbalance import outline
from techbalance.questions.prepared import PreparedAnswer, prepared
from techbalance.questions.registry import ask, find

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Iterable

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
        self._kept: dict[Hashable, Answer] = {}
        self._origins: dict[Hashable, frozenset[Origin]] = {}
        self._sources: set[str] = set()

    def ask(self, name: str, /, **given: Any) -> Answer:  # noqa: ANN401 - any form a parameter takes
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
        # An answer of the short way does not serve the long one, which is gone when the short one fails.
        book = outline.current()
        key = (book, question.reference(params))
        if key not in self._kept:
            # What is prepared opens an engine of its own, which the short way does not need.
            made = None if book else prepared(question, params, self.store)
            self._kept[key] = made or ask(question, params, self.store)
        return self._kept[key]

    def sources(self, answer: Answer) -> frozenset[str]:
        """Return the sources of the stored rows behind an answer."""
        if isinstance(answer, PreparedAnswer):
            self._sources.update(answer.source_ids)
            return frozenset(answer.source_ids)
        found = frozenset(origin.source_id for origin in self._origins_of(answer))
        self._sources.update(found)
        return found

    def vintages(self, answer: Answer) -> frozenset[dt.date]:
        """Return the vintages of the stored rows behind an answer."""
        if not isinstance(answer, PreparedAnswer):
            return frozenset(origin.vintage for origin in self._origins_of(answer))
        names = [name for name in answer.columns if name == "vintage" or name.endswith("_vintage")]
        days = {day for name in names for day in answer.arrow[name].to_pylist()}
        return frozenset(day for day in days if day is not None)

    def learn(self, source_ids: Iterable[str]) -> None:
        """Take note of sources that were asked for elsewhere."""
        self._sources.update(source_ids)

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Every source asked for so far, sorted."""
        return tuple(sorted(self._sources))

    def _origins_of(self, answer: Answer) -> set[Origin]:
        """Look up source and vintage of every stored row; answers often rest on the same rows."""
        return {origin for part in answer.lineage for origin in self._origins_of_part(part)}

    def _origins_of_part(self, part: Lineage) -> frozenset[Origin]:
        if isinstance(part.rows, outline.Outline):
            # Its engine knows again what it was asked before; building it, to compare it, takes longer.
            return self._looked_up(part)
        key = (part.table, part.rows.op())
        if key not in self._origins:
            self._origins[key] = self._looked_up(part)
        return self._origins[key]

    def _looked_up(self, part: Lineage) -> frozenset[Origin]:
        rows = self.store.fetch(part.rows.select("source_id", "vintage").distinct())
        return frozenset(Origin(**row) for row in rows.to_pylist())
