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

import datetime as dt
import operator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
    "built",
    "current",
    "ibis",
    "in_order",
    "outlined",
    "written_out",
]

MOST_SHAPES: Final = 200_000
"""Shapes a book remembers before it starts again: some hundred questions of a few hundred steps each."""
LIFTED_BY_FUNCTION: Final = {"literal": True, "ifelse": True, "cases": True, "range": True, "coalesce": True}
LIFTED_BY_METHOD: Final = {"isin": True, "notin": True, "between": True, "startswith": True, "limit": True}
"""Calls whose plain numbers, texts and days are values; those of other calls belong to the shape."""
_MEMBERSHIP: Final = ("isin", "notin")
MARK: Final = "\ue000"
"""Begins the place of a value in SQL; a text that has it takes no part."""
_COMPARED: Final = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
_COMBINED: Final = ("__add__", "__sub__", "__mul__", "__truediv__", "__floordiv__", "__mod__")
_JOINED: Final = ("__and__", "__or__", "__xor__")
_BOOK: ContextVar[Book | None] = ContextVar("where outlines are noted", default=None)


class Shape:
    """What was done, without the values: shared by all outlines that differ in values only.

    Parameters
    ----------
    columns
        Columns of a table; None for anything else.
    kind
        Schema of a table, or type of a value.
    is_open
        Whether values belong into it.
    """

    __slots__ = ("columns", "is_open", "kind")

    def __init__(self, columns: tuple[str, ...] | None, kind: Any, *, is_open: bool) -> None:  # noqa: ANN401
        self.columns, self.kind, self.is_open = columns, kind, is_open


class Book:
    """The shapes that are known.

    One belongs to one engine's connection, and is dropped with it.
    """

    def __init__(self) -> None:
        self.shapes: dict[Any, Shape] = {}

    def noted(
        self, name: str, of: Outline | None, args: tuple[Any, ...], named: dict[str, Any], *, lifted: bool
    ) -> Any:  # noqa: ANN401
        """Note one call; it is made at once where something in it was built already, or cannot be noted."""
        if name == "literal" and isinstance(next(iter((*args, *named.values()))), (list, tuple, dict)):
            # Data of its own, which no second question has.
            return _made(name, None, args, named)
        frame = None if of is None else of.o_frame
        if name == "literal" and (named or len(args) != 1):
            lifted = False
        try:
            if name in _MEMBERSHIP and isinstance(args[0], (list, tuple)):
                args = (_filled_up(args[0]), *args[1:])
            args = tuple(_noted(one, frame, self, lifted=lifted) for one in args)
            named = {key: _noted(one, frame, self, lifted=lifted) for key, one in named.items()}
            if of is None and name == "literal" and lifted and isinstance(args[0], Literal):
                return args[0]
            key = (name, None if of is None else of.o_shape, _key(args), _key(named))
            shape = self.shapes.get(key)
        except _BuiltError:
            return _made(name, written_out(of), written_out(args), written_out(named))
        noted = Outline(name, of, args, named, shape, self)
        return noted if shape is not None else self._learnt(key, noted)

    def _learnt(self, key: Any, noted: Outline) -> Any:  # noqa: ANN401
        """Build an outline of a new shape, to know what it is."""
        made = noted.o_build()
        if not isinstance(made, _expressions()):
            return made
        if len(self.shapes) >= MOST_SHAPES:
            self.shapes.clear()
        is_open = any(one.o_shape.is_open for one in noted.o_parts())
        self.shapes[key] = noted.o_shape = _shape_of(made, is_open=is_open)
        return noted

    def given(self, table: ibis.Table, name: str) -> Outline:
        """The outline of a table that is there: of an engine, under a name."""
        shape = self.shapes.get(("given", name))
        if shape is None:
            shape = self.shapes["given", name] = _shape_of(table, is_open=False)
        noted = Outline("given", None, (name,), {}, shape, self)
        noted.o_built = table
        return noted

    def literal(self, value: Any) -> Literal:  # noqa: ANN401
        """The outline of a value."""
        kind = _kind(value)
        shape = self.shapes.get(("value", kind))
        if shape is None:
            shape = self.shapes["value", kind] = Shape(None, kind, is_open=True)
        return Literal("value", None, (value,), {}, shape, self)


class _BuiltError(Exception):
    """Something in a call is an expression already, or cannot be compared."""


