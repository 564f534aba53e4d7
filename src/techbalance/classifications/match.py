"""Which technology group does a traded product code belong to, and by which rule was that decided?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.outline import ibis

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ibis import Table

PARENT_DIGITS = (
    8  # the tariff line; the last two digits of a ten-digit code are statistical and change yearly
)
OUTSIDE = "00"


def classify(trade: Table, membership: Table) -> Table:
    """Add ``group``, ``match`` and ``list_year`` to trade rows.

    For each flow, code system and trade year one list decides: that of the year itself, else the nearest in
    time, and the earlier of two equally near. Against that list a code is

    * ``exact``: on the list, and the list is of the trade year;
    * ``nearest-list``: on the list, which is of another year;
    * ``parent``: not on the list, but every listed code with the same first eight digits is in one group;
    * ``undecided``: its listed siblings are in several groups, or there are none, or no list is held for the
      flow and system. Its group is ``00``: it counts as zero until a list decides.

    Parameters
    ----------
    trade
        Any grain; needs ``flow``, ``system``, ``product`` (ten digits, text) and ``year``.
    membership
        One list only (one ``list_id``), one row per year, flow, system and code: needs ``year``, ``flow``,
        ``system``, ``code`` and ``group``. It has to be the whole code list, ``00`` rows included, because
        the parent rule asks whether *all* siblings agree.

    Returns
    -------
    Table
        The rows of ``trade``, none lost or doubled, with ``group`` (text, never null), ``match`` (text, never
        null) and ``list_year`` (null only where no list is held for the flow and system).

    Notes
    -----
    The parent rule is this project's, not the publisher's. With the import list of 2022 it rebuilds the
    published imports of advanced technology products of 2024 and 2025 to the last printed digit.
    """
    place = ["flow", "system"]
    codes = trade.select(*place, "year", "product").distinct()
    listed = membership.select(*place, "code", "group", list_year=membership.year.cast(trade.year.type()))
    chosen = _list_years(codes, listed)
    siblings = listed.group_by(*place, "list_year", parent=listed.code[:PARENT_DIGITS]).agg(
        parent_group=listed.group.min(), parent_groups=listed.group.nunique()
    )
    dated = codes.left_join(chosen, [*place, "year"]).select(*place, "year", "product", "list_year")
    found = dated.left_join(
        listed.rename(product="code", code_group="group"), [*place, "list_year", "product"]
    ).select(*place, "year", "product", "list_year", "code_group")
    found = found.mutate(parent=found.product[:PARENT_DIGITS])
    judged = found.left_join(siblings, [*place, "list_year", "parent"]).select(
        *place, "year", "product", "list_year", "code_group", "parent_group", "parent_groups"
    )
    on_list = judged.code_group.notnull()
    by_parent = judged.parent_groups == 1
    decided = judged.select(
        *place,
        "year",
        "product",
        "list_year",
        group=ibis.cases((on_list, judged.code_group), (by_parent, judged.parent_group), else_=OUTSIDE),
        match=ibis.cases(
            (on_list & (judged.list_year == judged.year), "exact"),
            (on_list, "nearest-list"),
            (by_parent, "parent"),
            else_="undecided",
        ),
    )
    return trade.left_join(decided, [*place, "year", "product"]).select(
        trade, decided.group, decided.match, decided.list_year
    )


def _list_years(codes: Table, listed: Table) -> Table:
    """Choose the list that decides for each flow, system and trade year; adds ``list_year``."""
    years = codes.select("flow", "system", "year").distinct()
    lists = listed.select("flow", "system", "list_year").distinct()
    pairs = years.inner_join(lists, ["flow", "system"]).select("flow", "system", "year", "list_year")
    pairs = pairs.mutate(distance=(pairs.year - pairs.list_year).abs())
    order = ibis.window(
        group_by=["flow", "system", "year"], order_by=[pairs.distance.asc(), pairs.list_year.asc()]
    )
    ranked = pairs.mutate(place=ibis.row_number().over(order))
    return ranked.filter(ranked.place == 0).select("flow", "system", "year", "list_year")


def decide(
    codes: Iterable[str], listed: Mapping[str, str], *, of_the_year: bool
) -> dict[str, tuple[str, str]]:
    """Decide group and match of each code against one list, by the rules of ``classify``.

    Parameters
    ----------
    codes
        Traded codes.
    listed
        The whole code list: group of each code, ``00`` for those outside.
    of_the_year
        Whether the list is that of the trade's own year.

    Returns
    -------
    dict
        ``(group, match)`` of each code.
    """
    parents: dict[str, set[str]] = {}
    for code, group in listed.items():
        parents.setdefault(code[:PARENT_DIGITS], set()).add(group)
    on_list = "exact" if of_the_year else "nearest-list"
    found = {}
    for code in codes:
        siblings = parents.get(code[:PARENT_DIGITS], set())
        if code in listed:
            found[code] = (listed[code], on_list)
        elif len(siblings) == 1 and len(code) > PARENT_DIGITS:
            found[code] = (next(iter(siblings)), "parent")
        else:
            found[code] = (OUTSIDE, "undecided")
    return found


def nearest_list(year: int, held: Iterable[int]) -> int | None:
    """The list year that decides for a trade year: the nearest, the earlier of two; None without any."""
    return min(held, key=lambda one: (abs(year - one), one), default=None)
