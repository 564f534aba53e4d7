"""What can be asked about revisions: revisions of a series, and what a release changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from techbalance.errors import ParameterError, shortened
from techbalance.questions.parameters.accounts import Dated, Series
from techbalance.questions.parameters.declaration import Params, Question
from techbalance.questions.parameters.texts import AsOf, GroupRef, PartnerRef, Text, Top, Years

CLAIMS = "A claim file of your own, or ids with commas; all statements that ship when left out"


@dataclass(frozen=True)
class Periods(Text):
    """Years or months: ``2024``, ``2002:2007``, ``2024-07``, ``2024-01:2024-06``."""

    first: tuple[int, int | None]
    last: tuple[int, int | None]

    pattern: ClassVar[str] = r"^[0-9]{4}(-(0[1-9]|1[0-2]))?(:[0-9]{4}(-(0[1-9]|1[0-2]))?)?$"
    says: ClassVar[str] = "a year or a month, or first and last with a colon"
    example: ClassVar[str] = "2024-01:2024-06"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read the text form; a number is a year."""
        text = str(given).strip()
        if not re.match(cls.pattern, text):
            raise ParameterError(f"{shortened(text)} is not {cls.says}", remedy="Write 2024 or 2024-07")
        start, _, end = text.partition(":")
        first, last = _period(start), _period(end or start)
        if (first[1] is None) != (last[1] is None):
            raise ParameterError(f"{text!r} has a year on one side and a month on the other")
        if (first[0], first[1] or 0) > (last[0], last[1] or 0):
            raise ParameterError(f"the span {text!r} ends before it starts", remedy=f"Write {end}:{start}")
        return cls(first, last)

    @property
    def by_month(self) -> bool:
        """Whether these are months."""
        return self.first[1] is not None

    @property
    def years(self) -> Years:
        """The years touched."""
        return Years(self.first[0], self.last[0])

    def texts(self) -> list[str]:
        """Every period of the span, in order."""
        if not self.by_month:
            return [str(year) for year in range(self.first[0], self.last[0] + 1)]
        start = self.first[0] * 12 + (self.first[1] or 1) - 1
        end = self.last[0] * 12 + (self.last[1] or 1) - 1
        return [f"{one // 12}-{one % 12 + 1:02d}" for one in range(start, end + 1)]

    def __str__(self) -> str:
        sides = [f"{year}" if month is None else f"{year}-{month:02d}" for year, month in self._sides]
        return sides[0] if sides[0] == sides[1] else ":".join(sides)

    @property
    def _sides(self) -> tuple[tuple[int, int | None], tuple[int, int | None]]:
        return self.first, self.last


def _period(text: str) -> tuple[int, int | None]:
    year, _, month = text.partition("-")
    return int(year), int(month) if month else None


class RevisionsParams(Dated):
    """How was a published figure revised, and which statements did that touch?"""

    series: Series = Field(description="Published series; atp is trade in Advanced Technology Products")
    period: Periods | None = Field(
        default=None, description="Year or month, or a span; every year with two vintages when left out"
    )
    partner: PartnerRef | None = Field(default=None, description="Only this partner; the world when left out")
    group: GroupRef | None = Field(default=None, description="Only this technology group")
    flow: Literal["export", "import", "balance"] = Field(default="balance", description="What is compared")
    claims: str | None = Field(default=None, description=CLAIMS)

    @model_validator(mode="after")
    def _one_group(self) -> RevisionsParams:
        if self.group is not None and len(self.group.names) > 1:
            raise ParameterError("group: revisions are of one group at a time", where=f"given {self.group}")
        return self


class ReleaseParams(Params):
    """What changed since the last monthly release?"""

    as_of: AsOf | None = Field(
        default=None, description="The release looked at; the newest held when left out"
    )
    since: AsOf | None = Field(
        default=None, description="The release it is compared with; the one before when left out"
    )
    claims: str | None = Field(default=None, description=CLAIMS)
    top: Top = Field(default=10, description="At most this many new months and revisions of each series")

    @model_validator(mode="after")
    def _in_order(self) -> ReleaseParams:
        if self.as_of and self.since and self.since.day >= self.as_of.day:
            raise ParameterError("since is not before as-of", where=f"{self.since} and {self.as_of}")
        return self


REVISIONS = Question(
    name="revisions",
    command=("revisions",),
    summary="Every vintage of a figure, how far it moved, and which statements changed their verdict.",
    params=RevisionsParams,
    columns=(
        "period",
        "vintage",
        "value_usd",
        "print",
        "revision_usd",
        "revision_ratio",
        "from_first_usd",
        "moved",
        "mean_absolute_revision_usd",
        "printed_unit_usd",
        "basis",
        "source_id",
        "verdicts",
        "note",
    ),
    values=("value_usd",),
    words=("series",),
    layout="compact",
    examples=("revisions atp", "revisions atp --period 2024", "revisions atp --period 2022-01:2022-06"),
)
RELEASE = Question(
    name="release",
    command=("release",),
    summary="What the newest release changed: new months, revisions, records, verdicts of statements.",
    params=ReleaseParams,
    columns=(
        "section",
        "series",
        "period",
        "what",
        "value_usd",
        "was_usd",
        "revision_usd",
        "now",
        "was",
        "vintage",
        "was_vintage",
        "note",
    ),
    values=("what",),
    layout="compact",
    examples=("release", "release --since 2024-08 --as-of 2025-04"),
)
