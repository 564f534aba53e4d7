"""Which whole numbers stand in fields of fifteen bytes? Eight bytes at a time, every byte checked.

A field is digits with optional blanks in front, and at least one digit. Each is seen as two words of eight
bytes: a blank and bytes 1 to 7, and bytes 8 to 15. Taking the code of ``0`` from every byte leaves 0 to 9 for
a digit and 16 for a blank, and anything else for a byte that must not be there; the arithmetic on all eight
bytes at once follows from that. Most fields are a written zero, so those are told apart first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

WIDTH: Final = 15
HALF_VALUE: Final = 10**8  # the second word holds eight digits


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


def _every(byte: int) -> np.uint64:
    return np.uint64(int.from_bytes(bytes([byte]) * 8, "little"))


_FIRST_ZEROS: Final = _word(b" 0000000")
_FIRST_BLANK: Final = _word(b"        ")
_SECOND_ZEROS: Final = _word(b"00000000")
_SECOND_BLANK_ZERO: Final = _word(b"       0")
_CODE_OF_ZERO: Final = _every(0x30)
_LOW: Final = _every(0x0F)
_BLANK_BIT: Final = _every(0x10)
_HIGH_BITS: Final = _every(0xE0)
_SIX: Final = _every(0x06)
_PAIRS: Final = _word(b"\xff\0\xff\0\xff\0\xff\0")
_QUADS: Final = np.uint64(0x000000FF000000FF)
_LAST_BYTE: Final = np.uint64(56)
_1, _4, _8, _16, _32 = (np.uint64(bits) for bits in (1, 4, 8, 16, 32))


def parse(lines: NDArray[np.uint8], start: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Read ``count`` neighbouring fields of every line.

    Parameters
    ----------
    lines
        One row of bytes per record.
    start
        Where the first field begins.
    count
        How many fields.

    Returns
    -------
    values, wrong
        Values, one row per record and one column per field (0 where a field is wrong), and which are wrong.
    """
    shape = (len(lines), count)
    first = _words(lines, start, count) << _8 | np.uint64(0x20)
    second = _words(lines, start + WIDTH - 8, count)
    plain = (first == _FIRST_ZEROS) & (second == _SECOND_ZEROS)
    plain |= (first == _FIRST_BLANK) & (second == _SECOND_BLANK_ZERO)
    rest = np.flatnonzero(~plain)
    values = np.zeros(shape, dtype=np.int64)
    wrong = np.zeros(shape, dtype=np.bool_)
    if len(rest):
        read, refused = _parsed(first.ravel()[rest], second.ravel()[rest])
        read[refused] = 0
        values.ravel()[rest] = read
        wrong.ravel()[rest] = refused
    return values, wrong


def _words(lines: NDArray[np.uint8], start: int, count: int) -> Words:
    """Eight bytes from the start of each field, as one little-endian number each."""
    strides = (lines.strides[0], WIDTH)
    seen = (
        np.ndarray((len(lines), count), "<u8", lines, start, strides) if lines.size else np.empty((0, count))
    )
    return seen.astype(np.uint64)


def _parsed(first: Words, second: Words) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    first, second = first ^ _CODE_OF_ZERO, second ^ _CODE_OF_ZERO
    first_blanks, second_blanks = (first & _BLANK_BIT) >> _4, (second & _BLANK_BIT) >> _4
    wrong = _no_digit_or_blank(first, first_blanks) | _no_digit_or_blank(second, second_blanks)
    wrong |= _not_in_front(first_blanks) | _not_in_front(second_blanks)
    # Blanks may reach into the second word only where they fill the first, and never to the last byte.
    wrong |= (second_blanks != 0) & (first_blanks != _every(0x01))
    wrong |= second_blanks >> _LAST_BYTE != 0
    values = _value(first & _LOW) * np.uint64(HALF_VALUE) + _value(second & _LOW)
    return values.astype(np.int64), wrong


def _no_digit_or_blank(word: Words, blanks: Words) -> NDArray[np.bool_]:
    low = word & _LOW
    under_blank = (blanks << _4) - blanks  # fifteen in every byte that says blank
    found: NDArray[np.bool_] = (word & _HIGH_BITS | (low + _SIX) & _BLANK_BIT | low & under_blank) != 0
    return found


def _not_in_front(blanks: Words) -> NDArray[np.bool_]:
    """Whether a blank follows a digit: ones from the lowest byte up have no zero between them."""
    filled = (blanks << _8) - blanks
    found: NDArray[np.bool_] = filled & (filled + _1) != 0
    return found


def _value(digits: Words) -> Words:
    """Eight digits, the first in the lowest byte, as a number: pairs, then fours, then all eight."""
    pairs = digits * np.uint64(10) + (digits >> _8)
    low = (pairs & _QUADS) * np.uint64(100 + (1_000_000 << 32))
    high = (pairs >> _16 & _QUADS) * np.uint64(1 + (10_000 << 32))
    return low + high >> _32
