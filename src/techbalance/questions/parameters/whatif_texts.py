"""How is a rate or a range of assumptions written in a what-if question?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from techbalance.errors import ParameterError, shortened
from techbalance.questions.parameters.texts import Text

LARGEST_BARE = 10.0
"""A bare number above this is more likely percent whose sign was left out than a rate of 1,000 %."""
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_DASHES = str.maketrans({"\u2212": "-"})


def _plain(value: float) -> str:
    return repr(value).removesuffix(".0")


@dataclass(frozen=True)
class Rate(Text):
    """A rate or change as a fraction or in percent."""

    value: float

    pattern: ClassVar[str] = rf"^{_NUMBER} ?%?$"
    says: ClassVar[str] = "a rate such as 0.25 or 25%"
    example: ClassVar[str] = "25%"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read ``0.25``, ``25%`` or a number; a bare number above 10 is refused as a likely slip."""
        text = str(given).strip().translate(_DASHES)
        if not re.fullmatch(cls.pattern, text):
            raise ParameterError(f"{shortened(given)} is not {cls.says}", remedy="Write 0.25 or 25%")
        if text.endswith("%"):
            return cls(float(text.rstrip("% ")) / 100.0)
        value = float(text)
        if abs(value) > LARGEST_BARE:
            raise ParameterError(
                f"{text} as a rate is {value * 100:,.0f} %",
                remedy=f"Write {text}% if percent is meant, else {value * 100:.12g}%",
            )
        return cls(value)

    def __str__(self) -> str:
        return _plain(self.value) if abs(self.value) <= LARGEST_BARE else f"{_plain(self.value * 100)}%"


@dataclass(frozen=True)
class BaseRate(Text):
    """Where a tariff starts from: ``base`` for the rate in the record, or a rate."""

    rate: Rate | None

    pattern: ClassVar[str] = rf"^(base|{_NUMBER} ?%?)$"
    says: ClassVar[str] = "base, for the duty collected in the year, or a rate"
    example: ClassVar[str] = "base"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read ``base`` or a rate."""
        return cls(None if str(given).strip().casefold() == "base" else Rate.parse(given))

    def __str__(self) -> str:
        return "base" if self.rate is None else str(self.rate)


@dataclass(frozen=True)
class Span(Text):
    """An assumption as a range: ``LOW:HIGH``, ``LOW:CENTRAL:HIGH``, or one number that is not varied."""

    low: float
    central: float | None
    high: float

    pattern: ClassVar[str] = rf"^(-?inf|{_NUMBER})(:(-?inf|{_NUMBER})){{0,2}}$"
    says: ClassVar[str] = "LOW:HIGH, LOW:CENTRAL:HIGH or one number"
    example: ClassVar[str] = "2:6:14"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read the text form, a number, or two or three numbers."""
        if isinstance(given, (tuple, list)):
            given = ":".join(str(part) for part in given)
        text = str(given).strip().replace(" ", "").translate(_DASHES)
        if not re.fullmatch(cls.pattern, text):
            raise ParameterError(
                f"{shortened(given)} is not {cls.says}", remedy=f"Write for example {cls.example}"
            )
        parts = [float(part) for part in text.split(":")]
        if parts != sorted(parts):
            ordered = ":".join(_plain(part) for part in sorted(parts))
            raise ParameterError(f"{shortened(given)} is not in order", remedy=f"Write {ordered}")
        central = {1: parts[0], 3: parts[1] if len(parts) == 3 else None}.get(len(parts))
        return cls(parts[0], central, parts[-1])

    @property
    def is_fixed(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def __str__(self) -> str:
        if self.is_fixed:
            return _plain(self.low)
        middle = [] if self.central is None else [_plain(self.central)]
        return ":".join([_plain(self.low), *middle, _plain(self.high)])
