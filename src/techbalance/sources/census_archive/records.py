"""Is every byte of these records what its layout allows, and which values do they hold? Many at once.

What is wrong is found for whole columns; the first wrong record is then read again to name the field.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from techbalance.errors import SchemaError
from techbalance.sources.census_archive import numbers
from techbalance.sources.census_archive.explain import ALLOWED, BLANK, Record, odd_length
from techbalance.sources.census_archive.layouts import LINE_END, Field, Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

# Records looked at together: their columns stay in the processor's cache.
ROWS_AT_A_TIME: Final = 1024


def read(layout: Layout, data: bytes, place: str) -> pa.Table:
    """Read a whole member.

    Parameters
    ----------
    layout
        Of its records.
    data
        Its bytes.
    place
        Archive and member, for messages.

    Returns
    -------
    Table
        One row per record in the order of the member; a text column per code or text (right-trimmed, empty
        where blank), an int64 column per number.

    Raises
    ------
    RecordError
        A record is of another length, holds a byte its field does not allow, or repeats a key: the first one.
    """
    if len(data) % layout.line:
        raise odd_length(layout, data, place)
    lines = np.frombuffer(data, dtype=np.uint8).reshape(-1, layout.line)
    for start in range(0, len(lines), ROWS_AT_A_TIME):
        part = lines[start : start + ROWS_AT_A_TIME]
        refuse_first(layout, part, wrong_heads(layout, part), place, first_record=start + 1)
    columns: dict[str, pa.Array] = {}
    for field in layout.by_name.values():
        if field.start < layout.numbers_start:
            numeric = field.kind == "number"
            columns[field.name] = pa.array(small_number(lines, field)) if numeric else text(lines, field)
    if layout.measures:
        columns |= _numbers(layout, lines, place)
    table = pa.table(columns)
    _refuse_repeated(layout, table, lines, place)
    return table


def wrong_heads(layout: Layout, lines: Bytes) -> NDArray[np.bool_]:
    """Which records hold a byte before the numbers, or a line end, that must not be there."""
    head = lines[:, : layout.numbers_start]
    wrong = (_classes().take(head) & _wanted(layout) == 0).any(axis=1)
    for field in layout.fields:
        if field.kind in ("code", "number") and field.start < layout.numbers_start:
            blank = head[:, field.start : field.end] == BLANK
            if field.kind == "code":  # nothing behind a blank
                wrong |= (blank[:, :-1] & ~blank[:, 1:]).any(axis=1)
            else:  # no blank behind a digit, and a digit at the end
                wrong |= (~blank[:, :-1] & blank[:, 1:]).any(axis=1) | blank[:, -1]
    wrong |= (lines[:, layout.length :] != np.frombuffer(LINE_END, dtype=np.uint8)).any(axis=1)
    return np.asarray(wrong)


def small_number(lines: Bytes, field: Field) -> NDArray[np.int64]:
    """Values of a narrow number field that was checked."""
    values = np.zeros(len(lines), dtype=np.int64)
    for place in range(field.start, field.end):
        values = values * 10 + (lines[:, place] & 0x0F)  # a blank counts as nought
    return values


def text(lines: Bytes, field: Field) -> pa.Array:
    """Text of a field that was checked, right-trimmed."""
    cut = np.ascontiguousarray(lines[:, field.start : field.end])
    fixed = pa.Array.from_buffers(pa.binary(field.width), len(lines), [None, pa.py_buffer(cut)])
    return pc.ascii_rtrim(fixed.cast(pa.binary()).cast(pa.string()), " ")


def refuse_first(
    layout: Layout, lines: Bytes, wrong: NDArray[np.bool_], place: str, first_record: int = 1
) -> None:
    """Name the first wrong record, if there is one.

    Raises
    ------
    RecordError
        There is one.
    """
    if wrong.any():
        index = int(wrong.argmax())
        record = Record(layout, lines[index].tobytes(), place, first_record + index)
        raise record.wrong() or SchemaError("a record is refused", where=f"{place}, record {record.number:,}")


@cache
def _classes() -> NDArray[np.uint8]:
    """For every byte, one bit per kind of field that allows it."""
    table = np.zeros(256, dtype=np.uint8)
    for bit, allowed in enumerate(ALLOWED.values()):
        table[list(allowed)] |= 1 << bit
    return table


@cache
def _wanted(layout: Layout) -> NDArray[np.uint8]:
    """For every byte of a record before the numbers, the bit of its field's kind."""
    wanted = np.zeros(layout.numbers_start, dtype=np.uint8)
    for field in layout.fields:
        if field.start < layout.numbers_start:
            wanted[field.start : field.end] = 1 << list(ALLOWED).index(field.kind)
    return wanted


def _numbers(layout: Layout, lines: Bytes, place: str) -> dict[str, pa.Array]:
    count = 2 * len(layout.measures)
    values = np.empty((count, len(lines)), dtype=np.int64)
    for start in range(0, len(lines), ROWS_AT_A_TIME):
        rows = slice(start, start + ROWS_AT_A_TIME)
        found, wrong = numbers.parse(lines[rows], layout.numbers_start, count)
        refuse_first(layout, lines[rows], np.asarray(wrong.any(axis=1)), place, first_record=start + 1)
        values[:, rows] = found.T
    names = [field.name for field in layout.fields if field.start >= layout.numbers_start]
    return {name: pa.array(column) for name, column in zip(names, values, strict=True)}


def _refuse_repeated(layout: Layout, table: pa.Table, lines: Bytes, place: str) -> None:
    """Name the first record whose key stood before."""
    parts = [table.column(name).cast(pa.string()) for name in layout.key]
    if pc.count_distinct(pc.binary_join_element_wise(*parts, "|")).as_py() == table.num_rows:
        return
    keys = zip(*(table.column(name).to_pylist() for name in layout.key), strict=True)
    seen: dict[tuple[object, ...], int] = {}
    for index, key in enumerate(keys):
        if key in seen:
            raise Record(layout, lines[index].tobytes(), place, index + 1).repeated(seen[key] + 1)
        seen[key] = index
