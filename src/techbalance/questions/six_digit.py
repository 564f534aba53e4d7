"""How much of any country's trade is in Advanced Technology Products? Answers ``six-digit``, in bands.

The reporter's trade at six digits comes from ``fetch comtrade``; what a heading holds of the list is measured
in the United States' own ten-digit trade, which has to be held whole for that, products outside the list too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techbalance.classifications.groups import OUTSIDE
from techbalance.errors import NotCoveredError
from techbalance.indicators import periods
from techbalance.indicators.six_digit_lists import YEARS_OF_MEAN, balances, banded, weights
from techbalance.outline import ibis
from techbalance.questions import selection
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.six_digit import SIX_DIGIT, SixDigitParams
from techbalance.questions.parameters.texts import Years
from techbalance.questions.trade_read import TradeRead, all_blocks

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.store.catalogue import Store

TABLE = "trade_hs6"
WORLD = "WORLD"
FORMULA = "sum over headings of the band; a heading's weight is the list's share in United States trade"


def run(params: SixDigitParams, store: Store) -> Answer:
    """Answer ``six-digit``: four rows, one for each band, for each year (and partner).

    Raises
    ------
    NotCoveredError
        Nothing has been fetched from Comtrade.
    """
    own = _reporter(params, store)
    keys = tuple(key for key in ("year", "partner") if key in params.by or key == "year")
    parts, notes, lineage = [], [], [Lineage(TABLE, own, FORMULA)]
    for year in range(params.year.start, params.year.end + 1):
        whole = _whole_years(store, params, year)
        rows = own.filter(own.year == year)
        if not whole:
            parts.append(_nothing(year, keys, _why(year)))
            continue
        if not store.count(rows):
            parts.append(_nothing(year, keys, f"not_covered: {params.reporter} of {year} is not held"))
            continue
        listed = _listed(store, params, whole)
        parts.append(_bands(rows, listed, year, keys, whole))
        lineage.append(Lineage("trade", listed, "weights"))
    table = ibis.union(*parts) if len(parts) > 1 else parts[0]
    if "partner" in keys:
        if params.top:
            table = _cut(table, params.top)
        table = table.filter((table.partner != WORLD) | table.partner.isnull())
    order = [table[key] for key in keys] + [ibis.desc(table.any_rank)]
    table = table.order_by(order).select(*keys, *SIX_DIGIT.columns)
    notes.append("Weights are those of the United States: the list is theirs, and so is the mix of products.")
    return Answer(SIX_DIGIT, params, store, table, tuple(notes), tuple(lineage))


def _reporter(params: SixDigitParams, store: Store) -> Table:
    """The newest vintage of each year and flow: partners, or the world."""
    rows = periods.up_to(store.table(TABLE), params.as_of.day if params.as_of else None)
    rows = rows.filter(rows.reporter == params.reporter.strip().upper())
    rows = selection.in_years(rows, params.year)
    newest = rows.group_by("flow", "year").aggregate(vintage=rows.vintage.max())
    rows = rows.semi_join(newest, ["flow", "year", "vintage"])
    if not store.count(rows):
        raise NotCoveredError(
            f"six-digit trade of {params.reporter} is not held for {params.year}",
            remedy=f"techbalance fetch comtrade --reporter {params.reporter} "
            f"--from {params.year.start} --to {params.year.end}",
        )
    is_world = rows.partner == WORLD
    return rows.filter(~is_world if "partner" in params.by else is_world)


def _whole_years(store: Store, params: SixDigitParams, year: int) -> list[int]:
    """Years of the mean in which all products of all partners are held, in both flows."""
    day = params.as_of.day if params.as_of else None
    found = []
    for one in range(year - YEARS_OF_MEAN + 1, year + 1):
        blocks = [block for block in all_blocks(store) if block.year == one and block.files]
        flows = {
            block.flow for block in blocks if block.partners is None and (day is None or block.vintage <= day)
        }
        if flows == {"export", "import"}:
            found.append(one)
    return found


def _why(year: int) -> str:
    return (
        f"not_covered: no ten-digit trade of the United States is held whole for {year - YEARS_OF_MEAN + 1} "
        f"to {year}, and without it no heading has a weight; techbalance fetch census-hs, census-bulk or "
        "usitc-dataweb brings it"
    )


def _listed(store: Store, params: SixDigitParams, years: list[int]) -> Table:
    day = params.as_of.day if params.as_of else None
    read = TradeRead(store, day, Years(years[0], years[-1]), "year")
    rows = read.rows()
    rows = rows.filter(rows.year.isin(years))
    return rows.mutate(
        value_usd=ibis.coalesce(rows.export_usd, rows.general_usd),
        listed=(rows["group"] != OUTSIDE) & (rows.match != "undecided"),
    )


def _bands(rows: Table, listed: Table, year: int, keys: tuple[str, ...], whole: list[int]) -> Table:
    weighed = weights(listed, year)
    trade = rows.select(*keys, "flow", "value_usd", "vintage", heading="product")
    bands = banded(trade, weighed, keys)
    table = balances(bands, keys)
    facts = bands.group_by(list(keys)).aggregate(
        unknown_usd=bands.unknown_usd.sum(), headings=bands.headings.max(), size=bands.any_usd.sum()
    )
    days = trade.group_by(list(keys)).aggregate(vintage=trade.vintage.max())
    for other in (facts, days):
        table = table.left_join(other, list(keys)).drop(*[f"{key}_right" for key in keys])
    rank = ibis.cases(*[(table.band == band, place) for band, place in _PLACES.items()], else_=0)
    text = str(whole[0]) if len(whole) == 1 else f"{whole[0]}:{whole[-1]}"
    return table.mutate(
        weight_years=ibis.literal(text), note=ibis.null("string"), any_rank=rank.cast("int8")
    ).select(*_columns(keys))


_PLACES = {"any": 1, "weighted": 2, "majority": 3, "strict": 4}


def _columns(keys: tuple[str, ...]) -> list[str]:
    return [*keys, *SIX_DIGIT.columns, "size", "any_rank"]


def _nothing(year: int, keys: tuple[str, ...], why: str) -> Table:
    text, money = ibis.null("string"), ibis.null("int64")
    values: dict[str, Any] = {
        "band": text,
        **dict.fromkeys(
            ("exports_usd", "imports_usd", "balance_usd", "unknown_usd", "headings", "size"), money
        ),
        "weight_years": text,
        "vintage": ibis.null("date"),
        "note": ibis.literal(why),
        "any_rank": ibis.literal(0).cast("int8"),
    }
    if "partner" in keys:
        values["partner"] = text
    years = periods.calendar(year, year).select("year").distinct()
    return years.select("year", **values).select(*_columns(keys))


def _cut(rows: Table, top: int) -> Table:
    """Keep the N partners with the most trade in headings with any part of the list, by year."""
    order = ibis.window(group_by="year", order_by=[ibis.desc(rows["size"]), rows.partner])
    ranked = rows.mutate(place=ibis.dense_rank().over(order))
    return ranked.filter(ranked.place < top).drop("place")
