"""Does a published table add up, and what was done where it does not quite?

Published tables are rounded: their rows miss the printed output a little. Output becomes the sum of the row,
value added becomes output minus intermediates, and the record says what that changed. What rounding cannot
explain is refused, with the row named (METHODS E1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.value_added.table import (
    Array,
    InterCountryTable,
    Sector,
    check_labels,
    country_starts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Limits of METHODS E1: share of a row's output, and share of all output, that balancing may change.
ROW_LIMIT: Final = 0.005
TABLE_LIMIT: Final = 0.002
# A rounded cell is off by a quarter of a printed unit on average and by half at most. A sum that is off by
# more than a quarter per cell, every cell the same way, was not merely rounded. In the seventeen WIOD tables
# the worst row is off by 0.08 units per cell.
ROUNDING_PER_CELL: Final = 0.25
# Sums of floats that would be zero on paper: a few thousand times the rounding of double precision.
FLOAT_ZERO: Final = 1e-12


class NamedValue(NamedTuple):
    """A row, column or cell by its label, and a value in the unit of the table."""

    label: str
    value: float


class RowChange(NamedTuple):
    """A row whose printed output was not the sum of its cells."""

    label: str
    published: float
    balanced: float


@dataclass(frozen=True)
class BalanceRecord:
    """What balancing changed, and what it kept and names; values in the unit of the table.

    Attributes
    ----------
    printed_unit
        Last printed digit of the source, 0 for figures that were not rounded.
    published_output, balanced_output
        Sum of all output, before and after.
    absolute_change_share
        Sum of the absolute changes of the rows over published output.
    largest_change
        The row that changed most in value; none if no row changed.
    rows_within_rounding
        Rows that changed by more than half a per cent of their output, by no more than rounding explains.
    zero_output
        Sectors without output: their input coefficients are 0.
    inputs_moved
        Purchases of sectors without output, booked as final demand of their own country.
    negative_output, negative_value_added
        Cells below zero by no more than rounding explains; kept as they are.
    negative_intermediate
        Intermediate cells below zero, ``seller > buyer``; kept as they are.
    negative_final_cells, negative_final_value
        Draws on inventories: legal, counted.
    """

    printed_unit: float
    published_output: float
    balanced_output: float
    absolute_change_share: float
    largest_change: RowChange | None
    rows_within_rounding: int
    zero_output: tuple[str, ...]
    inputs_moved: tuple[NamedValue, ...]
    negative_output: tuple[NamedValue, ...]
    negative_value_added: tuple[NamedValue, ...]
    negative_intermediate: tuple[NamedValue, ...]
    negative_final_cells: int
    negative_final_value: float

    @property
    def change(self) -> float:
        """Balanced minus published output."""
        return self.balanced_output - self.published_output

    def lines(self) -> tuple[str, ...]:
        """Say in words what was changed and kept, one sentence a line; what did not occur has no line."""
        lines = [
            f"Output was set to the row sum: {self.change:+,.6g} on {self.published_output:,.6g}, "
            f"absolute changes {self.absolute_change_share:.4%} of output."
        ]
        if self.largest_change is not None and self.absolute_change_share > FLOAT_ZERO:
            row = self.largest_change
            lines.append(f"Largest change: {row.label}, from {row.published:,.6g} to {row.balanced:,.6g}.")
        if self.rows_within_rounding:
            lines.append(
                f"{self.rows_within_rounding} rows changed by more than {ROW_LIMIT:.1%} of their output, "
                "all within the rounding of their cells."
            )
        named: tuple[tuple[str, Sequence[str]], ...] = (
            ("without output, input coefficients 0", self.zero_output),
            ("without output but with inputs, booked as final demand", _named(self.inputs_moved)),
            ("with output below zero within rounding, kept", _named(self.negative_output)),
            ("with value added below zero within rounding, kept", _named(self.negative_value_added)),
            ("intermediate cells below zero, kept", _named(self.negative_intermediate)),
        )
        lines += [f"{len(names)} {what}: {', '.join(names)}." for what, names in named if names]
        if self.negative_final_cells:
            lines.append(
                f"{self.negative_final_cells} cells of final demand below zero (inventories), "
                f"together {self.negative_final_value:,.6g}."
            )
        return tuple(lines)


@dataclass(frozen=True, eq=False)
class PublishedTable:
    """A table as published, before it is made to add up; rows sell, columns buy.

    Attributes
    ----------
    name, unit
        What messages and answers call the table and its unit.
    sectors
        Label of each row, the rows of a country side by side.
    intermediate
        Sales of the row's sector to the column's sector, sectors x sectors.
    final
        Sales of the row's sector to the final demand of a country, sectors x countries; countries in the
        order in which ``sectors`` first names them.
    output
        Gross output as published, one per sector.
    printed_unit
        Last printed digit: 1 for whole millions, 0 for figures that were not rounded. It decides which
        deviations are rounding.
    """

    name: str
    unit: str
    sectors: Sequence[Sector]
    intermediate: NDArray[np.generic]
    final: NDArray[np.generic]
    output: NDArray[np.generic]
    printed_unit: float = 0.0

    def check(self) -> tuple[Array, Array, Array]:
        """Give intermediate, final and output as floats of the table's own.

        Raises
        ------
        ModelInputError
            Shapes or labels do not fit, or a cell is not a finite number.
        """
        rows = len(self.sectors)
        check_labels(self.sectors, np.size(self.output), self.name)
        shapes = {
            "intermediate": (rows, rows),
            "final": (rows, len(country_starts(self.sectors))),
            "output": (rows,),
        }
        intermediate, final, output = (self._floats(what, shape) for what, shape in shapes.items())
        return intermediate, final, output

    def _floats(self, what: str, shape: tuple[int, ...]) -> Array:
        given = getattr(self, what)
        if np.shape(given) != shape:
            raise ModelInputError(
                f"{what} has the shape {np.shape(given)}, not {shape}",
                where=self.name,
                remedy="Rows are sectors; columns are sectors (intermediate) or countries (final)",
            )
        # A copy: the balanced table owns its arrays, changes and locks them.
        values = np.array(given, dtype=np.float64, order="C")
        if not np.isfinite(values).all():
            row = int(np.argwhere(~np.isfinite(values))[0][0])
            raise ModelInputError(
                f"{what} holds a value that is not a number", where=f"{self.name}, row {self.sectors[row]}"
            )
        return values


def balance_table(published: PublishedTable) -> InterCountryTable:
    """Check a published table and let it add up: output is the row sum, value added output minus inputs.

    Parameters
    ----------
    published
        The table as published.

    Returns
    -------
    InterCountryTable
        With the record of what was changed.

    Raises
    ------
    ModelInputError
        Shapes or labels do not fit; a cell is not a finite number; a row misses its output by more than
        0.5 % of it and by more than its rounding; all rows together by more than 0.2 %; output or value added
        is negative beyond rounding. The row is named.

    Notes
    -----
    A sector whose row sums to zero has no input coefficients. If it still sells something (the WIOD tables
    have sectors that sell +11 to one country and −11 to another) that counts as its own value added, so
    that exports keep adding up. Its purchases, at most a rounding, become final demand of its own country.
    Source: METHODS E1; Leontief 1936, Johnson and Noguera 2012.
    """
    flows, demand, printed = published.check()
    sectors = published.sectors
    balanced = flows.sum(axis=1) + demand.sum(axis=1)
    size = np.abs(flows).sum(axis=1) + np.abs(demand).sum(axis=1)
    balanced[np.abs(balanced) <= FLOAT_ZERO * size] = 0.0
    cells = len(sectors) + demand.shape[1] + 1
    row_rounding = ROUNDING_PER_CELL * published.printed_unit * cells
    rows_within_rounding = _refuse_unbalanced(balanced, printed, row_rounding, published)
    negative_output = _below_zero(balanced, row_rounding, "output", published)

    value_added = balanced - flows.sum(axis=0)
    scale = np.abs(balanced) + np.abs(flows).sum(axis=0)
    value_added[np.abs(value_added) <= FLOAT_ZERO * scale] = 0.0
    column_rounding = ROUNDING_PER_CELL * published.printed_unit * (len(sectors) + 1)
    negative_value_added = _below_zero(value_added, column_rounding, "value added", published)

    idle = np.flatnonzero(balanced == 0)
    moved = _move_inputs_of_idle(flows, demand, idle, sectors)
    value_added[idle] = 0.0
    record = BalanceRecord(
        printed_unit=published.printed_unit,
        published_output=float(printed.sum()),
        balanced_output=float(balanced.sum()),
        absolute_change_share=float(np.abs(balanced - printed).sum() / np.abs(printed).sum()),
        largest_change=_largest_change(balanced, printed, sectors),
        rows_within_rounding=rows_within_rounding,
        zero_output=tuple(str(sectors[int(row)]) for row in idle),
        inputs_moved=moved,
        negative_output=negative_output,
        negative_value_added=negative_value_added,
        negative_intermediate=tuple(
            NamedValue(f"{sectors[int(row)]} > {sectors[int(column)]}", float(flows[row, column]))
            for row, column in np.argwhere(flows < 0)
        ),
        negative_final_cells=int((demand < 0).sum()),
        negative_final_value=float(demand[demand < 0].sum()),
    )
    return InterCountryTable(
        name=published.name,
        unit=published.unit,
        sectors=tuple(sectors),
        intermediate=flows,
        final=demand,
        output=balanced,
        value_added=value_added,
        record=record,
    )


def _named(values: Sequence[NamedValue]) -> tuple[str, ...]:
    return tuple(f"{value.label} {value.value:,.6g}" for value in values)


def _largest_change(balanced: Array, printed: Array, sectors: Sequence[Sector]) -> RowChange | None:
    row = int(np.abs(balanced - printed).argmax())
    if balanced[row] == printed[row]:
        return None
    return RowChange(str(sectors[row]), float(printed[row]), float(balanced[row]))


def _refuse_unbalanced(balanced: Array, printed: Array, rounding: float, published: PublishedTable) -> int:
    """Refuse rows and tables out of balance; count the rows that only rounding lets through."""
    change, sectors = np.abs(balanced - printed), published.sectors
    beyond_share = change > ROW_LIMIT * np.abs(printed)
    if (wrong := beyond_share & (change > rounding)).any():
        row = int(np.where(wrong, change, 0.0).argmax())
        raise ModelInputError(
            f"the row of {sectors[row]} sums to {balanced[row]:,.6g}, its output is {printed[row]:,.6g}",
            where=f"{published.name}, {int(wrong.sum())} of {len(sectors)} rows",
            remedy=f"A row may miss its output by {ROW_LIMIT:.1%} of it, or by {rounding:g} for rounding. "
            "Check the file and the order of its columns",
        )
    total = float(np.abs(printed).sum())
    if total == 0:
        raise ModelInputError("the table has no output", where=published.name)
    if float(change.sum()) > TABLE_LIMIT * total:
        raise ModelInputError(
            f"the rows miss output by {float(change.sum()) / total:.3%} of it altogether",
            where=f"{published.name}, most in the row of {sectors[int(change.argmax())]}",
            remedy=f"{TABLE_LIMIT:.1%} is the limit. Check the file and the order of its columns",
        )
    return int(beyond_share.sum())


def _below_zero(
    values: Array, rounding: float, what: str, published: PublishedTable
) -> tuple[NamedValue, ...]:
    """Name the negative values, and refuse the lowest if rounding does not explain it."""
    sectors: Sequence[Sector] = published.sectors
    worst = int(values.argmin())
    if values[worst] < -rounding:
        raise ModelInputError(
            f"{what} of {sectors[worst]} is negative: {values[worst]:,.6g}",
            where=published.name,
            remedy=f"Rounding explains {rounding:g} at most. Check the row and the column of the sector",
        )
    return tuple(NamedValue(str(sectors[int(row)]), float(values[row])) for row in np.flatnonzero(values < 0))


def _move_inputs_of_idle(
    flows: Array, demand: Array, idle: NDArray[np.intp], sectors: Sequence[Sector]
) -> tuple[NamedValue, ...]:
    """Book what sectors without output buy as final demand of their country; the sellers' output stays."""
    places = {country: place for place, country in enumerate(dict.fromkeys(s.country for s in sectors))}
    moved = []
    for column in idle:
        sector = sectors[int(column)]
        if flows[:, column].any():
            moved.append(NamedValue(str(sector), float(flows[:, column].sum())))
            demand[:, places[sector.country]] += flows[:, column]
            flows[:, column] = 0.0
    return tuple(moved)
