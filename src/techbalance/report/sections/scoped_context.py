"""What stands beside a partner's technology trade: all goods, and charges for intellectual property?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.charts.annual import annual_balance
from techbalance.errors import QuestionError
from techbalance.report.blocks import Heading, Section
from techbalance.report.drafting import Draft
from techbalance.report.grids import Field, grid

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Chart, Table
    from techbalance.report.inquiry import Inquiry
    from techbalance.report.subject import Subject

_SPAN = 10
_FIELDS = (
    Field("year", "Year", "code"),
    Field("receipts_usd", "Receipts, $bn", "bn"),
    Field("payments_usd", "Payments, $bn", "bn"),
    Field("balance_usd", "Balance, $bn", "bn"),
)
_MEANING = (
    "Goods of all kinds are on the same basis as advanced technology products, which are a part of them. "
    "Charges for the use of intellectual property are services, of the partner with the whole world, and are "
    "not netted against goods."
)


def section(inquiry: Inquiry, subject: Subject) -> Section:
    """Ask for the balance in all goods, and where the partner is a country for its charges."""
    goods = inquiry.ask("balance", series="goods_census", **subject.only)
    charges = _charges(inquiry, subject)
    found: list[Chart | Table] = []
    if any(row["balance_usd"] is not None and row["months"] == 12 for row in goods.rows()):
        whole = f"goods of all kinds with {subject.words}"
        found.append(Draft(inquiry, [goods], origins.CENSUS).chart(annual_balance, subject=whole))
    if charges is not None:
        found.append(_table(inquiry, charges, subject))
    return Section(
        id="context", title="Beside it: all goods, and ideas", prose=(_MEANING,), blocks=tuple(found)
    )


def _charges(inquiry: Inquiry, subject: Subject) -> Answer | None:
    """Ask for the charges of one country; an area, or a name the source does not know, has none."""
    try:
        newest = inquiry.ask("ip", country=subject.given)
        rows = [row for row in newest.rows() if row["balance_usd"] is not None]
        if len({row["country"] for row in rows}) != 1:
            return None
        last = max(int(row["year"]) for row in rows)
        return inquiry.ask("ip", country=subject.given, year=(last - _SPAN, last))
    except QuestionError:
        return None


def _table(inquiry: Inquiry, charges: Answer, subject: Subject) -> Table:
    rows = [row for row in charges.rows() if row["balance_usd"] is not None]
    last = rows[-1]
    usd = last["balance_usd"]
    who = text.country(last["country_name"], opening=True)
    title = f"{who} had a {text.side(usd)} of {text.size(usd)} in intellectual property in {last['year']}"
    subtitle = (
        f"Charges for the use of intellectual property, {subject.words} with the world, billions of US "
        "dollars."
    )
    draft = Draft(inquiry, [charges], origins.WORLD_BANK)
    return draft.table(Heading("ideas", title, subtitle), grid(rows, _FIELDS))
