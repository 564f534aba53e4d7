"""In which order are texts joined? What engines without an ordered aggregate are told to sort by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import expressions as sge

from techbalance.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable


def ascending(order_by: Iterable[Any]) -> list[Any]:
    """The keys of an order, without their direction.

    Raises
    ------
    StoreError
        One is descending, which sorting a list of tuples cannot do.
    """
    keys = []
    for key in order_by:
        if isinstance(key, sge.Ordered):
            if key.args.get("desc"):
                raise StoreError("texts can be joined in ascending order only", where=key.sql())
            keys.append(key.this)
        else:
            keys.append(key)
    return keys
