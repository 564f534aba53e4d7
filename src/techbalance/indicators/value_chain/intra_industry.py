"""How much of trade goes both ways within a product, and is it the same quality? METHODS C6."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from techbalance.errors import ParameterError
from techbalance.indicators.value_chain.flows import check, ratio
from techbalance.outline import ibis

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import BooleanValue, NumericValue, StringValue

Bounds = Literal["reciprocal", "one-minus"]

KEYS: Final = ("year", "partner")
# A ratio of unit values on a bound is alike, however it was divided.
RESOLUTION: Final = 1e-12
# A flow this small beside the other does not make trade two-way (Fontagné and Freudenberg 1997).
LEAST_OVERLAP: Final = 0.1
HORIZONTAL, HIGH, LOW, UNKNOWN = "horizontal", "vertical-high", "vertical-low", "n/a"
TYPES: Final = (HORIZONTAL, HIGH, LOW, UNKNOWN)


def two_way_trade(
    flows: Table,
    *,
    spread: float = 0.15,
    bounds: Bounds = "reciprocal",
    least_overlap: float = LEAST_OVERLAP,
) -> Table:
    """Say for each product whether trade goes both ways, and whether the two sides differ in unit value.

    Parameters
    ----------
    flows
        One row per product and whatever else it is told apart by: ``exports_usd``, ``imports_usd`` (>= 0;
        null is unknown, not zero), ``export_quantity``, ``import_quantity`` (null or 0 is missing),
        ``is_same_unit`` (whether the two quantities have one unit).
    spread
        alpha: unit values are alike where ``1 / (1 + alpha) <= UV_x / UV_m <= 1 + alpha``.
    bounds
        Lower bound ``1 / (1 + alpha)`` (``reciprocal``: swapping the flows swaps high and low), or
        ``1 - alpha`` (``one-minus``).
    least_overlap
        Smaller flow over larger from which trade counts as two-way (more than this).

    Returns
    -------
    Table
        The rows with ``gl`` (``1 - |x - m| / (x + m)``, [0, 1]), ``overlap`` (smaller over larger flow),
        ``is_two_way``, ``uv_ratio`` (exports over imports), ``trade_type`` (``horizontal``,
        ``vertical-high``: exports dearer, ``vertical-low``, ``n/a``: a unit value is missing), ``note``.
        Null with a note: ``no_trade`` (both are 0), ``missing_value``, ``negative_value``; of the unit
        values alone ``no_quantity``, ``unit_differs``.

    Raises
    ------
    SchemaError
        A column is missing.
    ParameterError
        A spread at or below 0, at or above 1 with ``one-minus``, or an overlap outside [0, 1).

    Notes
    -----
    Grubel and Lloyd 1975; Fontagné and Freudenberg 1997 (CEPII); Greenaway, Hine and Milner 1995 (Economic
    Journal 105) use ``one-minus``.
    """
    if not 0 < spread < (1 if bounds == "one-minus" else 100):
        raise ParameterError(f"spread: {spread} bounds nothing", remedy="Give 0.15 or 0.25")
    if not 0 <= least_overlap < 1:
        raise ParameterError(f"an overlap of {least_overlap} is outside [0, 1)", remedy="Give 0.1")
    names = ("exports_usd", "imports_usd", "export_quantity", "import_quantity")
    check(flows, ("product", *names, "is_same_unit"), what="table of flows", numeric=names)
    sold, bought = flows.exports_usd.cast("float64"), flows.imports_usd.cast("float64")
    both = sold + bought
    note = ibis.cases(
        (sold.isnull() | bought.isnull(), "missing_value: one of the two flows is not known"),
        ((sold < 0) | (bought < 0), "negative_value: a flow below zero has no share"),
        (both == 0, "no_trade: nothing was traded in either direction"),
        else_=ibis.null("string"),
    )
    sound = note.isnull()
    overlap = ratio(ibis.least(sold, bought), ibis.greatest(sold, bought))
    unit_values = ratio(
        ratio(sold, flows.export_quantity.cast("float64")),
        ratio(bought, flows.import_quantity.cast("float64")),
    )
    uv_note = _uv_note(flows, sold, bought)
    relative = ibis.ifelse(sound & uv_note.isnull(), unit_values, ibis.null("float64"))
    lower = 1 / (1 + spread) if bounds == "reciprocal" else 1 - spread
    kind = ibis.cases(
        (relative.isnull(), UNKNOWN),
        (relative > (1 + spread) * (1 + RESOLUTION), HIGH),
        (relative < lower * (1 - RESOLUTION), LOW),
        else_=HORIZONTAL,
    )
    return flows.mutate(
        gl=_where(sound, 1 - ratio((sold - bought).abs(), both)),
        overlap=_where(sound, overlap),
        is_two_way=ibis.ifelse(sound, overlap > least_overlap, ibis.null("boolean")),
        uv_ratio=relative,
        trade_type=ibis.ifelse(sound, kind, ibis.null("string")),
        note=ibis.coalesce(note, uv_note),
    )


def intra_industry_trade(products: Table, *, keys: tuple[str, ...] = KEYS) -> Table:
    """Sum two-way trade over the products of each key.

    ``GL = 1 - sum |x - m| / sum (x + m)``: products are netted one by one, so a surplus in one and a deficit
    in another do not make the trade two-way.

    Parameters
    ----------
    products
        Of :func:`two_way_trade`.
    keys
        What one row of the answer is.

    Returns
    -------
    Table
        One row per key: ``trade_usd`` (exports and imports of products with both flows known), ``gl``,
        ``two_way_share``, and of all trade the shares ``horizontal_share``, ``high_share``, ``low_share``,
        ``untyped_share`` (two-way, unit value missing), ``one_way_share``; they add to 1. ``products`` and
        ``left_out`` (products without both flows, or with none) count rows. Null with ``no_trade``.

    Raises
    ------
    SchemaError
        A column is missing.
    """
    check(products, (*keys, "gl", "trade_type", "is_two_way"), what="table of two-way trade")
    traded = products.exports_usd.cast("float64") + products.imports_usd.cast("float64")
    counted = products.gl.notnull()
    value = ibis.ifelse(counted, traded, 0.0)
    two_way = products.is_two_way.fill_null(False)
    rows = products.mutate(_value=value, _apart=value * (1 - products.gl.fill_null(0.0)), _two_way=two_way)

    def of_type(kind: str) -> NumericValue:
        return rows._value.sum(where=rows._two_way & (rows.trade_type == kind)).fill_null(0.0)

    sums = rows.aggregate(
        by=list(keys),
        trade_usd=rows._value.sum(),
        _apart=rows._apart.sum(),
        _two_way=rows._value.sum(where=rows._two_way).fill_null(0.0),
        horizontal=of_type(HORIZONTAL),
        high=of_type(HIGH),
        low=of_type(LOW),
        untyped=of_type(UNKNOWN),
        products=rows.count(where=rows.gl.notnull()),
        left_out=rows.count(where=rows.gl.isnull()),
    )
    whole = sums.trade_usd
    return sums.select(
        *keys,
        "trade_usd",
        gl=1 - ratio(sums._apart, whole),
        two_way_share=ratio(sums._two_way, whole),
        horizontal_share=ratio(sums.horizontal, whole),
        high_share=ratio(sums.high, whole),
        low_share=ratio(sums.low, whole),
        untyped_share=ratio(sums.untyped, whole),
        one_way_share=ratio(whole - sums._two_way, whole),
        products=sums["products"],
        left_out=sums.left_out,
        note=ibis.ifelse(
            whole > 0,
            ibis.null("string"),
            "no_trade: no product has both flows known and one of them above zero",
        ),
    )


def _where(sound: BooleanValue, measure: NumericValue) -> NumericValue:
    return ibis.ifelse(sound, measure, ibis.null("float64"))


def _uv_note(flows: Table, sold: NumericValue, bought: NumericValue) -> StringValue:
    """Why there is no ratio of unit values; null where there is one."""
    missing = flows.export_quantity.fill_null(0) <= 0
    missing |= flows.import_quantity.fill_null(0) <= 0
    return ibis.cases(
        ((sold == 0) | (bought == 0), "no_quantity: one flow only, so unit values are not compared"),
        (missing, "no_quantity: a quantity is missing, so unit values are not compared"),
        (~flows.is_same_unit.fill_null(False), "unit_differs: the two flows are counted in different units"),
        else_=ibis.null("string"),
    )
