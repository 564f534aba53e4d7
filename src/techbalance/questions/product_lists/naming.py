"""Which product list is meant? The one that ships, one that is stored, or a file of the user's.

A file is a CSV with a column ``code`` (two to ten digits; a short code takes all below it) and, if wanted,
``group`` and ``name``. A stored list is in the table ``membership`` under a ``list_id`` of its own, by year
and flow. Of two codes that fit a product the longer one decides; a code in group ``00`` is not on the list.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from techbalance.classifications.groups import OUTSIDE
from techbalance.classifications.match import nearest_list
from techbalance.errors import NotCoveredError, SchemaError, UnknownCodeError
from techbalance.questions.selection import KNOWN_LISTS, STORES_REMEMBERED
from techbalance.store.userfiles import is_file, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techbalance.store.catalogue import Store

CODE: Final = re.compile(r"^[0-9]{2,10}$")
FIELDS: Final = ("code", "group", "name")
SHORTEST: Final = 2


@dataclass(frozen=True, eq=False)
class Edition:
    """A list as it was in one year.

    Parameters
    ----------
    flow
        ``export`` or ``import``; None where one list serves both.
    year
        Its year; None where it has none and serves all.
    groups
        Group of each code; ``00`` takes a code out of the list again.
    """

    flow: str | None
    year: int | None
    groups: dict[str, str]

    def code_of(self, product: str) -> str | None:
        """The longest code that the product begins with; None where that is none of the list."""
        heads = (product[:length] for length in range(len(product), SHORTEST - 1, -1))
        found = next((head for head in heads if head in self.groups), None)
        return None if found is None or self.groups[found] == OUTSIDE else found

    @property
    def listed(self) -> tuple[str, ...]:
        """The codes that are on the list, sorted."""
        return tuple(sorted(code for code, group in self.groups.items() if group != OUTSIDE))


@dataclass(frozen=True, eq=False)
class ProductList:
    """Products of a user's list.

    Parameters
    ----------
    name
        Its id in the store, or its file's name without the ending.
    editions
        The list by flow and year; one without either where it is a file.
    names
        Name of each code that has one.
    """

    name: str
    editions: tuple[Edition, ...]
    names: dict[str, str]

    def of_flow(self, flow: str) -> tuple[Edition, ...]:
        """Editions that serve a flow, the oldest first."""
        return tuple(one for one in self.editions if one.flow in (None, flow))

    def edition(self, flow: str = "import", year: int | None = None) -> Edition | None:
        """The edition nearest to a year, the earlier of two; the newest for no year; None without any."""
        found = self.of_flow(flow)
        if not found:
            return None
        dated = {one.year: one for one in found if one.year is not None}
        if not dated:
            return found[0]
        wanted = max(dated) if year is None else nearest_list(year, dated)
        return dated[wanted if wanted is not None else max(dated)]

    @property
    def groups(self) -> dict[str, str]:
        """Group of each code of the newest edition for imports."""
        one = self.edition()
        return {} if one is None else {code: one.groups[code] for code in one.listed}

    def code_of(self, product: str, year: int | None = None) -> str | None:
        """The longest code of the list that an imported product begins with."""
        one = self.edition(year=year)
        return None if one is None else one.code_of(product)

    def placed(self, products: Iterable[str], year: int | None = None) -> dict[str, list[str]]:
        """The imported products on the list, by group."""
        one = self.edition(year=year)
        found: dict[str, list[str]] = {}
        if one is None:
            return found
        for product in products:
            code = one.code_of(product)
            if code is not None:
                found.setdefault(one.groups[code], []).append(product)
        return found


def chosen_list(store: Store, name: str) -> ProductList | None:
    """Read the list a question names; None for the one that ships.

    Parameters
    ----------
    store
        Where lists are stored.
    name
        ``census-atp``, the id of a stored list, or a CSV file.

    Raises
    ------
    UnknownCodeError
        Neither a list nor a file has this name.
    SchemaError
        The file is not such a list; the line is named.
    """
    if name in KNOWN_LISTS:
        return None
    if name in stored_lists(store):
        return _stored(store, name)
    if not is_file(name):
        error = UnknownCodeError.among("list", name, (*KNOWN_LISTS, *stored_lists(store)))
        raise UnknownCodeError(error.what, remedy=or_a_file(error.remedy, "CSV file with a column code"))
    return read_list(read_text(name), name)


@lru_cache(maxsize=STORES_REMEMBERED)
def stored_lists(store: Store) -> tuple[str, ...]:
    """Ids of the lists a user has stored, sorted."""
    ids = store.table("membership").select("list_id").distinct()
    return tuple(sorted(set(store.fetch(ids)["list_id"].to_pylist()) - set(KNOWN_LISTS)))


@lru_cache(maxsize=STORES_REMEMBERED)
def _stored(store: Store, name: str) -> ProductList:
    rows = store.table("membership")
    kept = rows.filter(rows.list_id == name).select("flow", "year", "code", "group")
    editions: dict[tuple[str, int], dict[str, str]] = {}
    for row in store.fetch_rows(kept):
        if not CODE.match(row["code"]):
            raise SchemaError(
                f"{row['code']!r} is not a product code of two to ten digits",
                where=f"table membership, list {name}, {row['flow']} {row['year']}",
            )
        editions.setdefault((row["flow"], row["year"]), {})[row["code"]] = row["group"]
    found = tuple(
        Edition(flow, year, _without_idle(groups)) for (flow, year), groups in sorted(editions.items())
    )
    return ProductList(name, found, {})


def _without_idle(groups: dict[str, str]) -> dict[str, str]:
    """Leave out codes outside the list that no shorter code of it would take: a whole code list has many."""
    listed = {code for code, group in groups.items() if group != OUTSIDE}

    def is_taken(code: str) -> bool:
        return any(code[:length] in listed for length in range(SHORTEST, len(code)))

    return {code: group for code, group in groups.items() if group != OUTSIDE or is_taken(code)}


def census_edition(store: Store, flow: str, year: int) -> dict[str, str]:
    """The official code list of one flow and year: group of each code, ``00`` for those outside.

    Raises
    ------
    NotCoveredError
        The list of this year is not held.
    """
    held = census_years(store, flow)
    if year not in held:
        raise NotCoveredError(
            f"the {flow} list of {year} is not held",
            where=f"held: {', '.join(map(str, held)) or 'none'}",
            remedy="techbalance ingest takes lists from archives and code list files",
        )
    return _census(store, flow, year)


@lru_cache(maxsize=STORES_REMEMBERED * 8)
def _census(store: Store, flow: str, year: int) -> dict[str, str]:
    rows = store.table("membership")
    kept = rows.filter(rows.list_id == KNOWN_LISTS[0], rows.flow == flow, rows.year == year)
    columns = store.fetch(kept.select("code", "group")).to_pydict()
    return dict(zip(columns["code"], columns["group"], strict=True))


@lru_cache(maxsize=STORES_REMEMBERED * 2)
def census_years(store: Store, flow: str) -> tuple[int, ...]:
    """Years whose official list is held, of one flow."""
    rows = store.table("membership")
    kept = rows.filter(rows.list_id == KNOWN_LISTS[0], rows.flow == flow).select("year").distinct()
    return tuple(sorted(store.fetch(kept)["year"].to_pylist()))


def or_a_file(remedy: str, file: str) -> str:
    """Add to the names that are known that a file of the user's is taken as well."""
    return f"{remedy}{'' if remedy.endswith('?') else '.'} A {file} will do too"


