"""How much of a list is held product by product? A part of it must not pass for the whole.

The record holds Advanced Technology Products and the codes no list could place, one by one; all else is
there as sums by partner. Trade that was ingested is held whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from techbalance.classifications.groups import OUTSIDE
from techbalance.classifications.match import PARENT_DIGITS, nearest_list
from techbalance.questions.product_lists.naming import SHORTEST, census_edition, census_years
from techbalance.questions.selection import STORES_REMEMBERED

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.questions.product_lists.naming import Edition
    from techbalance.store.catalogue import Store

REMEDY: Final = "ingest the monthly archives to answer it"
TEN_DIGITS: Final = 10


@dataclass(frozen=True)
class Held:
    """The products of one flow and year whose trade is held one by one.

    Parameters
    ----------
    everything
        Whether all goods are.
    traded
        Products with trade that is held, on any list or none.
    official
        The code list nearest to the year: group of each code; empty where none is held.
    """

    everything: bool
    traded: frozenset[str]
    official: dict[str, str]

    def is_held(self, product: str) -> bool:
        """Whether the trade of a ten-digit product is known: held, or known to be none."""
        if self.everything or product in self.traded:
            return True
        return self.official.get(product, OUTSIDE) != OUTSIDE

    def known_products(self) -> frozenset[str]:
        """Every ten-digit code of the official list or with trade that is held."""
        return self.traded | self.official.keys()


@dataclass(frozen=True)
class Cover:
    """How much of a list is held.

    Parameters
    ----------
    under
        Ten-digit codes known under the codes of the list.
    held
        Those of them whose trade is held one by one.
    open_codes
        Codes of the list under which some trade may not be held.
    strange
        Codes of the list under which no ten-digit code is known.
    """

    under: frozenset[str]
    held: frozenset[str]
    open_codes: tuple[str, ...]
    strange: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything the list takes is held."""
        return not self.open_codes

    @property
    def says(self) -> str:
        """How much is held, in words."""
        return f"{len(self.held):,} of {len(self.under):,} ten-digit codes under it are held one by one"

    def why_not(self, name: str) -> str | None:
        """Why the list has no figure; None where it has one."""
        if self.is_whole:
            return None
        first = ", ".join(self.open_codes[:3]) + (" ..." if len(self.open_codes) > 3 else "")
        return (
            f"not_covered: of the list {name}, {self.says}, the others (under {first}) only in sums; {REMEDY}"
        )


def held_of(store: Store, trade: Table, flow: str, year: int, token: str = "") -> Held:
    """What is held of one flow and year.

    Parameters
    ----------
    store
        What is asked.
    trade
        Known rows of trade by product: ``flow``, ``year``, ``product``, ``group``, ``match``.
    flow, year
        Which.
    token
        Tells apart what was known on different days.
    """
    return _held(store, _Rows(trade, token), flow, year)


@dataclass(frozen=True)
class _Rows:
    """Rows that are remembered by what they are called: an expression takes long to compare."""

    table: Table
    token: str

    def __hash__(self) -> int:
        return hash(self.token)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rows) and self.token == other.token


@lru_cache(maxsize=STORES_REMEMBERED * 8)
def _held(store: Store, rows: _Rows, flow: str, year: int) -> Held:
    trade = rows.table
    mine = trade.filter(trade.flow == flow, trade.year == year)
    kept = mine.select("product", "group", "match").distinct()
    columns = store.fetch(kept).to_pydict()
    outside = {
        product
        for product, group, match in zip(columns["product"], columns["group"], columns["match"], strict=True)
        if group == OUTSIDE and match != "undecided"
    }
    nearest = nearest_list(year, census_years(store, flow))
    official = {} if nearest is None else census_edition(store, flow, nearest)
    return Held(bool(outside), frozenset(columns["product"]), official)


def cover(one: Edition, held: Held) -> Cover:
    """Hold a list against what is held.

    A code of the list is open where a ten-digit code under it is not held; a ten-digit code nobody knows is
    open where codes of its eight-digit parent are, since it may be one that came later.
    """
    known = held.known_products()
    under = {product: code for product in known if (code := one.code_of(product)) is not None}
    with_products = set(under.values())
    open_codes = {code for product, code in under.items() if not held.is_held(product)}
    strange = {code for code in one.listed if code not in with_products}
    by_head: dict[str, bool] = {}
    for product in known if strange and not held.everything else ():
        for length in range(SHORTEST, TEN_DIGITS + 1):
            head = product[:length]
            by_head[head] = by_head.get(head, True) and held.is_held(product)
    for code in strange if not held.everything else ():
        parent = code[:PARENT_DIGITS]
        if not by_head.get(parent, True):
            open_codes.add(code)
    return Cover(
        frozenset(under),
        frozenset(product for product in under if held.is_held(product)),
        tuple(sorted(open_codes)),
        tuple(sorted(strange)),
    )
