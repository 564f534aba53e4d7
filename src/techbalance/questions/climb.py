"""Did a partner move up the value chain? Answers ``climb``: evidence for and against, on one page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.classifications.groups import GROUPS
from techbalance.errors import NotCoveredError, ParameterError
from techbalance.indicators.value_chain.unit_values import unit_values
from techbalance.questions.answer import Answer
from techbalance.questions.ladder import evidence
from techbalance.questions.ladder.baskets import typed
from techbalance.questions.ladder.detail import detail_market
from techbalance.questions.ladder.markets import HS6, RECORD, hs6_market, record_market, table_market
from techbalance.questions.ladder.moves import moves_of
from techbalance.questions.parameters.ladder import CLIMB, ClimbParams
from techbalance.questions.parameters.texts import GroupRef
from techbalance.store.outside import DATA_VARIABLE

if TYPE_CHECKING:
    from techbalance.questions.answer import Lineage
    from techbalance.questions.ladder.markets import Market
    from techbalance.questions.ladder.moves import Moves
    from techbalance.store.catalogue import Store

Row = dict[str, Any]

PAGE: Final = {
    "evidence": pa.string(),
    "reads": pa.string(),
    "from_measure": pa.float64(),
    "to_measure": pa.float64(),
    "period": pa.string(),
    "evidence_level": pa.string(),
    "change_measure": pa.float64(),
    "says": pa.string(),
    "unit": pa.string(),
    "note": pa.string(),
}
PRODUCTS: Final = {
    "product": pa.string(),
    "product_name": pa.string(),
    "stayed": pa.string(),
    "from_usd": pa.int64(),
    "to_usd": pa.int64(),
    "from_market_share": pa.float64(),
    "to_market_share": pa.float64(),
    "from_uv_position": pa.float64(),
    "to_uv_position": pa.float64(),
    "from_relative_unit_value": pa.float64(),
    "to_relative_unit_value": pa.float64(),
    "from_uv_rank": pa.int64(),
    "to_uv_rank": pa.int64(),
    "suppliers_compared": pa.int64(),
    "evidence_level": pa.string(),
    "period": pa.string(),
    "note": pa.string(),
}
ORDER: Final = ("for", "against", "even", "scale", None, "caveat")
NO_HS6: Final = (
    "not_covered: the six-digit file with quantities is not held; "
    f"{DATA_VARIABLE} names the folder that has it"
)
PROCESSING: Final = (
    "trade books the whole value of a good to whoever assembled it last: of a phone of $178.96 in 2009 "
    "China's part was $6.50 (Xing and Detert 2010)"
)
CHINA: Final = (
    "; in the 2000s over nine tenths of China's technology exports to the United States were processing "
    "trade (Ferrantino and others 2010)"
)


def run(params: ClimbParams, store: Store) -> Answer:
    """Answer ``climb``: one row per piece of evidence; with ``products`` one per product and level.

    What is not held has a row too, of nulls, with the reason.
    """
    if len(params.against.names) != 1:
        raise ParameterError("against: one country or area is needed", where=f"given {params.against}")
    found = _levels(params, store)
    rows = _products(params, found) if params.products else _page(params, found)
    types = PRODUCTS if params.products else PAGE
    notes: list[str] = []
    lineage: list[Lineage] = []
    for moves, _ in found:
        if not isinstance(moves, str):
            kept = moves.market.in_years(moves.span)
            notes += kept.notes
            lineage += kept.lineage
    notes += _summary(rows) if not params.products else []
    return Answer(
        CLIMB, params, store, typed(rows, types, list(types)), tuple(dict.fromkeys(notes)), tuple(lineage)
    )


def _levels(params: ClimbParams, store: Store) -> list[tuple[Moves | str, str]]:
    """Each kind of data with the partner's moves in it, or why it has none.

    Raises
    ------
    UnknownCodeError
        Nobody knows the partner.
    ParameterError
        Several partners are named.
    """
    if params.panel is not None:
        market = table_market(params, store)
        return [(_moves(params, market), market.level)]
    ingested = _ingested(params, store)
    if ingested is not None:
        return [(ingested, ingested.market.level)]
    record = record_market(params, store)
    levels: list[tuple[Moves | str, str]] = [(_moves(params, record), RECORD)]
    try:
        # Goods outside the list are no evidence of a climb in it.
        hs6 = hs6_market(params, store, params.group or GroupRef(tuple(GROUPS)))
    except NotCoveredError:
        return [*levels, (NO_HS6, HS6)]
    return [*levels, (_moves(params, hs6), HS6)]


def _ingested(params: ClimbParams, store: Store) -> Moves | None:
    """The partner's moves in what was ingested; None where it does not hold both years."""
    try:
        moves = _moves(params, detail_market(params, store))
    except NotCoveredError:
        return None
    return None if isinstance(moves, str) else moves


