"""Which question shows the figure of a statement, and which statement is a figure of a question?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.claims.measures import MEASURES
from techbalance.claims.wording import basis_name
from techbalance.questions import registry
from techbalance.questions.evidence.cells import base_of
from techbalance.questions.parameters.declaration import split_reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techbalance.claims.statement import Statement

# Columns that a measure of statements is the same as, with its flow; it knows earlier vintages by itself.
_MEASURES: Final[dict[tuple[str, str], tuple[str, str | None]]] = {
    ("balance", "balance_usd"): ("level", "balance"),
    ("balance", "exports_usd"): ("level", "export"),
    ("balance", "imports_usd"): ("level", "import"),
    ("balance", "deficit_ratio"): ("deficit_ratio", None),
    ("ip", "receipts_usd"): ("ip_level", "receipts"),
    ("ip", "payments_usd"): ("ip_level", "payments"),
    ("ip", "balance_usd"): ("ip_level", "balance"),
}
_FILTERS: Final = {
    "level": {"year", "series", "partner", "group"},
    "deficit_ratio": {"year", "series", "partner", "group", "denominator"},
    "ip_level": {"year", "country"},
}
_OF_ANSWERS: Final = {"usd": "answer_usd", "ratio": "answer_ratio", "count": "answer_number"}
_SERIES: Final = ("atp", "goods_census", "goods_bop", "goods_services_bop", "services_bop")
_FLOWS: Final = ("balance", "export", "import")
_COLUMNS: Final = {"balance": "balance", "export": "exports", "import": "imports"}


def measure_of(of: str, column: str, row: str | None) -> tuple[str, dict[str, Any], str]:
    """Find the measure that gives a column of a question's answer.

    Returns
    -------
    tuple
        Name of the measure, its filters, and its base unit.

    Raises
    ------
    UnknownCodeError, ParameterError
        The question, a parameter of it, or the column is not known or holds no figure.
    """
    base = base_of(column)
    name, given = split_reference(of)
    question = registry.find(name)
    texts = question.params.read(dict(given)).texts()
    known = _MEASURES.get((name, column))
    if known is not None and row is None:
        metric, flow = known
        year = texts.get("year", "")
        one_each = year.isdigit() and not any("," in texts.get(key, "") for key in ("group", "country"))
        if one_each and set(texts) <= _FILTERS[metric]:
            filters: dict[str, Any] = {**texts, "year": int(year), "flow": flow}
            filters = {key: value for key, value in filters.items() if value is not None}
            if all(key in filters for key in MEASURES[metric].needs):
                return metric, filters, base
    filters = {"of": of, "column": column} | ({"row": row} if row else {})
    return _OF_ANSWERS[base], filters, base


def reference_of(statement: Statement) -> str | None:
    """Write the question whose answer shows the figure of a statement; None where no one question does."""
    filters = statement.filters
    if filters.of is not None:
        return filters.of
    place = {"series": filters.series, "partner": filters.partner, "group": filters.group}
    place = {name: value for name, value in place.items() if value not in (None, "WORLD", "all", "atp")}
    years = filters.years()
    span = f"{years[0]}:{years[-1]}" if years else None
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "level": ("balance", {**place, "year": filters.year}),
        "sign": ("balance", {**place, "year": span}),
        "record": ("balance", {**place, "year": span}),
        "deficit_ratio": ("balance", {**place, "year": filters.year, "denominator": filters.denominator}),
        "change": ("balance", {**place, "year": span}),
        "deficit_growth": ("balance", {**place, "year": span}),
        "flow_growth": ("balance", {**place, "year": span}),
        "ip_level": ("ip", {"country": filters.country, "year": filters.year}),
        "ip_ratio": ("ip", {"country": f"{filters.country},{filters.other_country}", "year": filters.year}),
    }
    if statement.metric not in asked:
        return None
    name, given = asked[statement.metric]
    question = registry.find(name)
    return question.reference(question.params.read(given))


def neighbours(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """Statements of a level beside this one: other series, the other flows, the years next to it."""
    filters = statement.filters
    year, series, flow = filters.year or 0, filters.series or "atp", filters.flow or "balance"
    for other in _SERIES:
        if other != series and (filters.group in (None, "all")):
            yield f"{_name(other)} in {year}", _changed(statement, series=other)
    for other in _FLOWS:
        if other != flow:
            yield f"the {_COLUMNS[other]} of {year}", _turned(statement, flow, other)
    for other_year in (year - 1, year + 1):
        yield f"{other_year}", _changed(statement, year=other_year)


def _name(series: str) -> str:
    return "advanced technology products" if series == "atp" else basis_name(series).replace("_bop", "")


def _changed(statement: Statement, **filters: object) -> Statement:
    return statement.model_copy(update={"filters": statement.filters.model_copy(update=filters)})


def _turned(statement: Statement, flow: str, other: str) -> Statement:
    """The same figure of another flow; a deficit loses its minus where exports or imports are meant."""
    changed = _changed(statement, flow=other)
    stated = statement.stated or ""
    if flow == "balance" and stated.startswith("-"):
        return changed.model_copy(update={"stated": stated[1:]})
    return changed
