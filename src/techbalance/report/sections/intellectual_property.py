"""Who is paid for ideas, which receipts follow tax, and how much of the deficit in things do they cover?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.charts.intellectual_property import intellectual_property
from techbalance.report.blocks import Heading, Section
from techbalance.report.drafting import Draft
from techbalance.report.grids import Field, grid

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Table
    from techbalance.report.inquiry import Inquiry

_LARGEST: Final = 15
"""Countries drawn; the year drawn is the newest in which all of them have reported both sides."""
_SPAN: Final = 10
BESIDE: Final = origins.Origin(
    "World Bank and US Census Bureau", "services on balance-of-payments basis beside goods on Census basis"
)
"""Where a cover ratio comes from: two accounts, set side by side."""
_COVER = (
    Field("year", "Year", "code"),
    Field("receipts_usd", "Receipts, $bn", "bn"),
    Field("payments_usd", "Payments, $bn", "bn"),
    Field("balance_usd", "Balance, $bn", "bn"),
    Field("atp_balance_usd", "Technology balance, $bn", "bn"),
    Field("atp_cover_ratio", "Cover, %", "percent"),
)


def section(inquiry: Inquiry) -> Section:
    """Ask for the newest year the largest receivers have reported, and for the cover of the deficit."""
    year = common_year(inquiry)
    countries = inquiry.ask("ip", year=year)
    cover = covered(inquiry)
    return Section(
        id="intellectual-property",
        title="Ideas beside things: intellectual property",
        prose=(
            f"Charges for the use of intellectual property are services, not goods. {year} is drawn: it is "
            f"the newest year for which the {_LARGEST} largest receivers have all reported both sides. "
            "Receipts of conduit economies may be profits shifted there; they are marked, and no figure is "
            "changed.",
        ),
        blocks=(
            Draft(inquiry, [countries], origins.WORLD_BANK).chart(intellectual_property, year=year),
            cover_table(inquiry, cover),
        ),
    )


def common_year(inquiry: Inquiry) -> int:
    """Return the newest year in which every one of the largest receivers has both sides."""
    newest = inquiry.ask("ip").rows()
    largest = sorted(newest, key=lambda row: -(row["receipts_usd"] or 0))[:_LARGEST]
    return min(int(row["year"]) for row in largest)


def covered(inquiry: Inquiry) -> Answer:
    """Ask for the United States' balance beside the technology deficit, ten years up to the newest."""
    last = next(int(row["year"]) for row in inquiry.ask("ip").rows() if row["country"] == "USA")
    return inquiry.ask("ip", country="USA", year=(last - _SPAN, last), cover=True)


def newest_cover(answer: Answer) -> dict[str, Any]:
    """Return the newest row that has a cover."""
    return max(
        (row for row in answer.rows() if row["atp_cover_ratio"] is not None), key=lambda row: row["year"]
    )


def cover_table(inquiry: Inquiry, answer: Answer) -> Table:
    """List the balance beside the technology deficit, year by year, with its cover."""
    rows = [row for row in answer.rows() if row["balance_usd"] is not None]
    last, first = newest_cover(answer), next(row for row in rows if row["atp_cover_ratio"] is not None)
    title = (
        f"The surplus in intellectual property equalled {text.percent(last['atp_cover_ratio'])} of the "
        f"technology deficit in {last['year']}, against {text.percent(first['atp_cover_ratio'])} in "
        f"{first['year']}"
    )
    subtitle = (
        "United States, billions of US dollars. Cover: balance in intellectual property (services, "
        "balance-of-payments basis) over the deficit in advanced technology products (goods, Census basis). "
        "They are two accounts, set side by side and not netted."
    )
    without_notes = [row | {"note": None} for row in rows]
    draft = Draft(inquiry, [answer], BESIDE)
    return draft.table(Heading("ip-cover", title, subtitle), grid(without_notes, _COVER))
