"""How is SQL used again? Compiled once for a shape, with a place for every value; small results are kept.

Everything here belongs to one connection, and is bounded: shapes by number, results by bytes, and tables that
are kept by rows and number. A store that changes gets a new connection.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import ibis.expr.datashape as ds
import ibis.expr.datatypes as idt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

from techbalance.outline import MARK, Literal, Outline, digest_of, in_order
from techbalance.store.engines.shapes import compiled_shapes

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from techbalance.store.engines.duckdb import DuckDBEngine

MOST_TEMPLATES: Final = 3000
"""Shapes whose SQL is remembered: some ten kilobytes each."""
RESULT_BYTES: Final = 16 << 20
"""What the results that are kept may weigh together."""
LARGEST_RESULT: Final = 256 << 10
"""A result that weighs more is not kept."""
MOST_PREPARED: Final = 400
"""Statements the engine holds planned."""
KEPT: Final = "kept_"
MOST_TABLES: Final = 200
MOST_OF_A_SHAPE: Final = 16
"""Tables kept for one shape: one that is asked with ever other values is no common ground."""
MOST_ROWS: Final = 200_000
"""Rows of a table that is kept; a larger one is read where it is."""
MOST_ROWS_TOGETHER: Final = 2_000_000
_TYPES: Final = {int: "BIGINT", str: "VARCHAR", dt.date: "DATE"}
_PLACE: Final = re.compile(f"{MARK}([0-9]+){MARK}")
# A number of rows has to be a plain number for Ibis; this one stands for a place.
_FIRST_LIMIT: Final = 10**15
_LIMIT: Final = re.compile(r"\bLIMIT 1(0{9}[0-9]{6})\b")

Key = tuple[Any, ...]
# Of answers, which are short, the copy it warns of costs less than planning twice.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)


class Place(ops.Value):  # type: ignore[misc]
    """Where a value of a type goes."""

    number: int
    dtype: idt.DataType
    shape = ds.scalar


class PlacesCompiler(DuckDBCompiler):  # type: ignore[misc]
    """Writes places as marks, bare as DuckDB's own literals are."""

    def visit_Place(self, op: Place, *, number: int, dtype: idt.DataType) -> sge.Expression:  # noqa: N802
        """Write a place."""
        return sge.Var(this=f"{MARK}{number}{MARK}")


@dataclass(frozen=True, slots=True)
class Template:
    """Compiled SQL with places.

    Parameters
    ----------
    pieces
        The text between the places.
    places
        Which value goes behind each piece but the last.
    schema
        Types of the result.
    is_small
        Whether it reads tables in memory only, so that a plan made without the values serves as well.
    """

    pieces: tuple[str, ...]
    places: tuple[int, ...]
    schema: pa.Schema
    is_small: bool

    def filled(self, values: tuple[Any, ...]) -> str:
        """Write the SQL with values."""
        written = [self.pieces[0]]
        for place, piece in zip(self.places, self.pieces[1:], strict=True):
            written += (_sql(values[place]), piece)
        return "".join(written)

    def numbered(self, values: tuple[Any, ...]) -> str:
        """Write the SQL with numbers of parameters, of the types that the values have."""
        written = [self.pieces[0]]
        for place, piece in zip(self.places, self.pieces[1:], strict=True):
            written += (f"CAST(${place + 1} AS {_TYPES[type(values[place])]})", piece)
        return "".join(written)


