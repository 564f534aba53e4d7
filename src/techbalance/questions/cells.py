"""How does one value stand in a cell of an Excel workbook? By the kind of its column, with nothing lost."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMATS: Final = {
    "money": "#,##0;\u2212#,##0;0",
    "ratio": "0.0000;\u22120.0000",
    "count": "#,##0;\u2212#,##0",
    "number": "General",
}
DAY: Final = "yyyy-mm-dd"
WIDTHS: Final = {"money": 20, "name": 34, "text": 44, "ratio": 14, "date": 12}
PLAIN_WIDTH: Final = 14
ROOM_FOR_A_FILTER: Final = 4
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
        above = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        self.head = book.add_format(above)
        self._head_of_numbers = book.add_format({**above, "align": "right"})
        self._day = book.add_format({"num_format": DAY, "align": "left"})
        self._numbers = {
            kind: book.add_format({"num_format": text, "valign": "top"}) for kind, text in FORMATS.items()
        }

    def column(
        self,
        sheet: Any,  # noqa: ANN401
        corner: tuple[int, int],
        head: tuple[str, str],
        values: Iterable[object],
    ) -> None:
        """Write one column, as wide as its kind and its name need.

        Parameters
        ----------
        sheet
            The sheet.
        corner
            Line and place of its head; the values stand below.
        head
            Its name and its kind.
        values
            Its values.
        """
        (top, place), (name, kind) = corner, head
        sheet.write_string(top, place, name, self._head_of_numbers if kind in FORMATS else self.head)
        sheet.set_column(place, place, max(WIDTHS.get(kind, PLAIN_WIDTH), len(name) + ROOM_FOR_A_FILTER))
        for line, value in enumerate(values, start=top + 1):
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
