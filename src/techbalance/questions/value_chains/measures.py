"""Rows of the measures of trade in value added, in whole dollars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.models.value_added.bilateral import BilateralVariant, decompose_bilateral_exports
from techbalance.models.value_added.kww import KWW_TERMS, decompose_gross_exports
from techbalance.models.value_added.trade import trade_in_value_added
from techbalance.questions.value_chains.tables import DOLLARS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.questions.value_chains.tables import SolvedTable

Row = dict[str, Any]

NO_TRADE: Final = "no_trade: the country has no exports in the table"
TERM_WORDS: Final = {name: name.replace("_", " ") for name in KWW_TERMS}


def indicators(solved: SolvedTable, countries: Sequence[str]) -> list[Row]:
    """Gross exports, value added absorbed abroad, and the shares of value chains, one row per country.

    Largest exporter first.
    """
    measured = trade_in_value_added(solved.system)
    rows = []
    for code in countries or measured.countries:
        place = solved.table.position(code)
        row = {
            "year": solved.year,
            "country": code,
            "gross_usd": dollars(measured.gross_exports[place]),
            "value_added_usd": dollars(measured.value_added_exports[place].sum()),
            "vax_ratio": measured.vax_ratio[place],
            "foreign_share": measured.foreign_share[place],
            "forward_share": measured.forward_share[place],
            "participation_ratio": measured.participation[place],
            "gross_balance_usd": dollars(measured.gross_exports[place] - measured.gross_imports[place]),
            "country_name": solved.name(code),
            "note": None if measured.gross_exports[place] else NO_TRADE,
        }
        rows.append(row)
    return sorted(rows, key=lambda row: -row["gross_usd"])


def nine_terms(solved: SolvedTable, countries: Sequence[str]) -> list[Row]:
    """Nine terms of the gross exports of each country; they add to its gross exports."""
    found = decompose_gross_exports(solved.system)
    rows = []
    for code in countries or found.countries:
        place = solved.table.position(code)
        gross = float(found.gross_exports[place])
        for number, (name, value) in enumerate(zip(KWW_TERMS, found.terms[place], strict=True), start=1):
            rows.append(
                {
                    "year": solved.year,
                    "country": code,
                    "term": f"T{number}",
                    "term_name": TERM_WORDS[name],
                    "value_usd": dollars(value),
                    "export_share": float(value) / gross if gross else None,
                    "value_added_usd": dollars(found.value_added_exports[place]),
                    "gross_usd": dollars(gross),
                    "note": None if gross else NO_TRADE,
                }
            )
    return rows


def bilateral_terms(
    solved: SolvedTable, variant: BilateralVariant, countries: Sequence[str], partners: Sequence[str]
) -> list[Row]:
    """Five terms of the exports of each country to each other, largest flow first."""
    found = decompose_bilateral_exports(solved.system, variant)
    rows = []
    for exporter in countries or found.countries:
        for importer in partners or found.countries:
            if exporter == importer:
                continue
            pair = solved.table.position(exporter), solved.table.position(importer)
            terms = [dollars(value) for value in found.terms[:, pair[0], pair[1]]]
            rows.append(
                {
                    "year": solved.year,
                    "country": exporter,
                    "partner": importer,
                    "gross_usd": dollars(found.gross_exports[pair]),
                    "value_added_usd": terms[0],
                    "returned_home_usd": terms[1],
                    "domestic_double_usd": terms[2],
                    "foreign_value_added_usd": terms[3],
                    "foreign_double_usd": terms[4],
                    "variant": variant,
                    "note": None,
                }
            )
    return sorted(rows, key=lambda row: -row["gross_usd"])


def origins(solved: SolvedTable, absorber: str, countries: Sequence[str]) -> list[Row]:
    """Value added of each country in the final demand of one, beside its gross sales there; largest first.

    The value added of all origins, its own among them, adds to the final demand of the absorber.
    """
    measured = trade_in_value_added(solved.system)
    place = solved.table.position(absorber)
    absorbed = measured.absorbed[:, place]
    rows = []
    for code in countries or measured.countries:
        origin = solved.table.position(code)
        rows.append(
            {
                "year": solved.year,
                "country": code,
                "absorber": absorber,
                "value_added_usd": dollars(absorbed[origin]),
                "demand_share": float(absorbed[origin] / absorbed.sum()) if absorbed.sum() else None,
                "gross_usd": None if code == absorber else dollars(measured.bilateral_exports[origin, place]),
                "value_added_balance_usd": None
                if code == absorber
                else dollars(measured.value_added_balance[place, origin]),
                "gross_balance_usd": None
                if code == absorber
                else dollars(
                    measured.bilateral_exports[place, origin] - measured.bilateral_exports[origin, place]
                ),
                "country_name": solved.name(code),
                "note": "the country's own value added" if code == absorber else None,
            }
        )
    return sorted(rows, key=lambda row: -row["value_added_usd"])


def dollars(millions: float) -> int:
    """Turn the table's millions into whole dollars."""
    return round(float(millions) * DOLLARS)
