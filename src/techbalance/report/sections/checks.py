"""Does what is held add up, and what is held?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.charts import text
from techbalance.report.blocks import Heading, Section, Table
from techbalance.report.grids import Field, grid

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.inquiry import Inquiry

_CHECKS = (
    Field("check", "Check", "words"),
    Field("status", "Result", "words"),
    Field("rows", "Rows compared", "count"),
    Field("table", "Table", "code"),
)
_HELD = (
    Field("table", "Table", "code"),
    Field("series", "Series", "code"),
    Field("first_period", "From", "code"),
    Field("last_period", "To", "code"),
    Field("rows", "Rows", "count"),
    Field("vintages", "Vintages", "count"),
    Field("vintage", "Newest", "date"),
)


def section(inquiry: Inquiry) -> Section:
    """Ask for the data checks and for what is held."""
    return Section(
        id="checks",
        title="Data checks",
        prose=(
            "These checks run over the stored tables each time the report is made. A check that fails shows "
            "its rows here.",
        ),
        blocks=(_checked(inquiry.ask("check")), _held(inquiry.ask("status"))),
    )


def _checked(answer: Answer) -> Table:
    rows = answer.rows()
    failed = sorted({row["check"] for row in rows if row["status"] == "fail"})
    title = (
        f"{text.counted(len(failed), 'check')} failed: {text.listing(failed)}"
        if failed
        else f"All {len(rows)} checks passed"
    )
    fields = _CHECKS if not failed else (*_CHECKS, Field("where", "Failing row", "words"))
    heading = Heading("data-checks", title, f"Recompute with {answer.command}.")
    return Table(heading, grid(rows, fields), answer.arrow, trail=None)


def _held(answer: Answer) -> Table:
    rows = [row | {"note": None} for row in answer.rows()]
    tables = len({row["table"] for row in rows})
    total = sum(row["rows"] for row in rows)
    title = f"{text.counted(total, 'row')} in {text.counted(tables, 'table')} are held"
    kept = [name for name in answer.arrow.column_names if name != "age_days"]
    # The age counts days to today; without it the same store makes the same page.
    subtitle = f"Tables and series, their periods and vintages. Recompute with {answer.command}."
    heading = Heading("held", title, subtitle)
    return Table(heading, grid(rows, _HELD), answer.arrow.select(kept), trail=None, folded=True)
