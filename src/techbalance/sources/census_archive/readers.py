"""Which reader takes the records of the detail: the compiled one where it pays, else the plain one?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, Literal

from techbalance.errors import ParameterError

if TYPE_CHECKING:
    from techbalance.sources.census_archive.detail import Take

Name = Literal["compiled", "plain"]
COMPILED: Final = "techbalance.sources.census_archive.compiled"
# Loading the compiler takes as long as reading about so much without it.
WORTH_COMPILING: Final = 64 << 20


def choose(size: int, name: Name | None = None) -> Take:
    """Choose a reader.

    Parameters
    ----------
    size
        Bytes of the detail.
    name
        The reader wanted; None for the faster one.

    Raises
    ------
    ParameterError
        The compiled reader is wanted and its compiler is not installed.
    """
    # Each loads a library of its own: a command for one archive does not wait for both.
    if name == "plain" or (name is None and size < WORTH_COMPILING and COMPILED not in sys.modules):
        return _plain()
    try:
        from techbalance.sources.census_archive import compiled
    except ImportError as wrong:
        if name is None:
            return _plain()
        raise ParameterError(
            "the compiled reader needs numba",
            where=str(wrong),
            remedy="Install it with: pip install 'techbalance[fast]'",
        ) from wrong
    return compiled.take


def _plain() -> Take:
    from techbalance.sources.census_archive import plain

    return plain.take
