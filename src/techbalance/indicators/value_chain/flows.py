"""Which rows can be shared out? Sums by country and product, and the reason where a year has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.errors import SchemaError, UnknownCodeError
from techbalance.outline import ibis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis import Table
    from ibis.expr.types import NumericValue, StringValue

NEGATIVE: Final = "negative_value: a flow below zero has no share"
MISSING: Final = "missing_value: a flow is not known"


def check(table: Table, names: Sequence[str], *, what: str, numeric: Sequence[str] = ()) -> None:
    """Raise SchemaError unless ``table`` has the columns, those of ``numeric`` as numbers."""
    for name in names:
        if name not in table.columns:
            near = UnknownCodeError.among("column", name, table.columns)
            raise SchemaError(near.what, where=what, remedy=near.remedy)
    for name in numeric:
        if not table[name].type().is_numeric():
            raise SchemaError(
                f"column {name!r} holds {table[name].type()}, not numbers",
                where=what,
                remedy="Name a column of numbers",
            )


def country_products(trade: Table, keys: tuple[str, ...]) -> Table:
    """Add the rows of each country and product; a value below zero, or unknown, spoils its whole key.

    Parameters
    ----------
    trade
        Any grain at or below (keys, country, product); needs ``country``, ``product``, ``value_usd``.
    keys
        Within which a world is: ``("year",)`` say.

    Returns
    -------
    Table
        One row per (keys, country, product): ``value`` (double), ``_defect`` (null where the key is sound).

    Raises
    ------
    SchemaError
        A column is missing, or the value is not a number.
    """
    names = (*keys, "country", "product", "value_usd")
    check(trade, names, what="table of trade", numeric=("value_usd",))
    value = trade.value_usd.cast("float64")
    unknown = value.isnull() | value.isnan()
    rows = trade.aggregate(
        by=[*keys, "country", "product"],
        value=value.sum(),
        _unknown=unknown.any(),
        _negative=(value < 0).any(),
    )
    spoilt = rows.mutate(
        _defect=ibis.cases((rows._negative, NEGATIVE), (rows._unknown, MISSING), else_=ibis.null("string"))
    )
    whole = ibis.window(group_by=list(keys))
    return spoilt.mutate(_defect=spoilt._defect.min().over(whole)).drop("_unknown", "_negative")


def ratio(part: NumericValue, whole: NumericValue) -> NumericValue:
    """Divide, with null over zero."""
    return part / whole.nullif(0)


def where_sound(rows: Table, measure: NumericValue, note: StringValue) -> NumericValue:
    """The measure where no note speaks against it."""
    return ibis.ifelse(rows._defect.isnull() & note.isnull(), measure, ibis.null("float64"))
