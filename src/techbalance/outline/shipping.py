"""What is known of a shape that was learnt elsewhere? Its columns and types, as texts."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from techbalance.outline.steps import Shape


@dataclass(frozen=True, slots=True)
class Shipped:
    """A shape as texts.

    Parameters
    ----------
    columns
        Columns of a table; None for anything else.
    types
        Types of the columns, or the one type of a value; none of a step in between.
    """

    columns: tuple[str, ...] | None
    types: tuple[str, ...]

    def read(self) -> Any:  # noqa: ANN401
        """The schema or type of Ibis."""
        ibis = import_module("ibis")
        if self.columns is not None:
            return ibis.schema(dict(zip(self.columns, self.types, strict=True)))
        return ibis.dtype(self.types[0]) if self.types else None


def shipped_of(shape: Shape) -> Shipped:
    """Write a shape as texts."""
    if shape.columns is not None:
        return Shipped(shape.columns, tuple(str(kind) for kind in shape.kind.types))
    return Shipped(None, () if shape.kind is None else (str(shape.kind),))
