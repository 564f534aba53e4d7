"""Read records of the detail with a compiled loop: the same answer as ``plain``, one record at a time.

Everything that is compiled stands in this one file, since the compiler's cache looks for changes in no other.
The cache is kept beside this file, or in the user's cache folder where that cannot be written; where neither
can, the loop is compiled anew in each process. The loop holds no Python object and releases the interpreter.
"""

# The compiler finds the types of what it compiles by itself.
# ruff: noqa: ANN401

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from techbalance.sources.census_archive.books import BOUND, MOST_CODES, UNKNOWN, Books
from techbalance.sources.census_archive.explain import ALLOWED, BLANK

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from techbalance.sources.census_archive.detail import Sink

WIDTH: Final = 15
NO_RECORD: Final = np.int64(-1)
# Control files that imports have; exports have one less.
GROUPINGS: Final = 4


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


# See ``numbers`` for the arithmetic; here every field is handled by itself.
FIRST_ZEROS: Final = _word(b" 0000000")
FIRST_BLANK: Final = _word(b"        ")
SECOND_ZEROS: Final = _word(b"00000000")
SECOND_BLANK_ZERO: Final = _word(b"       0")
FRONT_BLANK: Final = np.uint64(BLANK)
LOW: Final = _word(b"\x0f" * 8)
BLANK_BIT: Final = _word(b"\x10" * 8)
HIGH_BITS: Final = _word(b"\xe0" * 8)
SIX: Final = _word(b"\x06" * 8)
QUADS: Final = np.uint64(0x000000FF000000FF)
TO_LOW: Final = np.uint64(100 + (1_000_000 << 32))
TO_HIGH: Final = np.uint64(1 + (10_000 << 32))
TEN: Final = np.uint64(10)
SECOND_HALF: Final = np.uint64(10**8)
NOUGHT: Final = np.uint64(0)
ONE: Final = np.uint64(1)
S4, S8, S16, S32, S56 = (np.uint64(bits) for bits in (4, 8, 16, 32, 56))
CODE_ALLOWED: Final = np.array([byte in ALLOWED["code"] for byte in range(256)])


