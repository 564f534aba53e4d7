"""What can be asked about ideas beside things: compare, gap, quotient, panel."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.accounts import Dated
from techbalance.questions.parameters.declaration import Params, Question
from techbalance.questions.parameters.texts import AllowedKeys, Names, PartnerRef, Top, Years

Ideas = Literal["ip", "rd", "patents"]
Making = Literal["hightech", "rd-intensive"]
Outcome = Literal["hightech-share", "hightech-gdp"]
Industries = Annotated[
    Names,
    AllowedKeys(
        "hamilton",
        "manufacturing",
        "C20",
        "C21",
        "C252",
        "C26",
        "C27",
        "C28",
        "C29",
        "C30X",
        "C303",
        "C325",
        "J582",
        "J62-63",
        "M72",
    ),
]
Regressors = Annotated[Names, AllowedKeys("rd", "ip", "researchers", "rate")]


def _one(name: str, span: Years | None) -> None:
    if span is not None and span.start != span.end:
        raise ParameterError(f"{name}: one year is needed", where=f"given {span}")


class CompareParams(Dated):
    """How do countries stand side by side, in ideas and in things?"""

    countries: PartnerRef = Field(description="Countries, by ISO3 code or name: USA,JPN,KOR")
    from_: Years | None = Field(default=None, alias="from", description="The year to start from")
    to: Years | None = Field(
        default=None, description="The year to end with; the newest of each figure when both are left out"
    )
    every_year: bool = Field(default=False, description="The years between as well")
    industries: bool = Field(default=False, description="Add value added of each manufacturing industry")

    @model_validator(mode="after")
    def _fits(self) -> CompareParams:
        _one("from", self.from_)
        _one("to", self.to)
        if self.from_ and self.to and self.from_.start > self.to.start:
            raise ParameterError(f"from {self.from_} is after to {self.to}", remedy="Turn them round")
        if self.every_year and not (self.from_ and self.to):
            raise ParameterError("every_year needs both ends", remedy="Add from and to")
        if self.from_ and not self.to:
            raise ParameterError("from needs to", remedy="Add the year to end with")
        return self


class GapParams(Dated):
    """Who is ahead in ideas and behind in making?"""

    year: Years | None = Field(default=None, description="The year; the newest with both sides when left out")
    country: PartnerRef | None = Field(default=None, description="Show only these countries")
    ideas: Ideas = Field(
        default="ip", description="Receipts for intellectual property, R&D spending, or patents applied for"
    )
    making: Making = Field(
        default="hightech",
        description="World Bank high-technology exports, or exports of R&D-intensive products (NCSES file)",
    )
    least_share: float = Field(
        default=0.001, ge=0, lt=1, description="Compare countries with this share of the world on either side"
    )
    without_conduits: bool = Field(default=False, description="Leave conduit economies out of the world")
    top: Top | None = Field(default=None, description="Only the N largest leads of ideas")

    @model_validator(mode="after")
    def _fits(self) -> GapParams:
        _one("year", self.year)
        return self


class QuotientParams(Params):
    """In which industries does a country make more than its size?"""

    country: PartnerRef | None = Field(default=None, description="Only these countries, or WORLD")
    year: Years | None = Field(default=None, description="Year or span; the newest when left out")
    industry: Industries | None = Field(
        default=None, description="Only these industries (ISIC Rev. 4); hamilton is seven of them together"
    )
    top: Top | None = Field(default=None, description="Only the N largest quotients of each year")


class PanelParams(Dated):
    """Do ideas and making move together within countries, and what cannot be told?"""

    countries: PartnerRef = Field(
        default=PartnerRef(("USA", "DEU", "JPN", "KOR", "CHN")), description="Three countries or more"
    )
    from_: Years | None = Field(default=None, alias="from", description="First year of the outcome")
    to: Years | None = Field(default=None, description="Last year of the outcome")
    outcome: Outcome = Field(
        default="hightech-share",
        description="Yearly change of the log share in world high-technology exports, or exports over GDP",
    )
    regressors: Regressors = Field(
        default=Names(("rd", "ip")),
        description="R&D/GDP, IP receipts/GDP, researchers per million (log), exchange rate (log change)",
    )
    lag: int = Field(default=1, ge=0, le=10, description="Years by which regressors come earlier")
    draws: int = Field(default=999, ge=99, le=99_999, description="Draws of the bootstrap")
    seed: int = Field(default=2024, ge=0, description="Same seed, same answer")

    @model_validator(mode="after")
    def _fits(self) -> PanelParams:
        _one("from", self.from_)
        _one("to", self.to)
        return self


COMPARE = Question(
    name="compare",
    command=("compare",),
    summary="Countries side by side: intellectual property, research, patents, exports, manufacturing.",
    params=CompareParams,
    columns=(
        "country",
        "year",
        "ip_receipts_usd",
        "ip_payments_usd",
        "ip_balance_usd",
        "rd_ratio",
        "researchers_per_million",
        "patents",
        "hightech_exports_usd",
        "hightech_share",
        "merch_exports_usd",
        "merch_imports_usd",
        "merch_balance_usd",
        "manufacturing_va_usd",
        "country_name",
        "vintage",
        "note",
    ),
    values=(
        "ip_receipts_usd",
        "ip_payments_usd",
        "rd_ratio",
        "patents",
        "hightech_exports_usd",
        "merch_exports_usd",
        "manufacturing_va_usd",
    ),
    words=("countries",),
    layout="sideways",
    examples=("compare USA,JPN,KOR", "compare USA,DEU,CHN --from 2010 --to 2022"),
)
GAP = Question(
    name="gap",
    command=("gap",),
    summary="Who is ahead in ideas and behind in making: log ratio, z-score, rank, stable or not.",
    params=GapParams,
    columns=(
        "country",
        "gap_log",
        "place_log",
        "place_z",
        "place_rank",
        "place_spread",
        "ideas_share",
        "making_share",
        "gap_z",
        "gap_rank",
        "year",
        "country_name",
        "conduit",
        "vintage",
        "note",
    ),
    values=("gap_log", "gap_z", "gap_rank"),
    examples=("gap --year 2023 --top 10", "gap --country USA,JPN,KOR,DEU,CHN --ideas rd"),
)
QUOTIENT = Question(
    name="quotient",
    command=("quotient",),
    summary="Location quotients: weight of an industry in a country over its weight in the world.",
    params=QuotientParams,
    columns=(
        "country",
        "industry_code",
        "location_quotient",
        "value_added_usd",
        "world_share",
        "year",
        "industry_name",
        "edition",
        "note",
    ),
    values=("value_added_usd", "location_quotient"),
    examples=("quotient --country USA,JPN,KOR,CHN --industry hamilton", "quotient --country KOR --year 2022"),
)
PANEL = Question(
    name="panel",
    command=("panel",),
    summary="A panel of a few countries, with errors meant for few, and what it cannot identify.",
    params=PanelParams,
    columns=(
        "regressor",
        "estimate",
        "low_estimate",
        "high_estimate",
        "bootstrap_p",
        "dk_error",
        "without_low",
        "without_high",
        "placebo_estimate",
        "placebo_p",
        "observations",
        "note",
    ),
    values=("estimate",),
    examples=("panel", "panel --countries USA,DEU,JPN,KOR,CHN,FRA,GBR --outcome hightech-gdp"),
)
