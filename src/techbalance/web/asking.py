"""How is a question asked for a server? Of a store that stays open, the short way, in a thread or a process.

Processes of their own leave the one that listens free to answer what is kept and to serve slow readers, and
use every core; each has its own store, open and warm.
"""

from __future__ import annotations

import gc
import gzip
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from techbalance.charts.figure import draw_unchecked
from techbalance.errors import TooMuchError
from techbalance.processes import follow_parent
from techbalance.questions.callers import elsewhere
from techbalance.questions.registry import ask, ask_reference, find
from techbalance.store.catalogue import Store
from techbalance.web import formats
from techbalance.web.warming import references

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.synchronize import Event

    from techbalance.questions.parameters.declaration import Params, Question
    from techbalance.web.settings import Settings

    Warming = Callable[[Store], None]

LEAST_COMPRESSED: Final = 1024
ANSWERS_UNTIL_WARM: Final = 200
"""After as many of one store, a process holds most of what it will be asked of it."""
"""Bytes below which compressing costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer, written.

    Parameters
    ----------
    body
        Its bytes.
    packed
        The same, compressed; None where that would not save anything.
    tag
        Stands for question, parameters, what the store held, and form.
    answer_id, reference
        Those of the answer.
    """

    body: bytes
    packed: bytes | None
    tag: str
    answer_id: str
    reference: str

    @property
    def weight(self) -> int:
        """Bytes it takes."""
        return len(self.body) + len(self.packed or b"")


def packed(body: bytes) -> bytes | None:
    """Compress bytes; None where that would not save anything."""
    if len(body) < LEAST_COMPRESSED:
        return None
    made = gzip.compress(body, compresslevel=5, mtime=0)
    return made if len(made) < len(body) else None


class Asking:
    """One asker: its store, opened anew when what is held changes.

    Parameters
    ----------
    settings
        Where the store is, and what an answer may be.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._store: Store | None = None
        self._held = ""

    def made(self, make: Callable[[Store], Any], held: str) -> tuple[Any, bool]:
        """Make something of the store, and say whether it went the long way."""
        if self._store is None or self._held != held:
            self._store, self._held = Store(self.settings.home, confined=True), held
        store = self._store
        with elsewhere(store):
            return store.made_often(lambda: make(store))

    def written(self, question: Question, params: Params, form: str, store: Store) -> Kept:
        """Ask, and write the answer in a form.

        Raises
        ------
        TechbalanceError
            As the question raises; ``TooMuchError`` where it has too many rows.
        """
        answer = ask(question, params, store)
        rows = answer.arrow.num_rows
        if rows > self.settings.most_rows:
            raise TooMuchError(
                f"the answer has {rows:,} rows, this server gives {self.settings.most_rows:,}",
                remedy="Ask for fewer years or keys, add top, or ask it on the command line",
            )
        body = formats.written(answer, form)
        return Kept(body, packed(body), f'"{answer.answer_id}-{form}"', answer.answer_id, answer.reference)


# --- processes --------------------------------------------------------------------------------------------

_ASKING: list[Asking] = []


class Settling:
    """Puts what a warm process holds aside from the search for cycles.

    It stays as long as the store does; looking through all of it, again and again, would make one caller or
    another wait a fifth of a second.
    """

    def __init__(self) -> None:
        self._held: str | None = None
        self._answers = 0

    def settle(self, held: str) -> None:
        """Put aside what there is."""
        gc.collect()
        gc.freeze()
        self._held, self._answers = held, 0

    def answered(self, held: str) -> None:
        """Let go of what belongs to a store that is no more, and settle anew when its successor is warm."""
        if held == self._held:
            return
        if not self._answers:
            gc.unfreeze()
        self._answers += 1
        if self._answers >= ANSWERS_UNTIL_WARM:
            self.settle(held)


_SETTLING: Final = Settling()


def ending() -> Event:
    """What tells processes that the server ends: one that still warms up stops."""
    return multiprocessing.get_context("spawn").Event()


def processes(
    settings: Settings, held: str, ends: Event, warming: Sequence[Warming] = ()
) -> ProcessPoolExecutor:
    """Start the processes that ask; each is warm before it takes its first question."""
    spawned = multiprocessing.get_context("spawn")
    given = (settings, held, ends, warming)
    return ProcessPoolExecutor(settings.workers, mp_context=spawned, initializer=_begin, initargs=given)


def asked(name: str, params: Params, form: str, held: str) -> tuple[Kept, bool]:
    """Answer a question in a process, and say whether it went the long way."""
    (asking,) = _ASKING
    question = find(name)
    kept, is_built = asking.made(lambda store: asking.written(question, params, form, store), held)
    _SETTLING.answered(held)
    return kept, is_built


def made(make: Callable[..., Any], given: tuple[Any, ...], held: str) -> tuple[Any, bool]:
    """Make something in a process, of its store and what is given, and say whether it went the long way."""
    (asking,) = _ASKING
    thing = asking.made(lambda store: make(store, *given), held)
    _SETTLING.answered(held)
    return thing


def here() -> int:
    """The number of this process: of one that answers, so that one knows it has begun."""
    return os.getpid()


def _told(reference: str, store: Store) -> bytes:
    return formats.written(ask_reference(reference, store), "json")


def _begin(settings: Settings, held: str, ends: Event, warming: Sequence[Warming]) -> None:
    """Open what a process asks of, and ask what is asked most, so that the first caller does not wait."""
    follow_parent()
    _ASKING[:] = [Asking(settings)]
    draw_unchecked()
    if not settings.is_warm:
        return
    tasks: list[Callable[[Store], object]] = []
    # What is wrong is said to whoever asks for it; a process that cannot begin would end them all.
    with suppress(Exception):
        tasks += [partial(_told, one) for one in _ASKING[0].made(references, held)[0]]
    for task in (*tasks, *warming):
        if ends.is_set():
            return
        with suppress(Exception):
            _ASKING[0].made(task, held)
    _SETTLING.settle(held)
