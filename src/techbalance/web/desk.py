"""Who asks for many callers at once? A few threads with a store each; what was asked before is kept.

Answers are kept by question, parameters, form and what the store held, and dropped when the store changes.
A question that several callers put at the same time is asked once.
"""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from techbalance.errors import BusyError, StoreError, TechbalanceError, TooMuchError
from techbalance.questions.callers import elsewhere
from techbalance.questions.registry import ask
from techbalance.store.catalogue import Store
from techbalance.store.outside import fingerprint
from techbalance.web import formats

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.questions.parameters.declaration import Params, Question
    from techbalance.web.settings import Settings

SECONDS_BETWEEN_LOOKS: Final = 1.0
"""How long a change of the store may go unnoticed."""
LEAST_COMPRESSED: Final = 1024
"""Bytes below which compressing costs more than it saves."""


class Weighed(Protocol):
    """What can be kept."""

    @property
    def weight(self) -> int:
        """Bytes it takes, about."""


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


@dataclass(slots=True)
class Counts:
    """What happened so far."""

    asked: int = 0
    found: int = 0
    given_up: int = 0
    refused: int = 0
    built: int = 0


class Desk:
    """Asks questions for many callers.

    Parameters
    ----------
    settings
        How many at once, for how long, and how much is kept.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.counts = Counts()
        self._threads = ThreadPoolExecutor(settings.askers, thread_name_prefix="asker")
        self._own = threading.local()
        self._kept: OrderedDict[tuple[str, str], Weighed] = OrderedDict()
        self._under_way: dict[tuple[str, str], asyncio.Task[Weighed]] = {}
        self._weight = 0
        self._held = ""
        self._looked = -SECONDS_BETWEEN_LOOKS

    @property
    def held(self) -> str:
        """What store and outside data hold now; kept answers of another state are dropped."""
        if time.monotonic() - self._looked >= SECONDS_BETWEEN_LOOKS:
            store = Store(self.settings.home, confined=True)
            held = f"{store.version}-{fingerprint(store)}"
            self._looked = time.monotonic()
            if held != self._held:
                self._held = held
                self._kept.clear()
                self._under_way.clear()
                self._weight = 0
        return self._held

    @property
    def waiting(self) -> int:
        """Questions that are being asked, or wait."""
        return len(self._under_way)

    @property
    def weight(self) -> int:
        """Bytes of kept answers."""
        return self._weight

    async def answer(self, question: Question, params: Params, form: str) -> Kept:
        """Answer a question in a form.

        Raises
        ------
        TechbalanceError
            As the question raises; ``TooMuchError`` where it has too many rows or takes too long,
            ``BusyError`` where too many wait already.
        """
        key = (question.reference(params), form)
        kept = await self.kept(key, lambda store: self._written(question, params, form, store))
        assert isinstance(kept, Kept)  # noqa: S101 - narrows the type only
        return kept

    async def kept(self, key: tuple[str, str], make: Callable[[Store], Weighed]) -> Weighed:
        """Return what is kept under a key, or make it in a thread, of the thread's own store, and keep it.

        Parameters
        ----------
        key
            Stands for all that goes in, beside what the store holds.
        make
            Makes it of a store; whatever it asks, it asks as somebody elsewhere.

        Raises
        ------
        TechbalanceError
            As it raises; ``TooMuchError`` where it takes too long, ``BusyError`` where too many wait already.
        """
        held = self.held
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            self.counts.found += 1
            return found
        task = self._under_way.get(key)
        if task is None:
            if self.waiting >= self.settings.most_waiting:
                self.counts.refused += 1
                raise BusyError(f"{self.waiting} questions are waiting", remedy="Try again in a moment")
            task = asyncio.get_running_loop().create_task(self._make(make, held))
            task.add_done_callback(lambda done: self._settled(key, done, held))
            self._under_way[key] = task
        try:
            return await asyncio.wait_for(asyncio.shield(task), self.settings.most_seconds)
        except TimeoutError:
            self.counts.given_up += 1
            raise TooMuchError(
                f"the question takes longer than {self.settings.most_seconds:g} seconds",
                remedy="Ask for fewer years, partners or draws, or ask it on the command line",
            ) from None

    async def _make(self, make: Callable[[Store], Weighed], held: str) -> Weighed:
        loop = asyncio.get_running_loop()
        self.counts.asked += 1
        return await loop.run_in_executor(self._threads, self._made, make, held)

    def _made(self, make: Callable[[Store], Weighed], held: str) -> Weighed:
        if getattr(self._own, "held", None) != held:
            self._own.store, self._own.held = Store(self.settings.home, confined=True), held
        store: Store = self._own.store
        with elsewhere(store):
            try:
                with store.asked_often():
                    return make(store)
            except Exception as wrong:
                # The long way tells whether the question is wrong, or the short way.
                if isinstance(wrong, TechbalanceError) and not isinstance(wrong, StoreError):
                    raise
                self.counts.built += 1
            return make(store)

    def _written(self, question: Question, params: Params, form: str, store: Store) -> Kept:
        """Ask, and write the answer in a form."""
        answer = ask(question, params, store)
        rows = answer.arrow.num_rows
        if rows > self.settings.most_rows:
            raise TooMuchError(
                f"the answer has {rows:,} rows, this server gives {self.settings.most_rows:,}",
                remedy="Ask for fewer years or keys, add top, or ask it on the command line",
            )
        body = formats.written(answer, form)
        return Kept(body, packed(body), f'"{answer.answer_id}-{form}"', answer.answer_id, answer.reference)

    def _settled(self, key: tuple[str, str], task: asyncio.Task[Weighed], held: str) -> None:
        """Keep an answer that is still true, and let go of the oldest ones until all fit."""
        if self._under_way.get(key) is task:
            del self._under_way[key]
        if task.cancelled() or task.exception() is not None or held != self._held:
            return
        kept = task.result()
        if kept.weight > self.settings.kept_bytes // 4:
            return
        self._kept[key] = kept
        self._weight += kept.weight
        while self._weight > self.settings.kept_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._weight -= oldest.weight

    def close(self) -> None:
        """Let the threads go; what is under way is given up."""
        self._threads.shutdown(wait=False, cancel_futures=True)
