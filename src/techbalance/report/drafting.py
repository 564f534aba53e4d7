"""How do answers become a chart or a table of the page, with what must be said under it?"""

from __future__ import annotations

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
    from techbalance.report.grids import Grid
    from techbalance.report.inquiry import Inquiry


def chart(
    inquiry: Inquiry,
    make: Callable[..., Figure],
    answers: Sequence[Answer],
    origin: Origin,
    *,
    rows: pa.Table | None = None,
    folded: bool = False,
    **options: Any,  # noqa: ANN401 - what the chart takes
) -> Chart:
    """Draw up a chart of some answers.

    Parameters
    ----------
    inquiry
        Who asked.
    make
        A function of ``techbalance.charts``.
    answers
        The answers, first the one that gives most of the rows.
    origin
        Publisher and basis.
    rows
        The rows it draws; those of the first answer when left out.
    folded
        Whether it waits behind its title.
    options
        What else the function takes.
    """
    drawn = answers[0].arrow if rows is None else rows
    if "vintage" not in drawn.column_names:
        newest = max(one.vintage for answer in answers for one in inquiry.origins(answer))
        drawn = drawn.append_column("vintage", pa.array([newest] * drawn.num_rows, pa.date32()))
    credit = Credit("; ".join(answer.command for answer in answers), origin)
    figure = make(drawn, credit=credit, **options)
    trail = trail_of(inquiry, answers, origin.basis)
    return Chart(figure, whole(figure.table, figure.columns_shown), trail, folded)


def table(
    inquiry: Inquiry,
    answers: Sequence[Answer],
    basis: str,
    *,
    about: tuple[str, str, str],
    grid: Grid,
    rows: pa.Table | None = None,
) -> Table:
    """Draw up a table of some answers.

    Parameters
    ----------
    inquiry
        Who asked.
    answers
        The answers, first the one that gives most of the rows.
    basis
        Concept, valuation and adjustment, in words.
    about
        Id, title and subtitle.
    grid
        The rows for people.
    rows
        The rows of the data file; those of the first answer when left out.
    """
    name, title, subtitle = about
    kept = answers[0].arrow if rows is None else rows
    return Table(name, title, subtitle, grid, kept, trail_of(inquiry, answers, basis))
