"""Prices and quantities of product x partner pairs: Bennet's split, index numbers, and chains of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from techbalance.models.decompositions import Items, price_indices, price_quantity, product_of_two
from techbalance.questions.decompositions.split import Extra, Parts, Split, split_into

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from techbalance.models.decompositions import Indices, PriceQuantity
    from techbalance.models.validation import BoolArray, FloatArray, MaskedFloats
    from techbalance.questions.decompositions.ways import Step

NO_MATCH: Final = "not_covered: no item has comparable quantities in both years"
NO_CHAIN: Final = "a year between is not held, so the indices are not chained"


@dataclass(frozen=True)
class Chain:
    """Index numbers of parts over several years; masked where a step has none.

    Parameters
    ----------
    fisher, tornqvist
        Prices of the last year over those of the first, step by step multiplied.
    """

    fisher: MaskedFloats
    tornqvist: MaskedFloats


def chained(step: Step, years: Sequence[int], apart: dict[int, BoolArray]) -> Chain | None:
    """Multiply the indices of each year over the year before; None where a year between is not held.

    Parameters
    ----------
    step
        Parts, and the pairs that are compared.
    years
        Years held of the flow.
    apart
        Unit values set aside, by year.
    """
    span = range(step.start, step.end + 1)
    if any(year not in years for year in span):
        return None
    parts = step.parts
    lost = parts.added(~step.pairs.kept(span)[step.kept]) > 0
    fisher, tornqvist = (np.ma.MaskedArray(np.ones(parts.count), mask=lost) for _ in range(2))
    for one, other in pairwise(span):
        found = price_indices(step.pairs.items(one, other, step.kept, apart), parts.of, parts.count)
        fisher, tornqvist = fisher * found.fisher, tornqvist * found.tornqvist
    return Chain(fisher, tornqvist)


def by_price_quantity(
    step: Step, apart: dict[int, BoolArray], chain_of: Callable[[Indices], Chain | None]
) -> Split:
    """Price, quantity, entry, exit, and what cannot be matched (METHODS B3).

    Parameters
    ----------
    step
        Parts, and the pairs that are compared.
    apart
        Unit values set aside, by year.
    chain_of
        The chained indices, given those of the step itself.
    """
    items = step.pairs.items(step.start, step.end, step.kept, apart)
    parts = step.parts
    found = price_quantity(items)
    indices = price_indices(items, parts.of, parts.count)
    nothing = np.ma.getmaskarray(indices.fisher)
    chain = chain_of(indices)
    matched = (indices.start_matched + indices.end_matched) / np.maximum(
        parts.added(items.start + items.end), 1
    )
    share = np.ma.MaskedArray(matched, mask=np.zeros(parts.count, dtype=np.bool_))
    extras = [
        Extra("match_share", {"price": share, "quantity": share, "unmatched": share}),
        Extra("laspeyres", {"price": indices.laspeyres}),
        Extra("paasche", {"price": indices.paasche}),
        Extra("fisher", {"price": indices.fisher, "quantity": indices.quantity}),
        Extra("tornqvist", {"price": indices.tornqvist}),
    ]
    if chain is not None:
        extras += [
            Extra("chained_fisher", {"price": chain.fisher}),
            Extra("chained_tornqvist", {"price": chain.tornqvist}),
        ]
    return split_into(
        step.pairs.flow,
        parts,
        items.start,
        items.end,
        {
            "price": found.price,
            "quantity": found.quantity,
            "entry": found.entry,
            "exit": found.exit,
            "unmatched": found.unmatched,
        },
        takes_the_rest="quantity",
        undefined={"price": nothing, "quantity": nothing},
        reasons={"price": NO_MATCH, "quantity": NO_MATCH},
        remarks={"unmatched": _why_unmatched(items, found, step, apart)},
        extras=(*extras, *_unit_values(step, items, found, parts)),
    )


def _why_unmatched(items: Items, found: PriceQuantity, step: Step, apart: dict[int, BoolArray]) -> str:
    """Count the pairs traded in both years that are not matched, by reason."""
    both = (items.start > 0) & (items.end > 0)
    known = (items.start_quantity > 0) & (items.end_quantity > 0)
    aside = (apart[step.start] | apart[step.end])[step.kept] if step.pairs.quantities else ~both
    counts = {
        "without a quantity": both & ~known,
        "an outlier": both & known & aside,
        "in another unit": both & known & ~aside & ~found.matched,
    }
    told = [f"{int(where.sum()):,} {name}" for name, where in counts.items() if where.any()]
    return "pairs traded in both years that cannot be compared: " + ", ".join(told)


def _unit_values(step: Step, items: Items, found: PriceQuantity, parts: Parts) -> list[Extra]:
    """Value over quantity of parts whose matched pairs are all in one unit."""
    if not step.keys or not step.pairs.quantities:
        return []
    units = step.pairs.units[step.start][step.kept]
    matched = found.matched
    # The smallest and the largest number of a part's units are the same where it has one.
    low = np.full(parts.count, np.iinfo(np.int64).max)
    high = np.full(parts.count, -1)
    np.minimum.at(low, parts.of[matched], units[matched])
    np.maximum.at(high, parts.of[matched], units[matched])
    several = low != high
    extras = []
    for name, value, quantity in (
        ("from_unit_value", items.start, items.start_quantity),
        ("to_unit_value", items.end, items.end_quantity),
    ):
        amount = parts.added(quantity * matched)
        ratio = np.divide(parts.added(value * matched), amount, out=np.zeros(parts.count), where=amount > 0)
        extras.append(Extra(name, {"price": np.ma.MaskedArray(ratio, mask=several | (amount == 0))}))
    return extras


def by_own_prices(
    step: Step, levels: tuple[MaskedFloats | None, MaskedFloats | None, MaskedFloats | None]
) -> Split:
    """What changed in constant dollars, and what prices added, by each part's own index (METHODS A12).

    Constant dollars of parts do not add up to those of the whole: the answer has a line for what is left.

    Parameters
    ----------
    step
        Parts, and the pairs that are compared.
    levels
        Chained price level of each part in the first year, in the last, and in the year whose dollars are
        meant; None where a year between is not held.
    """
    parts = step.parts
    cells = step.cells
    start, end = parts.added(cells.start), parts.added(cells.end)
    first, last, base = levels
    if first is None or last is None or base is None:
        nothing = np.ones(parts.count, dtype=np.bool_)
        before = after = np.ones(parts.count)
    else:
        ratios = first / base, last / base
        nothing = np.ma.getmaskarray(ratios[0]) | np.ma.getmaskarray(ratios[1])
        before, after = (np.where(nothing, 1.0, np.ma.getdata(one)) for one in ratios)
    real, level = product_of_two((start / before, before), (end / after, after))
    alone = Parts(parts.keys, parts.labels, np.arange(parts.count))
    effects = {
        "constant dollars": np.where(nothing, 0.0, real),
        "prices": np.where(nothing, 0.0, level),
        "no index": np.where(nothing, end - start, 0.0),
    }
    reason = NO_MATCH if base is not None else f"not_covered: {NO_CHAIN}"
    names = ("constant dollars", "prices")
    return split_into(
        step.pairs.flow,
        alone,
        parts.dollars(cells.start),
        parts.dollars(cells.end),
        effects,
        takes_the_rest="constant dollars",
        undefined=dict.fromkeys(names, nothing),
        reasons=dict.fromkeys(names, reason),
        extras=(
            Extra("from_constant_usd", {names[0]: _dollars(start / before, nothing)}, pa.int64()),
            Extra("to_constant_usd", {names[0]: _dollars(end / after, nothing)}, pa.int64()),
            Extra("deflator_ratio", {names[1]: np.ma.MaskedArray(after / before, mask=nothing)}),
        ),
    )


def _dollars(values: FloatArray, hidden: BoolArray) -> np.ma.MaskedArray:
    return np.ma.MaskedArray(np.rint(values), mask=hidden)
