"""What can be asked about charges for the use of intellectual property."""

from __future__ import annotations

from pydantic import Field

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


IP = Question(
    name="ip",
    command=("ip",),
    summary="Charges for the use of intellectual property: receipts, payments, balance.",
    params=IpParams,
    columns=("receipts_usd", "payments_usd", "balance_usd", "conduit", "vintage", "note"),
    values=("receipts_usd", "payments_usd", "balance_usd"),
    examples=("ip --country USA,DEU,CHN --year 2023", "ip --country USA --year 2024 --cover"),
)
