"""Who asks for many callers at once? A few threads or processes with a store each; what was asked is kept.

Answers are kept by question, parameters, form and what the store held, and dropped when the store changes.
A question that several callers put at the same time is asked once.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from techbalance.errors import BusyError, TooMuchError
from techbalance.store.catalogue import Store
from techbalance.store.outside import fingerprint
from techbalance.web.asking import Asking, Kept, asked, ending, here, made, processes

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from techbalance.questions.parameters.declaration import Params, Question
    from techbalance.web.settings import Settings

STARTS: Final = 3
"""How often processes are started that end while they warm up."""
SECONDS_BETWEEN_LOOKS: Final = 1.0
"""How long a change of the store may go unnoticed."""


class Weighed(Protocol):
    """What can be kept."""

    @property
    def weight(self) -> int:
        """Bytes it takes, about."""


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
    warming
        What each process does of its store, beside asking what is asked most, before it takes a question:
        functions of modules.
    """

    def __init__(self, settings: Settings, warming: Sequence[Callable[[Store], None]] = ()) -> None:
        self.settings = settings
        self.warming = warming
        self.counts = Counts()
        self.is_ready = settings.workers == 0
        self._threads = ThreadPoolExecutor(settings.askers, thread_name_prefix="asker")
        self._own = threading.local()
        self._kept: OrderedDict[tuple[str, str], Weighed] = OrderedDict()
        self._under_way: dict[tuple[str, str], asyncio.Task[Weighed]] = {}
        self._weight = 0
        self._held = ""
        self._looked = -SECONDS_BETWEEN_LOOKS
        self._pool: ProcessPoolExecutor | None = None
        self._starting: ProcessPoolExecutor | None = None
        self._ends = ending()

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
        if self._pool is None:
            kept = await self.kept(key, lambda store: self._asking().written(question, params, form, store))
        else:
            kept = await self._once(key, lambda held: self._asked(question, params, form, held))
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
        return await self._once(key, lambda held: self._made(make, held))

    async def made(self, key: tuple[str, str], make: Callable[..., Weighed], *given: object) -> Weighed:
        """Return what is kept under a key, or make it as ``kept`` does, in a process where there are some.

        Parameters
        ----------
        key
            Stands for all that goes in, beside what the store holds.
        make
            A function of a module: makes it of a store and what is given.
        given
            What else it takes; it can travel to another process, as what is made can.
        """
        if self._pool is None:
            return await self.kept(key, lambda store: make(store, *given))
        return await self._once(key, lambda held: self._elsewhere(make, given, held))

    async def _elsewhere(self, make: Callable[..., Weighed], given: tuple[object, ...], held: str) -> Weighed:
        """Make something in a process."""
        thing: Weighed = await self._in_process(made, make, given, held)
        return thing

    async def _once(
        self, key: tuple[str, str], making: Callable[[str], Coroutine[Any, Any, Weighed]]
    ) -> Weighed:
        """Return what is kept, or wait for it with all others who want the same."""
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
            self.counts.asked += 1
            task = asyncio.get_running_loop().create_task(making(held))
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

    async def _made(self, make: Callable[[Store], Weighed], held: str) -> Weighed:
        """Make something in a thread."""
        loop = asyncio.get_running_loop()
        made, is_built = await loop.run_in_executor(self._threads, self._in_thread, make, held)
        self.counts.built += is_built
        return made

    def _in_thread(self, make: Callable[[Store], Weighed], held: str) -> tuple[Weighed, bool]:
        return self._asking().made(make, held)

    def _asking(self) -> Asking:
        if not hasattr(self._own, "asking"):
            self._own.asking = Asking(self.settings)
        asking: Asking = self._own.asking
        return asking

    async def _asked(self, question: Question, params: Params, form: str, held: str) -> Kept:
        """Ask in a process; where one of them has ended, all are started anew, once."""
        kept: Kept = await self._in_process(asked, question.name, params, form, held)
        return kept

    async def _in_process(self, work: Callable[..., tuple[Any, bool]], *given: object) -> Any:  # noqa: ANN401
        """Have work done by a process; where one has ended, all are started anew and it is done again."""
        loop = asyncio.get_running_loop()
        pool = self._pool
        try:
            done, is_built = await loop.run_in_executor(pool, work, *given)
        except BrokenExecutor:
            if self._pool is pool:
                self._pool = processes(self.settings, self.held, self._ends, self.warming)
            done, is_built = await loop.run_in_executor(self._pool, work, *given)
        self.counts.built += is_built
        return done

    async def begin(self) -> None:
        """Start the processes, and wait until every one is there and warm; until then threads ask.

        Where one ends while it warms up they are started again, a few times; after that threads go on asking.
        """
        starts = STARTS if self.settings.workers and self._pool is None else 0
        for _ in range(starts):
            with suppress(BrokenExecutor):
                self._pool = await self._warmed()
                break
        if starts and self._pool is None:
            logging.getLogger(__name__).error("processes end while they warm up: threads answer alone")
        self._starting = None
        self.is_ready = True

    async def _warmed(self) -> ProcessPoolExecutor:
        loop = asyncio.get_running_loop()
        pool = self._starting = processes(self.settings, self.held, self._ends, self.warming)
        begun: set[int] = set()
        while len(begun) < self.settings.workers:
            begun |= set(await asyncio.gather(*[loop.run_in_executor(pool, here) for _ in range(8)]))
        return pool

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
        self._ends.set()
        for pool in (self._pool, self._starting):
            if pool is not None:
                pool.shutdown(wait=False, cancel_futures=True)