def _moves(params: ClimbParams, market: Market) -> Moves | str:
    labels = market.labels(params.partner, all_known=True)
    if len(labels) != 1:
        raise ParameterError("partner: one country is needed", where=f"given {params.partner}")
    try:
        return moves_of(market, labels[0], params.from_, params.to)
    except NotCoveredError as absent:
        return f"not_covered: {absent.what}; {absent.where}"


def _page(params: ClimbParams, found: list[tuple[Moves | str, str]]) -> list[Row]:
    rows: list[Row] = []
    values_moves, values_level = found[0]
    if isinstance(values_moves, str):
        rows += [evidence.missing(name, values_moves, values_level) for name in evidence.OF_VALUES]
    else:
        rows += evidence.of_values(params, values_moves)
    moves, level = found[-1]
    if isinstance(moves, str):
        rows += [evidence.missing(name, moves, level) for name in evidence.OF_QUANTITIES]
    elif not moves.market.has_quantity:
        why = "no_quantity: the table has no quantities"
        rows += [evidence.missing(name, why, level) for name in evidence.OF_QUANTITIES]
    else:
        rows += evidence.of_quantities(params, moves)
    rows += _caveats(params, found)
    return sorted(rows, key=lambda row: ORDER.index(row["reads"]))


def _caveats(params: ClimbParams, found: list[tuple[Moves | str, str]]) -> list[Row]:
    labels = {moves.partner for moves, _ in found if not isinstance(moves, str)}
    country = next(iter(labels), str(params.partner))
    value_added = evidence.missing(
        evidence.VALUE_ADDED,
        "not_covered: input-output tables tell it for countries and industries, 1995 to 2011: "
        f"techbalance value-added --country {country}",
    )
    processing = evidence.missing(
        evidence.PROCESSING, "processing_unknown: no data held split assembly for export from other trade"
    )
    says = PROCESSING + (CHINA if country == "CHN" else "")
    return [value_added, {**processing, "reads": "caveat", "says": says}]


def _summary(rows: list[Row]) -> list[str]:
    counts = Counter(row["reads"] for row in rows)
    named = {
        reads: ", ".join(row["evidence"] for row in rows if row["reads"] == reads) or "nothing"
        for reads in ("for", "against")
    }
    caveat = next(row["says"] for row in rows if row["reads"] == "caveat")
    return [
        f"For: {named['for']}. Against: {named['against']}. Even: {counts['even']}; "
        f"not held: {counts[None]}.",
        f"Caveat: {caveat}.",
        "Each piece reads alone; a change within half a percentage point is even. None of it proves a climb: "
        "unit values also move with the mix of goods inside a code.",
    ]


def _products(params: ClimbParams, found: list[tuple[Moves | str, str]]) -> list[Row]:
    rows: list[Row] = []
    for moves, level in found:
        if isinstance(moves, str):
            rows.append({"evidence_level": level, "note": moves})
            continue
        places = _places(moves) if moves.market.has_quantity else {}
        of_level = [_product(moves, code, state, places) for code, state in moves.states.items()]
        of_level.sort(key=lambda row: (-max(row["from_usd"], row["to_usd"]), row["product"]))
        rows += of_level[: params.top]
    return rows


def _places(moves: Moves) -> dict[tuple[str, int], Row]:
    """Where the partner's unit value stands in each product and year."""
    market = moves.market.in_years(moves.span)
    placed = unit_values(market.rows)
    rows = market.store.fetch_rows(placed.filter(placed.partner == moves.partner))
    return {(row["product"], row["year"]): row for row in rows}


def _product(moves: Moves, code: str, state: str, places: dict[tuple[str, int], Row]) -> Row:
    row: Row = {
        "product": code,
        "product_name": moves.market.product_names.get(code),
        "stayed": state,
        "evidence_level": moves.market.level,
        "period": f"{moves.span[0]}:{moves.span[1]}",
    }
    reasons = []
    for at, side in ((0, "from"), (1, "to")):
        place = places.get((code, moves.span[at]), {})
        row[f"{side}_usd"] = round(moves.sales(at).get(code, 0.0))
        row[f"{side}_market_share"] = moves.market_share(code, at)
        for name in ("uv_position", "relative_unit_value", "uv_rank"):
            row[f"{side}_{name}"] = place.get(name)
        row["suppliers_compared"] = place.get("suppliers_compared", row.get("suppliers_compared"))
        if place.get("note"):
            reasons.append(place["note"])
    if not moves.market.has_quantity:
        reasons = ["no_quantity: this level holds values only"]
    row["note"] = "; ".join(dict.fromkeys(reasons)) or None
    return row
