"""What can be asked about statements of articles: list them, check them."""

from __future__ import annotations

from pydantic import Field

from techbalance.questions.parameters.accounts import Dated
from techbalance.questions.parameters.declaration import Params, Question


class ClaimsListParams(Params):
    """Which statements ship, and where were they made?"""


class ClaimsCheckParams(Dated):
    """Are statements true, and of which revision and definition?"""

    what: str | None = Field(
        default=None, description="Ids with commas, or a claim file of your own; all that ship when left out"
    )
    strict: bool = Field(
        default=False, description="Exit with 1 when a statement differs, with 5 when one is not covered"
    )


CLAIMS_LIST = Question(
    name="claims_list",
    command=("claims", "list"),
    summary="The statements that ship with the package, in our own words.",
    params=ClaimsListParams,
    columns=("claim_id", "text", "stated", "metric", "article", "published", "where", "note"),
    values=("text",),
    layout="list",
    examples=("claims list",),
)
CLAIMS_CHECK = Question(
    name="claims_check",
    command=("claims", "check"),
    summary="Judge statements on every stored vintage and denominator.",
    params=ClaimsCheckParams,
    columns=(
        "claim_id",
        "stated",
        "recomputed",
        "verdict",
        "comparison",
        "vintage",
        "basis",
        "bracketed_by",
        "superseded_by",
        "reason",
    ),
    values=("verdict",),
    words=("what",),
    examples=("claims check", "claims check INN02", "claims check my-article.toml --strict"),
)
