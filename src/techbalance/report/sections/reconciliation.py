"""Do the ten-digit products add up to what the publisher printed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.report.blocks import Heading, Section
from techbalance.report.drafting import Draft
from techbalance.report.grids import Field, grid

if TYPE_CHECKING:
    from techbalance.report.inquiry import Inquiry

_LINES: Final = {
    "exact_usd": "In the list of the year itself",
    "nearest_usd": "In the nearest list held",
    "parent_usd": "Newer than that list, parent wholly in one group",
    "rebuilt_usd": "Rebuilt total",
    "published_usd": "Published total",
    "residual_usd": "Residual: rebuilt less published",
    "undecided_usd": "Undecided, counted as zero",
    "not_atp_usd": "Outside the list",
}

_SUBTITLE: Final = (
    "Sum of ten-digit products in the list against the publisher's total, whole US dollars. A residual "
    "below half the last printed digit is rounding."
)


def section(inquiry: Inquiry) -> Section:
    """Ask for the reconciliation of imports."""
    answer = inquiry.ask("reconcile", flow="import")
    rows = [row for row in answer.rows() if row["rebuilt_usd"] is not None]
    years = [row["year"] for row in rows]
    lines = [
        {"line": says, "note": None} | {str(row["year"]): row[name] for row in rows}
        for name, says in _LINES.items()
    ]
    fields = [Field("line", "Imports, US dollars", "words")]
    fields += [Field(str(year), str(year), "usd") for year in years]
    return Section(
        id="reconciliation",
        title="Does the detail add up?",
        prose=(_rule(rows), _undecided(rows)),
        blocks=(
            Draft(inquiry, [answer], origins.census("imports")).table(
                Heading("rebuilt-totals", _finding(rows), _SUBTITLE), grid(lines, fields)
            ),
        ),
    )


def _finding(rows: list[dict[str, Any]]) -> str:
    widest = max(abs(row["residual_usd"]) for row in rows)
    span = text.listing([str(row["year"]) for row in rows])
    return f"Ten-digit imports rebuild the published totals of {span} to within {text.money(widest)}"


def _rule(rows: list[dict[str, Any]]) -> str:
    lists = text.listing(sorted({str(row["list_year"]) for row in rows}))
    return (
        f"The list of advanced technology products used here is that of {lists}, the nearest that is held. "
        "A product code born after it counts if its eight-digit parent is on the list and wholly in one "
        "group."
    )


def _undecided(rows: list[dict[str, Any]]) -> str:
    shares = [
        f"{text.money(row['undecided_usd'])} in {row['year']}"
        for row in rows
        if row["undecided_usd"] is not None
    ]
    return (
        f"Codes whose parent is mixed or absent stay undecided: {text.listing(shares)}. They count as zero, "
        "and the total without them meets the published one."
    )
