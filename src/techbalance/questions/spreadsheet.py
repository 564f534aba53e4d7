"""An answer as an Excel workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import xlsxwriter

from techbalance.errors import ParameterError
from techbalance.questions.cells import MOST_ROWS, Cells, cut

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer


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
    cells = Cells(book)
    for place, (name, column) in enumerate(answer.columns.items()):
        cells.column(sheet, (0, place), (name, column.kind), answer.arrow[name].to_pylist())
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, answer.arrow.num_rows, max(answer.arrow.num_columns - 1, 0))


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
        sheet.write_string(line, 1, cut(text))
