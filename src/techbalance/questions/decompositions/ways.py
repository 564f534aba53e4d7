"""Each way of splitting the change of product x partner pairs, from numbered pairs to effects by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from techbalance.models.decompositions import (
    Cells,
    constant_market_share,
    entry_exit,
    logarithmic_mean_effects,
    market_margins,
    shift_share,
)
from techbalance.questions.decompositions.split import Extra, Parts, Split, all_masked, parts_of, split_into

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.models.validation import BoolArray, FloatArray, IntArray
    from techbalance.questions.decompositions.pairs import Pairs

FLOW_EFFECTS: Final = {"export": "exports", "import": "imports"}


@dataclass(frozen=True)
class Step:
    """Two years of one flow, and how its parts are made.

    Parameters
    ----------
    pairs
        The numbered pairs.
    start, end
        The two years.
    keys
        What makes a part.
    kept
        The pairs that are compared.
    threshold
        From how many dollars on a pair counts as traded.
    """

    pairs: Pairs
    start: int
    end: int
    keys: tuple[str, ...]
    kept: BoolArray
    threshold: int = 1

    @property
    def cells(self) -> Cells:
        """Values of both years."""
        return self.pairs.cells(self.start, self.end, self.kept)

    @property
    def parts(self) -> Parts:
        """Parts of the kept pairs."""
        labels = {key: self.pairs.labels[key][self.kept] for key in self.keys}
        return parts_of(self.keys, labels, int(self.kept.sum()))


def by_flow(step: Step) -> Split:
    """The whole change of the flow: one side of the balance (METHODS B1)."""
    cells = step.cells
    name = FLOW_EFFECTS[step.pairs.flow]
    effects = {name: cells.change}
    return split_into(step.pairs.flow, step.parts, cells.start, cells.end, effects, takes_the_rest=name)


def by_shift_share(step: Step) -> Split:
    """Growth of the total, mix of products, competitiveness of partners, entry (METHODS B1)."""
    cells = step.cells
    found = shift_share(cells)
    return split_into(
        step.pairs.flow,
        step.parts,
        cells.start,
        cells.end,
        {
            "growth": found.growth,
            "product mix": found.mix,
            "competitiveness": found.competitiveness,
            "entry": found.entry,
        },
        takes_the_rest="competitiveness",
        remarks={"entry": "pairs with nothing in the first year have nothing to grow from"},
    )


def by_log_mean(step: Step) -> Split:
    """Scale, mix of products, mix of partners by logarithmic means (METHODS B2)."""
    cells = step.cells
    found = logarithmic_mean_effects(cells)
    effects = {"scale": found.scale, "product mix": found.product_mix, "partner mix": found.partner_mix}
    return split_into(
        step.pairs.flow, step.parts, cells.start, cells.end, effects, takes_the_rest="partner mix"
    )


def by_constant_share(step: Step, own: Cells, world: Cells) -> Split:
    """World, commodities, markets and residual, in both orders (METHODS B5).

    Parameters
    ----------
    step
        How parts are made; its pairs are those of ``own``.
    own, world
        Sales of the seller, and of all sellers, for the same products and markets.
    """
    found = constant_market_share(own, world)
    parts = step.parts
    effects = {"world": found.world, "commodity": found.commodity, "market": found.market}
    second = {"commodity": found.commodity_second, "market": found.market_first}
    split = split_into(
        step.pairs.flow,
        parts,
        own.start,
        own.end,
        effects | {"residual": found.residual},
        takes_the_rest="residual",
    )
    turned = split_into(
        step.pairs.flow,
        parts,
        own.start,
        own.end,
        {"world": found.world, **second, "residual": found.residual},
        takes_the_rest="residual",
    )
    other = {name: _whole(turned.dollars[:, place]) for place, name in enumerate(turned.effects)}
    count = parts.dollars(found.without_base)
    remarks = {}
    if count.any():
        remarks["residual"] = (
            "pairs the world did not trade in the first year are in it whole; pairs counts them"
        )
    return Split(
        split.flow,
        split.parts,
        split.start,
        split.end,
        split.effects,
        split.dollars,
        split.undefined,
        remarks=remarks,
        extras=(
            Extra("other_order_usd", other, pa.int64()),
            Extra("pairs", {"residual": _whole(count)}, pa.int64()),
        ),
    )


def by_margins(step: Step) -> Split:
    """Growth of the market, extensive margin, intensive margin (METHODS B4)."""
    cells = step.cells
    found = market_margins(cells)
    size = found.market.size
    labels = np.full(size, "", dtype=object)
    labels[cells.partner] = step.pairs.labels["partner"][step.kept]
    there = np.zeros(size, dtype=np.bool_)
    there[cells.partner] = True
    names = {"partner": labels[there]}
    parts = parts_of(step.keys, names, int(there.sum()))
    own = [np.bincount(cells.partner, weights=one, minlength=size)[there] for one in (cells.start, cells.end)]
    sides = {"extensive": found.extensive, "intensive": found.intensive}
    extras = []
    if step.keys:
        for column, side in (("from_margin", 0), ("to_margin", 1)):
            figures = {name: np.ma.asarray(margin[side])[there] for name, margin in sides.items()}
            extras.append(Extra(column, {name: _by_part(parts, one) for name, one in figures.items()}))
    start, end = (np.rint(one).astype(np.int64) for one in own)
    return split_into(
        step.pairs.flow,
        parts,
        start,
        end,
        {
            "market": found.market[there],
            "extensive": found.extensive_effect[there],
            "intensive": found.intensive_effect[there],
        },
        takes_the_rest="intensive",
        extras=tuple(extras),
    )


def _by_part(parts: Parts, figures: np.ma.MaskedArray) -> np.ma.MaskedArray:
    """Figures of partners in the order of the parts, where each partner is one."""
    ordered = all_masked(parts.count)
    ordered[parts.of] = figures
    return ordered


def by_entry_exit(step: Step) -> Split:
    """Pairs that began, that ended, and what the others gained and lost (METHODS B7)."""
    cells = step.cells
    parts = step.parts
    found = entry_exit(cells, step.threshold)
    effects: dict[str, FloatArray | IntArray] = {
        "entry": found.entry,
        "exit": found.exit,
        "growing": found.growing,
        "shrinking": found.shrinking,
    }
    if step.threshold > 1:
        effects["below threshold"] = found.below
    pairs = {name: _whole(parts.dollars(np.not_equal(one, 0))) for name, one in effects.items()}
    began, ended = (cells.start < step.threshold), (cells.end < step.threshold)
    shares = {
        "entry": _share(parts, np.where(began & ~ended, cells.end, 0), cells.end),
        "exit": _share(parts, np.where(ended & ~began, cells.start, 0), cells.start),
    }
    return split_into(
        step.pairs.flow,
        parts,
        cells.start,
        cells.end,
        effects,
        takes_the_rest="growing",
        extras=(Extra("pairs", pairs, pa.int64()), Extra("entrant_share", shares)),
    )


def _whole(values: IntArray) -> np.ma.MaskedArray:
    return np.ma.MaskedArray(values, mask=np.zeros(values.shape, dtype=np.bool_))


def _share(parts: Parts, some: IntArray, every: IntArray) -> np.ma.MaskedArray:
    whole = parts.added(every)
    share = np.divide(parts.added(some), whole, out=np.zeros(whole.size), where=whole > 0)
    return np.ma.MaskedArray(share, mask=whole <= 0)


VALUE_WAYS: Final[dict[str, Callable[[Step], Split]]] = {
    "accounts": by_flow,
    "shift-share": by_shift_share,
    "lmdi": by_log_mean,
    "margins": by_margins,
    "entry-exit": by_entry_exit,
}
