"""Is a figure of one's own true, and of which revision and definition? Answers ``claims judge``.

A text is read by rules that guess nothing: a sentence that is not wholly understood gets no verdict, and its
row says what is missing. A figure can also be given by itself, with the question it is said of.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
from pydantic import ValidationError

from techbalance.claims.compare import compare
from techbalance.claims.figures import Evidence
from techbalance.claims.judge import judge
from techbalance.claims.measures import MEASURES
from techbalance.claims.prose.draft import Context, Understood
from techbalance.claims.prose.marks import Vocabulary
from techbalance.claims.prose.understand import understand
from techbalance.claims.statement import Article, ClaimFile, Statement, end_of_period
from techbalance.claims.wording import basis_name, list_text
from techbalance.classifications.partners import COMMON_AREAS, COMMON_NAMES, REPORTER, WORLD
from techbalance.errors import NotCoveredError, ParameterError, QuestionError
from techbalance.questions import same_figure, selection
from techbalance.questions.answer import Answer
from techbalance.questions.evidence.gather import evidence
from techbalance.questions.evidence.held import Held
from techbalance.questions.parameters.claims import CLAIMS_JUDGE, ClaimsJudgeParams

if TYPE_CHECKING:
    import datetime as dt

    from techbalance.claims.judge import Judgement
    from techbalance.store.catalogue import Store

SCHEMA: Final = pa.schema(
    [(name, pa.date32() if name == "vintage" else pa.string()) for name in CLAIMS_JUDGE.columns]
)
MOST_FIGURES: Final = 60
"""Figures judged at once: each is looked up on every vintage."""
_SERIES: Final = {
    "atp": "advanced technology products",
    "services_bop": "services (BOP basis)",
}
_FLOWS: Final = {"export": "exports", "import": "imports", "balance": "balance"}


def run(params: ClaimsJudgeParams, store: Store) -> Answer:
    """Answer ``claims judge``: one row per figure, in the order of the text, or per sentence without one.

    Raises
    ------
    ParameterError
        More figures than are judged at once, or a figure that does not fit what it is said of.
    UnknownCodeError
        The question, the column or the partner that is named is not known.
    """
    held = Held(store, params.as_of.day if params.as_of else None)
    found = [_explicit(params)] if params.text is None else _read(params, store)
    if len(found) > MOST_FIGURES:
        raise ParameterError(
            f"the text holds {len(found)} figures and sentences, {MOST_FIGURES} are judged at once",
            remedy="Send it in parts",
        )
    rows = [_row(number, one, params, held) for number, one in enumerate(found, start=1)]
    notes = () if params.text is None else (_count(rows),)
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    return Answer(CLAIMS_JUDGE, params, store, table, notes, tuple(held.lineage.values()))


@lru_cache(maxsize=selection.STORES_REMEMBERED)
def vocabulary(store: Store) -> Vocabulary:
    """Names of partners and areas, and where each printed series begins; once for a store."""
    book = selection.partner_book(store)
    rows = [row for row in book.partners if row["code"] != REPORTER and row["kind"] == "country"]
    names = {row["name"].casefold(): row["iso3"] or row["code"] for row in rows}
    names |= COMMON_NAMES | COMMON_AREAS | {row["area_name"].casefold(): row["area"] for row in book.areas}
    names["world"] = WORLD
    codes = {row["iso3"] for row in rows if row["iso3"]} | {row["area"] for row in book.areas}
    headline = store.table("headline")
    annual = headline.filter(headline.freq == "year", headline.partner == WORLD)
    begins = annual.group_by("series").aggregate(year=annual.year.min())
    first = {row["series"]: int(row["year"]) for row in store.fetch_rows(begins)}
    known = names | {code.casefold(): code for code in codes} | COMMON_AREAS
    return Vocabulary(names, frozenset(codes | {"EU", "UK", "UAE"}), first, known)


def _read(params: ClaimsJudgeParams, store: Store) -> list[Understood]:
    if params.group is not None and len(params.group.names) > 1:
        raise ParameterError("group: one technology group can stand for those a text leaves out")
    if params.partner is not None:
        selection.partner_book(store).members([params.partner])
    years = (params.year.start, params.year.end) if params.year else None
    group = params.group.names[0] if params.group else None
    return understand(
        params.text or "", vocabulary(store), Context(params.series, group, params.partner, years)
    )


def _explicit(params: ClaimsJudgeParams) -> Understood:
    """The figure that was given by itself, as a statement."""
    metric, filters, unit = same_figure.measure_of(params.of or "", params.column or "", params.row)
    given = {"metric": metric, "filters": filters, "comparator": params.comparator}
    stated = (params.stated or "").strip().replace(",", "")
    units = MEASURES[metric].units
    if params.unit is None and len(units) > 1:
        raise ParameterError(f"unit is needed: one of {', '.join(units)}", where=f"column {params.column}")
    try:
        statement = Statement.model_validate(
            {"id": "1", "text": "as given", "where": "as given", "stated": stated, **given}
            | ({"unit": params.unit} if params.unit else {})
        )
    except ValidationError as wrong:
        context = wrong.errors(include_url=False)[0].get("ctx") or {}
        raise ParameterError(
            f"{context.get('key') or 'stated'}: found {context.get('found', repr(stated))}",
            remedy=f"Expected {context.get('expected', unit)}",
        ) from wrong
    return Understood("", stated, statement)


def _row(number: int, one: Understood, params: ClaimsJudgeParams, held: Held) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SCHEMA.names)
    row |= {"claim_id": str(number), "text": one.text or None, "stated": one.stated or None}
    if one.statement is None:
        row["note"] = f"not_read: needed: {'; '.join(one.asks)}"
        row["read_as"] = "; ".join(one.said) or None
        return row
    published = end_of_period(params.published) if params.published else None
    try:
        judged = _judged(one, held, params.published, published)
    except (QuestionError, NotCoveredError) as wrong:
        if params.text is None:
            raise
        return row | {"note": f"not_read: {wrong}"}
    row |= judged.row() | {"claim_id": str(number)}
    row["read_as"] = "; ".join((_read_as(one), *one.said))
    row["reference"] = same_figure.reference_of(_on_its_basis(one, judged))
    if judged.verdict in ("differs", "not-covered"):
        row["reason"] += _near(one, held)
    return row


def _judged(one: Understood, held: Held, article: str | None, published: dt.date | None) -> Judgement:
    """Judge on every series and denominator that the words may mean."""
    statement = one.statement
    assert statement is not None  # noqa: S101 - the caller has looked
    about = _article(article)
    file = ClaimFile("the text", about, (statement,))
    if len(one.series) > 1 and "denominator" not in MEASURES[statement.metric].filters:
        every = [evidence(held, _of_series(statement, name), file) for name in one.series]
        given = Evidence(
            tuple(
                replace(figure, basis=name)
                for name, part in zip(one.series, every, strict=True)
                for figure in part.figures
            ),
            tuple(dict.fromkeys(route for part in every for route in part.routes)),
            tuple(
                replace(later, basis=name)
                for name, part in zip(one.series, every, strict=True)
                for later in part.later
            ),
        )
    else:
        given = evidence(held, statement, file)
    if one.bases:
        given = replace(given, figures=tuple(figure for figure in given.figures if figure.basis in one.bases))
    return judge(statement, given, held.day, published=published)


def _on_its_basis(one: Understood, judged: Judgement) -> Statement:
    """The statement with the series on which it holds, where the words may mean several."""
    statement = one.statement
    assert statement is not None  # noqa: S101 - the caller has looked
    held = [name for name in one.series if name in judged.basis.split(", ")]
    return _of_series(statement, held[0]) if held else statement


def _of_series(statement: Statement, series: str) -> Statement:
    filters = statement.filters.model_copy(update={"series": series})
    return statement.model_copy(update={"filters": filters})


def _read_as(one: Understood) -> str:
    """How the figure was read, in short: ``level: balance, advanced technology products, CHN, 2020``."""
    statement = one.statement
    assert statement is not None  # noqa: S101 - the caller has looked
    filters = statement.filters
    if filters.of is not None:
        return f"{filters.column} of {filters.of}" + (f", row {filters.row}" if filters.row else "")
    names = " or ".join(_SERIES.get(name, basis_name(name)) for name in one.series)
    if statement.metric.startswith("ip_"):
        names = " over ".join(name for name in (filters.country, filters.other_country) if name)
    flow = filters.flow if statement.metric.startswith("ip_") else _FLOWS.get(filters.flow or "", "")
    place = [name for name in (filters.partner, filters.other_partner) if name and name != WORLD]
    group = f"group {filters.group}" if filters.group not in (None, "all") else ""
    years = " to ".join(str(year) for year in filters.years())
    parts = [statement.metric.replace("_", " "), flow, names, *place, group, years]
    return ", ".join(part for part in parts if part)


def _near(one: Understood, held: Held) -> str:
    """Say of what else the stated figure is true: another series, flow or neighbouring year."""
    statement = one.statement
    if statement is None or statement.metric != "level" or statement.comparator not in ("=", "about"):
        return ""
    found = []
    for what, other in same_figure.neighbours(statement):
        figures = evidence(held, other, ClaimFile("the text", _article(None), (other,))).figures
        values = [figure.value for figure in figures if figure.newest and figure.value is not None]
        if any(compare(other, value) in ("exact", "rounded") for value in values):
            found.append(what)
    return f" The stated figure is that of {list_text(found)}." if found else ""


def _article(published: str | None) -> Article:
    """Who said it is not known; when may be."""
    return Article.model_validate(
        {"title": "as given", "authors": "unknown", "published": published or "unknown"}
    )


def _count(rows: list[dict[str, Any]]) -> str:
    read = sum(row["verdict"] is not None for row in rows)
    return (
        f"{read} of {len(rows)} figures and sentences were read and judged; note says what the others lack."
    )
