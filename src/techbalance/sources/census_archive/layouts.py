"""Where does every field of a record stand? The layouts of ``layouts.toml``, unfolded.

A layout that does not tile its record stops the program when it is read, not when a figure is wrong.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Final, Literal

from techbalance.errors import SchemaError

Kind = Literal["digits", "code", "text", "number", "blank"]
LINE_END: Final = b"\r\n"
KINDS: Final = ("digits", "code", "text", "number", "blank")


@dataclass(frozen=True)
class Field:
    """One field: ``start`` counts from 0 in bytes, ``width`` in bytes; a blank stretch has no name."""

    name: str
    start: int
    width: int
    kind: Kind

    @property
    def end(self) -> int:
        """First byte behind the field."""
        return self.start + self.width


@dataclass(frozen=True, eq=False)
class Layout:
    """One kind of record; there is one of each, so that two are the same only where they are one.

    Parameters
    ----------
    name
        As the publisher calls it; a member of an archive is this name with ``.TXT``, in any case.
    length
        Bytes of a record without its line end.
    flow
        ``import``, ``export`` or ``both`` for what archives hold; ``none`` for other files.
    need
        Whether an archive without it is refused.
    key
        Names of the fields that together occur once.
    fields
        All fields in order, blank stretches too.
    measures
        Names of the numbers without ``_mo`` and ``_yr``, in order.
    """

    name: str
    length: int
    flow: Literal["import", "export", "both", "none"]
    need: bool
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    measures: tuple[str, ...]

    @property
    def line(self) -> int:
        """Bytes of a record with its line end."""
        return self.length + len(LINE_END)

    @property
    def member(self) -> str:
        """Name of the member in an archive, lower case."""
        return f"{self.name.lower()}.txt"

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Fields by name, without blank stretches."""
        return {field.name: field for field in self.fields if field.kind != "blank"}

    @cached_property
    def numbers_start(self) -> int:
        """Where the first number of the month stands; the end of the record where there is none."""
        return self.by_name[f"{self.measures[0]}_mo"].start if self.measures else self.length

    def field_at(self, byte: int) -> Field:
        """The field, or blank stretch, a byte of the record belongs to."""
        return next(field for field in self.fields if field.start <= byte < field.end)


@cache
def layouts() -> dict[str, Layout]:
    """Every layout by name.

    Raises
    ------
    SchemaError
        The packaged file does not tile a record, or names an unknown kind or key.
    """
    text = files("techbalance.sources.census_archive").joinpath("layouts.toml").read_text(encoding="utf-8")
    return unfold(tomllib.loads(text))


def layout(name: str) -> Layout:
    """One layout by name."""
    return layouts()[name]


def of_flow(flow: str) -> tuple[Layout, ...]:
    """Layouts that an archive of a flow (``import``, ``export``) may hold."""
    return tuple(one for one in layouts().values() if one.flow in (flow, "both"))


def unfold(declared: dict[str, object]) -> dict[str, Layout]:
    """Turn the declaration into layouts with positions, and hold it to itself."""
    width, measures, records = declared["number_width"], declared["measures"], declared["record"]
    found = {}
    for name, record in records.items():  # type: ignore[attr-defined]
        numbers = tuple(measures[record["numbers"]])  # type: ignore[index]
        heads = [(str(field), int(size), str(kind)) for field, size, kind in record["head"]]
        heads += [(f"{one}_{span}", width, "number") for span in ("mo", "yr") for one in numbers]  # type: ignore[misc]
        fields, at = [], 0
        for field, size, kind in heads:
            if kind not in KINDS:
                raise SchemaError(f"unknown kind {kind!r}", where=f"layouts.toml, {name}, {field}")
            fields.append(Field(field, at, size, kind))  # type: ignore[arg-type]
            at += size
        names = [field.name for field in fields if field.kind != "blank"]
        if at != record["length"] or len(set(names)) < len(names) or not set(record["key"]) <= set(names):
            raise SchemaError("a layout does not tile its record", where=f"layouts.toml, {name}")
        found[name] = Layout(
            name=name,
            length=record["length"],
            flow=record["flow"],
            need=record["need"],
            key=tuple(record["key"]),
            fields=tuple(fields),
            measures=numbers,
        )
    return found
