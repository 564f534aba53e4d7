"""What was imported from a partner by group, or in a group by partner, and what moved in a year?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.charts.annual import annual_balance
from techbalance.charts.change import change_waterfall
from techbalance.charts.ranking import ranked_bars
from techbalance.report.blocks import Heading, Section
from techbalance.report.drafting import Draft
from techbalance.report.grids import Field, grid
from techbalance.report.subject import years

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Chart, Table
    from techbalance.report.inquiry import Inquiry
    from techbalance.report.subject import Subject

_IMPORTS = origins.census("imports")
_LISTED = 15


def section(inquiry: Inquiry, subject: Subject) -> Section:
    """Ask for the parts of the subject's imports in both years, and for the balance."""
    before, year = years(inquiry, subject)
    by = other(subject)
    change = inquiry.ask("change", by=by, flow="import", from_=before, to=year, **subject.only)
    balance = inquiry.ask("balance", **subject.only)
    drawn = [_balance(inquiry, balance, subject)] if _has_balance(balance) else []
    return Section(
        id="parts",
        title=f"Imports {subject.within} by {by}, {before} and {year}",
        prose=(_moved(change.rows(), (before, year), subject), *_held(balance)),
        blocks=(
            *drawn,
            *([_rank(inquiry, subject, year)] if by == "partner" else []),
            Draft(inquiry, [change], _IMPORTS, subject.within).chart(
                change_waterfall, years=(before, year), by=by
            ),
            _table(inquiry, change, subject, (before, year)),
        ),
    )


def other(subject: Subject) -> str:
    """Return what the subject is broken down by: a partner by groups, a group by partners."""
    return "group" if subject.kind == "partner" else "partner"


def _has_balance(balance: Answer) -> bool:
    return any(row["balance_usd"] is not None for row in balance.rows())


def _balance(inquiry: Inquiry, balance: Answer, subject: Subject) -> Chart:
    link = "with" if subject.kind == "partner" else "in"
    whole = f"advanced technology products {link} {subject.words}"
    return Draft(inquiry, [balance], origins.CENSUS).chart(annual_balance, subject=whole)


def _rank(inquiry: Inquiry, subject: Subject, year: int) -> Chart:
    ranks = inquiry.ask("rank", by="partner", year=year, flow="import", **subject.only)
    return Draft(inquiry, [ranks], _IMPORTS, subject.within).chart(ranked_bars, year=year, by="partner")


def _held(balance: Answer) -> tuple[str, ...]:
    """Say which years have no balance, and why: the reasons of the answer itself."""
    reasons = dict.fromkeys(row["note"] for row in balance.rows() if row["note"])
    if not reasons:
        return ()
    said = "; ".join(str(reason).partition(": ")[2] or str(reason) for reason in reasons)
    return (f"{said[:1].upper()}{said[1:]}.",)


def _moved(rows: list[dict[str, Any]], span: tuple[int, int], subject: Subject) -> str:
    """State the total of both years, and how many parts rose and fell."""
    changes = [row for row in rows if row["change_usd"] is not None]
    first, last = (sum(row[name] for row in changes) for name in ("from_usd", "to_usd"))
    rose = sum(row["change_usd"] > 0 for row in changes)
    fell = sum(row["change_usd"] < 0 for row in changes)
    course = "rose" if last > first else "fell"
    return (
        f"Imports of advanced technology products {subject.within} {course} from {text.money(first)} in "
        f"{span[0]} to {text.money(last)} in {span[1]}: of {text.counted(len(changes), other(subject))}, "
        f"{rose} grew and {fell} shrank."
    )


def _table(inquiry: Inquiry, change: Answer, subject: Subject, span: tuple[int, int]) -> Table:
    by = other(subject)
    rows = sorted(change.rows(), key=lambda row: -(row["to_usd"] or 0))
    total = sum(row["to_usd"] or 0 for row in rows)
    shown = [
        row | {"share": row["to_usd"] / total if row["to_usd"] is not None and total else None}
        for row in rows[:_LISTED]
    ]
    first = shown[0]
    name = first[f"{by}_name"] or first[by]
    title = f"{name} made {text.percent(first['share'], 0)} of imports {subject.within} in {span[1]}"
    subtitle = "Billions of US dollars." + (" The data file has every row." if len(rows) > _LISTED else "")
    fields = (
        Field(f"{by}_name", by.capitalize(), "words"),
        Field("from_usd", f"{span[0]}, $bn", "bn"),
        Field("to_usd", f"{span[1]}, $bn", "bn"),
        Field("change_usd", "Change, $bn", "bn"),
        Field("share", f"Share of {span[1]}, %", "percent"),
    )
    draft = Draft(inquiry, [change], _IMPORTS, subject.within)
    return draft.table(Heading(f"{by}s", title, subtitle), grid(shown, fields))
