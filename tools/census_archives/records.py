"""How is a figure written into its bytes? Fixed-width records of a layout, whole columns at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from techbalance.sources.census_archive.layouts import LINE_END

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from techbalance.sources.census_archive.layouts import Layout

    Bytes = NDArray[np.uint8]

Padding = Literal["zeros", "blanks"]
NUMBER_WIDTH = 15
BLANK, ZERO = 32, 48


def lines(
    layout: Layout,
    heads: Mapping[str, NDArray[np.bytes_]],
    month: NDArray[np.int64] | None = None,
    year_to_date: NDArray[np.int64] | None = None,
    padding: Padding = "zeros",
) -> Bytes:
    """Write records, one row of bytes each.

    Parameters
    ----------
    layout
        Of the record.
    heads
        Bytes of every head field, one element per record.
    month, year_to_date
        One row per record, one column per measure of the layout.
    padding
        What stands in front of a number.
    """
    count = len(next(iter(heads.values())))
    written = np.full((count, layout.line), BLANK, dtype=np.uint8)
    for name, values in heads.items():
        field = layout.by_name[name]
        wide = np.ascontiguousarray(values.astype(f"S{field.width}"))
        cells = wide.view(np.uint8).reshape(count, field.width)
        written[:, field.start : field.end] = np.where(cells == 0, BLANK, cells)
    at = layout.numbers_start
    for block in (month, year_to_date):
        if block is not None:
            wide_block = digits(block, padding)
            written[:, at : at + wide_block.shape[1]] = wide_block
            at += wide_block.shape[1]
    written[:, layout.length :] = np.frombuffer(LINE_END, dtype=np.uint8)
    return written


def digits(values: NDArray[np.int64], padding: Padding) -> Bytes:
    """Write each number into fifteen bytes; rows stay rows.

    Raises
    ------
    ValueError
        A number is below zero or has more than fifteen digits.
    """
    rows, columns = values.shape
    if values.size and not 0 <= values.min() <= values.max() < 10**NUMBER_WIDTH:
        raise ValueError("a number does not fit fifteen digits")
    cells = np.empty((rows, columns, NUMBER_WIDTH), dtype=np.uint8)
    high, low = np.divmod(values, 10**8)
    for part, first, last in ((low, 7, 15), (high, 0, 7)):
        rest = part.astype(np.uint32)
        for place in range(last - 1, first - 1, -1):
            rest, digit = np.divmod(rest, np.uint32(10))
            cells[:, :, place] = digit + ZERO
    if padding == "blanks":
        for place in range(NUMBER_WIDTH - 1):
            cells[:, :, place][values < 10 ** (NUMBER_WIDTH - 1 - place)] = BLANK
    return cells.reshape(rows, columns * NUMBER_WIDTH)


def table(layout: Layout, rows: Sequence[Mapping[str, str]]) -> Bytes:
    """Write a look-up: every row gives the text of every field."""
    heads = {name: np.array([row[name] for row in rows], dtype=bytes) for name in layout.by_name}
    return lines(layout, heads)
