"""Which ten-digit products are imported from a partner or in a group, and what moved?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.charts.change import change_waterfall
from techbalance.charts.products import product_suppliers
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
    """Ask for the change of every product, and in a group for who supplies the largest."""
    before, year = years(inquiry, subject)
    change = inquiry.ask("change", by="product", flow="import", from_=before, to=year, **subject.only)
    drawn = (
        Draft(inquiry, [change], _IMPORTS, subject.within).chart(
            change_waterfall, years=(before, year), by="product"
        )
        if subject.kind == "partner"
        else _suppliers(inquiry, subject, year)
    )
    return Section(
        id="products",
        title=f"The largest products {subject.within}",
        prose=(_counted(change.rows(), year, subject),),
        blocks=(drawn, _table(inquiry, change, subject, (before, year))),
    )


def _suppliers(inquiry: Inquiry, subject: Subject, year: int) -> Chart:
    pairs = inquiry.ask("balance", by="product,partner", year=year, **subject.only)
    return Draft(inquiry, [pairs], _IMPORTS, subject.within).chart(product_suppliers, year=year)


def _counted(rows: list[dict[str, Any]], year: int, subject: Subject) -> str:
    """State how many products were imported, and what the largest made."""
    values = sorted((row["to_usd"] for row in rows if row["to_usd"]), reverse=True)
    if not values:
        return f"No product of the list was imported {subject.within} in {year}."
    few = values[:_LISTED]
    share = text.percent(sum(few) / sum(values), 0)
    return (
        f"{text.counted(len(values), 'ten-digit product')} of the list were imported {subject.within} in "
        f"{year}; the largest {len(few)} made {share} of the value."
    )


def _table(inquiry: Inquiry, change: Answer, subject: Subject, span: tuple[int, int]) -> Table:
    traded = [row for row in change.rows() if row["to_usd"]]
    rows = sorted(traded, key=lambda row: -row["to_usd"])
    shown = [
        row
        | {"named": text.sentence(row["product_name"] or ""), "code": text.tariff_code(row["product"])}
        | {"note": None}
        for row in rows[:_LISTED]
    ]
    rose = sum((row["change_usd"] or 0) > 0 for row in shown)
    title = f"Of the {len(shown)} largest products of {span[1]}, {rose} grew since {span[0]}"
    fields = (
        Field("named", "Product, as the tariff names it", "words"),
        Field("from_usd", f"{span[0]}, $bn", "bn"),
        Field("to_usd", f"{span[1]}, $bn", "bn"),
        Field("change_usd", "Change, $bn", "bn"),
        Field("code", "Code", "code"),
    )
    subtitle = f"Imports {subject.within}, billions of US dollars. The data file has every product."
    draft = Draft(inquiry, [change], _IMPORTS, subject.within)
    return draft.table(Heading("products-listed", title, subtitle), grid(shown, fields))
