"""Which five figures open the page?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.charts import rows as origins
from techbalance.charts import text, titles
from techbalance.errors import NotCoveredError
from techbalance.report.blocks import KeyFigure
from techbalance.report.sections.denominators import newest, ratios
from techbalance.report.sections.intellectual_property import BESIDE, covered, newest_cover
from techbalance.report.trail import trail_of

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.inquiry import Inquiry


def key_figures(inquiry: Inquiry) -> tuple[KeyFigure, ...]:
    """Ask for the newest year, the record, the year so far, the ratio to goods, and intellectual property."""
    found = [_balance(inquiry), _record(inquiry)]
    so_far = year_to_date(inquiry)
    if so_far is not None:
        found.append(so_far)
    return (*found, _ratio(inquiry), _ideas(inquiry))


def headline(inquiry: Inquiry) -> str:
    """State the newest full year's balance, for the title of the page."""
    row = newest_two(inquiry).rows()[-1]
    usd = row["balance_usd"]
    return f"A {text.side(usd)} of {text.size(usd)} in advanced technology: US trade in {row['year']}"


def newest_two(inquiry: Inquiry) -> Answer:
    """Ask for the balance of the newest full year and of the year before.

    Raises
    ------
    NotCoveredError
        No full year is held.
    """
    years = [row["year"] for row in inquiry.ask("balance").rows() if row["balance_usd"] is not None]
    if not years:
        raise NotCoveredError(
            "no full year of the balance is held", remedy="Run techbalance status to see what is"
        )
    return inquiry.ask("balance", year=(max(years) - 1, max(years)))


def _balance(inquiry: Inquiry) -> KeyFigure:
    answer = newest_two(inquiry)
    before, row = answer.rows()
    usd, earlier, year = row["balance_usd"], before["balance_usd"], row["year"]
    parts = f"Exports of {text.money(row['exports_usd'])} less imports of {text.money(row['imports_usd'])}."
    if earlier is not None:
        parts += f" In {year - 1} it was a {text.side(earlier)} of {text.size(earlier)}."
    return KeyFigure(
        name=f"{text.side(usd).capitalize()} in {year}",
        value=text.size(usd),
        exact=usd,
        says=parts,
        trail=trail_of(inquiry, [answer], origins.CENSUS.basis),
    )


def _record(inquiry: Inquiry) -> KeyFigure:
    answer = inquiry.ask("records")
    years = [row for row in answer.rows() if row["kind"] == "record deficit, year"]
    held = next(row for row in years if row["superseded_by"] is None)
    unmade = [row for row in years if row["superseded_by"] == held["period"]]
    before = (
        f" The record it broke was {text.size(unmade[0]['value_usd'])}, in {unmade[0]['period']}."
        if unmade
        else ""
    )
    return KeyFigure(
        name="Year of the largest deficit on record",
        value=held["period"],
        exact=held["value_usd"],
        says=f"{text.size(held['value_usd'])}, of all full years held.{before}",
        trail=trail_of(inquiry, [answer], origins.CENSUS.basis),
    )


def year_to_date(inquiry: Inquiry) -> KeyFigure | None:
    """Set the year so far against the same months of the year before; None where no year is under way."""
    full = newest_two(inquiry).rows()[-1]["year"]
    answer = inquiry.ask("balance", year=(full, full + 1), ytd=True)
    before, row = answer.rows()
    usd, earlier, months = row["balance_usd"], before["balance_usd"], row["months"]
    if usd is None or earlier is None:
        return None
    last = text.MONTHS[months - 1]
    span = f"January to {last}" if months > 1 else last
    return KeyFigure(
        name=f"{text.side(usd).capitalize()} in {span} {full + 1}",
        value=text.size(usd),
        exact=usd,
        says=(
            f"Not a full year. The same months of {full} had a {text.side(earlier)} of {text.size(earlier)}."
        ),
        trail=trail_of(inquiry, [answer], origins.CENSUS.basis),
    )


def _ratio(inquiry: Inquiry) -> KeyFigure:
    answers = ratios(inquiry)
    year, rows = newest(answers)
    first = rows[0]
    others = [
        f"{text.percent(row['deficit_ratio'])} of the deficit in {titles.denominator(row['denominator'])}"
        for row in rows[1:]
    ]
    return KeyFigure(
        name=f"Of the goods deficit in {year}",
        value=text.percent(first["deficit_ratio"]),
        exact=first["deficit_ratio"],
        says=(
            f"The deficit in all goods, Census basis, was {text.size(first['denominator_usd'])}. The "
            f"ratio is {text.listing(others)}."
        ),
        trail=trail_of(inquiry, answers, origins.DENOMINATORS.basis),
    )


def _ideas(inquiry: Inquiry) -> KeyFigure:
    answer = covered(inquiry)
    row = newest_cover(answer)
    usd = row["balance_usd"]
    return KeyFigure(
        name=f"{text.side(usd).capitalize()} in intellectual property in {row['year']}",
        value=text.size(usd),
        exact=usd,
        says=(
            f"Receipts of {text.money(row['receipts_usd'])} less payments of "
            f"{text.money(row['payments_usd'])}. It equals {text.percent(row['atp_cover_ratio'])} of that "
            "year's technology deficit."
        ),
        trail=trail_of(inquiry, [answer], BESIDE.basis),
    )
