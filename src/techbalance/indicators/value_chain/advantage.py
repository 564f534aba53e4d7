"""What does a country export more of than others do, and how rich are they? METHODS C1, C2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from techbalance.errors import ParameterError
from techbalance.indicators.value_chain.flows import check, country_products, ratio, where_sound
from techbalance.outline import ibis

if TYPE_CHECKING:
    from ibis import Table

World = Literal["with", "without"]
YEAR = ("year",)


def revealed_advantage(trade: Table, *, keys: tuple[str, ...] = YEAR, world: World = "with") -> Table:
    """Revealed comparative advantage and its symmetric form.

    ``R = (x_cp / X_c) / (x_wp / X_w)``; ``RSCA = (R - 1) / (R + 1)``.

    Parameters
    ----------
    trade
        Any grain at or below (keys, country, product); needs ``country``, ``product``, ``value_usd``
        (exports, >= 0, re-exports as the table has them). A row that is missing is unknown, not zero.
    keys
        Within which a world is.
    world
        Whether the country is part of the world it is held against (``with``) or not (``without``).

    Returns
    -------
    Table
        One row per (keys, country, product) that has one: ``value_usd`` (double), ``rca`` (>= 0), ``rsca``
        ([-1, 1)), ``note``. A flow of 0 has R = 0 and RSCA = -1. Null with a note: ``no_trade`` (the country
        exports nothing, or nobody exports the product), ``zero_denominator`` (nobody else exports it, or
        there is nobody else), ``negative_value``, ``missing_value`` (of the whole key).

    Raises
    ------
    SchemaError
        A column is missing, or the value is not a number.
    ParameterError
        ``world`` is neither of the two.

    Notes
    -----
    Balassa 1965 (Manchester School 33); Dalum, Laursen and Villumsen 1998 for the symmetric form.

    Examples
    --------
    >>> import ibis, pyarrow
    >>> sold = {"year": [1] * 4, "country": [*"AABB"], "product": [*"pqpq"], "value_usd": [3, 1, 1, 3]}
    >>> revealed_advantage(ibis.memtable(pyarrow.table(sold))).order_by("country", "product").rca.to_list()
    [1.5, 0.5, 0.5, 1.5]
    """
    if world not in ("with", "without"):
        raise ParameterError(f"world: {world!r} is unknown", remedy="Give with or without")
    rows = country_products(trade, keys)
    sums = rows.mutate(
        _country=rows.value.sum().over(ibis.window(group_by=[*keys, "country"])),
        _product=rows.value.sum().over(ibis.window(group_by=[*keys, "product"])),
        _world=rows.value.sum().over(ibis.window(group_by=list(keys))),
    )
    others = ibis.literal(1.0 if world == "without" else 0.0)
    of_product = sums._product - others * sums.value
    of_world = sums._world - others * sums._country
    note = ibis.cases(
        (sums._defect.notnull(), sums._defect),
        (sums._country == 0, "no_trade: the country exports nothing"),
        (sums._product == 0, "no_trade: nobody exports the product"),
        (of_product <= 0, "zero_denominator: nobody else exports the product"),
        else_=ibis.null("string"),
    )
    advantage = ratio(ratio(sums.value, sums._country), ratio(of_product, of_world))
    measured = sums.mutate(rca=where_sound(sums, advantage, note), note=note)
    return measured.select(
        *keys,
        "country",
        "product",
        value_usd="value",
        rca="rca",
        rsca=(measured.rca - 1) / (measured.rca + 1),
        note="note",
    )


def product_sophistication(trade: Table, income: Table, *, keys: tuple[str, ...] = YEAR) -> Table:
    """Income content of each product (PRODY).

    ``PRODY_p = sum_c [(x_cp / X_c) / sum_d (x_dp / X_d)] Y_c`` over the countries with an income.

    Parameters
    ----------
    trade
        As for :func:`revealed_advantage`.
    income
        One row per (keys, country): ``income``, per head, one unit throughout (constant, purchasing power).
    keys
        Within which a world is.

    Returns
    -------
    Table
        One row per (keys, product): ``prody`` (unit of income), ``exporters`` (with a value above zero),
        ``exporters_without_income`` (of them, left out of the weights), ``note``. Null with a note:
        ``no_trade``, ``not_covered`` (no exporter has an income), ``negative_value``, ``missing_value``.

    Raises
    ------
    SchemaError
        A column is missing or not a number.

    Notes
    -----
    Hausmann, Hwang and Rodrik 2007 (Journal of Economic Growth 12:1).
    """
    rows = _with_income(trade, income, keys)
    weight = ibis.ifelse(rows.income.notnull(), rows._share, 0.0)
    sums = rows.aggregate(
        by=[*keys, "product"],
        _weight=weight.sum(),
        _weighted=(weight * rows.income.fill_null(0.0)).sum(),
        exporters=rows.count(where=rows.value > 0),
        exporters_without_income=rows.count(where=(rows.value > 0) & rows.income.isnull()),
        _defect=rows._defect.min(),
    )
    note = ibis.cases(
        (sums._defect.notnull(), sums._defect),
        (sums.exporters == 0, "no_trade: nobody exports the product"),
        (sums._weight == 0, "not_covered: the income of no exporter is held"),
        else_=ibis.null("string"),
    )
    return sums.select(
        *keys,
        "product",
        prody=where_sound(sums, ratio(sums._weighted, sums._weight), note),
        exporters=sums.exporters,
        exporters_without_income=sums.exporters_without_income,
        note=note,
    )


def country_sophistication(trade: Table, income: Table, *, keys: tuple[str, ...] = YEAR) -> Table:
    """Income content of each country's exports (EXPY).

    ``EXPY_c = sum_p (x_cp / X_c) PRODY_p`` over the products with a PRODY, shares made to add to 1.

    Parameters
    ----------
    trade, income, keys
        As for :func:`product_sophistication`. A country without an income of its own still has an EXPY.

    Returns
    -------
    Table
        One row per (keys, country): ``value_usd``, ``expy`` (unit of income), ``covered_share`` (exports in
        products with a PRODY, [0, 1]), ``note``. Null with a note: ``no_trade``, ``not_covered``,
        ``negative_value``, ``missing_value``.

    Raises
    ------
    SchemaError
        A column is missing or not a number.

    Notes
    -----
    Hausmann, Hwang and Rodrik 2007. It overstates those who assemble for export what others made (Xu 2010).
    """
    products = product_sophistication(trade, income, keys=keys).select(*keys, "product", "prody")
    rows = _with_income(trade, income, keys)
    joined = rows.left_join(products, [*keys, "product"])
    covered = ibis.ifelse(joined.prody.notnull(), joined._share, 0.0)
    sums = joined.aggregate(
        by=[*keys, "country"],
        value_usd=joined.value.sum(),
        _covered=covered.sum(),
        _weighted=(covered * joined.prody.fill_null(0.0)).sum(),
        _defect=joined._defect.min(),
    )
    note = ibis.cases(
        (sums._defect.notnull(), sums._defect),
        (sums.value_usd == 0, "no_trade: the country exports nothing"),
        (sums._covered == 0, "not_covered: no product it exports has an exporter with an income"),
        else_=ibis.null("string"),
    )
    return sums.select(
        *keys,
        "country",
        "value_usd",
        expy=where_sound(sums, ratio(sums._weighted, sums._covered), note),
        covered_share=where_sound(sums, ibis.least(sums._covered, 1.0), note),
        note=note,
    )


def _with_income(trade: Table, income: Table, keys: tuple[str, ...]) -> Table:
    """Each flow with its share in the country's exports and the country's income, null where none is held."""
    check(income, (*keys, "country", "income"), what="table of incomes", numeric=("income",))
    rows = country_products(trade, keys)
    shares = rows.mutate(
        _share=ratio(rows.value, rows.value.sum().over(ibis.window(group_by=[*keys, "country"]))).fill_null(
            0.0
        )
    )
    known = income.select(*keys, "country", income=income.income.cast("float64"))
    return shares.left_join(known, [*keys, "country"]).select(*shares.columns, "income")
