"""What are the figures to know, and where does each lead?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, cast

import pyarrow as pa

from techbalance.charts import rows as origins
from techbalance.charts.denominators import deficit_ratios
from techbalance.charts.heat_map import group_partner_heat_map
from techbalance.charts.intellectual_property import intellectual_property
from techbalance.report.blocks import Marks, Section
from techbalance.report.detail import product_years
from techbalance.report.drafting import Draft
from techbalance.report.sections import balance, denominators, key_figures
from techbalance.report.sections import intellectual_property as ideas
from techbalance.web.pages.drafts import IMPORTS, chart
from techbalance.web.pages.held import detailed_years
from techbalance.web.pages.page import Asker, Content, Link, NoParams, Page, address

if TYPE_CHECKING:
    from techbalance.report.blocks import Block, Chart, KeyFigure

_EXPLORER: Final = "/explorer"


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Figures to know, among other blocks."""

    template: ClassVar[str] = "key_figures.html"

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a chart leads on."""

    template: ClassVar[str] = "onward.html"

    links: tuple[Link, ...]


def compose(asker: Asker, _: NoParams) -> Content:
    """Compose the first page: the balance, key figures, and the charts that matter, each with its way on."""
    year = product_years(asker)[1]
    figures = cast("Block", KeyFigures(key_figures.key_figures(asker)))
    return Content(
        heading=key_figures.headline(asker),
        lead=balance.turning_points(asker.ask("records").rows()).partition(". ")[0] + ".",
        sections=(
            _section("since", _years(asker), Link("Explore years, groups and partners", _EXPLORER)),
            Section("key-figures-section", "", (), (figures,)),
            _section(
                "suppliers",
                _rank(asker, year),
                Link("Everything about one partner", "/partner"),
                Link("All partners of the year", address(_EXPLORER, by="partner", year=year)),
            ),
            _section(
                "groups",
                _pairs(asker, year),
                Link("Groups, step by step", address(_EXPLORER, by="group", year=year)),
                Link("Where it hangs on few suppliers", "/dependence"),
            ),
            _section(
                "trade-deficit",
                _ratios(asker),
                Link("The balance in relation to a deficit", address(_EXPLORER, denominator="goods_census")),
                Link("What articles said about it", "/claims"),
            ),
            _section("ideas", _ideas(asker), Link("Ideas beside things", "/ideas")),
        ),
        links=(
            Link("What a tariff would do", "/whatif"),
            Link("What the newest release changed", "/questions/release"),
            Link("All questions", "/questions"),
        ),
    )


def _section(name: str, drawn: Chart, *links: Link) -> Section:
    return Section(name, "", (), (drawn, cast("Block", Onward(links))))


def _years(asker: Asker) -> Chart:
    years = detailed_years(asker)
    down = {str(year): address(_EXPLORER, by="group", year=year) for year in years}
    return chart(asker, asker.ask("balance"), marks=Marks("year", down))


def _rank(asker: Asker, year: int) -> Chart:
    answer = asker.ask("rank", by="partner", year=year, flow="import")
    partners = [row["partner"] for row in answer.rows() if row["partner"]]
    to = {code: address("/partner", partner=code) for code in partners}
    return chart(asker, answer, IMPORTS, marks=Marks("key", to))


def _pairs(asker: Asker, year: int) -> Chart:
    answer = asker.ask("balance", by="group,partner", year=year)
    drawn = group_partner_heat_map(answer.arrow, year=year, credit=origins.Credit(answer.command))
    groups = {row["group"] for row in answer.rows() if row["group"]}
    to = {code: address(_EXPLORER, by="partner", group=code, year=year) for code in groups}
    return chart(asker, answer, IMPORTS, figure=drawn, marks=Marks("group", to))


def _ratios(asker: Asker) -> Chart:
    answers = denominators.ratios(asker)
    rows = pa.concat_tables([answer.arrow for answer in answers])
    return Draft(asker, answers, origins.DENOMINATORS).chart(deficit_ratios, rows=rows)


def _ideas(asker: Asker) -> Chart:
    year = ideas.common_year(asker)
    answer = asker.ask("ip", year=year)
    return Draft(asker, [answer], origins.WORLD_BANK).chart(intellectual_property, year=year)


PAGE = Page("/", "Overview", NoParams, compose, "Key figures, and the charts that matter")
