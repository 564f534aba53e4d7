"""How does one value stand in a cell of an Excel workbook? By the kind of its column, with nothing lost."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMATS: Final = {
    "money": "#,##0;\u2212#,##0;0",
    "ratio": "0.0000",
    "count": "#,##0",
    "number": "General",
}
DAY: Final = "yyyy-mm-dd"
WIDTHS: Final = {"money": 20, "name": 34, "text": 60, "ratio": 14, "date": 12}
PLAIN_WIDTH: Final = 14
# Excel keeps 15 digits of a number, and so many rows and characters; what is beyond would be lost in silence.
LARGEST_EXACT: Final = 10**15
MOST_ROWS: Final = 1_048_575
LONGEST_TEXT: Final = 32_767


class Cells:
    """Writes values into the sheets of one workbook.

    Parameters
    ----------
    book
        The workbook of xlsxwriter, which carries no types.
    """

    def __init__(self, book: Any) -> None:  # noqa: ANN401
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._day = book.add_format({"num_format": DAY, "align": "left"})
        self._numbers = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}

    def column(self, sheet: Any, place: int, kind: str, values: Iterable[object], *, top: int) -> None:  # noqa: ANN401
        """Write the values of one column from line ``top`` on, as wide as its kind needs."""
        sheet.set_column(place, place, WIDTHS.get(kind, PLAIN_WIDTH))
        for line, value in enumerate(values, start=top):
            self.write(sheet, line, place, value, kind)

    def write(self, sheet: Any, line: int, place: int, value: object, kind: str) -> None:  # noqa: ANN401
        """Write one value: a day as a day, a number exactly, all else as text; nothing stays empty."""
        if value is None:
            return
        if isinstance(value, dt.date):
            sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), self._day)
        elif isinstance(value, bool):
            sheet.write_boolean(line, place, value)
        elif isinstance(value, (int, float)) and abs(value) < LARGEST_EXACT:
            sheet.write_number(line, place, value, self._numbers.get(kind))
        else:
            words = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
            sheet.write_string(line, place, cut(words))


def cut(words: str) -> str:
    """Cut a text to what a cell holds, and say so."""
    return words if len(words) <= LONGEST_TEXT else f"{words[: LONGEST_TEXT - 5]} [..]"
