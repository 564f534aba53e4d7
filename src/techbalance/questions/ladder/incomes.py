"""How rich is each country per head? A user's file, or GDP over population in the record."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from techbalance.errors import SchemaError
from techbalance.questions.answer import Lineage
from techbalance.questions.macro import series_rows
from techbalance.store.userfiles import read_text

if TYPE_CHECKING:
    import datetime as dt

    from techbalance.store.catalogue import Store

SERIES: Final = ("gdp_usd", "population")
SCHEMA: Final = pa.schema([("year", pa.int64()), ("country", pa.string()), ("income", pa.float64())])


def incomes(
    store: Store, years: tuple[int, ...], given: str | None, day: dt.date | None
) -> tuple[pa.Table, list[str], tuple[Lineage, ...]]:
    """Income per head of each country in each of the years.

    Returns
    -------
    pyarrow.Table, list of str, tuple of Lineage
        ``year``, ``country``, ``income``; what must be known to read it; the stored rows.

    Raises
    ------
    SchemaError
        The file lacks a column, or holds what is no number above zero, or a country twice.
    """
    if given is not None:
        return _read(given, years), [f"Incomes per head from {given}."], ()
    rows = series_rows(store, SERIES, day)
    rows = rows.filter(rows.year.isin(years))
    wide = rows.group_by("country", "year").aggregate(
        gdp=rows.value.max(where=rows.series == "gdp_usd"),
        heads=rows.value.max(where=rows.series == "population"),
    )
    known = wide.filter(wide.gdp.notnull(), wide.heads > 0)
    per_head = known.select(
        year=known.year.cast("int64"), country=known.country, income=known.gdp / known.heads
    )
    notes = [
        "Incomes are GDP per head in current US dollars (World Bank); the method asks for constant "
        "purchasing power, which --income takes.",
    ]
    return store.fetch(per_head), notes, (Lineage("macro", rows, "GDP / population", value="value"),)


def _read(given: str, years: tuple[int, ...]) -> pa.Table:
    reader = csv.DictReader(read_text(given).splitlines())
    heads = reader.fieldnames or []
    for column in ("country", "income"):
        if column not in heads:
            raise SchemaError(
                f"the file of incomes lacks the column {column!r}",
                where=given,
                remedy="Columns: country, income",
            )
    found: dict[tuple[int, str], float] = {}
    for row in reader:
        try:
            income = float(row["income"])
            of = [int(row["year"])] if row.get("year") else list(years)
        except (TypeError, ValueError) as wrong:
            raise SchemaError("a row is no income", where=f"{given}, line {reader.line_num}") from wrong
        if not 0 < income < float("inf"):
            raise SchemaError(f"income {income} is not above 0", where=f"{given}, line {reader.line_num}")
        for year in of:
            if (year, row["country"]) in found:
                raise SchemaError(
                    f"{row['country']} is there twice", where=f"{given}, line {reader.line_num}"
                )
            found[year, row["country"]] = income
    if not found:
        raise SchemaError("the file of incomes has no rows", where=given)
    rows = [{"year": year, "country": country, "income": income} for (year, country), income in found.items()]
    return pa.Table.from_pylist(rows, schema=SCHEMA)
