"""What can be said when a publisher is asked: ``fetch``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from techbalance.questions.parameters.declaration import Params, Question


class FetchParams(Params):
    """What of a source is brought up to date?"""

    source: str = Field(description="Source, as `techbalance sources` names it: census-country")
    from_: str | None = Field(
        default=None, alias="from", description="First month or year; by default January of last year"
    )
    to: str | None = Field(default=None, description="Last month or year; by default the newest published")
    flow: Literal["import", "export"] | None = Field(
        default=None, description="One flow only, of sources by flow"
    )
    series: str | None = Field(
        default=None, description="Series only, of sources with several: ip, gdp_usd; gands, 16, 16a"
    )
    reporter: str | None = Field(
        default=None, description="Country whose trade is meant, ISO3, of sources with several: DEU"
    )
    dry_run: bool = Field(default=False, description="Only say what would be asked, and how large it is")
    accept: bool = Field(default=False, description="Take a file although it shrank past its gate")


FETCH = Question(
    name="fetch",
    command=("fetch",),
    summary="Bring a source up to date from its publisher; a new vintage only where the figures changed.",
    params=FetchParams,
    columns=(
        "part",
        "status",
        "rows",
        "rows_changed",
        "bytes",
        "bytes_received",
        "vintage",
        "address",
        "sha256",
        "snapshot",
        "note",
    ),
    values=("status",),
    words=("source",),
    layout="list",
    examples=(
        "fetch census-country",
        "fetch census-hs --from 2015 --to 2024 --dry-run",
        "fetch worldbank --series ip",
    ),
    writes=True,
)
