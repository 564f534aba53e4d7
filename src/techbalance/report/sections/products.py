"""Which ten-digit products are largest, and who supplies them?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.charts.products import product_suppliers
from techbalance.report.blocks import Heading, Section
from techbalance.report.detail import product_years
from techbalance.report.drafting import Draft
from techbalance.report.grids import Field, grid

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Table
    from techbalance.report.inquiry import Inquiry

_IMPORTS = origins.census("imports")
_LISTED = 15
_FIELDS = (
    Field("named", "Product, as the tariff names it", "words"),
    Field("value_usd", "Imports, $bn", "bn"),
    Field("rank", "Rank", "count"),
    Field("previous_rank", "Year before", "count"),
    Field("code", "Code", "code"),
)


def section(inquiry: Inquiry) -> Section:
    """Ask for every product and partner of the newest year, and for the ranking of products."""
    _, year = product_years(inquiry)
    pairs = inquiry.ask("balance", by="product,partner", year=year)
    ranks = inquiry.ask("rank", by="product", year=year, flow="import")
    return Section(
        id="products",
        title="The largest products",
        prose=(_counted(ranks, year),),
        blocks=(
            Draft(inquiry, [pairs], _IMPORTS).chart(product_suppliers, year=year),
            _list(inquiry, ranks, year),
        ),
    )


def _counted(ranks: Answer, year: int) -> str:
    """State how many products are traded, and how few make half of the imports."""
    values = [row["value_usd"] for row in ranks.rows() if row["value_usd"]]
    half, count, summed = sum(values) / 2, 0, 0
    for value in sorted(values, reverse=True):
        summed, count = summed + value, count + 1
        if summed >= half:
            break
    return (
        f"{text.counted(len(values), 'ten-digit product')} of the list were imported in {year}; the largest "
        f"{count} of them make half of the value. Imports only, as above."
    )


def _list(inquiry: Inquiry, ranks: Answer, year: int) -> Table:
    rows = sorted((row for row in ranks.rows() if row["rank"] is not None), key=lambda row: row["rank"])
    shown = [
        row
        | {
            "named": text.sentence(row["product_name"]),
            "code": text.tariff_code(row["product"]),
            "note": None,
        }
        for row in rows[:_LISTED]
    ]
    risen = [row for row in shown if row["previous_rank"] is None or row["previous_rank"] > _LISTED]
    entered = "none was" if not risen else f"{len(risen)} {'was' if len(risen) == 1 else 'were'}"
    title = f"Of the {len(shown)} largest products of {year}, {entered} not among them the year before"
    subtitle = "Billions of US dollars. The data file has every product."
    draft = Draft(inquiry, [ranks], _IMPORTS)
    return draft.table(Heading("products-ranked", title, subtitle), grid(shown, _FIELDS))
