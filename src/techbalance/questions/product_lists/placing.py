"""Which trade is on a user's list, and in which of its groups? As one expression over any trade rows."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from techbalance.classifications.groups import OUTSIDE
from techbalance.errors import ParameterError
from techbalance.outline import ibis
from techbalance.questions import selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis import Table
    from ibis.expr.types import BooleanValue, StringValue

    from techbalance.questions.parameters.texts import GroupRef
    from techbalance.questions.product_lists.naming import Edition, ProductList
    from techbalance.store.catalogue import Store


def refuse_groups(chosen: ProductList | None, groups: GroupRef | None) -> None:
    """Refuse the official groups where the list has its own.

    Raises
    ------
    ParameterError
        Both are given.
    """
    if chosen is not None and groups:
        raise ParameterError(
            "group: a list of yours has its own groups", remedy="Leave group out, or shorten the list"
        )


def named_groups(rows: Table, store: Store, chosen: ProductList | None) -> Table:
    """Add ``group_name``: the official one, or the group itself where the list is a user's."""
    if chosen is None:
        return selection.named_groups(rows, store)
    return rows.mutate(group_name=rows["group"])


def on_list(rows: Table, chosen: ProductList) -> Table:
    """Keep the rows of products on the list, as ``placed`` marks them."""
    rows = placed(rows, chosen)
    return rows.filter(rows["group"].notnull())


def placed(rows: Table, chosen: ProductList) -> Table:
    """Give every row the list's ``group`` (null outside the list), ``match`` and ``list_year``.

    Parameters
    ----------
    rows
        Any grain; needs ``product`` and ``year``; without ``flow`` they are imports.
    chosen
        The list. A trade year takes the edition nearest to it, the earlier of two equally near.

    Returns
    -------
    Table
        ``match`` is ``exact`` where the edition is of the trade year or the list has no years, else
        ``nearest-list``; ``list_year`` is null where it has none.
    """
    group: list[tuple[BooleanValue, StringValue]] = []
    years: list[tuple[BooleanValue, ibis.Value]] = []
    has_flow = "flow" in rows.columns
    for one, when in _spans(chosen.editions if has_flow else chosen.of_flow("import")):
        here = _in_span(rows, one, when)
        group.append((here, _group_of(rows, one)))
        if one.year is not None:
            years.append((here, ibis.literal(one.year).cast("int16")))
    none = ibis.null("int16")
    found = rows.mutate(
        group=ibis.cases(*group, else_=ibis.null("string")) if group else ibis.null("string"),
        list_year=ibis.cases(*years, else_=none) if years else none,
    )
    other = found.list_year.notnull() & (found.list_year != found.year)
    return found.mutate(match=ibis.ifelse(other, "nearest-list", "exact"))


def _spans(editions: Sequence[Edition]) -> list[tuple[Edition, tuple[int | None, int | None]]]:
    """Each edition with the first and last trade year that it decides; None leaves a side open."""
    found: list[tuple[Edition, tuple[int | None, int | None]]] = []
    for flow in dict.fromkeys(one.flow for one in editions):
        mine = [one for one in editions if one.flow == flow]
        dated = sorted(one.year for one in mine if one.year is not None)
        # The last year that is nearer to the earlier list, or as near.
        ends = {earlier: (earlier + later) // 2 for earlier, later in pairwise(dated)}
        starts = {later: ends[earlier] + 1 for earlier, later in pairwise(dated)}
        for one in mine:
            found.append((one, (starts.get(one.year or 0), ends.get(one.year or 0))))
    return found


def _in_span(rows: Table, one: Edition, when: tuple[int | None, int | None]) -> BooleanValue:
    here: BooleanValue = ibis.literal(value=True)
    if one.flow is not None and "flow" in rows.columns:
        here &= rows.flow == one.flow
    start, end = when
    if start is not None:
        here &= rows.year >= start
    if end is not None:
        here &= rows.year <= end
    return here


def _group_of(rows: Table, one: Edition) -> StringValue:
    """Group of the longest code that fits; null where none does, or the longest is outside."""
    nothing = ibis.null("string")
    codes: dict[tuple[int, str], list[str]] = {}
    for code, group in sorted(one.groups.items()):
        codes.setdefault((len(code), group), []).append(code)
    cases = [
        (
            rows["product"][:length].isin(members),
            nothing if group == OUTSIDE else ibis.literal(group),
        )
        for (length, group), members in sorted(codes.items(), key=lambda part: (-part[0][0], part[0][1]))
    ]
    return ibis.cases(*cases, else_=nothing) if cases else nothing
