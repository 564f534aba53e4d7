"""Do printed parts agree with the products, and add up to the total? Part of the answer to ``reconcile``.

Printed parts are those of the group endpoints (``census-hitech``) and of exhibits 16 and 16a. Each is held
against the sum of its ten-digit products, and all of a period together against the published total.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import ParameterError
from techbalance.indicators import periods
from techbalance.outline import ibis
from techbalance.questions import selection
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.accounts import RECONCILE, ReconcileParams
from techbalance.questions.printed_groups import InParts, PrintedParts, among_periods
from techbalance.questions.product_balance import ProductBalance
from techbalance.questions.products import Products
from techbalance.questions.published import Published

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.indicators.periods import Freq
    from techbalance.store.catalogue import Store

FLOWS: Final = {"export": "exports_usd", "import": "imports_usd"}
BY_PRODUCTS: Final = "products against print"
BY_TOTAL: Final = "printed parts against the total"
# The publisher names more than two hundred partners a year; fewer are a selection, and leave a rest.
FEWEST_PARTNERS_OF_A_WHOLE: Final = 200
# Figures of one month's releases are one state of knowledge; further apart, a residual may be revision.
SAME_STATE_DAYS: Final = 31
KEYS: Final = ("group", "partner")


def run(params: ReconcileParams, store: Store) -> Answer:
    """Answer ``reconcile --by group,partner``: one row per flow, period and part, then one for their sum.

    A residual beyond printed rounding fails where both sides are of one state of knowledge.

    Raises
    ------
    ParameterError
        Another series or list was asked for: only trade in Advanced Technology Products is printed in parts.
    """
    if params.series != "atp" or params.list != "census-atp":
        raise ParameterError(
            "only trade in Advanced Technology Products is printed by group and partner",
            where=f"series {params.series}, list {params.list}",
            remedy="Leave group and partner out of --by",
        )
    freq: Freq = "month" if "month" in params.by else "year"
    keys = tuple(key for key in KEYS if key in params.by)
    day = params.as_of.day if params.as_of else None
    trade = Products(store, day, params.year, freq=freq)
    whole = InParts(ProductBalance(trade, "atp", keys))
    printed = whole.printed
    assert printed is not None  # noqa: S101 - narrows the type only: neither list nor product is chosen
    flows = [params.flow] if params.flow else list(FLOWS)
    parts = [_against_products(whole, printed, flow) for flow in flows]
    totals = [_against_total(printed, flow) for flow in flows]
    rows = ibis.union(*parts, *totals) if len(parts) > 1 else parts[0].union(totals[0])
    rows = rows.mutate(residual_usd=rows.rebuilt_usd - rows.published_usd)
    over = rows.filter(rows.residual_usd.abs() > rows.tolerance_usd, rows.comparable)
    failed = store.count(over) > 0
    named = _named(rows, keys, store)
    order = [*printed.bucket, "flow", "compared", *keys]
    table = named.order_by([named[name] for name in order])
    if freq == "month":
        month = table.year.cast("string") + "-" + table.month.cast("string").lpad(2, "0")
        table = table.mutate(month=month)
    columns = [name for key in keys for name in (key, f"{key}_name")]
    table = table.select("flow", freq, "compared", *columns, *RECONCILE.columns)
    if not store.count(table):
        table = _nothing(table)
    lineage = (printed.lineage(list(printed.periods_held)), trade.lineage(), _of_total(printed))
    return Answer(RECONCILE, params, store, table, (), lineage, failed)


def _against_products(whole: InParts, printed: PrintedParts, flow: str) -> Table:
    """Each printed part against the sum of its products; one without any traded nothing in a held period."""
    keys = [*printed.bucket, *printed.keys]
    shown = printed.figures()
    held = whole.held_by_products(flow)
    shown = shown.filter(shown[FLOWS[flow]].notnull())
    units = _units(printed)
    shown = shown.left_join(units, list(printed.bucket)).drop(*[f"{name}_right" for name in printed.bucket])
    sums = whole.parts.trade.figures(printed.keys)
    sums = sums.select(*keys, rebuilt_usd=sums[FLOWS[flow]], product_vintage="vintage")
    rows = shown.left_join(sums, keys).drop(*[f"{name}_right" for name in keys])
    known = among_periods(rows, printed.bucket, held)
    rebuilt = ibis.ifelse(
        known, ibis.coalesce(rows.rebuilt_usd, ibis.literal(0).cast("int64")), ibis.null("int64")
    )
    apart = rows.product_vintage.delta(rows.vintage, unit="day").abs()
    far = ibis.coalesce(apart > SAME_STATE_DAYS, ibis.literal(value=False))
    note = ibis.cases(
        (~known, "not_covered: no ten-digit trade of this flow and period is held"),
        (
            far,
            ibis.literal("products as of ")
            + rows.product_vintage.cast("string")
            + ": part of the residual may be revision",
        ),
        else_=ibis.null("string"),
    )
    return _columns(
        rows.mutate(
            flow=ibis.literal(flow),
            compared=ibis.literal(BY_PRODUCTS),
            rebuilt_usd=rebuilt,
            published_usd=rows[FLOWS[flow]],
            tolerance_usd=rows.unit_usd / 2,
            comparable=~far,
            note=note,
        ),
        printed,
    )


def _against_total(printed: PrintedParts, flow: str) -> Table:
    """All printed parts of a period together against the published total of the nearest vintage."""
    shown = printed.figures()
    shown = shown.filter(shown[FLOWS[flow]].notnull())
    partners = (
        shown.partner.nunique() if "partner" in printed.keys else ibis.literal(FEWEST_PARTNERS_OF_A_WHOLE)
    )
    bucket = list(printed.bucket)
    sums = shown.group_by(bucket).aggregate(
        rebuilt_usd=shown[FLOWS[flow]].sum(),
        parts=shown.count(),
        partners=partners,
        vintage=shown.vintage.max(),
    )
    totals = periods.up_to(Published(printed.store, "atp", printed.freq).revisions(), printed.day)
    totals = totals.filter(totals[FLOWS[flow]].notnull())
    pairs = sums.inner_join(
        totals.select(*bucket, published_usd=FLOWS[flow], total_vintage="vintage", total_basis="basis"),
        bucket,
    )
    pairs = pairs.mutate(apart=pairs.total_vintage.delta(pairs.vintage, unit="day").abs())
    order = ibis.window(
        group_by=bucket,
        order_by=[pairs.apart, ibis.desc(pairs.total_vintage), (pairs.total_basis != periods.PRINTED).asc()],
    )
    rows = pairs.mutate(age=ibis.row_number().over(order)).filter(lambda row: row.age == 0)
    units = _units(printed)
    rows = rows.left_join(units, bucket).drop(*[f"{name}_right" for name in bucket])
    some = rows.partners < FEWEST_PARTNERS_OF_A_WHOLE
    far = rows.apart > SAME_STATE_DAYS
    note = ibis.cases(
        (some, rows.partners.cast("string") + " partners are itemised: the residual is that of the others"),
        (
            far,
            ibis.literal("total as of ")
            + rows.total_vintage.cast("string")
            + ": part of the residual may be revision",
        ),
        else_=ibis.null("string"),
    )
    nulls = {key: ibis.literal(selection.REST) for key in printed.keys}
    return _columns(
        rows.mutate(
            flow=ibis.literal(flow),
            compared=ibis.literal(BY_TOTAL),
            tolerance_usd=(rows.parts * rows.unit_usd + rows.total_unit_usd) / 2,
            comparable=~some & ~far,
            note=note,
            **nulls,
        ),
        printed,
    )


def _units(printed: PrintedParts) -> Table:
    """Last printed digit of parts and total in each period; times the months where months are added up."""
    rows = periods.with_quarter(printed.rows())
    total = periods.with_quarter(Published(printed.store, "atp", printed.freq).rows())
    months = periods.months_needed(printed.freq)

    def unit(table: Table, name: str) -> Table:
        fits = table.filter(table.year.notnull() & table[printed.bucket[-1]].notnull())
        summed = ibis.ifelse(fits.freq == printed.freq, 1, months)
        return fits.group_by(list(printed.bucket)).aggregate(**{name: (fits.printed_unit_usd * summed).max()})

    both = unit(rows, "unit_usd").left_join(unit(total, "total_unit_usd"), list(printed.bucket))
    both = both.drop(*[f"{name}_right" for name in printed.bucket])
    return both.mutate(total_unit_usd=ibis.coalesce(both.total_unit_usd, both.unit_usd))


def _columns(rows: Table, printed: PrintedParts) -> Table:
    nothing = ibis.null("int64")
    kept: dict[str, Any] = dict.fromkeys(
        ("exact_usd", "nearest_usd", "parent_usd", "undecided_usd", "not_atp_usd"), nothing
    )
    return rows.select(
        *printed.bucket,
        "flow",
        "compared",
        *printed.keys,
        "rebuilt_usd",
        "published_usd",
        "vintage",
        "note",
        "comparable",
        tolerance_usd=rows.tolerance_usd.cast("float64"),
        list_year=ibis.null("int16"),
        **kept,
    )


def _named(rows: Table, keys: tuple[str, ...], store: Store) -> Table:
    for key in keys:
        rows = (selection.named_groups if key == "group" else selection.named_partners)(rows, store)
        name = ibis.ifelse(rows[key] == selection.REST, "all of them", rows[f"{key}_name"])
        rows = rows.mutate(**{f"{key}_name": name})
    return rows


def _of_total(printed: PrintedParts) -> Lineage:
    published = Published(printed.store, "atp", printed.freq, printed.day)
    rows = selection.in_years(published.rows(), printed.years)
    return Lineage("headline", rows, "the published total whose vintage is nearest")


def _nothing(table: Table) -> Table:
    """One row that says that nothing is printed in parts."""
    nulls = {name: ibis.null(table[name].type()) for name in table.columns}
    why = (
        "not_covered: nothing is held by group or partner in print; techbalance fetch census-hitech brings it"
    )
    return periods.calendar(1, 1).limit(1).select(**(nulls | {"note": ibis.literal(why)}))
