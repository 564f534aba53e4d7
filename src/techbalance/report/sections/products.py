"""Which ten-digit products are largest, and who supplies them?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.charts.products import product_suppliers
from techbalance.report.blocks import Section
from techbalance.report.detail import product_years
from techbalance.report.drafting import chart, table
from techbalance.report.grids import Field, grid

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Table
    from techbalance.report.inquiry import Inquiry

_LISTED = 20
_FIELDS = (
    Field("rank", "Rank", "count"),
    Field("code", "Code", "code"),
    Field("product_name", "Product, as the tariff names it", "words"),
    Field("value_usd", "Imports, $bn", "bn"),
    Field("previous_rank", "Rank the year before", "count"),
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
            chart(inquiry, product_suppliers, [pairs], origins.census("imports"), year=year),
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
        f"{text.counted(len(values), 'ten-digit product')} of the list were imported in {year}; the largest {count} "
        "of them make half of the value. Imports only, as above."
    )


def _list(inquiry: Inquiry, ranks: Answer, year: int) -> Table:
    rows = sorted((row for row in ranks.rows() if row["rank"] is not None), key=lambda row: row["rank"])
    shown = [row | {"code": text.tariff_code(row["product"]), "note": None} for row in rows[:_LISTED]]
    risen = [row for row in shown if row["previous_rank"] is None or row["previous_rank"] > _LISTED]
    entered = "none was" if not risen else f"{len(risen)} {'was' if len(risen) == 1 else 'were'}"
    return table(
        inquiry,
        [ranks],
        origins.census("imports").basis,
        about=(
            "products-ranked",
            f"Of the {text.counted(len(shown), 'largest product')} of {year}, {entered} not among them the year before",
            "Billions of US dollars. The data file has every product.",
        ),
        grid=grid(shown, _FIELDS),
    )
