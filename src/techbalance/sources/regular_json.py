"""How is a large JSON answer read quickly? By its quotes, where every row is a list of as many plain texts.

Without a backslash a quote can only begin or end a text, so the places of the quotes tell everything: what
stands between two texts has to be a comma, and between two rows the same few signs each time. An answer of
any other form is left to the general reader; nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUOTE, COMMA, SPACE = ord('"'), ord(","), ord(" ")
WHITE: Final = b" \t\r\n"
# Places of texts are 32-bit numbers, in Arrow too.
LARGEST: Final = 2**31 - 1


@dataclass(frozen=True)
class Cells:
    """The texts of a regular answer.

    Parameters
    ----------
    header
        Texts of the first row.
    rows
        Rows after it.
    """

    header: list[str]
    rows: int
    _texts: pa.StringArray

    def column(self, at: int) -> pa.Array:
        """One column, without its head."""
        width = len(self.header)
        # Texts and what stands between them take turns.
        places = np.arange(width + at, width * (self.rows + 1), width, dtype=np.int64) * 2
        return self._texts.take(pa.array(places))


def cells(body: bytes) -> Cells | None:
    """Read an answer by its quotes; None where it is not of the regular form.

    Parameters
    ----------
    body
        An array of rows as the publisher sends it.
    """
    if len(body) > LARGEST or b"\\" in body or not _is_utf8(body):
        return None
    signs = np.frombuffer(body, dtype=np.uint8)
    quotes = np.flatnonzero(signs == QUOTE).astype(np.int32)
    if not len(quotes) or len(quotes) % 2:
        return None
    begins, ends = quotes[0::2], quotes[1::2]
    gaps = begins[1:] - ends[:-1] - 1
    wide = np.flatnonzero(gaps != 1)
    width = int(wide[0]) + 1 if len(wide) else len(begins)
    outside = body[: begins[0]].translate(None, WHITE), body[ends[-1] + 1 :].translate(None, WHITE)
    whole = outside == (b"[[", b"]]") and len(begins) % width == 0
    if not whole or not _is_regular(signs, ends[:-1], gaps, width, body) or _has_lines(signs, begins, ends):
        return None
    offsets = np.empty(len(quotes), dtype=np.int32)
    offsets[0::2], offsets[1::2] = begins + 1, ends
    texts = pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(body))
    header = texts.slice(0, 2 * width - 1).to_pylist()[::2]
    return Cells(header, len(begins) // width - 1, texts)


def _is_regular(
    signs: NDArray[np.uint8], ends: NDArray[np.int32], gaps: NDArray[np.int32], width: int, body: bytes
) -> bool:
    """Whether a comma stands between texts, and the same signs between rows."""
    between_rows = np.zeros(len(gaps), dtype=bool)
    between_rows[width - 1 :: width] = True
    inside = ends[~between_rows]
    if not (gaps[~between_rows] == 1).all() or not (signs[inside + 1] == COMMA).all():
        return False
    last = ends[between_rows]
    if not len(last):
        return True
    size = int(gaps[width - 1])
    if not (gaps[between_rows] == size).all():
        return False
    first = body[last[0] + 1 : last[0] + 1 + size]
    if first.translate(None, WHITE) != b"],[":
        return False
    return all((signs[last + 1 + at] == first[at]).all() for at in range(size))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _has_lines(signs: NDArray[np.uint8], begins: NDArray[np.int32], ends: NDArray[np.int32]) -> bool:
    """Whether a text holds a line end or the like, which no JSON text may."""
    places = np.flatnonzero(signs < SPACE)
    at = np.searchsorted(begins, places, side="right") - 1
    known = at >= 0
    return bool((places[known] < ends[at[known]]).any())
