"""Who is ahead in ideas and behind in making? Answers ``gap``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from techbalance.classifications.conduits import CONDUITS, SOURCE
from techbalance.errors import NotCoveredError
from techbalance.indicators import innovation, periods
from techbalance.indicators.accounts import ratio
from techbalance.outline import ibis
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.countries import CountryBook
from techbalance.questions.industries import FILE, read_industries
from techbalance.questions.macro import HIGHTECH, hightech_definition, series_rows
from techbalance.questions.notes import together
from techbalance.questions.parameters.ideas import GAP, GapParams

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.store.catalogue import Store

HOME: Final = "USA"
IDEAS_WORDS: Final = {
    "ip": "receipts for the use of intellectual property",
    "rd": "spending on research and development",
    "patents": "patent applications by residents",
}


@dataclass(frozen=True)
class Sides:
    """Both sides of the gap, by country and year.

    Parameters
    ----------
    rows
        ``country``, ``year``, ``ideas``, ``making``, ``gdp``, ``vintage``: null where not held.
    lineage
        Stored rows behind them.
    """

    rows: Table
    lineage: tuple[Lineage, ...]


def run(params: GapParams, store: Store) -> Answer:
    """Answer ``gap``: one row per country, the largest lead of ideas first.

    The world is the sum of the countries held on each side. Spread, ranks and places are among the countries
    whose share reaches ``least_share`` on either side, so they depend on who is compared.
    """
    day = params.as_of.day if params.as_of else None
    sides = _sides(params, store, day)
    rows = sides.rows
    if params.without_conduits:
        rows = rows.filter(~rows.country.isin(list(CONDUITS)))
    year = params.year.start if params.year else _newest_year(rows, store)
    rows = rows.filter(rows.year == year)
    if not store.count(rows.filter(rows.ideas.notnull() & rows.making.notnull())):
        raise NotCoveredError(
            f"no country has both sides in {year}",
            where=f"{IDEAS_WORDS[params.ideas]} and {params.making} exports",
            remedy="Leave the year out for the newest that has",
        )
    compared = _gaps(rows, params.least_share)
    book = CountryBook.of_charges(store)
    table = _chosen(compared, params, book, year)
    agreement = store.fetch_rows(innovation.place_agreement(innovation.place_stability(compared)))
    notes = _notes(params, store, day)
    notes += [
        f"Places by {row['first']} and {row['second']}: rank correlation {row['rank_correlation']:.2f} "
        f"over {row['countries']} countries."
        for row in sorted(agreement, key=lambda row: (row["first"], row["second"]))
        if row["rank_correlation"] is not None
    ]
    order = [ibis.desc(table.gap_log), table.country]
    table = table.order_by(order).select(*GAP.columns)
    table = table.limit(params.top) if params.top else table
    lineage = tuple(
        Lineage(part.table, part.rows.filter(lambda row: row.year == year), part.formula)
        for part in sides.lineage
    )
    return Answer(GAP, params, store, table, tuple(notes), lineage)


def _sides(params: GapParams, store: Store, day: dt.date | None) -> Sides:
    """Bring ideas, making and GDP beside each other."""
    macro = series_rows(store, ["gdp_usd", "rd_pct_gdp", "patents_resident", HIGHTECH], day)
    gdp, lineage = _series(macro, "gdp_usd", "gdp"), []
    if params.ideas == "ip":
        charges = periods.up_to(store.table("ip_charges"), day)
        charges = charges.filter(charges.flow == "receipts")
        newest = charges.group_by("country", "year").aggregate(vintage=charges.vintage.max())
        charges = charges.semi_join(newest, ["country", "year", "vintage"])
        ideas = charges.select("country", "year", "vintage", ideas=charges.value_usd.cast("float64"))
        lineage.append(Lineage("ip_charges", charges, "ideas = receipts"))
    elif params.ideas == "rd":
        spent = _series(macro, "rd_pct_gdp", "percent").inner_join(gdp.drop("vintage"), ["country", "year"])
        ideas = spent.select("country", "year", "vintage", ideas=spent.percent / 100 * spent.gdp)
        lineage.append(_macro(macro, "rd_pct_gdp", "ideas = percent of GDP x GDP"))
    else:
        ideas = _series(macro, "patents_resident", "ideas")
        lineage.append(_macro(macro, "patents_resident", "ideas = applications"))
    if params.making == "hightech":
        making = _series(macro, HIGHTECH, "making")
        lineage.append(_macro(macro, HIGHTECH, "making = high-technology exports"))
    else:
        making = _rd_intensive(store)
    lineage.append(_macro(macro, "gdp_usd", "GDP, for sizes"))
    keys = ["country", "year"]
    rows = ideas.select(keys).union(making.select(keys), distinct=True)
    for side in (ideas, making, gdp):
        rows = rows.left_join(side.rename(known="vintage"), keys)
        newer = ibis.greatest(rows.vintage, rows.known) if "vintage" in rows.columns else rows.known
        rows = rows.mutate(vintage=newer).drop("known", "country_right", "year_right")
    # Whole dollars add up to the same world in whatever order an engine adds them.
    whole = {side: rows[side].round().cast("int64") for side in ("ideas", "making")}
    return Sides(rows.mutate(**whole), tuple(lineage))


def _series(macro: Table, series: str, name: str) -> Table:
    rows = macro.filter(macro.series == series)
    return rows.select("country", "year", "vintage", **{name: rows.value})


def _macro(macro: Table, series: str, formula: str) -> Lineage:
    return Lineage("macro", macro.filter(macro.series == series), formula)


def _rd_intensive(store: Store) -> Table:
    """Exports of R&D-intensive products from the user's file, as an expression of literals."""
    held = read_industries(store).exports
    rows = [
        {"country": country, "year": year, "making": value}
        for (country, year), value in sorted(held.items())
        if country != "WORLD"
    ]
    if not rows:
        raise NotCoveredError("exports of R&D-intensive products are not in the file", where=FILE)
    kind = "array<struct<country: string, year: int16, making: float64>>"
    whole = ibis.literal(rows, type=kind).unnest().name("one").as_table()
    whole = whole.one.lift()
    return whole.mutate(vintage=ibis.null("date"))


