"""How large is the technology deficit beside the trade deficit, under each way to count that?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.charts import rows as origins
from techbalance.charts import text, titles
from techbalance.charts.denominators import deficit_ratios
from techbalance.report.blocks import Heading, Section
from techbalance.report.drafting import Draft
from techbalance.report.grids import Field, grid

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.inquiry import Inquiry

DENOMINATORS: Final = ("goods_census", "goods_bop", "goods_services_bop")
_FIELDS = (
    Field("named", "Trade deficit in", "words"),
    Field("deficit_ratio", "Technology deficit as % of it", "percent"),
    Field("denominator_usd", "Its balance, $bn", "bn"),
    Field("denominator_vintage", "Its vintage", "date"),
    Field("vintage", "Vintage of technology", "date"),
)
_MEANING = (
    "Each line is a ratio of two net balances, not a part of a whole: the technology deficit is divided by a "
    "trade deficit in which it is already netted against surpluses elsewhere, so that the ratio can pass "
    "100%. Which trade deficit is meant has to be said."
)


def section(inquiry: Inquiry) -> Section:
    """Ask for the balance under each denominator."""
    answers = ratios(inquiry)
    rows = pa.concat_tables([answer.arrow for answer in answers])
    year, latest = newest(answers)
    draft = Draft(inquiry, answers, origins.DENOMINATORS)
    return Section(
        id="trade-deficit",
        title="Its place in the trade deficit",
        prose=(_MEANING,),
        blocks=(
            draft.chart(deficit_ratios, rows=rows),
            draft.table(
                Heading(
                    "denominators",
                    f"One deficit, three ratios: {_spread(latest)} in {year}",
                    f"{year}, annual totals. Of each denominator the vintage nearest to the technology "
                    "figure's is read.",
                ),
                grid(latest, _FIELDS),
                rows=rows,
            ),
        ),
    )


def ratios(inquiry: Inquiry) -> list[Answer]:
    """Ask for the balance of every year under each denominator."""
    years = [row["year"] for row in inquiry.ask("balance").rows()]
    span = (min(years), max(years))
    return [inquiry.ask("balance", denominator=name, year=span) for name in DENOMINATORS]


def newest(answers: list[Answer]) -> tuple[int, list[dict[str, Any]]]:
    """Return the newest year in which every denominator gives a ratio, and its rows."""
    given = [
        {row["year"]: row for row in answer.rows() if row["deficit_ratio"] is not None} for answer in answers
    ]
    year = max(set.intersection(*[set(rows) for rows in given]))
    return year, [
        rows[year] | {"named": _upper(titles.denominator(rows[year]["denominator"]))} for rows in given
    ]


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _spread(rows: list[dict[str, Any]]) -> str:
    ratios = sorted(row["deficit_ratio"] for row in rows)
    return f"{text.percent(ratios[0])} to {text.percent(ratios[-1])}"
