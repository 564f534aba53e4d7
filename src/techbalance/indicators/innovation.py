"""Does a country that leads in ideas also lead in making? METHODS F3 to F5, as table expressions.

The ideas side is income from intellectual property or research and development; the making side is exports of
technology goods. Outside the United States the making side is high-technology or R&D-intensive exports: the
caller names which, and it is never called ATP. A measure that has no meaning is null, and a note column
beside it says why.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from techbalance.indicators.accounts import ratio
from techbalance.outline import ibis

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import BooleanValue, NumericColumn, NumericValue

# Below this number a standard deviation or a ranking compares nothing.
FEWEST_COUNTRIES: Final = 3
NORMALISATIONS: Final = ("log", "z", "rank")


def world_shares(rows: Table, value: str, share: str, world: Table | None = None) -> Table:
    """Share of each country in the world.

    Parameters
    ----------
    rows
        One row per (country, year); needs ``value``, >= 0, in one unit.
    value, share
        Column to divide, and name of the share.
    world
        One row per year with ``world_value`` in the same unit; without it the world is the sum of the
        countries held, which makes every share larger than in the whole world: say so beside the answer.

    Returns
    -------
    Table
        The rows with ``share`` in [0, 1]; null where the value or the world is missing or the world is 0.
    """
    if world is None:
        total = rows[value].sum().over(ibis.window(group_by="year"))
        return rows.mutate(**{share: ratio(rows[value], total)})
    joined = rows.left_join(world.select("year", "world_value"), "year")
    return joined.mutate(**{share: ratio(joined[value], joined.world_value)}).select(*rows.columns, share)


def log_gap(rows: Table, ideas: str = "ideas_share", making: str = "making_share") -> Table:
    """Innovation-manufacturing gap as a log ratio: ``ln(ideas share / making share)``, the preferred form.

    Parameters
    ----------
    rows
        One row per (country, year); needs the two shares of the world, in [0, 1].
    ideas, making
        Names of the shares.

    Returns
    -------
    Table
        The rows with ``gap_log`` (above 0: more of the world's ideas than of its making; scale free) and
        ``gap_log_note``. Null where either share is missing (``not_covered``) or 0 (``zero_share``).

    Notes
    -----
    Worked: shares .30 and .10 give ln 3 = 1.098612.
    """
    above = (rows[ideas] > 0) & (rows[making] > 0)
    return rows.mutate(
        gap_log=ibis.ifelse(above, rows[ideas].ln() - rows[making].ln(), ibis.null("float64")),
        gap_log_note=ibis.cases(
            (_either_missing(rows, ideas, making), "not_covered: one side is not held"),
            (~above, "zero_share: a share of zero has no logarithm"),
            else_=ibis.null("string"),
        ),
    )


def z_gap(rows: Table, ideas: str = "ideas_ratio", making: str = "making_ratio") -> Table:
    """Innovation-manufacturing gap in standard deviations: ``z(ideas) − z(making)`` within a year.

    Parameters
    ----------
    rows
        One row per (country, year); needs the two sides relative to the size of the country, for example
        receipts for intellectual property and technology exports over GDP.
    ideas, making
        Names of the two columns.

    Returns
    -------
    Table
        The rows with ``ideas_z``, ``making_z``, ``gap_z``, ``countries`` (held on both sides in the year)
        and ``gap_z_note``. Null for a country not held on both sides (``not_covered``), in a year with fewer
        than three countries (``too_few_countries``) or without spread on one side (``degenerate``).

    Notes
    -----
    Means and standard deviations (of the population, ddof 0) are over the countries held on both sides, so
    the gap depends on who is compared.
    """
    held = _mark_both_held(rows, ideas, making)
    year = ibis.window(group_by=["year", "is_held"])
    spread = held[ideas].std(how="pop").over(year), held[making].std(how="pop").over(year)
    usable = held.is_held & (held.countries >= FEWEST_COUNTRIES) & (spread[0] > 0) & (spread[1] > 0)
    scored = held.mutate(
        ideas_z=_where(usable, (held[ideas] - held[ideas].mean().over(year)) / spread[0]),
        making_z=_where(usable, (held[making] - held[making].mean().over(year)) / spread[1]),
    )
    return scored.mutate(
        gap_z=scored.ideas_z - scored.making_z,
        gap_z_note=ibis.cases(
            (~scored.is_held, "not_covered: one side is not held"),
            (scored.countries < FEWEST_COUNTRIES, "too_few_countries: a spread needs three"),
            (scored.ideas_z.isnull(), "degenerate: all countries are equal on one side"),
            else_=ibis.null("string"),
        ),
    ).drop("is_held")


def rank_gap(rows: Table, ideas: str = "ideas_share", making: str = "making_share") -> Table:
    """Innovation-manufacturing gap in places: rank in making less rank in ideas within a year.

    Parameters
    ----------
    rows
        One row per (country, year); needs the two columns.
    ideas, making
        Names of the two columns; the largest has rank 1, equal values share the mean of their ranks.

    Returns
    -------
    Table
        The rows with ``ideas_rank``, ``making_rank``, ``gap_rank`` (above 0: further ahead in ideas),
        ``countries`` and ``gap_rank_note``; null for a country not held on both sides and in a year with
        fewer than three countries.
    """
    held = _mark_both_held(rows, ideas, making)
    usable = held.is_held & (held.countries >= FEWEST_COUNTRIES)
    ranked = held.mutate(
        ideas_rank=_where(usable, _mean_rank(held, held[ideas])),
        making_rank=_where(usable, _mean_rank(held, held[making])),
    )
    return ranked.mutate(
        gap_rank=ranked.making_rank - ranked.ideas_rank,
        gap_rank_note=ibis.cases(
            (~ranked.is_held, "not_covered: one side is not held"),
            (ranked.countries < FEWEST_COUNTRIES, "too_few_countries: a ranking needs three"),
            else_=ibis.null("string"),
        ),
    ).drop("is_held")


def place_stability(gaps: Table) -> Table:
    """Place of each country by each normalisation of the gap, and how far the places lie apart.

    Parameters
    ----------
    gaps
        One row per (country, year); needs ``gap_log``, ``gap_z`` and ``gap_rank``.

    Returns
    -------
    Table
        One row per (country, year) with ``place_log``, ``place_z``, ``place_rank`` (1 is the largest lead of
        ideas; equal gaps share the mean place), ``place_best``, ``place_worst``, ``place_spread`` (0: the
        normalisation does not matter), ``countries`` and ``note``. Places are among the countries that have
        all three gaps; others are null with ``not_covered``.
    """
    columns = [f"gap_{name}" for name in NORMALISATIONS]
    held = _mark_both_held(gaps.select("country", "year", *columns), *columns)
    places = {
        f"place_{name}": _where(held.is_held, _mean_rank(held, held[f"gap_{name}"]))
        for name in NORMALISATIONS
    }
    placed = held.mutate(**places)
    found = [placed[name] for name in places]
    return placed.mutate(
        # GREATEST and LEAST skip nulls on some engines; here all three are null together.
        place_best=ibis.least(*found),
        place_worst=ibis.greatest(*found),
        place_spread=ibis.greatest(*found) - ibis.least(*found),
        note=ibis.ifelse(
            placed.is_held, ibis.null("string"), "not_covered: the gap is undefined in some normalisation"
        ),
    ).drop("is_held", *columns)


def place_agreement(places: Table) -> Table:
    """Rank correlation between the normalisations of the gap, year by year.

    Parameters
    ----------
    places
        What :func:`place_stability` gives.

    Returns
    -------
    Table
        One row per (year, pair): ``first`` and ``second`` normalisation, ``countries``, ``rank_correlation``
        (Spearman, in [−1, 1]) and ``note``. Null with fewer than three countries (``too_few_countries``) or
        where all share one place (``degenerate``).
    """
    held = places.filter(places.place_spread.notnull())
    pairs = []
    for first, second in combinations(NORMALISATIONS, 2):
        one, other = held[f"place_{first}"], held[f"place_{second}"]
        by_year = held.group_by("year").aggregate(
            countries=held.count(),
            spread=ibis.least(one.std(how="pop"), other.std(how="pop")),
            covariance=one.cov(other, how="pop"),
            spreads=one.std(how="pop") * other.std(how="pop"),
        )
        usable = (by_year.countries >= FEWEST_COUNTRIES) & (by_year.spread > 0)
        pairs.append(
            by_year.select(
                "year",
                first=ibis.literal(first),
                second=ibis.literal(second),
                countries=by_year.countries,
                rank_correlation=_where(usable, ratio(by_year.covariance, by_year.spreads)),
                note=ibis.cases(
                    (by_year.countries < FEWEST_COUNTRIES, "too_few_countries: a correlation needs three"),
                    (by_year.spread <= 0, "degenerate: all countries share one place"),
                    else_=ibis.null("string"),
                ),
            )
        )
    return ibis.union(*pairs)


def location_quotient(rows: Table, world: Table) -> Table:
    """Location quotient: weight of an industry in a country over its weight in the world (F4).

    ``(value added / GDP) / (world value added / world GDP)``.

    Parameters
    ----------
    rows
        One row per (country, industry, year); needs ``value_added_usd`` and ``gdp_usd`` of the country.
    world
        One row per (industry, year); needs ``world_value_added_usd`` and ``world_gdp_usd``.

    Returns
    -------
    Table
        The rows with ``location_quotient`` (>= 0; above 1 the country specialises in the industry) and
        ``note``. Null where a figure is missing (``not_covered``), or a GDP or the world's value added is
        not above 0 (``zero_denominator``).

    Notes
    -----
    ITIF, Hamilton Index. Worked: (12 / 100) / (119 / 1000) = 1.008403.
    """
    joined = rows.left_join(
        world.select("industry", "year", "world_value_added_usd", "world_gdp_usd"), ["industry", "year"]
    )
    below = joined.gdp_usd, joined.world_value_added_usd, joined.world_gdp_usd
    missing = joined.value_added_usd.isnull() | below[0].isnull() | below[1].isnull() | below[2].isnull()
    usable = (below[0] > 0) & (below[1] > 0) & (below[2] > 0)
    quotient = ratio(joined.value_added_usd, below[0]) / ratio(below[1], below[2]).nullif(0)
    return joined.mutate(
        location_quotient=_where(usable, quotient),
        note=ibis.cases(
            (missing, "not_covered: value added or GDP is not held"),
            (~usable, "zero_denominator: a GDP or the world's value added is not above zero"),
            else_=ibis.null("string"),
        ),
    ).select(*rows.columns, "location_quotient", "note")


def intensity(rows: Table, part: str, whole: str, name: str) -> Table:
    """One flow relative to another that is above zero, for example R&D over value added (F5).

    Parameters
    ----------
    rows
        Any grain; needs ``part`` and ``whole`` in one unit.
    part, whole
        Columns to divide.
    name
        Name of the ratio.

    Returns
    -------
    Table
        The rows with ``name`` and ``<name>_note``; null where a side is missing (``not_covered``) or the
        whole is not above 0 (``zero_denominator``, ``negative_denominator``).

    Notes
    -----
    Galindo-Rueda and Verger 2016, OECD. Worked: 20 / 100 = 0.2.
    """
    return rows.mutate(
        **{
            name: _where(rows[whole] > 0, ratio(rows[part], rows[whole])),
            f"{name}_note": ibis.cases(
                (_either_missing(rows, part, whole), "not_covered: one side is not held"),
                (rows[whole] == 0, "zero_denominator"),
                (rows[whole] < 0, "negative_denominator"),
                else_=ibis.null("string"),
            ),
        }
    )


def _either_missing(rows: Table, *columns: str) -> BooleanValue:
    missing: BooleanValue = rows[columns[0]].isnull()
    for column in columns[1:]:
        missing = missing | rows[column].isnull()
    return missing


def _where(condition: BooleanValue, value: NumericValue) -> NumericValue:
    return ibis.ifelse(condition, value, ibis.null("float64"))


def _mark_both_held(rows: Table, *columns: str) -> Table:
    """Add ``is_held`` and the number of ``countries`` of the year for which all columns are there."""
    marked = rows.mutate(is_held=~_either_missing(rows, *columns))
    return marked.mutate(countries=marked.is_held.sum().over(ibis.window(group_by="year")))


def _mean_rank(held: Table, value: NumericColumn) -> NumericValue:
    """Rank within year from the largest, equal values sharing the mean of their ranks."""
    group = ["year", "is_held"]
    before = ibis.rank().over(ibis.window(group_by=group, order_by=ibis.desc(value)))
    equal = value.count().over(ibis.window(group_by=[*group, value]))
    return before.cast("float64") + (equal.cast("float64") + 1) / 2
