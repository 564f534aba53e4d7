"""What is the balance, and what is it large or small against? METHODS A1 to A10, as table expressions.

Money is whole nominal US dollars; a deficit is negative; a ratio is a plain number. Where a measure has no
meaning it is null, and ``note`` names the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.outline import ibis

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import BooleanValue, NumericValue, StringValue

# Two vintages more than this far apart may belong to different annual revisions.
VINTAGES_FAR_APART_DAYS: Final = 366


def ratio(part: NumericValue, whole: NumericValue) -> NumericValue:
    """Divide; null where the denominator is zero or either side is null."""
    return part.cast("float64") / whole.nullif(0).cast("float64")


def trade_balance(flows: Table) -> Table:
    """Balance and coverage of each row.

    ``balance = exports - imports`` and ``coverage = exports / imports`` (A1, A2).

    Parameters
    ----------
    flows
        Any grain; needs ``exports_usd`` (f.a.s., domestic and foreign), ``imports_usd`` (general imports,
        customs value) and ``printed_balance_usd`` (where the parts were not published), all USD.

    Returns
    -------
    Table
        The rows with ``balance_usd`` (negative is a deficit) and ``coverage_ratio`` (>= 0). A part that is
        missing leaves the balance null unless a balance was printed; no imports leave the ratio null.

    Notes
    -----
    Census and BEA, FT-900, explanatory notes.
    """
    return flows.mutate(
        balance_usd=ibis.coalesce(flows.exports_usd - flows.imports_usd, flows.printed_balance_usd),
        coverage_ratio=ratio(flows.exports_usd, flows.imports_usd),
    )


def deficit_ratio(balance: NumericValue, total: NumericValue) -> NumericValue:
    """Ratio of two deficits (A4); null unless both balances are below zero. It may exceed 1."""
    return ibis.ifelse((balance < 0) & (total < 0), ratio(balance, total), ibis.null("float64"))


def deficit_ratio_note(balance: NumericValue, total: NumericValue) -> StringValue:
    """Say why a ratio of two deficits is null; null where it is not."""
    return ibis.cases(
        (balance.isnull(), "not_covered: no balance to divide"),
        (total.isnull(), "not_covered: no denominator of this period"),
        (
            (balance >= 0) | (total >= 0),
            "sign_differs: a ratio of deficits needs two deficits; compare the dollars",
        ),
        else_=ibis.null("string"),
    )


def nearest_vintage(numerators: Table, denominators: Table, keys: tuple[str, ...]) -> Table:
    """Give every numerator the denominator whose vintage is nearest to its own.

    Parameters
    ----------
    numerators
        One row per ``keys``; needs ``vintage``.
    denominators
        One row per ``keys``, vintage and basis; needs ``balance_usd``.

    Returns
    -------
    Table
        ``keys`` with ``denominator_usd``, ``denominator_vintage`` and ``denominator_basis``. Of two equally
        near the newer is taken, and a printed figure before a sum of months. A numerator without vintage
        takes the newest.
    """
    sides = denominators.select(
        *keys,
        denominator_usd=denominators.balance_usd,
        denominator_vintage=denominators.vintage,
        denominator_basis=denominators.basis,
    ).filter(lambda row: row.denominator_usd.notnull())
    pairs = numerators.select(*keys, "vintage").join(sides, list(keys))
    distance = pairs.denominator_vintage.delta(pairs.vintage, unit="day").abs()
    order = ibis.window(
        group_by=list(keys),
        order_by=[
            ibis.coalesce(distance, ibis.literal(0)),
            ibis.desc(pairs.denominator_vintage),
            (pairs.denominator_basis != "printed").asc(),
        ],
    )
    best = pairs.mutate(age=ibis.row_number().over(order)).filter(lambda row: row.age == 0)
    return best.select(*keys, "denominator_usd", "denominator_vintage", "denominator_basis")


def growth(start: NumericValue, end: NumericValue, *, flow: bool) -> Table | NumericValue:
    """Growth of a flow, of a deficit or of a surplus (A6).

    For a flow ``end / start - 1``; for two deficits ``|end| / |start| - 1``; for two surpluses the plain
    growth. Null where the sign changes or the start is zero: the naive formula would report nonsense.
    """
    same_sign = (start > 0) & (end > 0) | (start < 0) & (end < 0)
    usable: BooleanValue = (start > 0) & (end >= 0) if flow else same_sign
    return ibis.ifelse(usable, ratio(end, start) - 1, ibis.null("float64"))


def change(pairs: Table, totals: Table, *, flow: bool) -> Table:
    """Change of each part, and what it added to the change of the whole (A5, A6).

    Parameters
    ----------
    pairs
        One row per part; needs ``from_usd`` and ``to_usd`` (USD, null where not covered).
    totals
        One row: ``total_from_usd``, ``total_to_usd`` of the whole the parts belong to.
    flow
        Whether the figures are a flow (>= 0) or a balance.

    Returns
    -------
    Table
        ``change_usd``; ``contribution_ratio`` = part's change / whole's change (parts of opposite sign lie
        above 1 or below 0; null where the whole did not change); ``base_points`` = part's change / |whole
        at the start| (null at zero); ``growth_ratio`` with ``growth_of`` (``flow``, ``deficit``,
        ``surplus``); ``note``.
    """
    rows = pairs.cross_join(totals)
    moved = rows.to_usd - rows.from_usd
    whole = rows.total_to_usd - rows.total_from_usd
    rows = rows.mutate(
        change_usd=moved,
        contribution_ratio=ratio(moved, whole),
        base_points=ratio(moved, rows.total_from_usd.abs()),
        growth_ratio=growth(rows.from_usd, rows.to_usd, flow=flow),
    )
    return rows.mutate(growth_of=_growth_of(rows, flow=flow), note=_change_note(rows, flow=flow))


def _growth_of(rows: Table, *, flow: bool) -> StringValue:
    if flow:
        return ibis.ifelse(rows.growth_ratio.notnull(), "flow", ibis.null("string"))
    return ibis.cases(
        (rows.growth_ratio.isnull(), ibis.null("string")),
        (rows.from_usd < 0, ibis.literal("deficit")),
        else_=ibis.literal("surplus"),
    )


def _change_note(rows: Table, *, flow: bool) -> StringValue:
    sign = "from_zero: nothing at the start to grow from" if flow else None
    return ibis.cases(
        (rows.from_usd.isnull() & rows.to_usd.isnull(), "not_covered: neither year is held"),
        (rows.from_usd.isnull(), "not_covered: the first year is not held"),
        (rows.to_usd.isnull(), "not_covered: the last year is not held"),
        (rows.from_usd == 0, "from_zero: nothing at the start to grow from"),
        (
            rows.growth_ratio.isnull(),
            sign or "sign_differs: from surplus to deficit or back, so growth has no meaning; see change_usd",
        ),
        else_=ibis.null("string"),
    )


def rank(rows: Table, within: tuple[str, ...], key: str, *, descending: bool) -> Table:
    """Rank rows within each period (A7).

    Parameters
    ----------
    rows
        One row per (``within``, ``key``); needs ``value_usd``, never null.
    within
        Columns of the period.
    key
        What is ranked; orders equal values, which share the smaller rank.
    descending
        Largest first (a flow); otherwise smallest first, so that the largest deficit is 1.

    Returns
    -------
    Table
        The rows with ``rank``, from 1.
    """
    first = ibis.desc(rows.value_usd) if descending else ibis.asc(rows.value_usd)
    order = ibis.window(group_by=list(within), order_by=first)
    return rows.mutate(rank=ibis.rank().over(order) + 1)


def overtaken(now: Table, before: Table, key: str) -> Table:
    """Whom did each overtake? Those who were ahead the year before and are behind now.

    Parameters
    ----------
    now, before
        One row per ``key`` with ``rank``; rows without a partner in the other year overtook nobody.

    Returns
    -------
    Table
        ``key`` and ``overtook``: keys in the order of the earlier rank, with commas between; no row for
        those who overtook nobody.
    """
    old = before.select(key, previous_rank=before["rank"])
    both = now.select(key, "rank").inner_join(old, key)
    others = both.select(other=both[key], other_rank=both["rank"], other_previous=both.previous_rank)
    passed = both.join(others, [both["rank"] < others.other_rank, both.previous_rank > others.other_previous])
    return passed.group_by(key).aggregate(
        overtook=passed.other.group_concat(sep=", ", order_by=[passed.other_previous, passed.other])
    )
