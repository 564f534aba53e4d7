"""How is a span of years, a partner, a group or a date written in a question?

Each type has one text form, which is also its JSON form: what the command line takes, what a permalink
holds, and what an interface description shows.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import Field
from pydantic_core import CoreSchema, core_schema

from techbalance.classifications.groups import group_code
from techbalance.errors import ParameterError, UnknownCodeError, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_YEAR, LAST_YEAR = 1800, 2200

# How many rows to keep. No answer has a million rows; a larger number is a slip, and engines overflow on it.
Top = Annotated[int, Field(gt=0, le=1_000_000)]


class Text(ABC):
    """A value with exactly one text form."""

    pattern: ClassVar[str]
    says: ClassVar[str]
    example: ClassVar[str]

    @classmethod
    @abstractmethod
    def parse(cls, given: object) -> Self:
        """Read the text form, or the plain Python values a caller would write instead."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda given: given if isinstance(given, cls) else cls.parse(given),
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: object) -> dict[str, Any]:
        return {"type": "string", "pattern": cls.pattern, "description": cls.says, "examples": [cls.example]}


@dataclass(frozen=True)
class Years(Text):
    """One year, ``2024``, or a span with both ends in it, ``2002:2007``."""

    start: int
    end: int

    pattern: ClassVar[str] = r"^[0-9]{4}(:[0-9]{4})?$"
    says: ClassVar[str] = "a year, or first and last year with a colon"
    example: ClassVar[str] = "2002:2007"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read ``2024``, ``2002:2007``, a number, or a pair of numbers."""
        if isinstance(given, (tuple, list)) and len(given) == 2:
            given = f"{given[0]}:{given[1]}"
        text = str(given).strip()
        if not re.match(cls.pattern, text):
            raise ParameterError(f"{shortened(text)} is not {cls.says}", remedy="Write 2024 or 2002:2007")
        first, _, last = text.partition(":")
        start, end = int(first), int(last or first)
        if start > end:
            raise ParameterError(f"the span {text!r} ends before it starts", remedy=f"Write {end}:{start}")
        if start < FIRST_YEAR or end > LAST_YEAR:
            raise ParameterError(f"{text!r} is outside {FIRST_YEAR}:{LAST_YEAR}")
        return cls(start, end)

    def __str__(self) -> str:
        return str(self.start) if self.start == self.end else f"{self.start}:{self.end}"

    def __contains__(self, year: int) -> bool:
        return self.start <= year <= self.end


@dataclass(frozen=True)
class AsOf(Text):
    """The day whose knowledge is read: ``2017-02-28``, or ``2017-02`` and ``2017`` for their last day."""

    day: dt.date

    pattern: ClassVar[str] = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
    says: ClassVar[str] = "a date; a month or a year means its last day"
    example: ClassVar[str] = "2025-04"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read a date, or the text of a date, month or year."""
        if isinstance(given, dt.datetime):
            given = given.date()
        if isinstance(given, dt.date):
            return cls(given)
        text = str(given).strip()
        if not re.match(cls.pattern, text):
            raise ParameterError(
                f"{shortened(text)} is not {cls.says}", remedy="Write 2025-04-30, 2025-04 or 2025"
            )
        numbers = [int(part) for part in text.split("-")]
        year = numbers[0]
        month = numbers[1] if len(numbers) > 1 else 12
        try:
            day = numbers[2] if len(numbers) > 2 else calendar.monthrange(year, month)[1]
            return cls(dt.date(year, month, day))
        except (ValueError, calendar.IllegalMonthError) as wrong:
            raise ParameterError(f"{text!r} is no day of the calendar") from wrong

    def __str__(self) -> str:
        return self.day.isoformat()


@dataclass(frozen=True)
class Names(Text):
    """Several names: text with commas, or a list."""

    names: tuple[str, ...]

    pattern: ClassVar[str] = r"^.+$"
    says: ClassVar[str] = "one or more, with commas between them"
    example: ClassVar[str] = ""

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read ``a,b`` or a list of texts; repeats are dropped, order is kept."""
        parts = given if isinstance(given, (list, tuple)) else str(given).split(",")
        names = tuple(dict.fromkeys(cls.one(str(part).strip()) for part in parts if str(part).strip()))
        if not names:
            raise ParameterError(
                f"{shortened(given)} names nothing", remedy=f"Write for example {cls.example}"
            )
        return cls(names)

    @classmethod
    def one(cls, name: str) -> str:
        """Check one name and bring it to its one spelling."""
        return name

    def __str__(self) -> str:
        return ",".join(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self.names


class GroupRef(Names):
    """Technology groups: codes ``01`` to ``10`` or their names."""

    says: ClassVar[str] = "technology groups 01 to 10, by code or name"
    example: ClassVar[str] = "04,05"

    @classmethod
    def one(cls, name: str) -> str:
        """Turn a code or a name into the two-digit code."""
        return group_code(name)


class PartnerRef(Names):
    """Partners: ISO3 codes, Census codes, names, or areas such as ``EU27``.

    A name may hold a comma of its own ("Korea, South"), so a text is kept whole here; it is taken apart
    when it is looked up and is not one partner as it stands.
    """

    says: ClassVar[str] = "partners by ISO3 code, Census code or name; areas such as EU27"
    example: ClassVar[str] = "CHN,MEX"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Keep each text whole; a list holds several."""
        parts = given if isinstance(given, (list, tuple)) else [given]
        names = tuple(dict.fromkeys(str(part).strip() for part in parts if str(part).strip(" ,\t\n")))
        if not names:
            raise ParameterError("no partner is named", remedy=f"Write for example {cls.example}")
        return cls(names)


class ProductRef(Names):
    """Products: HTS or Schedule B codes of two to ten digits; dots are dropped, a short code is a prefix."""

    says: ClassVar[str] = "product codes of two to ten digits; a short code takes all below it"
    example: ClassVar[str] = "8542"

    @classmethod
    def one(cls, name: str) -> str:
        """Drop dots and spaces, and demand two to ten digits."""
        code = name.replace(".", "").replace(" ", "")
        if not re.match(r"^[0-9]{2,10}$", code):
            raise ParameterError(f"{shortened(name)} is not a product code of two to ten digits")
        return code


@dataclass(frozen=True)
class AllowedKeys:
    """Annotation of a ``--by`` option: ``Annotated[Names, AllowedKeys("year", "group")]``.

    Parameters
    ----------
    allowed
        The keys the question takes, and no other.
    """

    allowed: tuple[str, ...]

    def __init__(self, *allowed: str) -> None:
        object.__setattr__(self, "allowed", allowed)

    def read(self, given: object) -> Names:
        """Read keys, and refuse one the question does not have."""
        names = given if isinstance(given, Names) else Names.parse(given)
        for name in names.names:
            if name not in self.allowed:
                raise UnknownCodeError.among("key", name, self.allowed)
        return names

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.to_string_ser_schema()
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: object) -> dict[str, Any]:
        one = "|".join(self.allowed)
        return {"type": "string", "pattern": f"^({one})(,({one}))*$", "examples": [self.allowed[0]]}