def read_list(text: str, origin: str) -> ProductList:
    """Read a list from the text of its file.

    Raises
    ------
    SchemaError
        A column is missing or unknown, a code is not two to ten digits, or is there twice.
    """
    reader = csv.DictReader(text.splitlines())
    heads = [str(head).strip() for head in reader.fieldnames or ()]
    reader.fieldnames = heads
    if "code" not in heads or (strange := [head for head in heads if head not in FIELDS]):
        told = f"has no column for {strange[0]!r}" if "code" in heads else "needs a column 'code'"
        raise SchemaError(f"a product list {told}", where=origin, remedy=f"Columns: {', '.join(FIELDS)}")
    groups: dict[str, str] = {}
    names: dict[str, str] = {}
    own = Path(origin).stem
    for row in reader:
        code = (row["code"] or "").replace(".", "").replace(" ", "")
        if not CODE.match(code):
            raise SchemaError(
                f"{row['code']!r} is not a product code of two to ten digits",
                where=f"{origin}, line {reader.line_num}",
                remedy="Write codes as text, with their leading zeros",
            )
        if code in groups:
            raise SchemaError(f"code {code} is there twice", where=f"{origin}, line {reader.line_num}")
        groups[code] = (row.get("group") or "").strip() or own
        if name := (row.get("name") or "").strip():
            names[code] = name
    if not groups:
        raise SchemaError("the product list is empty", where=origin)
    return ProductList(own, (Edition(None, None, groups),), names)
