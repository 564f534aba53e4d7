"""Which products are on a list of the user's, and how much of it is held?

A list is a CSV file with a column ``code`` (two to ten digits; a short code takes all below it) and, if
wanted, ``group`` and ``name``. Of two codes that fit a product the longer one decides.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from techbalance.errors import SchemaError, UnknownCodeError
from techbalance.questions.selection import KNOWN_LISTS
from techbalance.store.userfiles import is_file, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techbalance.store.catalogue import Store

CODE: Final = re.compile(r"^[0-9]{2,10}$")
FIELDS: Final = ("code", "group", "name")


@dataclass(frozen=True)
class ProductList:
    """Products of a user's list.

    Parameters
    ----------
    name
        Its file's name without the ending.
    groups
        Group of each code, as written; codes without a group are in one called as the list.
    names
        Name of each code that has one.
    """

    name: str
    groups: dict[str, str]
    names: dict[str, str]

    def code_of(self, product: str) -> str | None:
        """The longest code of the list that the product begins with."""
        heads = (product[:length] for length in range(len(product), 1, -1))
        return next((head for head in heads if head in self.groups), None)

    def placed(self, products: Iterable[str]) -> dict[str, list[str]]:
        """The products on the list, by group."""
        found: dict[str, list[str]] = {}
        for product in products:
            code = self.code_of(product)
            if code is not None:
                found.setdefault(self.groups[code], []).append(product)
        return found


def user_list(name: str) -> ProductList | None:
    """Read the list a question names; None for the one that ships.

    Raises
    ------
    UnknownCodeError
        Neither a list nor a file has this name.
    SchemaError
        The file is not such a list; the line is named.
    """
    if name in KNOWN_LISTS:
        return None
    if not is_file(name):
        error = UnknownCodeError.among("list", name, KNOWN_LISTS)
        raise UnknownCodeError(
            error.what, remedy=f"{error.remedy}. A CSV file with a column code will do too"
        )
    return read_list(read_text(name), name)


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
    return ProductList(own, groups, names)


def cover_note(store: Store, chosen: ProductList, held: set[str]) -> str:
    """Say how many ten-digit codes of the list are held by partner: a part must not pass for the whole."""
    lists = store.table("membership").filter(lambda row: row.flow == "import")
    newest = lists.filter(lists.year == lists.year.max().as_scalar())
    codes = store.fetch(newest.select("code"))["code"].to_pylist()
    under = {code for code in codes if chosen.code_of(code)} | {code for code in held if chosen.code_of(code)}
    there = sum(1 for code in held if chosen.code_of(code))
    return (
        f"List {chosen.name}: {there:,} of {len(under):,} ten-digit codes under it have imports by partner; "
        "the record holds Advanced Technology Products and codes near them only."
    )
