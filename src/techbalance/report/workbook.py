"""How does a report become an Excel workbook? A sheet per table, with title, notes and sources."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from techbalance.questions.parameters.columns import COLUMNS
from techbalance.report.blocks import Chart, Sources, Statements
from techbalance.report.sections.claims import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from techbalance.report.blocks import Table
    from techbalance.report.page import Report
    from techbalance.report.trail import Trail

MONEY: Final = "#,##0;\u2212#,##0;0"
LARGEST_EXACT: Final = 10**15
"""Excel keeps fifteen digits of a number; a larger one is written as text, so that none is lost."""
LONGEST_TEXT: Final = 32_767
_FORMATS: Final = {"money": MONEY, "ratio": "0.0000", "count": "#,##0", "number": "General"}
_WIDTHS: Final = {"money": 20, "name": 34, "text": 60, "ratio": 14, "date": 12}
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")


def as_workbook(report: Report) -> bytes:
    """Write a report as a workbook: contents, key figures, tables with exact dollars, claims, sources."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": report.title, "author": f"techbalance {report.release}"})
        _Writer(book, report).write()
    return made.getvalue()


class _Writer:
    """Writes the sheets of one workbook.

    Parameters
    ----------
    book
        The workbook.
    report
        What is written.
    """

    def __init__(self, book: Any, report: Report) -> None:  # noqa: ANN401 - xlsxwriter carries no types
        self.book = book
        self.report = report
        self.names: dict[str, str] = {}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.grey = book.add_format({"font_color": "#5c6168"})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.link = book.add_format({"font_color": "#0072b2", "underline": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.numbers = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}

    def write(self) -> None:
        """Write every sheet; the contents come first, with a link to each."""
        contents = self.book.add_worksheet("Contents")
        self._key_figures()
        for block in self.report.blocks:
            self._table(block)
        for one in self._of(Statements):
            self._statements(one)
        for one in self._of(Sources):
            self._sources(one)
        self._contents(contents)

    def _of(self, kind: type[Any]) -> Iterator[Any]:
        for section in self.report.sections:
            yield from (block for block in section.blocks if isinstance(block, kind))

    def _sheet(self, name: str, title: str, subtitle: str) -> Any:  # noqa: ANN401
        """Add a sheet with a title; names are unique, without what Excel forbids, and at most 31 long."""
        plain = _FORBIDDEN.sub(" ", name)[:31]
        place = 2
        while plain.lower() in {taken.lower() for taken in self.names}:
            plain = f"{_FORBIDDEN.sub(' ', name)[:27]} {place}"
            place += 1
        self.names[plain] = title
        sheet = self.book.add_worksheet(plain)
        sheet.write_string(0, 0, title, self.title)
        sheet.write_string(1, 0, subtitle, self.grey)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _contents(self, sheet: Any) -> None:  # noqa: ANN401
        report = self.report
        sheet.write_string(0, 0, report.title, self.title)
        by = f"techbalance {report.release}, store {report.store_version}"
        made = f"{by}. Whole dollars; a deficit is negative."
        sheet.write_string(1, 0, made, self.grey)
        for line, (name, title) in enumerate(self.names.items(), start=3):
            sheet.write_url(line, 0, f"internal:'{name}'!A1", self.link, string=name)
            sheet.write_string(line, 1, title)
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 1, 110)
        sheet.hide_gridlines(2)

    def _key_figures(self) -> None:
        sheet = self._sheet("Key figures", self.report.title, "Each with its source and command")
        rows = [
            (one.name, one.exact, one.value, one.says, _credit(one.trail), one.trail.steps[0].command)
            for one in self.report.key_figures
        ]
        heads = ("Figure", "Exact value", "As read", "What it says", "Source", "Recompute with")
        self._rows(sheet, heads, rows, widths=(34, 22, 14, 60, 60, 50))

    def _table(self, block: Chart | Table) -> None:
        chart = isinstance(block, Chart)
        title = block.figure.title if isinstance(block, Chart) else block.heading.title
        subtitle = block.figure.subtitle if isinstance(block, Chart) else block.heading.subtitle
        sheet = self._sheet(block.id, title, subtitle)
        columns = block.rows.column_names
        end = self._columns(sheet, block.rows)
        sheet.freeze_panes(4, 0)
        sheet.autofilter(3, 0, max(end - 1, 3), len(columns) - 1)
        notes = [] if chart else list(block.grid.footnotes)
        if block.trail is not None:
            notes += [f"Source: {_credit(block.trail)}"]
            notes += [f"Recompute: {step.command}" for step in block.trail.steps]
            notes += [f"Trace: techbalance trace '{step.reference}'" for step in block.trail.steps[:1]]
        for line, note in enumerate(notes, start=end + 1):
            sheet.write_string(line, 0, note, self.grey)

    def _columns(self, sheet: Any, rows: Any) -> int:  # noqa: ANN401
        for place, name in enumerate(rows.column_names):
            known = COLUMNS.get(name)
            kind = known.kind if known else "money" if name.endswith("_usd") else "text"
            sheet.write_string(3, place, name, self.head)
            if known:
                unit = f" ({known.unit})" if known.unit else ""
                sheet.write_comment(3, place, f"{known.says}{unit}")
            sheet.set_column(place, place, _WIDTHS.get(kind, 14))
            for line, value in enumerate(rows[name].to_pylist(), start=4):
                self._cell(sheet, line, place, value, kind)
        return int(4 + rows.num_rows)

    def _cell(self, sheet: Any, line: int, place: int, value: object, kind: str) -> None:  # noqa: ANN401
        if value is None:
            return
        if isinstance(value, dt.date):
            sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), self.day)
        elif isinstance(value, bool):
            sheet.write_boolean(line, place, value)
        elif isinstance(value, (int, float)) and abs(value) < LARGEST_EXACT:
            sheet.write_number(line, place, value, self.numbers.get(kind))
        else:
            text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
            sheet.write_string(line, place, text[:LONGEST_TEXT])

    def _statements(self, block: Statements) -> None:
        sheet = self._sheet(f"Claims {block.id}", block.title, block.finding)
        rows = [
            (
                one.claim_id,
                one.text,
                one.stated,
                one.recomputed,
                VERDICTS[one.verdict],
                one.reason,
                one.command,
            )
            for one in block.statements
        ]
        heads = ("Id", "Statement, in our own words", "Stated", "Recomputed", "Verdict", "Why", "Check with")
        self._rows(sheet, heads, rows, widths=(9, 60, 22, 30, 20, 80, 36))

    def _sources(self, block: Sources) -> None:
        sheet = self._sheet(
            "Sources", "Sources of the figures in this workbook", "With the hash of every file"
        )
        rows = [
            (
                one.source_id,
                *(
                    str(one.facts.get(name, ""))
                    for name in ("publisher", "title", "vintage", "licence", "address")
                ),
                file["file"],
                file["sha256"],
            )
            for one in block.sources
            for file in one.facts.get("files", [])
        ]
        heads = ("Source", "Publisher", "Title", "Vintage", "Licence", "Official page", "File", "SHA-256")
        self._rows(sheet, heads, rows, widths=(28, 26, 60, 12, 24, 50, 44, 66))

    def _rows(
        self,
        sheet: Any,  # noqa: ANN401
        heads: Sequence[str],
        rows: Sequence[Sequence[object]],
        *,
        widths: Sequence[int],
    ) -> None:
        for place, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.write_string(3, place, head, self.head)
            sheet.set_column(place, place, width, self.wrap)
        for line, row in enumerate(rows, start=4):
            for place, value in enumerate(row):
                if isinstance(value, (int, float)):
                    sheet.write_number(line, place, value, self.wrap)
                else:
                    sheet.write_string(line, place, str(value)[:LONGEST_TEXT], self.wrap)
        sheet.freeze_panes(4, 0)


def _credit(trail: Trail) -> str:
    return f"{trail.publisher}; {trail.basis}; {trail.vintage}."
