"""Text forms that only questions about dependence have: shares, capacities, stages, thresholds, lags."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import ClassVar, Self

from techbalance.errors import ParameterError, shortened
from techbalance.questions.parameters.texts import Text

_NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:[eE]-?[0-9]+)?"
WORLD_WORD = "world"


def _share(given: object, what: str) -> float:
    """Read a share and demand that it lies from 0 to 1.

    Raises
    ------
    ParameterError
        It is no number, or lies outside.
    """
    try:
        value = float(str(given))
    except ValueError as wrong:
        raise ParameterError(f"{what}: {shortened(given)} is no number", remedy="Write 0.5 say") from wrong
    if not (math.isfinite(value) and 0 <= value <= 1):
        raise ParameterError(f"{what}: {shortened(given)} is outside 0 to 1", remedy="A half is 0.5")
    return value


def _plain(value: float) -> str:
    """Write a number so that reading it back gives the same one."""
    return repr(value).removesuffix(".0")


@dataclass(frozen=True)
class Share(Text):
    """A share from 0 to 1."""

    value: float

    pattern: ClassVar[str] = r"^(0|1|0\.[0-9]+|1\.0+)$"
    says: ClassVar[str] = "a share from 0 to 1"
    example: ClassVar[str] = "0.5"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read a number from 0 to 1."""
        return cls(_share(given, "share"))

    def __str__(self) -> str:
        return _plain(self.value)


@dataclass(frozen=True)
class Capacity(Text):
    """A share, or a low and a high one, of exports to us; after ``world`` of exports to the world."""

    low: float
    high: float
    of_world: bool = False

    pattern: ClassVar[str] = r"^(world|(world:)?[01](\.[0-9]+)?(:[01](\.[0-9]+)?)?)$"
    says: ClassVar[str] = "a share from 0 to 1, or low and high with a colon; world before it"
    example: ClassVar[str] = "0.05:0.5"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read ``0.2``, ``0.05:0.5``, ``world``, ``world:0.05:0.5``, or a pair of numbers."""
        if isinstance(given, (tuple, list)) and len(given) == 2:
            given = f"{given[0]}:{given[1]}"
        parts = str(given).strip().split(":")
        of_world = parts[0].casefold() == WORLD_WORD
        numbers = parts[1:] if of_world else parts
        if of_world and not numbers:
            return cls(0.05, 0.5, of_world)
        if len(numbers) not in (1, 2):
            raise ParameterError(
                f"capacity: {shortened(given)} is not {cls.says}",
                remedy="Write 0.05:0.5, 0.2, world or world:0.05:0.5",
            )
        shares = [_share(number, "capacity") for number in numbers]
        if shares[0] > shares[-1]:
            raise ParameterError(
                f"capacity: {shortened(given)} is high before low",
                remedy=f"Write {shares[-1]:g}:{shares[0]:g}",
            )
        return cls(shares[0], shares[-1], of_world)

    def __str__(self) -> str:
        span = ":".join(_plain(one) for one in dict.fromkeys((self.low, self.high)))
        return f"{WORLD_WORD}:{span}" if self.of_world else span


@dataclass(frozen=True)
class Stages(Text):
    """Stages of a shock: suppliers with the share that is gone, and semicolons between stages."""

    stages: tuple[tuple[tuple[str, float], ...], ...]

    pattern: ClassVar[str] = rf"^[^=;]+={_NUMBER}([;,][^=;]+={_NUMBER})*$"
    says: ClassVar[str] = "NAME=SHARE with commas, stages with semicolons"
    example: ClassVar[str] = "CHN=0.5;CHN=1,VNM=0.3"
    _entry: ClassVar[re.Pattern[str]] = re.compile(r"\s*([^=;]+?)\s*=\s*([^,;=]+?)\s*(?:,|$)")

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read the text form; a name may hold a comma of its own ("Korea, South=0.5")."""
        stages = []
        for number, text in enumerate(str(given).split(";"), start=1):
            found, end = [], 0
            for entry in cls._entry.finditer(text):
                if entry.start() != end:
                    break
                found.append((entry[1], _share(entry[2], f"stages, share of {entry[1]}")))
                end = entry.end()
            if not found or end != len(text):
                raise ParameterError(
                    f"stages: stage {number} is not {cls.says}",
                    where=f"given {shortened(text)}",
                    remedy=f"Write for example '{cls.example}'",
                )
            names = [name.casefold() for name, _ in found]
            if len(set(names)) < len(names):
                raise ParameterError(f"stages: stage {number} names a supplier twice", remedy="Name it once")
            stages.append(tuple(found))
        return cls(tuple(stages))

    def __str__(self) -> str:
        return ";".join(",".join(f"{name}={_plain(share)}" for name, share in stage) for stage in self.stages)


@dataclass(frozen=True)
class Thresholds(Text):
    """Thresholds by criterion."""

    values: tuple[tuple[str, float], ...]

    pattern: ClassVar[str] = rf"^[A-Za-z][A-Za-z0-9_]*={_NUMBER}(,[A-Za-z][A-Za-z0-9_]*={_NUMBER})*$"
    says: ClassVar[str] = "CRITERION=NUMBER with commas"
    example: ClassVar[str] = "C1=0.3"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read the text form, or a mapping."""
        if isinstance(given, dict):
            given = ",".join(f"{name}={value}" for name, value in given.items())
        found: dict[str, float] = {}
        for part in str(given).split(","):
            name, sign, number = (one.strip() for one in part.partition("="))
            if not sign or not name or not re.fullmatch(_NUMBER, number):
                raise ParameterError(
                    f"threshold: {shortened(part)} is not {cls.says}", remedy=f"Write {cls.example} say"
                )
            if name in found:
                raise ParameterError(f"threshold: {name} is given twice", remedy="Give it once")
            found[name] = float(number)
        return cls(tuple(found.items()))

    def __str__(self) -> str:
        return ",".join(f"{name}={_plain(value)}" for name, value in self.values)


@dataclass(frozen=True)
class Lags(Text):
    """Whole numbers of years, each once."""

    values: tuple[int, ...]

    pattern: ClassVar[str] = r"^[0-9]{1,2}(,[0-9]{1,2})*$"
    says: ClassVar[str] = "whole numbers of years with commas"
    example: ClassVar[str] = "0,1"

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read ``0,1``, a number, or a list of numbers."""
        text = ",".join(str(one) for one in given) if isinstance(given, (tuple, list)) else str(given)
        text = text.replace(" ", "")
        if not re.match(cls.pattern, text):
            raise ParameterError(f"lags: {shortened(given)} is not {cls.says}", remedy="Write 0,1 say")
        return cls(tuple(sorted({int(one) for one in text.split(",")})))

    def __str__(self) -> str:
        return ",".join(str(value) for value in self.values)
