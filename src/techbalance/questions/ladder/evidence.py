"""What speaks for a climb, and what against it? Each piece of evidence as one row, undefined ones too."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import SchemaError, UnknownCodeError
from techbalance.indicators.value_chain.advantage import country_sophistication
from techbalance.indicators.value_chain.intra_industry import intra_industry_trade, two_way_trade
from techbalance.indicators.value_chain.unit_values import standing, unit_values
from techbalance.questions.intra_industry import both_flows
from techbalance.questions.ladder.baskets import Baskets
from techbalance.questions.ladder.incomes import incomes
from techbalance.questions.product_lists.naming import chosen_list
from techbalance.questions.similarity import compared, members_named
from techbalance.questions.unit_values import with_quality
from techbalance.store.scratch import scratch

if TYPE_CHECKING:
    from techbalance.questions.ladder.markets import Market
    from techbalance.questions.ladder.moves import Moves
    from techbalance.questions.parameters.ladder import ClimbParams

Row = dict[str, Any]

# A change smaller than this is no movement: half a percentage point.
EVEN: Final = 0.005
RATIO, MEDIAN, INCOME, LOGS = "ratio", "median supplier = 1", "US dollars per head", "log points"
COARSE_DIGITS: Final = 4
FINAL: Final = "final"
VALUE_ADDED: Final = "value added at home"
PROCESSING: Final = "processing trade"
# What each piece of evidence looks at, in one clause, and the unit of its measure.
OF_VALUES: Final = {
    "market share": ("its share of what all suppliers sell; scale, no rung of the ladder", RATIO),
    "products entered": (
        "sales in products it had not sold before, part of the last year's, against sales in those it left, "
        "part of the first year's",
        RATIO,
    ),
    "similarity": ("overlap of its basket with that of richer suppliers, product by product", RATIO),
    "income content": (
        "mean income of those who sell the same products here, incomes held as in the first year",
        INCOME,
    ),
    "final goods": ("share of final goods in its sales, the rest being parts", RATIO),
}
OF_QUANTITIES: Final = {
    "relative unit value": (
        "its unit value over that of the median supplier, products weighted by its sales",
        MEDIAN,
    ),
    "unit-value rank": (
        "share of the other suppliers that are cheaper, products weighted by its sales",
        RATIO,
    ),
    "dear niches": ("sales in products where it is in the dearest quarter of suppliers", RATIO),
    "cheap niches": ("sales in products where it is in the cheapest quarter of suppliers", RATIO),
    "quality": ("sells more than its price explains: above the mean supplier (Khandelwal)", LOGS),
    "two-way trade": ("of trade both ways: where its goods are as dear as ours, or dearer", RATIO),
}
SAYS: Final = {
    **OF_VALUES,
    **OF_QUANTITIES,
    VALUE_ADDED: ("share of its own value added in its exports", RATIO),
    PROCESSING: ("", RATIO),
}
Pair = tuple[float | None, float | None]


@dataclass(frozen=True)
class Measured:
    """One measure in both years.

    Parameters
    ----------
    name
        Of the evidence.
    values
        In the first and the last year; None where there is none.
    up
        What a rise reads as; None for a measure of scale alone.
    note
        Why a value is null, or what limits it.
    """

    name: str
    values: Pair
    up: str | None = "for"
    note: str | None = None

    def row(self, level: str | None, span: tuple[int, int] | None) -> Row:
        """The evidence as a row of the page."""
        first, last = self.values
        says, unit = SAYS[self.name]
        change = None if first is None or last is None else last - first
        return {
            "evidence": self.name,
            "reads": self._reads(change),
            "from_measure": first,
            "to_measure": last,
            "change_measure": change,
            "unit": unit,
            "period": None if span is None else f"{span[0]}:{span[1]}",
            "evidence_level": level,
            "says": says,
            "note": self.note,
        }

    def _reads(self, change: float | None) -> str | None:
        if change is None:
            return None
        if self.up is None:
            return "scale"
        # An income moves in dollars: half a percent of it is no movement either.
        least = EVEN * (abs(self.values[0] or 1.0) if SAYS[self.name][1] == INCOME else 1.0)
        if abs(change) < least:
            return "even"
        other = "against" if self.up == "for" else "for"
        return self.up if change > 0 else other


def missing(name: str, note: str, level: str | None = None) -> Row:
    """A piece of evidence that is not held, on a row of its own."""
    return Measured(name, (None, None), note=note).row(level, None)


def of_values(params: ClimbParams, moves: Moves) -> list[Row]:
    """Evidence that needs values alone: share, products entered, similarity, income content, stages."""
    found = [
        Measured("market share", (moves.share(0), moves.share(1)), up=None),
        _entries(moves),
        _similarity(params, moves),
        _income_content(params, moves),
        _stages(params, moves),
    ]
    return [one.row(moves.market.level, moves.span) for one in found]


def _entries(moves: Moves) -> Measured:
    entered, left = moves.value_of("entered", 1), moves.value_of("left", 0)
    counts = moves.counts()
    note = (
        f"{counts['entered']} products entered, {counts['left']} left, {counts['stayed']} stayed; "
        f"{counts['new code']} codes began, {counts['ended code']} ended for every supplier, which is neither"
    )
    return Measured(
        "products entered", (_part(left, moves.total(0)), _part(entered, moves.total(1))), note=note
    )


def _part(value: float, whole: float) -> float | None:
    return value / whole if whole else None


def _similarity(params: ClimbParams, moves: Moves) -> Measured:
    market = moves.market
    name = params.against.names[0]
    try:
        members = members_named(market.store, name, market.partners, moves.span[1])
    except UnknownCodeError:
        why = f"not_covered: {name} is not among the suppliers; --against names others"
        return Measured("similarity", (None, None), note=why)
    baskets = _as_baskets(market.in_years(moves.span))
    found = {row["year"]: row for row in compared(baskets, [moves.partner], name, members, COARSE_DIGITS)}
    if not found:
        why = f"not_covered: nobody but the partner itself is behind {name}"
        return Measured("similarity", (None, None), note=why)
    first, last = (found.get(year, {}) for year in moves.span)
    note = first.get("note") or last.get("note")
    coarse = (first.get("coarse_similarity"), last.get("coarse_similarity"))
    if note is None and coarse[0] is not None and coarse[1] is not None:
        at = f"at {COARSE_DIGITS} digits {coarse[0]:.3f} and {coarse[1]:.3f}"
        note = f"against {name}, {market.digits} digits; {at}"
    return Measured("similarity", (first.get("similarity"), last.get("similarity")), note=note)


def _income_content(params: ClimbParams, moves: Moves) -> Measured:
    market, name = moves.market, "income content"
    day = params.as_of.day if params.as_of else None
    known, _, _ = incomes(market.store, (moves.span[0],), params.income, day)
    if not known.num_rows:
        return Measured(name, (None, None), note=f"not_covered: no incomes of {moves.span[0]} are held")
    later = known.set_column(0, "year", pa.array([moves.span[1]] * known.num_rows, pa.int64()))
    rows = _as_baskets(market.in_years(moves.span)).rows
    with scratch(market.store, pa.concat_tables([known, later])) as income:
        measured = country_sophistication(rows, income)
        measured = measured.filter(measured.country == moves.partner)
        found = {row["year"]: row for row in market.store.fetch_rows(measured)}
    first, last = (found.get(year, {}) for year in moves.span)
    whose = "GDP per head in current dollars" if params.income is None else params.income
    note = first.get("note") or last.get("note") or f"incomes of {moves.span[0]}: {whose}"
    return Measured(name, (first.get("expy"), last.get("expy")), note=note)


def _stages(params: ClimbParams, moves: Moves) -> Measured:
    name = "final goods"
    if params.stages is None:
        why = "not_covered: no list of parts and final goods is held; bring one with --stages"
        return Measured(name, (None, None), note=why)
    stages = chosen_list(moves.market.store, params.stages)
    if stages is None or set(stages.groups.values()) - {FINAL, "parts"}:
        raise SchemaError(
            "a list of stages has the groups parts and final", where=str(params.stages), remedy="Name them so"
        )
    shares, listed = [], []
    for at in (0, 1):
        placed = dict.fromkeys((FINAL, "parts"), 0.0)
        for product, value in moves.sales(at).items():
            code = stages.code_of(product)
            if code is not None:
                placed[stages.groups[code]] += value
        whole = sum(placed.values())
        shares.append(_part(placed[FINAL], whole))
        listed.append(_part(whole, moves.total(at)) or 0.0)
    note = f"the list places {listed[0]:.0%} and {listed[1]:.0%} of its sales"
    if None in shares:
        note = f"no_match: {note}"
    return Measured(name, (shares[0], shares[1]), note=note)


def of_quantities(params: ClimbParams, moves: Moves) -> list[Row]:
    """Evidence that needs quantities: relative unit value, place, niches, quality, two-way trade."""
    market = moves.market.in_years(moves.span)
    source = ""
    with ExitStack() as open_tables:
        found = unit_values(market.rows)
        if params.elasticities is not None:
            found, source = with_quality(market, found, params.elasticities, open_tables)
        summed = standing(found, by=("year", "partner"))
        own = summed.filter(summed.partner == moves.partner)
        rows = {row["year"]: row for row in market.store.fetch_rows(own)}
    first, last = (rows.get(year, {}) for year in moves.span)

    def pair(name: str) -> Pair:
        return first.get(name), last.get(name)

    parts = pair("compared_share")
    note = first.get("note") or last.get("note")
    if note is None and parts[0] is not None and parts[1] is not None:
        note = f"{parts[0]:.0%} and {parts[1]:.0%} of its sales compared"
    if params.elasticities is None:
        quality = Measured("quality", (None, None), note="no_elasticity: name a source with --elasticities")
    else:
        why = "no_elasticity: none of its products has one that can carry a quality"
        quality = Measured("quality", pair("quality"), note=source if None not in pair("quality") else why)
    measured = [
        Measured("relative unit value", pair("relative_unit_value"), note=note),
        Measured("unit-value rank", pair("uv_position"), note=note),
        Measured("dear niches", pair("top_share"), note=note),
        Measured("cheap niches", pair("bottom_share"), up="against", note=note),
        quality,
        _two_way(market, moves),
    ]
    return [one.row(moves.market.level, moves.span) for one in measured]


def _two_way(market: Market, moves: Moves) -> Measured:
    """Of trade both ways whose unit values are known: where the partner's goods are not the cheaper ones."""
    name = "two-way trade"
    if market.exports is None:
        return Measured(name, (None, None), note="not_covered: exports are not held")
    flows = both_flows(market)
    flows = flows.filter(flows.held, flows.partner == moves.partner)
    summed = intra_industry_trade(two_way_trade(flows))
    found = {row["year"]: row for row in market.store.fetch_rows(summed)}
    if not found:
        return Measured(name, (None, None), note=f"not_covered: exports to {moves.partner} are not held")
    known = []
    values: list[float | None] = []
    for year in moves.span:
        row = found.get(year, {})
        high, low, alike = (row.get(f"{kind}_share") or 0.0 for kind in ("high", "low", "horizontal"))
        known.append(high + low + alike)
        values.append((alike + low) / known[-1] if known[-1] else None)
    note = f"{known[0]:.0%} and {known[1]:.0%} of trade goes both ways with both unit values known"
    if None in values:
        note = f"no_quantity: {note}"
    return Measured(name, (values[0], values[1]), note=note)


def _as_baskets(market: Market) -> Baskets:
    rows = market.rows.select("year", "product", country="partner", value_usd="value_usd")
    return Baskets(store=market.store, rows=rows, digits=market.digits)
