"""How is a step noted? What was done is its shape; the values it was done with stand apart."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from techbalance.outline.digests import digest_of
from techbalance.outline.making import (
    COMBINED,
    COMPARED,
    JOINED,
    expression_types,
    filled_up,
    is_called,
    is_of_ibis,
    kind_of,
    make,
    table_type,
)
from techbalance.outline.order import in_order
from techbalance.outline.shipping import Shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import ibis

MOST_SHAPES: Final = 200_000
"""Shapes a book remembers before it starts again: some hundred questions of a few hundred steps each."""
LIFTED_BY_METHOD: Final = {"isin": True, "notin": True, "between": True, "startswith": True, "limit": True}
"""Methods whose plain numbers, texts and days are values; those of others belong to the shape."""
_MEMBERSHIP: Final = ("isin", "notin")
_PLAIN: Final = frozenset((int, float, bool, type(None), dt.date))
MARK: Final = "\ue000"
"""Begins the place of a value in SQL; a text that has it takes no part."""


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
    digest
        Stands for it in every process; None where nothing does.
    """

    __slots__ = ("_kind", "columns", "digest", "is_open", "of_columns", "plain")

    def __init__(
        self,
        columns: tuple[str, ...] | None,
        kind: Any,  # noqa: ANN401
        *,
        is_open: bool,
        digest: str | None = None,
    ) -> None:
        self.columns, self._kind, self.is_open, self.digest = columns, kind, is_open, digest
        # Columns that are attributes as well, and the shapes of columns that were asked for.
        self.plain = frozenset(name for name in columns or () if not hasattr(table_type(), name))
        self.of_columns: dict[str, Shape] = {}

    @property
    def kind(self) -> Any:  # noqa: ANN401
        """The schema or type; what shipped is read when it is asked for."""
        if isinstance(self._kind, Shipped):
            self._kind = self._kind.read()
        return self._kind


class Book:
    """The shapes that are known.

    One belongs to one engine's connection, and is dropped with it.

    Parameters
    ----------
    shipped
        Gives shapes that were learnt elsewhere, by their digests.
    """

    def __init__(self, shipped: Callable[[], Mapping[str, Shipped]] = dict) -> None:
        self.shapes: dict[Any, Shape] = {}
        self._shipped = shipped

    def noted(
        self, name: str, of: Outline | None, args: tuple[Any, ...], named: dict[str, Any], *, lifted: bool
    ) -> Any:  # noqa: ANN401
        """Note one call; it is made at once where something in it was built already, or cannot be noted."""
        if name == "literal" and isinstance(next(iter((*args, *named.values()))), (list, tuple, dict)):
            # Data of its own, which no second question has.
            return self._built(make(name, None, args, named))
        frame = None if of is None else of.o_frame
        if name == "literal" and (named or len(args) != 1):
            lifted = False
        parts = [] if of is None else [of]
        take = _Taking(frame, self, parts, lifted=lifted)
        try:
            if of is not None and of.o_shape is None:
                raise _BuiltError  # noqa: TRY301 - as where an argument is built
            if name in _MEMBERSHIP and isinstance(args[0], (list, tuple)):
                args = (filled_up(args[0]), *args[1:])
            args, keys = take.all(args)
            keyed = [(key, *take.one(one)) for key, one in named.items()]
            if of is None and name == "literal" and lifted and isinstance(args[0], Literal):
                return args[0]
            of_named = tuple([(key, part) for key, _, part in keyed])
            key = (name, None if of is None else of.o_shape, keys, of_named)
            shape = self.shapes.get(key)
        except _BuiltError:
            args, named = _called(args, frame), _called(named, frame)
            return self._built(make(name, written_out(of), written_out(args), written_out(named)))
        noted = Outline(name, of, args, {key: one for key, one, _ in keyed}, shape, self, tuple(parts))
        return noted if shape is not None else self._learnt(key, noted)

    def _built(self, made: Any) -> Any:  # noqa: ANN401
        """What was built, as an outline without a shape: outlines can be put to it."""
        if not isinstance(made, expression_types()):
            return made
        noted = Outline("built", None, (), {}, None, self, ())
        noted.o_built = made
        return noted

    def of_built(self, noted: Outline, name: str) -> Any:  # noqa: ANN401
        """An attribute of what was built."""
        found = getattr(noted.o_built, name)
        if isinstance(found, expression_types()) or not callable(found):
            return self._built(found)
        return lambda *args, **named: self.noted(name, noted, args, named, lifted=False)

    def _learnt(self, key: Any, noted: Outline) -> Any:  # noqa: ANN401
        """Build an outline of a new shape, to know what it is, unless somebody else has."""
        digest = digest_of(key)
        shipped = None if digest is None else self._shipped().get(digest)
        is_open = any(one.o_shape.is_open for one in noted.o_parts)
        if shipped is not None:
            shape = Shape(shipped.columns, shipped, is_open=is_open, digest=digest)
        else:
            made = noted.o_build()
            if not isinstance(made, expression_types()):
                return made
            shape = _shape_of(made, is_open=is_open, digest=digest)
        if len(self.shapes) >= MOST_SHAPES:
            self.shapes.clear()
        self.shapes[key] = noted.o_shape = shape
        return noted

    def given(self, table: ibis.Table, name: str) -> Outline:
        """The outline of a table that is there: of an engine, under a name."""
        shape = self.shapes.get(("given", name))
        if shape is None:
            # Only a table that SQL calls by this name is the same for everybody: one that is put together,
            # of the record and a user's own rows, has the name and the columns of the record's.
            digest = digest_of(("given", name, table.schema())) if is_called(table, name) else None
            shape = self.shapes["given", name] = _shape_of(table, is_open=False, digest=digest)
        noted = Outline("given", None, (name,), {}, shape, self, ())
        noted.o_built = table
        return noted

    def literal(self, value: Any) -> Literal:  # noqa: ANN401
        """The outline of a value."""
        kind = kind_of(value)
        shape = self.shapes.get(("value", kind))
        if shape is None:
            digest = digest_of(("value", kind))
            shape = self.shapes["value", kind] = Shape(None, kind, is_open=True, digest=digest)
        return Literal("value", None, (value,), {}, shape, self, ())


