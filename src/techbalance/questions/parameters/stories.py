"""What can be asked about products over time: story, concordance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from techbalance.classifications.stories import REVISIONS, SHORT_REVISIONS
from techbalance.classifications.story_codes import STORIES
from techbalance.errors import ParameterError, UnknownCodeError
from techbalance.questions.parameters.accounts import Dated
from techbalance.questions.parameters.declaration import Params, Question
from techbalance.questions.parameters.texts import (
    AllowedKeys,
    Names,
    PartnerRef,
    ProductRef,
    Text,
    Top,
    Years,
)

StoryKeys = Annotated[Names, AllowedKeys("partner", "part")]
PANEL = "World trade panel of yours (Parquet or CSV: year, exporter, importer, product, value_usd)"


@dataclass(frozen=True)
class StoryName(Text):
    """Name of a story."""

    name: str

    pattern: ClassVar[str] = "^(" + "|".join(STORIES) + ")$"
    says: ClassVar[str] = "one of " + ", ".join(STORIES)
    example: ClassVar[str] = "batteries"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Look a story up, whatever the case of its name."""
        name = str(given).strip().casefold()
        if name not in STORIES:
            raise UnknownCodeError.among("story", str(given), STORIES)
        return cls(name)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Revision(Text):
    """Revision of the Harmonized System, ``HS2012`` or ``H4``."""

    name: str

    pattern: ClassVar[str] = "^(" + "|".join([*REVISIONS.values(), *SHORT_REVISIONS]) + ")$"
    says: ClassVar[str] = "a revision of the Harmonized System"
    example: ClassVar[str] = "HS2012"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read either name of a revision."""
        text = str(given).strip().upper()
        name = SHORT_REVISIONS.get(text, text)
        if name not in REVISIONS.values():
            raise UnknownCodeError.among("revision", str(given), REVISIONS.values())
        return cls(name)

    def __str__(self) -> str:
        return self.name


class StoryParams(Dated):
    """Who supplies a product, year after year, and where can it not be followed?"""

    name: StoryName = Field(description="Which product: " + ", ".join(STORIES))
    by: StoryKeys = Field(default=Names(("partner",)), description="Rows: partner, or partner and part")
    part: Names | None = Field(
        default=None, description="Only these parts of the story, also ones it does not add up"
    )
    flow: Literal["import", "export"] = Field(default="import", description="Imports, or exports")
    partner: PartnerRef | None = Field(
        default=None,
        description="Only these, an area as one row: " + PartnerRef.says + "; the largest when left out",
    )
    year: Years | None = Field(default=None, description="Year or span; all that are held when left out")
    data: Literal["auto", "hs6", "trade"] = Field(
        default="auto",
        description="Your file of six-digit products (hs6), or products held in the store (trade); "
        "auto takes the file where there is one",
    )
    panel: str | None = Field(default=None, description=PANEL + " instead")
    reporter: str = Field(default="USA", description="Whose trade; another than USA needs a panel")
    revision: Revision | None = Field(
        default=None, description="The one revision of a panel's codes, where it is one for all years"
    )
    quantity: Literal["own", "weight"] = Field(
        default="own", description="Unit values by the unit of the code, or by weight"
    )
    top: Top = Field(default=5, description="The N largest partners of any year")

    @model_validator(mode="after")
    def _fits(self) -> StoryParams:
        story = STORIES[self.name.name]
        known = {part.name: part for part in story.parts}
        for name in self.part or ():
            if name not in known:
                raise UnknownCodeError.among(f"part of {story.name}", name, known)
        if self.panel is None and self.reporter != "USA":
            raise ParameterError("reporter: what is held is trade of the United States", remedy="Add a panel")
        if self.panel is None and self.revision is not None:
            raise ParameterError("revision: what is held has the codes of its years", remedy="Add a panel")
        if self.panel is not None and (self.data != "auto" or self.as_of is not None):
            raise ParameterError("a panel replaces data and has no vintages", remedy="Leave one out")
        if self.data == "hs6" and self.as_of is not None:
            raise ParameterError("as_of: the file has one vintage", remedy="Leave as_of out, or data")
        if self.quantity == "weight" and (self.panel is not None or self.data == "trade"):
            raise ParameterError("quantity: weights are in the file of six-digit products only")
        return self


class ConcordanceParams(Params):
    """Which product codes belong together between two years, and how are goods divided among them?"""

    from_: Years | None = Field(
        default=None, alias="from", description="First year; the earliest held when left out"
    )
    to: Years | None = Field(default=None, description="Last year; the newest held when left out")
    flow: Literal["import", "export"] = Field(
        default="import", description="Imports (HTS codes), or exports (Schedule B codes)"
    )
    notices: str | None = Field(
        default=None, description="Your file of changes (CSV: old, new, effective), such as official notices"
    )
    lists: str | None = Field(
        default=None, description="Your file of code lists (CSV: year, code), instead of those held"
    )
    product: ProductRef | None = Field(
        default=None, description="Only families with a code of these " + ProductRef.says
    )
    weights: bool = Field(
        default=False, description="How value is divided within each family, estimated on the years given"
    )
    panel: str | None = Field(default=None, description=PANEL + ": values for weights and families")
    reporter: str = Field(default="USA", description="Whose trade; another than USA needs a panel")
    unchanged: bool = Field(default=False, description="Families of one code that stayed, too")
    draws: int = Field(default=200, ge=20, le=5_000, description="How many times suppliers are drawn")
    seed: int = Field(default=1, ge=0, le=2**32 - 1, description="The same seed gives the same band")
    top: Top = Field(default=20, description="Only the N families of most value")

    @model_validator(mode="after")
    def _fits(self) -> ConcordanceParams:
        for name, span in (("from", self.from_), ("to", self.to)):
            if span is not None and span.start != span.end:
                raise ParameterError(f"{name}: one year is needed", where=f"given {span}")
        if self.from_ and self.to and self.from_.start >= self.to.start:
            raise ParameterError(
                f"from {self.from_} is not before to {self.to}", remedy="Codes change between two years"
            )
        if self.panel is None and self.reporter != "USA":
            raise ParameterError("reporter: what is held is trade of the United States", remedy="Add a panel")
        return self


STORY = Question(
    name="story",
    command=("story",),
    summary="Who supplies displays, solar, batteries, chips ... over revisions of the codes.",
    params=StoryParams,
    columns=(
        "period",
        "partner",
        "partner_name",
        "value_usd",
        "share",
        "product_low_usd",
        "product_high_usd",
        "comparable_usd",
        "held_share",
        "unit_value",
        "quantity_unit",
        "quantity_share",
        "system",
        "break_note",
        "vintage",
        "note",
    ),
    values=("value_usd",),
    words=("name",),
    layout="compact",
    examples=(
        "story solar",
        "story computers --part laptops --partner CHN,VNM",
        "story semiconductors --by partner,part --year 2024:2025",
    ),
)
CONCORDANCE = Question(
    name="concordance",
    command=("concordance",),
    summary="Families of product codes between two years, and weights within them.",
    params=ConcordanceParams,
    columns=("family", "link_basis", "note"),
    values=("family",),
    layout="compact",
    examples=(
        "concordance --from 2024 --to 2025",
        "concordance --from 2024 --to 2025 --product 3818 --weights",
        "concordance --notices changes.csv --from 2025 --to 2026",
    ),
)
