"""What does a source publish, on which terms, and which years does it cover?

Every room of a publisher holds a ``declaration.toml``; addresses live there and never in code.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, TypeVar
from urllib.parse import urlsplit, urlunsplit

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


Model = TypeVar("Model", bound=BaseModel)


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


class Credential(BaseModel):
    """The key a publisher asks for: where a user keeps it, how it looks, how it is sent.

    Parameters
    ----------
    variable
        Environment variable it is read from; the configuration file has it under the name of ``key``.
    shape
        Regular expression the whole key must match; a key of another shape is never sent.
    shape_words
        The same, in words.
    sent_in, field, prefix
        Whether it travels in the query or in a header, under which name, and what stands before it.
    refused_pages
        Parts of addresses to which the publisher sends a caller whose key is missing or wrong.
    page
        Where people get one.
    needed
        Whether the source answers only with a key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    variable: str
    shape: str
    shape_words: str
    sent_in: Literal["query", "header"]
    field: str
    prefix: str = ""
    refused_pages: tuple[str, ...] = ()
    page: str
    needed: bool = True


class Limit(BaseModel):
    """A limit of the publisher's, and where it is written (``assumed`` where it is not)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    value: int
    source: str


class Limits(BaseModel):
    """How a source is asked: how often, how long, how much.

    Parameters
    ----------
    requests_per_second, rate_source
        Most calls a second, and where that is written (``assumed`` where it is not).
    connect_seconds, read_seconds
        How long to wait for a connection, and for the next bytes.
    attempts
        How often a call is tried before it counts as failed; progress starts the count anew.
    wait_seconds, longest_wait_seconds
        First pause between attempts, and the longest one, also of a ``Retry-After`` that is honoured.
    largest_bytes
        An answer that grows beyond it is refused.
    documented
        The publisher's own limits, by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests_per_second: float = Field(default=2.0, gt=0)
    rate_source: str = "assumed"
    connect_seconds: float = Field(default=15.0, gt=0)
    read_seconds: float = Field(default=60.0, gt=0)
    attempts: int = Field(default=5, ge=1)
    wait_seconds: float = Field(default=1.0, ge=0)
    longest_wait_seconds: float = Field(default=120.0, ge=0)
    largest_bytes: int = Field(default=500_000_000, gt=0)
    documented: tuple[Limit, ...] = ()

    def of(self, name: str) -> int | None:
        """A limit of the publisher's by name; None where none is declared."""
        return next((one.value for one in self.documented if one.name == name), None)


class Gates(BaseModel):
    """What a new file may look like beside the last one.

    Parameters
    ----------
    largest_shrink
        Share of bytes a file may lose; one that lost as much is refused until the user accepts it.
    smallest_bytes
        A file below it is refused: no publication of this kind is so small.
    about_bytes
        Usual size of one part, for plans.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    largest_shrink: float = Field(default=0.25, gt=0, le=1)
    smallest_bytes: int = Field(default=1, ge=0)
    about_bytes: int | None = None


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
    is_one_file
        Whether it is always fetched whole, without a span of years.
    coverage
        What it can fill.
    addresses
        Further addresses, by name, of a source that publishes in several places.
    unverified
        What of it was not confirmed against the publisher: ``address``, ``shape``, ``rate`` and so on.
    credential, limits, gates
        Its key, how it may be asked, and what its files may look like.
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
    is_one_file: bool = False
    coverage: tuple[Coverage, ...]
    addresses: dict[str, str] = Field(default_factory=dict)
    unverified: tuple[str, ...] = ()
    credential: Credential | None = None
    limits: Limits = Limits()
    gates: Gates = Gates()

    def moved(self, origin: str) -> Declaration:
        """Point every address at another origin (scheme, host, port, leading path); the paths stay.

        For a mirror a user runs, and for the local publisher of the tests.
        """
        return self.model_copy(
            update={
                "address": _moved(self.address, origin),
                "addresses": {name: _moved(address, origin) for name, address in self.addresses.items()},
            }
        )

    def covers(self, series: str, by: frozenset[str], year: int) -> bool:
        """Whether a series can be had of it, in a year, by all of the keys."""
        return any(series in one.series and by <= set(one.by) and one.includes(year) for one in self.coverage)


def _moved(address: str, origin: str) -> str:
    parts = urlsplit(address)
    return origin.rstrip("/") + urlunsplit(("", "", parts.path, parts.query, ""))


def parse(text: str, name: str) -> Declaration:
    """Read a declaration.

    Raises
    ------
    SchemaError
        As ``read_toml``.
    """
    return read_toml(Declaration, text, name)


def read_toml(model: type[Model], text: str, name: str, remedy: str = "") -> Model:
    """Read a file that people write, and hold it to its model.

    Parameters
    ----------
    model
        What it has to hold.
    text, name
        The file.
    remedy
        What to do about a key that does not fit.

    Raises
    ------
    SchemaError
        The text is no TOML, or a key is missing, unknown or of the wrong form.
    """
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as wrong:
        raise SchemaError("not valid TOML", where=f"{name}: {wrong}") from wrong
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        what = f"{field}: {first['msg'].lower()}" if field else first["msg"].lower()
        raise SchemaError(what, where=name, remedy=remedy) from wrong


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
