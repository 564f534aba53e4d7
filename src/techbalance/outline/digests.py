"""What stands for a step in every process alike? A digest of what was done, so that shapes can be shipped."""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

BYTES: Final = 12
# Of Ibis: each is written as its whole name.
_TYPES: Final = "ibis.expr.datatypes."
_PLAIN: Final = frozenset((str, int, float, bool, type(None), dt.date))


class _UnknownError(Exception):
    """Something that no digest can stand for."""


def digest_of(key: Any) -> str | None:  # noqa: ANN401
    """Write 24 hexadecimal digits for what belongs to a shape.

    Returns
    -------
    str or None
        The same in every process; None where something in it has no text of its own.
    """
    try:
        seed = "".join(_texts(key))
    except _UnknownError:
        return None
    return blake2b(seed.encode("utf-8", "surrogatepass"), digest_size=BYTES).hexdigest()


def _texts(thing: Any) -> Iterator[str]:  # noqa: ANN401
    kind = type(thing)
    if kind is tuple:
        yield "("
        for one in thing:
            yield from _texts(one)
        yield ")"
    elif kind in _PLAIN:
        yield f"{kind.__name__}:{thing!r};"
    elif isinstance(thing, type):
        yield f"type:{thing.__module__}.{thing.__qualname__};"
    elif hasattr(thing, "digest"):
        if thing.digest is None:
            raise _UnknownError
        yield f"shape:{thing.digest};"
    elif hasattr(thing, "names") and hasattr(thing, "types"):
        yield "schema:("
        for name, of in zip(thing.names, thing.types, strict=True):
            yield f"{name!r}:{of};"
        yield ")"
    elif kind.__module__.startswith(_TYPES):
        yield f"kind:{thing};"
    else:
        raise _UnknownError
