"""Gather what the record says about one statement: figures, routes to what is missing, later records."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from techbalance.claims.figures import Evidence, Figure, LaterRecord, Route
from techbalance.claims.measures import UNITS
from techbalance.claims.weigh import weigh
from techbalance.errors import UnknownCodeError
from techbalance.questions.evidence import accounts, cells, countries, partners, products, suppliers

if TYPE_CHECKING:
    from techbalance.claims.statement import BearingTest, ClaimFile, Filters, Statement
    from techbalance.questions.evidence.held import Held
    from techbalance.store.catalogue import Declaration

Evaluate = Callable[["Held", "Filters"], tuple[Figure, ...]]


def span(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """The years between two dates; needs no data."""
    del held
    first, last = filters.years()
    return (Figure(last - first, "years", period=f"{first}:{last}", newest=True),)


EVALUATE: Final[dict[str, Evaluate]] = {
    "level": accounts.level,
    "sign": accounts.sign,
    "record": accounts.record,
    "ratio_record": accounts.ratio_record,
    "deficit_ratio": accounts.deficit_ratio,
    "deficit_ratio_change": accounts.deficit_ratio_change,
    "change": accounts.change,
    "deficit_growth": accounts.deficit_growth,
    "flow_growth": accounts.flow_growth,
    "flow_share": partners.flow_share,
    "answer_usd": cells.cell,
    "answer_ratio": cells.cell,
    "answer_number": cells.cell,
    "rank": partners.rank,
    "overtaking": partners.overtaking,
    "growth_order": partners.growth_order,
    "groups_falling": partners.groups_falling,
    "ip_level": countries.ip_level,
    "ip_ratio": countries.ip_ratio,
    "dollar_change": countries.dollar_change,
    "supplier_top_share": suppliers.supplier_top_share,
    "supplier_hhi": suppliers.supplier_hhi,
    "concentrated_share": suppliers.concentrated_share,
    "story_share": products.story_share,
    "span": span,
}


def evidence(held: Held, statement: Statement, file: ClaimFile) -> Evidence:
    """Evaluate a statement on every stored vintage and denominator.

    Raises
    ------
    UnknownCodeError
        The statement names a partner, group or country nobody knows; the message names the statement.
    """
    try:
        if statement.metric == "interpretation":
            outcomes = tuple(weigh(test, _of_test(held, test, file)) for test in statement.tests)
            return Evidence(outcomes=outcomes)
        figures = EVALUATE[statement.metric](held, statement.filters)
        return Evidence(figures, _routes(held, statement), _later(held, statement))
    except UnknownCodeError as wrong:
        where = f"{file.name}, claim {statement.id}"
        raise UnknownCodeError(wrong.what, where=where, remedy=wrong.remedy) from wrong


def _of_test(held: Held, test: BearingTest, file: ClaimFile) -> tuple[Figure, ...]:
    if test.measure in ("not_built", "not_held"):
        return ()
    if test.measure == "rest_of_change":
        return _rest_of_change(held, test.filters, file)
    return EVALUATE[test.measure](held, test.filters)


def _rest_of_change(held: Held, filters: Filters, file: ClaimFile) -> tuple[Figure, ...]:
    """The recomputed change of the whole, less what the file states for its parts."""
    whole = accounts.change(held, filters.model_copy(update={"partner": None, "group": None}))
    parts = [claim for claim in file.claims if claim.id in (filters.parts or ())]
    stated = sum((_dollars(claim) for claim in parts), Decimal(0))
    figures = []
    for figure in whole:
        rest = None if figure.value is None else figure.value - float(stated)
        detail = (
            f"the whole {figure.value / 1e9:+,.1f}bn, its parts as stated {stated / 10**9:+,.1f}bn"
            if figure.value
            else ""
        )
        figures.append(
            Figure(
                rest,
                "usd",
                figure.vintage,
                period=figure.period,
                newest=figure.newest,
                note=figure.note,
                detail=detail.replace("-", "\u2212"),
            )
        )
    return tuple(figures)


def _dollars(claim: Statement) -> Decimal:
    return Decimal(claim.stated or "0").scaleb(-UNITS[claim.unit or "usd"].power)


def _routes(held: Held, statement: Statement) -> tuple[Route, ...]:
    """Declared sources that cover what the statement is about, in every year it names."""
    filters = statement.filters
    if filters.of is not None:
        return ()
    if statement.metric.startswith("ip_"):
        series, by = "ip", {"year", "country"}
    else:
        series, by = filters.series or "atp", {"year"}
        ranked = {filters.by} if statement.metric == "rank" and filters.by else set()
        by |= ranked | ({"partner"} if filters.partner not in (None, "WORLD") else set())
        by |= {"group"} if filters.group not in (None, "all") else set()
    years = filters.years()
    return tuple(
        Route(one.id, part.from_year, part.to_year, one.verified, _command(one, years))
        for one in held.store.routes(series, frozenset(by), years)
        for part in one.coverage
        if series in part.series and by <= set(part.by) and all(part.includes(year) for year in years)
    )


def _command(source: Declaration, years: tuple[int, ...]) -> str:
    """What fetches the years; files a user owns are handed to ``ingest``."""
    if not source.address:
        return "techbalance ingest FILE"
    fetch = f"techbalance fetch {source.id}"
    if not source.is_one_file:
        fetch += f" --from {years[0]} --to {years[-1]}"
    return f"techbalance fetch {source.needs} && {fetch}" if source.needs else fetch


def _later(held: Held, statement: Statement) -> tuple[LaterRecord, ...]:
    if statement.metric == "record":
        return accounts.later_records(held, statement.filters)
    if statement.metric == "ratio_record":
        return accounts.later_ratio_records(held, statement.filters)
    return ()
