"""Which items does a screen flag, by how much, and for how many years?

A criterion is true, false, or cannot be judged; a flag is never guessed from the criteria that could be. The
three answers are one row per item and year, per criterion of it, and per item over the years.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Final

from techbalance.errors import SchemaError, UnknownCodeError
from techbalance.indicators.screens.measures import YEAR
from techbalance.outline import ibis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis import Table
    from ibis.expr.types import BooleanValue, NumericValue, StringValue, Value

    from techbalance.indicators.screens.declaration import Criterion, Screen

# A value this near to a threshold counts as equal to it: shares are rounded in double precision, and an
# index of exactly 0.4 must not pass "above 0.4" in one row order and fail it in another.
RESOLUTION: Final = 1e-12
WITHOUT_NOTE: Final = {
    "outside_share": "not_covered: one country has no outside; screen eu-single-country has penetration",
    "penetration": "not_covered: no production, or apparent consumption not above zero",
}


def judge_years(measures: Table, screen: Screen, *, keys: Sequence[str]) -> Table:
    """Judge every criterion for every item and year.

    Parameters
    ----------
    measures
        One row per (``keys``, ``year``), as :func:`screen_measures` gives it.
    screen
        The declared rule.
    keys
        What an item is, without the year.

    Returns
    -------
    Table
        One row per (keys, year), ordered so: for each criterion ``<id>_value``, ``<id>_distance`` (how far
        beyond the threshold; negative is short of it), ``<id>_is_met`` and ``<id>_reason``; ``met`` and
        ``judged`` (numbers of criteria); ``criteria_met`` (``k of m judged``); ``flag`` (all met; null
        where a criterion cannot be judged); ``note``.

    Raises
    ------
    SchemaError
        A measure the screen names is not a column.

    Notes
    -----
    Without imports an import-side criterion is false, and so is the flag of a screen that has one. Imports
    with exports of zero meet "imports above exports"; the ratio itself stays null (GeoDep, D2).
    """
    for name in (*keys, YEAR, *(criterion.column for criterion in screen.criteria)):
        if name not in measures.columns:
            near = UnknownCodeError.among("column", name, measures.columns)
            raise SchemaError(near.what, where="table of measures", remedy=near.remedy)
    order = [*keys, YEAR]
    judged: dict[str, Value] = {}
    for criterion in screen.criteria:
        is_met = _is_met(measures, criterion)
        judged[f"{criterion.id}_value"] = measures[criterion.column].cast("float64")
        judged[f"{criterion.id}_distance"] = _distance(measures, criterion)
        judged[f"{criterion.id}_is_met"] = is_met
        judged[f"{criterion.id}_reason"] = _reason(measures, criterion, is_met)
    buys = any(criterion.side == "import" for criterion in screen.criteria)
    nothing_bought = (measures.import_total == 0).fill_null(False) if buys else ibis.literal(False)
    rows = measures.select(*order, **judged, _nothing_bought=nothing_bought)
    verdicts = [rows[f"{criterion.id}_is_met"] for criterion in screen.criteria]
    met = reduce(add, (one.fill_null(False).cast("int64") for one in verdicts))
    known = reduce(add, (one.notnull().cast("int64") for one in verdicts))
    return rows.select(
        *order,
        *judged,
        met=met,
        judged=known,
        criteria_met=_of(met, known, "judged"),
        flag=ibis.cases(
            (rows._nothing_bought, False),
            (known < len(verdicts), ibis.null("boolean")),
            else_=met == len(verdicts),
        ),
        note=_joined_reasons(rows, screen),
    ).order_by(order)


def judge_criteria(judged: Table, screen: Screen, *, keys: Sequence[str]) -> Table:
    """Set out the criteria of :func:`judge_years` one under the other.

    Parameters
    ----------
    judged
        The answer of :func:`judge_years`.
    screen, keys
        As given to it.

    Returns
    -------
    Table
        One row per (keys, year, criterion), ordered so: ``criterion``, ``measure`` (the column of the table
        of measures), ``comparator``, ``threshold``, ``status`` (``read`` or ``unverified``), ``value``,
        ``distance`` (above 0 beyond the threshold), ``is_met`` (null where it cannot be judged), ``note``.
    """
    parts = [
        judged.select(
            *keys,
            YEAR,
            criterion=ibis.literal(criterion.id),
            measure=ibis.literal(criterion.column),
            comparator=ibis.literal(criterion.comparator),
            threshold=ibis.literal(float(criterion.threshold), "float64"),
            status=ibis.literal(criterion.status),
            value=judged[f"{criterion.id}_value"],
            distance=judged[f"{criterion.id}_distance"],
            is_met=judged[f"{criterion.id}_is_met"],
            note=judged[f"{criterion.id}_reason"],
        )
        for criterion in screen.criteria
    ]
    return ibis.union(*parts).order_by([*keys, YEAR, "criterion"])


def judge_items(judged: Table, screen: Screen, *, keys: Sequence[str]) -> Table:
    """Judge each item over the years: flagged, persistent, or not to be said.

    With t years true and u years unknown (not judged, or not held) among the n the screen looks at, and k
    years needed: true if t >= k, false if t + u < k, else null.

    Parameters
    ----------
    judged
        The answer of :func:`judge_years`.
    screen, keys
        As given to it.

    Returns
    -------
    Table
        One row per key, ordered so: ``first_year``, ``last_year``, ``years_met`` (all criteria that could be
        judged were met), ``years_seen`` (at least one could), ``persistence`` (``n of m years``),
        ``criteria_met`` (of the last year), ``flag``, ``note``.

    Notes
    -----
    ``persistence`` counts every year of ``judged``; ``flag`` only those the screen looks at, which for a
    number of years are the newest up to the last year of any item.
    """
    newest = judged[YEAR].max().as_scalar()
    within = (
        judged[YEAR].isin(list(screen.fixed_years))
        if screen.fixed_years is not None
        else judged[YEAR] > newest - screen.window
    )
    seen = judged.judged > 0
    rows = judged.aggregate(
        by=list(keys),
        first_year=judged[YEAR].min(),
        last_year=judged[YEAR].max(),
        years_met=judged.count(where=seen & (judged.met == judged.judged)),
        years_seen=judged.count(where=seen),
        criteria_met=judged.criteria_met.argmax(judged[YEAR]),
        _true=judged.count(where=within & judged.flag),
        _false=judged.count(where=within & ~judged.flag),
        _held=judged.count(where=within),
        _reason=judged.note.argmax(judged[YEAR], where=within & judged.flag.isnull()),
    )
    unknown = screen.window - rows._true - rows._false
    flag = ibis.cases(
        (rows._true >= screen.minimum_years, True),
        (rows._true + unknown < screen.minimum_years, False),
        else_=ibis.null("boolean"),
    )
    gap = ibis.literal("not_covered: ") + _of(rows._held, ibis.literal(screen.window), "years are held")
    return rows.select(
        *keys,
        "first_year",
        "last_year",
        "years_met",
        "years_seen",
        persistence=_of(rows.years_met, rows.years_seen, "years"),
        criteria_met=rows.criteria_met,
        flag=flag,
        note=ibis.ifelse(flag.isnull(), ibis.coalesce(rows._reason, gap), ibis.null("string")),
    ).order_by(list(keys))


def _of(part: NumericValue, whole: NumericValue, what: str) -> StringValue:
    return part.cast("string") + " of " + whole.cast("string") + f" {what}"


def _distance(measures: Table, criterion: Criterion) -> NumericValue:
    beyond = measures[criterion.column].cast("float64") - criterion.threshold
    return beyond if criterion.comparator.startswith(">") else -beyond


def _is_met(measures: Table, criterion: Criterion) -> BooleanValue:
    distance = _distance(measures, criterion)
    met = distance >= -RESOLUTION if criterion.comparator.endswith("=") else distance > RESOLUTION
    if criterion.side != "import":
        return met
    branches: list[tuple[BooleanValue, bool]] = [(measures.import_total == 0, False)]
    if criterion.measure == "imports_to_exports":
        unbounded = (measures.import_total > 0) & (measures.export_total == 0)
        branches.append((unbounded, criterion.comparator.startswith(">")))
    return ibis.cases(*branches, else_=met)


def _reason(measures: Table, criterion: Criterion, is_met: BooleanValue) -> StringValue:
    """Why a criterion is decided without its value, or not at all; null where the value decides."""
    value = measures[criterion.column]
    unjudged = measures[f"{criterion.side}_note"]
    if criterion.measure == "imports_to_exports":
        unjudged = ibis.ifelse(measures.export_total.isnull(), measures.export_note, measures.import_note)
    elif criterion.measure in WITHOUT_NOTE:
        unjudged = ibis.literal(WITHOUT_NOTE[criterion.measure])
    return ibis.cases(
        (value.notnull() & is_met.notnull(), ibis.null("string")),
        (is_met.isnull(), ibis.coalesce(unjudged, ibis.literal("not_covered"))),
        (is_met, ibis.literal("zero_denominator: bought, and nothing sold")),
        else_=ibis.literal("no_trade: nothing bought"),
    )


def _joined_reasons(rows: Table, screen: Screen) -> StringValue:
    parts = [
        ibis.ifelse(
            rows[f"{criterion.id}_reason"].isnull(),
            "",
            ibis.literal(f"; {criterion.id} ") + rows[f"{criterion.id}_reason"],
        )
        for criterion in screen.criteria
    ]
    return reduce(add, parts).substr(2).nullif("")
