"""Which group does a traded code get when it comes in? That of the nearest list held."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from techbalance.classifications.match import decide, nearest_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techbalance.store.catalogue import Store

LIST_ID: Final = "census-atp"


@dataclass(frozen=True)
class Decided:
    """Group, match and list year of every code of one flow and year.

    Parameters
    ----------
    by_code
        Group and match of each code.
    list_year
        The list that decided; None where none is held.
    """

    by_code: Mapping[str, tuple[str, str]]
    list_year: int | None

    def columns(self, products: pa.Array) -> tuple[pa.Array, pa.Array]:
        """``group`` and ``match`` of every row, by its product."""
        codes = list(self.by_code)
        places = pa.compute.index_in(products, pa.array(codes, pa.string()))
        groups = pa.array([self.by_code[code][0] for code in codes], pa.string())
        matches = pa.array([self.by_code[code][1] for code in codes], pa.string())
        return groups.take(places), matches.take(places)


class CodeLists:
    """The lists that a store holds, by flow and year."""

    def __init__(self, store: Store) -> None:
        rows = store.table("membership").filter(lambda row: row.list_id == LIST_ID)
        table = store.fetch(rows.select("flow", "year", "code", "group"))
        self._lists: dict[str, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        columns = (table[name].to_pylist() for name in ("flow", "year", "code", "group"))
        for flow, year, code, group in zip(*columns, strict=True):
            self._lists[flow][year][code] = group

    def nearest(self, flow: str, year: int) -> int | None:
        """The year of the list that decides."""
        return nearest_list(year, self._lists[flow])

    def decided(self, flow: str, year: int, codes: Iterable[str]) -> Decided:
        """Decide every code of one flow and year."""
        chosen = self.nearest(flow, year)
        listed = {} if chosen is None else self._lists[flow][chosen]
        return Decided(decide(codes, listed, of_the_year=chosen == year), chosen)


def by_own_list(year: int, listed: Mapping[str, str], codes: Iterable[str]) -> Decided:
    """Decide every code by the list an archive brings along."""
    return Decided(decide(codes, listed, of_the_year=True), year)
