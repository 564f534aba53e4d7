"""What does a source publish, on which terms, and which years does it cover?

Every room of a publisher holds a ``declaration.toml``; addresses live there and never in code.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from techbalance.errors import SchemaError

# In the order in which a user would try them.
ROOMS = (
    "census_country",
    "census_hitech",
    "census_hs",
    "usitc_dataweb",
    "usitc_lists",
    "census_ft900",
    "census_archive",
    "census_discs",
    "worldbank",
    "comtrade",
    "oecd",
)


class Coverage(BaseModel):
    """One table a source can fill: which series, by what, from which year to which."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    series: tuple[str, ...]
    flows: tuple[str, ...]
    by: tuple[str, ...]
    from_year: int = Field(alias="from")
    to_year: int | None = Field(default=None, alias="to")

    def includes(self, year: int) -> bool:
        """Whether a year is covered."""
        return self.from_year <= year and (self.to_year is None or year <= self.to_year)


class Declaration(BaseModel):
    """One source.

    Parameters
    ----------
    id
        Agency and series.
    publisher, title, address, page, cadence, basis, unit, licence
        As the publisher has them; ``address`` is where data come from, ``page`` where people read about them.
    key
        Which key it needs, if any.
    verified
        Whether address and shape were confirmed against the publisher; ``verification`` says how, or what
        was not.
    records
        Patterns of the source ids of stored figures that came from it.
    needs
        Another source without which it does not answer.
    coverage
        What it can fill.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    publisher: str
    title: str
    address: str
    page: str
    cadence: str
    basis: str
    unit: str
    licence: str
    key: Literal["none", "census", "dataweb", "comtrade"]
    verified: bool
    verification: str
    records: tuple[str, ...]
    needs: str = ""
    coverage: tuple[Coverage, ...]

    def covers(self, series: str, by: frozenset[str], year: int) -> bool:
        """Whether a series can be had of it, in a year, by all of the keys."""
        return any(series in one.series and by <= set(one.by) and one.includes(year) for one in self.coverage)


def parse(text: str, name: str) -> Declaration:
    """Read a declaration.

    Raises
    ------
    SchemaError
        The text is no TOML, or a key is missing, unknown or of the wrong form.
    """
    try:
        return Declaration.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as wrong:
        raise SchemaError("not valid TOML", where=f"{name}: {wrong}") from wrong
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SchemaError(f"{field}: {first['msg'].lower()}", where=name) from wrong


@cache
def declared() -> tuple[Declaration, ...]:
    """Every source, in the order in which a user would try them."""
    found = []
    for room in ROOMS:
        place = files("techbalance.sources").joinpath(room, "declaration.toml")
        found.append(parse(place.read_text(encoding="utf-8"), f"sources/{room}/declaration.toml"))
    return tuple(found)


def routes(series: str, by: frozenset[str], years: tuple[int, ...]) -> tuple[Declaration, ...]:
    """Sources whose declared coverage holds a series, by all of the keys, in every one of the years."""
    return tuple(one for one in declared() if all(one.covers(series, by, year) for year in years))
