"""Who is paid for ideas, who sells things, and whose value is in what is bought?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field as Given

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.errors import NotCoveredError, ParameterError
from techbalance.questions.parameters.declaration import Params
from techbalance.questions.parameters.texts import PartnerRef, Years
from techbalance.report.blocks import Heading, Section
from techbalance.report.grids import Field, grid
from techbalance.report.sections.intellectual_property import common_year, cover_table, covered, newest_cover
from techbalance.web.pages.controls import controls_of
from techbalance.web.pages.drafts import Gathering, chart, money, table
from techbalance.web.pages.page import Content, Link, Page, address

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Block, Table
    from techbalance.web.pages.controls import Control
    from techbalance.web.pages.page import Asker

ADDRESS: Final = "/ideas"
_COUNTRIES: Final = "USA,CHN,JPN,KOR,DEU"
_SPAN: Final = 15
"""Years of the paths, up to the newest with both figures."""
_HOME: Final = "USA"
_SHOWN: Final = 12
_NOTES: Final = 5
"""First notes on an interval; the others tell of single cells of the table, and stand with the question."""


class IdeasParams(Params):
    """Which countries, which year, and whose purchases?"""

    countries: PartnerRef = Given(
        default=PartnerRef((_COUNTRIES,)), description="Countries set side by side, by code or name"
    )
    year: Years | None = Given(
        default=None, description="Year of receipts and payments; the newest that the largest have reported"
    )
    buyer: PartnerRef = Given(
        default=PartnerRef((_HOME,)), description="Whose purchases are taken apart into value added"
    )


def compose(asker: Asker, params: IdeasParams) -> Content:
    """Compose the page: receipts and payments, the cover, paths and gap, conduits, value added."""
    if params.year and params.year.start != params.year.end:
        raise ParameterError("year: one year is shown", where=f"given {params.year}")
    year = params.year.start if params.year else common_year(asker)
    countries = asker.ask("ip", year=year)
    rows = [row for row in countries.rows() if row["receipts_usd"] is not None]
    cover, told = covered(asker), Gathering(*countries.notes)
    sections = (
        Section(
            "receipts",
            f"Receipts and payments, {year}",
            (_CHARGES,),
            told.held(
                partial(chart, asker, countries, origins.WORLD_BANK),
                partial(_conduits, asker, countries, rows, year),
            ),
        ),
        Section("beside", "Beside the deficit in things", (), told.held(partial(cover_table, asker, cover))),
        Section("paths", "From things to ideas?", (_PATHS,), _paths(asker, params, told)),
        Section(
            "value-added", "Value added in what is bought", (_VALUE_ADDED,), _value_added(asker, params, told)
        ),
    )
    return Content(
        kicker="Ideas and things",
        heading=_heading(rows, year),
        lead=_lead(cover),
        controls=_controls(params, year),
        sections=tuple(section for section in sections if section.blocks),
        links=(
            Link("Receipts and payments of every country", address("/questions/ip", year=year)),
            Link("Weight of industries by country", address("/questions/quotient")),
            Link("Whether research goes with exports", address("/questions/panel")),
        ),
        notes=told.notes,
    )


_CHARGES: Final = (
    "Charges for the use of intellectual property are services, not goods. Receipts of conduit economies may "
    "be profits shifted there; they are marked, and no figure is changed."
)
_PATHS: Final = (
    "Receipts for ideas beside exports of high technology, as the World Bank defines it, which is not the "
    "list of advanced technology products."
)
_VALUE_ADDED: Final = (
    "A thing bought from one country holds parts and work of others. Input-output tables give each its part, "
    "under the assumption that every buyer of a product takes the average mix of its origins."
)


def _heading(rows: list[dict[str, Any]], year: int) -> str:
    if not rows:
        return f"No receipts for intellectual property are held for {year}"
    ranked = sorted(rows, key=lambda row: -row["receipts_usd"])
    first = ranked[0]
    name = text.country(first["country_name"], opening=True)
    stated = f"{name} received {text.money(first['receipts_usd'])} for intellectual property in {year}"
    total = sum(row["receipts_usd"] for row in rows)
    return f"{stated}, {text.percent(first['receipts_usd'] / total, 0)} of what all reported"


def _lead(cover: Answer) -> str:
    row = newest_cover(cover)
    usd = row["balance_usd"]
    return (
        f"The United States had a {text.side(usd)} of {text.size(usd)} in intellectual property in "
        f"{row['year']}, equal to {text.percent(row['atp_cover_ratio'])} of its technology deficit. They are "
        "two accounts, set side by side and not netted."
    )


def _conduits(asker: Asker, answer: Answer, rows: list[dict[str, Any]], year: int) -> Table:
    """Set the conduit economies apart: what they receive and pay."""
    listed = [row for row in rows if row["conduit"]]
    if not listed:
        raise NotCoveredError(f"no conduit economy has reported receipts in {year}")
    usd = sum(row["receipts_usd"] for row in listed)
    share = usd / sum(row["receipts_usd"] for row in rows)
    listed.sort(key=lambda row: -row["receipts_usd"])
    title = (
        f"{text.counted(len(listed), 'conduit economy', 'conduit economies')} received {text.money(usd)} in "
        f"{year}, {text.percent(share, 0)} of all receipts"
    )
    shown = [row | {"note": None} for row in listed[:_SHOWN]]
    fields = (
        Field("country_name", "Economy", "words"),
        money("receipts_usd", "Receipts", shown),
        money("payments_usd", "Payments", shown),
        money("balance_usd", "Balance", shown),
    )
    subtitle = "Charges for the use of intellectual property; the file has every country."
    heading = Heading("conduits", title, subtitle)
    return table(asker, [answer], origins.WORLD_BANK, heading, grid(shown, fields))


def _paths(asker: Asker, params: IdeasParams, told: Gathering) -> tuple[Block, ...]:
    """Draw the paths of the countries chosen, and the order of the gap among all."""
    gap = asker.ask("gap")
    latest = max(row["year"] for row in gap.rows())
    span = {"from_": latest - _SPAN, "to": latest}
    compared = asker.ask("compare", countries=params.countries, every_year=True, **span)
    return told.held(
        partial(chart, asker, compared, origins.IDEAS_AND_THINGS),
        partial(chart, asker, gap, origins.IDEAS_AND_THINGS),
    )


def _value_added(asker: Asker, params: IdeasParams, told: Gathering) -> tuple[Block, ...]:
    """Draw whose value is in what the buyer buys, and the balance in value added as an interval."""

    def origin() -> Block:
        answer = asker.ask("value_added", absorbed_by=params.buyer)
        return chart(asker, answer, origins.INPUT_OUTPUT)

    def interval() -> Block:
        answer = asker.ask("value_added", atp=True)
        rows = answer.rows()
        balance = next((row for row in rows if row["flow"] == "balance"), None)
        if balance is None or balance["low_usd"] is None:
            raise NotCoveredError("the balance in terms of value added is not held")
        title = (
            f"Modelled: the technology balance of {balance['year']} was {text.money(balance['low_usd'])} to "
            f"{text.money(balance['high_usd'])} in value added, {text.money(balance['gross_usd'])} in gross "
            "terms"
        )
        fields = (
            Field("flow", "Flow", "words"),
            Field("made_in", "Value added in", "words"),
            Field("low_usd", "Low, $bn", "bn"),
            Field("high_usd", "High, $bn", "bn"),
            Field("gross_usd", "Gross, $bn", "bn"),
        )
        told.add(*answer.notes[:_NOTES])
        heading = Heading(
            "value-added-interval", title, "An interval over what tables of industries cannot tell."
        )
        return table(asker, [answer], origins.INPUT_OUTPUT, heading, grid(rows, fields))

    return told.held(origin, interval)


def _controls(params: IdeasParams, year: int) -> tuple[Control, ...]:
    return controls_of(
        IdeasParams,
        params.texts(),
        only=("countries", "year", "buyer"),
        countries={"value": str(params.countries)},
        year={"value": str(year)},
        buyer={"value": str(params.buyer)},
    )


PAGE: Final = Page(
    ADDRESS,
    "Ideas",
    IdeasParams,
    compose,
    "Receipts and payments for intellectual property beside trade in goods, conduits, and value added",
)
