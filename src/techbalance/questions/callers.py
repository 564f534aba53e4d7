"""Who asks: somebody at this machine, or somebody elsewhere, who may not name its files or learn of them?"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from techbalance.errors import TechbalanceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techbalance.store.catalogue import Store

_ELSEWHERE: ContextVar[bool] = ContextVar("whether the caller is not at this machine", default=False)


@contextmanager
def elsewhere(store: Store | None = None) -> Iterator[None]:
    """Inside, no question takes a parameter that names a file, nor one that changes the store.

    Parameters
    ----------
    store
        The store that is asked: where an error would say on which path it lies, it says "the store".
    """
    token = _ELSEWHERE.set(True)
    try:
        yield
    except TechbalanceError as wrong:
        if store is not None:
            for part in ("what", "where", "remedy"):
                setattr(wrong, part, without_paths(getattr(wrong, part), store))
        raise
    finally:
        _ELSEWHERE.reset(token)


def is_elsewhere() -> bool:
    """Whether the caller is not at this machine."""
    return _ELSEWHERE.get()


def without_paths(text: str, store: Store) -> str:
    """Write names in the place of this machine's folders: of the outside data and of the store."""
    from techbalance.store import outside

    for folder, name in ((outside.folder(store), "the data folder"), (store.home, "the store")):
        for path in dict.fromkeys((folder, folder.absolute(), folder.resolve())):
            text = text.replace(str(path), name)
    return text
