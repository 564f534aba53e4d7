"""How does a report become an Excel workbook? A sheet per table, with title, notes and sources."""

from __future__ import annotations

import io
import re
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from techbalance.questions.cells import Cells, cut
from techbalance.questions.parameters.columns import COLUMNS
from techbalance.report.blocks import Chart, Sources, Statements
from techbalance.report.sections.claims import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from techbalance.report.blocks import Table
    from techbalance.report.page import Report

_DIFFERENCES: Final = (
    ("exports_usd", "imports_usd", "balance_usd"),
    ("receipts_usd", "payments_usd", "balance_usd"),
    ("to_usd", "from_usd", "change_usd"),
    ("rebuilt_usd", "published_usd", "residual_usd"),
)
"""Columns of which the first less the second is the third."""
_A4: Final = 9
_LINE_POINTS: Final = 15
_HEAD_LINE: Final = 3
"""Line of the heads of a table; title and unit stand above."""
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
        self.cells = Cells(book)
        self.head = self.cells.head
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.link = book.add_format({"font_color": "#0072b2", "underline": 1})
        self.checks: list[tuple[str, str, str, int]] = []

    def write(self) -> None:
        """Write every sheet; the contents come first, with a link to each."""
        contents = self.book.add_worksheet("Contents")
        self._key_figures()
        for block in self.report.blocks:
            self._table(block)
        self._adds_up()
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
        self._for_print(sheet)
        sheet.set_row(_HEAD_LINE, _LINE_POINTS + 3)
        sheet.repeat_rows(0, _HEAD_LINE)
        return sheet

    def _for_print(self, sheet: Any) -> None:  # noqa: ANN401
        """Set a sheet up for paper: one page wide, heads repeated, its name and page at the foot."""
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&8&A&R&8&P / &N")

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
        self._for_print(sheet)

    def _key_figures(self) -> None:
        sheet = self._sheet("Key figures", self.report.title, "Each with its source and command")
        rows = [
            (one.name, one.exact, one.value, one.says, one.trail.credit, one.trail.steps[0].command)
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
        self._note_checks(sheet.get_name(), block.rows, end)
        sheet.freeze_panes(4, 1)
        sheet.autofilter(3, 0, max(end - 1, 3), len(columns) - 1)
        notes = [] if chart else list(block.grid.footnotes)
        if block.trail is not None:
            notes += [f"Source: {block.trail.credit}"]
            notes += [f"Recompute: {step.command}" for step in block.trail.steps]
            notes += [f"Trace: techbalance trace '{step.reference}'" for step in block.trail.steps[:1]]
        for line, note in enumerate(notes, start=end + 1):
            sheet.write_string(line, 0, note, self.grey)

    def _columns(self, sheet: Any, rows: Any) -> int:  # noqa: ANN401
        for place, name in enumerate(rows.column_names):
            known = COLUMNS.get(name)
            kind = known.kind if known else "money" if name.endswith("_usd") else "text"
            self.cells.column(sheet, (_HEAD_LINE, place), (name, kind), rows[name].to_pylist())
            if known:
                unit = f" ({known.unit})" if known.unit else ""
                sheet.write_comment(_HEAD_LINE, place, f"{known.says}{unit}")
        return int(4 + rows.num_rows)

    def _note_checks(self, sheet: str, rows: Any, end: int) -> None:  # noqa: ANN401
        """Take note of what has to hold between columns of a sheet, as a formula and its result."""
        names = rows.column_names
        for first, second, third in _DIFFERENCES:
            if not {first, second, third} <= set(names):
                continue
            a, b, c = (
                f"'{sheet}'!{xl_range_abs(4, names.index(one), end - 1, names.index(one))}"
                for one in (first, second, third)
            )
            listed = zip(*(rows[one].to_pylist() for one in (first, second, third)), strict=True)
            off = sum(abs((x or 0) - (y or 0) - z) for x, y, z in listed if z is not None)
            formula = f"=SUMPRODUCT(ISNUMBER({c})*ABS({a}-{b}-{c}))"
            self.checks.append((sheet, f"{first} less {second} is {third}", formula, off))

    def _adds_up(self) -> None:
        """Let the reader's own program add up: each formula gives the dollars by which a table is off."""
        if not self.checks:
            return
        sheet = self._sheet(
            "Adds up", "Do the tables add up?", "Dollars by which a table is off, worked out by this workbook"
        )
        for place, (head, width) in enumerate((("Sheet", 34), ("What has to hold", 60), ("Off by", 14))):
            sheet.write_string(_HEAD_LINE, place, head, self.head)
            sheet.set_column(place, place, width)
        for line, (name, says, formula, off) in enumerate(self.checks, start=4):
            sheet.write_url(line, 0, f"internal:'{name}'!A1", self.link, string=name)
            sheet.write_string(line, 1, says)
            sheet.write_formula(line, 2, formula, None, off)
        sheet.freeze_panes(4, 0)

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
                    self.cells.write(sheet, line, place, value, "money" if abs(value) >= 1 else "ratio")
                else:
                    sheet.write_string(line, place, cut(str(value)), self.wrap)
            # Not every program makes a row as high as its text; Excel takes no row above 409 points.
            lines = max(ceil(len(str(value)) / width) for value, width in zip(row, widths, strict=True))
            sheet.set_row(line, min(max(lines, 1) * _LINE_POINTS, 409))
        sheet.freeze_panes(4, 1)
