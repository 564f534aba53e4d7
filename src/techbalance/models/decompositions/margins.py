"""Did a seller sell more products, or more of each? Which pairs began or ended, and how long do they last?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.decompositions.cells import Cells, added, over
from techbalance.models.decompositions.log_mean import log_ratio, logarithmic_mean
from techbalance.models.validation import BoolArray, FloatArray, IntArray, MaskedFloats, undefined_where

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class MarketMargins:
    """Margins of each partner in two years, and what they added, US dollars.

    Parameters
    ----------
    market
        What the growth of the whole market adds at unchanged margins.
    extensive_effect, intensive_effect
        What selling in more, or larger, products adds, and what a larger share in them adds.
    extensive, intensive
        The margins in the first and in the last year, in [0, 1]; their product is the partner's share.
        ``intensive`` is masked for a partner that sold nothing.
    """

    market: FloatArray
    extensive_effect: FloatArray
    intensive_effect: FloatArray
    extensive: tuple[FloatArray, FloatArray]
    intensive: tuple[MaskedFloats, MaskedFloats]


def market_margins(cells: Cells) -> MarketMargins:
    """Extensive and intensive margins of every partner (METHODS B4), and their part in its change.

    ``EM = sum of X_ki over the partner's products / sum of X_ki`` and ``IM = sum of x_ji / sum of X_ki over
    the partner's products``, with the market's trade X_k; ``EM IM`` is the partner's share. The change of its
    value ``total EM IM`` is split by logarithmic means, so that the three effects add up to it.

    Parameters
    ----------
    cells
        Values of every partner in the market, the reference.

    Notes
    -----
    A partner that sold nothing in one of the years has no intensive margin in it: its whole change is
    extensive, which is the analytic limit. Hummels and Klenow 2005, American Economic Review 95:704; over
    time Feenstra 1994, American Economic Review 84:157.
    """
    sides = []
    for value in (cells.start, cells.end):
        market = added(value, cells.product, cells.products)
        total = float(market.sum())
        own = added(value, cells.partner, cells.partners)
        among = added(market[cells.product] * (value > 0), cells.partner, cells.partners)
        extensive = among / total if total else np.zeros_like(among)
        whole = np.full(own.size, total)
        sides.append((whole, own, among, extensive, undefined_where(over(own, among), among == 0)))
    (total0, own0, among0, em0, im0), (total1, own1, among1, em1, im1) = sides
    mean = logarithmic_mean(own1, own0)
    both = (own0 > 0) & (own1 > 0)
    grown, wider, deeper = (log_ratio(*pair) for pair in ((total1, total0), (among1, among0), (own1, own0)))
    one_sided = np.where(both, 0.0, own1 - own0)
    new_market = (total0 == 0) | (total1 == 0)
    return MarketMargins(
        market=mean * grown + one_sided * new_market,
        extensive_effect=mean * (wider - grown) * both + one_sided * ~new_market,
        intensive_effect=mean * (deeper - wider) * both,
        extensive=(em0, em1),
        intensive=(im0, im1),
    )


@dataclass(frozen=True)
class EntryExit:
    """Effects of each cell, whole US dollars; the four add up to its change.

    Parameters
    ----------
    entry, exit
        The change of a pair that was not traded in the first year, and of one no longer traded in the last.
    growing, shrinking
        The change of a pair traded in both, where it is above and where it is below zero.
    below
        The change of a pair below the threshold in both years, so that it was traded in neither.
    """

    entry: IntArray
    exit: IntArray
    growing: IntArray
    shrinking: IntArray
    below: IntArray


def entry_exit(cells: Cells, threshold: int = 1) -> EntryExit:
    """Entry, exit and what continued (METHODS B7).

    Parameters
    ----------
    cells
        Values of two years, on product families where codes changed: a new number for an old product looks
        like an exit and an entry.
    threshold
        A pair counts as traded from this many dollars on.
    """
    if threshold < 1:
        raise ModelInputError("a pair without value is not traded", where=f"threshold {threshold}")
    before, after = cells.start >= threshold, cells.end >= threshold
    change = cells.change
    stayed = before & after
    return EntryExit(
        entry=np.where(~before & after, change, 0),
        exit=np.where(before & ~after, change, 0),
        growing=np.where(stayed & (change > 0), change, 0),
        shrinking=np.where(stayed & (change < 0), change, 0),
        below=np.where(~before & ~after, change, 0),
    )


def spells(traded: BoolArray) -> tuple[IntArray, BoolArray]:
    """Lengths of the spells in which pairs were traded without a gap, and whether their end was seen.

    Parameters
    ----------
    traded
        One row per pair, one column per year in order.

    Returns
    -------
    tuple
        Years each spell lasted, and whether it ended inside the data. A spell that was open in the first year
        is left out, since nobody saw it begin; one open in the last year is censored.
    """
    edges = np.diff(traded.astype(np.int8), axis=1, prepend=0, append=0)
    began = np.argwhere(edges == 1)
    ended = np.argwhere(edges == -1)
    # Row by row, every spell's beginning and end stand at the same place of their lists.
    length = ended[:, 1] - began[:, 1]
    seen = began[:, 1] > 0
    return length[seen].astype(np.int64), (ended[:, 1] < traded.shape[1])[seen]


@dataclass(frozen=True)
class Survival:
    """How many spells last longer than each number of years.

    Parameters
    ----------
    years
        1, 2, 3 and so on.
    at_risk, ended
        Spells that lasted at least as many years, and those of them that ended then.
    share
        Kaplan and Meier's estimate of the share that lasts longer, in [0, 1].
    """

    years: IntArray
    at_risk: IntArray
    ended: IntArray
    share: FloatArray


def survival(length: NDArray[np.int64], has_ended: BoolArray) -> Survival:
    """Share of spells that outlast each number of years (METHODS B7).

    ``S(t) = product over s <= t of (1 - ended_s / at risk_s)``; a spell whose end was not seen counts as at
    risk as long as it was seen.

    Notes
    -----
    Kaplan and Meier 1958, Journal of the American Statistical Association 53; of trade, Besedes and Prusa
    2006, Canadian Journal of Economics 39.
    """
    longest = int(length.max(initial=0))
    lasted = np.bincount(length, minlength=longest + 1)[1:]
    ended = np.bincount(length[has_ended], minlength=longest + 1)[1:]
    at_risk = np.cumsum(lasted[::-1])[::-1]
    share: FloatArray = np.cumprod(1 - over(ended, at_risk)).astype(np.float64)
    return Survival(np.arange(1, longest + 1), at_risk.astype(np.int64), ended.astype(np.int64), share)
