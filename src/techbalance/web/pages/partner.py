"""What is there to know about trade with one partner, or one area?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from techbalance.charts import text
from techbalance.questions.parameters.declaration import Params
from techbalance.questions.parameters.texts import AsOf, GroupRef, PartnerRef, Years
from techbalance.questions.scope import groups_in_words, partners_in_words
from techbalance.questions.selection import REST
from techbalance.report.blocks import Section
from techbalance.report.detail import product_years
from techbalance.web.pages import partner_blocks as blocks
from techbalance.web.pages.controls import controls_of
from techbalance.web.pages.drafts import Gathering
from techbalance.web.pages.held import partners
from techbalance.web.pages.page import Content, Link, Page, address

if TYPE_CHECKING:
    from techbalance.web.pages.controls import Control
    from techbalance.web.pages.held import partners
from techbalance.web.pages.page import Asker

ADDRESS: Final = "/partner"
AREAS: Final = (("EU27", "European Union, 27 members"), ("ASEAN", "ASEAN"), ("USMCA", "USMCA"))
_STEADY: Final = 0.005
"""A change smaller than this share of the figure is no rise and no fall in a heading."""


class PartnerParams(Params):
    """Which partner, which years, which groups?"""

    partner: PartnerRef = Field(
        default=PartnerRef(("CHN",)), description="Country or area, by code or name; areas such as EU27"
    )
    group: GroupRef | None = Field(
        default=None, description="Only these technology groups; all when left out"
    )
    from_: Years | None = Field(default=None, alias="from", description="Year to compare with")
    to: Years | None = Field(default=None, description="Year that is shown; the newest held when left out")
    as_of: AsOf | None = Field(default=None, description="Only what was published up to this day")


def compose(asker: Asker, params: PartnerParams) -> Content:
    """Compose the page: balance, parts, rank, products, dependence and revisions."""
    before, year = product_years(asker)
    subject = blocks.Subject(
        asker,
        partner=params.partner,
        name=partners_in_words(asker.store, params.partner),
        group=params.group,
        before=params.from_.start if params.from_ else before,
        year=params.to.end if params.to else year,
        as_of=params.as_of,
    )
    told = Gathering()
    facts = blocks.facts(subject)
    rank = blocks.rank_of(subject)
    key_figures = blocks.key_figures(subject, facts, rank)
    return Content(
        kicker="One partner",
        heading=_heading(subject, facts),
        lead=_lead(subject, facts, rank),
        controls=_controls(asker, params, subject),
        key_figures=key_figures,
        sections=tuple(_sections(subject, told, facts, rank)),
        links=_links(params, subject),
        notes=(*told.notes, *facts.notes),
    )


def _heading(subject: blocks.Subject, facts: blocks.Facts) -> str:
    what = "Technology imports" if subject.group is None else f"Imports of {groups_in_words(subject.group)}"
    whom, year = subject.name, subject.year
    if not facts.imports:
        return f"No {what[0].lower()}{what[1:]} from {whom} are recorded in {year}"
    stated = f"{what} from {whom} were {text.money(facts.imports)} in {year}"
    if not facts.imports_before:
        return stated
    ratio = facts.imports / facts.imports_before - 1
    if abs(ratio) < _STEADY:
        return f"{stated}, about as much as in {subject.before}"
    if ratio >= 1:
        return f"{stated}, {text.number(ratio + 1)} times as much as in {subject.before}"
    course = f"{text.percent(abs(ratio), 0)} {'more' if ratio > 0 else 'less'} than in {subject.before}"
    return f"{stated}, {course}"


def _lead(subject: blocks.Subject, facts: blocks.Facts, rank: dict[str, Any] | None) -> str:
    said = []
    if rank is not None:
        place = "the largest" if rank["rank"] == 1 else f"the {text.ordinal(rank['rank'])} largest"
        was = rank["previous_rank"]
        of_these = "" if subject.group is None else " of it"
        since = ""
        if was is not None:
            earlier = "as" if was == rank["rank"] else text.ordinal(was)
            since = f", {earlier} in {subject.before}"
        name = text.country(rank["partner_name"], opening=True)
        said.append(f"{name} was {place} supplier{of_these}{since}.")
    goods = facts.goods
    if goods is not None:
        usd = goods["balance_usd"]
        said.append(
            f"In all goods there was a {text.side(usd)} of {text.size(usd)} in {goods['year']}: exports of "
            f"{text.money(goods['exports_usd'])} against imports of {text.money(goods['imports_usd'])}."
        )
    return " ".join(said)


def _sections(
    subject: blocks.Subject, told: Gathering, facts: blocks.Facts, rank: dict[str, Any] | None
) -> list[Section]:
    found = [
        Section(
            "balance",
            "The balance over the years",
            (
                "Exports are held by partner for all goods only, so this balance is of all goods. What "
                "follows is about imports of advanced technology products.",
            ),
            told.held(lambda: blocks.goods_chart(subject), *blocks.revisions(subject, told)),
        )
    ]
    if rank is not None:
        shown = told.held(lambda: blocks.rank_table(subject))
        found.append(Section("rank", "Among all suppliers", (), shown))
    if facts.imports or facts.imports_before:
        groups = () if subject.group and len(subject.group.names) == 1 else (blocks.groups_change,)
        moved = [partial(make, subject) for make in (*groups, blocks.groups_table)]
        products = [partial(make, subject) for make in (blocks.products_change, blocks.products_table)]
        span = f"What moved from {subject.before} to {subject.year}"
        found += [
            Section("groups", span, (), told.held(*moved)),
            Section("products", "The products behind it", (), told.held(*products)),
            Section(
                "dependence",
                "Where the United States depends on it",
                ("What is made at home is not held, so these are shares of imports, not of use.",),
                told.held(partial(blocks.dependence_table, subject)),
            ),
        ]
    return [section for section in found if section.blocks]


def _controls(asker: Asker, params: PartnerParams, subject: blocks.Subject) -> tuple[Control, ...]:
    years = tuple((str(year), str(year)) for year in blocks.years_held(asker))
    chosen: dict[str, object] = {"kind": "choice", "options": years}
    return controls_of(
        PartnerParams,
        params.texts(),
        only=("partner", "group", "from", "to", "as_of"),
        partner={"value": str(params.partner), "suggested": (*AREAS, *partners(asker))},
        to={**chosen, "label": "With", "value": str(subject.year)},
        as_of={"label": "As of"},
        **{"from": {**chosen, "label": "Compare", "value": str(subject.before)}},
    )


def _links(params: PartnerParams, subject: blocks.Subject) -> tuple[Link, ...]:
    one, name = str(params.partner), subject.name
    return (
        Link(f"What if {name} failed as a supplier", address("/dependence", without=one)),
        Link(f"A tariff on imports from {name}", address("/whatif", partner=one)),
        Link(f"Did {name} move up the value chain?", address("/questions/climb", partner=one)),
    )


def views(asker: Asker) -> list[tuple[str, dict[str, str]]]:
    """Every partner with figures, of technology or of all goods, and the areas."""
    years = blocks.years_held(asker)
    goods = asker.ask("balance", by="partner", series="goods_census", year=(years[0], years[-1]))
    technology = asker.ask("balance", by="partner", year=(years[0], years[-1]))
    held = {
        row["partner"]: row["partner_name"]
        for row in (*goods.rows(), *technology.rows())
        if row["partner"] != REST and (row["imports_usd"] or row["exports_usd"])
    }
    names = sorted(held.items(), key=lambda one: one[1])
    return [(words, {"partner": code}) for code, words in (*AREAS, *names)]


def largest(asker: Asker) -> list[dict[str, str]]:
    """The areas, and the largest suppliers."""
    rows = asker.ask("rank", by="partner", flow="import", year=blocks.years_held(asker)[-1]).rows()
    ranked = sorted((row for row in rows if row["rank"] is not None), key=lambda row: row["rank"])
    codes = [code for code, _ in AREAS] + [row["partner"] for row in ranked[:_MOST_AHEAD]]
    return [{"partner": code} for code in codes]


_MOST_AHEAD: Final = 25

PAGE: Final = Page(
    ADDRESS,
    "Partners",
    PartnerParams,
    compose,
    "One partner: balance, groups, rank, products, dependence and revisions",
    views=views,
    ahead=largest,
)
