"""How much comes from friends? Partners, areas on their dates, or a user's own file, against all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.indicators.concentration import SupplierColumns, bloc_shares
from techbalance.questions.parameters.texts import PartnerRef
from techbalance.questions.supply.trade import AMOUNT, ITEM, chosen_suppliers, labels_of
from techbalance.store.userfiles import is_file, read_text

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.questions.supply.screening import Key
    from techbalance.questions.supply.trade import Supply

FRIENDS: Final = "friends"


def named_or_listed(ref: PartnerRef) -> PartnerRef:
    """Read a user's own group of partners from its file, one a line, where the name is that of a file."""
    names = list(ref)
    if len(names) == 1 and is_file(names[0]):
        lines = [line.partition("#")[0].strip() for line in read_text(names[0]).splitlines()]
        return PartnerRef.parse([line for line in lines if line])
    return ref


def friend_shares(
    supply: Supply, ref: PartnerRef, levels: tuple[str, ...], years: tuple[int, ...]
) -> dict[Key, tuple[float, float]]:
    """Share of the friends, and of all others, by level, item and year; an area has its members of the year.

    Raises
    ------
    UnknownCodeError, ParameterError
        A partner nobody knows; or one is named twice, by itself and inside an area.
    """
    members = chosen_suppliers(supply.store, named_or_listed(ref), supply.reporter)
    columns = SupplierColumns((*ITEM, "year"), AMOUNT, totals=supply.totals)
    traded = supply.from_outside
    found: dict[Key, tuple[float, float]] = {}
    for year in years:
        rows: Table = supply.by_level(traded.filter(traded.year == year), levels)
        shares = bloc_shares(rows, columns, {FRIENDS: labels_of(supply.store, members, year)})
        for row in supply.store.fetch_rows(shares):
            if row["share"] is None:
                continue
            key = (row["level"], row["item"], row["year"])
            ours = row["share"] if row["bloc"] == FRIENDS else 1 - row["share"]
            found[key] = (ours, 1 - ours)
    return found
