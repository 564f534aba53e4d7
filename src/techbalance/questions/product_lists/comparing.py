"""What are two lists that are compared, and where does each put a product?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from techbalance.classifications.groups import OUTSIDE
from techbalance.classifications.match import decide
from techbalance.errors import NotCoveredError, UnknownCodeError
from techbalance.questions.product_lists.naming import (
    Edition,
    census_edition,
    census_years,
    chosen_list,
    stored_lists,
)
from techbalance.questions.selection import KNOWN_LISTS
from techbalance.store.userfiles import is_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techbalance.store.catalogue import Store

OFFICIAL: Final = KNOWN_LISTS[0]
UNDECIDED: Final = "undecided"
YEAR: Final = re.compile(r"^[12][0-9]{3}$")


@dataclass(frozen=True, eq=False)
class Side:
    """One of two lists.

    Parameters
    ----------
    label
        How it is called.
    edition
        Its codes.
    official
        The whole code list where it is the official one, whose rules for codes outside it hold; else None.
    """

    label: str
    edition: Edition
    official: dict[str, str] | None = None

    def group_of(self, product: str) -> str | None:
        """Group of a code as the list has it, ``00`` outside; None where a whole code list lacks it."""
        if self.official is not None:
            return self.official.get(product)
        code = self.edition.code_of(product)
        return OUTSIDE if code is None else self.edition.groups[code]

    def decided(self, products: Iterable[str], year: int) -> dict[str, tuple[str, str]]:
        """Group and match of traded products, by the rules of the list."""
        if self.official is not None:
            return decide(products, self.official, of_the_year=self.edition.year == year)
        return {product: (self.group_of(product) or OUTSIDE, "exact") for product in products}


def side_of(store: Store, text: str, flow: str, year: int | None = None) -> Side:
    """Find a list by the text that names it.

    Parameters
    ----------
    store
        Where lists are stored.
    text
        A year of the official list, ``id``, ``id:year`` or a CSV file.
    flow
        Whose codes.
    year
        The year to which the edition of a dated list is nearest; its newest edition without one.

    Raises
    ------
    UnknownCodeError
        No such list.
    NotCoveredError
        The list is known, and not held for this year or flow.
    """
    name, _, dated = text.rpartition(":") if not is_file(text) else (text, "", "")
    if YEAR.match(text):
        return _official(store, flow, int(text))
    if name in (OFFICIAL, *stored_lists(store)) and YEAR.match(dated):
        return _dated(store, name, flow, int(dated))
    chosen = chosen_list(store, text)
    if chosen is None:
        held = census_years(store, flow)
        if not held:
            raise NotCoveredError(f"no official {flow} list is held", remedy="techbalance ingest takes lists")
        nearest = held[-1] if year is None else min(held, key=lambda one: (abs(one - year), one))
        return _official(store, flow, nearest)
    edition = chosen.edition(flow, year)
    if edition is None:
        raise NotCoveredError(f"the list {chosen.name} has no codes for {flow}s", remedy="Add --flow")
    label = chosen.name if edition.year is None else f"{chosen.name}:{edition.year}"
    return Side(label, edition)


def _official(store: Store, flow: str, year: int) -> Side:
    whole = census_edition(store, flow, year)
    listed = {code: group for code, group in whole.items() if group != OUTSIDE}
    return Side(f"{OFFICIAL}:{year}", Edition(flow, year, listed), whole)


def _dated(store: Store, name: str, flow: str, year: int) -> Side:
    if name == OFFICIAL:
        return _official(store, flow, year)
    chosen = chosen_list(store, name)
    found = [] if chosen is None else [one for one in chosen.of_flow(flow) if one.year == year]
    if not found:
        held = [] if chosen is None else [str(one.year) for one in chosen.of_flow(flow)]
        raise UnknownCodeError.among(f"year of the list {name}", str(year), held)
    return Side(f"{name}:{year}", found[0])
