"""What did an article say? One file of statements, checked when it is read, and frozen.

The stated figure stays the text that was printed, because its digits say how exact it claims to be.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from techbalance.claims.filters import Misfit, filter_misfit, with_defaults
from techbalance.claims.measures import (
    MEASURES,
    METRICS,
    WITHOUT_FIGURE,
    Comparator,
    Denominator,
    Flow,
    Series,
    UnitName,
)
from techbalance.classifications.story_codes import STORIES

FIRST_YEAR, LAST_YEAR = 1800, 2200
# Fifteen digits hold a world total in cents; a longer number is a slip of the keyboard.
MOST_DIGITS: Final = 15
_NUMBER: Final = rf"[+-]?\d{{1,{MOST_DIGITS}}}(?:\.\d{{1,{MOST_DIGITS}}})?"
NUMBER: Final = re.compile(_NUMBER)
CONDITION: Final = re.compile(rf"(about|<=|>=|<|>|=)\s*({_NUMBER})")
_PUBLISHED: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_WORDS: Final = {
    "sign": ("positive", "negative"),
    "yes_no": ("yes", "no"),
    "order": ("greater", "smaller"),
}


def misfit_error(misfit: Misfit) -> PydanticCustomError:
    """Wrap a misfit so that it travels through the validation of a model."""
    return PydanticCustomError(
        "misfit",
        "{key}: found {found}, expected {expected}",
        {"key": misfit.key, "found": misfit.found, "expected": misfit.expected, "known": misfit.known},
    )


def _as_printed(given: object) -> object:
    """Keep the digits of a number; a binary fraction has lost them."""
    if isinstance(given, Decimal):
        written_out = given.is_finite() and abs(given.adjusted()) <= MOST_DIGITS
        given = format(given, "f") if written_out else str(given)
    elif isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str):
        raise misfit_error(Misfit("", repr(given), "the figure as printed, as text: '21.50'"))
    return given.strip().replace("\N{MINUS SIGN}", "-")


def _is_number(given: str) -> str:
    if not NUMBER.fullmatch(given):
        raise misfit_error(Misfit("", repr(given), "a number such as '0.5'"))
    return given


def _is_condition(given: str) -> str:
    if not CONDITION.fullmatch(given):
        raise misfit_error(Misfit("", repr(given), "a comparison such as '> 0.5', in dollars or as a ratio"))
    return given


def end_of_period(text: str) -> dt.date | None:
    """Last day of ``2025``, ``2008-03`` or ``2008-03-14``; None for ``unknown``.

    Raises
    ------
    ValueError
        The text is no day, month or year of the calendar.
    """
    if text == "unknown":
        return None
    found = _PUBLISHED.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month = int(found[1]), int(found[2] or 12)
    if not 1 <= month <= 12:
        raise ValueError(text)
    return dt.date(year, month, int(found[3]) if found[3] else calendar.monthrange(year, month)[1])


def _published(given: object) -> object:
    text = given.isoformat() if isinstance(given, dt.date) else str(given)
    try:
        end_of_period(text)
    except ValueError:
        expected = "2025, '2008-03', '2008-03-14' or 'unknown'"
        raise misfit_error(Misfit("", repr(given), expected)) from None
    return text


def _authors(given: object) -> object:
    if given == "unknown":
        return ()
    return (given,) if isinstance(given, str) else given


def _some(given: tuple[str, ...]) -> tuple[str, ...]:
    if not given:
        raise misfit_error(Misfit("", "an empty list", "at least one name"))
    return given


Text = Annotated[str, Field(min_length=1)]
Year = Annotated[int, Field(strict=True, ge=FIRST_YEAR, le=LAST_YEAR)]
Printed = Annotated[str, BeforeValidator(_as_printed)]
NumberText = Annotated[str, BeforeValidator(_as_printed), AfterValidator(_is_number)]
ConditionText = Annotated[str, BeforeValidator(_as_printed), AfterValidator(_is_condition)]
Names = Annotated[tuple[Text, ...], AfterValidator(_some)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]


def _story(given: str) -> str:
    if given not in STORIES:
        raise misfit_error(Misfit("", repr(given), f"one of {', '.join(STORIES)}", tuple(STORIES)))
    return given


StoryName = Annotated[str, AfterValidator(_story)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Filters(_Model):
    """Which part of the record a measure is taken of."""

    year: Year | None = Field(None, description="the year")
    from_year: Year | None = Field(None, alias="from", description="the first year of a span")
    to_year: Year | None = Field(None, alias="to", description="the last year of a span")
    series: Series | None = Field(None, description="a published series")
    partner: Text | None = Field(None, description="a partner: name, ISO code or Census code")
    other_partner: Text | None = Field(None, description="the partner compared with")
    group: Text | None = Field(None, description="a technology group: code or name")
    flow: Flow | None = Field(None, description="which flow")
    denominator: Denominator | None = Field(None, description="one total deficit; all three if left out")
    extreme: Literal["lowest", "highest"] | None = Field(None, description="lowest or highest")
    by: Literal["partner", "group"] | None = Field(None, description="what is ranked")
    country: Text | None = Field(None, description="a country: name or ISO code")
    other_country: Text | None = Field(None, description="the country compared with")
    countries: Names | None = Field(None, description="a list of countries")
    threshold: Annotated[Decimal, Field(gt=0, lt=1)] | None = Field(None, description="between 0 and 1")
    parts: Names | None = Field(None, description="a list of ids of change statements")
    story: StoryName | None = Field(None, description="a product story")
    of: Text | None = Field(None, description="a question with its parameters: 'balance?year=2024'")
    column: Text | None = Field(None, description="a column of its answer")
    row: Text | None = Field(None, description="which row: 'partner=CHN'; not needed where there is one")

    def given(self) -> dict[str, Any]:
        """Filters that are set, by the names a file uses."""
        return self.model_dump(by_alias=True, exclude_none=True)

    def years(self) -> tuple[int, ...]:
        """The years named: one, or both ends of a span."""
        named = (self.year, self.from_year, self.to_year)
        return tuple(sorted({year for year in named if year is not None}))


NO_FILTERS: Final = Filters.model_validate({})


class Tolerance(_Model):
    """How far a figure may be from the stated one and still agree, and why."""

    value: NumberText = Field(description="a number in the unit of the statement")
    reason: Text = Field(description="text: why this tolerance and no smaller one")


class BearingTest(_Model):
    """One test that bears on a statement no single number decides."""

    name: Text = Field(description="a short name")
    measure: str = Field(description="a measure")
    filters: Filters = Field(NO_FILTERS, description="what it is taken of")
    supports: ConditionText | None = Field(None, description="outcome that would support the statement")
    contradicts: ConditionText | None = Field(None, description="outcome that would contradict it")
    because: Text = Field(description="text: why this test bears on the statement")
    needs: Text | None = Field(None, description="what is missing")

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: object) -> object:
        return _filled(data, "measure")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        tests = tuple(name for name in MEASURES if name != "interpretation")
        if self.measure not in tests:
            raise misfit_error(Misfit("measure", repr(self.measure), f"one of {', '.join(tests)}", tests))
        misfit = filter_misfit(self.measure, self.filters.given())
        if misfit:
            raise misfit_error(misfit)
        placeholder = self.measure in WITHOUT_FIGURE
        if placeholder and self.needs is None:
            raise misfit_error(Misfit("needs", "nothing", "text: what is missing to make the test"))
        if not placeholder and self.needs is not None:
            raise misfit_error(Misfit("needs", repr(self.needs), f"no such key with measure {self.measure}"))
        if placeholder and (self.supports or self.contradicts):
            key = "supports" if self.supports else "contradicts"
            raise misfit_error(Misfit(key, "a condition", f"none with measure {self.measure}"))
        return self


class Statement(_Model):
    """One statement of an article, in our own words, with what is needed to judge it."""

    id: Identifier = Field(description="letters, digits, dot, dash or underscore")
    text: Text = Field(description="the statement in your own words, never the article's")
    where: Text = Field(description="text: where in the article it stands")
    metric: str = Field(description="what decides it")
    filters: Filters = Field(NO_FILTERS, description="what it is about")
    comparator: Comparator = Field("=", description="how it is compared")
    stated: Printed | None = Field(None, description="the figure as printed, as text")
    unit: UnitName | None = Field(None, description="unit of the stated figure")
    tolerance: Tolerance | None = Field(None, description="a table with value and reason")
    read_as: Text | None = Field(None, description="text: how the wording is read")
    remark: Text | None = Field(None, description="text: what a reader of the verdict should know")
    tests: tuple[BearingTest, ...] = Field((), description="tests that bear on an interpretation")

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: object) -> object:
        filled = _filled(data, "metric")
        measure = MEASURES.get(str(filled.get("metric"))) if isinstance(filled, dict) else None
        if isinstance(filled, dict) and measure and len(measure.units) == 1:
            return {"unit": measure.units[0], **filled}
        return filled

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.metric not in METRICS:
            raise misfit_error(Misfit("metric", repr(self.metric), f"one of {', '.join(METRICS)}", METRICS))
        for find in (self._filters_misfit, self._stated_misfit, self._unit_misfit, self._extras_misfit):
            misfit = find()
            if misfit:
                raise misfit_error(misfit)
        return self

    def _filters_misfit(self) -> Misfit | None:
        if self.metric == "interpretation":
            allowed = ("year", "from", "to")
            wrong = [key for key in self.filters.given() if key not in allowed]
            if wrong:
                return Misfit(f"filters.{wrong[0]}", repr(wrong[0]), "only year, or from and to", allowed)
            return None
        return filter_misfit(self.metric, self.filters.given())

    def _stated_misfit(self) -> Misfit | None:
        kind = MEASURES[self.metric].states
        if kind == "nothing":
            return None
        if self.stated is None:
            return Misfit("stated", "nothing", "the figure as printed, as text")
        if kind == "number":
            example = "a number with its sign, such as '-297' for a deficit, without separators"
            return None if NUMBER.fullmatch(self.stated) else Misfit("stated", repr(self.stated), example)
        words = _WORDS[kind]
        return (
            None if self.stated in words else Misfit("stated", repr(self.stated), " or ".join(words), words)
        )

    def _unit_misfit(self) -> Misfit | None:
        units = MEASURES[self.metric].units
        if self.unit is None:
            return Misfit("unit", "nothing", f"one of {', '.join(units)}") if units else None
        if self.unit in units:
            return None
        expected = f"one of {', '.join(units)}" if units else f"no unit with metric {self.metric}"
        return Misfit("unit", repr(self.unit), expected, units)

    def _extras_misfit(self) -> Misfit | None:
        measure = MEASURES[self.metric]
        if self.comparator not in measure.comparators:
            allowed = ", ".join(repr(one) for one in measure.comparators)
            return Misfit("comparator", repr(self.comparator), f"{allowed} with metric {self.metric}")
        if self.tolerance and (len(measure.comparators) == 1 or self.comparator not in ("=", "about")):
            return Misfit("tolerance", "a tolerance", "none: this comparison has no margin")
        if self.tolerance and Decimal(self.tolerance.value) < 0:
            return Misfit("tolerance.value", repr(self.tolerance.value), "zero or more")
        if self.metric == "interpretation" and not self.tests:
            return Misfit("tests", "nothing", "at least one test, if only a not_built one")
        if self.metric != "interpretation" and self.tests:
            return Misfit("tests", f"{len(self.tests)} tests", "none: they belong to metric interpretation")
        return None


def _filled(data: object, naming: str) -> object:
    """Add default filters, where the measure is known and the filters are a table."""
    if not isinstance(data, dict) or str(data.get(naming)) not in MEASURES:
        return data
    filters = data.get("filters", {})
    if not isinstance(filters, dict):
        return data
    return {**data, "filters": with_defaults(str(data[naming]), filters)}


class Article(_Model):
    """Who said it, where and when. A statement is judged as of the end of the period of ``published``."""

    title: Text = Field(description="the title")
    authors: Annotated[tuple[Text, ...], BeforeValidator(_authors)] = Field(
        description="a list of names, or 'unknown'"
    )
    published: Annotated[str, BeforeValidator(_published)] = Field(
        description="2025, '2008-03', '2008-03-14' or 'unknown'"
    )
    publisher: Text = Field("unknown", description="who published it")
    address: Text | None = Field(None, description="a web address")
    note: Text | None = Field(None, description="what is uncertain about the article itself")

    @property
    def published_until(self) -> dt.date | None:
        """Last day of the period in which it was published; None if that is unknown."""
        return end_of_period(self.published)

    @property
    def authors_text(self) -> str:
        """Names with commas, or ``unknown``."""
        return ", ".join(self.authors) or "unknown"


class Contents(_Model):
    """What stands in a claim file."""

    article: Article = Field(description="a table [article]")
    claims: tuple[Statement, ...] = Field(description="one or more tables [[claims]]")

    @model_validator(mode="after")
    def _hang_together(self) -> Self:
        if not self.claims:
            raise misfit_error(Misfit("claims", "an empty list", "one or more tables [[claims]]"))
        places: dict[str, int] = {}
        for number, claim in enumerate(self.claims):
            if claim.id in places:
                first = f"claims[{places[claim.id]}]"
                raise misfit_error(
                    Misfit(f"claims[{number}].id", repr(claim.id), f"a new id; {first} has it")
                )
            places[claim.id] = number
        changes = tuple(claim.id for claim in self.claims if claim.metric == "change")
        for number, claim in enumerate(self.claims):
            for place, test in enumerate(claim.tests):
                for part in test.filters.parts or ():
                    if part not in changes:
                        key = f"claims[{number}].tests[{place}].filters.parts"
                        raise misfit_error(Misfit(key, repr(part), "ids of change statements", changes))
        return self


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """One article and its statements.

    Parameters
    ----------
    name
        What the file is called in messages: its path, or the name of a shipped one.
    article
        The article.
    claims
        Its statements, in the order of the file.
    """

    name: str
    article: Article
    claims: tuple[Statement, ...]
