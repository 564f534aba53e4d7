"""Which technology groups come from which partners, who leads, and what moved since the year before?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.charts.change import change_waterfall
from techbalance.charts.heat_map import group_partner_heat_map
from techbalance.charts.ranking import ranked_bars
from techbalance.report.blocks import Section
from techbalance.report.detail import product_years
from techbalance.report.drafting import Draft

if TYPE_CHECKING:
    from techbalance.report.blocks import Chart
    from techbalance.report.inquiry import Inquiry

_IMPORTS = origins.census("imports")
_IMPORTS_ONLY = (
    "This section is about imports only. Ten-digit imports are held by group, partner and product; exports "
    "are not, so no group and no partner has a balance here."
)


def section(inquiry: Inquiry) -> Section:
    """Ask for the pairs of both years, both rankings and both decompositions of the change."""
    before, year = product_years(inquiry)
    pairs = inquiry.ask("balance", by="group,partner", year=(before, year))
    maps = [
        Draft(inquiry, [pairs], _IMPORTS).chart(group_partner_heat_map, year=one) for one in (year, before)
    ]
    ranks = [_rank(inquiry, by, year) for by in ("partner", "group")]
    changes = [_change(inquiry, by, before, year) for by in ("partner", "group")]
    total = inquiry.ask("change", by="group", flow="import", from_=before, to=year)
    return Section(
        id="groups-and-partners",
        title=f"Groups and partners, {before} and {year}",
        prose=(_IMPORTS_ONLY, _moved(total.rows(), before, year)),
        blocks=(maps[0], replace(maps[1], folded=True), ranks[0], changes[0], ranks[1], changes[1]),
    )


def _rank(inquiry: Inquiry, by: str, year: int) -> Chart:
    answer = inquiry.ask("rank", by=by, year=year, flow="import")
    return Draft(inquiry, [answer], _IMPORTS).chart(ranked_bars, year=year, by=by)


def _change(inquiry: Inquiry, by: str, before: int, year: int) -> Chart:
    answer = inquiry.ask("change", by=by, flow="import", from_=before, to=year)
    return Draft(inquiry, [answer], _IMPORTS).chart(change_waterfall, years=(before, year), by=by)


def _moved(rows: list[dict[str, Any]], before: int, year: int) -> str:
    """State the total of both years, and how many groups rose and fell."""
    first, last = (sum(row[name] for row in rows) for name in ("from_usd", "to_usd"))
    rose = sum(row["change_usd"] > 0 for row in rows)
    fell = sum(row["change_usd"] < 0 for row in rows)
    course = "rose" if last > first else "fell"
    return (
        f"Imports of advanced technology products {course} from {text.money(first)} in {before} to "
        f"{text.money(last)} in {year}: {rose} of {len(rows)} groups grew and {fell} shrank."
    )
