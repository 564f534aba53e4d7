"""Who asks: somebody at this machine, or somebody elsewhere, who may not name its files?"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ELSEWHERE: ContextVar[bool] = ContextVar("whether the caller is not at this machine", default=False)


@contextmanager
def elsewhere() -> Iterator[None]:
    """Inside, no question takes a parameter that names a file, nor one that changes the store."""
    token = _ELSEWHERE.set(True)
    try:
        yield
    finally:
        _ELSEWHERE.reset(token)


def is_elsewhere() -> bool:
    """Whether the caller is not at this machine."""
    return _ELSEWHERE.get()
