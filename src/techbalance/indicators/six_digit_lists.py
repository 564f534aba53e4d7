"""How much of a six-digit heading is on a ten-digit list? Weights and bands, so that any country can be read.

Only the United States classify at ten digits. Of other reporters six digits are known, and most headings with
Advanced Technology Products hold other goods too: so each heading gets the share that the list has in the
United States' own trade in it, and results are given in bands rather than as one number (METHODS H3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.outline import ibis

if TYPE_CHECKING:
    from ibis import Table

DIGITS: Final = 6
YEARS_OF_MEAN: Final = 3
MAJORITY: Final = 0.5
# From the narrowest to the widest; ``weighted`` counts each heading by its share.
BANDS: Final = ("strict", "majority", "weighted", "any")


def weights(trade: Table, year: int) -> Table:
    """Share of a list in United States trade of each six-digit heading.

    ``w = mean over years of (trade on the list / all trade)``, by flow, over the year and the two before it
    as far as they are held.

    Parameters
    ----------
    trade
        One row per (flow, year, product); needs ``flow``, ``year``, ``product`` (ten digits, text),
        ``value_usd`` (nominal) and ``listed`` (bool): *all* products, those outside the list too.
    year
        The last year of the mean.

    Returns
    -------
    Table
        One row per (flow, heading) with trade in one of the years: ``flow``, ``heading`` (six digits),
        ``weight`` in [0, 1], ``years`` (how many went in). A heading without United States trade has no row:
        its weight is not known, which is not 0.

    Notes
    -----
    A year without trade in a heading has no share and does not count in the mean. A mean of shares gives each
    year the same say, whatever its value. Method defined here; Ferrantino et al. (2008/2010) compare
    definitions of the list at six digits.
    """
    within = trade.filter(trade.year.between(year - YEARS_OF_MEAN + 1, year))
    sums = within.group_by("flow", "year", heading=within["product"][:DIGITS]).aggregate(
        listed_usd=within.value_usd.sum(where=within.listed).fill_null(0), whole_usd=within.value_usd.sum()
    )
    traded = sums.filter(sums.whole_usd > 0)
    shares = traded.mutate(share=traded.listed_usd / traded.whole_usd)
    return shares.group_by("flow", "heading").aggregate(weight=shares.share.mean(), years=shares.count())


def banded(trade: Table, weighed: Table, keys: tuple[str, ...]) -> Table:
    """A reporter's trade in a list, in bands.

    Parameters
    ----------
    trade
        One row per (keys, flow, heading); needs ``flow``, ``heading`` (six digits) and ``value_usd``.
    weighed
        The rows of ``weights``.
    keys
        Columns that stay: year, partner ...

    Returns
    -------
    Table
        One row per (keys, flow): ``strict_usd`` (weight 1), ``majority_usd`` (weight 0.5 and more),
        ``weighted_usd`` (value times weight, rounded to whole dollars), ``any_usd`` (weight above 0),
        ``unknown_usd`` (headings the United States do not trade, in none of the bands), ``headings`` (with a
        weight above 0). Strict <= majority <= any, and strict <= weighted <= any.
    """
    rows = trade.left_join(weighed, ["flow", "heading"]).drop("flow_right", "heading_right")
    value, weight = rows.value_usd, rows.weight
    sums = rows.group_by(*keys, "flow").aggregate(
        strict_usd=value.sum(where=weight >= 1),
        majority_usd=value.sum(where=weight >= MAJORITY),
        weighted_usd=(value * weight).sum(where=weight > 0),
        any_usd=value.sum(where=weight > 0),
        unknown_usd=value.sum(where=weight.isnull()),
        headings=rows.heading.nunique(where=weight > 0),
    )
    whole = {name: sums[name].fill_null(0).cast("int64") for name in _SUMS if name != "weighted_usd"}
    weighted = sums.weighted_usd.fill_null(0).round().cast("int64")
    return sums.mutate(**whole, weighted_usd=weighted).select(*keys, "flow", *_SUMS, "headings")


_SUMS: Final = ("strict_usd", "majority_usd", "weighted_usd", "any_usd", "unknown_usd")


def balances(bands: Table, keys: tuple[str, ...]) -> Table:
    """Exports, imports and balance in each band: one row per (keys, band).

    Parameters
    ----------
    bands
        The rows of ``banded``.
    keys
        Its keys.

    Returns
    -------
    Table
        ``band``, ``exports_usd``, ``imports_usd``, ``balance_usd`` (null where a flow is not held).
    """
    parts = []
    for band in BANDS:
        value = bands[f"{band}_usd"]
        one = bands.group_by(list(keys)).aggregate(
            exports_usd=value.sum(where=bands.flow == "export"),
            imports_usd=value.sum(where=bands.flow == "import"),
        )
        parts.append(one.mutate(band=ibis.literal(band), balance_usd=one.exports_usd - one.imports_usd))
    return ibis.union(*parts).select(*keys, "band", "exports_usd", "imports_usd", "balance_usd")