def _newest_year(rows: Table, store: Store) -> int:
    """The newest year in which the United States have both sides."""
    held = rows.filter(rows.country == HOME, rows.ideas.notnull(), rows.making.notnull())
    found = store.fetch_rows(held.aggregate(year=held.year.max()))[0]["year"]
    if found is None:
        raise NotCoveredError(
            "no year has both sides for the United States",
            remedy="Name a year, or read newer figures than --as-of allows",
        )
    return int(found)


def _gaps(rows: Table, least_share: float) -> Table:
    """Shares, gaps in three normalisations, and places by each, among the countries that are compared."""
    shared = innovation.world_shares(rows, "ideas", "ideas_share")
    shared = innovation.world_shares(shared, "making", "making_share")
    large = (shared.ideas_share >= least_share) | (shared.making_share >= least_share)
    sized = shared.filter(large)
    sized = sized.mutate(
        ideas_ratio=ratio(sized.ideas, sized.gdp), making_ratio=ratio(sized.making, sized.gdp)
    )
    gaps = innovation.log_gap(sized)
    gaps = innovation.z_gap(gaps).drop("countries")
    return innovation.rank_gap(gaps).drop("countries")


def _chosen(compared: Table, params: GapParams, book: CountryBook, year: int) -> Table:
    """Add places, names and reasons; keep the countries asked for, those that are not held too."""
    places = innovation.place_stability(compared).drop("countries", "note")
    rows = compared.left_join(places, ["country", "year"]).drop("country_right", "year_right")
    rows = rows.mutate(
        note=together(
            rows.gap_log_note,
            ibis.ifelse(rows.gap_log_note.isnull(), rows.gap_z_note, ibis.null("string")),
        )
    )
    if params.country:
        codes = list(book.spans(params.country))
        asked = ibis.literal(codes, type="array<string>").unnest().name("country").as_table()
        rows = asked.left_join(rows, "country").drop("country_right")
        absent = f"not_covered: neither side is held, or both are below {params.least_share:g} of the world"
        rows = rows.mutate(note=ibis.ifelse(rows.year.isnull(), absent, rows.note))
    return rows.mutate(
        year=ibis.literal(year, type="int16"),
        country_name=rows.country.substitute(dict(book.names)),
        conduit=ibis.ifelse(rows.country.isin(list(CONDUITS)), "conduit economy", ibis.null("string")),
    )


def _notes(params: GapParams, store: Store, day: dt.date | None) -> list[str]:
    made = (
        hightech_definition(store, day)
        if params.making == "hightech"
        else "NCSES, exports of high R&D intensive products, edition of 2020"
    )
    return [
        f"Ideas: {IDEAS_WORDS[params.ideas]}. Making: {made}; not the ATP list of the United States.",
        "The world is the sum of the countries held on each side; Taiwan is in neither World Bank series.",
        f"Compared: countries with {params.least_share:.1%} of the world or more on either side.",
        "Conduit economies are left out."
        if params.without_conduits
        else f"Receipts of conduit economies may be shifted profits; economies after {SOURCE}.",
    ]
