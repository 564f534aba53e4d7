"""Which codes were in force in a year, and which changes led from one to another? Lists, trade, notices."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from techbalance.classifications.families import NOTICE, Link, guessed_links
from techbalance.errors import NotCoveredError, SchemaError
from techbalance.questions.supply.trade import reporter_codes
from techbalance.questions.trade_read import TradeRead
from techbalance.store import outside
from techbalance.store.panels import open_panel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibis import Table

    from techbalance.questions.parameters.stories import ConcordanceParams
    from techbalance.store.catalogue import Store

CODE: Final = re.compile(r"^[0-9]{6,10}$")
YEAR: Final = re.compile(r"^[0-9]{4}$")
PARENT: Final = 8
VALUES: Final = {"import": "general_usd", "export": "export_usd"}
Values = dict[tuple[int, str, str], int]


@dataclass(frozen=True)
class Codes:
    """Codes of two years, the changes between them, and trade under them.

    Parameters
    ----------
    first, last
        The years.
    old, new
        Codes in force, as far as is known.
    links
        Changes between the years.
    values
        Dollars by year, partner and code; empty where none is held.
    stored
        Stored rows of the values; None where they are of a panel, or there are none.
    notes
        What must be known.
    """

    first: int
    last: int
    old: frozenset[str]
    new: frozenset[str]
    links: tuple[Link, ...]
    values: Values
    notes: tuple[str, ...]
    stored: Table | None = None

    @cached_property
    def by_code(self) -> dict[tuple[int, str], dict[str, int]]:
        """Dollars by partner of each year and code."""
        found: dict[tuple[int, str], dict[str, int]] = {}
        for (year, partner, code), usd in self.values.items():
            found.setdefault((year, code), {})[partner] = usd
        return found

    def total(self, year: int, members: Iterable[str]) -> int | None:
        """Value of some codes in a year; None where none of them has any."""
        held = [sum(self.by_code[year, code].values()) for code in members if (year, code) in self.by_code]
        return sum(held) if held else None


def codes_between(params: ConcordanceParams, store: Store) -> Codes:
    """Collect codes and changes between two years, from the user's files where given.

    Raises
    ------
    NotCoveredError
        Codes of a year are not held.
    SchemaError
        A file of the user's is not what it has to be.
    """
    stored = None if params.panel else _stored(params, store)
    trade = _of_panel(params, store) if stored is None else _of_store(stored, params)
    values = _values(trade, store)
    traded: dict[int, set[str]] = {}
    for year, _, code in values:
        traded.setdefault(year, set()).add(code)
    notices = read_notices(params.notices) if params.notices else ()
    if params.lists:
        lists, traded = read_lists(params.lists), {}
    elif params.notices:
        lists, traded = {}, {}
    else:
        lists = _held_lists(params, store)
    first, last = _span(params, sorted({*traded, *lists}), notices)
    known = [link for link in notices if first < link.year <= last]
    kept = []
    if lists or traded:
        old, old_from = _of_year(first, lists, traded, params)
        new, new_from = _of_year(last, lists, traded, params)
        kept.append(f"Codes of {first}: {old_from}; of {last}: {new_from}.")
        if first not in lists or last not in lists:
            old, new = _near_births(old, new)
            kept.append(
                "A code without trade is not told from one that ended; only eight-digit parents under which "
                "a code is new are compared."
            )
    else:
        old, new = _named(known)
        kept.append("Only codes that the notices name are told; lists of both years would add the others.")
    if params.notices:
        kept.append(f"{len(known)} of {len(notices)} changes of {params.notices} took effect in between.")
    named = {link.old for link in known} | {link.new for link in known}
    guessed = [
        link
        for link in guessed_links(old - new - named, new - old - named, last)
        if link.old not in named and link.new not in named
    ]
    if guessed:
        kept.append(
            f"{len(guessed)} links are guesses from shared digits (parent8, parent6); notices settle them."
        )
    return Codes(first, last, frozenset(old), frozenset(new), (*known, *guessed), values, tuple(kept), stored)


def _named(links: list[Link]) -> tuple[set[str], set[str]]:
    """Codes that changes begin and end with; one linked with itself stayed beside its heirs."""
    olds, news = {link.old for link in links}, {link.new for link in links}
    stayed = {link.old for link in links if link.old == link.new}
    return (olds - news) | stayed, (news - olds) | stayed


def _near_births(old: set[str], new: set[str]) -> tuple[set[str], set[str]]:
    """Keep the codes under the eight-digit parents that have a new code."""
    parents = {code[:PARENT] for code in new - old}
    return (
        {code for code in old if code[:PARENT] in parents},
        {code for code in new if code[:PARENT] in parents},
    )


def _of_panel(params: ConcordanceParams, store: Store) -> Table | None:
    """Trade by year, partner and code of a panel; None where there is none."""
    if params.panel is None:
        return None
    table = open_panel(store, params.panel)
    inside = reporter_codes(store, params.reporter)
    own, other = ("importer", "exporter") if params.flow == "import" else ("exporter", "importer")
    rows = table.filter(table[own].isin(inside), ~table[other].isin(inside))
    return rows.select("year", "product", partner=rows[other], value=rows.value_usd)


def _stored(params: ConcordanceParams, store: Store) -> Table | None:
    """Stored trade of full years by product, as it is known now; None where none of the flow is held."""
    read = TradeRead(store)
    if not any(flow == params.flow for flow, _ in read.covered):
        return None
    rows = read.rows()
    return rows.filter(rows.flow == params.flow)


def _of_store(rows: Table, params: ConcordanceParams) -> Table:
    return rows.select("year", "product", "partner", value=rows[VALUES[params.flow]].cast("float64"))


def _values(trade: Table | None, store: Store) -> Values:
    if trade is None:
        return {}
    rows = trade.filter(trade.value != 0)
    sums = rows.group_by("year", "partner", "product").aggregate(value=rows.value.sum())
    held = store.fetch(sums).to_pydict()
    return {
        (int(year), partner, code): round(value)
        for year, partner, code, value in zip(
            held["year"], held["partner"], held["product"], held["value"], strict=True
        )
    }


def _held_lists(params: ConcordanceParams, store: Store) -> dict[int, set[str]]:
    members = store.table("membership")
    rows = members.filter(members.flow == params.flow).select("year", "code").distinct()
    held = store.fetch(rows).to_pydict()
    found: dict[int, set[str]] = {}
    for year, code in zip(held["year"], held["code"], strict=True):
        found.setdefault(int(year), set()).add(code)
    return found


def _span(params: ConcordanceParams, held: list[int], notices: tuple[Link, ...]) -> tuple[int, int]:
    """The years asked for; of those held, the earliest and the newest."""
    known = sorted({*held, *(link.year for link in notices), *(link.year - 1 for link in notices)})
    if not known:
        raise NotCoveredError(
            f"no code list and no trade of {params.flow}s is held", remedy="Give lists, or notices"
        )
    first = params.from_.start if params.from_ else known[0]
    last = params.to.start if params.to else known[-1]
    if first >= last:
        raise NotCoveredError(
            f"codes of one year only are held, {', '.join(map(str, held)) or first}",
            remedy="Name from and to, or give lists of two years, or notices",
        )
    return first, last


def _of_year(
    year: int, lists: dict[int, set[str]], traded: dict[int, set[str]], params: ConcordanceParams
) -> tuple[set[str], str]:
    """The codes of a year and where they are from: the list of the year, else what was traded."""
    if year in lists:
        return set(lists[year]), f"{params.lists or 'the list held'}, {len(lists[year]):,}"
    if year in traded:
        return set(traded[year]), f"those traded, {len(traded[year]):,}"
    held = ", ".join(map(str, sorted({*lists, *traded}))) or "none"
    raise NotCoveredError(
        f"codes of {year} are not held", where=f"held: {held}", remedy="Give lists, or notices"
    )


def read_notices(name: str) -> tuple[Link, ...]:
    """Read changes of codes: a CSV file with the columns ``old``, ``new``, ``effective``.

    Parameters
    ----------
    name
        The file. Codes have six to ten digits, with or without dots; ``effective`` is a year, a month or a
        day.

    Raises
    ------
    NotCoveredError
        There is no such file.
    SchemaError
        It lacks a column, or a row is not such a change; the line is named.
    """
    links = []
    for number, row in _read(name, ("old", "new", "effective")):
        old, new = (_code(row[column], name, number, column) for column in ("old", "new"))
        links.append(Link(old, new, _year(row["effective"], name, number), NOTICE))
    return tuple(dict.fromkeys(links))


def read_lists(name: str) -> dict[int, set[str]]:
    """Read code lists of several years: a CSV file with the columns ``year`` and ``code``.

    Raises
    ------
    NotCoveredError
        There is no such file.
    SchemaError
        It lacks a column, or a row is no code of a year; the line is named.
    """
    found: dict[int, set[str]] = {}
    for number, row in _read(name, ("year", "code")):
        if not YEAR.match(row["year"]):
            raise SchemaError(f"{row['year']!r} is no year", where=f"{name}, line {number}")
        found.setdefault(int(row["year"]), set()).add(_code(row["code"], name, number, "code"))
    return found


def _read(name: str, needs: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    path = Path(name)
    if not path.is_file():
        raise NotCoveredError(f"there is no file {name}", remedy="Check the name")
    try:
        text = outside.read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise SchemaError("the file is not UTF-8 text", where=name) from wrong
    reader = csv.reader(io.StringIO(text))
    heads = [head.strip().lower() for head in next(reader, [])]
    for column in needs:
        if column not in heads:
            raise SchemaError(
                f"the file lacks the column {column!r}", where=f"{name}, has {', '.join(heads) or 'nothing'}"
            )
    rows = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(heads):
            raise SchemaError(
                f"{len(cells)} values under {len(heads)} heads", where=f"{name}, line {reader.line_num}"
            )
        rows.append((reader.line_num, {head: cell.strip() for head, cell in zip(heads, cells, strict=True)}))
    if not rows:
        raise SchemaError("the file has no rows", where=name)
    return rows


def _code(text: str, name: str, number: int, column: str) -> str:
    code = text.replace(".", "").replace(" ", "")
    if not CODE.match(code):
        raise SchemaError(
            f"{text!r} is no code of six to ten digits",
            where=f"{name}, line {number}, column {column}",
            remedy="Codes are text with their leading zeros; a spreadsheet may have dropped them",
        )
    return code


def _year(text: str, name: str, number: int) -> int:
    try:
        if YEAR.match(text):
            return int(text)
        return dt.date.fromisoformat(text if len(text) > 7 else f"{text}-01").year
    except ValueError as wrong:
        raise SchemaError(
            f"{text!r} is no date",
            where=f"{name}, line {number}, column effective",
            remedy="Write 2026-02-01",
        ) from wrong
