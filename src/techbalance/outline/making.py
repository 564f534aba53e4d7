"""How is a call of Ibis made, and what does Ibis make of a plain value?"""

from __future__ import annotations

import datetime as dt
import operator
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import ibis

COMPARED: Final = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
COMBINED: Final = ("__add__", "__sub__", "__mul__", "__truediv__", "__floordiv__", "__mod__")
JOINED: Final = ("__and__", "__or__", "__xor__")


def is_of_ibis(thing: Any) -> bool:  # noqa: ANN401
    """Whether something is a function or a value of Ibis itself."""
    return type(thing).__module__.startswith("ibis.")


def filled_up(values: Sequence[Any]) -> list[Any]:
    """Repeat the last of some values up to a power of two: lists of many lengths have few shapes then."""
    if not values:
        return []
    lacking = (1 << (len(values) - 1).bit_length()) - len(values)
    return [*values, *[values[-1]] * lacking]


def kind_of(value: Any) -> str | None:  # noqa: ANN401
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


def _mirror(made: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda own, other: made(other, own)


_OPERATORS: Final[dict[str, Callable[..., Any]]] = {
    **{name: getattr(operator, name) for name in (*COMPARED, *COMBINED, *JOINED)},
    **{f"__r{name[2:]}": _mirror(getattr(operator, name)) for name in (*COMBINED, *JOINED)},
    "__getitem__": operator.getitem,
    "__invert__": operator.invert,
    "__neg__": operator.neg,
}


def make(name: str, of: Any, args: tuple[Any, ...], named: dict[str, Any]) -> Any:  # noqa: ANN401
    """Make one call of Ibis."""
    if of is None:
        return getattr(import_module("ibis"), name)(*args, **named)
    if name in _OPERATORS:
        return _OPERATORS[name](of, *args)
    return getattr(of, name)(*args, **named)


def expression_types() -> tuple[type, ...]:
    """What an expression is of, and what becomes one."""
    global _TYPES  # noqa: PLW0603 - Ibis is imported at first use
    if not _TYPES:
        types = import_module("ibis.expr.types")
        builders = import_module("ibis.expr.builders")
        grouped = import_module("ibis.expr.types.groupby")
        deferred = import_module("ibis.common.deferred")
        _TYPES = (types.Expr, grouped.GroupedTable, builders.Builder, deferred.Deferred)
    return _TYPES


_TYPES: tuple[type, ...] = ()


def table_type() -> type[ibis.Table]:
    """What a table is of."""
    found: type[ibis.Table] = import_module("ibis.expr.types").Table
    return found


def is_called(table: ibis.Table, name: str) -> bool:
    """Whether SQL reads a table by a name of the engine, and by this one."""
    step = table.op()
    return isinstance(step, import_module("ibis.expr.operations").DatabaseTable) and step.name == name