class Outline:
    """A step of an expression that is noted, not built: answers to the methods of what it stands for."""

    __slots__ = ("o_args", "o_book", "o_built", "o_call", "o_named", "o_of", "o_shape")

    def __init__(  # noqa: PLR0913, PLR0917 - one argument per part of a call
        self,
        name: str,
        of: Outline | None,
        args: tuple[Any, ...],
        named: dict[str, Any],
        shape: Shape | None,
        book: Book,
    ) -> None:
        self.o_call, self.o_of, self.o_args, self.o_named, self.o_book = name, of, args, named, book
        self.o_shape: Any = shape
        self.o_built: Any = None

    @property
    def o_frame(self) -> Outline | None:
        """The table that a function handed to a method is called with."""
        here: Outline | None = self
        while here is not None and here.o_shape.columns is None:
            here = here.o_of
        return here

    def o_parts(self) -> Iterator[Outline]:
        """The outlines this one is made of."""
        if self.o_of is not None:
            yield self.o_of
        yield from _inside(self.o_args)
        yield from _inside(tuple(self.o_named.values()))

    def o_build(self) -> Any:  # noqa: ANN401
        """The expression itself, built once."""
        if self.o_built is None:
            for one in in_order(self, lambda part: part.o_built is not None):
                one.o_built = one.o_made_of(lambda part: part.o_built)
        return self.o_built

    def o_made_of(self, expression: Callable[[Outline], Any]) -> Any:  # noqa: ANN401
        """Make the call with the expressions of the parts."""
        of = None if self.o_of is None else expression(self.o_of)
        return _made(self.o_call, of, _replaced(self.o_args, expression), _replaced(self.o_named, expression))

    # --- what Ibis has as attributes ----------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):
            raise AttributeError(name)
        shape = self.o_shape
        if shape.columns is not None:
            if name == "columns":
                return shape.columns
            if name in shape.columns and not hasattr(_table_type(), name):
                return self[name]
        if name in ("schema", "type"):
            return lambda: shape.kind
        lifted = LIFTED_BY_METHOD.get(name, False)
        return lambda *args, **named: self.o_book.noted(name, self, args, named, lifted=lifted)

    def __getitem__(self, name: Any) -> Any:  # noqa: ANN401
        return self.o_book.noted("__getitem__", self, (name,), {}, lifted=False)

    def __invert__(self) -> Any:  # noqa: ANN401
        return self.o_book.noted("__invert__", self, (), {}, lifted=False)

    def __neg__(self) -> Any:  # noqa: ANN401
        return self.o_book.noted("__neg__", self, (), {}, lifted=False)

    def __bool__(self) -> bool:
        message = "an expression is neither true nor false before it is run"
        raise TypeError(message)

    def __iter__(self) -> Iterator[Any]:
        message = "an expression has no items before it is run"
        raise TypeError(message)

    __hash__ = object.__hash__


class Literal(Outline):
    """A value; the shape knows its kind only."""

    __slots__ = ()

    @property
    def value(self) -> Any:  # noqa: ANN401
        """The value itself."""
        return self.o_args[0]

    def o_made_of(self, expression: Callable[[Outline], Any]) -> Any:  # noqa: ANN401
        """Write the value as an expression of its kind."""
        return import_module("ibis").literal(self.value, type=self.o_shape.kind)


def _operator(name: str, *, lifted: bool) -> Callable[[Outline, Any], Any]:
    def method(self: Outline, other: Any) -> Any:  # noqa: ANN401
        return self.o_book.noted(name, self, (other,), {}, lifted=lifted)

    return method


for _name in _COMPARED:
    setattr(Outline, _name, _operator(_name, lifted=True))
for _name in (*_COMBINED, *_JOINED):
    setattr(Outline, _name, _operator(_name, lifted=False))
    _mirrored = f"__r{_name[2:]}"
    setattr(Outline, _mirrored, _operator(_mirrored, lifted=False))


# --- notes ------------------------------------------------------------------------------------------------


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


def written_out(thing: Any) -> Any:  # noqa: ANN401
    """The expressions that outlines stand for; anything else as it is."""
    return _replaced(thing, Outline.o_build)


def _noted(thing: Any, frame: Outline | None, book: Book, *, lifted: bool) -> Any:  # noqa: ANN401
    """Note an argument: values apart from the shape, and functions by what they give."""
    if isinstance(thing, Outline):
        if thing.o_shape is None:
            raise _BuiltError
        return thing
    if isinstance(thing, (list, tuple)):
        # A pair of columns in a tuple is another thing to a join than a list of two.
        return type(thing)([_noted(one, frame, book, lifted=lifted) for one in thing])
    if lifted and _kind(thing) is not None:
        return book.literal(thing)
    if isinstance(thing, str) and MARK in thing:
        raise _BuiltError
    if isinstance(thing, _expressions()):
        raise _BuiltError
    if callable(thing) and not isinstance(thing, type) and frame is not None and not _is_plain(thing):
        return _noted(thing(frame), frame, book, lifted=lifted)
    return thing


