"""Which codes are one product over the years? A user's list of changes, as families."""

from __future__ import annotations

import csv
from typing import Final

from techbalance.classifications.families import Link, families_of
from techbalance.errors import SchemaError
from techbalance.store.userfiles import read_text

FIELDS: Final = ("old", "new")


def read_families(name: str) -> dict[str, str]:
    """Read a CSV file with the columns ``old`` and ``new``; give each code in it the name of its family.

    Codes that hang together through any chain of changes are one family (METHODS H1), named by its smallest
    code.

    Raises
    ------
    SchemaError
        The file lacks a column, or a code; the line is named.
    """
    reader = csv.DictReader(read_text(name).splitlines())
    heads = [str(head).strip() for head in reader.fieldnames or ()]
    reader.fieldnames = heads
    if missing := [field for field in FIELDS if field not in heads]:
        raise SchemaError(
            f"a list of changed codes needs a column {missing[0]!r}", where=name, remedy="Columns: old, new"
        )
    links = []
    for row in reader:
        old, new = ((row[field] or "").replace(".", "").strip() for field in FIELDS)
        if not old.isdigit() or not new.isdigit():
            raise SchemaError("a code is no number", where=f"{name}, line {reader.line_num}")
        links.append(Link(old, new, 0))
    if not links:
        raise SchemaError("the list of changed codes is empty", where=name)
    codes = {code for link in links for code in (link.old, link.new)}
    return {code: family.name for family in families_of(codes, (), links) for code in family.members}
