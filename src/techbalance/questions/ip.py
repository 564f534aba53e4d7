"""What does a country receive and pay for the use of intellectual property? Answers ``ip``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.classifications.conduits import CONDUITS, SOURCE
from techbalance.errors import ParameterError
from techbalance.indicators import intellectual_property, periods
from techbalance.outline import ibis
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.countries import CountryBook
from techbalance.questions.ip_vintages import vintage_rows
from techbalance.questions.ip_world import RATIO_COLUMNS, SHARE_COLUMNS, World, one_country
from techbalance.questions.notes import together
from techbalance.questions.parameters.intellectual_property import IP, IpParams
from techbalance.questions.published import Published
from techbalance.questions.selection import in_years, is_inside

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table
    from ibis.expr.types import BooleanValue, StringValue

    from techbalance.questions.selection import Span
    from techbalance.store.catalogue import Store


def run(params: IpParams, store: Store) -> Answer:
    """Answer ``ip``: one row per country and year, the largest receiver first.

    Without a year the newest year in which both sides of a country are held is read, country by country.
    """
    day = _day(params)
    book = CountryBook.of_charges(store)
    spans = book.spans(params.country or ())
    left_out = _left_out(params, book, spans)
    if params.without_conduits:
        spans = {code: years for code, years in spans.items() if code not in CONDUITS}
    every = _asked(store.table("ip_charges"), params, spans)
    if params.vintages:
        return _through_vintages(params, store, periods.up_to(every, day), spans, left_out)
    rows = _asked(_newest(store, day), params, spans)
    table = intellectual_property.charges(rows)
    if params.year is None:
        table = _last_year(table)
        rows = rows.semi_join(table, ["country", "year"])
    table = _with_missing(table, params, book, spans)
    table = table.mutate(conduit=_conduit(table), note=_note(table, every, day))
    lineage = [Lineage("ip_charges", rows, "balance = receipts - payments")]
    extra: list[str] = []
    world = World(store, day, params.without_conduits)
    other = one_country(book, params.against) if params.against else None
    if params.shares:
        table, extra = world.with_shares(table), [*extra, *SHARE_COLUMNS]
    if other is not None:
        table, extra = world.with_ratio(table, other), [*extra, *RATIO_COLUMNS]
    lineage += world.lineage(table, other, shares=params.shares)
    if params.cover:
        table, covers, atp = _covered(table, store, day)
        extra += covers
        lineage.append(atp)
    order = [*([table.year] if params.year else []), ibis.desc(table.receipts_usd), table.country]
    if params.top:
        within = "year" if params.year else None
        place = ibis.row_number().over(ibis.window(group_by=within, order_by=order[-2:]))
        table = table.mutate(place=place).filter(lambda row: row.place < params.top).drop("place")
    columns = ["country", "country_name", "year", *IP.columns[:-1], *extra, "note"]
    notes = [*left_out, f"Receipts of conduit economies may be shifted profits; economies after {SOURCE}."]
    if params.year is None:
        notes.append("The newest year of each country; years differ between countries.")
    return Answer(IP, params, store, table.order_by(order).select(columns), tuple(notes), tuple(lineage))


def _asked(rows: Table, params: IpParams, spans: dict[str, list[Span]]) -> Table:
    """Keep the countries and years asked for."""
    if params.country:
        rows = _within(rows, spans)
    if params.without_conduits:
        rows = rows.filter(~rows.country.isin(list(CONDUITS)))
    return in_years(rows, params.year)


def _newest(store: Store, day: dt.date | None) -> Table:
    """Charges as known on a day, the newest vintage of each flow of a country and year."""
    rows = periods.up_to(store.table("ip_charges"), day)
    newest = rows.group_by("country", "year", "flow").aggregate(vintage=rows.vintage.max())
    return store.kept(rows.semi_join(newest, ["country", "year", "flow", "vintage"]))


def _left_out(params: IpParams, book: CountryBook, spans: dict[str, list[Span]]) -> list[str]:
    """Name the conduits that a view without them leaves out.

    Raises
    ------
    ParameterError
        It would leave out every country asked for.
    """
    if not params.without_conduits:
        return []
    named = [code for code in spans if code in CONDUITS]
    if spans and len(named) == len(spans):
        raise ParameterError(
            f"{' and '.join(map(book.name, named))}: conduit economies, all asked for",
            remedy="Leave out without_conduits, or name another country",
        )
    names = map(book.name, named) if named else CONDUITS.values()
    return [f"Left out as conduit economies: {', '.join(names)}."]


def _through_vintages(
    params: IpParams,
    store: Store,
    rows: Table,
    spans: dict[str, list[Span]],
    notes: list[str],
) -> Answer:
    """Answer with one row per vintage of each figure."""
    book = CountryBook.of_charges(store)
    if params.year is None:
        # A revision is of one year: the newest year of each country, as without vintages.
        rows = rows.semi_join(_last_year(intellectual_property.charges(rows)), ["country", "year"])
    table = _with_missing(intellectual_property.charges(rows, by_vintage=True), params, book, spans)
    table = table.mutate(conduit=_conduit(table), note=intellectual_property.why_null(table))
    held = store.fetch_rows(
        periods.up_to(store.table("ip_charges"), _day(params)).select("vintage").distinct()
    )
    days = sorted(row["vintage"].isoformat() for row in held)
    searched = f"Vintages held: {', '.join(days)}; one that is not listed does not hold the year."
    lineage = Lineage("ip_charges", rows, "balance = receipts - payments, vintage by vintage")
    return Answer(IP, params, store, vintage_rows(table, store), (*notes, searched), (lineage,))


def _day(params: IpParams) -> dt.date | None:
    return params.as_of.day if params.as_of else None


def _last_year(table: Table) -> Table:
    """Keep the newest year in which both sides of a country are held, else the newest of either."""
    last = table.group_by("country").aggregate(
        year=ibis.coalesce(table.year.max(where=table.balance_usd.notnull()), table.year.max())
    )
    return table.semi_join(last, ["country", "year"])


def _note(table: Table, every: Table, day: dt.date | None) -> StringValue:
    """Why a figure is null; a year that was published later than ``day`` says since when it is held."""
    why = intellectual_property.why_null(table)
    if day is None:
        return why
    later = every.filter(every.vintage > ibis.literal(day))
    early = ibis.literal("no_vintage_that_early: first held after ") + ibis.literal(day.isoformat())
    # A row without a year stands for any year of its country, one without a country for anything at all.
    places = [later.country + " " + later.year.cast("string"), later.country, ibis.literal("")]
    known = ibis.union(*[later.select(place=place).distinct() for place in places])
    place = ibis.coalesce(table.country + " " + table.year.cast("string"), table.country, "")
    nothing = table.receipts_usd.isnull() & table.payments_usd.isnull()
    return ibis.ifelse(nothing & place.isin(known.place), early, why)


def _within(rows: Table, spans: dict[str, list[Span]]) -> Table:
    """Keep the countries asked for, a member of an area in the years of its membership only."""
    keep: BooleanValue = ibis.literal(value=False)
    for code, years in spans.items():
        keep |= (rows.country == code) & is_inside(rows.year, years)
    return rows.filter(keep)


def _with_missing(table: Table, params: IpParams, book: CountryBook, spans: dict[str, list[Span]]) -> Table:
    """Add a row for every country and year that was asked for and is not held."""
    if params.year is None:
        grid = periods.every("year", 1, 1).mutate(year=ibis.null("int16"))
    else:
        grid = periods.every("year", params.year.start, params.year.end)
    if not spans:
        nobody = grid.mutate(country=ibis.null("string"), country_name=ibis.null("string"))
        missing = nobody.anti_join(table, "year")
        if params.year is None:
            missing = missing.filter(table.count().as_scalar() == 0)
    else:
        parts = [
            (grid if params.year is None else grid.filter(is_inside(grid.year, years))).mutate(
                country=ibis.literal(code), country_name=ibis.literal(book.name(code))
            )
            for code, years in spans.items()
        ]
        asked = ibis.union(*parts) if len(parts) > 1 else parts[0]
        missing = asked.anti_join(table, ["country"] if params.year is None else ["country", "year"])
    absent = [name for name in table.columns if name not in missing.columns]
    missing = missing.mutate(**{name: ibis.null(table[name].type()) for name in absent})
    return table.union(missing.select(table.columns))


def _conduit(table: Table) -> ibis.Value:
    return ibis.ifelse(table.country.isin(list(CONDUITS)), "conduit economy", ibis.null("string"))


def _covered(table: Table, store: Store, day: dt.date | None) -> tuple[Table, tuple[str, ...], Lineage]:
    """Put the ATP balance of the United States beside its intellectual property balance."""
    published = Published(store, "atp", "year", day)
    atp = published.figures().select("year", atp_balance_usd="balance_usd", atp_vintage="vintage")
    rows = table.left_join(atp, "year").drop("year_right")
    own = rows.country == "USA"
    rows = rows.mutate(
        atp_balance_usd=ibis.ifelse(own, rows.atp_balance_usd, ibis.null("int64")),
        atp_vintage=ibis.ifelse(own, rows.atp_vintage, ibis.null("date")),
    )
    why = ibis.cases(
        (~own, "not_covered: ATP is a United States list, so only its balance is covered"),
        (rows.atp_balance_usd.isnull(), "not_covered: no ATP balance of this year is held"),
        (rows.atp_balance_usd >= 0, "sign_differs: ATP is in surplus, there is no deficit to cover"),
        else_="services on BOP basis over goods on Census basis: two accounts, not one",
    )
    rows = rows.mutate(
        atp_cover_ratio=intellectual_property.cover(rows.balance_usd, rows.atp_balance_usd),
        note=together(rows.note, why),
    )
    stored = published.lineage(None)
    lineage = Lineage(
        "headline",
        stored.semi_join(rows.filter(own).select("year"), "year"),
        "cover = intellectual property balance / size of the ATP deficit; ATP balance = exports - imports",
    )
    return rows, ("atp_balance_usd", "atp_cover_ratio", "atp_vintage"), lineage
