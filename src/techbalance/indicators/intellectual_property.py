"""What does a country earn with ideas? METHODS F1 and F2, as table expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.indicators.accounts import ratio
from techbalance.outline import ibis

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import NumericValue, StringValue


def charges(rows: Table, *, by_vintage: bool = False) -> Table:
    """Receipts, payments and balance of charges for the use of intellectual property (F1).

    Parameters
    ----------
    rows
        One row per (country, flow, year) of one vintage; needs ``flow`` (``receipts``, ``payments``),
        ``value_usd`` (nominal US dollars, BPM6 services item SH), ``vintage``.
    by_vintage
        Whether the rows hold several vintages, each to be a row of its own.

    Returns
    -------
    Table
        One row per country and year: ``receipts_usd``, ``payments_usd`` and ``balance_usd = receipts -
        payments`` (positive is a surplus; null unless both sides are there), ``vintage`` and ``oldest``: the
        newer and the older vintage of the two sides. By vintage, one row per country, year and vintage.

    Notes
    -----
    IMF, BPM6 (2009), item "charges for the use of intellectual property n.i.e.". Excludes the sale of
    patents (capital account) and parts of audiovisual and software licences.
    """
    if by_vintage:
        rows = rows.mutate(known_on=rows.vintage)
    keys = ["country", "country_name", "year", *(["known_on"] if by_vintage else [])]
    wide = rows.group_by(keys).aggregate(
        receipts_usd=rows.value_usd.sum(where=rows.flow == "receipts"),
        payments_usd=rows.value_usd.sum(where=rows.flow == "payments"),
        vintage=rows.vintage.max(),
        oldest=rows.vintage.min(),
    )
    wide = wide.drop("known_on") if by_vintage else wide
    return wide.mutate(balance_usd=wide.receipts_usd - wide.payments_usd)


def why_null(rows: Table) -> StringValue:
    """Say which side is missing, or that the two are of different vintages; null otherwise."""
    return ibis.cases(
        (rows.receipts_usd.isnull() & rows.payments_usd.isnull(), "not_covered: neither side is held"),
        (rows.receipts_usd.isnull(), "not_covered: receipts are not held"),
        (rows.payments_usd.isnull(), "not_covered: payments are not held"),
        (
            rows.oldest < rows.vintage,
            ibis.literal("one side is held only in the vintage of ") + rows.oldest.cast("string"),
        ),
        else_=ibis.null("string"),
    )


def cover(balance: NumericValue, atp_balance: NumericValue) -> NumericValue:
    """Intellectual property balance over the size of the ATP deficit (F2); null unless ATP is in deficit.

    The numerator is services on the balance-of-payments basis, the denominator goods on the Census basis:
    a ratio of two accounts, never one net figure.
    """
    return ibis.ifelse(atp_balance < 0, ratio(balance, atp_balance.abs()), ibis.null("float64"))
