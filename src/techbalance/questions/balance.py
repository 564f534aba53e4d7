"""What was exported, imported, and left over? Answers ``balance``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from techbalance.indicators import accounts, periods
from techbalance.questions import selection
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.accounts import BALANCE, BalanceParams
from techbalance.questions.products import Products
from techbalance.questions.published import Published, months_so_far

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table
    from ibis.expr.types import StringValue

    from techbalance.indicators.periods import Freq
    from techbalance.store.catalogue import Store

DETAIL_KEYS = ("group", "partner", "product")


def run(params: BalanceParams, store: Store) -> Answer:
    """Answer ``balance``: one row per period and key.

    Figures for the world are the publisher's printed totals. Groups, partners and products of the list are
    added up from ten-digit products, of which imports are held.
    """
    selection.known_list(params.list)
    if _from_products(params):
        return _by_product(params, store)
    return _published(params, store)


def _from_products(params: BalanceParams) -> bool:
    keys = set(params.by) & set(DETAIL_KEYS)
    if keys - {"partner"} or params.group or params.product:
        return True
    return params.series == "atp" and bool("partner" in keys or params.partner)


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
    if params.denominator:
        rows = _divided(rows, series, params)
    if series.by_partner:
        rows = selection.named_partners(rows, store)
    rows = _cut(_in_order(_labelled(rows, series.bucket), params), params)
    notes = []
    if params.ytd:
        notes.append(f"January to month {so_far} of every year.")
    if series.seasonal == "sa":
        notes.append("Seasonally adjusted: the publisher prints no unadjusted months on this basis.")
    lineage = Lineage(
        "headline",
        series.lineage(params.year),
        "balance = exports - imports; a printed figure is read before a sum of months",
    )
    return Answer(BALANCE, params, store, rows, tuple(notes), (lineage,))


def _divided(figures: Table, series: Published, params: BalanceParams) -> Table:
    assert params.denominator is not None  # noqa: S101 - narrows the type only
    other = Published(series.store, params.denominator, series.freq, series.day, ytd_months=series.ytd_months)
    if other.seasonal != series.seasonal:
        # Months on the balance-of-payments basis are adjusted, the series is not: no ratio of the two.
        empty = {"denominator_usd": ibis.null("int64"), "denominator_vintage": ibis.null("date")}
        divided = figures.mutate(**empty)
        why: StringValue = ibis.literal(
            "seasonal_differs: the denominator's months are printed seasonally adjusted only"
        )
    else:
        totals = periods.up_to(other.revisions(), series.day)
        nearest = accounts.nearest_vintage(
            figures.select(*series.keys, "vintage"), _spread(totals, figures, series), series.keys
        )
        divided = figures.left_join(nearest, list(series.keys)).drop(*[f"{key}_right" for key in series.keys])
        why = accounts.deficit_ratio_note(divided.balance_usd, divided.denominator_usd)
    ratio = accounts.deficit_ratio(divided.balance_usd, divided.denominator_usd)
    apart = divided.denominator_vintage.delta(divided.vintage, unit="day").abs()
    far = ibis.ifelse(
        apart > accounts.VINTAGES_FAR_APART_DAYS,
        "numerator and denominator are of vintages more than a year apart",
        ibis.null("string"),
    )
    return divided.mutate(
        deficit_ratio=ratio,
        denominator=ibis.literal(params.denominator),
        note=ibis.coalesce(divided.note, why, far),
    ).select(*figures.columns, *_RATIO_COLUMNS)


def _spread(totals: Table, figures: Table, series: Published) -> Table:
    """Give every partner's row the world's denominator."""
    if not series.by_partner:
        return totals
    partners = figures.select("partner").distinct()
    return totals.drop("partner").cross_join(partners)


# --- ten-digit products -----------------------------------------------------------------------------------


def _by_product(params: BalanceParams, store: Store) -> Answer:
    members = selection.chosen_partners(store, params.partner)
    trade = Products(store, _day(params), params.year, members, params.group, params.product)
    keys = tuple(key for key in DETAIL_KEYS if key in params.by)
    covered = params.series == "atp" and _freq(params) == "year"
    figures = trade.figures(keys)
    if not covered:
        figures = figures.filter(ibis.literal(value=False))
    rows = _with_missing_years(_with_zero_groups(figures, trade, keys, params), trade, keys, params)
    rows = accounts.trade_balance(rows.mutate(printed_balance_usd=ibis.null("int64")))
    rows = rows.mutate(note=_why_half(rows, trade, keys, params))
    if params.denominator:
        rows = rows.mutate(
            deficit_ratio=ibis.null("float64"),
            denominator=ibis.literal(params.denominator),
            denominator_usd=ibis.null("int64"),
            denominator_vintage=ibis.null("date"),
        )
    for key, named in zip(DETAIL_KEYS, _NAMED, strict=True):
        if key in keys:
            rows = named(rows, store)
    bucket = periods.BUCKETS[_freq(params)]
    rows = _cut(_in_order(_labelled(rows, bucket), params), params)
    lineage = Lineage("trade", trade.rows(), "imports = sum of general imports, customs value, over products")
    return Answer(BALANCE, params, store, rows, _undecided_notes(trade) if covered else (), (lineage,))


_NAMED = (selection.named_groups, selection.named_partners, selection.named_products)


def _with_zero_groups(figures: Table, trade: Products, keys: tuple[str, ...], params: BalanceParams) -> Table:
    """Fill the cells of a held year in which nothing was traded: their imports are 0, not unknown."""
    if set(keys) - {"group"} or params.series != "atp" or _freq(params) != "year":
        return figures
    grid = trade.known().select("year", "months", "vintage").distinct()
    if "group" in keys:
        groups = trade.store.table("groups").filter(lambda row: row.code.notin(["00", "all"]))
        if params.group:
            groups = groups.filter(groups.code.isin(list(params.group)))
        grid = grid.cross_join(groups.select(group="code"))
    rows = grid.left_join(figures.drop("months", "vintage"), ["year", *keys])
    rows = rows.drop(*[f"{key}_right" for key in ("year", *keys)])
    return rows.mutate(imports_usd=rows.imports_usd.fill_null(0)).select(figures.columns)


def _with_missing_years(
    figures: Table, trade: Products, keys: tuple[str, ...], params: BalanceParams
) -> Table:
    """Add one row without values for every period asked for and not held (one per group where grouped)."""
    bucket = periods.BUCKETS[_freq(params)]
    if params.year is None and bucket == ("year",) and params.series == "atp":
        return figures
    calendar = periods.with_quarter(trade.store.table("calendar"))
    years = selection.in_years(calendar, params.year)
    if params.year is None:
        years = years.filter(years.year.isin(trade.years_held()))
    missing = years.select(*bucket).distinct().anti_join(figures, ["year"])
    if keys == ("group",):
        groups = trade.store.table("groups").filter(lambda row: row.code.notin(["00", "all"]))
        if params.group:
            groups = groups.filter(groups.code.isin(list(params.group)))
        missing = missing.cross_join(groups.select(group="code"))
    absent = [column for column in figures.columns if column not in missing.columns]
    missing = missing.mutate(**{name: ibis.null(figures[name].type()) for name in absent})
    extra = [column for column in bucket if column != "year"]
    figures = figures.mutate(**{name: ibis.null("int8") for name in extra})
    return figures.union(missing.select(figures.columns))


def _why_half(rows: Table, trade: Products, keys: tuple[str, ...], params: BalanceParams) -> StringValue:
    what = " and ".join(keys) or "group, partner or product"
    held = trade.years_held()
    span = f"{held[0]} to {held[-1]}" if held else "no year"
    if params.series != "atp":
        nothing = f"not_covered: {params.series} is not held by {what}"
    else:
        nothing = f"not_covered: trade by {what} is held for {span}, by year, imports only"
    return ibis.ifelse(
        rows.imports_usd.isnull(),
        nothing,
        f"not_covered: exports by {what} are not held, so there is no balance",
    )


def _undecided_notes(trade: Products) -> tuple[str, ...]:
    return tuple(
        f"{year}: ${value / 1e9:,.1f}bn of imports are in products the nearest list cannot place; "
        "they are in no group."
        for year, value in trade.undecided()
    )


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
