"""Where does a supplier's unit value stand among all suppliers of a product? METHODS C7, B6.

A unit value is value over quantity: no price, since a product code holds different goods. Compared within one
product, one year and one unit of quantity it still tells cheap from dear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.indicators.value_chain.flows import check, ratio
from techbalance.outline import ibis

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import NumericValue

YEAR: Final = ("year",)
# Below this, quality divides by next to nothing (METHODS C7).
LEAST_SIGMA: Final = 1.05
NO_QUANTITY: Final = "no_quantity: quantity is missing or zero"
ALONE: Final = "one_observation: one supplier has a unit value"


def unit_values(trade: Table, *, keys: tuple[str, ...] = YEAR) -> Table:
    """Unit value of each supplier of a product, and its place among all of them.

    Parameters
    ----------
    trade
        Any grain at or below (keys, product, partner); needs ``product``, ``partner``, ``value_usd``,
        ``quantity`` and ``unit`` (null is one unit of its own). Rows without a quantity above zero have no
        unit value, and are left out of that of their supplier.
    keys
        Within which suppliers are compared.

    Returns
    -------
    Table
        One row per (keys, product, partner): ``value_usd``, ``market_share`` (of all suppliers, [0, 1]),
        ``compared_usd`` and ``quantity`` (what the unit value is made of), ``unit`` (the one with most
        value in the product), ``unit_value`` (USD per unit), ``median_unit_value`` (over suppliers),
        ``relative_unit_value`` (over the median), ``uv_rank`` (1 is the dearest), ``suppliers_compared``,
        ``uv_position`` (share of the other suppliers that are cheaper, equals as half: 1 is the dearest),
        ``quartile`` (1 the cheapest quarter, 4 the dearest; of equals the nearer to the middle), ``note``.
        Null with a note: ``no_quantity``, ``unit_differs``; of the comparison alone ``one_observation``.

    Raises
    ------
    SchemaError
        A column is missing or not a number.

    Examples
    --------
    >>> import ibis, pyarrow
    >>> sold = {"year": [1] * 3, "product": ["p"] * 3, "partner": [*"ABC"], "value_usd": [12, 10, 4],
    ...         "quantity": [1.0, 1.0, 1.0], "unit": ["no"] * 3}
    >>> found = unit_values(ibis.memtable(pyarrow.table(sold))).order_by("partner")
    >>> found.relative_unit_value.to_list(), found.uv_position.to_list()
    ([1.2, 1.0, 0.4], [1.0, 0.5, 0.0])
    """
    names = (*keys, "product", "partner", "value_usd", "quantity", "unit")
    check(trade, names, what="table of trade", numeric=("value_usd", "quantity"))
    item = [*keys, "product"]
    rows = trade.select(
        *keys,
        "product",
        "partner",
        value=trade.value_usd.cast("float64"),
        _quantity=trade.quantity.cast("float64"),
        _unit=trade.unit.fill_null(""),
    )
    counted = rows.mutate(_counts=(rows._quantity.fill_null(0.0) > 0) & (rows.value > 0))
    by_unit = (
        counted.filter(counted._counts).group_by(*item, "_unit").aggregate(_of_unit=lambda r: r.value.sum())
    )
    first = ibis.window(group_by=item, order_by=[ibis.desc(by_unit._of_unit), by_unit._unit])
    chosen = by_unit.mutate(_place=ibis.row_number().over(first)).filter(lambda row: row._place == 0)
    joined = counted.left_join(chosen.select(*item, _lead="_unit"), item)
    fits = joined._counts & (joined._unit == joined._lead)
    sums = joined.aggregate(
        by=[*item, "partner"],
        value_usd=joined.value.sum(),
        compared_usd=joined.value.sum(where=fits),
        quantity=joined._quantity.sum(where=fits),
        unit=joined._lead.max(),
        _other_unit=(joined._counts & ~fits).any(),
    )
    over_item = ibis.window(group_by=item)
    single = sums.mutate(
        unit_value=ratio(sums.compared_usd, sums.quantity),
        market_share=ratio(sums.value_usd, sums.value_usd.sum().over(over_item)),
    )
    return _placed(single, item)


def _placed(single: Table, item: list[str]) -> Table:
    """Set each unit value among those of the product."""
    over_item = ibis.window(group_by=item)
    compared = single.unit_value.notnull()
    rows = single.mutate(
        suppliers_compared=single.count(where=compared).over(over_item),
        median_unit_value=single.unit_value.median().over(over_item),
        _low=single.unit_value.quantile(0.25).over(over_item),
        _high=single.unit_value.quantile(0.75).over(over_item),
    )
    # Suppliers without a unit value come last in both orders, and so change no place of another.
    dearest_first = ibis.window(group_by=item, order_by=[ibis.desc(rows.unit_value)])
    cheapest_first = ibis.window(group_by=item, order_by=[ibis.asc(rows.unit_value)])
    placed = rows.mutate(_dearer=ibis.rank().over(dearest_first), _cheaper=ibis.rank().over(cheapest_first))
    others = (placed.suppliers_compared - 1).nullif(0)
    several = placed.unit_value.notnull() & (placed.suppliers_compared > 1)
    nothing = ibis.null("float64")
    note = ibis.cases(
        (
            placed.unit_value.isnull() & placed._other_unit,
            "unit_differs: counted in another unit than most of the product",
        ),
        (placed.unit_value.isnull(), NO_QUANTITY),
        (placed.suppliers_compared == 1, ALONE),
        else_=ibis.null("string"),
    )
    quartile = ibis.cases(
        (placed.unit_value > placed._high, 4),
        (placed.unit_value < placed._low, 1),
        (placed.unit_value >= placed.median_unit_value, 3),
        else_=2,
    )
    return placed.select(
        *item,
        "partner",
        "value_usd",
        "market_share",
        "compared_usd",
        "quantity",
        unit=placed.unit.nullif(""),
        unit_value=placed.unit_value,
        median_unit_value=ibis.ifelse(several, placed.median_unit_value, nothing),
        relative_unit_value=ibis.ifelse(several, placed.unit_value / placed.median_unit_value, nothing),
        uv_rank=ibis.ifelse(placed.unit_value.notnull(), placed._dearer + 1, ibis.null("int64")),
        suppliers_compared=placed.suppliers_compared,
        uv_position=ibis.ifelse(several, (others - placed._dearer + placed._cheaper) / (2 * others), nothing),
        quartile=ibis.ifelse(several, quartile.cast("int64"), ibis.null("int64")),
        note=note,
    )


def quality_of(
    quantity: NumericValue, unit_value: NumericValue, sigma: NumericValue, effect: NumericValue
) -> NumericValue:
    """Quality inferred from demand: ``(ln q + sigma ln p - effect) / (sigma - 1)``.

    What sells more than its price explains is better. Khandelwal 2010 (Review of Economic Studies 77);
    Khandelwal, Schott and Wei 2013 (American Economic Review 103).
    """
    return (quantity.ln() + sigma * unit_value.ln() - effect) / (sigma - 1)


def quality(found: Table, sigma: Table, *, keys: tuple[str, ...] = YEAR) -> Table:
    """Quality of each supplier, relative to the mean supplier of the product.

    :func:`quality_of` with the mean of ``ln q + sigma ln p`` over the suppliers of a product in a key as its
    effect, so that qualities of one product and year add to 0.

    Parameters
    ----------
    found
        Of :func:`unit_values`.
    sigma
        One row per product: ``product``, ``sigma`` (elasticity of substitution; null where none is known).
    keys
        As for ``found``.

    Returns
    -------
    Table
        ``found`` with ``sigma``, ``quality`` (log points, 0 is the mean supplier) and ``quality_note``:
        ``no_quantity``, ``one_observation``, ``no_elasticity``, ``elasticity_near_one`` (sigma at or below
        1.05).

    Raises
    ------
    SchemaError
        A column is missing.
    """
    check(sigma, ("product", "sigma"), what="table of elasticities", numeric=("sigma",))
    known = sigma.select(_code="product", sigma=sigma.sigma.cast("float64"))
    rows = found.left_join(known, found["product"] == known._code).drop("_code")
    why = ibis.cases(
        (rows.unit_value.isnull(), rows.note),
        (rows.suppliers_compared < 2, rows.note),
        (rows.sigma.isnull(), "no_elasticity: none is held for the product"),
        (rows.sigma <= LEAST_SIGMA, "elasticity_near_one: quality would divide by next to nothing"),
        else_=ibis.null("string"),
    )
    demand = ibis.ifelse(
        why.isnull(), rows.quantity.ln() + rows.sigma * rows.unit_value.ln(), ibis.null("float64")
    )
    with_demand = rows.mutate(_demand=demand, quality_note=why)
    effect = with_demand._demand.mean().over(ibis.window(group_by=[*keys, "product"]))
    measured = with_demand.mutate(_effect=effect)
    value = quality_of(measured.quantity, measured.unit_value, measured.sigma, measured._effect)
    return measured.mutate(
        quality=ibis.ifelse(measured.quality_note.isnull(), value, ibis.null("float64"))
    ).drop("_demand", "_effect")


def standing(found: Table, *, by: tuple[str, ...]) -> Table:
    """Sum the places of suppliers over their products, weighted by value.

    Parameters
    ----------
    found
        Of :func:`unit_values`, or :func:`quality`.
    by
        What one row is: ``("year", "partner")``, or a group beside them.

    Returns
    -------
    Table
        One row per key: ``value_usd``, ``compared_share`` (in products with two suppliers or more compared),
        ``relative_unit_value`` (weighted geometric mean), ``uv_position`` (weighted mean), ``top_share`` and
        ``bottom_share`` (of what is compared, in products where the supplier is in the dearest or cheapest
        quarter: its niches), ``products_compared``, ``quality`` (weighted mean; null without elasticities),
        ``note`` (``no_quantity``, ``one_observation`` where nothing is compared).

    Notes
    -----
    Niches after Schott 2004 (Quarterly Journal of Economics 119:647).
    """
    check(found, (*by, "value_usd", "uv_position", "quartile"), what="table of unit values")
    compared = found.uv_position.notnull()
    weight = ibis.ifelse(compared, found.value_usd, 0.0)
    has_quality = "quality" in found.columns
    quality_weight = ibis.ifelse(found.quality.notnull(), found.value_usd, 0.0) if has_quality else weight * 0
    rows = found.mutate(
        _weight=weight,
        _quality_weight=quality_weight,
        _log=weight * found.relative_unit_value.ln().fill_null(0.0),
        _position=weight * found.uv_position.fill_null(0.0),
        _quality=quality_weight * (found.quality.fill_null(0.0) if has_quality else 0.0),
    )
    sums = rows.aggregate(
        by=list(by),
        value_usd=rows.value_usd.sum(),
        _weight=rows._weight.sum(),
        _log=rows._log.sum(),
        _position=rows._position.sum(),
        _top=rows._weight.sum(where=rows.quartile == 4).fill_null(0.0),
        _bottom=rows._weight.sum(where=rows.quartile == 1).fill_null(0.0),
        _quality=rows._quality.sum(),
        _quality_weight=rows._quality_weight.sum(),
        products_compared=rows.count(where=rows.uv_position.notnull()),
        _with_unit_value=rows.count(where=rows.unit_value.notnull()),
    )
    return sums.select(
        *by,
        "value_usd",
        compared_share=ratio(sums._weight, sums.value_usd),
        relative_unit_value=ratio(sums._log, sums._weight).exp(),
        uv_position=ratio(sums._position, sums._weight),
        top_share=ratio(sums._top, sums._weight),
        bottom_share=ratio(sums._bottom, sums._weight),
        products_compared=sums.products_compared,
        quality=ratio(sums._quality, sums._quality_weight),
        note=ibis.cases(
            (sums._weight > 0, ibis.null("string")),
            (sums._with_unit_value > 0, ALONE),
            else_=NO_QUANTITY,
        ),
    )


def income_slope(found: Table, income: Table, *, keys: tuple[str, ...] = YEAR) -> Table:
    """How much dearer do richer suppliers sell within products? ``ln UV = alpha_product + beta ln Y``.

    Parameters
    ----------
    found
        Of :func:`unit_values`.
    income
        One row per (keys, partner): ``income`` per head, above zero.
    keys
        Each has a slope of its own; products are compared within it.

    Returns
    -------
    Table
        One row per key: ``slope``, ``products`` and ``observations`` that went in (products with two
        suppliers or more that have an income), ``products_left_out``, ``note``. Null with ``no_trade`` (no
        such product) or ``degenerate`` (all their suppliers are equally rich).

    Notes
    -----
    Schott 2004 (Quarterly Journal of Economics 119:647). Ordinary least squares on means taken out by
    product; no standard error, since errors of one supplier are not independent over products.
    """
    check(income, (*keys, "partner", "income"), what="table of incomes", numeric=("income",))
    known = income.filter(income.income > 0).select(
        *keys, "partner", _rich=income.income.cast("float64").ln()
    )
    joined = found.left_join(known, [*keys, "partner"]).select(*found.columns, "_rich")
    item = ibis.window(group_by=[*keys, "product"])
    usable = joined.filter(joined.unit_value.notnull(), joined._rich.notnull())
    counted = usable.mutate(_count=usable.count().over(item), _dear=usable.unit_value.ln())
    several = counted.filter(counted._count > 1)
    apart = several.mutate(
        _x=several._rich - several._rich.mean().over(item), _y=several._dear - several._dear.mean().over(item)
    )
    sums = apart.aggregate(
        by=list(keys),
        _xy=(apart._x * apart._y).sum(),
        _xx=(apart._x * apart._x).sum(),
        products=apart["product"].nunique(),
        observations=apart.count(),
    )
    every = found.aggregate(by=list(keys), _every=found["product"].nunique())
    whole = every.left_join(sums, list(keys))
    return whole.select(
        *keys,
        slope=ratio(whole._xy, whole._xx),
        products=whole["products"].fill_null(0),
        observations=whole.observations.fill_null(0),
        products_left_out=whole._every - whole["products"].fill_null(0),
        note=ibis.cases(
            (whole._xx > 0, ibis.null("string")),
            (whole.observations > 0, "degenerate: the suppliers of every product are equally rich"),
            else_="no_trade: no product has two suppliers with a unit value and an income",
        ),
    )
