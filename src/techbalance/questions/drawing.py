"""Which answers are drawn, and by which chart? One table, from the question's name to its drawing.

The charts are imported when one is drawn, so that a command which draws nothing does not wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.charts.figure import Figure
    from techbalance.charts.rows import Credit
    from techbalance.questions.answer import Answer

    Drawing = Callable[[Answer, Credit], Figure]


def figure_of(answer: Answer) -> Figure:
    """Draw an answer.

    Raises
    ------
    ParameterError
        The question is not drawn, or not in this form; the message says which form is.
    NotCoveredError
        The answer holds nothing to draw.
    """
    from techbalance.charts.rows import Credit

    draw = DRAWN.get(answer.question.name)
    if draw is None:
        raise ParameterError(
            f"{answer.question.name} has no chart", remedy=f"Drawn are: {', '.join(sorted(DRAWN))}"
        )
    return draw(answer, Credit(answer.command))


def _needs(condition: object, form: str) -> None:
    if not condition:
        raise ParameterError("the answer is not drawn in this form", remedy=f"Drawn is: {form}")


def _one_year(answer: Answer) -> int:
    years = {row["year"] for row in answer.rows() if row["year"] is not None}
    _needs(len(years) == 1, "one year; name it")
    return int(years.pop())


def _balance(answer: Answer, credit: Credit) -> Figure:
    from techbalance.charts import annual_balance

    params: Any = answer.params
    _needs(params.by.names == ("year",) and params.series == "atp", "balance by year of atp")
    return annual_balance(answer.arrow, credit=credit)


def _rank(answer: Answer, credit: Credit) -> Figure:
    from techbalance.charts import ranked_bars

    params: Any = answer.params
    return ranked_bars(answer.arrow, year=params.year.start, by=params.by.names[0], credit=credit)


def _ip(answer: Answer, credit: Credit) -> Figure:
    from techbalance.charts import intellectual_property

    params: Any = answer.params
    _needs(not params.vintages, "one vintage; leave vintages out")
    return intellectual_property(answer.arrow, year=_one_year(answer), credit=credit)


def _compare(answer: Answer, credit: Credit) -> Figure:
    from techbalance.charts import idea_paths

    params: Any = answer.params
    _needs(params.every_year, "the years between; add --from, --to and --every-year")
    return idea_paths(answer.arrow, credit=credit)


def _gap(answer: Answer, credit: Credit) -> Figure:
    from techbalance.charts import gap_ranking
    from techbalance.charts.rows import Credit as Named
    from techbalance.charts.rows import Origin

    params: Any = answer.params
    if (params.ideas, params.making) != ("ip", "hightech"):
        said = answer.notes[0].removesuffix(".")
        credit = Named(credit.command, Origin("World Bank and NCSES", said[0].lower() + said[1:]))
    return gap_ranking(answer.arrow, credit=credit)


def _value_added(answer: Answer, credit: Credit) -> Figure:
    from techbalance.charts import value_added_origins
    from techbalance.charts.rows import Credit as Named
    from techbalance.charts.rows import Origin

    params: Any = answer.params
    _needs(params.absorbed_by, "origins of what a country buys; add --absorbed-by")
    _one_table(answer)
    if params.io is not None:
        credit = Named(credit.command, Origin("a table of the user's own", answer.notes[0].partition(",")[0]))
    return value_added_origins(answer.arrow, credit=credit)


def _one_table(answer: Answer) -> None:
    _needs(len({row["year"] for row in answer.rows()}) == 1, "one year; name it")


def _claims(answer: Answer, credit: Credit) -> Figure:
    from techbalance.charts import verdict_tiles

    return verdict_tiles(answer.arrow, credit=credit)


DRAWN: Final[dict[str, Drawing]] = {
    "balance": _balance,
    "rank": _rank,
    "ip": _ip,
    "compare": _compare,
    "gap": _gap,
    "value_added": _value_added,
    "claims_check": _claims,
}
