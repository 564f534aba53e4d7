"""What can be asked about value added and work in trade."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.accounts import Dated
from techbalance.questions.parameters.declaration import Question
from techbalance.questions.parameters.texts import PartnerRef, Top, Years

Decomposition = Literal["kww", "bilateral"]
Variant = Literal["source", "sink"]
PartnerMix = Literal["unknown", "table"]

TABLE_YEAR = "Year of the table; a span asks several; the newest held when left out"
IO_FILE = "A table of your own: OECD CSV or NumPy archive; WIOD 2013 when left out"
TRADE_YEAR = "Year of the ATP trade; that of the table when left out"
PARTNERS = "Partners where trade is known only in total: any of them, or those of the table's industries"
WEIGHTS = "CSV with flow,industry,low,high,source: your own shares of industries in ATP trade"


class ValueAddedParams(Dated):
    """Whose value added is in what a country sells and buys?"""

    year: Years | None = Field(default=None, description=TABLE_YEAR)
    country: PartnerRef | None = Field(default=None, description="Only these exporters, or origins")
    decompose: Decomposition | None = Field(
        default=None, description="Nine terms of gross exports, or five terms by partner"
    )
    variant: Variant | None = Field(
        default=None,
        description="Borin-Mancini: book value added in its first crossing (source) or its last (sink)",
    )
    partner: PartnerRef | None = Field(default=None, description="Only these importers (bilateral)")
    absorbed_by: PartnerRef | None = Field(
        default=None, description="Origins of the value added in this country's final demand"
    )
    io: str | None = Field(default=None, description=IO_FILE)
    atp: bool = Field(default=False, description="The ATP balance of the United States, as an interval")
    trade_year: Years | None = Field(default=None, description=TRADE_YEAR)
    partners: PartnerMix | None = Field(default=None, description=PARTNERS)
    weights: str | None = Field(default=None, description=WEIGHTS)
    processing: bool = Field(
        default=False, description="Correct China's exports for processing trade, with published ranges"
    )
    top: Top | None = Field(default=None, description="Only the N largest rows of each year")

    @model_validator(mode="after")
    def _fits(self) -> ValueAddedParams:
        views = {"decompose": self.decompose, "absorbed_by": self.absorbed_by, "atp": self.atp}
        if len(given := [name for name, value in views.items() if value]) > 1:
            raise ParameterError(f"{' and '.join(given)} are two questions", remedy="Ask one at a time")
        needs = {
            "variant": (self.variant, self.decompose == "bilateral", "decompose=bilateral"),
            "partner": (self.partner, self.decompose == "bilateral", "decompose=bilateral"),
            "trade_year": (self.trade_year, self.atp, "atp"),
            "partners": (self.partners, self.atp, "atp"),
            "weights": (self.weights, self.atp, "atp"),
            "processing": (self.processing, self.atp, "atp"),
            "as_of": (self.as_of, self.atp, "atp"),
            "top": (self.top, not self.decompose or self.decompose == "bilateral", "rows that are ordered"),
        }
        for name, (value, fits, other) in needs.items():
            if value and not fits:
                raise ParameterError(f"{name} belongs to {other}", remedy=f"Add {other}, or leave {name} out")
        if self.atp:
            _refuse_for_atp(self)
        return self


def _refuse_for_atp(params: ValueAddedParams | WorkContentParams) -> None:
    country = getattr(params, "country", None)
    if country is not None:
        raise ParameterError(
            "ATP is a list of the United States, whose balance it is; country does not apply"
        )
    for name, span in (("year", params.year), ("trade_year", params.trade_year)):
        if span is not None and span.start != span.end:
            raise ParameterError(f"{name}: one year is needed", where=f"given {span}")


class WorkContentParams(Dated):
    """How much work is in the ATP trade of the United States?"""

    employment: str | None = Field(
        default=None, description="CSV with country,industry,persons: employment by industry of the table"
    )
    year: Years | None = Field(default=None, description=TABLE_YEAR)
    trade_year: Years | None = Field(default=None, description=TRADE_YEAR)
    partners: PartnerMix | None = Field(default=None, description=PARTNERS)
    weights: str | None = Field(default=None, description=WEIGHTS)
    io: str | None = Field(default=None, description=IO_FILE)

    @model_validator(mode="after")
    def _fits(self) -> WorkContentParams:
        _refuse_for_atp(self)
        return self


VALUE_ADDED = Question(
    name="value_added",
    command=("value-added",),
    summary="Whose value added is in exports and in final demand; the ATP balance in terms of value added.",
    params=ValueAddedParams,
    columns=("year", "country", "gross_usd", "value_added_usd", "note"),
    values=("gross_usd", "value_added_usd"),
    examples=(
        "value-added --year 2007 --country USA,CHN,JPN,KOR",
        "value-added --year 2007 --country CHN --decompose kww",
        "value-added --year 2007 --country CHN --partner USA --decompose bilateral --variant sink",
        "value-added --year 2007 --absorbed-by USA --top 10",
        "value-added --atp --year 2007 --processing",
    ),
)
WORK_CONTENT = Question(
    name="work_content",
    command=("work-content",),
    summary="Persons behind the ATP trade of the United States, with employment data that you bring.",
    params=WorkContentParams,
    columns=("measure", "country", "low_persons", "high_persons", "year", "note"),
    values=("low_persons",),
    examples=("work-content --year 2007 --employment persons_2007.csv",),
)
