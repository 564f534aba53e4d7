"""What moved between two years, and what did each part add? Answers ``change``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from techbalance.indicators import accounts
from techbalance.outline import ibis
from techbalance.questions import selection
from techbalance.questions.answer import Answer
from techbalance.questions.notes import together
from techbalance.questions.parameters.change import CHANGE, ChangeParams
from techbalance.questions.rank import named
from techbalance.questions.values import Values

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis import Table
    from ibis.expr.types import Scalar

    from techbalance.questions.answer import Lineage
    from techbalance.store.catalogue import Store

    Lineages = tuple[Lineage, ...]


def run(params: ChangeParams, store: Store) -> Answer:
    """Answer ``change``: one row per part, the largest movement first; the parts add up to the whole.

    A part that is held in one of the two years only has no change; its value is in the line of all others,
    where there is one. With ``how`` one row per part and effect, which add up likewise.
    """
    if params.how is not None:
        from techbalance.questions.decompositions.answering import answer_how

        return answer_how(params, store)
    keys = params.by.names if params.by else ()
    start, end = params.from_.start, params.to.start
    values = Values(params, store, keys)
    values.demand_flow(start, end)
    found = _at_once(values, start, end)
    rows, held, lineage = found or _with_reasons(values, start, end)
    is_whole = bool(held["first"] and held["last"])
    notes = _vintages(held, start, end)
    notes += _notes(held, has_rest=_may_have_rest(values)) if keys and is_whole else ()
    if params.ytd:
        notes = (f"January to month {values.months} of both years.", *notes)
    return Answer(CHANGE, params, store, rows, notes, lineage)


def _may_have_rest(values: Values) -> bool:
    """Whether what the parts leave of the whole has a line: not where products, or some partners, answer."""
    return bool(values.keys) and not values.from_products and values.members is None


def _at_once(values: Values, start: int, end: int) -> tuple[pa.Table, dict[str, Any], Lineages] | None:
    """The answer by one query, with how much is held beside it; None where that leaves something to add."""
    if _may_have_rest(values):
        return None
    pairs = _pairs(values, start, end)
    is_both = pairs.from_usd.notnull() & pairs.to_usd.notnull()
    sums = pairs.aggregate(
        total_from_usd=pairs.from_usd.sum(where=is_both),
        total_to_usd=pairs.to_usd.sum(where=is_both),
        **{f"held_{name}": value for name, value in _counts(pairs).items()},
    )
    rows = _finished(pairs, sums, values, start, end)
    found = values.store.fetch(rows)
    names = [name for name in rows.columns if name.startswith("held_")]
    held = {name.removeprefix("held_"): found[name][0].as_py() for name in names} if found.num_rows else {}
    if not held or not held["first"] or not held["last"]:
        return None
    return found.drop_columns(names), held, values.lineages(start, end)


def _with_reasons(values: Values, start: int, end: int) -> tuple[Table, dict[str, Any], Lineages]:
    """The answer step by step: a year may not be held, and the parts may leave a rest."""
    store, keys = values.store, values.keys
    pairs = _pairs(values, start, end)
    (held,) = store.fetch_rows(pairs.aggregate(**_counts(pairs)))
    missing = [year for year, count in ((start, held["first"]), (end, held["last"])) if not count]
    lineage = values.lineages(start, end)
    if not held["parts"]:
        pairs = _nothing(pairs, keys)
    elif _may_have_rest(values) and not missing:
        whole = replace(values, keys=())
        pairs = _with_rest(pairs, whole, start, end)
        lineage += whole.lineages(start, end)
    both = _in_both_years(pairs)
    totals = both.aggregate(total_from_usd=both.from_usd.sum(), total_to_usd=both.to_usd.sum())
    why = "; ".join(f"{year}: {values.why_missing(year)}" for year in missing)
    return _finished(pairs, totals, values, start, end, why), held, lineage


def _finished(pairs: Table, totals: Table, values: Values, start: int, end: int, why: str = "") -> Table:  # noqa: PLR0913, PLR0917 - one question
    """Changes, shares, names and reasons, in order; what else is in the totals stands behind them."""
    params, keys = values.params, values.keys
    rows = accounts.change(pairs, totals, flow=params.flow is not None)
    if "partner" in keys:
        changed = selection.changed_partners(values.store, start, end)
        rows = rows.mutate(note=together(rows.note, selection.territory_note(rows.partner, changed)))
    if why:
        rows = rows.mutate(note=ibis.literal(why))
    rows = rows.mutate(months=ibis.ifelse(rows.change_usd.notnull(), values.months, ibis.null("int8")))
    columns = []
    for key in keys:
        rows = named(rows, key, values)
        columns += [key, f"{key}_name"]
    rows = rows.order_by([ibis.desc(rows.change_usd.abs()), *[rows[key] for key in keys]])
    rows = rows.limit(params.top) if params.top else rows
    beside = [name for name in totals.columns if name.startswith("held_")]
    return rows.select(*columns, *CHANGE.columns, *beside)


def _in_both_years(pairs: Table) -> Table:
    return pairs.filter(pairs.from_usd.notnull() & pairs.to_usd.notnull())


def _pairs(values: Values, start: int, end: int) -> Table:
    """Value at the start and at the end, one row per part."""
    keys = values.keys
    both = values.of(start, end)
    sums = {
        "from_usd": both.value_usd.sum(where=both.year == start),
        "to_usd": both.value_usd.sum(where=both.year == end),
        "from_vintage": both.vintage.max(where=both.year == start),
        "to_vintage": both.vintage.max(where=both.year == end),
    }
    if not keys:
        return both.aggregate(**sums)
    rows = both.group_by(keys).aggregate(**sums)
    if values.from_products and {start, end} <= set(values.years_held):
        # Both years are held whole, so a part without a row traded nothing.
        rows = rows.mutate(from_usd=rows.from_usd.fill_null(0), to_usd=rows.to_usd.fill_null(0))
    return rows


def _counts(pairs: Table) -> dict[str, Scalar]:
    """How many parts there are, how many are held in the first year, the last, and both, and as of when."""
    return {
        "parts": pairs.count(),
        "first": pairs.from_usd.count(),
        "last": pairs.to_usd.count(),
        "both": (pairs.from_usd + pairs.to_usd).count(),
        "from_vintage": pairs.from_vintage.max(),
        "to_vintage": pairs.to_vintage.max(),
    }


def _nothing(pairs: Table, keys: tuple[str, ...]) -> Table:
    """One row of nulls in place of no row at all."""
    sums = {
        "from_usd": pairs.from_usd.sum(),
        "to_usd": pairs.to_usd.sum(),
        "from_vintage": pairs.from_vintage.max(),
        "to_vintage": pairs.to_vintage.max(),
    }
    return pairs.aggregate(**sums).mutate(**{key: ibis.null("string") for key in keys})


def _with_rest(pairs: Table, whole: Values, start: int, end: int) -> Table:
    """Add what the partners held in both years leave of the world total, so that the parts add up to it."""
    both = _in_both_years(pairs)
    sums = both.aggregate(itemised_from=both.from_usd.sum(), itemised_to=both.to_usd.sum())
    rest = _pairs(whole, start, end).cross_join(sums)
    rest = rest.select(
        partner=ibis.literal(selection.REST),
        from_usd=rest.from_usd - rest.itemised_from,
        to_usd=rest.to_usd - rest.itemised_to,
        from_vintage=rest.from_vintage,
        to_vintage=rest.to_vintage,
    )
    return pairs.select(rest.columns).union(_in_both_years(rest))


def _vintages(held: dict[str, Any], start: int, end: int) -> tuple[str, ...]:
    """Two vintages are told: part of the change may be revision."""
    one, other = held["from_vintage"], held["to_vintage"]
    if one is None or other is None or one == other:
        return ()
    return (f"{start} as of {one}, {end} as of {other}: part of the change may be revision.",)


def _notes(held: dict[str, Any], *, has_rest: bool) -> tuple[str, ...]:
    """How many parts are held in one of the two years only, and where their value is."""
    missing = held["parts"] - held["both"]
    if not missing:
        return ()
    where = "in all others" if has_rest else "left out of the contributions"
    parts = "part is" if missing == 1 else "parts are"
    return (f"{missing} {parts} held in one of the two years only, and {where}.",)
