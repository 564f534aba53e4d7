"""What was exported, imported, and left over? Answers ``balance``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.indicators import accounts, periods
from techbalance.outline import ibis
from techbalance.questions import selection
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.notes import together
from techbalance.questions.parameters.accounts import BALANCE, BalanceParams
from techbalance.questions.printed_groups import InParts
from techbalance.questions.product_balance import ProductBalance
from techbalance.questions.product_lists.naming import chosen_list
from techbalance.questions.product_lists.placing import named_groups, refuse_groups
from techbalance.questions.products import Products
from techbalance.questions.published import Published, months_so_far

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.indicators.periods import Freq
    from techbalance.questions.product_lists.naming import ProductList
    from techbalance.store.catalogue import Store

DETAIL_KEYS = ("group", "partner", "product")


def run(params: BalanceParams, store: Store) -> Answer:
    """Answer ``balance``: one row per period and key.

    Figures for the world are the publisher's printed totals. Groups, partners and products of the list are
    added up from ten-digit products, of which imports are held; where they were printed and the products of
    the period are not held in both flows, the printed figures answer.
    """
    chosen = chosen_list(store, params.list)
    refuse_groups(chosen, params.group)
    if chosen is not None or _from_products(params, store):
        return _by_product(params, store, chosen)
    return _published(params, store)


def _from_products(params: BalanceParams, store: Store) -> bool:
    keys = set(params.by) & set(DETAIL_KEYS)
    if keys - {"partner"} or params.group or params.product:
        return True
    if params.series != "atp":
        return False
    return "partner" in keys or selection.chosen_partners(store, params.partner) is not None


def _day(params: BalanceParams) -> dt.date | None:
    return params.as_of.day if params.as_of else None


def _freq(params: BalanceParams) -> Freq:
    if params.ytd:
        return "ytd"
    if "quarter" in params.by:
        return "quarter"
    return "month" if "month" in params.by else "year"


# --- published totals -------------------------------------------------------------------------------------


def _published(params: BalanceParams, store: Store) -> Answer:
    day, freq = _day(params), _freq(params)
    so_far = months_so_far(store, params.series, day) if params.ytd else 12
    members = selection.chosen_partners(store, params.partner)
    series = Published(store, params.series, freq, day, members, "partner" in params.by, so_far)
    rows = series.complete(params.year)
    if series.by_partner and members is None and params.top is None:
        rows = rows.union(series.rest(rows))
    lineage = [
        Lineage(
            "headline",
            series.lineage(params.year),
            "balance = exports - imports; a printed figure is read before a sum of months",
        )
    ]
    if params.denominator:
        rows, divisor = _divided(rows, series, params)
        lineage.append(divisor)
    if series.by_partner:
        rows = selection.named_partners(rows, store)
    rows = _cut(_in_order(_labelled(rows, series.bucket), params), params)
    notes = []
    if params.ytd:
        notes.append(f"January to month {so_far} of every year.")
    if series.seasonal == "sa":
        notes.append("Seasonally adjusted: the publisher prints no unadjusted months on this basis.")
    return Answer(BALANCE, params, store, rows, tuple(notes), tuple(lineage))


def _divided(figures: Table, series: Published, params: BalanceParams) -> tuple[Table, Lineage]:
    """Divide by the deficit of another series, of the vintage nearest to that of each figure."""
    assert params.denominator is not None  # noqa: S101 - narrows the type only
    other = Published(series.store, params.denominator, series.freq, series.day, ytd_months=series.ytd_months)
    totals = periods.up_to(other.revisions(), series.day)
    if other.seasonal != series.seasonal:
        # Months on the balance-of-payments basis are adjusted, the series is not: no ratio of the two.
        totals = totals.filter(ibis.literal(value=False))
    keys = list(series.keys)
    nearest = accounts.nearest_vintage(
        figures.select(*keys, "vintage"), _spread(totals, figures, series), series.keys
    )
    divided = figures.left_join(nearest, keys).drop(*[f"{key}_right" for key in keys])
    why = accounts.deficit_ratio_note(divided.balance_usd, divided.denominator_usd)
    if other.seasonal != series.seasonal:
        why = ibis.literal("seasonal_differs: the denominator's months are printed seasonally adjusted only")
    apart = divided.denominator_vintage.delta(divided.vintage, unit="day").abs()
    far = ibis.ifelse(
        apart > accounts.VINTAGES_FAR_APART_DAYS,
        "numerator and denominator are of vintages more than a year apart",
        ibis.null("string"),
    )
    # Where there is no figure its own note says why; the ratio needs no second reason.
    why = ibis.ifelse(divided.balance_usd.isnull(), ibis.null("string"), why)
    rows = divided.mutate(
        deficit_ratio=accounts.deficit_ratio(divided.balance_usd, divided.denominator_usd),
        denominator=ibis.literal(params.denominator),
        note=together(divided.note, why, far),
    )
    read = other.revisions().semi_join(
        nearest.rename(vintage="denominator_vintage", basis="denominator_basis"),
        [*series.bucket, "vintage", "basis"],
    )
    lineage = Lineage(
        "headline",
        other.behind(read),
        f"ratio = balance / balance of {params.denominator}, both below zero, of the nearest vintage",
    )
    return rows.select(*figures.columns, *_RATIO_COLUMNS), lineage


def _spread(totals: Table, figures: Table, series: Published) -> Table:
    """Give every partner's row the world's denominator."""
    if not series.by_partner:
        return totals
    partners = figures.select("partner").distinct()
    return totals.drop("partner").cross_join(partners)


# --- ten-digit products -----------------------------------------------------------------------------------


def _by_product(params: BalanceParams, store: Store, chosen: ProductList | None) -> Answer:
    members = selection.chosen_partners(store, params.partner)
    trade = Products(
        store, _day(params), params.year, members, params.group, params.product, _freq(params), chosen
    )
    keys = tuple(key for key in DETAIL_KEYS if key in params.by)
    parts = ProductBalance(trade, params.series, keys)
    whole = InParts(parts)
    rows = whole.rows()
    if params.denominator:
        rows = rows.mutate(
            deficit_ratio=ibis.null("float64"),
            denominator=ibis.literal(params.denominator),
            denominator_usd=ibis.null("int64"),
            denominator_vintage=ibis.null("date"),
        )
    if "group" in keys:
        rows = named_groups(rows, store, chosen)
    for key, named in _NAMED.items():
        if key in keys:
            rows = named(rows, store)
    rows = _cut(_in_order(_labelled(rows, periods.BUCKETS[parts.freq]), params), params)
    notes = list(parts.notes())
    if params.ytd and parts.reason() is None:
        notes.append(f"January to month {trade.ytd_months} of every year.")
    return Answer(BALANCE, params, store, rows, tuple(notes), whole.lineages())


_NAMED = {"partner": selection.named_partners, "product": selection.named_products}


# --- order and labels -------------------------------------------------------------------------------------


def _labelled(rows: Table, bucket: tuple[str, ...]) -> Table:
    """Write quarters and months as one text, which sorts by time."""
    if "quarter" in bucket:
        text = rows.year.cast("string") + "-Q" + rows.quarter.cast("string")
        return rows.mutate(quarter=text).drop("year")
    if "month" in bucket:
        text = rows.year.cast("string") + "-" + rows.month.cast("string").lpad(2, "0")
        return rows.mutate(month=text).drop("year")
    return rows


def _time(rows: Table) -> str:
    return next(key for key in ("year", "quarter", "month") if key in rows.columns)


def _size(rows: Table) -> Table:
    return rows.mutate(size=ibis.coalesce(rows.balance_usd, rows.imports_usd, rows.exports_usd).abs())


def _in_order(rows: Table, params: BalanceParams) -> Table:
    """Put the columns in the order of the contract and the rows in the order of time, group and size."""
    keys = [_time(rows)]
    for key in DETAIL_KEYS:
        if key in params.by:
            keys += [key, f"{key}_name"]
    extra = [name for name in _RATIO_COLUMNS if name in rows.columns]
    columns = [*keys, *BALANCE.columns[:-1], *extra, "note"]
    sized = _size(rows)
    order = [sized[keys[0]]]
    if "group" in params.by:
        order.append(sized["group"])
    if "partner" in params.by:
        order.append(sized.partner == selection.REST)
    order.append(ibis.desc(sized.size))
    order += [sized[key] for key in DETAIL_KEYS if key in params.by and key != "group"]
    return sized.order_by(order).select(columns)


_RATIO_COLUMNS = ("deficit_ratio", "denominator", "denominator_usd", "denominator_vintage")


def _cut(rows: Table, params: BalanceParams) -> Table:
    """Keep the N largest rows of each period."""
    if params.top is None:
        return rows
    time = _time(rows)
    sized = _size(rows)
    order = ibis.window(group_by=time, order_by=[ibis.desc(sized.size), *_ties(params, sized)])
    kept = sized.mutate(place=ibis.row_number().over(order)).filter(lambda row: row.place < params.top)
    return kept.order_by([kept[time], kept.place]).select(rows.columns)


def _ties(params: BalanceParams, rows: Table) -> list[ibis.Column]:
    return [rows[key] for key in DETAIL_KEYS if key in params.by]
