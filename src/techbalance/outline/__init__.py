"""Which expression is meant? Its outline is written down first, and built only where its shape is new.

Building and compiling an expression take far longer than running it on small tables, and a server is asked
the same few shapes with other years, partners and groups. Inside ``outlined`` every step is noted instead of
built: what was done (the shape), and the values it was done with. Rows of a shape that was seen before are
fetched by the SQL that was compiled then, with the new values in their places. What a question decides in
Python changes the shape, so it is never missed.

Modules of questions and indicators write ``from techbalance.outline import ibis``: outside ``outlined`` that
is Ibis itself.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from techbalance.outline.digests import digest_of
from techbalance.outline.order import in_order
from techbalance.outline.shipping import Shipped, shipped_of
from techbalance.outline.steps import MARK, Book, Literal, Outline, Shape, written_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis
else:

    class _Functions:
        """The functions of Ibis: their calls are noted inside ``outlined``, and made outside."""

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401
            real = getattr(import_module("ibis"), name)
            if name == "_" or not callable(real) or isinstance(real, type):
                return real
            lifted = LIFTED_BY_FUNCTION.get(name, False)

            def function(*args: Any, **named: Any) -> Any:  # noqa: ANN401
                book = _BOOK.get()
                if book is None:
                    return real(*args, **named)
                return book.noted(name, None, args, named, lifted=lifted)

            setattr(self, name, function)
            return function

    ibis = _Functions()

__all__ = [
    "MARK",
    "Book",
    "Literal",
    "Outline",
    "Shape",
    "Shipped",
    "built",
    "current",
    "digest_of",
    "ibis",
    "in_order",
    "outlined",
    "shipped_of",
    "written_out",
]

LIFTED_BY_FUNCTION: Final = {"literal": True, "ifelse": True, "cases": True, "range": True, "coalesce": True}
"""Functions whose plain numbers, texts and days are values; those of others belong to the shape."""
_BOOK: ContextVar[Book | None] = ContextVar("where outlines are noted", default=None)


def current() -> Book | None:
    """The book in which outlines are noted here; None where expressions are built."""
    return _BOOK.get()


@contextmanager
def outlined(book: Book) -> Iterator[None]:
    """Inside, expressions are noted in a book."""
    token = _BOOK.set(book)
    try:
        yield
    finally:
        _BOOK.reset(token)


@contextmanager
def built() -> Iterator[None]:
    """Inside, expressions are built as outside ``outlined``."""
    token = _BOOK.set(None)
    try:
        yield
    finally:
        _BOOK.reset(token)
