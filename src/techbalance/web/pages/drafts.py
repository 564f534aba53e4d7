"""How does an answer become a block of a page, or a sentence that says why there is none?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.errors import NotCoveredError
from techbalance.questions.drawing import figure_of
from techbalance.report.blocks import Chart, Table
from techbalance.report.grids import Field, whole
from techbalance.report.trail import trail_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from techbalance.charts.figure import Figure
    from techbalance.charts.rows import Origin
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Block, Heading, Marks
    from techbalance.report.grids import Grid
    from techbalance.report.inquiry import Inquiry
    from techbalance.report.trail import Trail

MODELS = origins.Origin(
    "Models of techbalance", "modelled, not measured; assumptions are printed with the answer"
)
"""Who is named under figures that no publisher printed."""
IMPORTS = origins.census("imports")


def traced(inquiry: Inquiry, answers: Sequence[Answer], origin: Origin) -> Trail:
    """Say where figures come from; what rests on no stored rows names its origin and its rows' vintages."""
    made = trail_of(inquiry, answers, origin.basis)
    if made.source_ids:
        return made
    columns = [one.arrow["vintage"] for one in answers if "vintage" in one.arrow.column_names]
    days = {day for column in columns for day in column.to_pylist() if day is not None}
    return replace(made, publisher=origin.publisher, vintage=text.vintage(days) if days else "no vintage")


def chart(  # noqa: PLR0913 - what a chart may differ in
    inquiry: Inquiry,
    answer: Answer,
    origin: Origin = origins.CENSUS,
    *,
    figure: Figure | None = None,
    name: str = "",
    folded: bool = False,
    marks: Marks | None = None,
) -> Chart:
    """Draw an answer.

    Parameters
    ----------
    inquiry
        Who asked.
    answer
        What is drawn.
    origin
        Publisher and basis.
    figure
        The drawing; the answer's own when left out.
    name
        Its anchor, where the page has two of a kind.
    folded
        Whether it waits behind its title.
    marks
        Where its marks lead.

    Raises
    ------
    NotCoveredError
        There is nothing to draw.
    """
    drawn = figure or figure_of(answer)
    if name:
        drawn = replace(drawn, id=name)
    return Chart(
        drawn, whole(drawn.table, drawn.columns_shown), traced(inquiry, [answer], origin), folded, marks
    )


def table(  # noqa: PLR0913 - what a table may differ in
    inquiry: Inquiry,
    answers: Sequence[Answer],
    origin: Origin,
    heading: Heading,
    grid: Grid,
    *,
    rows: pa.Table | None = None,
    folded: bool = False,
) -> Table:
    """Make a table of answers; its file has the rows of the first one when none are given."""
    kept = answers[0].arrow if rows is None else rows
    return Table(heading, grid, kept, traced(inquiry, answers, origin), folded)


def money(name: str, head: str, rows: Sequence[dict[str, Any]]) -> Field:
    """Choose billions for large figures, and whole dollars where billions would all be nothing."""
    largest = max((abs(row[name]) for row in rows if row[name] is not None), default=0)
    return Field(name, f"{head}, $bn", "bn") if largest >= _WHOLE else Field(name, f"{head}, $", "usd")


_WHOLE: Final = 500_000_000
"""Dollars from which a column is written in billions."""


def capital(words: str) -> str:
    """Open a sentence with words."""
    return words[:1].upper() + words[1:]


def named(row: dict[str, Any]) -> dict[str, Any]:
    """Write a product's name and code for people; what is said of the whole needs no note at each row."""
    return row | {
        "named": text.sentence(row["product_name"] or row["product"]),
        "code": text.tariff_code(row["product"]),
        "note": None,
    }


class Gathering:
    """Blocks that are there, and why others are not.

    Parameters
    ----------
    notes
        What is known already.
    """

    def __init__(self, *notes: str) -> None:
        self._notes = list(notes)

    def held(self, *makers: Callable[[], Block]) -> tuple[Block, ...]:
        """Make blocks; one that nothing held answers becomes a note."""
        made = []
        for make in makers:
            try:
                made.append(make())
            except NotCoveredError as wrong:
                self.add(str(wrong))
        return tuple(made)

    def add(self, *notes: str) -> None:
        """Take note of what must be known."""
        self._notes += notes

    @property
    def notes(self) -> tuple[str, ...]:
        """Each note once, in order."""
        return tuple(dict.fromkeys(self._notes))
