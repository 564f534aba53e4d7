"""Do the ten-digit products add up to the published total? Answers ``reconcile``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.classifications.groups import ALL_GROUPS, OUTSIDE
from techbalance.classifications.partners import WORLD
from techbalance.indicators import periods
from techbalance.outline import ibis
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.accounts import RECONCILE, ReconcileParams
from techbalance.questions.printed_reconciliation import KEYS as PARTS
from techbalance.questions.printed_reconciliation import run as by_parts
from techbalance.questions.product_lists.naming import chosen_list
from techbalance.questions.product_lists.placing import placed
from techbalance.questions.products import Products
from techbalance.questions.trade_read import FLOWS, TradeRead

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from ibis import Table

    from techbalance.indicators.periods import Freq
    from techbalance.questions.product_lists.naming import ProductList
    from techbalance.store.catalogue import Store


SUMS: Final = ("exact_usd", "nearest_usd", "parent_usd", "undecided_usd", "not_atp_usd")


def run(params: ReconcileParams, store: Store) -> Answer:
    """Answer ``reconcile``: one row per flow and year, or month, with the residual as a column of its own.

    A residual of more than half the last printed digit fails. By group or partner, printed parts are held
    against products and against the total: see ``printed_reconciliation``.
    """
    if set(params.by) & set(PARTS):
        return by_parts(params, store)
    chosen = chosen_list(store, params.list)
    day = params.as_of.day if params.as_of else None
    freq: Freq = "month" if "month" in params.by else "year"
    products = Products(store, day, params.year, freq=freq, chosen=chosen)
    read = products.read
    keys = ("flow", *periods.BUCKETS[freq])
    built = _rebuilt(_classified(read, chosen), keys, everything=params.series == "goods_census")
    published = _totals(store, params.series, freq, day).select(
        *keys, "printed_unit_usd", published_usd="value_usd", published_vintage="vintage"
    )
    rows = _grid(read, params, keys).left_join(built, keys).drop(*[f"{key}_right" for key in keys])
    rows = _nearest(rows, published, keys)
    rows = rows.mutate(residual_usd=rows.rebuilt_usd - rows.published_usd, note=_note(rows))
    if chosen is not None:
        rows = _of_list(rows, products)
    rows = rows.order_by(keys)
    failed = _fails(rows, store)
    met = rows.select(*keys, vintage="published_vintage")
    totals = _totals(store, params.series, freq, day).semi_join(met, [*keys, "vintage"])
    lineage = (*_lineage(read), Lineage("headline", totals, "the published total whose vintage is nearest"))
    if freq == "month":
        month = rows.year.cast("string") + "-" + rows.month.cast("string").lpad(2, "0")
        rows = rows.mutate(month=month)
    table = rows.select("flow", freq, *RECONCILE.columns)
    return Answer(RECONCILE, params, store, table, products.older(), lineage, failed)


def _of_list(rows: Table, products: Products) -> Table:
    """Say of a user's list that nobody publishes its total, and leave out what is not held whole."""
    rows = rows.mutate(published_usd=ibis.null("int64"), residual_usd=ibis.null("int64"))
    for flow in FLOWS:
        for year, why in products.open_years(flow).items():
            here = (rows.flow == flow) & (rows.year == year)
            nulls = {name: ibis.null(rows[name].type()) for name in ("rebuilt_usd", *SUMS)}
            rows = rows.mutate(
                **{name: ibis.ifelse(here, nothing, rows[name]) for name, nothing in nulls.items()},
                note=ibis.ifelse(here, why, rows.note),
            )
    whole = rows.rebuilt_usd.notnull()
    return rows.mutate(
        note=ibis.ifelse(whole, "not_covered: nobody publishes a total of this list", rows.note)
    )


def _classified(read: TradeRead, chosen: ProductList | None) -> Table:
    """Every product of the periods that are held of all partners, summed by the rule that placed it."""
    rows = read.rows(by_product=chosen is not None)
    if chosen is not None:
        rows = placed(rows, chosen)
        rows = rows.mutate(group=ibis.coalesce(rows["group"], OUTSIDE))
    exports, imports = (read.is_known(rows, flow, None, together=True) for flow in FLOWS)
    rows = rows.filter(((rows.flow == "export") & exports) | ((rows.flow == "import") & imports))
    columns = ["flow", "year", "match", "list_year", "vintage"]
    if read.freq == "month":
        columns.append("month")
    rows = rows.select(
        *columns,
        value_usd=ibis.coalesce(rows.export_usd, rows.general_usd),
        listed=(rows["group"] != OUTSIDE) & (rows.match != "undecided"),
    )
    if read.freq == "month":
        return rows
    outside = read.shipped(read.store.table("trade_outside_list"))
    if chosen is not None:
        outside = outside.mutate(list_year=ibis.null("int16"))
    return rows.union(
        outside.select(*columns, value_usd=outside.general_usd, listed=ibis.literal(value=False))
    )


