"""Read records of the detail with NumPy: what stands in where no compiled reader is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

from techbalance.sources.census_archive import numbers
from techbalance.sources.census_archive.books import BOUND, MOST_CODES, NUMBERED, UNKNOWN, Books
from techbalance.sources.census_archive.records import small_number, wrong_heads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from techbalance.sources.census_archive.detail import Sink

# Records looked at together: enough for the work to outweigh the calls, few enough for sums within 64 bits.
ROWS_AT_A_TIME: Final = 4096


def take(lines: NDArray[np.uint8], books: Books, sink: Sink) -> int:
    """Check records, add them to the books and keep those with trade in the month.

    Parameters
    ----------
    lines
        One row of bytes per record; not more than the sink has room for.
    books
        Codes and running sums.
    sink
        Where records with trade in the month go, and the keys of all.

    Returns
    -------
    int
        -1, or the first record that is wrong, counted from 0; the books are then worthless.
    """
    for start in range(0, len(lines), ROWS_AT_A_TIME):
        wrong = _take(lines[start : start + ROWS_AT_A_TIME], books, sink)
        if wrong >= 0:
            return start + wrong
    return UNKNOWN


def _take(lines: NDArray[np.uint8], books: Books, sink: Sink) -> int:
    layout = books.detail
    count = len(layout.measures)
    values, wrong_numbers = numbers.parse(lines, layout.numbers_start, 2 * count)
    wrong = wrong_heads(layout, lines) | wrong_numbers.any(axis=1)
    for name, wanted in (("year", sink.year), ("month", sink.month)):
        wrong |= small_number(lines, layout.by_name[name]) != wanted
    month, to_date = values[:, :count], values[:, count:]
    wrong |= ((to_date != month) if sink.month == 1 else (to_date < month)).any(axis=1)
    index = {name: _indexes(lines, name, books) for name in sink.names}
    for column in index.values():
        wrong |= column < 0
    if wrong.any():
        return int(wrong.argmax())
    for grouping in books.groupings:
        group = index[grouping.key[0]]
        if len(grouping.key) > 1:
            group = group * len(books.products) + index[grouping.key[1]]
        _add(grouping.sums, grouping.records, group, values)
    sink.put(index, values[:, :count], sink.pack(index))
    return UNKNOWN


def _indexes(lines: NDArray[np.uint8], name: str, books: Books) -> NDArray[np.int64]:
    """Number of a code in its list; below zero where the list lacks it."""
    field = books.detail.by_name[name]
    if name == "commodity":
        code = small_number(lines, field)
        at = np.minimum(np.searchsorted(books.product_numbers, code), len(books.product_numbers) - 1)
        return np.asarray(np.where(books.product_numbers[at] == code, at, UNKNOWN))
    if name == "cty_code":
        return np.asarray(books.country_index[small_number(lines, field)], dtype=np.int64)
    if name == "df":
        kind = lines[:, field.start].astype(np.int64) - ord("1")
        return np.asarray(np.where(kind <= 1, kind, UNKNOWN))
    slots = lines[:, field.start].astype(np.int64) | lines[:, field.start + 1].astype(np.int64) << 8
    if name not in NUMBERED:
        return np.asarray(books.district_index[slots], dtype=np.int64)
    which = NUMBERED.index(name)
    table = books.code_index[which]
    for new in np.unique(slots[table[slots] == UNKNOWN]):
        if books.codes_seen[which] < MOST_CODES:
            table[new] = books.codes_seen[which]
            books.codes_seen[which] += 1
    return np.asarray(table[slots], dtype=np.int64)


def _add(
    sums: NDArray[np.int64], records: NDArray[np.int64], group: NDArray[np.int64], values: NDArray[np.int64]
) -> None:
    """Add rows to the sums of their groups, which stay at the bound once they reach it."""
    touched, inverse, counts = np.unique(group, return_inverse=True, return_counts=True)
    rows = len(group)
    members = sparse.csr_array(
        (np.ones(rows, dtype=np.int64), inverse.ravel(), np.arange(rows + 1)), shape=(rows, len(touched))
    )
    # So many numbers of fifteen digits and a sum at its bound stay below 2**63.
    sums[touched] = np.minimum(sums[touched] + members.T @ values, BOUND)
    records[touched] += counts
