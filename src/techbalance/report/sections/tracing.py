"""How is a figure of the page followed to its bytes, and how is it cited?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.report.blocks import Section, Tracing
from techbalance.report.sections.intellectual_property import covered, newest_cover
from techbalance.report.trail import trail_of

if TYPE_CHECKING:
    from techbalance.report.inquiry import Inquiry


def section(inquiry: Inquiry) -> Section:
    """Trace and cite the newest balance of the United States in intellectual property."""
    year = newest_cover(covered(inquiry))["year"]
    answer = inquiry.ask("ip", country="USA", year=year)
    traced = inquiry.ask("trace", what=answer.reference).rows()
    cited = inquiry.ask("cite", what=answer.reference).rows()
    return Section(
        id="tracing",
        title="How to trace and cite a figure",
        prose=(
            "Under every figure stand the command that recomputes it and the command that traces it: from "
            "the figure to the formula, the stored rows, the source, the file it was read from and that "
            "file's hash.",
        ),
        blocks=(
            Tracing(
                trail=trail_of(inquiry, [answer], origins.WORLD_BANK.basis),
                lines=tuple(_line(row) for row in traced),
                citations=tuple(row["citation"] for row in cited),
            ),
        ),
    )


def _line(row: dict[str, Any]) -> tuple[str, str, str]:
    """Write one step of a trace: its kind, what stands there, and value, file or hash."""
    value = None if row["value_usd"] is None else f"{text.number(row['value_usd'], 0)} dollars"
    parts = [value, row["vintage"] and f"as of {row['vintage']}", row["file"], row["record"]]
    hashed = row["sha256"] and f"SHA-256 {row['sha256']}"
    return row["step"], row["what"] or "", " \u00b7 ".join(part for part in (*parts, hashed) if part)