class _BuiltError(Exception):
    """Something in a call is an expression already, or cannot be compared."""


class Outline:
    """A step of an expression that is noted, not built: answers to the methods of what it stands for."""

    __slots__ = ("o_args", "o_book", "o_built", "o_call", "o_named", "o_of", "o_parts", "o_shape")

    def __init__(  # noqa: PLR0913, PLR0917 - one argument per part of a call
        self,
        name: str,
        of: Outline | None,
        args: tuple[Any, ...],
        named: dict[str, Any],
        shape: Shape | None,
        book: Book,
        parts: tuple[Outline, ...],
    ) -> None:
        self.o_call, self.o_of, self.o_args, self.o_named, self.o_book = name, of, args, named, book
        self.o_shape: Any = shape
        # The outlines this one is made of.
        self.o_parts = parts
        self.o_built: Any = None

    @property
    def o_frame(self) -> Outline | None:
        """The table that a function handed to a method is called with."""
        here: Outline | None = self
        while here is not None and not here.o_is_table:
            here = here.o_of
        return here

    @property
    def o_is_table(self) -> bool:
        """Whether it stands for a table."""
        if self.o_shape is None:
            return isinstance(self.o_built, table_type())
        return self.o_shape.columns is not None

    def o_build(self) -> Any:  # noqa: ANN401
        """The expression itself, built once."""
        if self.o_built is None:
            for one in in_order(self, lambda part: part.o_built is not None):
                one.o_built = one.o_made_of(lambda part: part.o_built)
        return self.o_built

    def o_made_of(self, expression: Callable[[Outline], Any]) -> Any:  # noqa: ANN401
        """Make the call with the expressions of the parts."""
        of = None if self.o_of is None else expression(self.o_of)
        return make(self.o_call, of, _replaced(self.o_args, expression), _replaced(self.o_named, expression))

    # --- what Ibis has as attributes ----------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):
            raise AttributeError(name)
        shape = self.o_shape
        if shape is None:
            return self.o_book.of_built(self, name)
        if name in shape.plain:
            return self[name]
        if name == "columns" and shape.columns is not None:
            return shape.columns
        if name in ("schema", "type"):
            return lambda: shape.kind
        lifted = LIFTED_BY_METHOD.get(name, False)
        return lambda *args, **named: self.o_book.noted(name, self, args, named, lifted=lifted)

    def __getitem__(self, name: Any) -> Any:  # noqa: ANN401
        if type(name) is not str or self.o_shape is None:
            return self.o_book.noted("__getitem__", self, (name,), {}, lifted=False)
        of_columns = self.o_shape.of_columns
        if name in of_columns:
            return Outline("__getitem__", self, (name,), {}, of_columns[name], self.o_book, (self,))
        noted = self.o_book.noted("__getitem__", self, (name,), {}, lifted=False)
        if isinstance(noted, Outline):
            of_columns[name] = noted.o_shape
        return noted

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


