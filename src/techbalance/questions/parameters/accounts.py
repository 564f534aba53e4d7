"""What can be asked of the accounts: balance, rank, records, reconcile."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.declaration import Params, Question
from techbalance.questions.parameters.texts import (
    AllowedKeys,
    AsOf,
    GroupRef,
    Names,
    PartnerRef,
    ProductRef,
    Top,
    Years,
)

Series = Literal["atp", "goods_census", "goods_bop", "services_bop", "goods_services_bop"]
Denominator = Literal["goods_census", "goods_bop", "goods_services_bop"]
Flow = Literal["export", "import"]

BalanceKeys = Annotated[Names, AllowedKeys("year", "quarter", "month", "group", "partner", "product")]
ReconcileKeys = Annotated[Names, AllowedKeys("year", "month", "group", "partner")]
RankKeys = Annotated[Names, AllowedKeys("partner", "group", "product")]

AS_OF = "Read the newest figures published up to this day; newest of all when left out"
SERIES = "Published series; atp is trade in Advanced Technology Products"
LIST = "Product list that decides what counts"


class Dated(Params):
    """Parameters of every question that reads a published figure."""

    as_of: AsOf | None = Field(default=None, description=AS_OF)


class BalanceParams(Dated):
    """What was exported, imported, and left over?"""

    by: BalanceKeys = Field(
        default=Names(("year",)),
        description="Rows: one or more of year, quarter, month, group, partner, product",
    )
    year: Years | None = Field(default=None, description="Year or span; all that is held when left out")
    ytd: bool = Field(
        default=False, description="The months of the year so far, and the same months of others"
    )
    partner: PartnerRef | None = Field(default=None, description="Only these " + PartnerRef.says)
    group: GroupRef | None = Field(default=None, description="Only these " + GroupRef.says)
    product: ProductRef | None = Field(default=None, description="Only these " + ProductRef.says)
    top: Top | None = Field(default=None, description="Only the N largest rows of each period")
    denominator: Denominator | None = Field(default=None, description="Deficit to divide the deficit by")
    series: Series = Field(default="atp", description=SERIES)
    list: str = Field(default="census-atp", description=LIST)

    @model_validator(mode="after")
    def _fits(self) -> BalanceParams:
        times = [key for key in self.by if key in ("year", "quarter", "month")]
        if len(times) > 1:
            raise ParameterError(f"by: {' and '.join(times)} are one after the other", remedy="Choose one")
        if self.ytd and times and times != ["year"]:
            raise ParameterError("ytd goes with years, not with " + times[0])
        if self.top and not set(self.by) & {"group", "partner", "product"}:
            raise ParameterError("top: a period has one row", remedy="Add group, partner or product to by")
        if self.denominator == self.series:
            raise ParameterError(f"{self.series} divided by itself says nothing")
        return self


class RankParams(Dated):
    """Who is first, and who overtook whom?"""

    by: RankKeys = Field(default=Names(("partner",)), description="Ranked: partner, group or product")
    year: Years = Field(description="The year; it is compared with the year before")
    flow: Flow | None = Field(default=None, description="Rank one flow; the balance when left out")
    ytd: bool = Field(default=False, description="The months of the year so far in both years")
    partner: PartnerRef | None = Field(default=None, description="Only these " + PartnerRef.says)
    group: GroupRef | None = Field(default=None, description="Only these " + GroupRef.says)
    top: Top | None = Field(default=None, description="Only the first N")
    series: Series = Field(default="atp", description=SERIES)
    list: str = Field(default="census-atp", description=LIST)

    @model_validator(mode="after")
    def _one(self) -> RankParams:
        if len(self.by.names) != 1:
            raise ParameterError("by: one key can be ranked at a time")
        if self.year.start != self.year.end:
            raise ParameterError("year: a rank belongs to one year", where=f"given {self.year}")
        return self


class RecordsParams(Dated):
    """Which years and months hold the records, and what unmade them?"""

    series: Series = Field(default="atp", description=SERIES)


class ReconcileParams(Dated):
    """Do the ten-digit products add up to the published total?"""

    by: ReconcileKeys = Field(
        default=Names(("year",)),
        description="Rows: year or month; by group or partner, printed parts against products and total",
    )
    flow: Flow | None = Field(default=None, description="One flow; both when left out")
    year: Years | None = Field(default=None, description="Year or span; all that is held when left out")
    series: Literal["atp", "goods_census"] = Field(default="atp", description="The published total to meet")
    list: str = Field(default="census-atp", description=LIST)

    @model_validator(mode="after")
    def _one(self) -> ReconcileParams:
        if {"year", "month"} <= set(self.by):
            raise ParameterError("by: year and month are one after the other", remedy="Choose one")
        return self


BALANCE = Question(
    name="balance",
    command=("balance",),
    summary="Exports, imports and the balance, for any year, month, group, partner or product.",
    params=BalanceParams,
    columns=("exports_usd", "imports_usd", "balance_usd", "coverage_ratio", "months", "vintage", "note"),
    values=("exports_usd", "imports_usd", "balance_usd"),
    examples=(
        "balance --year 2024",
        "balance --by group --year 2024:2025",
        "balance --year 2007 --denominator goods_census",
    ),
)
RANK = Question(
    name="rank",
    command=("rank",),
    summary="Partners, groups or products in order, with who overtook whom.",
    params=RankParams,
    columns=("measure", "value_usd", "rank", "previous_rank", "overtook", "vintage", "note"),
    values=("value_usd",),
    examples=("rank --by partner --year 2025 --flow import --top 10",),
)
RECORDS = Question(
    name="records",
    command=("records",),
    summary="Record deficits and surpluses, longest runs, and what superseded them.",
    params=RecordsParams,
    columns=("series", "kind", "period", "value_usd", "as_of", "superseded_by", "note"),
    values=("value_usd",),
    examples=("records",),
)
RECONCILE = Question(
    name="reconcile",
    command=("reconcile",),
    summary="Rebuild the published total from ten-digit products, and show the residual.",
    params=ReconcileParams,
    columns=(
        "rebuilt_usd",
        "published_usd",
        "residual_usd",
        "exact_usd",
        "nearest_usd",
        "parent_usd",
        "undecided_usd",
        "not_atp_usd",
        "list_year",
        "vintage",
        "note",
    ),
    values=("rebuilt_usd", "published_usd"),
    examples=("reconcile --flow import", "reconcile --by group,partner --year 2024"),
)
