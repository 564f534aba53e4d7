"""How does the server listen, and how much does it give to one question?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """What can be set.

    Parameters
    ----------
    home
        The store that is asked; the platform's folder, or ``TECHBALANCE_HOME``, when None.
    host, port
        Where the server listens; only this machine by default.
    names
        Host names a request may come for, so that another site cannot pass for this one.
    origins
        Sites whose pages may read the answers (CORS); none by default.
    most_rows
        Answers with more rows are refused: the command line and Python have them.
    most_seconds
        A question that takes longer is given up.
    most_waiting
        Questions that may wait for their turn.
    workers
        Processes that ask, beside the one that listens; with 0 threads of that one ask.
    is_warm
        Whether processes ask what is asked most before they take a question.
    askers
        Threads that ask, or compose pages, at the same time.
    kept_bytes
        How much the kept answers may weigh together.
    """

    home: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    names: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    origins: tuple[str, ...] = ()
    most_rows: int = 50_000
    most_seconds: float = 20.0
    most_waiting: int = 200
    workers: int = 0
    is_warm: bool = True
    askers: int = 2
    kept_bytes: int = 64 << 20
