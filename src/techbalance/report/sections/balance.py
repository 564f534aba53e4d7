"""How has the balance moved since the record began, and when did it turn?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.charts.annual import annual_balance
from techbalance.charts.monthly import monthly_balance, with_calendar
from techbalance.report.blocks import Heading, Section
from techbalance.report.drafting import Draft
from techbalance.report.grids import Field, grid

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Table
    from techbalance.report.inquiry import Inquiry

_RECORDS = (
    Field("kind", "Record", "words"),
    Field("period", "Period", "words"),
    Field("value_usd", "Value, $bn", "bn"),
)


def section(inquiry: Inquiry) -> Section:
    """Ask for the years, the months and the records."""
    years, months = inquiry.ask("balance"), inquiry.ask("balance", by="month")
    records = inquiry.ask("records")
    return Section(
        id="balance",
        title=f"The balance since {_years_held(years)[0]}",
        prose=(turning_points(records.rows()),),
        blocks=(
            Draft(inquiry, [years], origins.CENSUS).chart(annual_balance),
            Draft(inquiry, [months], origins.CENSUS).chart(monthly_balance, rows=with_calendar(months.arrow)),
            _records(inquiry, records),
        ),
    )


def _years_held(years: Answer) -> list[int]:
    return [row["year"] for row in years.rows() if row["balance_usd"] is not None]


def turning_points(records: list[dict[str, Any]]) -> str:
    """Say in sentences how long surpluses and deficits ran, and which year fell the most."""
    found = {row["kind"]: row for row in records if row["superseded_by"] is None}
    said = []
    surplus = found.get("longest run of surpluses, years")
    if surplus is not None:
        best = found["largest surplus, year"]
        said.append(
            f"The United States sold more advanced technology than it bought in every year from "
            f"{_when(surplus['period'])}; the surplus was largest in {best['period']}, at "
            f"{text.size(best['value_usd'])}."
        )
    deficit = found.get("longest run of deficits, years")
    if deficit is not None:
        first, _, last = deficit["period"].partition(":")
        length = text.counted(int(last or first) - int(first) + 1, "year")
        said.append(
            f"The longest run of deficits goes from {_when(deficit['period'])}: {length} that add up to "
            f"{text.size(deficit['value_usd'])}."
        )
    fall = found.get("largest fall of the balance, year")
    if fall is not None:
        said.append(
            f"The balance fell most in {fall['period']}: by {text.size(fall['value_usd'])} within one year."
        )
    month = found.get("record deficit, month")
    if month is not None:
        named = _when(month["period"])
        usd = text.size(month["value_usd"])
        said.append(f"The largest deficit of a single month is {usd}, in {named}.")
    return " ".join(said)


def _records(inquiry: Inquiry, records: Answer) -> Table:
    """Show the records that stand; those that were broken are named above it, and in the data file."""
    rows = records.rows()
    standing = [
        row | {"kind": _upper(row["kind"]), "period": _when(row["period"])}
        for row in rows
        if row["superseded_by"] is None
    ]
    years = [row["period"] for row in rows if row["kind"] == "record deficit, year"]
    title = f"The record annual deficit was broken in {text.counted(len(years) - 1, 'year')} after {years[0]}"
    subtitle = (
        "Records that stand, billions of US dollars; of a run, the sum. Years that held the record deficit: "
        f"{text.years(int(year) for year in years)}. The data file has every record with what broke it."
    )
    draft = Draft(inquiry, [records], origins.CENSUS)
    return draft.table(Heading("records", title, subtitle), grid(standing, _RECORDS))


def _when(period: str) -> str:
    """Write a year, a month or a span of either as words: ``2002 to 2025``, ``July 2026``."""
    parts = [part.split("-") for part in period.split(":")]
    named = [text.month_name(int(part[0]), int(part[1])) if len(part) > 1 else part[0] for part in parts]
    return " to ".join(named)


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
