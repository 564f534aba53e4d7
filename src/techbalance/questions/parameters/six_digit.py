"""What can be asked of any reporter's trade at six digits."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.accounts import Dated
from techbalance.questions.parameters.column import Column
from techbalance.questions.parameters.declaration import Question
from techbalance.questions.parameters.texts import AllowedKeys, Names, Top, Years

SixDigitKeys = Annotated[Names, AllowedKeys("year", "partner")]

SIX_DIGIT_COLUMNS: Final[dict[str, Column]] = {
    "band": Column(
        "code",
        "",
        "strict (headings wholly on the list), majority, weighted (by the list's share), any; from US trade",
    ),
    "headings": Column("count", "headings", "Six-digit headings of which any part is on the list"),
    "unknown_usd": Column(
        "money", "US dollars", "Trade in headings without a weight, in no band: the US do not trade them"
    ),
    "weight_years": Column("text", "", "Years of United States trade the weights are of"),
}


class SixDigitParams(Dated):
    """How much of any country's trade is in Advanced Technology Products, as far as six digits tell?"""

    reporter: str = Field(description="Country whose trade is meant, ISO3")
    year: Years = Field(description="Year or span")
    by: SixDigitKeys = Field(default=Names(("year",)), description="Rows: year, and partner")
    top: Top | None = Field(default=None, description="Only the N largest partners of each year")

    @model_validator(mode="after")
    def _fits(self) -> SixDigitParams:
        if self.top and "partner" not in self.by:
            raise ParameterError("top: a year has four rows", remedy="Add partner to by")
        return self


SIX_DIGIT = Question(
    name="six_digit",
    command=("six-digit",),
    summary="Any country's trade in Advanced Technology Products, in bands, from six-digit headings.",
    params=SixDigitParams,
    columns=(
        "band",
        "exports_usd",
        "imports_usd",
        "balance_usd",
        "unknown_usd",
        "headings",
        "weight_years",
        "vintage",
        "note",
    ),
    values=("exports_usd", "imports_usd"),
    examples=("six-digit --reporter DEU --year 2023",),
)