for _name in COMPARED:
    setattr(Outline, _name, _operator(_name, lifted=True))
for _name in (*COMBINED, *JOINED):
    setattr(Outline, _name, _operator(_name, lifted=False))
    _mirrored = f"__r{_name[2:]}"
    setattr(Outline, _mirrored, _operator(_mirrored, lifted=False))


def written_out(thing: Any) -> Any:  # noqa: ANN401
    """The expressions that outlines stand for; anything else as it is."""
    return _replaced(thing, Outline.o_build)


class _Taking:
    """Notes arguments: values apart from the shape, and functions by what they give.

    Parameters
    ----------
    frame
        The table that functions are called with.
    book
        Where they are noted.
    parts
        Takes the outlines among them.
    lifted
        Whether plain values are values, not part of the shape.
    """

    __slots__ = ("book", "frame", "lifted", "parts")

    def __init__(self, frame: Outline | None, book: Book, parts: list[Outline], *, lifted: bool) -> None:
        self.frame, self.book, self.parts, self.lifted = frame, book, parts, lifted

    def all(self, things: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Note several: what they are, and what of them belongs to the shape."""
        taken = [self.one(thing) for thing in things]
        return tuple([one for one, _ in taken]), tuple([key for _, key in taken])

    def one(self, thing: Any) -> tuple[Any, Any]:  # noqa: ANN401, PLR0911 - one per kind
        """Note one: what it is, and what of it belongs to the shape."""
        kind = type(thing)
        if kind is Outline or kind is Literal:
            if thing.o_shape is None:
                raise _BuiltError
            self.parts.append(thing)
            return thing, thing.o_shape
        if self.lifted and kind_of(thing) is not None:
            value = self.book.literal(thing)
            self.parts.append(value)
            return value, value.o_shape
        if kind is str:
            if MARK in thing:
                raise _BuiltError
            return thing, (str, thing)
        if isinstance(thing, (list, tuple)):
            # A pair of columns in a tuple is another thing to a join than a list of two.
            things, keys = self.all(tuple(thing))
            return kind(things), (kind, keys)
        if kind in _PLAIN:
            return thing, (kind, thing)
        if kind is slice:
            return thing, (slice, thing.start, thing.stop, thing.step)
        if kind is dict:
            things, keys = self.all(tuple(thing.values()))
            return dict(zip(thing, things, strict=True)), (dict, tuple(thing), keys)
        return self._other(thing)

    def _other(self, thing: Any) -> tuple[Any, Any]:  # noqa: ANN401
        if isinstance(thing, expression_types()):
            raise _BuiltError
        if (
            callable(thing)
            and not isinstance(thing, type)
            and self.frame is not None
            and not is_of_ibis(thing)
        ):
            return self.one(thing(self.frame))
        try:
            hash(thing)
        except TypeError as wrong:
            raise _BuiltError from wrong
        return thing, (type(thing), thing)


def _called(thing: Any, frame: Outline | None) -> Any:  # noqa: ANN401
    """What functions among arguments give, called with the table they are of."""
    if isinstance(thing, tuple):
        return tuple([_called(one, frame) for one in thing])
    if isinstance(thing, dict):
        return {name: _called(one, frame) for name, one in thing.items()}
    is_known = isinstance(thing, (Outline, type, *expression_types())) or is_of_ibis(thing)
    return thing if frame is None or is_known or not callable(thing) else thing(frame)


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


def _shape_of(made: Any, *, is_open: bool, digest: str | None) -> Shape:  # noqa: ANN401
    if isinstance(made, table_type()):
        return Shape(tuple(made.columns), made.schema(), is_open=is_open, digest=digest)
    kind = made.type() if hasattr(type(made), "type") else None
    return Shape(None, kind, is_open=is_open, digest=digest)
