"""How far is a long piece of work? Whoever does it says so; a surface that shows it listens."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Step:
    """One report.

    Parameters
    ----------
    what
        What is being done: ``ingest``, ``fetch census-country``.
    done, total
        Parts finished, and parts there are; None where that is not known.
    unit
        What a part is: ``archives``, ``files``.
    rows
        Rows read so far; None where nothing is counted in rows.
    rows_per_second
        How fast; None before anything can be said.
    seconds_left
        Time left at this rate; None before anything can be said.
    message
        What has just happened, for surfaces that write line by line; empty between such events.
    """

    what: str
    done: int | None = None
    total: int | None = None
    unit: str = "files"
    rows: int | None = None
    rows_per_second: float | None = None
    seconds_left: float | None = None
    message: str = ""


_LISTENER: ContextVar[Callable[[Step], None] | None] = ContextVar("who listens to progress", default=None)


@contextmanager
def reporting(callback: Callable[[Step], None]) -> Iterator[None]:
    """Hand every step that is told inside to ``callback``."""
    token = _LISTENER.set(callback)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def step(what: str, **facts: object) -> None:
    """Tell how far the work is; silent where nobody listens.

    Parameters
    ----------
    what, facts
        Fields of ``Step``.
    """
    listener = _LISTENER.get()
    if listener is not None:
        listener(Step(what, **facts))  # type: ignore[arg-type]
