"""How do two reasons share one ``note``? Side by side: neither may hide the other."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from techbalance.outline import ibis

if TYPE_CHECKING:
    from ibis.expr.types import StringValue


def together(*notes: StringValue) -> StringValue:
    """Put notes side by side with a semicolon; null where all of them are."""
    return reduce(lambda one, other: ibis.coalesce(one + "; " + other, one, other), notes)
