"""What does a screen ask? Its criteria, thresholds and years, declared as a small TOML file.

A screen is data: a user writes one, the package ships some, and both are read by :func:`read_screen`. No
table library is imported here, so that a command can list the screens at once.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from techbalance.errors import NotCoveredError, ParameterError, SchemaError, UnknownCodeError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pydantic_core import ErrorDetails

Side = Literal["import", "export", "world"]
Comparator = Literal[">", ">=", "<", "<="]
Input = Literal["imports", "exports", "world", "members", "production"]

INPUT_WORDS: Final[dict[Input, str]] = {
    "imports": "imports by partner",
    "exports": "exports",
    "world": "exports of every country to the world",
    "members": "the members of an area",
    "production": "domestic production",
}
SIDE_INPUT: Final[dict[Side, Input]] = {"import": "imports", "export": "exports", "world": "world"}


@dataclass(frozen=True)
class Measure:
    """What can be asked: on which sides, from which inputs beside the side's own, up to which value."""

    sides: tuple[Side, ...]
    needs: tuple[Input, ...] = ()
    largest: float | None = None


ALL_SIDES: Final[tuple[Side, ...]] = ("import", "export", "world")
MEASURES: Final[dict[str, Measure]] = {
    "hhi": Measure(ALL_SIDES, largest=1.0),
    "hhi_normalised": Measure(ALL_SIDES, largest=1.0),
    "effective_suppliers": Measure(ALL_SIDES),
    "suppliers": Measure(ALL_SIDES),
    "top_share": Measure(ALL_SIDES, largest=1.0),
    "top3_share": Measure(ALL_SIDES, largest=1.0),
    "imports_to_exports": Measure(("import",), ("exports",)),
    "outside_share": Measure(("import",), ("members",), largest=1.0),
    "penetration": Measure(("import",), ("exports", "production")),
}
ONE_SIDED: Final = ("imports_to_exports", "outside_share", "penetration")


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Criterion(_Declared):
    """One condition of a screen, judged for each item and year."""

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    measure: str
    side: Side = "import"
    comparator: Comparator
    threshold: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    status: Literal["read", "unverified"] = "read"

    @field_validator("measure")
    @classmethod
    def _known(cls, measure: str) -> str:
        if measure not in MEASURES:
            raise ValueError(f"{_near(measure, MEASURES)}")
        return measure

    @model_validator(mode="after")
    def _possible(self) -> Criterion:
        declared = MEASURES[self.measure]
        if self.side not in declared.sides:
            raise ValueError(
                f"measure {self.measure!r} exists on the side {' or '.join(declared.sides)} only"
            )
        if declared.largest is not None and self.threshold > declared.largest:
            raise ValueError(
                f"threshold {self.threshold:g} can never be reached: {self.measure} lies between 0 and "
                f"{declared.largest:g} (an index of 4,200 points is 0.42)"
            )
        return self

    @property
    def column(self) -> str:
        """Column of the table of measures that holds the value."""
        return self.measure if self.measure in ONE_SIDED else f"{self.side}_{self.measure}"

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What has to be held for the criterion to be judged."""
        return (SIDE_INPUT[self.side], *MEASURES[self.measure].needs)


class Screen(_Declared):
    """A declared rule: all criteria must be met, in at least ``minimum_years`` of ``years``.

    ``years`` is a number, the newest years up to the last one held, or text such as ``2019:2022``.
    """

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    source: str = ""
    years: int | str = 1
    minimum_years: int = Field(default=1, ge=1)
    criteria: tuple[Criterion, ...] = Field(strict=False)

    @model_validator(mode="after")
    def _consistent(self) -> Screen:
        ids = [criterion.id for criterion in self.criteria]
        if not ids:
            raise ValueError("a screen needs at least one criterion")
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"criterion id {twice[0]!r} is used twice")
        if self.minimum_years > self.window:
            raise ValueError(f"minimum_years is {self.minimum_years} but years covers {self.window}")
        return self

    @field_validator("years", mode="before")
    @classmethod
    def _readable(cls, years: object) -> object:
        if type(years) is int and years >= 1:
            return years
        if isinstance(years, str):
            first, _, last = years.partition(":")
            if first.isdigit() and (last or first).isdigit() and int(first) <= int(last or first):
                return years
        raise ValueError(f"{years!r} is neither a number of years nor a range such as '2019:2022'")

    @property
    def fixed_years(self) -> tuple[int, ...] | None:
        """The years named, or None where the newest are meant."""
        if isinstance(self.years, int):
            return None
        first, _, last = self.years.partition(":")
        return tuple(range(int(first), int(last or first) + 1))

    @property
    def window(self) -> int:
        """How many years the rule looks at."""
        return self.years if isinstance(self.years, int) else len(self.fixed_years or ())

    def with_thresholds(self, thresholds: Mapping[str, float]) -> Screen:
        """The same screen with other thresholds, by criterion id.

        Raises
        ------
        UnknownCodeError
            An id is not one of the screen's.
        ParameterError
            A threshold is out of the measure's range.
        """
        ids = [criterion.id for criterion in self.criteria]
        for name in thresholds:
            if name not in ids:
                raise UnknownCodeError.among(f"criterion of screen {self.name!r}", name, ids)
        changed = [
            {**criterion.model_dump(), "threshold": float(thresholds.get(criterion.id, criterion.threshold))}
            for criterion in self.criteria
        ]
        try:
            return Screen.model_validate({**self.model_dump(), "criteria": changed})
        except ValidationError as error:
            raise ParameterError(
                _problem(error.errors()[0]), where=f"screen {self.name!r}", remedy="Give another threshold"
            ) from None

    def check_answerable(self, held: Collection[Input], years_held: Collection[int]) -> None:
        """Refuse a screen of which nothing can be judged with what is held.

        Parameters
        ----------
        held
            The inputs that are there.
        years_held
            The years they cover.

        Raises
        ------
        NotCoveredError
            No criterion can be judged, or none of the years it names is held; the message names what can.
        """
        if not any(set(criterion.inputs) <= set(held) for criterion in self.criteria):
            missing = sorted(
                {INPUT_WORDS[need] for c in self.criteria for need in c.inputs if need not in held}
            )
            possible = sorted(
                f"{side} {name}"
                for name, measure in MEASURES.items()
                for side in measure.sides
                if {SIDE_INPUT[side], *measure.needs} <= set(held)
            )
            raise NotCoveredError(
                f"screen {self.name!r} needs {', '.join(missing)}, which are not held",
                remedy=f"Criteria that can be judged: {', '.join(possible) or 'none'}",
            )
        if self.fixed_years and not set(self.fixed_years) & set(years_held):
            raise NotCoveredError(
                f"screen {self.name!r} looks at {self.years}, which is not held",
                remedy=f"Years held: {', '.join(str(year) for year in sorted(years_held)) or 'none'}",
            )


def read_screen(text: str, *, origin: str = "screen.toml") -> Screen:
    """Read a screen from the text of its TOML file.

    Parameters
    ----------
    text
        The file's text.
    origin
        Its name, for messages.

    Returns
    -------
    Screen
        The screen, every value checked.

    Raises
    ------
    SchemaError
        Not TOML, an unknown or missing key, or a value of the wrong form; names the key and what it takes.
    """
    try:
        declared = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SchemaError(f"not a TOML file: {error}", where=origin, remedy="Correct that line") from None
    try:
        return Screen.model_validate(declared)
    except ValidationError as error:
        # An unknown key explains the missing one beside it, so it comes first.
        found = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        raise SchemaError(_problem(found[0]), where=_place(origin, found[0]), remedy=_remedy(found)) from None


def shipped_screens() -> tuple[str, ...]:
    """Names of the screens that ship with the package, sorted."""
    folder = resources.files(__package__)
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    )


def shipped_screen(name: str) -> Screen:
    """Read a screen that ships with the package.

    Raises
    ------
    UnknownCodeError
        There is none of that name.
    """
    if name not in shipped_screens():
        raise UnknownCodeError.among("screen", name, shipped_screens())
    text = resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8")
    return read_screen(text, origin=f"{name}.toml")


def _near(given: str, known: Collection[str]) -> str:
    near = get_close_matches(given, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
    return f"unknown measure {given!r}; {hint}"


def _place(origin: str, problem: ErrorDetails) -> str:
    where = [origin]
    for part in problem["loc"]:
        where.append(f"criterion {part + 1}" if isinstance(part, int) else f"key {part}")
    return ", ".join(where).replace("key criteria, criterion", "criterion")


def _problem(problem: ErrorDetails) -> str:
    if problem["type"] == "extra_forbidden":
        return f"unknown key {problem['loc'][-1]!r}"
    if problem["type"] == "missing":
        return f"key {problem['loc'][-1]!r} is missing"
    if problem["type"] == "value_error":
        return problem["msg"].removeprefix("Value error, ")
    return f"{problem['input']!r} does not fit: {problem['msg'].removeprefix('Input ')}"


def _remedy(problems: list[ErrorDetails]) -> str:
    first = problems[0]
    fields = (Criterion if first["loc"][:1] == ("criteria",) else Screen).model_fields
    words = ""
    if first["type"] == "extra_forbidden":
        near = get_close_matches(str(first["loc"][-1]), fields, n=1)
        words = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(fields)}."
    elif first["type"] == "missing":
        words = "Add it."
    if len(problems) > 1:
        words += f" Further problems: {len(problems) - 1}."
    return words.strip()