def _lineage(read: TradeRead) -> Iterator[Lineage]:
    stored = read.stored()
    valued = stored.mutate(value_usd=ibis.coalesce(stored.export_usd, stored.general_usd))
    formula = "sum of general imports, customs value, by match"
    if any(flow == "export" for flow, _ in read.covered):
        formula = "sum of exports, f.a.s. value, or of general imports, customs value, by match"
    yield Lineage("trade", valued, formula, "value_usd")
    if read.freq == "year":
        outside = read.shipped(read.store.table("trade_outside_list"))
        yield Lineage("trade_outside_list", outside, formula)


def _rebuilt(rows: Table, keys: tuple[str, ...], *, everything: bool) -> Table:
    """Sum by flow and period what each rule matched."""
    value = rows.value_usd
    sums = rows.group_by(keys).aggregate(
        exact_usd=value.sum(where=rows.listed & (rows.match == "exact")).fill_null(0),
        nearest_usd=value.sum(where=rows.listed & (rows.match == "nearest-list")).fill_null(0),
        parent_usd=value.sum(where=rows.listed & (rows.match == "parent")).fill_null(0),
        undecided_usd=value.sum(where=rows.match == "undecided").fill_null(0),
        not_atp_usd=value.sum(where=~rows.listed & (rows.match != "undecided")).fill_null(0),
        list_year=rows.list_year.max(),
        vintage=rows.vintage.max(),
    )
    total = sums.exact_usd + sums.nearest_usd + sums.parent_usd
    if everything:
        total = total + sums.undecided_usd + sums.not_atp_usd
    return sums.mutate(rebuilt_usd=total)


def _totals(store: Store, series: str, freq: Freq, day: dt.date | None) -> Table:
    headline = periods.up_to(store.table("headline"), day)
    return headline.filter(
        headline.series == series,
        headline.partner == WORLD,
        headline["group"] == ALL_GROUPS,
        headline.seasonal == "nsa",
        headline.freq == freq,
        headline.flow != "balance",
    )


def _nearest(rows: Table, published: Table, keys: tuple[str, ...]) -> Table:
    """Give every rebuilt total the printed one whose vintage is nearest to it."""
    pairs = rows.select(*keys, "vintage").join(published, keys)
    apart = pairs.published_vintage.delta(pairs.vintage, unit="day").abs()
    order = ibis.window(group_by=list(keys), order_by=[apart, ibis.desc(pairs.published_vintage)])
    best = pairs.mutate(age=ibis.row_number().over(order)).filter(lambda row: row.age == 0)
    best = best.drop("age", "vintage")
    return rows.left_join(best, keys).drop(*[f"{key}_right" for key in keys])


def _grid(read: TradeRead, params: ReconcileParams, keys: tuple[str, ...]) -> Table:
    """Every flow and period asked for; without a year, those of which products are held."""
    whole = {bucket[0] for (_, bucket), held in read.covered.items() if held.partners is None}
    if params.year is not None:
        span = (params.year.start, params.year.end)
    else:
        span = (min(whole, default=1), max(whole, default=1))
    calendar = periods.calendar(*span)
    if params.year is None:
        calendar = calendar.filter(calendar.year.isin(sorted(whole)))
    calendar = calendar.select(keys[1:]).distinct()
    flows = [params.flow] if params.flow else list(FLOWS)
    grids = [calendar.mutate(flow=ibis.literal(flow)) for flow in flows]
    return ibis.union(*grids) if len(grids) > 1 else grids[0]


def _note(rows: Table) -> ibis.Value:
    return ibis.cases(
        (rows.rebuilt_usd.isnull(), "not_covered: no ten-digit trade of this flow and period is held"),
        (rows.published_usd.isnull(), "not_covered: no published total of this flow and period is held"),
        else_=ibis.null("string"),
    )


def _fails(rows: Table, store: Store) -> bool:
    over = rows.filter(rows.residual_usd.abs() * 2 > rows.printed_unit_usd)
    return store.count(over) > 0
