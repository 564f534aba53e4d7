"""Which shapes were learnt and compiled ahead of time? Those of the report, of pages and of usual questions.

A shape and its SQL follow from what was noted and from nothing else, so they hold wherever the same steps are
noted with the same versions of what compiles them. What does not ship is learnt on the way.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from techbalance.outline import Shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from techbalance.store.engines.templates import Template

FILE: Final = "shapes.json.gz"
COMPILERS: Final = ("duckdb", "ibis-framework", "sqlglot")


@dataclass(frozen=True, slots=True)
class ShippedTemplate:
    """Compiled SQL with places, as texts.

    Parameters
    ----------
    pieces, places, is_small
        As those of a template.
    columns
        Name and Arrow type of each column.
    """

    pieces: tuple[str, ...]
    places: tuple[int, ...]
    is_small: bool
    columns: tuple[tuple[str, str], ...]

    def read(self) -> Template:
        """The template."""
        import pyarrow as pa

        from techbalance.store.engines.templates import Template

        schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in self.columns])
        return Template(self.pieces, self.places, schema, self.is_small)


@dataclass(frozen=True)
class Shapes:
    """What ships, by digest."""

    shapes: Mapping[str, Shipped] = field(default_factory=dict)
    templates: Mapping[str, ShippedTemplate] = field(default_factory=dict)


def compilers() -> dict[str, str]:
    """Versions of what decides how steps become SQL."""
    return {name: version(name) for name in COMPILERS}


@cache
def compiled_shapes() -> Shapes:
    """Read what ships; nothing where other versions compile here, or before the file is written."""
    file = files("techbalance.store").joinpath(FILE)
    found = json.loads(gzip.decompress(file.read_bytes())) if file.is_file() else {}
    if found.get("compilers") != compilers():
        return Shapes()
    tables = [tuple(columns) for columns in found["columns"]]
    types = [tuple(one) for one in found["types"]]
    return Shapes(
        {
            digest: Shipped(None if columns is None else tables[columns], types[kinds])
            for digest, (columns, kinds) in found["shapes"].items()
        },
        {digest: _template(one) for digest, one in found["templates"].items()},
    )


def _template(one: dict[str, Any]) -> ShippedTemplate:
    columns = tuple((name, kind) for name, kind in one["columns"])
    return ShippedTemplate(tuple(one["pieces"]), tuple(one["places"]), one["is_small"], columns)


def written(shapes: Mapping[str, Shipped], templates: Mapping[str, Template]) -> bytes:
    """Write shapes and templates as a file, the same bytes for the same of them."""
    tables: dict[tuple[str, ...], int] = {}
    types: dict[tuple[str, ...], int] = {}
    told = {
        digest: [
            None if one.columns is None else tables.setdefault(one.columns, len(tables)),
            types.setdefault(one.types, len(types)),
        ]
        for digest, one in sorted(shapes.items())
    }
    compiled = {digest: _told(one) for digest, one in sorted(templates.items())}
    whole = {
        "compilers": compilers(),
        "columns": list(tables),
        "types": list(types),
        "shapes": told,
        "templates": {digest: one for digest, one in compiled.items() if one is not None},
    }
    return gzip.compress(json.dumps(whole, separators=(",", ":")).encode(), mtime=0)


def _told(template: Template) -> dict[str, Any] | None:
    """A template as texts; None where Arrow has no short name for a type in it."""
    columns = [(column.name, str(column.type)) for column in template.schema]
    if any(_alias(kind) != column.type for (_, kind), column in zip(columns, template.schema, strict=True)):
        return None
    return {
        "pieces": template.pieces,
        "places": template.places,
        "is_small": template.is_small,
        "columns": columns,
    }


def _alias(kind: str) -> pa.DataType | None:
    import pyarrow as pa

    try:
        return pa.type_for_alias(kind)
    except ValueError:
        return None
