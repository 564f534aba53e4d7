"""How do countries stand side by side, in ideas and in things? Answers ``compare``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.classifications.conduits import CONDUITS, SOURCE
from techbalance.errors import NotCoveredError
from techbalance.indicators import periods
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.countries import CountryBook
from techbalance.questions.industries import (
    MANUFACTURING,
    OLDER_EDITION,
    Industries,
    read_industries,
)
from techbalance.questions.macro import HIGHTECH, hightech_definition, series_rows
from techbalance.questions.parameters.ideas import COMPARE, CompareParams

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table
    from ibis.expr.types import StringColumn

    from techbalance.store.catalogue import Store

# Column of the answer, series in the record, and what one unit of the series is in the column.
MACRO: Final[dict[str, tuple[str, float]]] = {
    "rd_ratio": ("rd_pct_gdp", 0.01),
    "researchers_per_million": ("researchers_per_m", 1.0),
    "patents": ("patents_resident", 1.0),
    "hightech_exports_usd": (HIGHTECH, 1.0),
    "hightech_share": ("hightech_pct_manuf_exports", 0.01),
    "merch_exports_usd": ("merch_exports_usd", 1.0),
    "merch_imports_usd": ("merch_imports_usd", 1.0),
}
CHARGES: Final = {"ip_receipts_usd": "receipts", "ip_payments_usd": "payments"}
BALANCES: Final = {
    "ip_balance_usd": ("ip_receipts_usd", "ip_payments_usd"),
    "merch_balance_usd": ("merch_exports_usd", "merch_imports_usd"),
}
INDUSTRY_COLUMNS: Final = {
    "chemicals_va_usd": "C20",
    "pharmaceuticals_va_usd": "C21",
    "weapons_va_usd": "C252",
    "electronics_va_usd": "C26",
    "electrical_va_usd": "C27",
    "machinery_va_usd": "C28",
    "vehicles_va_usd": "C29",
    "transport_va_usd": "C30X",
    "aerospace_va_usd": "C303",
    "medical_va_usd": "C325",
}
COUNTS: Final = ("patents", "researchers_per_million")
MANUFACTURING_COLUMN: Final = "manufacturing_va_usd"


@dataclass
class Figures:
    """Figures of the countries asked for: value and vintage by column, country and year.

    Parameters
    ----------
    values
        Column -> (country, year) -> value.
    vintages
        Likewise, the vintage of each; figures of a user's file have none.
    older
        (column, country, year) whose figure is from the older edition of the industry tables.
    shown
        (column, country, year) that went into the answer.
    """

    values: dict[str, dict[tuple[str, int], float]] = field(default_factory=lambda: defaultdict(dict))
    vintages: dict[str, dict[tuple[str, int], dt.date]] = field(default_factory=lambda: defaultdict(dict))
    older: set[tuple[str, str, int]] = field(default_factory=set)
    shown: set[tuple[str, str, int]] = field(default_factory=set)

    def add(self, column: str, country: str, year: int, value: float, vintage: dt.date | None = None) -> None:
        """Keep one figure."""
        self.values[column][country, year] = value
        if vintage is not None:
            self.vintages[column][country, year] = vintage

    def newest_year(self, column: str, country: str) -> int | None:
        """The newest year of a column in which a country has a figure."""
        return max((year for code, year in self.values[column] if code == country), default=None)


def run(params: CompareParams, store: Store) -> Answer:
    """Answer ``compare``: one row per country and year; without years the newest of each figure.

    Balances are there only where both sides are of the same year.
    """
    day = params.as_of.day if params.as_of else None
    book = CountryBook.of_charges(store)
    countries = list(book.spans(params.countries))
    figures = Figures()
    charges = periods.up_to(store.table("ip_charges"), day)
    newest = charges.group_by("country", "flow", "year").aggregate(vintage=charges.vintage.max())
    charges = store.kept(charges.semi_join(newest, ["country", "flow", "year", "vintage"]))
    charges = charges.filter(charges.country.isin(countries))
    macro = series_rows(store, [series for series, _ in MACRO.values()], day)
    macro = macro.filter(macro.country.isin(countries))
    _read_record(figures, charges, macro, store)
    notes = _read_industries(figures, store, countries, detail=params.industries)
    columns = [*CHARGES, *MACRO, MANUFACTURING_COLUMN, *(INDUSTRY_COLUMNS if params.industries else ())]
    years = _years(params)
    rows = [
        _row(figures, columns, country, year) | {"country_name": book.name(country)}
        for country in countries
        for year in years
    ]
    notes += [
        f"High-technology exports: {hightech_definition(store, day)}; not the ATP list of the United States.",
        "Intellectual property: services, BOP basis; merchandise: goods as the World Bank reports them.",
    ]
    if conduits := [book.name(code) for code in countries if code in CONDUITS]:
        notes.append(
            f"{' and '.join(conduits)}: receipts of conduit economies may be shifted profits; after {SOURCE}."
        )
    lineage = (
        _behind("ip_charges", charges, charges.flow, figures, "balance = receipts - payments"),
        _behind("macro", macro, macro.series, figures, "as stored; percent over 100"),
    )
    return Answer(COMPARE, params, store, _table(rows, columns), tuple(notes), lineage)


def _behind(name: str, rows: Table, series: StringColumn, figures: Figures, formula: str) -> Lineage:
    """Stored rows of exactly the figures that were shown."""
    key = series + "/" + rows.country + "/" + rows.year.cast("string")
    named = CHARGES | {column: series for column, (series, _) in MACRO.items()}
    shown = [
        f"{named[column]}/{country}/{year}" for column, country, year in figures.shown if column in named
    ]
    return Lineage(name, rows.filter(key.isin(sorted(shown))), formula)


def _years(params: CompareParams) -> list[int | None]:
    if params.to is None:
        return [None]
    first = params.from_.start if params.from_ else params.to.start
    if params.every_year:
        return list(range(first, params.to.start + 1))
    return list(dict.fromkeys((first, params.to.start)))


def _read_record(figures: Figures, charges: Table, macro: Table, store: Store) -> None:
    by_flow = {flow: column for column, flow in CHARGES.items()}
    for row in store.fetch_rows(charges.select("country", "flow", "year", "value_usd", "vintage")):
        figures.add(by_flow[row["flow"]], row["country"], row["year"], row["value_usd"], row["vintage"])
    by_series = {series: (column, unit) for column, (series, unit) in MACRO.items()}
    for row in store.fetch_rows(macro.select("series", "country", "year", "value", "vintage")):
        column, unit = by_series[row["series"]]
        figures.add(column, row["country"], row["year"], row["value"] * unit, row["vintage"])


def _read_industries(figures: Figures, store: Store, countries: list[str], *, detail: bool) -> list[str]:
    """Add value added by industry from the user's file, and say where it is from or what to put where."""
    try:
        held = read_industries(store)
    except NotCoveredError as missing:
        return [f"Manufacturing is not held: {missing.remedy}."]
    wanted = {MANUFACTURING_COLUMN: MANUFACTURING} | (INDUSTRY_COLUMNS if detail else {})
    for column, industry in wanted.items():
        for country in countries:
            _add_industry(figures, held, (column, industry), country)
    return [
        "Value added by industry: NCSES, Science and Engineering Indicators, table 10758, edition of 2024."
    ]