def _is_plain(thing: Any) -> bool:  # noqa: ANN401
    return type(thing).__module__.startswith("ibis.")


def _filled_up(values: Sequence[Any]) -> list[Any]:
    """Repeat the last of some values up to a power of two: lists of many lengths have few shapes then."""
    lacking = (1 << (len(values) - 1).bit_length()) - len(values) if values else 0
    return [*values, *[values[-1]] * lacking]


def _kind(value: Any) -> str | None:  # noqa: ANN401
    """The type Ibis reads out of a plain value; None for one that stays with the shape."""
    kind = type(value)
    if kind is str:
        return "string"
    if kind is int:
        for bits in (8, 16, 32, 64):
            if -(1 << bits - 1) <= value < 1 << bits - 1:
                return f"int{bits}"
        return None
    return "date" if kind is dt.date else None


def _key(thing: Any) -> Any:  # noqa: ANN401
    """What of an argument belongs to the shape."""
    if isinstance(thing, Outline):
        return thing.o_shape
    if isinstance(thing, (list, tuple)):
        return (type(thing), *[_key(one) for one in thing])
    if isinstance(thing, dict):
        return (dict, *[(name, _key(one)) for name, one in thing.items()])
    try:
        hash(thing)
    except TypeError as wrong:
        raise _BuiltError from wrong
    return (type(thing), thing)


def _replaced(thing: Any, expression: Callable[[Outline], Any]) -> Any:  # noqa: ANN401
    if isinstance(thing, Outline):
        return expression(thing)
    if isinstance(thing, tuple):
        return tuple([_replaced(one, expression) for one in thing])
    if isinstance(thing, list):
        return [_replaced(one, expression) for one in thing]
    if isinstance(thing, dict):
        return {name: _replaced(one, expression) for name, one in thing.items()}
    return thing


def _inside(things: Sequence[Any]) -> Iterator[Outline]:
    for thing in things:
        if isinstance(thing, Outline):
            yield thing
        elif isinstance(thing, (list, tuple)):
            yield from _inside(thing)


def in_order(root: Outline, is_done: Callable[[Outline], bool]) -> list[Outline]:
    """The outlines an outline is made of, each once, parts before what is made of them."""
    order: list[Outline] = []
    seen: set[int] = set()
    stack: list[tuple[Outline, bool]] = [(root, False)]
    while stack:
        one, is_ready = stack.pop()
        if is_ready:
            order.append(one)
        elif id(one) not in seen and not is_done(one):
            seen.add(id(one))
            stack.append((one, True))
            stack.extend([(part, False) for part in one.o_parts()][::-1])
    return order


# --- Ibis -------------------------------------------------------------------------------------------------


def _mirror(made: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda own, other: made(other, own)


_OPERATORS: Final[dict[str, Callable[..., Any]]] = {
    **{name: getattr(operator, name) for name in (*_COMPARED, *_COMBINED, *_JOINED)},
    **{f"__r{name[2:]}": _mirror(getattr(operator, name)) for name in (*_COMBINED, *_JOINED)},
    "__getitem__": operator.getitem,
    "__invert__": operator.invert,
    "__neg__": operator.neg,
}


def _made(name: str, of: Any, args: tuple[Any, ...], named: dict[str, Any]) -> Any:  # noqa: ANN401
    """Make one call of Ibis."""
    if of is None:
        return getattr(import_module("ibis"), name)(*args, **named)
    if name in _OPERATORS:
        return _OPERATORS[name](of, *args)
    return getattr(of, name)(*args, **named)


def _expressions() -> tuple[type, ...]:
    global _TYPES  # noqa: PLW0603 - Ibis is imported at first use
    if not _TYPES:
        types = import_module("ibis.expr.types")
        builders = import_module("ibis.expr.builders")
        grouped = import_module("ibis.expr.types.groupby")
        deferred = import_module("ibis.common.deferred")
        _TYPES = (types.Expr, grouped.GroupedTable, builders.Builder, deferred.Deferred)
    return _TYPES


_TYPES: tuple[type, ...] = ()


def _table_type() -> type[ibis.Table]:
    found: type[ibis.Table] = import_module("ibis.expr.types").Table
    return found


def _shape_of(made: Any, *, is_open: bool) -> Shape:  # noqa: ANN401
    if isinstance(made, _table_type()):
        return Shape(tuple(made.columns), made.schema(), is_open=is_open)
    kind = made.type() if hasattr(type(made), "type") else None
    return Shape(None, kind, is_open=is_open)
