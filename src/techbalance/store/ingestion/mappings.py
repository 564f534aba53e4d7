"""Which column of a tidy file holds what? A declared mapping; those of publishers' own shapes come along."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from techbalance.errors import SchemaError
from techbalance.sources.declaration import read_toml
from techbalance.store import userfiles

if TYPE_CHECKING:
    from collections.abc import Collection

SHIPPED = "shapes"
FLOW_VALUES = {
    "import": (
        "general_usd",
        "general_cif_usd",
        "general_qty_1",
        "consumption_usd",
        "consumption_qty_1",
        "dutiable_usd",
        "duty_usd",
    ),
    "export": ("export_usd", "domestic_usd", "export_qty_1"),
}
# Without it there is no total that could be met.
NEEDED = {"import": "general_usd", "export": "export_usd"}
SYSTEMS = {"import": "HTS", "export": "SCHEDULE_B"}


class Mapping(BaseModel):
    """One shape of a tidy file.

    Parameters
    ----------
    name, title
        What it is called, and what such a file is.
    source
        Source of the rows: the declared source it was taken from, or a name of the user's.
    publisher
        Who published the figures.
    flow
        The flow of every row.
    freq
        Whether a row is a month or a year.
    period
        Column of the year (``2024``) or the month (``2024-07``).
    partner
        Column of the Census code; None where every row is of the partner given with the file.
    product
        Column of the code.
    digits
        Digits of a product code. Fewer than ten cannot be classified.
    values
        Column of each value: our name, then the file's.
    keep
        Columns that must hold a value for a row to be read, other rows are sums of these.
    total
        What the first field of a last line holds that is the total of the file; None where there is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    source: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    publisher: str
    flow: Literal["import", "export"]
    freq: Literal["month", "year"]
    period: str
    partner: str | None = None
    product: str
    digits: Literal[6, 8, 10] = 10
    values: dict[str, str]
    keep: dict[str, str] = Field(default_factory=dict)
    total: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> Mapping:
        known = FLOW_VALUES[self.flow]
        for value in self.values:
            if value not in known:
                raise ValueError(f"values: {value!r} is none of {', '.join(known)}")
        if NEEDED[self.flow] not in self.values:
            raise ValueError(f"values: {NEEDED[self.flow]} is needed")
        return self

    @property
    def system(self) -> str:
        """The code system of its products."""
        return SYSTEMS[self.flow]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the file that are read."""
        named = [self.period, self.product, *self.values.values(), *self.keep]
        return tuple(dict.fromkeys(named if self.partner is None else [self.partner, *named]))


@cache
def shipped() -> dict[str, Mapping]:
    """The mappings that come along, by name."""
    folder = files("techbalance.store.ingestion").joinpath(SHIPPED)
    texts = {one.name: one.read_text(encoding="utf-8") for one in folder.iterdir()}
    found = [_parsed(text, name) for name, text in sorted(texts.items()) if name.endswith(".toml")]
    return {one.name: one for one in found}


def named(given: str) -> Mapping:
    """Look a mapping up: one that comes along, by name, or a file of the user's.

    Raises
    ------
    SchemaError
        Neither; or the file is no mapping.
    """
    if given in shipped():
        return shipped()[given]
    if not userfiles.is_file(given):
        raise SchemaError(
            f"there is no mapping {given!r}",
            remedy=f"Name a TOML file, or one of {', '.join(shipped())}",
        )
    return _parsed(userfiles.read_text(given), given)


def fitting(columns: Collection[str], where: str) -> Mapping:
    """The mapping that comes along for a file with these columns; the one that reads most of them.

    Raises
    ------
    SchemaError
        None fits.
    """
    found = [one for one in shipped().values() if set(one.columns) <= set(columns)]
    if not found:
        raise SchemaError(
            "no mapping that comes along fits the columns of the file",
            where=f"{where}: {', '.join(list(columns)[:12])}",
            remedy="Declare one in a TOML file and name it with --map; docs/howto/ingest.md shows how",
        )
    return max(found, key=lambda one: len(one.columns))


def _parsed(text: str, name: str) -> Mapping:
    return read_toml(Mapping, text, name, "docs/howto/ingest.md shows one")