def _add_industry(figures: Figures, held: Industries, wanted: tuple[str, str], country: str) -> None:
    column, industry = wanted
    for year in held.years:
        value, edition = held.value_added(country, industry, year)
        if value is None:
            continue
        figures.add(column, country, year, value)
        if edition == OLDER_EDITION:
            figures.older.add((column, country, year))


def _row(figures: Figures, columns: list[str], country: str, year: int | None) -> dict[str, Any]:
    """Collect the figures of a country in a year; without one the newest of each, told in the note."""
    row: dict[str, Any] = {"country": country, "year": year}
    used: dict[str, int] = {}
    vintages: list[dt.date] = []
    for column in columns:
        of = figures.newest_year(column, country) if year is None else year
        value = None if of is None else figures.values[column].get((country, of))
        row[column] = round(value) if value is not None and _is_whole(column) else value
        if value is not None and of is not None:
            used[column] = of
            figures.shown.add((column, country, of))
            if (vintage := figures.vintages[column].get((country, of))) is not None:
                vintages.append(vintage)
    for balance, (plus, minus) in BALANCES.items():
        both = plus in used and minus in used and used[plus] == used[minus]
        row[balance] = row[plus] - row[minus] if both else None
    row["vintage"] = max(vintages, default=None)
    row["note"] = _note(figures, columns, row, used) or None
    return row


def _note(figures: Figures, columns: list[str], row: dict[str, Any], used: dict[str, int]) -> str:
    parts = []
    if row["year"] is None and used:
        by_year: dict[int, list[str]] = defaultdict(list)
        for column, year in used.items():
            by_year[year].append(_words(column))
        parts = [f"{year}: {', '.join(names)}" for year, names in sorted(by_year.items(), reverse=True)]
    if missing := [_words(column) for column in columns if column not in used]:
        parts.append(f"not_covered: {', '.join(missing)}")
    if any((column, row["country"], year) in figures.older for column, year in used.items()):
        parts.append(f"industries of the edition of {OLDER_EDITION}")
    return "; ".join(parts)


def _words(column: str) -> str:
    return column.removesuffix("_usd").replace("_", " ")


def _table(rows: list[dict[str, Any]], columns: list[str]) -> pa.Table:
    extra = [name for name in columns if name not in COMPARE.columns]
    names = [name for name in COMPARE.columns if name not in ("country_name", "vintage", "note")]
    schema = pa.schema([(name, _type(name)) for name in (*names, *extra, "country_name", "vintage", "note")])
    return pa.Table.from_pylist(rows, schema=schema)


def _type(name: str) -> pa.DataType:
    if name in ("country", "country_name", "note"):
        return pa.string()
    if name == "year":
        return pa.int16()
    if name == "vintage":
        return pa.date32()
    return pa.int64() if _is_whole(name) else pa.float64()


def _is_whole(column: str) -> bool:
    return column.endswith("_usd") or column in COUNTS
