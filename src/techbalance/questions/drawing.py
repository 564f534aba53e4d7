"""Which answers are drawn, and by which chart? One table, from the question's name to its drawing.

The charts are imported when one is drawn, so that a command which draws nothing does not wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.charts.figure import Figure
    from techbalance.charts.rows import Credit, Origin
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
    from techbalance.questions.scope import within

    draw = DRAWN.get(answer.question.name)
    if draw is None:
        raise ParameterError(
            f"{answer.question.name} has no chart", remedy=f"Drawn are: {', '.join(sorted(DRAWN))}"
        )
    return draw(answer, Credit(answer.command, within=within(answer.params, answer.store)))


def _needs(condition: object, form: str) -> None:
    if not condition:
        raise ParameterError("the answer is not drawn in this form", remedy=f"Drawn is: {form}")


def _change(answer: Answer, credit: Credit) -> Figure:
    """Draw the parts of a change, or with a way of splitting it its effects, all parts together."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from techbalance.charts import change_waterfall, effect_waterfall
    from techbalance.questions.registry import ask
    from techbalance.questions.selection import REST

    params: Any = answer.params
    flow = {"export": "exports", "import": "imports"}.get(params.flow, "balance")
    years = (params.from_.start, params.to.start)
    if params.top is not None:
        # The chart states the sum of all parts, and chooses by itself which it draws alone.
        answer = ask(answer.question, params.model_copy(update={"top": None}), answer.store)
    rows, keys = answer.arrow, tuple(params.by) if params.by else ()
    if "to_vintage" in rows.column_names:
        rows = rows.append_column("vintage", rows["to_vintage"])
    if params.series != "atp":
        credit = _of_series(answer, credit)
    if params.how is not None and params.how != "accounts":
        _needs(params.how != "survival" and not params.every_year, "the effects between two years")
        return effect_waterfall(rows, years=years, credit=_of_panel(params, credit), flow=flow)
    if params.how == "accounts" and (not keys or flow == "balance"):
        _needs(not params.every_year, "the effects between two years")
        return effect_waterfall(rows, years=years, credit=_of_panel(params, credit), flow=flow)
    _needs(
        len(keys) == 1 and not params.every_year, "a change by one of group, partner and product, or with how"
    )
    (by,) = keys
    # What is no partner of its own is not named as one.
    others = pc.if_else(pc.equal(rows[by], REST), "other", rows[by])
    rows = rows.set_column(rows.column_names.index(by), by, pa.chunked_array(others))
    return change_waterfall(rows, years=years, by=by, credit=_of_panel(params, credit), flow=flow)


def _of_panel(params: Any, credit: Credit) -> Credit:  # noqa: ANN401 - parameters of one question
    """Name the file where the figures are not the record's."""
    from dataclasses import replace

    from techbalance.charts.rows import Origin
    from techbalance.questions.decompositions.sources import HS6, HTS10

    origins = {
        HS6: Origin("UN Comtrade and USITC", "six-digit products, imports at c.i.f. value"),
        HTS10: Origin("US Census Bureau", "all goods, general imports at customs value"),
        None: None,
    }
    own = Origin("a panel of the user's own", f"trade of {params.reporter}")
    origin = origins.get(params.panel, own)
    return credit if origin is None else replace(credit, origin=origin)


def _revisions(answer: Answer, credit: Credit) -> Figure:
    import pyarrow as pa

    from techbalance.charts import revised_values

    params: Any = answer.params
    _needs(params.period is None or not params.period.by_month, "revisions of years")
    field = {"export": "exports_usd", "import": "imports_usd"}.get(params.flow, "balance_usd")
    rows = [row for row in answer.rows() if row["value_usd"] is not None]
    columns = {
        "year": pa.array([int(row["period"]) for row in rows], pa.int16()),
        "vintage": pa.array([row["vintage"] for row in rows], pa.date32()),
        field: pa.array([row["value_usd"] for row in rows], pa.int64()),
    }
    return revised_values(pa.table(columns), field=field, credit=_of_series(answer, credit))


def _of_series(answer: Answer, credit: Credit) -> Credit:
    """Name the series in the subtitle where it is not trade in Advanced Technology Products of all."""
    from dataclasses import replace

    from techbalance.charts.rows import Origin

    params: Any = answer.params
    if (params.series, params.partner, params.group) == ("atp", None, None):
        return credit
    what = [params.series, f"partner {params.partner}" if params.partner else ""]
    what.append(f"group {params.group}" if params.group else "")
    return replace(credit, origin=Origin("US Census Bureau and BEA", ", ".join(filter(None, what))))


def _one_year(answer: Answer) -> int:
    years = {row["year"] for row in answer.rows() if row["year"] is not None}
    _needs(len(years) == 1, "one year; name it")
    return int(years.pop())


def _balance(answer: Answer, credit: Credit) -> Figure:
    from techbalance.questions.drawing_balance import draw_balance

    return draw_balance(answer, credit)


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


