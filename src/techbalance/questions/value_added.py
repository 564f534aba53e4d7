"""Whose value added is in what a country sells and buys? Answers ``value-added``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import ParameterError
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.value_chains import VALUE_ADDED, ValueAddedParams
from techbalance.questions.value_chains import measures
from techbalance.questions.value_chains.atp_bounds import assumptions, balance_rows
from techbalance.questions.value_chains.atp_trade import atp_trade
from techbalance.questions.value_chains.tables import SolvedTable, solved_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from techbalance.models.value_added.bilateral import BilateralVariant
    from techbalance.store.catalogue import Store

PAIRS_SHOWN: Final = 20
VARIANTS: Final[dict[str | None, BilateralVariant]] = {
    None: "borin-mancini-source",
    "source": "borin-mancini-source",
    "sink": "borin-mancini-sink",
}
TEXTS: Final = frozenset(
    {
        "country",
        "country_name",
        "partner",
        "flow",
        "made_in",
        "absorber",
        "term",
        "term_name",
        "variant",
        "processing",
        "note",
    }
)


def run(params: ValueAddedParams, store: Store) -> Answer:
    """Answer ``value-added``: indicators by country, or the view that was asked for, year by year.

    Notes
    -----
    Flows of the table are in millions and balanced when read, so dollars below a million mean nothing.
    """
    if params.atp:
        return _atp(params, store)
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    years: list[int | None] = []
    for solved in solved_tables(store, params.year, params.io):
        made, said = _view(params)(solved)
        rows += made[: params.top] if params.top else made
        years.append(solved.year)
        lines = solved.lines()
        # Seventeen tables have pages of named cells; a single one is told in full.
        several = params.year is not None and params.year.start != params.year.end
        notes += lines[:2] if several else lines
        notes += [line for line in said if line not in notes]
    return Answer(VALUE_ADDED, params, store, as_table(rows), tuple(notes))


def _view(params: ValueAddedParams) -> Callable[[SolvedTable], tuple[list[dict[str, Any]], list[str]]]:
    def view(solved: SolvedTable) -> tuple[list[dict[str, Any]], list[str]]:
        countries = solved.countries(params.country or ())
        if params.decompose == "kww":
            return measures.nine_terms(solved, countries), [
                "Nine terms after Koopman, Wang and Wei 2014, AER 104:459; they add to gross exports."
            ]
        if params.decompose == "bilateral":
            return _pairs(params, solved, countries)
        if params.absorbed_by is not None:
            absorbers = solved.countries(params.absorbed_by)
            if len(absorbers) != 1:
                raise ParameterError(
                    f"absorbed_by: one country is needed, these are {len(absorbers)}", remedy="Name one"
                )
            return measures.origins(solved, absorbers[0], countries), []
        return measures.indicators(solved, countries), [
            "Value added abroad and VAX ratio after Johnson and Noguera 2012, JIE 86; foreign and forward "
            "share after Hummels, Ishii and Yi 2001, JIE 54."
        ]

    return view


def _pairs(
    params: ValueAddedParams, solved: SolvedTable, countries: Sequence[str]
) -> tuple[list[dict[str, Any]], list[str]]:
    variant = VARIANTS[params.variant]
    partners = solved.countries(params.partner or ())
    rows = measures.bilateral_terms(solved, variant, countries, partners)
    if not rows:
        raise ParameterError("a country does not export to itself", remedy="Name another partner")
    said = [
        f"Bilateral terms are not unique; these are of {variant} "
        "(Borin and Mancini 2019, World Bank WP 8804)."
    ]
    if params.top is None and len(rows) > PAIRS_SHOWN:
        said.append(f"The {PAIRS_SHOWN} largest flows of {len(rows):,}; --top shows more.")
        rows = rows[:PAIRS_SHOWN]
    return rows, said


def _atp(params: ValueAddedParams, store: Store) -> Answer:
    """Answer with the ATP balance in value added."""
    day = params.as_of.day if params.as_of else None
    solved = next(iter(solved_tables(store, params.year, params.io)))
    year = params.trade_year.start if params.trade_year else solved.year
    if year is None:
        raise ParameterError("the year of the table is not known", remedy="Add --year, or --trade-year")
    trade = atp_trade(store, solved, year, day, params.weights)
    mix = params.partners or "unknown"
    if trade.imports and params.partners:
        raise ParameterError(
            f"partners: the partners of ATP imports are held for {year}", remedy="Leave partners out"
        )
    rows = balance_rows(solved, trade, mix=mix, correct=params.processing, top=params.top)
    notes = [*assumptions(solved, trade, mix=mix, correct=params.processing), *solved.lines()]
    return Answer(VALUE_ADDED, params, store, as_table(rows), tuple(notes), trade.lineage)


def as_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Make a table of rows with one set of columns; the note comes last."""
    names = [name for name in (rows[0] if rows else ("year", "country", "note")) if name != "note"]
    first = [name for name in ("year", "country") if name in names]
    ordered = [*first, *[name for name in names if name not in first], "note"]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, _type(name)) for name in ordered]))


def _type(name: str) -> pa.DataType:
    if name in TEXTS:
        return pa.string()
    if name.endswith("_usd"):
        return pa.int64()
    return pa.int16() if name == "year" else pa.float64()
