"""What does a country receive and pay for the use of intellectual property? Answers ``ip``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from techbalance.classifications.conduits import CONDUITS, SOURCE
from techbalance.errors import UnknownCodeError
from techbalance.indicators import intellectual_property, periods
from techbalance.questions import selection
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.intellectual_property import IP, IpParams
from techbalance.questions.published import Published
from techbalance.questions.selection import in_years

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.store.catalogue import Store


def run(params: IpParams, store: Store) -> Answer:
    """Answer ``ip``: one row per country and year, the largest receiver first.

    Without a year the newest year in which both sides of the country are held is read.
    """
    day = params.as_of.day if params.as_of else None
    rows = periods.up_to(store.table("ip_charges"), day)
    countries = _countries(params, store)
    if countries:
        rows = rows.filter(rows.country.isin(list(countries)))
    rows = in_years(rows, params.year)
    newest = rows.group_by("country", "year", "flow").aggregate(vintage=rows.vintage.max())
    rows = rows.semi_join(newest, ["country", "year", "flow", "vintage"])
    table = intellectual_property.charges(rows)
    if params.year is None:
        both = table.filter(table.balance_usd.notnull())
        last = both.group_by("country").aggregate(year=both.year.max())
        table = table.semi_join(last, ["country", "year"])
    table = _with_missing(table, params, store, countries)
    table = table.mutate(conduit=_conduit(table), note=intellectual_property.why_null(table))
    extra: tuple[str, ...] = ()
    if params.cover:
        table, extra = _covered(table, store, day)
    order = [table.year, ibis.desc(table.receipts_usd), table.country]
    if params.top:
        place = ibis.row_number().over(
            ibis.window(group_by="year", order_by=[ibis.desc(table.receipts_usd), table.country])
        )
        table = table.mutate(place=place).filter(lambda row: row.place < params.top).drop("place")
        order = [table.year, ibis.desc(table.receipts_usd), table.country]
    columns = ["country", "country_name", "year", *IP.columns[:-1], *extra, "note"]
    lineage = Lineage("ip_charges", rows, "balance = receipts - payments")
    notes = (f"Receipts of conduit economies may be shifted profits; economies after {SOURCE}.",)
    return Answer(IP, params, store, table.order_by(order).select(columns), notes, (lineage,))


def _countries(params: IpParams, store: Store) -> dict[str, str]:
    """Look countries up by ISO3 code or name; empty when all are wanted."""
    if params.country is None:
        return {}
    known = _known_countries(store)
    chosen = {}
    for text in params.country:
        parts = [text] if text.casefold() in {name.casefold() for name in known.values()} else text.split(",")
        for part in parts:
            code = country_code(store, part.strip())
            chosen[code] = known[code]
    return chosen


def _known_countries(store: Store) -> dict[str, str]:
    rows = store.fetch_rows(store.table("ip_charges").select("country", "country_name").distinct())
    return {row["country"]: row["country_name"] for row in sorted(rows, key=lambda row: row["country_name"])}


def country_code(store: Store, text: str) -> str:
    """Look up a country that has charges, by ISO3 code, its name there, or any name of the partner.

    Raises
    ------
    UnknownCodeError
        Nobody knows it, or it has no charges; near misses are named.
    """
    known = _known_countries(store)
    by_name = {name.casefold(): code for code, name in known.items()}
    code = text.upper() if text.upper() in known else by_name.get(text.casefold())
    if code is None:
        book = selection.partner_book(store)
        iso3 = {row["code"]: row["iso3"] for row in book.partners}
        try:
            code = iso3.get(book.members([text])[0].code)
        except UnknownCodeError:
            code = None
    if code not in known:
        raise UnknownCodeError.among("country", text, [*known, *known.values()])
    return code


def _with_missing(table: Table, params: IpParams, store: Store, countries: dict[str, str]) -> Table:
    """Add a row for every country and year that was asked for and is not held."""
    if params.year is None and not countries:
        return table
    calendar = store.table("calendar").select("year").distinct()
    if params.year is None:
        calendar = calendar.filter(calendar.year == ibis.literal(9999))
    years = in_years(calendar, params.year)
    grids = [
        years.mutate(country=ibis.literal(code), country_name=ibis.literal(name))
        for code, name in countries.items()
    ]
    if not grids:
        grids = [years.mutate(country=ibis.null("string"), country_name=ibis.null("string"))]
        missing = grids[0].anti_join(table, "year")
    else:
        grid = ibis.union(*grids) if len(grids) > 1 else grids[0]
        missing = grid.anti_join(table, ["country", "year"])
    absent = [name for name in table.columns if name not in missing.columns]
    missing = missing.mutate(**{name: ibis.null(table[name].type()) for name in absent})
    return table.union(missing.select(table.columns))


def _conduit(table: Table) -> ibis.Value:
    return ibis.ifelse(table.country.isin(list(CONDUITS)), "conduit economy", ibis.null("string"))


def _covered(table: Table, store: Store, day: dt.date | None) -> tuple[Table, tuple[str, ...]]:
    """Put the ATP balance of the United States beside its intellectual property balance."""
    atp = Published(store, "atp", "year", day).figures()
    atp = atp.select("year", atp_balance_usd="balance_usd", atp_vintage="vintage")
    rows = table.left_join(atp, "year").drop("year_right")
    own = rows.country == "USA"
    rows = rows.mutate(
        atp_balance_usd=ibis.ifelse(own, rows.atp_balance_usd, ibis.null("int64")),
        atp_vintage=ibis.ifelse(own, rows.atp_vintage, ibis.null("date")),
    )
    rows = rows.mutate(
        atp_cover_ratio=intellectual_property.cover(rows.balance_usd, rows.atp_balance_usd),
        note=ibis.coalesce(
            rows.note,
            ibis.cases(
                (~own, "not_covered: ATP is a United States list, so only its balance is covered"),
                (rows.atp_balance_usd.isnull(), "not_covered: no ATP balance of this year is held"),
                (rows.atp_balance_usd >= 0, "sign_differs: ATP is in surplus, there is no deficit to cover"),
                else_="services on BOP basis over goods on Census basis: two accounts, not one",
            ),
        ),
    )
    return rows, ("atp_balance_usd", "atp_cover_ratio", "atp_vintage")
