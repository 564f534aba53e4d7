"""How does a process live that works for another? It ends when that one does, and leaves interrupts to it."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import threading


def follow_parent() -> None:
    """Make this process one that works for the one that started it.

    A key that stops the program stops that one, which lets this one go; and when that one ends, however it
    does, this one ends too. Let go, it carries out what was registered for its end and is gone: taking its
    libraries down would take most of a second, and some complain of each other meanwhile.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_go_with_parent, daemon=True).start()
    atexit.register(_end)


def _end() -> None:
    atexit.unregister(_end)
    atexit._run_exitfuncs()
    os._exit(0)


def _go_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
