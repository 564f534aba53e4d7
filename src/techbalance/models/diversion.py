"""Does a partner sell us more of what it now buys from the supplier we avoid? METHODS D7, trade diversion.

The test sets a partner's rising sales to us beside its rising purchases from the avoided supplier, product by
product, with a lag. It can show that the two move together, and how much at most was passed on; not that it
was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ParameterError
from techbalance.models.validation import (
    BoolArray,
    FloatArray,
    frozen,
    numbers,
    refuse_where,
    undefined_where,
    unique_labels,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.models.elasticities import MaskedFloats

PERMUTATIONS: Final = 999
# With fewer products every order is likely by chance: three have six.
FEWEST_PRODUCTS: Final = 3
# Correlations of the same pairing summed in another order differ by less.
ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class PartnerTrade:
    """What a partner sells us and buys from the avoided supplier, by period and product.

    Parameters
    ----------
    periods, products
        Labels of the rows and columns; periods in order of time, evenly spaced.
    sales_to_us_usd
        The partner's sales to us, USD >= 0.
    purchases_usd
        The partner's purchases from the avoided supplier, USD >= 0.
    avoided_sales_usd
        The avoided supplier's own sales to us, USD >= 0.

    Raises
    ------
    ModelInputError
        A flow is below zero or missing (leave such a product out), a label is there twice, or shapes do not
        fit.
    """

    periods: tuple[str, ...]
    products: tuple[str, ...]
    sales_to_us_usd: FloatArray
    purchases_usd: FloatArray
    avoided_sales_usd: FloatArray

    def __post_init__(self) -> None:
        axes = unique_labels("periods", self.periods), unique_labels("products", self.products)
        for name in ("sales_to_us_usd", "purchases_usd", "avoided_sales_usd"):
            flows = numbers(name, getattr(self, name), axes)
            refuse_where(flows < 0, name, "must be 0 or more", axes, values=flows)
            object.__setattr__(self, name, flows)


@dataclass(frozen=True)
class DiversionTest:
    """Whether sales to us and purchases from the avoided supplier rose together, by lag.

    Parameters
    ----------
    products
        Labels of the columns.
    lags
        Periods by which purchases run ahead; labels of the rows.
    from_period, to_period
        Between which sales are compared, the same for every lag.
    sales_change_usd, avoided_change_usd
        Change of the partner's and of the avoided supplier's sales to us, by product, USD.
    purchases_change_usd
        Change of the purchases, as much earlier as the lag says, by lag and product, USD.
    is_diversion_pattern
        Whether the avoided supplier sold us less, the partner sold us more and bought more, by lag and
        product.
    passed_on_usd
        The most that can have been passed on, by lag and product: the smallest of the three changes where
        the pattern holds, else 0. USD >= 0.
    passed_on_share
        Its sum over the partner's gains in all products, by lag, in [0, 1]; masked where nothing was gained
        (``no_trade``).
    correlation
        Mean over periods of the rank correlation, across products, of the changes of sales and of earlier
        purchases, by lag, in [-1, 1]; masked with ``degenerate`` where neither varies, or with
        ``one_observation`` for fewer than three products.
    p_value
        Share of random pairings of products whose correlation is as large, in (0, 1]; masked likewise.
    reason
        Why the correlation is masked, by lag; None where it is not.
    """

    products: tuple[str, ...]
    lags: tuple[int, ...]
    from_period: str
    to_period: str
    sales_change_usd: FloatArray
    avoided_change_usd: FloatArray
    purchases_change_usd: FloatArray
    is_diversion_pattern: BoolArray
    passed_on_usd: FloatArray
    passed_on_share: MaskedFloats
    correlation: MaskedFloats
    p_value: MaskedFloats
    reason: tuple[str | None, ...]


def trade_diversion(
    trade: PartnerTrade, *, lags: Sequence[int] = (0, 1), permutations: int = PERMUTATIONS, seed: int
) -> DiversionTest:
    """Set a partner's sales to us against its purchases from the avoided supplier.

    Parameters
    ----------
    trade
        The three flows.
    lags
        Periods by which purchases may run ahead, each >= 0.
    permutations
        Random pairings of products for the p-value.
    seed
        Of the pairings; the same seed gives the same answer.

    Returns
    -------
    DiversionTest

    Raises
    ------
    ParameterError
        No lag, a lag below zero or too long for the periods, or no permutation.

    Notes
    -----
    Changes are ranked within a period, so that what lifts all products at once (growth, prices, the dollar)
    does not count as moving together. A p-value by permutation needs no distribution; with many partners
    tested, some will be small by chance. Defined here, after Baldwin, Freeman and Theodorakopoulos 2023.
    """
    steps = tuple(lags)
    longest = len(trade.periods) - 2
    if not steps or min(steps) < 0 or max(steps) > longest:
        raise ParameterError(
            f"lags {', '.join(str(lag) for lag in steps) or 'none'} do not fit {len(trade.periods)} periods",
            remedy=f"Give lags from 0 to {longest}" if longest >= 0 else "Give at least two periods",
        )
    if permutations < 1:
        raise ParameterError(f"{permutations} permutations give no p-value", remedy="Give 999 say")
    first = max(steps)
    last = len(trade.periods) - 1
    sales = trade.sales_to_us_usd[last] - trade.sales_to_us_usd[first]
    avoided = trade.avoided_sales_usd[last] - trade.avoided_sales_usd[first]
    purchases = np.stack([trade.purchases_usd[last - g] - trade.purchases_usd[first - g] for g in steps])
    pattern = (avoided < 0) & (sales > 0) & (purchases > 0)
    passed_on = np.where(pattern, np.minimum(np.minimum(sales, -avoided), purchases), 0.0)
    gained = float(np.maximum(sales, 0.0).sum())
    generator = np.random.default_rng(seed)
    tests = [_rank_test(trade, lag, first, generator, permutations) for lag in steps]
    masked = np.array([reason is not None for _, _, reason in tests])
    return DiversionTest(
        products=trade.products,
        lags=steps,
        from_period=trade.periods[first],
        to_period=trade.periods[last],
        sales_change_usd=frozen(sales),
        avoided_change_usd=frozen(avoided),
        purchases_change_usd=frozen(purchases),
        is_diversion_pattern=pattern,
        passed_on_usd=frozen(passed_on),
        passed_on_share=undefined_where(
            passed_on.sum(axis=1) / (gained or 1.0), np.full(len(steps), gained == 0)
        ),
        correlation=undefined_where(np.array([one for one, _, _ in tests]), masked),
        p_value=undefined_where(np.array([one for _, one, _ in tests]), masked),
        reason=tuple(reason for _, _, reason in tests),
    )


def _rank_test(
    trade: PartnerTrade, lag: int, first: int, generator: np.random.Generator, permutations: int
) -> tuple[float, float, str | None]:
    """Correlation, p-value, and the reason why there are none."""
    count = len(trade.products)
    if count < FEWEST_PRODUCTS:
        return 0.0, 1.0, "one_observation"
    last = len(trade.periods) - 1
    sold = _standard_ranks(np.diff(trade.sales_to_us_usd[first : last + 1], axis=0))
    bought = _standard_ranks(np.diff(trade.purchases_usd[first - lag : last + 1 - lag], axis=0))
    varies = sold.any(axis=1) & bought.any(axis=1)
    if not varies.any():
        return 0.0, 1.0, "degenerate"
    # Entry (i, j): what product i's purchases and product j's sales add to the correlation if paired.
    pairs = bought[varies].T @ sold[varies] / (varies.sum() * count)
    columns = np.arange(count)
    found = float(pairs[columns, columns].sum())
    chance = np.array([pairs[generator.permutation(count), columns].sum() for _ in range(permutations)])
    # The pairing found is one of the possible ones, and equal ones must not be lost to rounding.
    as_large = 1 + int((chance >= found - ROUNDING).sum())
    return found, as_large / (permutations + 1), None


def _standard_ranks(changes: FloatArray) -> FloatArray:
    """Ranks within each row (ties share their mean), with mean 0 and variance 1; 0 where nothing varies."""
    rows = []
    for row in changes:
        _, place, equal = np.unique(row, return_inverse=True, return_counts=True)
        ranks = (np.cumsum(equal) - (equal - 1) / 2)[place]
        spread = ranks.std()
        rows.append((ranks - ranks.mean()) / spread if spread > 0 else np.zeros_like(ranks))
    return np.stack(rows)
