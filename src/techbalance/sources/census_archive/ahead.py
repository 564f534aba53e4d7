"""How do two steps of a stream work at the same time? The earlier one runs ahead in a thread of its own."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Item = TypeVar("Item")
# How often a thread that waits looks whether it is still wanted.
PAUSE_SECONDS: Final = 0.1


@dataclass(frozen=True)
class _End:
    """The stream ended: well, or with an error that the reader of the stream is given."""

    wrong: BaseException | None


class Ahead(Generic[Item]):
    """An iterator whose next items are made while the present one is used.

    Parameters
    ----------
    items
        Where they come from; only the thread touches it.
    depth
        How many may wait. Together with the size of an item it bounds the memory.
    """

    def __init__(self, items: Iterator[Item], depth: int) -> None:
        self._items = items
        self._waiting: queue.Queue[Item | _End] = queue.Queue(depth)
        self._wanted = True
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __iter__(self) -> Iterator[Item]:
        """Start the thread; it ends with the stream, with an error, or when nobody reads any more."""
        self._thread.start()
        try:
            while True:
                item = self._waiting.get()
                if not isinstance(item, _End):
                    yield item
                elif item.wrong is not None:
                    raise item.wrong
                else:
                    return
        finally:
            self._wanted = False
            with suppress(queue.Empty):
                while True:
                    self._waiting.get_nowait()
            self._thread.join()

    def _run(self) -> None:
        try:
            for item in self._items:
                if not self._put(item):
                    break
            end = _End(None)
        except BaseException as wrong:  # noqa: BLE001 - whoever reads the stream raises it
            end = _End(wrong)
        finally:
            close = getattr(self._items, "close", None)
            if close is not None:
                close()
        self._put(end)

    def _put(self, item: Item | _End) -> bool:
        while self._wanted:
            with suppress(queue.Full):
                self._waiting.put(item, timeout=PAUSE_SECONDS)
                return True
        return False
