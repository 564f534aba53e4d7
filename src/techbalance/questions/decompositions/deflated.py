"""What would have changed at the prices, or at the exchange rates, of one year?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from techbalance.models.decompositions import product_of_two, two_factors
from techbalance.questions.decompositions.split import Extra, Parts, Split, all_masked, parts_of, split_into

if TYPE_CHECKING:
    from techbalance.models.validation import FloatArray
    from techbalance.questions.decompositions.rates import Rates
    from techbalance.questions.decompositions.split import Valued


def by_price_level(valued: Valued, keys: tuple[str, ...], levels: tuple[float, float, float]) -> Split:
    """What changed in constant dollars, and what the price level added (Bennet).

    Parameters
    ----------
    valued, keys
        Values, of a balance too, and what makes a part.
    levels
        Price level in the first year, in the last, and in the year whose dollars are meant.
    """
    parts = parts_of(keys, valued.labels, valued.start.size)
    first, last = levels[0] / levels[2], levels[1] / levels[2]
    before, after = parts.added(valued.start), parts.added(valued.end)
    ones = np.ones(parts.count)
    real, level = product_of_two((before / first, ones * first), (after / last, ones * last))
    alone = Parts(parts.keys, parts.labels, np.arange(parts.count))
    name = "constant dollars"
    return split_into(
        valued.flow,
        alone,
        parts.dollars(valued.start),
        parts.dollars(valued.end),
        {name: real, "prices": level},
        takes_the_rest=name,
        extras=(
            Extra("from_constant_usd", {name: _plain(np.rint(before / first))}, pa.int64()),
            Extra("to_constant_usd", {name: _plain(np.rint(after / last))}, pa.int64()),
            Extra("deflator_ratio", {"prices": _plain(ones * levels[1] / levels[0])}),
        ),
    )


def _plain(values: FloatArray) -> np.ma.MaskedArray:
    return np.ma.MaskedArray(values, mask=np.zeros(values.shape, dtype=np.bool_))


def by_exchange_rate(valued: Valued, keys: tuple[str, ...], rates: Rates) -> Split:
    """What changed in the local currency, and what the dollar's value added, by logarithmic means.

    A flow in dollars is the flow in the partner's currency times the dollars that buy one unit of it. A
    partner without rates that compare the years is a line of its own.
    """
    start, end = valued.start, valued.end
    parts = parts_of(keys, valued.labels, start.size)
    coded = pa.array(valued.labels["partner"], pa.string()).dictionary_encode()
    names, place = coded.dictionary.to_pylist(), coded.indices.to_numpy()
    known = np.array([name in rates.of for name in names], dtype=np.bool_)[place]
    known &= (start >= 0) & (end >= 0)
    per_dollar = np.array([rates.of.get(name, (1.0, 1.0)) for name in names]).reshape(-1, 2)[place]
    ratio = per_dollar[:, 1] / per_dollar[:, 0]
    own, dollar = two_factors(start.astype(np.float64), end.astype(np.float64), 1 / ratio)
    extras = []
    if "partner" in keys:
        shown = all_masked(parts.count)
        shown[parts.of[known]] = ratio[known]
        extras.append(Extra("dollar_ratio", {"dollar": shown}))
    return split_into(
        valued.flow,
        parts,
        start,
        end,
        {
            "local currency": np.where(known, own, 0.0),
            "dollar": np.where(known, dollar, 0.0),
            "no rate": np.where(known, 0, end - start),
        },
        takes_the_rest="local currency",
        remarks={"no rate": "no exchange rate that compares the two years is held for these partners"},
        extras=tuple(extras),
    )
