"""How much hangs on a partner, or how few suppliers a group hangs on, and what if they fail?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.charts.stress import stress_waterfall
from techbalance.report.blocks import Heading, Section
from techbalance.report.drafting import Draft
from techbalance.report.grids import Field, grid

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Table
    from techbalance.report.inquiry import Inquiry
    from techbalance.report.subject import Subject

_IMPORTS = origins.census("imports")
_EVERY, _LISTED = 1_000_000, 12
_FIELDS = (
    Field("named", "Product, as the tariff names it", "words"),
    Field("imports_usd", "Imports, $bn", "bn"),
    Field("top_partner_name", "Largest supplier", "words"),
    Field("top_share", "Its share, %", "percent"),
    Field("suppliers", "Suppliers", "count"),
)
_MEANING = (
    "A share counts imports only: what is made at home is not held, so it says how imports would have to be "
    "replaced, and not how much of use they are."
)


def section(inquiry: Inquiry, subject: Subject) -> Section:
    """Ask which products have the partner for their largest supplier, or how the group's are concentrated."""
    if subject.kind == "partner":
        led = inquiry.ask("dependence", on=subject.given, top=_EVERY)
        shock = inquiry.ask("stress", without=subject.given)
        drawn = Draft(inquiry, [shock], _IMPORTS).chart(stress_waterfall, who=subject.words)
        return Section(
            id="dependence",
            title=f"What hangs on {subject.words}",
            prose=(_MEANING,),
            blocks=(_table(inquiry, led, _led(led, subject)), drawn),
        )
    screened = inquiry.ask("dependence", top=_EVERY, **subject.only)
    return Section(
        id="dependence",
        title="How few suppliers it hangs on",
        prose=(_MEANING,),
        blocks=(_table(inquiry, screened, _concentrated(screened, subject)),),
    )


def _led(led: Answer, subject: Subject) -> str:
    rows = [row for row in led.rows() if row["imports_usd"] is not None]
    usd = sum(row["imports_usd"] for row in rows)
    if not rows:
        return f"No product has {subject.words} for its largest supplier"
    opening = text.counted(len(rows), "product")
    return (
        f"{opening}, {text.money(usd)} of imports in {rows[0]['year']}, "
        f"{'has' if len(rows) == 1 else 'have'} {subject.words} for the largest supplier"
    )


def _concentrated(screened: Answer, subject: Subject) -> str:
    rows = [row for row in screened.rows() if row["top_share"] is not None]
    more = [row for row in rows if row["top_share"] > 0.5]
    total = sum(row["imports_usd"] for row in rows)
    share = sum(row["imports_usd"] for row in more) / total if total else 0
    return (
        f"One supplier makes more than half of {len(more)} of {text.counted(len(rows), 'product')} "
        f"{subject.within}: {text.percent(share, 0)} of their imports in {rows[0]['year']}"
    )


def _table(inquiry: Inquiry, answer: Answer, title: str) -> Table:
    rows = sorted(answer.rows(), key=lambda row: -(row["imports_usd"] or 0))
    shown = [
        row | {"named": text.sentence(row["product_name"] or ""), "note": None}
        for row in rows[:_LISTED]
        if row["product"] is not None
    ]
    subtitle = (
        "Imports of the product from all partners, billions of US dollars, and the part of the largest "
        "supplier. The data file has every product."
    )
    draft = Draft(inquiry, [answer], _IMPORTS)
    return draft.table(Heading("suppliers", title, subtitle), grid(shown, _FIELDS))
