"""Constant market share: what a seller sold, beside what all sellers sold in the same markets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from techbalance.errors import NotCoveredError, ParameterError
from techbalance.models.decompositions import Cells
from techbalance.outline import ibis
from techbalance.questions.decompositions.pairs import Pairs
from techbalance.questions.decompositions.split import Split, one_below_the_other
from techbalance.questions.decompositions.ways import Step, by_constant_share
from techbalance.questions.supply.trade import reporter_codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from techbalance.models.validation import BoolArray, IntArray
    from techbalance.questions.decompositions.sources import Trade
    from techbalance.questions.parameters.change import ChangeParams


def check_seller(params: ChangeParams, trade: Trade) -> None:
    """Refuse a question that names no seller, or a market nobody knows the rest of.

    Raises
    ------
    ParameterError
        No flow, no partner among imports.
    NotCoveredError
        Exports without a panel of what others sell.
    """
    if params.flow is None:
        raise ParameterError(
            "constant-market-share is of one seller",
            remedy="Add flow import and a partner, or flow export with a panel of world trade",
        )
    if params.flow == "import" and params.partner is None:
        raise ParameterError("whose share of imports is meant?", remedy="Add partner")
    if params.flow == "export" and trade.world is None:
        raise NotCoveredError(
            "what all sellers sell to the buyers is not held", remedy="Bring a panel of world trade"
        )


def of_imports(keys: tuple[str, ...], market: Pairs, sellers: Sequence[str], span: tuple[int, int]) -> Split:
    """Each seller in one market, the reporter's: markets add nothing there, in either order.

    Parameters
    ----------
    keys
        What makes a part.
    market
        What everybody sold to the reporter.
    sellers
        Whose shares are meant.
    span
        The two years.
    """
    count = int(market.product.max(initial=-1)) + 1
    every = np.ones(market.product.size, dtype=np.bool_)
    world = _cells(market, span, every, count)
    # Every product of the market is a cell, traded by the seller or not: the world's growth is of all.
    first = np.zeros(count, dtype=np.int64)
    first[market.product] = np.arange(market.product.size)
    labels = {key: market.labels[key][first] for key in ("group", "product")}
    of_pair = market.labels["partner"].astype(str)
    # By partner each seller is one of its own; else those chosen are one together.
    among = [[one] for one in sellers if one in of_pair] if "partner" in keys else [list(sellers)]
    splits = []
    for some in among:
        mine = np.isin(of_pair, some)
        own = _cells(market, span, mine, count)
        labels["partner"] = np.full(count, some[0], dtype=object)
        splits.append(by_constant_share(_step(market, labels, span, keys), own, world))
    return one_below_the_other(splits)


def _cells(market: Pairs, span: tuple[int, int], some: BoolArray, count: int) -> Cells:
    """Some sellers' values by product, in the one market there is."""
    sums: list[IntArray] = []
    for year in span:
        column = np.zeros(count, dtype=np.int64)
        np.add.at(column, market.product[some], market.values[year][some])
        sums.append(column)
    return Cells(sums[0], sums[1], np.arange(count), np.zeros(count, dtype=np.int64))


def of_exports(params: ChangeParams, trade: Trade, start: int, end: int) -> Split:
    """The reporter in every market of a panel of world trade."""
    assert trade.world is not None  # noqa: S101 - check_seller has refused it
    inside = reporter_codes(trade.store, params.reporter)
    rows = trade.world.filter(~trade.world.partner.isin(inside), trade.world.year.isin([start, end]))
    if params.partner is not None:
        rows = rows.filter(rows.partner.isin(pc.unique(trade.figures["partner"]).to_pylist()))
    sums = {}
    for name, year in (("start", start), ("end", end)):
        here = rows.year == year
        sums[f"world_{name}"] = ibis.coalesce(rows.value_usd.sum(where=here), 0)
        sums[f"own_{name}"] = ibis.coalesce(rows.value_usd.sum(where=here & rows.seller.isin(inside)), 0)
    found = trade.store.fetch(rows.group_by("product", "partner").aggregate(**sums))
    labels, codes = {}, {}
    for key in ("product", "partner"):
        coded = found[key].combine_chunks().dictionary_encode()
        labels[key] = found[key].to_numpy()
        codes[key] = coded.indices.to_numpy().astype(np.int64)
    labels["group"] = np.full(found.num_rows, "-", dtype=object)
    cells = {
        who: Cells(
            found[f"{who}_start"].to_numpy(),
            found[f"{who}_end"].to_numpy(),
            codes["product"],
            codes["partner"],
        )
        for who in ("own", "world")
    }
    nobody = Pairs("export", codes["product"], codes["partner"], labels, {}, {}, {}, (), {})
    keys = tuple(params.by) if params.by else ()
    return by_constant_share(_step(nobody, labels, (start, end), keys), cells["own"], cells["world"])


def _step(
    pairs: Pairs, labels: dict[str, NDArray[np.object_]], span: tuple[int, int], keys: tuple[str, ...]
) -> Step:
    """A step whose parts are made from labels of its own."""
    everything: BoolArray = np.ones(labels["product"].size, dtype=np.bool_)
    return Step(replace(pairs, labels=dict(labels)), *span, keys, everything)
