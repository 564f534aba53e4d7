"""How has the balance moved since the record began, and when did it turn?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.charts.annual import annual_balance
from techbalance.charts.monthly import monthly_balance
from techbalance.report.blocks import Section
from techbalance.report.drafting import chart, table
from techbalance.report.grids import Field, grid

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Table
    from techbalance.report.inquiry import Inquiry

_RECORDS = (
    Field("kind", "Record", "words"),
    Field("period", "Period", "code"),
    Field("value_usd", "Value, $bn", "bn"),
    Field("superseded_by", "Superseded by", "code"),
)


def section(inquiry: Inquiry) -> Section:
    """Ask for the years, the months and the records."""
    years, months = inquiry.ask("balance"), inquiry.ask("balance", by="month")
    records = inquiry.ask("records")
    return Section(
        id="balance",
        title=f"The balance since {_years_held(years)[0]}",
        prose=(_turning_points(records.rows()),),
        blocks=(
            chart(inquiry, annual_balance, [years], origins.CENSUS),
            chart(inquiry, monthly_balance, [months], origins.CENSUS, rows=with_calendar(months.arrow)),
            _records(inquiry, records),
        ),
    )


def with_calendar(rows: pa.Table) -> pa.Table:
    """Take ``month``, ``2024-07``, apart into a year and a month of numbers; rows without one are dropped."""
    rows = rows.filter(rows["month"].is_valid())
    parts = [text.split("-") for text in rows["month"].to_pylist()]
    columns = {"year": [int(year) for year, _ in parts], "month": [int(month) for _, month in parts]}
    rows = rows.drop_columns(["month"])
    for name, values in columns.items():
        rows = rows.append_column(name, pa.array(values, pa.int16()))
    return rows


def _years_held(years: Answer) -> list[int]:
    return [row["year"] for row in years.rows() if row["balance_usd"] is not None]


def _turning_points(records: list[dict[str, Any]]) -> str:
    """Say in sentences how long surpluses and deficits ran, and which year fell the most."""
    found = {row["kind"]: row for row in records if row["superseded_by"] is None}
    said = []
    surplus = found.get("longest run of surpluses, years")
    if surplus is not None:
        best = found["largest surplus, year"]
        said.append(
            f"The United States sold more advanced technology than it bought in every year from {_span(surplus)}; "
            f"the surplus was largest in {best['period']}, at {text.size(best['value_usd'])}."
        )
    deficit = found.get("longest run of deficits, years")
    if deficit is not None:
        first, last = _ends(deficit)
        said.append(
            f"The longest run of deficits goes from {_span(deficit)}, {text.counted(last - first + 1, 'year')} "
            f"that add up to {text.size(deficit['value_usd'])}."
        )
    fall = found.get("largest fall of the balance, year")
    if fall is not None:
        said.append(
            f"The balance fell most in {fall['period']}: by {text.size(fall['value_usd'])} within one year."
        )
    month = found.get("record deficit, month")
    if month is not None:
        year, number = (int(part) for part in month["period"].split("-"))
        named = text.month_name(year, number)
        said.append(f"The largest deficit of a single month is {text.size(month['value_usd'])}, in {named}.")
    return " ".join(said)


def _ends(row: dict[str, Any]) -> tuple[int, int]:
    first, _, last = row["period"].partition(":")
    return int(first), int(last or first)


def _span(row: dict[str, Any]) -> str:
    first, last = _ends(row)
    return f"{first} to {last}"


def _records(inquiry: Inquiry, records: Answer) -> Table:
    """Show every record of years, and of months those that stand."""
    shown = [row for row in records.rows() if "month" not in row["kind"] or row["superseded_by"] is None]
    years = [row for row in shown if row["kind"] == "record deficit, year"]
    kept = [row for row in years if row["superseded_by"] is None]
    title = (
        f"{text.counted(len(years), 'annual record')} since the first deficit; the one that stands is {kept[0]['period']}"
        if kept
        else "Records of the balance"
    )
    subtitle = (
        "Extremes and runs of the balance, billions of US dollars. Of months, only the records that stand; the "
        "data file has those that were superseded."
    )
    return table(
        inquiry,
        [records],
        origins.CENSUS.basis,
        about=("records", title, subtitle),
        grid=grid(shown, _RECORDS),
    )
