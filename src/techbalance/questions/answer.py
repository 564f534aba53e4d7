"""What does a question give back? A lazy table with units, notes, lineage and an identity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from techbalance.errors import NotCoveredError
from techbalance.questions.parameters.columns import COLUMNS, Column

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from techbalance.questions.parameters.declaration import Params, Question
    from techbalance.store.catalogue import Store


@dataclass(frozen=True)
class Lineage:
    """The rows a figure was computed from.

    Parameters
    ----------
    table
        Name of the stored table.
    rows
        The stored rows that went in, with ``source_id`` and ``vintage``.
    formula
        What was done with them, in one line.
    value
        The column of the rows that went in, where it is another than the table's usual one.
    """

    table: str
    rows: ibis.Table
    formula: str
    value: str | None = None


@dataclass(frozen=True, eq=False)
class Answer:
    """Answer to one question.

    Parameters
    ----------
    question, params
        What was asked.
    store
        What it was asked of.
    table
        The answer as an expression; nothing is computed until it is looked at.
    notes
        What must be known to read it, beyond the notes of its rows.
    lineage
        Where it comes from.
    failed
        Whether a check the question makes has failed.
    uncovered
        Whether something that had to be covered is not.
    inputs
        Name and SHA-256 of every file of the user's that went in.
    """

    question: Question
    params: Params
    store: Store
    table: ibis.Table | pa.Table
    notes: tuple[str, ...] = ()
    lineage: tuple[Lineage, ...] = ()
    failed: bool = False
    uncovered: bool = False
    inputs: tuple[tuple[str, str], ...] = ()

    @cached_property
    def arrow(self) -> pa.Table:
        """The rows as an Arrow table, computed once."""
        import pyarrow

        return self.table if isinstance(self.table, pyarrow.Table) else self.store.fetch(self.table)

    def rows(self) -> list[dict[str, Any]]:
        """List the rows as plain Python values."""
        return list(self.arrow.to_pylist())

    def to_pandas(self) -> pd.DataFrame:
        """Hand the rows to pandas; integer columns stay integers, with nulls too (``Int64``)."""
        import pandas
        import pyarrow

        nullable = {
            pyarrow.int64(): pandas.Int64Dtype(),
            pyarrow.int32(): pandas.Int32Dtype(),
            pyarrow.int16(): pandas.Int16Dtype(),
            pyarrow.int8(): pandas.Int8Dtype(),
        }
        return self.arrow.to_pandas(types_mapper=nullable.get)

    def to_polars(self) -> pl.DataFrame:
        """Hand the rows to Polars, which the caller installs."""
        import polars

        frame = polars.from_arrow(self.arrow)
        assert isinstance(frame, polars.DataFrame)  # noqa: S101 - narrows the type only
        return frame

    @property
    def columns(self) -> dict[str, Column]:
        """What each column holds, and its unit."""
        return {name: COLUMNS[name] for name in self.arrow.column_names}

    @property
    def reference(self) -> str:
        """One line that asks the same question again; ``trace`` and ``cite`` take it."""
        return self.question.reference(self.params)

    @property
    def command(self) -> str:
        """The command line that asks the same."""
        return self.question.command_line(self.params)

    @property
    def answer_id(self) -> str:
        """Twelve hexadecimal digits for question, parameters, what the store held and the files handed in."""
        held = "+".join([self.store.version, *(sha256 for _, sha256 in self.inputs)])
        return self.question.answer_id(self.params, held)

    @cached_property
    def source_ids(self) -> tuple[str, ...]:
        """Sources of the rows that went in, sorted."""
        found: set[str] = set()
        for part in self.lineage:
            ids = self.store.fetch(part.rows.select("source_id").distinct())["source_id"]
            found.update(str(one) for one in ids.to_pylist())
        return tuple(sorted(found))

    @property
    def publishers(self) -> tuple[str, ...]:
        """Who published the rows that went in; one that another entry names with a second is not repeated."""
        records = self.store.sources
        names = dict.fromkeys(str(records.get(one, {}).get("publisher", one)) for one in self.source_ids)
        return tuple(one for one in names if not any(one != other and one in other for other in names))

    @property
    def answered(self) -> bool:
        """Whether any value is there: an answer of nulls alone is none."""
        names = [name for name in self.question.values if name in self.arrow.column_names]
        return any(self.arrow[name].null_count < self.arrow.num_rows for name in names)

    @property
    def exit_code(self) -> int:
        """0 with any value, 1 where a check failed, 5 where nothing is covered."""
        if self.failed:
            return 1
        return 0 if self.answered and not self.uncovered else NotCoveredError.exit_code

    def _repr_html_(self) -> str:
        from techbalance.questions.notebook import as_html

        return as_html(self)