def _dependence(answer: Answer, credit: Credit) -> Figure:
    """Draw every product of one year as a point; several years, or groups, as a strip of years."""
    from dataclasses import replace

    from techbalance.charts import concentration_points, persistence_strip
    from techbalance.questions.dependence import screen_threshold
    from techbalance.questions.registry import ask

    params: Any = answer.params
    _needs(len(params.level.names) == 1 and "all" not in params.level, "one level, product or group")
    _needs(params.measure == "value" and not params.criteria, "values, one row for each item")
    (level,) = params.level
    value = "imports_usd" if params.concept == "general" else "consumption_usd"
    credit = replace(credit, origin=_panel_origin(params))
    # What is counted and drawn are all items, however few rows the answer shows.
    everything = 1_000_000
    every = answer
    if params.top < everything:
        every = ask(answer.question, params.model_copy(update={"top": everything}), answer.store)
    if level == "group" or (params.year and params.year.start < params.year.end):
        return persistence_strip(every.arrow, key=level, value=value, credit=credit)
    threshold = screen_threshold(params)
    if threshold is None:
        return persistence_strip(every.arrow, key=level, value=value, credit=credit)
    return concentration_points(
        every.arrow, year=_one_year(every), value=value, threshold=threshold, credit=credit
    )


def _climb(answer: Answer, credit: Credit) -> Figure:
    """Draw every product at the level that holds quantities: unit-value rank against market share."""
    from dataclasses import replace

    import pyarrow.compute as pc

    from techbalance.charts import ladder_points
    from techbalance.charts.rows import Origin
    from techbalance.questions.ladder.markets import HS6, RECORD, TABLE
    from techbalance.questions.registry import ask

    params: Any = answer.params
    every = ask(answer.question, params.model_copy(update={"products": True, "top": 1_000_000}), answer.store)
    rows = every.arrow.filter(pc.not_equal(every.arrow["evidence_level"], RECORD))
    levels = set(rows["evidence_level"].to_pylist())
    if HS6 in levels:
        basis = "imports at c.i.f. value, six-digit products, among the suppliers that are held"
        credit = replace(credit, origin=Origin("UN Comtrade", basis))
    elif TABLE in levels:
        credit = replace(credit, origin=Origin("a table of the user's own", f"imports of {params.reporter}"))
    return ladder_points(rows, who=_named(answer, str(params.partner)), credit=credit)


def _stress(answer: Answer, credit: Credit) -> Figure:
    from dataclasses import replace

    from techbalance.charts import stress_waterfall

    params: Any = answer.params
    _needs("all" in params.level and params.stages is None, "the whole of one shock; level all, no stages")
    codes = [row["without"] for row in answer.rows() if row["level"] == "all"]
    who = _named(answer, codes[0] or "")
    if params.share.value < 1:
        who = f"{params.share.value:.0%} of {who}"
    return stress_waterfall(answer.arrow, who=who, credit=replace(credit, origin=_panel_origin(params)))


def _story(answer: Answer, credit: Credit) -> Figure:
    """Draw the partners of a story, or of its one part; each source is credited as what it is."""
    from dataclasses import replace

    from techbalance.charts import Origin, story_lines
    from techbalance.charts.rows import census
    from techbalance.classifications.story_codes import STORIES

    params: Any = answer.params
    _needs("part" not in params.by, "one line for each partner; leave by out")
    story = STORIES[params.name.name]
    subject = story.title
    if params.part is not None:
        subject = " and ".join(story.part(name).title for name in params.part)
    if params.panel is not None:
        origin = Origin("A panel of the user's own", f"{params.flow}s of {params.reporter}")
    elif answer.lineage:
        origin = census(f"{params.flow}s")
    else:
        basis = (
            "imports by six-digit code, c.i.f. value" if params.flow == "import" else "exports, f.a.s. value"
        )
        origin = Origin("UN Comtrade and US ITC, as the user's file has them", basis)
    verb = "supplied" if params.flow == "import" else "bought"
    return story_lines(answer.arrow, subject=subject, verb=verb, credit=replace(credit, origin=origin))


def _named(answer: Answer, text: str) -> str:
    """Names of the suppliers in a text of codes; a name or an area stays as it was written."""
    from techbalance.charts.text import country, listing
    from techbalance.questions.supply.trade import partner_names

    names = partner_names(answer.store)
    return listing([country(names.get(one.strip(), one.strip())) for one in text.split(",")])


def _panel_origin(params: Any) -> Origin | None:  # noqa: ANN401 - parameters of several questions
    from techbalance.charts.rows import Origin

    return (
        None if params.panel is None else Origin("a panel of the user's own", f"imports of {params.reporter}")
    )


def _whatif(answer: Answer, credit: Credit) -> Figure:
    """Draw outcomes as ranges; with --tornado the assumptions; with --by partner imports before and after."""
    from techbalance.charts import imports_before_after, outcome_ranges, tornado_bars

    params: Any = answer.params
    if answer.question.name == "whatif_learning":
        from dataclasses import replace

        from techbalance.charts.rows import Origin

        thought = Origin("A thought experiment, no forecast", "its assumptions are printed with the answer")
        credit = replace(credit, origin=thought)
    if getattr(params, "tornado", None):
        return tornado_bars(answer.arrow, credit=credit)
    by = getattr(params, "by", None)
    if by is not None and by.names == ("partner",):
        return imports_before_after(answer.arrow, credit=credit)
    return outcome_ranges(answer.arrow, credit=credit)


DRAWN: Final[dict[str, Drawing]] = {
    "balance": _balance,
    "rank": _rank,
    "change": _change,
    "revisions": _revisions,
    "ip": _ip,
    "compare": _compare,
    "gap": _gap,
    "value_added": _value_added,
    "dependence": _dependence,
    "climb": _climb,
    "stress": _stress,
    "story": _story,
    "claims_check": _claims,
    **dict.fromkeys(
        (
            *("whatif_tariff", "whatif_subsidy", "whatif_trade_cost", "whatif_quota", "whatif_productivity"),
            *("whatif_run", "whatif_learning", "whatif_gains", "whatif_gravity"),
        ),
        _whatif,
    ),
}
