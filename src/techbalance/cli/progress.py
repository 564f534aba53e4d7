"""How is progress shown in a terminal? One line that is written over; plain lines where nobody watches."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

from techbalance.store.progress import Step, reporting

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH: Final = 100


class Shown:
    """Progress on a stream.

    Parameters
    ----------
    stream
        Standard error: data go elsewhere.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.is_watched = stream.isatty()
        self.is_open = False

    def __call__(self, step: Step) -> None:
        """Show one step."""
        if step.message:
            self.close()
            self.stream.write(f"{step.message}\n")
            self.stream.flush()
        if self.is_watched:
            self.stream.write(f"\r{as_line(step)[:WIDTH]:<{WIDTH}}")
            self.stream.flush()
            self.is_open = True

    def close(self) -> None:
        """Take the line away that is written over."""
        if self.is_open:
            self.stream.write(f"\r{'':<{WIDTH}}\r")
            self.stream.flush()
            self.is_open = False


def as_line(step: Step) -> str:
    """One step in one line.

    Examples
    --------
    >>> as_line(Step("ingest", 3, 24, "archives", 1_500_000, 480_000.0, 65.0))
    'ingest: 3 of 24 archives, 1,500,000 rows, 480,000 rows/s, 1:05 left'
    """
    parts = []
    if step.done is not None:
        parts.append(f"{step.done} of {step.total} {step.unit}" if step.total else f"{step.done} {step.unit}")
    if step.rows is not None:
        parts.append(f"{step.rows:,} rows")
    if step.rows_per_second is not None:
        parts.append(f"{step.rows_per_second:,.0f} rows/s")
    if step.seconds_left is not None:
        minutes, seconds = divmod(round(step.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02d} left")
    return f"{step.what}: {', '.join(parts)}" if parts else step.what


@contextmanager
def shown() -> Iterator[None]:
    """Show what is told inside on standard error."""
    show = Shown(sys.stderr)
    try:
        with reporting(show):
            yield
    finally:
        show.close()
