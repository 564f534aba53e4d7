"""An answer as an Excel workbook."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import xlsxwriter

from techbalance.errors import ParameterError

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer

NUMBER_FORMATS: Final = {"money": "#,##0;\u2212#,##0", "ratio": "0.0000", "count": "0", "number": "General"}
# Excel keeps 15 digits of a number, and so many rows and characters; what is beyond would be lost in silence.
LARGEST_EXACT: Final = 10**15
MOST_ROWS: Final = 1_048_575
LONGEST_TEXT: Final = 32_767


def write_workbook(answer: Answer, file: BinaryIO) -> None:
    """Write one sheet of rows and one of columns, notes and sources.

    Raises
    ------
    ParameterError
        There are more rows than a sheet holds.
    """
    if answer.arrow.num_rows > MOST_ROWS:
        raise ParameterError(
            f"a sheet holds {MOST_ROWS:,} rows, the answer has {answer.arrow.num_rows:,}",
            remedy="Write it as parquet or csv, or ask for fewer rows",
        )
    with xlsxwriter.Workbook(file, {"in_memory": True, "nan_inf_to_errors": False}) as book:
        _rows_sheet(book, answer)
        _about_sheet(book, answer)


def _rows_sheet(book: Any, answer: Answer) -> None:  # noqa: ANN401 - xlsxwriter carries no types
    sheet = book.add_worksheet(answer.question.name[:31])
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {kind: book.add_format({"num_format": text}) for kind, text in NUMBER_FORMATS.items()}
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for place, (name, column) in enumerate(answer.columns.items()):
        sheet.write_string(0, place, name, head)
        sheet.set_column(place, place, 18 if column.kind == "money" else 24 if column.kind == "name" else 14)
        for line, value in enumerate(answer.arrow[name].to_pylist(), start=1):
            if value is None:
                continue
            if isinstance(value, dt.date):
                sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), day)
            elif isinstance(value, bool):
                sheet.write_boolean(line, place, value)
            elif isinstance(value, (int, float)) and abs(value) < LARGEST_EXACT:
                sheet.write_number(line, place, value, formats.get(column.kind))
            else:
                sheet.write_string(line, place, _cut(str(value)))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, answer.arrow.num_rows, max(answer.arrow.num_columns - 1, 0))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 5]} [..]"


def _about_sheet(book: Any, answer: Answer) -> None:  # noqa: ANN401 - xlsxwriter carries no types
    sheet = book.add_worksheet("about")
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100, wrap)
    lines = [("command", answer.command), ("reference", answer.reference), ("answer", answer.answer_id)]
    lines += [("note", note) for note in answer.notes]
    lines += [
        (name, f"{column.says}{f' [{column.unit}]' if column.unit else ''}")
        for name, column in answer.columns.items()
    ]
    for one in answer.source_ids:
        facts = answer.store.sources.get(one, {})
        lines.append(
            (one, "; ".join(str(facts[key]) for key in ("publisher", "title", "licence") if key in facts))
        )
    for line, (name, text) in enumerate(lines):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, _cut(text))
