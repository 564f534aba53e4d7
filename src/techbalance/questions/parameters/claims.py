"""What can be asked about statements of articles: list them, check them."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.accounts import Dated, Series
from techbalance.questions.parameters.declaration import Params, Question
from techbalance.questions.parameters.texts import GroupRef, Years

MOST_CHARACTERS: Final = 20_000
# The units of claim files; a test compares them.
UnitName = Literal[
    "usd", "usd_thousand", "usd_million", "usd_billion", "usd_trillion",
    "percent", "ratio", "year", "years", "rank", "count",
]  # fmt: skip
Comparator = Literal["=", "<", "<=", ">", ">=", "about"]


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


class ClaimsJudgeParams(Dated):
    """Is a figure of one's own true, and of which revision and definition?"""

    text: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)] | None = Field(
        default=None,
        description="Sentences in English, each with a figure, its unit, a year and what the figure is of",
    )
    stated: Annotated[str, Field(pattern=r"^[-+−]?[0-9][0-9.,]{0,39}$")] | None = Field(
        default=None, description="A figure as printed, with its sign: -297 for a deficit; instead of a text"
    )
    unit: UnitName | None = Field(default=None, description="Unit of the stated figure")
    comparator: Comparator = Field(
        default="=", description="How it is compared; about rounds to the digits that carry meaning"
    )
    of: Annotated[str, Field(max_length=2_000)] | None = Field(
        default=None, description="What the figure is of: a question such as balance?year=2024"
    )
    column: str | None = Field(default=None, description="The column of its answer, such as balance_usd")
    row: str | None = Field(
        default=None, description="The row, where the answer has several: partner=CHN,year=2024"
    )
    series: Series | None = Field(default=None, description="Series of a text that names none")
    group: GroupRef | None = Field(default=None, description="Technology group of a text that names none")
    partner: str | None = Field(default=None, description="Partner of a text that names none")
    year: Years | None = Field(default=None, description="Year, or first and last, of a text that names none")
    published: Annotated[str, Field(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")] | None = Field(
        default=None, description="When it was said; a record is judged as the figures stood then"
    )

    @model_validator(mode="after")
    def _either(self) -> ClaimsJudgeParams:
        explicit = (self.stated, self.of, self.column)
        if self.text is None and None in explicit:
            raise ParameterError(
                "a figure needs a text, or stated, of and column",
                remedy="Write for example 'The deficit in advanced technology products was $297bn in 2024'",
            )
        if self.text is not None and (any(one is not None for one in explicit) or self.unit or self.row):
            raise ParameterError(
                "a text and a figure of its own are two ways of saying it", remedy="Give one of them"
            )
        if self.text is None and (self.series or self.group or self.partner or self.year):
            raise ParameterError(
                "series, group, partner and year go with a text",
                remedy="Write them into the question of 'of'",
            )
        return self


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
CLAIMS_JUDGE = Question(
    name="claims_judge",
    command=("claims", "judge"),
    summary="Judge a figure of your own, or every figure of a text, like a statement that ships.",
    params=ClaimsJudgeParams,
    columns=(
        "claim_id",
        "text",
        "read_as",
        "stated",
        "recomputed",
        "verdict",
        "comparison",
        "vintage",
        "basis",
        "bracketed_by",
        "superseded_by",
        "reason",
        "reference",
        "note",
    ),
    values=("verdict",),
    words=("text",),
    layout="list",
    examples=(
        "claims judge 'The deficit in advanced technology products was $297bn in 2024, a record.'",
        "claims judge --stated -294 --unit usd_billion --of 'balance?year=2024' --column balance_usd",
    ),
)
