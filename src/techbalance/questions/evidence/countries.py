"""Measures of countries: intellectual property, and the dollar against other currencies."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from techbalance.claims.figures import Figure
from techbalance.indicators import periods
from techbalance.questions.answer import Lineage
from techbalance.questions.countries import CountryBook
from techbalance.questions.evidence.accounts import on_every_vintage
from techbalance.questions.evidence.history import History, ratios

if TYPE_CHECKING:
    from techbalance.claims.statement import Filters
    from techbalance.questions.evidence.held import Held

RATE_SERIES = "exchange_rate_lcu_per_usd"


def _charges(held: Held, country: str, flow: str) -> History:
    if flow == "balance":
        return _charges(held, country, "receipts").minus(_charges(held, country, "payments"))
    table = periods.up_to(held.store.table("ip_charges"), held.day)
    code = CountryBook.of_charges(held.store).one(country)
    rows = table.filter(table.country == code, table.flow == flow)
    held.lineage[("ip", code, flow)] = Lineage("ip_charges", rows, f"{flow} on every vintage")
    return History.of(
        (row["year"], row["vintage"], True, row["value_usd"]) for row in held.store.fetch_rows(rows)
    )


def ip_level(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """Receipts, payments or balance of charges for the use of intellectual property."""
    history = _charges(held, filters.country or "", filters.flow or "balance")
    return on_every_vintage(
        history, filters.years(), "usd", lambda values: (values[0], ""), str(filters.year)
    )


def ip_ratio(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """A country's receipts, or payments, over another country's."""
    flow = filters.flow or "receipts"
    one = _charges(held, filters.country or "", flow)
    other = _charges(held, filters.other_country or "", flow)
    year = filters.years()[0]
    days = sorted({*one.vintages([year]), *other.vintages([year])})
    return ratios(one, other, year, days, "over")


def dollar_change(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """Geometric mean of the change of local currency per dollar, between two annual averages."""
    years = filters.years()
    period = f"{years[0]}:{years[1]}"
    macro = periods.up_to(held.store.table("macro"), held.day)
    countries = filters.countries or ()
    rows = macro.filter(macro.series == RATE_SERIES, macro.country.isin(countries), macro.year.isin(years))
    held.lineage[("rates", countries, years)] = Lineage("macro", rows, "local currency per US dollar")
    found = {(row["country"], row["year"]): row for row in held.store.fetch_rows(rows)}
    if any((country, year) not in found for country in countries for year in years):
        return (Figure(None, "ratio", period=period, note="not_covered"),)
    steps = {
        country: found[country, years[1]]["value"] / found[country, years[0]]["value"]
        for country in countries
    }
    mean = math.exp(sum(math.log(step) for step in steps.values()) / len(steps)) - 1
    day = max(row["vintage"] for row in found.values())
    detail = ", ".join(f"{country} {100 * (step - 1):+.1f} %" for country, step in steps.items())
    return (Figure(mean, "ratio", day, period=period, newest=True, detail=detail.replace("-", "\u2212")),)
