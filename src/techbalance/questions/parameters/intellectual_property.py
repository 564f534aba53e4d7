"""What can be asked about charges for the use of intellectual property."""

from __future__ import annotations

from pydantic import Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.accounts import Dated
from techbalance.questions.parameters.declaration import Question
from techbalance.questions.parameters.texts import PartnerRef, Top, Years


class IpParams(Dated):
    """What does a country receive and pay for the use of intellectual property?"""

    country: PartnerRef | None = Field(default=None, description="Only these countries, by ISO3 code or name")
    year: Years | None = Field(default=None, description="Year or span; the newest when left out")
    top: Top | None = Field(default=None, description="Only the N largest receivers of each year")
    cover: bool = Field(
        default=False, description="Set the balance of the United States against its ATP deficit"
    )
    shares: bool = Field(default=False, description="Add rank by receipts and shares of the world")
    against: PartnerRef | None = Field(default=None, description="Divide receipts by those of this country")
    without_conduits: bool = Field(
        default=False, description="Leave conduit economies out of rows, ranks and the world"
    )
    vintages: bool = Field(
        default=False, description="One row per vintage held: what was revised, beside what articles quoted"
    )

    @model_validator(mode="after")
    def _fits(self) -> IpParams:
        others = {
            "top": self.top,
            "cover": self.cover,
            "shares": self.shares,
            "against": self.against,
        }
        if self.vintages and (given := [name for name, value in others.items() if value]):
            raise ParameterError(
                f"vintages shows one figure through its revisions, and {given[0]} compares figures",
                remedy="Ask one at a time",
            )
        if self.vintages and self.country is None:
            raise ParameterError("vintages needs countries", remedy="Add for example country=USA,DEU")
        return self


IP = Question(
    name="ip",
    command=("ip",),
    summary="Charges for the use of intellectual property: receipts, payments, balance.",
    params=IpParams,
    columns=("receipts_usd", "payments_usd", "balance_usd", "conduit", "vintage", "note"),
    values=("receipts_usd", "payments_usd", "balance_usd"),
    examples=(
        "ip --country USA,DEU,CHN --year 2023",
        "ip --country USA --year 2024 --cover",
        "ip --year 2024 --shares --without-conduits --top 10",
        "ip --country USA,CHN --year 2023 --vintages",
    ),
)
