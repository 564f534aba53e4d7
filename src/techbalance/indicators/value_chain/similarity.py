"""How alike are the export baskets of two countries, at a level that is named? METHODS C5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.errors import ParameterError
from techbalance.indicators.value_chain.flows import country_products, ratio
from techbalance.outline import ibis

if TYPE_CHECKING:
    from collections.abc import Collection

    from ibis import Table

YEAR = ("year",)


def export_similarity(
    trade: Table,
    *,
    of: Collection[str],
    against: Collection[str],
    digits: int | None = None,
    keys: tuple[str, ...] = YEAR,
) -> Table:
    """Similarity of the export baskets of pairs of countries.

    ``ESI_ab = sum_p min(s_ap, s_bp) = 1 - (sum_p |s_ap - s_bp|) / 2``, s the share in a country's exports.

    Parameters
    ----------
    trade
        Any grain at or below (keys, country, product); needs ``country``, ``product``, ``value_usd`` (>= 0).
    of, against
        Every one of the first is compared with every one of the second, but not with itself.
    digits
        Cut product codes to so many digits before adding up; None leaves them whole. The measure rises as
        codes get coarser, so a figure without its level says nothing.
    keys
        Within which baskets are compared.

    Returns
    -------
    Table
        One row per (keys, country, against): ``similarity`` ([0, 1]), ``shared_products`` (both export),
        ``products`` (either does), ``note``. Null with a note: ``no_trade`` (one of the two exports nothing,
        or has no row), ``negative_value``, ``missing_value``.

    Raises
    ------
    SchemaError
        A column is missing, or the value is not a number.
    ParameterError
        No country is named, or the level is not above 0.

    Notes
    -----
    Finger and Kreinin 1979 (Economic Journal 89:905); Schott 2008 (Economic Policy 23).
    """
    if not of or not against or (digits is not None and digits < 1):
        raise ParameterError("similarity needs countries on both sides, and a level of one digit or more")
    wanted = sorted({*of, *against})
    cut = trade if digits is None else trade.mutate(product=trade["product"].substr(0, digits))
    rows = country_products(cut, keys).filter(lambda row: row.country.isin(wanted))
    totals = rows.aggregate(by=[*keys, "country"], _total=rows.value.sum(), _defect=rows._defect.min())
    shares = rows.mutate(
        _share=ratio(rows.value, rows.value.sum().over(ibis.window(group_by=[*keys, "country"])))
    ).filter(lambda row: row.value > 0)
    counted = shares.aggregate(by=[*keys, "country"], _count=shares.count())
    left = shares.filter(shares.country.isin(sorted(set(of)))).select(
        *keys, "country", "product", _one="_share"
    )
    right = shares.filter(shares.country.isin(sorted(set(against)))).select(
        *keys, "product", against="country", _other="_share"
    )
    common = left.inner_join(right, [*keys, "product"])
    sums = common.aggregate(
        by=[*keys, "country", "against"],
        _alike=ibis.least(common._one, common._other).sum(),
        shared_products=common.count(),
    )
    facts = totals.left_join(counted, [*keys, "country"]).select(*totals.columns, "_count")
    pairs = _pairs(rows, keys, sorted(set(of)), sorted(set(against)))
    first = facts.rename(_first="_count", _first_total="_total", _first_defect="_defect")
    second = facts.rename(
        against="country", _second="_count", _second_total="_total", _second_defect="_defect"
    )
    whole = (
        pairs.left_join(first, [*keys, "country"])
        .left_join(second, [*keys, "against"])
        .left_join(sums, [*keys, "country", "against"])
    )
    defect = ibis.coalesce(whole._first_defect, whole._second_defect)
    note = ibis.cases(
        (defect.notnull(), defect),
        (whole._first_total.fill_null(0.0) == 0, "no_trade: the first exports nothing"),
        (whole._second_total.fill_null(0.0) == 0, "no_trade: the second exports nothing"),
        else_=ibis.null("string"),
    )
    alike = ibis.least(whole._alike.fill_null(0.0), 1.0)
    shared = whole.shared_products.fill_null(0)
    return whole.select(
        *keys,
        "country",
        "against",
        similarity=ibis.ifelse(note.isnull(), alike, ibis.null("float64")),
        shared_products=ibis.ifelse(note.isnull(), shared, ibis.null("int64")),
        products=ibis.ifelse(note.isnull(), whole._first + whole._second - shared, ibis.null("int64")),
        note=note,
    )


def _pairs(rows: Table, keys: tuple[str, ...], of: list[str], against: list[str]) -> Table:
    """Every pair in every key, so that a pair without a common product is there, with 0."""
    held = rows.select(*keys).distinct()
    first = held.mutate(country=ibis.array(of).unnest())
    pairs = first.mutate(against=ibis.array(against).unnest())
    return pairs.filter(pairs.country != pairs.against)