class Templates:
    """What one connection remembers.

    Parameters
    ----------
    engine
        Which compiles and runs.
    """

    def __init__(self, engine: DuckDBEngine) -> None:
        self._engine = engine
        self._templates: OrderedDict[Key, Template] = OrderedDict()
        self._results: OrderedDict[tuple[Key, Key], pa.Table] = OrderedDict()
        self._weight = 0
        self._asked: dict[Key, int] = {}
        self._prepared: OrderedDict[Key, str] = OrderedDict()
        self._tables: dict[tuple[Key, Key], Outline | None] = {}
        self._of_shape: dict[Key, int] = {}
        self._rows = 0
        self._named = 0

    def fetch(self, outline: Outline) -> pa.Table:
        """Bring the rows of an outline."""
        key, literals = _identity(outline)
        values = tuple([one.value for one in literals])
        found = self._results.get((key, values))
        if found is not None:
            self._results.move_to_end((key, values))
            return found
        template = self._template(outline, key, literals)
        result = self._engine.run_at_once(self._statement(key, template, values)).cast(template.schema)
        if result.nbytes <= LARGEST_RESULT:
            self._results[key, values] = result
            self._weight += result.nbytes
            while self._weight > RESULT_BYTES:
                _, oldest = self._results.popitem(last=False)
                self._weight -= oldest.nbytes
        return result

    def _statement(self, key: Key, template: Template, values: tuple[Any, ...]) -> str:
        """SQL to run: of a shape that was asked before, a statement that the engine has planned already."""
        name = self._prepared.get(key)
        if name is None:
            asked = self._asked[key] = self._asked.get(key, 0) + 1
            if not template.is_small or asked == 1:
                return template.filled(values)
            self._named += 1
            name = f"asked_{self._named}"
            self._engine.prepare(name, template.numbered(values))
            self._prepared[key] = name
            if len(self._prepared) > MOST_PREPARED:
                _, oldest = self._prepared.popitem(last=False)
                self._engine.drop("DEALLOCATE", oldest)
        else:
            self._prepared.move_to_end(key)
        return f"EXECUTE {name}({', '.join(map(_sql, values))})" if values else f"EXECUTE {name}"

    def keep(self, outline: Outline) -> Outline:
        """The rows of an outline as a table in memory; the outline itself where they are too many."""
        key, literals = _identity(outline)
        values = tuple([one.value for one in literals])
        if (key, values) in self._tables:
            table = self._tables[key, values]
            return outline if table is None else table
        if self._is_full(key):
            return outline
        self._of_shape[key] = self._of_shape.get(key, 0) + 1
        # The same in every process where it can be: the name is part of the shapes that begin with it.
        name = f"{KEPT}{digest_of((*key, values)) or len(self._tables)}"
        sql = self._template(outline, key, literals).filled(values)
        columns = ", ".join(
            f'CAST("{column}" AS {idt_sql}) AS "{column}"' for column, idt_sql in _types(outline)
        )
        made = self._engine.make(name, f"SELECT {columns} FROM ({sql}) LIMIT {MOST_ROWS + 1}")  # noqa: S608
        count = self._engine.run_at_once(f"SELECT count(*) AS rows FROM {name}")  # noqa: S608
        (rows,) = count["rows"].to_pylist()
        if rows > MOST_ROWS:
            self._engine.drop("DROP TABLE", name)
            self._tables[key, values] = None
            return outline
        self._rows += rows
        table = outline.o_book.given(made, name)
        self._tables[key, values] = table
        return table

    def _is_full(self, key: Key) -> bool:
        return (
            len(self._tables) >= MOST_TABLES
            or self._rows >= MOST_ROWS_TOGETHER
            or self._of_shape.get(key, 0) >= MOST_OF_A_SHAPE
        )

    def _template(self, outline: Outline, key: Key, literals: list[Literal]) -> Template:
        found = self._templates.get(key)
        if found is not None:
            self._templates.move_to_end(key)
            return found
        digest = digest_of(key)
        shipped = None if digest is None else compiled_shapes().templates.get(digest)
        template = shipped.read() if shipped is not None else self._compiled(outline, literals)
        self._templates[key] = template
        if len(self._templates) > MOST_TEMPLATES:
            oldest, _ = self._templates.popitem(last=False)
            self._asked.pop(oldest, None)
        return template

    def _compiled(self, outline: Outline, literals: list[Literal]) -> Template:
        expression = with_places(outline, literals)
        sql = _LIMIT.sub(lambda match: f"LIMIT {MARK}{int(match[1])}{MARK}", self._engine.compile(expression))
        parts = _PLACE.split(sql)
        is_small = all(
            one.o_args[0].startswith(KEPT)
            for one in in_order(outline, lambda _: False)
            if one.o_call == "given"
        )
        places = tuple(map(int, parts[1::2]))
        return Template(tuple(parts[::2]), places, expression.schema().to_pyarrow(), is_small)

    def known(self) -> dict[str, Template]:
        """What was compiled, by digests that hold in every process."""
        found = {digest_of(key): template for key, template in self._templates.items()}
        return {digest: template for digest, template in found.items() if digest is not None}


def with_places(outline: Outline, literals: list[Literal]) -> ibis.Table:
    """Build an outline with a place for every value."""
    made: dict[int, Any] = {
        id(one): Place(number, idt.dtype(one.o_shape.kind)).to_expr() for number, one in enumerate(literals)
    }
    limits = {id(one): _FIRST_LIMIT + number for number, one in enumerate(literals)}

    def expression(part: Outline) -> Any:  # noqa: ANN401
        return made[id(part)] if part.o_shape.is_open else part.o_build()

    for one in in_order(outline, lambda part: not part.o_shape.is_open):
        if id(one) in made:
            continue
        if one.o_call == "limit":
            made[id(one)] = one.o_made_of(lambda part: limits.get(id(part)) or expression(part))
        else:
            made[id(one)] = one.o_made_of(expression)
    return made[id(outline)] if outline.o_shape.is_open else outline.o_build()


def _identity(outline: Outline) -> tuple[Key, list[Literal]]:
    """What tells SQL apart: the shape, and which values stand at several places; and the values."""
    if not outline.o_shape.is_open:
        return (outline.o_shape,), []
    numbers: dict[int, int] = {}
    pattern: list[Any] = [outline.o_shape]
    literals: list[Literal] = []
    for number, one in enumerate(in_order(outline, lambda part: not part.o_shape.is_open)):
        numbers[id(one)] = number
        if isinstance(one, Literal):
            literals.append(one)
            pattern.append(-1)
        else:
            pattern.extend([numbers[id(part)] for part in one.o_parts if part.o_shape.is_open])
            pattern.append(-2)
    return tuple(pattern), literals


def _types(outline: Outline) -> list[tuple[str, str]]:
    kinds = DuckDBCompiler.type_mapper
    return [(name, kinds.to_string(kind)) for name, kind in outline.o_shape.kind.items()]


def _sql(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, dt.date):
        return f"MAKE_DATE({value.year}, {value.month}, {value.day})"
    return str(value)