def _kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile on first use, and keep the machine code where there is a place for it."""
    try:
        compiled: Callable[..., Any] = njit(nogil=True, cache=True)(function)
    except RuntimeError:  # neither beside this file nor in the user's cache folder
        compiled = njit(nogil=True)(function)
    return compiled


@intrinsic
def _load(_: Any, data: Any, at: Any) -> Any:
    """Eight bytes of ``data`` from ``at`` on as one little-endian number, wherever they begin."""

    def written(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        return builder.load(builder.bitcast(place, ir.IntType(64).as_pointer()), align=1)

    return types.uint64(data, types.int64), written


@njit
def _value(low: Any) -> Any:
    """Eight digits, the first in the lowest byte, as a number."""
    pairs = low * TEN + (low >> S8)
    return ((pairs & QUADS) * TO_LOW + (pairs >> S16 & QUADS) * TO_HIGH) >> S32


@njit
def _wrong(word: Any) -> Any:
    """Not zero where a byte is neither digit nor blank, or a blank follows a digit."""
    low, blanks = word & LOW, word & BLANK_BIT
    ones = blanks >> S4
    filled = (ones << S8) - ones
    under = low & (blanks - ones)
    return (word & HIGH_BITS) | ((low + SIX) & BLANK_BIT) | under | (filled & (filled + ONE))


@njit
def _number(data: Any, at: Any) -> Any:
    """The number in fifteen bytes, and beside it not zero where there is none."""
    first = _load(data, at) << S8 | FRONT_BLANK
    second = _load(data, at + 7)
    if first == FIRST_ZEROS:
        if second == SECOND_ZEROS:
            return NOUGHT, NOUGHT
    elif first == FIRST_BLANK and second == SECOND_BLANK_ZERO:
        return NOUGHT, NOUGHT
    second = second ^ SECOND_ZEROS
    wrong = _wrong(second)
    value = _value(second & LOW)
    if first == FIRST_BLANK:
        return value, wrong | (second & BLANK_BIT) >> S56
    wrong |= second & BLANK_BIT
    if first != FIRST_ZEROS:
        first = first ^ SECOND_ZEROS
        wrong |= _wrong(first)
        value += _value(first & LOW) * SECOND_HALF
    return value, wrong


@njit
def _digits(data: Any, at: Any, width: Any) -> Any:
    """The number of a code that is digits throughout; below zero where it is not."""
    code = np.int64(0)
    for place in range(at, at + width):
        digit = np.int64(data[place]) - 48
        if digit < 0 or digit > 9:
            return NO_RECORD
        code = code * 10 + digit
    return code


@njit
def _slot(data: Any, at: Any) -> Any:
    """Two bytes as one number."""
    return np.int64(data[at]) | np.int64(data[at + 1]) << 8


@njit
def _numbered(data: Any, at: Any, table: Any, seen: Any, which: Any) -> Any:
    """The number of a code of two bytes without a look-up; a new code gets the next one."""
    slot = _slot(data, at)
    index = table[which, slot]
    if index < 0 and seen[which] < MOST_CODES:
        first, second = data[at], data[at + 1]
        blank_inside = first == BLANK and second != BLANK
        if CODE_ALLOWED[first] and CODE_ALLOWED[second] and not blank_inside:
            index = seen[which]
            table[which, slot] = index
            seen[which] += 1
    return np.int64(index)


@njit
def _add(sums: Any, records: Any, group: Any, values: Any) -> Any:
    """Add a record to the sums of its group, which stay at the bound once they reach it."""
    records[group] += 1
    for column in range(len(values)):
        sums[group, column] = min(sums[group, column] + values[column], BOUND)


def _read(  # noqa: PLR0911, PLR0912, PLR0913, PLR0915, PLR0917
    data: Any,
    form: Any,
    dates: Any,
    products: Any,
    countries: Any,
    districts: Any,
    code_index: Any,
    codes_seen: Any,
    sums: Any,
    records: Any,
    codes: Any,
    figures: Any,
    keys: Any,
    sizes: Any,
    filled: Any,
) -> Any:
    """Read records one after the other; the first wrong one, or -1, and how many rows are filled now.

    One function, since calls that pass many arrays cost more than the work of a record.
    """
    line, start, measures, exports = form
    # Taken out of their tuples once: taking an array out counts its users.
    sums_1, sums_2, sums_3, sums_4 = sums
    records_1, records_2, records_3, records_4 = records
    both = 2 * measures
    values = np.empty(both, dtype=np.int64)
    found = np.empty(len(sizes), dtype=np.int64)
    last_low, last_high, product = NOUGHT, NOUGHT, NO_RECORD
    year, month, other_month, january = dates
    for record in range(len(data) // line):
        at = record * line
        # Codes.
        product_at = at + exports
        low, high = _load(data, product_at), _load(data, product_at + 2)
        if low != last_low or high != last_high or product < 0:
            code = _digits(data, product_at, 10)
            product = np.searchsorted(products, code)
            if code < 0 or product >= len(products) or products[product] != code:
                return record, filled
            last_low, last_high = low, high
        country_code = _digits(data, product_at + 10, 4)
        if country_code < 0:
            return record, filled
        country = np.int64(countries[country_code])
        if exports:
            kind = np.int64(data[at]) - 49
            district = np.int64(districts[_slot(data, at + 15)])
            if kind < 0 or kind > 1 or country < 0 or district < 0:
                return record, filled
            found[0], found[1], found[2], found[3] = kind, product, country, district
            date_at = at + 17
        else:
            programme = _numbered(data, at + 14, code_index, codes_seen, 0)
            entry, unlading = districts[_slot(data, at + 16)], districts[_slot(data, at + 18)]
            provision = _numbered(data, at + 20, code_index, codes_seen, 1)
            if country < 0 or programme < 0 or entry < 0 or unlading < 0 or provision < 0:
                return record, filled
            found[0], found[1], found[2] = product, country, programme
            found[3], found[4], found[5] = entry, unlading, provision
            date_at = at + 22
        # Date and line end.
        told = _slot(data, date_at + 4)
        if _slot(data, date_at) | _slot(data, date_at + 2) << 16 != year:
            return record, filled
        if told not in (month, other_month) or _slot(data, at + line - 2) != 0x0A0D:
            return record, filled
        # Numbers.
        wrong = NOUGHT
        place = at + start
        for column in range(both):
            value, bad = _number(data, place)
            values[column] = np.int64(value)
            wrong |= bad
            place += WIDTH
        if wrong != NOUGHT:
            return record, filled
        trades, less, differs = np.int64(0), False, np.int64(0)
        for column in range(measures):
            trades |= values[column]
            less |= values[measures + column] < values[column]
            differs |= values[measures + column] ^ values[column]
        if less or (january and differs != 0):
            return record, filled
        # Sums and rows.
        if exports:
            _add(sums_1, records_1, kind * len(products) + product, values)
            _add(sums_2, records_2, country, values)
            _add(sums_3, records_3, district, values)
        else:
            _add(sums_1, records_1, product, values)
            _add(sums_2, records_2, country, values)
            _add(sums_3, records_3, np.int64(entry), values)
            _add(sums_4, records_4, np.int64(unlading), values)
        key = np.int64(0)
        for part in range(len(sizes)):
            key = key * sizes[part] + found[part]
        keys[record] = key
        if trades != 0:
            for part in range(len(sizes)):
                codes[part, filled] = found[part]
            for column in range(measures):
                figures[column, filled] = values[column]
            filled += 1
    return NO_RECORD, filled


_compiled = _kept(_read)


def take(lines: NDArray[np.uint8], books: Books, sink: Sink) -> int:
    """Check records, add them to the books and keep those with trade in the month: as ``plain.take``."""
    layout = books.detail
    exports = int("df" in layout.by_name)
    month = f"{sink.month:02d}".encode()
    blank_month = month.replace(b"0", b" ", 1) if sink.month < 10 else month
    keys = np.empty(len(lines), dtype=np.int64)
    spare = GROUPINGS - len(books.groupings)
    groupings = (*books.groupings, *books.groupings[:spare])
    wrong, filled = _compiled(
        lines.reshape(-1),
        (layout.line, layout.numbers_start, len(layout.measures), exports),
        (
            int.from_bytes(str(sink.year).encode(), "little"),
            int.from_bytes(month, "little"),
            int.from_bytes(blank_month, "little"),
            sink.month == 1,
        ),
        books.product_numbers,
        books.country_index,
        books.district_index,
        books.code_index,
        books.codes_seen,
        tuple(one.sums for one in groupings),
        tuple(one.records for one in groupings),
        sink.codes,
        sink.values,
        keys,
        np.array(sink.sizes, dtype=np.int64),
        sink.filled,
    )
    if wrong >= 0:
        return int(wrong)
    sink.records, sink.kept, sink.filled = (
        sink.records + len(lines),
        sink.kept + filled - sink.filled,
        int(filled),
    )
    sink.keys.append(keys)
    return UNKNOWN
