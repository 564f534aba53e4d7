"""How do answers become a chart or a table of the page, with what must be said under it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from techbalance.charts.rows import Credit
from techbalance.report.blocks import Chart, Table
from techbalance.report.grids import whole
from techbalance.report.trail import trail_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from techbalance.charts.figure import Figure
    from techbalance.charts.rows import Origin
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Heading
    from techbalance.report.grids import Grid
    from techbalance.report.inquiry import Inquiry
    from techbalance.report.trail import Trail


@dataclass(frozen=True, slots=True)
class Draft:
    """Some answers on their way into the page.

    Parameters
    ----------
    inquiry
        Who asked.
    answers
        The answers, first the one that gives most of the rows.
    origin
        Publisher and basis.
    within
        Of which part of trade the rows are, as it follows a noun: ``from China``, ``in Electronics``.
    """

    inquiry: Inquiry
    answers: Sequence[Answer]
    origin: Origin
    within: str = ""

    @property
    def trail(self) -> Trail:
        """Where the rows come from."""
        return trail_of(self.inquiry, self.answers, self.origin.basis)

    def chart(
        self,
        make: Callable[..., Figure],
        *,
        rows: pa.Table | None = None,
        **options: Any,  # noqa: ANN401 - what the chart takes
    ) -> Chart:
        """Draw up a chart.

        Parameters
        ----------
        make
            A function of ``techbalance.charts``.
        rows
            The rows it draws; those of the first answer when left out.
        options
            What else the function takes.
        """
        drawn = self._dated(self.answers[0].arrow if rows is None else rows)
        commands = "; ".join(answer.command for answer in self.answers)
        credit = Credit(commands, self.origin, self.within)
        figure = make(drawn, credit=credit, **options)
        return Chart(figure, whole(figure.table, figure.columns_shown), self.trail)

    def table(self, heading: Heading, grid: Grid, *, rows: pa.Table | None = None) -> Table:
        """Draw up a table.

        Parameters
        ----------
        heading
            Its id, title and subtitle.
        grid
            The rows for people.
        rows
            The rows of the data file; those of the first answer when left out.
        """
        return Table(heading, grid, self.answers[0].arrow if rows is None else rows, self.trail)

    def _dated(self, rows: pa.Table) -> pa.Table:
        """Give rows that carry no vintage the newest one of the stored rows behind them."""
        if "vintage" in rows.column_names:
            return rows
        newest = max(day for answer in self.answers for day in self.inquiry.vintages(answer))
        return rows.append_column("vintage", pa.array([newest] * rows.num_rows, pa.date32()))
