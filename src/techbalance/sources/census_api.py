"""What does the Census International Trade API send? Arrays of texts, made into typed columns here.

Rules and oddities are those of the publisher's *Guide to International Trade Datasets* and of answers seen
between 2018 and 2026: the order of rows is free, the world total may stand anywhere, all values are text, a
predicate used twice heads two columns, and no data is an empty body with status 204.
"""

from __future__ import annotations

import gc
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from techbalance.errors import CheckError, NotCoveredError, ParameterError, SchemaError, shortened
from techbalance.sources import regular_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from techbalance.sources.adapter import Delivered, Part, Request

# Total markers (guide, p. 7; the empty one was sent in 2018).
TOTALS: Final = ("-", "")
WORLD: Final = "WORLD"
COUNTRY: Final = r"[1-9][0-9]{3}"
# Country groups overlap with their members: 0003, 1 and three X (guide, p. 28).
COUNTRY_GROUP: Final = r"0[0-9]{3}|[1-7]X{3}"
_MONTH: Final = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")
# The figures of a month are published about five weeks after it.
MONTHS_BEHIND: Final = 2


@dataclass(frozen=True, order=True)
class Month:
    """One month."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def number(self) -> int:
        """Months since year 0, to reckon with."""
        return self.year * 12 + self.month - 1

    @classmethod
    def at(cls, number: int) -> Month:
        """The month of a number."""
        return cls(number // 12, number % 12 + 1)


def asked_span(request: Request, *, first_year: int, source: str) -> tuple[Month, Month]:
    """Months asked for, both included: by default since January of the year before.

    Raises
    ------
    ParameterError
        A bound is no month, or the span runs backwards.
    NotCoveredError
        The publisher has nothing so early.
    """
    newest = Month.at(request.today.year * 12 + request.today.month - 1 - MONTHS_BEHIND)
    last = _bound(request.last, 12, "--to") or newest
    first = _bound(request.first, 1, "--from") or Month(last.year - 1, 1)
    if first > last:
        raise ParameterError("the span runs backwards", where=f"from {first} to {last}")
    if first.year < first_year:
        raise NotCoveredError(
            f"{source} begins in {first_year}",
            where=f"asked from {first}",
            remedy=f"Ask from {first_year}, or see `techbalance sources --year {first.year}`",
        )
    return first, min(last, newest)


def _bound(text: str | None, month: int, name: str) -> Month | None:
    if text is None:
        return None
    match = _MONTH.fullmatch(text.strip())
    if match is None:
        raise ParameterError(f"{name} is neither a month nor a year", where=f"given {shortened(text)}")
    return Month(int(match[1]), int(match[2] or month))


def windows(first: Month, last: Month, months: int) -> Iterator[tuple[Month, Month]]:
    """Cut a span into windows of at most so many months, none over the end of a year."""
    start = first.number
    while start <= last.number:
        year_end = start // 12 * 12 + 11
        size = months - (start % 12) % months
        end = min(start + size - 1, year_end, last.number)
        yield Month.at(start), Month.at(end)
        start = end + 1


def time_predicate(first: Month, last: Month) -> str:
    """How the API is asked for a window (guide, p. 14)."""
    return str(first) if first == last else f"from {first} to {last}"


def window_of(part: Part) -> tuple[Month, Month]:
    """The window of a part, from its facts."""
    first, last = (_bound(part.facts[name], 1, name) for name in ("first", "last"))
    assert first is not None  # noqa: S101 - narrows the type only
    assert last is not None  # noqa: S101 - narrows the type only
    return first, last


@dataclass(frozen=True)
class Answer:
    """Columns of one answer, all of one length.

    Parameters
    ----------
    columns
        Texts, and whole numbers for what was asked as numbers.
    notes
        Columns nobody asked for.
    """

    columns: dict[str, pa.Array]
    notes: tuple[str, ...]

    def table(self) -> pa.Table:
        """The columns as a table."""
        return pa.table(self.columns)


def read(delivered: Delivered, texts: Sequence[str], numbers: Sequence[str]) -> Answer:
    """Read an answer.

    Parameters
    ----------
    delivered
        The part; an empty file is an answer without rows.
    texts, numbers
        Columns that have to be there.

    Raises
    ------
    SchemaError
        The body is no array of rows, a column is missing or stands twice with different values, or a value
        that should be a whole number is none.
    """
    where = delivered.part.name
    body = delivered.file.read()
    if not body:
        empty = dict.fromkeys(texts, pa.array([], pa.string())) | dict.fromkeys(
            numbers, pa.array([], pa.int64())
        )
        return Answer(empty, ("the publisher has no data for this call",))
    header, column_at = _opened(body, where)
    places = {name: [at for at, head in enumerate(header) if head == name] for name in header}
    columns: dict[str, pa.Array] = {}
    for name in (*texts, *numbers):
        if name not in places:
            raise SchemaError(
                f"the column {name} is missing", where=where, remedy=f"Columns sent: {', '.join(header)}"
            )
        column = column_at(places[name][0], name)
        for other in places[name][1:]:
            if not column.equals(column_at(other, name)):
                raise SchemaError(f"the column {name} stands twice with different values", where=where)
        columns[name] = _whole_numbers(column, name, where) if name in numbers else column
    asked = {*texts, *numbers, *(name for name, _ in delivered.part.query), "time"}
    new = [name for name in places if name not in asked]
    notes = (f"columns nobody asked for were left unread: {', '.join(new)}",) if new else ()
    return Answer(columns, notes)


def _opened(body: bytes, where: str) -> tuple[list[str], Callable[[int, str], pa.Array]]:
    """The header, and how to get a column: by the quotes where the answer is regular, else row by row."""
    regular = regular_json.cells(body)
    if regular is not None:
        return regular.header, lambda at, _: regular.column(at)
    rows = _rows(body, where)
    if not all(isinstance(name, str) for name in rows[0]):
        raise SchemaError("the first row does not name the columns", where=f"{where}: {shortened(rows[0])}")
    return rows[0], lambda at, name: _column(rows, at, name, where)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave the collector of cycles alone: a million lists without a cycle are visited over and over."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _rows(body: bytes, where: str) -> list[list[Any]]:
    try:
        with _no_collection():
            rows = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise SchemaError(
            "the answer is no valid JSON", where=f"{where}: {wrong}", remedy="Fetch again"
        ) from wrong
    if not isinstance(rows, list) or not rows or not all(type(row) is list for row in rows):
        raise SchemaError("the answer is no array of rows", where=f"{where}: begins {body[:40]!r}")
    width = len(rows[0])
    if set(map(len, rows)) != {width}:
        number = next(at for at, row in enumerate(rows) if len(row) != width)
        raise SchemaError(
            f"row {number} has {len(rows[number])} values and not {width}",
            where=f"{where}: {shortened(rows[number])}",
        )
    return rows


def _column(rows: list[list[Any]], at: int, name: str, where: str) -> pa.Array:
    values = [row[at] for row in rows[1:]]
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        pass
    # Numbers where texts are documented: taken as they stand, as long as nothing is lost by it.
    for number, value in enumerate(values, start=1):
        if not (value is None or isinstance(value, str) or type(value) is int):
            raise SchemaError(
                f"{name} holds something that is neither text nor a whole number",
                where=f"{where}, row {number}: {shortened(value)}",
            )
    return pa.array([value if value is None else str(value) for value in values], pa.string())


def _whole_numbers(column: pa.Array, name: str, where: str) -> pa.Array:
    wrong = pc.invert(pc.fill_null(pc.match_substring_regex(column, r"^[0-9]{1,18}$"), False))
    if pc.any(wrong).as_py():
        at = pc.index(wrong, True).as_py()
        raise SchemaError(
            f"{name} is no whole number", where=f"{where}, row {at + 1}: {shortened(column[at].as_py())}"
        )
    return pc.cast(column, pa.int64())


def with_partner(table: pa.Table, where: str) -> pa.Table:
    """Name the partner of every row: Schedule C code or ``WORLD``; rows of country groups go.

    Raises
    ------
    SchemaError
        A code is none of the three.
    """

    def named(code: str | None) -> str | None:
        if code is None or code in TOTALS:
            return WORLD
        if re.fullmatch(COUNTRY, code):
            return code
        if re.fullmatch(COUNTRY_GROUP, code):
            return None
        raise SchemaError("a partner's code is none of Schedule C", where=f"{where}: {shortened(code)}")

    partner = translated(table["CTY_CODE"], named)
    table = table.append_column("partner", partner)
    return table.filter(pc.is_valid(partner)) if partner.null_count else table


def translated(column: pa.ChunkedArray, rule: Callable[[str | None], str | None]) -> pa.Array:
    """Put every distinct value through a rule: there are a few hundred, in millions of rows."""
    coded = pc.dictionary_encode(column.combine_chunks(), null_encoding="encode")
    values = pa.array([rule(value) for value in coded.dictionary.to_pylist()], pa.string())
    return values.take(coded.indices)


def months_of(table: pa.Table, first: Month, last: Month, where: str) -> None:
    """Refuse months that were not asked for, and forms of time that are none."""
    asked = {str(Month.at(number)) for number in range(first.number, last.number + 1)}
    for month in pc.unique(table["time"]).to_pylist():
        if month not in asked:
            raise SchemaError("a row of another month was sent", where=f"{where}: {shortened(month)}")


def cell_numbers(table: pa.Table, keys: Sequence[str]) -> NDArray[np.int64]:
    """One whole number for each row that is the same where all keys are, and sorts as the keys do."""
    numbers = np.zeros(table.num_rows, dtype=np.int64)
    for key in keys:
        coded = pc.dictionary_encode(table[key].combine_chunks())
        rank = np.empty(len(coded.dictionary), dtype=np.int64)
        rank[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(len(rank))
        numbers = numbers * len(rank) + rank[coded.indices.to_numpy()]
    return numbers


def no_repeats(table: pa.Table, keys: Sequence[str], where: str) -> None:
    """Refuse two rows of one key.

    Raises
    ------
    CheckError
        The first such key.
    """
    numbers = cell_numbers(table, keys)
    order = np.argsort(numbers, kind="stable")
    again = np.flatnonzero(numbers[order][1:] == numbers[order][:-1])
    if len(again):
        at = int(order[again[0]])
        key = ", ".join(f"{name} {table[name][at].as_py()}" for name in keys)
        count = int((numbers == numbers[at]).sum())
        raise CheckError(f"a key stands {count} times", where=f"{where}: {key}")


def check_world(table: pa.Table, keys: Sequence[str], measures: Iterable[str], where: str) -> None:
    """Check that the partners add to the world in every cell, and that every cell has its world.

    Parameters
    ----------
    table
        Without repeats; one row per ``keys`` and partner.

    Raises
    ------
    CheckError
        A total is missing, or the parts do not add to it.
    """
    numbers = cell_numbers(table, keys)
    is_world = pc.equal(table["partner"], WORLD).to_numpy()
    totals = np.flatnonzero(is_world)
    totals = totals[np.argsort(numbers[totals])]
    order = np.argsort(numbers, kind="stable")
    cells, starts = np.unique(numbers[order], return_index=True)
    have = np.isin(cells, numbers[totals])
    if not have.all():
        at = int(order[starts[int((~have).argmax())]])
        row = ", ".join(f"{key} {table[key][at].as_py()}" for key in keys)
        raise CheckError("the total of the world is missing", where=f"{where}: {row}")
    for name in measures:
        values = table[name].to_numpy()
        # The world's own row stands among the rows of its cell.
        summed = np.add.reduceat(values[order], starts) - values[totals]
        if not (summed == values[totals]).all():
            at = int((summed != values[totals]).argmax())
            row = ", ".join(f"{key} {table[key][int(totals[at])].as_py()}" for key in keys)
            raise CheckError(
                f"the partners add to {summed[at]:,} and the world is {values[totals[at]]:,}",
                where=f"{where}: {name}, {row}",
                remedy="Nothing was stored; the publisher may be loading a month: fetch again later",
            )
